use std::collections::BTreeMap;

use makegood_charter::model::{AwardKind, PromiseId, RightId, ShapeId};
use makegood_charter::value::{Fields, Moment};
use makegood_money::{Money, Tenders};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::because::Reason;
use crate::stage::Standing;
use crate::{Absence, CharterTag, Dealings, Ident, PartId, Role, Trade, Word};

/// A party's own state. Its promises and remedies are parts beside it, loaded by need.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Party {
    /// Parts that wait for a moment.
    pub waiting: u32,
    /// Promises ever made.
    pub made: u32,
    /// Of these: kept in time.
    pub kept: u32,
    /// Kept late.
    pub kept_late: u32,
    /// Broken.
    pub broken: u32,
    /// Released or renegotiated.
    pub let_go: u32,
    /// Overdue now.
    pub overdue: u32,
    /// Remedies ever owed.
    pub remedies: u32,
    /// What it bought, by charter and currency. Only the models of value read it; nothing that is owed does.
    pub dealings: BTreeMap<Trade, Dealings>,
    /// How often something happened, for the charter's counts.
    pub counted: Vec<Counted>,
    /// What rights with a bound over time gave.
    pub given: Vec<Given>,
    /// What rights that other charters weigh gave, or wait to be decided on.
    pub weighed: Vec<Weighed>,
    /// Where it stands, by charter: the evidence, and the stage that it shows. Nothing that is owed reads it.
    pub stages: BTreeMap<Box<str>, Standing>,
    /// The last day on which a bounded number of notices leaves (counted from 1970-01-01), and how many do.
    pub told: Option<(i32, u32)>,
    /// Who has which role for it, in the order of time; of a person, which roles they have for the house.
    pub roles: Vec<Role>,
    /// When it is away, in the order of time.
    pub absences: Vec<Absence>,
    /// What it was credited and has not let go, by the books: by the day on which it came to be owed (counted from 1970-01-01 in UTC),
    /// in the money of the charter that gave it. Only playbooks read it; nothing that is owed does.
    pub credits: Vec<(i32, Money)>,
}

impl Party {
    /// When it must next be looked at for its own sake, whatever its parts wait for.
    pub fn wake_at(&self) -> Option<Moment> {
        self.stages.values().filter_map(|standing| standing.wake_at).min()
    }
}

/// A right that a rule of another charter names, as it stands for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The thing.
    pub thing: Box<str>,
    /// The right, as `charter/right`.
    pub right: Box<str>,
    /// The promise it stands behind.
    pub promise: PartId,
    /// What it gave, or until when it waits.
    pub stands: Stands,
}

/// How a right that another charter weighs stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stands {
    /// It is decided at this moment.
    Waits(Moment),
    /// It gave so much.
    Gave(Money),
}

/// When something that a charter counts happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The count, as `charter/count`.
    pub name: Box<str>,
    /// When, in order, with the beginning of each event's identity.
    pub times: Vec<(Moment, [u8; 8])>,
}

/// What a right with a bound over time gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The right, as `charter/right`; with the event, where it is bounded for each: see [`Given::right_name`].
    pub right: Box<str>,
    /// For an event of this time; for a calendar year, the first of them.
    pub at: Moment,
    /// How much.
    pub amount: Money,
    /// How often.
    pub times: u32,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum PromiseState {
    /// Made, not yet due.
    Open = 0,
    /// In danger, by evidence or by nearness without evidence.
    AtRisk = 1,
    /// Due, and nothing heard.
    Overdue = 2,
    /// Kept in time.
    Kept = 3,
    /// Kept after it was due.
    KeptLate = 4,
    /// Not kept.
    Broken = 5,
    /// Let go by the party it was made to.
    Released = 6,
    /// Replaced by a new promise, agreed before it was due.
    Renegotiated = 7,
}

impl PromiseState {
    /// Every state, by number.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::AtRisk,
        Self::Overdue,
        Self::Kept,
        Self::KeptLate,
        Self::Broken,
        Self::Released,
        Self::Renegotiated,
    ];

    /// True while evidence is still awaited.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::AtRisk | Self::Overdue)
    }

    /// True when the party was let down by it: it was not kept, not in time, or nothing is heard of it.
    pub fn lets_down(self) -> bool {
        matches!(self, Self::Overdue | Self::KeptLate | Self::Broken)
    }

    /// The word of the glossary.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AtRisk => "at risk",
            Self::Overdue => "overdue",
            Self::Kept => "kept",
            Self::KeptLate => "kept late",
            Self::Broken => "broken",
            Self::Released => "released",
            Self::Renegotiated => "renegotiated",
        }
    }
}

