//! Plays: running instances of a playbook, whose every step is a promise.

use makegood_charter::model::{Playbook, PlaybookId};
use makegood_charter::value::{Fields, Moment};
use serde::{Deserialize, Serialize};

use crate::{CharterTag, Ident, PartId, PromiseState, Proof, Rules};

/// One running or ended playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    /// Its identity within the party.
    pub id: PartId,
    /// What it is about; empty when no thing is.
    pub thing: Box<str>,
    /// The charter version it runs under.
    pub charter: CharterTag,
    /// The playbook.
    pub playbook: PlaybookId,
    /// How it stands.
    pub state: PlayState,
    /// When it began.
    pub began_at: Moment,
    /// The event that began it.
    pub cause: Ident,
    /// The data of that event.
    pub began: Fields,
    /// How each step stands, by its position in the playbook.
    pub steps: Vec<StepState>,
    /// What was heard that a step or an ending may read, in the order in which it happened.
    pub heard: Vec<Proof>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How it ended, by the position among the playbook's endings; `None` when every step came to its end.
    pub ending: Option<usize>,
}

/// How a play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum PlayState {
    /// Steps are open.
    Running = 0,
    /// Every step came to its end.
    Done = 1,
    /// One of the playbook's endings came first.
    Ended = 2,
    /// Left alone on purpose, to compare with those that were not.
    Control = 3,
}

/// How one step of a play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// What it comes after has not come to its end.
    Waiting,
    /// It is this promise.
    Entered(PartId),
    /// It came to its end so, at this time, shown by this event.
    Settled(PartId, PromiseState, Moment, Ident),
    /// Its condition did not hold, or nothing that it comes after was done.
    Passed,
}

impl PlayState {
    /// Every state, by number.
    pub const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Ended, Self::Control];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Ended => "ended",
            Self::Control => "left alone",
        }
    }
}

impl Play {
    /// The playbook it runs by.
    pub fn playbook_of<'r>(&self, rules: &'r Rules) -> Option<&'r Playbook> {
        rules.charter.playbooks.get(self.playbook)
    }
}
