//! Answers that are spoiled on purpose, so that the auditor can be seen to notice, and to say which.

use anyhow::{Context, Result};
use makegood_auditor::{Heard, Seen};
use makegood_store::{Commit, PartKind, slot_of};

use crate::company::Company;

/// What is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// A kept promise's row says that it was broken, or the other way round.
    PromiseRow,
    /// A remedy's amount is a cent more.
    RemedyAmount,
    /// A credit is posted twice.
    DoubleCredit,
    /// A message is kept, and its receiver never got it.
    DroppedMessage,
    /// A message is not kept.
    MissingMessage,
    /// A receiver got something else under the same key.
    OtherContent,
    /// A receiver got something before it was committed.
    BeforeCommit,
    /// An acknowledged fact is in no log.
    LostFact,
    /// A fact was heard twice.
    HeardTwice,
    /// A trip's event never reached one of its customers.
    NeverHeard,
    /// More counts as spent of a day's budget than left.
    Spent,
    /// A promise's row in the database itself is another than its state.
    KeptRow,
}

impl Tamper {
    /// All there are.
    pub const ALL: [Self; 12] = [
        Self::PromiseRow,
        Self::RemedyAmount,
        Self::DoubleCredit,
        Self::DroppedMessage,
        Self::MissingMessage,
        Self::OtherContent,
        Self::BeforeCommit,
        Self::LostFact,
        Self::HeardTwice,
        Self::NeverHeard,
        Self::Spent,
        Self::KeptRow,
    ];

    /// Spoils a row of the database.
    pub(crate) fn spoil_kept(self, company: &Company) -> Result<()> {
        if self != Self::KeptRow {
            return Ok(());
        }
        let party = company.facts.iter().find_map(|fact| fact.party.as_deref()).context("nobody")?;
        let rows = company.store.reader()?.parts_of(slot_of(party), party, PartKind::Promise)?;
        let mut row = rows.into_iter().next().context("no promise")?;
        row.state = if row.state == 5 { 3 } else { 5 };
        company.store.writer()?.commit(&Commit { parts: vec![row], ..Commit::default() })?;
        Ok(())
    }

    /// Spoils what the auditor is shown. It must be shown something that can be spoiled so: a world with some customers.
    pub(crate) fn spoil_seen(self, seen: &mut Seen) {
        match self {
            Self::KeptRow => {}
            Self::LostFact => {
                if let Some(lines) = seen.said.values_mut().find(|lines| !lines.is_empty()) {
                    lines.pop();
                }
            }
            Self::Spent => {
                if let Some(sum) = seen.spent.values_mut().next() {
                    *sum += 1;
                }
            }
            Self::OtherContent => {
                if let Some(received) = seen.received.values_mut().next() {
                    received.contents.insert(b"something else".to_vec());
                }
            }
            Self::BeforeCommit => {
                if let Some(received) = seen.received.values_mut().next() {
                    received.before_commit = true;
                }
            }
            Self::DroppedMessage => {
                seen.received.pop_first();
            }
            _ => self.spoil_party(seen),
        }
    }

    fn spoil_party(self, seen: &mut Seen) {
        for party in seen.parties.values_mut() {
            let spoiled = match self {
                Self::PromiseRow => party.promises.values_mut().find(|p| p.pays.is_none()).map(|promise| {
                    promise.state = if promise.state == "broken" { "kept" } else { "broken" }.to_owned();
                }),
                Self::RemedyAmount => party
                    .remedies
                    .values_mut()
                    .next()
                    .and_then(|remedy| remedy.amounts.first_mut())
                    .map(|amount| amount.minor += 1),
                Self::DoubleCredit => party.postings.first().map(|(movement, ..)| movement.clone()).map(|movement| {
                    let lines = party.postings.iter().filter(|(of, ..)| *of == movement);
                    let again: Vec<_> =
                        lines.map(|(of, account, amount)| (format!("{of} again"), account.clone(), *amount)).collect();
                    party.postings.extend(again);
                }),
                Self::MissingMessage => (!party.messages.is_empty()).then(|| party.messages.remove(0)).map(|_| ()),
                Self::HeardTwice => party.hearing.first().cloned().map(|line| party.hearing.push(line)),
                Self::NeverHeard => {
                    // One that is not told again to a promise learnt of later.
                    let again = |fact| party.hearing.iter().any(|line| line.heard == Heard::Again(fact));
                    let heard = party.hearing.iter().position(|line| match line.heard {
                        Heard::Fact(fact) => seen.said.values().any(|said| said.contains(&fact)) && !again(fact),
                        _ => false,
                    });
                    heard.map(|place| party.hearing.remove(place)).map(|_| ())
                }
                _ => None,
            };
            if spoiled.is_some() {
                return;
            }
        }
    }
}
