//! The stages of a relationship: which evidence leads to each, and what is done with those who are in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ShapeId;
use crate::expr::Expr;
use crate::text::Texts;

/// Where a relationship stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Stage {
    /// Might need what is sold.
    Suspect = 0,
    /// Has asked for it.
    Prospect = 1,
    /// Has bought once.
    FirstTime = 2,
    /// Has bought again.
    Repeat = 3,
    /// Buys regularly.
    Client = 4,
    /// Buys, and brings others.
    Advocate = 5,
    /// Bought, and buys no more.
    Lost = 6,
}

/// What is worked on in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// To win a party: until its first purchase.
    Gain,
    /// To keep it: while it buys.
    Keep,
    /// To win it back.
    Regain,
}

impl Stage {
    /// Every stage, by number.
    pub const ALL: [Self; 7] =
        [Self::Suspect, Self::Prospect, Self::FirstTime, Self::Repeat, Self::Client, Self::Advocate, Self::Lost];

    /// The word of the glossary, and its key in a charter.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Prospect => "prospect",
            Self::FirstTime => "first-time",
            Self::Repeat => "repeat",
            Self::Client => "client",
            Self::Advocate => "advocate",
            Self::Lost => "lost",
        }
    }

    /// The stage of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// What is worked on in it.
    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Self::Suspect | Self::Prospect => Phase::Gain,
            Self::FirstTime | Self::Repeat | Self::Client | Self::Advocate => Phase::Keep,
            Self::Lost => Phase::Regain,
        }
    }
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 3] = [Self::Gain, Self::Keep, Self::Regain];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gain => "gain",
            Self::Keep => "keep",
            Self::Regain => "regain",
        }
    }
}

/// The stages of a charter. No right can read them, and they read nothing of what customers are worth.
#[derive(Debug, Clone)]
pub struct Stages {
    /// Which events are purchases; those of one day in the charter's zone are one occasion.
    pub purchases: Vec<Sign>,
    /// What is said of each stage; nobody is in one that is left out.
    pub kinds: BTreeMap<Stage, StageClause>,
    /// So many occasions within so long make a client.
    pub client: Option<Regular>,
    /// When silence means lost.
    pub silence: Option<Silence>,
    /// True when a judgement from outside (`rhythm.judged`) may mean lost.
    pub judged: bool,
    /// What disqualifies a party: an attribute beside its stage.
    pub disqualified: Option<Disqualified>,
}

/// What a charter says of one stage.
#[derive(Debug, Clone, Default)]
pub struct StageClause {
    /// Events that show it; of *lost*, those that end the relationship.
    pub shown_by: Vec<Sign>,
    /// How long such an event counts, in milliseconds; for ever without it.
    pub within: Option<i64>,
    /// How those in it are dealt with.
    pub strategy: Texts,
    /// What is done next.
    pub next: Texts,
}

/// An event that is evidence.
#[derive(Debug, Clone)]
pub struct Sign {
    /// The event.
    pub on: ShapeId,
    /// Only if this holds; may read `data`.
    pub when: Option<Expr>,
    /// Why: a [`crate::value::Type::Choice`].
    pub because: Option<Expr>,
}

/// How often somebody buys regularly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regular {
    /// On so many occasions …
    pub purchases: u32,
    /// … within so many milliseconds.
    pub within: i64,
}

/// When silence means lost: longer than so many times the party's own mean time between purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// So many times, in millionths.
    pub times: i64,
    /// Never before so many milliseconds.
    pub at_least: i64,
    /// A party that bought once has no rhythm: it is lost after so many milliseconds, where the charter says so.
    pub once: Option<i64>,
}

/// What disqualifies a party, and what lifts it.
#[derive(Debug, Clone)]
pub struct Disqualified {
    /// Events that disqualify it.
    pub shown_by: Vec<Sign>,
    /// Events that lift it.
    pub lifted_by: Vec<Sign>,
    /// What that means, in words.
    pub says: Texts,
}

impl Stages {
    /// Every event that is evidence of something.
    pub fn signs(&self) -> impl Iterator<Item = &Sign> {
        let shown = self.kinds.values().flat_map(|clause| &clause.shown_by);
        let disqualified = self.disqualified.iter().flat_map(|one| one.shown_by.iter().chain(&one.lifted_by));
        self.purchases.iter().chain(shown).chain(disqualified)
    }

    /// What is said of a stage.
    #[must_use]
    pub fn clause(&self, stage: Stage) -> Option<&StageClause> {
        self.kinds.get(&stage)
    }
}