/// Which clause a promise was made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clause {
    /// A promise clause of the charter.
    Promise(PromiseId),
    /// To whoever delegated it: to carry a promise of this clause.
    Delegated(PromiseId),
    /// To pay a remedy in time.
    Pay {
        /// The remedy.
        remedy: PartId,
        /// The right it was owed under.
        right: RightId,
        /// True when paying it late owes the right's penalty: of what one event makes owed under one right, once.
        penalty: bool,
    },
}

/// A promise to one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Its identity within the party.
    pub id: PartId,
    /// What it is about; empty when no thing is.
    pub thing: Box<str>,
    /// The charter version it was made under.
    pub charter: CharterTag,
    /// The clause.
    pub clause: Clause,
    /// How it stands.
    pub state: PromiseState,
    /// When it was made.
    pub made_at: Moment,
    /// The event that made it.
    pub cause: Ident,
    /// When it is due.
    pub due: Moment,
    /// What it is worth.
    pub worth: Option<Money>,
    /// What was paid for it.
    pub paid: Tenders,
    /// The data of the event that made it.
    pub made: Fields,
    /// When it was settled, and the event that showed it.
    pub settled: Option<(Moment, Ident)>,
    /// What was heard that may show an exception.
    pub proofs: Vec<Proof>,
    /// Claims that wait for their time to be decided.
    pub claims: Vec<Claim>,
    /// What was granted so far.
    pub granted: Vec<Granted>,
    /// Claims that an exception took away.
    pub denied: Vec<Denied>,
    /// When it must next be looked at.
    pub wake_at: Option<Moment>,
    /// The promise that replaced it.
    pub replaced_by: Option<PartId>,
    /// What people do with it, where they have a part in it.
    pub hands: Option<Box<Hands>>,
}

/// What people do with a promise: who answers for it, who does it, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hands {
    /// What was promised, in the words of the person who promised it.
    pub what: Box<str>,
    /// Who is accountable; empty for whomever the clause names.
    pub owner: Box<str>,
    /// Who does it; empty for the owner.
    pub doer: Box<str>,
    /// How many rungs of its ladder of escalation were climbed.
    pub rungs: u8,
    /// The play of which it is a step.
    pub play: Option<PartId>,
    /// Who showed that it was kept, where a person did.
    pub done_by: Box<str>,
    /// What was said of it between people.
    pub word: Option<Box<Word>>,
}

impl Promise {
    /// A promise just made, of which nothing was heard yet. It is worth nothing and waits for nothing until that is said.
    pub(crate) fn new(id: PartId, thing: &str, charter: CharterTag, clause: Clause, due: Moment) -> Self {
        Self {
            id,
            thing: thing.into(),
            charter,
            clause,
            state: PromiseState::Open,
            made_at: Moment::default(),
            cause: Ident::default(),
            due,
            worth: None,
            paid: Tenders::default(),
            made: Fields::new(),
            settled: None,
            proofs: Vec::new(),
            claims: Vec::new(),
            granted: Vec::new(),
            denied: Vec::new(),
            wake_at: None,
            replaced_by: None,
            hands: None,
        }
    }

    /// What people do with it, to be changed.
    pub(crate) fn hands_mut(&mut self) -> &mut Hands {
        self.hands.get_or_insert_default()
    }

    /// The play of which it is a step.
    pub fn play(&self) -> Option<PartId> {
        self.hands.as_ref()?.play
    }
}

/// An event heard that may show an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Its shape, in the promise's charter version.
    pub shape: ShapeId,
    /// When it happened.
    pub at: Moment,
    /// The event.
    pub ident: Ident,
    /// Its data.
    pub data: Fields,
}

/// A right that was triggered and waits to be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The right, in the charter version of [`Claim::charter`].
    pub right: RightId,
    /// The version whose right it is: the promise's own, or a later one that may be better for the party.
    pub charter: CharterTag,
    /// The event that triggered it.
    pub trigger: Ident,
    /// When that happened.
    pub at: Moment,
    /// Its data, as that version reads it.
    pub data: Fields,
    /// When it is decided.
    pub decide_at: Moment,
    /// Until when the party may ask for it, while it has not: it is not decided before.
    pub ask_by: Option<Moment>,
}

/// What was granted under a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The right's name (the same across versions).
    pub right: Box<str>,
    /// Restitution or compensation.
    pub kind: RemedyKind,
    /// The amount as it was reckoned.
    pub amount: Money,
    /// The remedy.
    pub remedy: PartId,
}

