//! What people say of a promise to each other: who took it on, who acknowledged it, how it was found.

use makegood_charter::builtin::VERDICTS;
use makegood_charter::model::Promise as PromiseClause;
use makegood_charter::value::Moment;
use serde::{Deserialize, Serialize};

use crate::{Clause, PartId, Promise};

/// What was said of one promise between people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Word {
    /// For a promise to whoever delegated it: what it carries, and whether it was accepted.
    pub delegation: Option<Delegation>,
    /// The promises that carry this one, in the order in which it was delegated; those that were given back too.
    pub carried_by: Vec<PartId>,
    /// The promisee's written acknowledgement.
    pub acknowledged: Option<Said>,
    /// When the owner is reminded that there is none.
    pub remind_at: Option<Moment>,
    /// The promisee's verdicts, in the order in which they were heard.
    pub verdicts: Vec<Verdict>,
    /// True once the promisee was asked for one.
    pub asked: bool,
    /// When they are asked again.
    pub ask_at: Option<Moment>,
    /// The promise that puts this one right, because the promisee found it not kept.
    pub put_right_by: Option<PartId>,
    /// The promise that this one puts right.
    pub puts_right: Option<PartId>,
    /// How it comes back.
    pub rhythm: Option<Rhythm>,
}

/// A promise to carry another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// What it carries.
    pub of: PartId,
    /// Who delegated it, and is promised to.
    pub from: Box<str>,
    /// Whether it was accepted.
    pub accepted: Acceptance,
    /// At risk so long before it is due, in milliseconds, as the clause of what it carries has it.
    pub at_risk_before: Option<i64>,
}

/// What was answered to a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acceptance {
    /// Nothing yet.
    Awaited,
    /// It was accepted at this time.
    Accepted(Moment),
    /// It was given back at this time, because of this.
    Refused(Moment, Box<str>),
}

/// Words of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Moment,
    /// By whom it was told.
    pub by: Box<str>,
    /// In these words.
    pub text: Box<str>,
}

/// The promisee's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What they find.
    pub finding: Finding,
    /// When, who, and in which words.
    pub said: Said,
}

/// What a promisee finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// It was kept.
    Kept,
    /// It was not kept.
    NotKept,
    /// It was kept in part.
    Partly,
}

impl Finding {
    /// Every finding, in the order of the words in events.
    pub const ALL: [Self; 3] = [Self::Kept, Self::NotKept, Self::Partly];

    /// The word in events.
    pub fn word(self) -> &'static str {
        let [kept, not_kept, partly] = VERDICTS;
        match self {
            Self::Kept => kept,
            Self::NotKept => not_kept,
            Self::Partly => partly,
        }
    }
}

/// How a promise comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// When the first of them was due: every other is counted from there, so that none drifts.
    pub first: Moment,
    /// Which one it is, from 0.
    pub nth: u32,
    /// The next one, once it is made.
    pub next: Option<PartId>,
}

impl Promise {
    /// What was said of it between people.
    pub fn word(&self) -> Option<&Word> {
        self.hands.as_ref()?.word.as_deref()
    }

    pub(crate) fn word_mut(&mut self) -> &mut Word {
        self.hands_mut().word.get_or_insert_default()
    }

    /// The delegation that it is, if it is one.
    pub fn delegation(&self) -> Option<&Delegation> {
        self.word()?.delegation.as_ref()
    }

    /// The promises that carry it.
    pub fn carried_by(&self) -> &[PartId] {
        self.word().map(|word| word.carried_by.as_slice()).unwrap_or_default()
    }

    /// The promises that are given to a fold together with it: what it carries, and what carries it.
    pub fn tied_to(&self) -> impl Iterator<Item = PartId> + '_ {
        self.carried_by().iter().copied().chain(self.delegation().map(|delegation| delegation.of))
    }

    /// Who is accountable for it: the person who was named, or whom the clause names.
    pub fn owner<'p>(&'p self, clause: Option<&'p PromiseClause>) -> Option<&'p str> {
        let named = self.hands.as_ref().map(|hands| &*hands.owner).filter(|owner| !owner.is_empty());
        named.or_else(|| clause?.owner.as_deref())
    }

    /// Who does it: the person who was named, or whom the clause names, or the owner.
    pub fn doer<'p>(&'p self, clause: Option<&'p PromiseClause>) -> Option<&'p str> {
        let named = self.hands.as_ref().map(|hands| &*hands.doer).filter(|doer| !doer.is_empty());
        named.or_else(|| clause?.doer.as_deref()).or_else(|| self.owner(clause))
    }

    /// True when this is the word of whom it was promised to: of a delegation whoever delegated it, otherwise the party or a
    /// contact of it, written `customer:42/anna`.
    pub(crate) fn is_promisee(&self, party: &str, actor: &str) -> bool {
        match self.delegation() {
            Some(delegation) => *delegation.from == *actor,
            None => actor.strip_prefix(party).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }

    /// How long before it is due it is at risk without evidence.
    pub(crate) fn at_risk_before(&self, clause: Option<&PromiseClause>) -> Option<i64> {
        match self.delegation() {
            Some(delegation) => delegation.at_risk_before,
            None => clause?.at_risk_before,
        }
    }

    /// When people must be asked or reminded, or the next one made.
    pub(crate) fn by_word(&self) -> Option<Moment> {
        let word = self.word()?;
        let remind = word.remind_at.filter(|_| self.state.is_open() && word.acknowledged.is_none());
        let next = word.rhythm.filter(|rhythm| rhythm.next.is_none() && self.state.is_open());
        let next = next.map(|_| self.due.plus(1));
        remind.into_iter().chain(word.ask_at).chain(next).min()
    }

    /// True of evidence of this time: of promises that come back each has its own time.
    pub(crate) fn is_in_turn(&self, at: Moment) -> bool {
        match self.word().and_then(|word| word.rhythm) {
            Some(rhythm) => at <= self.due && (rhythm.nth == 0 || at >= self.made_at),
            None => true,
        }
    }

    /// The clause whose words and times count for it: its own, or of a delegation that of what it carries.
    pub(crate) fn words_of<'r>(&self, rules: &'r crate::Rules) -> Option<&'r PromiseClause> {
        match self.clause {
            Clause::Promise(id) | Clause::Delegated(id) => rules.charter.promises.get(id),
            Clause::Pay { .. } => None,
        }
    }
}
