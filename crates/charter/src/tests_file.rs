//! Tests that stand beside a charter, in `tests.yaml`: what happens, and what must follow. This module reads and checks them;
//! who runs them builds events from [`TestEvent`] and compares with [`Expected`].

mod data;
mod read;

use makegood_money::Tenders;

use crate::diagnostic::{self, Diagnostic, Style};
use crate::model::{PlaybookId, Stage, StepId};
use crate::value::Moment;

/// What came of reading a file of tests.
#[derive(Debug)]
pub struct ReadTests {
    /// The tests, in the order of the file: there are some exactly when no diagnostic is an error.
    pub tests: Option<Vec<CharterTest>>,
    /// What is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The name of the file, for [`ReadTests::report`].
    pub file_name: Box<str>,
}

impl ReadTests {
    /// Draws what is wrong; `text` is the file that was read.
    pub fn report(&self, text: &str, style: Style) -> String {
        diagnostic::render(&self.diagnostics, &self.file_name, text, style)
    }
}

/// One test: a story and its end.
#[derive(Debug, Clone, PartialEq)]
pub struct CharterTest {
    /// What it shows, as a sentence.
    pub name: Box<str>,
    /// The line of the file on which it begins, from one.
    pub line: usize,
    /// What happens, in the order in which it is learnt; backgrounds written out.
    pub given: Vec<Step>,
    /// What must follow.
    pub then: Expected,
}

/// Something that happens in a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// An event is learnt of.
    Event(TestEvent),
    /// Nothing more is heard until this moment.
    Clock(Moment),
}

/// An event of a test. Its subject is the party, or without one the thing.
#[derive(Debug, Clone, PartialEq)]
pub struct TestEvent {
    /// Its type, known to the charter.
    pub kind: Box<str>,
    /// When it happened.
    pub time: Moment,
    /// Whom it is about: `customer:ann`. Of the kind that its shape says.
    pub party: Option<Box<str>>,
    /// What it is about: `flight:B6-1`. Of the kind that its shape says.
    pub about: Option<Box<str>>,
    /// Whose word it is, where it matters.
    pub actor: Option<Box<str>>,
    /// Its data, which fits its shape. In a built-in event `promise` may be the name of a clause: the party's newest promise of it.
    pub data: serde_json::Value,
    /// Its line in the file, from one.
    pub line: usize,
}

/// What must follow. What is absent is not judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expected {
    /// What is owed: all of it, and nothing else. Empty: nobody is owed anything.
    pub owes: Option<Vec<Owed>>,
    /// How many notices parties get; absent: not judged.
    pub notices: Option<usize>,
    /// How promises stand.
    pub promises: Vec<Stands>,
    /// In which stage parties are.
    pub stages: Vec<InStage>,
    /// How plays stand.
    pub plays: Vec<PlayStands>,
    /// The codes of the events that were not taken, all of them.
    pub refused: Vec<Box<str>>,
}

/// The stage that a party must be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InStage {
    /// Which party; absent: every one of the story.
    pub party: Option<Box<str>>,
    /// The stage; absent: none yet.
    pub stage: Option<Stage>,
    /// The line of the file.
    pub line: usize,
}

/// How a play must stand.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayStands {
    /// The playbook; known to the charter.
    pub playbook: PlaybookId,
    /// Whose it is; absent: anyone's.
    pub party: Option<Box<str>>,
    /// About which thing; absent: any.
    pub about: Option<Box<str>>,
    /// Its state, in words: `left alone`.
    pub state: Box<str>,
    /// The ending that came, if one is named.
    pub ending: Option<usize>,
    /// How these steps stand, in words: `passed`, `kept late`.
    pub steps: Vec<(StepId, Box<str>)>,
    /// Its line in the file, from one.
    pub line: usize,
}

/// A remedy that must be there.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// Under which right; known to the charter.
    pub right: Box<str>,
    /// What it is.
    pub kind: OwedKind,
    /// How much, tender by tender.
    pub amounts: Tenders,
    /// To whom; absent: to whomever the story has.
    pub party: Option<Box<str>>,
    /// About which thing; absent: any.
    pub about: Option<Box<str>>,
    /// When it must be paid; absent: not judged.
    pub pay_by: Option<Moment>,
    /// Whether it is held for approval; absent: not judged.
    pub held: Option<bool>,
    /// Its line in the file, from one.
    pub line: usize,
}

/// What a remedy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwedKind {
    /// Gives back what was paid.
    Restitution,
    /// Is for the harm.
    Compensation,
    /// Is owed because an earlier one was paid late.
    Penalty,
}

impl OwedKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Restitution, Self::Compensation, Self::Penalty];

    /// The key that a test writes it with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restitution => "restitution",
            Self::Compensation => "compensation",
            Self::Penalty => "penalty",
        }
    }
}

/// How a promise must stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Stands {
    /// The promise; known to the charter.
    pub promise: Box<str>,
    /// To whom it was made; absent: to anyone.
    pub party: Option<Box<str>>,
    /// About which thing; absent: any.
    pub about: Option<Box<str>>,
    /// Its state.
    pub state: Standing,
    /// Its line in the file, from one.
    pub line: usize,
}

/// A state of a promise, as tests name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Neither due nor heard of.
    Open,
    /// In danger.
    AtRisk,
    /// Due, and nothing heard.
    Overdue,
    /// Kept in time.
    Kept,
    /// Kept, but late.
    KeptLate,
    /// Not kept.
    Broken,
    /// Let go by the party.
    Released,
    /// Replaced by another, with consent.
    Renegotiated,
}

impl Standing {
    /// The state of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "open" => Self::Open,
            "at_risk" => Self::AtRisk,
            "overdue" => Self::Overdue,
            "kept" => Self::Kept,
            "kept_late" => Self::KeptLate,
            "broken" => Self::Broken,
            "released" => Self::Released,
            "renegotiated" => Self::Renegotiated,
            _ => return None,
        })
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AtRisk => "at_risk",
            Self::Overdue => "overdue",
            Self::Kept => "kept",
            Self::KeptLate => "kept_late",
            Self::Broken => "broken",
            Self::Released => "released",
            Self::Renegotiated => "renegotiated",
        }
    }
}

#[cfg(test)]
mod tests;