/// A claim that an exception took away, kept so that it can be explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The right.
    pub right: RightId,
    /// The version whose right it is.
    pub charter: CharterTag,
    /// What took it away.
    pub by: DeniedBy,
    /// The event that triggered the right.
    pub trigger: Ident,
    /// The event that shows the exception.
    pub shown_by: Option<Ident>,
}

/// What takes a claim away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeniedBy {
    /// An exception of the right, by its position.
    Exception(usize),
    /// The right gave as much, or as often, as it may in this time.
    Limit,
    /// Another right gave something for the same, and one excludes the other.
    Excluded,
}

/// What a remedy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RemedyKind {
    /// Gives back what was paid.
    Restitution,
    /// For the harm.
    Compensation,
    /// Owed because an earlier remedy was paid late.
    Penalty,
    /// Given by a person, without a right.
    Goodwill,
}

impl From<AwardKind> for RemedyKind {
    fn from(kind: AwardKind) -> Self {
        match kind {
            AwardKind::Restitution => Self::Restitution,
            AwardKind::Compensation => Self::Compensation,
        }
    }
}

/// How a remedy stands. Every remedy is owed until it is paid or waived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum RemedyState {
    /// Owed, and waiting for a person's approval.
    Held = 0,
    /// Owed, and on its way to be paid.
    Approved = 1,
    /// Paid.
    Paid = 2,
    /// Owed; the payment did not go through.
    Failed = 3,
    /// The customer let it go.
    Waived = 4,
}

impl RemedyState {
    /// Every state, by number.
    pub const ALL: [Self; 5] = [Self::Held, Self::Approved, Self::Paid, Self::Failed, Self::Waived];

    /// True while it is still owed: it waits for approval or for payment.
    pub fn is_outstanding(self) -> bool {
        matches!(self, Self::Held | Self::Approved | Self::Failed)
    }

    /// The word of the glossary.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held for approval",
            Self::Approved => "approved",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Waived => "waived",
        }
    }
}

/// What one party is owed for one event under one right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Its identity within the party.
    pub id: PartId,
    /// The promise it makes good, if there is one.
    pub promise: Option<PartId>,
    /// What that was about; empty when no thing was.
    pub thing: Box<str>,
    /// The right's name, or `goodwill`.
    pub right: Box<str>,
    /// What it is for.
    pub kind: RemedyKind,
    /// What is paid, tender by tender.
    pub amounts: Tenders,
    /// How it stands.
    pub state: RemedyState,
    /// When it came to be owed.
    pub owed_at: Moment,
    /// When it must be paid, where the charter says so.
    pub pay_by: Option<Moment>,
    /// The promise to pay it.
    pub pay_promise: Option<PartId>,
    /// Why.
    pub reason: Reason,
    /// Why it is held.
    pub held_for: Option<Held>,
    /// Who asked for it, where a person did. Never who approves it.
    pub asked_by: Option<Box<str>>,
    /// When it was paid, and the payment's own reference.
    pub paid: Option<(Moment, Box<str>)>,
    /// How often it was sent to be paid.
    pub sent: u32,
}

/// Why a remedy waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// It is above what may leave without this role.
    Over {
        /// The limit.
        limit: Money,
        /// Who may approve.
        role: Box<str>,
    },
    /// The day's budget is spent.
    Budget,
    /// What it is worth in the charter's money is not known, so it cannot be weighed against the limit.
    Unweighed {
        /// Who may approve.
        role: Box<str>,
    },
    /// A person asked for it; another must approve.
    Asked,
}

/// The form in which states are kept; raised when it changes.
const FORM: u8 = 6;

/// A state that cannot be read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored state cannot be read (form {form}): {what}")]
pub struct StateError {
    /// The form it was written in.
    pub form: u8,
    /// What is wrong.
    pub what: String,
}

/// A state as bytes: its form, then its fields in postcard's encoding.
pub fn encode<T: Serialize>(state: &T) -> Result<Vec<u8>, StateError> {
    postcard::to_extend(state, vec![FORM]).map_err(|error| StateError { form: FORM, what: error.to_string() })
}

/// Reads what [`encode`] wrote.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StateError> {
    match bytes.split_first() {
        Some((&FORM, rest)) => {
            postcard::from_bytes(rest).map_err(|error| StateError { form: FORM, what: error.to_string() })
        }
        Some((form, _)) if *form < FORM => {
            Err(StateError { form: *form, what: "written by an older release: take the events again".to_owned() })
        }
        Some((form, _)) => Err(StateError { form: *form, what: "written by a newer release".to_owned() }),
        None => Err(StateError { form: 0, what: "it is empty".to_owned() }),
    }
}
