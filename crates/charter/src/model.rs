//! A charter that has been read, checked and compiled: what the fold runs.
//!
//! Clauses refer to each other by position ([`ShapeId`], [`PromiseId`] …); names are kept for people.

mod duty;
mod playbook;
mod stages;
mod valuation;

pub use duty::{Consequence, Duty, Evidence, Quantity};
pub use playbook::{Aim, Ending, Playbook, PlaybookId, Step, StepId};
pub use stages::{Disqualified, Phase, Regular, Sign, Silence, Stage, StageClause, Stages};
pub use valuation::{Departure, Margin, Purchase, Refund, Service, TimeUnit, Valuation};

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_money::{Commodities, Commodity, Money, Ratio, Rounding};

use crate::clock::{Calendar, Clock};
use crate::expr::Expr;
use crate::place::Places;
use crate::text::Texts;
use crate::value::{Moment, Shape};

/// Position of a shape in [`Charter::shapes`].
pub type ShapeId = usize;
/// Position of a promise in [`Charter::promises`].
pub type PromiseId = usize;
/// Position of a right in [`Charter::rights`].
pub type RightId = usize;
/// Position of a dated value in [`Charter::values`].
pub type ValueId = usize;

/// One version of a charter.
#[derive(Debug)]
pub struct Charter {
    /// Its name: `jetblue`.
    pub name: Box<str>,
    /// Its version: `2025-01`.
    pub version: Box<str>,
    /// SHA-256 of the file's bytes.
    pub digest: [u8; 32],
    /// The file as it was published.
    pub source_text: Box<str>,
    /// In force from this moment …
    pub from: Moment,
    /// … until this one, if an end is set.
    pub until: Option<Moment>,
    /// What the page is called.
    pub title: Texts,
    /// Where the rules were read, and how sure that is.
    pub source: Source,
    /// The zone in which days begin and end.
    pub zone: jiff::tz::TimeZone,
    /// The zone's name: `America/New_York`.
    pub zone_name: Box<str>,
    /// The currency it reckons in.
    pub money: Commodity,
    /// Every commodity its amounts may name.
    pub commodities: Commodities,
    /// Tenders of its own, by code: points, credits.
    pub tenders: BTreeMap<Box<str>, Tender>,
    /// Calendars by name.
    pub calendars: BTreeMap<Box<str>, Arc<Calendar>>,
    /// The declared event shapes, followed by the built-in ones ([`crate::builtin`]).
    pub shapes: Vec<Shape>,
    /// Where each shape stands, by event type.
    pub shape_ids: BTreeMap<Box<str>, ShapeId>,
    /// Amounts and bands that change with time.
    pub values: Vec<DatedValue>,
    /// What is promised.
    pub promises: Vec<Promise>,
    /// What is owed when it fails.
    pub rights: Vec<Right>,
    /// How remedies for one promise combine.
    pub stacking: Vec<Stack>,
    /// Bounds on what leaves without a person.
    pub limits: Limits,
    /// How customers are valued, where the charter says so. Nothing that is owed reads it.
    pub valuation: Option<Valuation>,
    /// The stages of a relationship, where the charter knows them. No right reads them.
    pub stages: Option<Stages>,
    /// What hand-offs must carry.
    pub duties: Vec<Duty>,
    /// What is done, by whom and by when, once something has happened.
    pub playbooks: Vec<Playbook>,
    /// How often something happened to a party, by position.
    pub counts: Vec<Count>,
    /// Where places lie.
    pub places: Arc<Places>,
    /// True for a draft, which judges nothing.
    pub draft: bool,
    /// What is defined once, by name.
    pub terms: BTreeMap<Box<str>, Term>,
}

/// What a charter defines once: expressions name it as `term.NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The expression, with the terms it names written out.
    pub is: Box<str>,
    /// What it is called, in the customer's words.
    pub says: Texts,
}

/// How often something happened to a party in a length of time: read in rights as `party.NAME`.
#[derive(Debug, Clone)]
pub struct Count {
    /// Its name.
    pub name: Box<str>,
    /// The event that is counted.
    pub on: ShapeId,
    /// Only if this holds; may read `data`.
    pub when: Option<Expr>,
    /// The length of time looked back, in milliseconds.
    pub within: i64,
}

/// Where the rules were read.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The page or law, by title.
    pub what: Box<str>,
    /// When it was read, as written: `2025-06-01`.
    pub as_of: Box<str>,
    /// True when the official text itself was read.
    pub verified: bool,
    /// What the reader must know: "example only, not legal advice".
    pub note: Box<str>,
}

/// A tender that the charter declares.
#[derive(Debug, Clone)]
pub struct Tender {
    /// The commodity its amounts are counted in.
    pub commodity: Commodity,
    /// Its name in words.
    pub name: Texts,
    /// What one unit is worth: so many units of [`Charter::money`].
    pub worth: Ratio,
    /// How long it is good for, where the charter says so.
    pub expires: Option<Expires>,
}

/// How long a tender is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expires {
    /// For ever.
    Never,
    /// So long after it was given.
    After(Clock),
}

/// A value with the moments from which each entry counts, earliest first.
#[derive(Debug, Clone)]
pub struct DatedValue {
    /// Its name.
    pub name: Box<str>,
    /// The entries; the last one whose moment has come is the one in force.
    pub entries: Vec<(Moment, Entry)>,
    /// How entries came about that follow an index, by the moment from which they count.
    pub indexed: BTreeMap<Moment, Indexed>,
}

/// An amount that was carried forward by an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// The amount it began with.
    pub base: Money,
    /// The index.
    pub index: Box<str>,
    /// The period the amount was set in, and the value of the index then.
    pub from: (Box<str>, Box<str>),
    /// The period it was carried to, and the value of the index then.
    pub to: (Box<str>, Box<str>),
}

impl DatedValue {
    /// The entry in force at `moment`, with the moment from which it counts; `None` before the first.
    pub fn at(&self, moment: Moment) -> Option<(Moment, &Entry)> {
        let next = self.entries.partition_point(|(from, _)| *from <= moment);
        next.checked_sub(1).and_then(|last| self.entries.get(last)).map(|(from, entry)| (*from, entry))
    }
}

/// What a dated value holds at one time.
#[derive(Debug, Clone)]
pub enum Entry {
    /// An amount.
    Money(Money),
    /// Bands in rising order of [`Band::at`].
    Bands(Vec<Band>),
}

/// A band, up to the next band's edge. Below the first band nothing is given.
#[derive(Debug, Clone)]
pub struct Band {
    /// The least measure in it, coded as [`Expr::number`] codes the measure: milliseconds, millionths, whole or minor units.
    pub at: i64,
    /// True when the edge itself lies outside (`above`): [`Band::at`] is then the smallest step above it.
    pub above: bool,
    /// The edge as written: `3h`.
    pub written: Box<str>,
    /// What is given from here on.
    pub give: Give,
}

impl Band {
    /// The edge itself, coded as the measure is.
    pub fn edge(&self) -> i64 {
        self.at.saturating_sub(i64::from(self.above))
    }
}

/// An amount that needs no table.
#[derive(Debug, Clone)]
pub enum Give {
    /// So much.
    Money(Money),
    /// A share of an amount.
    Share {
        /// The share.
        ratio: Ratio,
        /// Of what: a [`crate::value::Type::Money`].
        of: Expr,
    },
}

/// A promise clause.
#[derive(Debug, Clone)]
pub struct Promise {
    /// Its name: `departure`.
    pub name: Box<str>,
    /// The event whose data it keeps as `made`: the one that makes it or, for a promise that follows another, the one that made
    /// that other.
    pub on: ShapeId,
    /// For a promise that follows another: which, and the event that makes it.
    pub follows: Option<Follows>,
    /// For a step of a playbook: which. The play makes it, and no event.
    pub step: Option<(PlaybookId, StepId)>,
    /// Made only if this holds.
    pub when: Option<Expr>,
    /// When it is due: a [`crate::value::Type::Time`].
    pub due: Expr,
    /// What it is worth: a [`crate::value::Type::Money`].
    pub worth: Option<Expr>,
    /// What was paid: a [`crate::value::Type::Tenders`].
    pub paid: Option<Expr>,
    /// Who is accountable, by role or name.
    pub owner: Option<Box<str>>,
    /// Who does it, by role or name; the owner unless said.
    pub doer: Option<Box<str>>,
    /// Within which time the promisee's written acknowledgement is awaited; silence reminds the owner.
    pub acknowledged: Option<Clock>,
    /// How long after it was kept the promisee, who is asked for a verdict then, is asked again.
    pub confirmed: Option<Clock>,
    /// How long after this one is due the next one is, which is made when this one is settled or due.
    pub repeats: Option<Clock>,
    /// The promise in the customer's words. Slots: `{thing}`, `{due}`, `{worth}`, `{paid}`, `{made.FIELD}`.
    pub says: Texts,
    /// What events mean for it, in the order they are tried; the first whose condition holds counts.
    pub outcomes: Vec<Outcome>,
    /// At risk when this long before it is due nothing has been heard, in milliseconds.
    pub at_risk_before: Option<i64>,
    /// How long after it was due silence makes it overdue, in milliseconds.
    pub silent_after: i64,
    /// Whom silence asks: the owner, unless the charter names another.
    pub silent_asks: Option<Box<str>>,
    /// Who is told when it stays overdue, the soonest first.
    pub escalates: Vec<Rung>,
}

/// One rung of a ladder of escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How long after the promise was due, in milliseconds.
    pub after: i64,
    /// Who is told, by role or name.
    pub to: Box<str>,
}

impl Promise {
    /// True of a promise that a person makes, in words of their own.
    pub fn by_hand(&self, charter: &Charter) -> bool {
        charter.shapes.get(self.on).is_some_and(|shape| *shape.name == *crate::builtin::PROMISE_MADE)
    }
}

/// How a promise follows from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follows {
    /// The promise it follows.
    pub promise: PromiseId,
    /// The event that makes it, about the thing of that promise.
    pub on: ShapeId,
}

/// What an event about the same thing (or naming the promise) shows.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The state it leads to.
    pub state: Shows,
    /// The event.
    pub on: ShapeId,
    /// Only if this holds; may read `data`, `made`, `promise`.
    pub when: Option<Expr>,
}

/// What evidence can show of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Kept in time.
    Kept,
    /// Kept, but late.
    Late,
    /// Will not be kept.
    Broken,
    /// The party let it go.
    Released,
    /// In danger.
    AtRisk,
}

/// What makes a right apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An event about the promise's thing.
    Event(ShapeId),
    /// The promise became overdue: silence.
    Overdue,
}

/// A right: the clause that says what is owed when something goes wrong.
#[derive(Debug, Clone)]
pub struct Right {
    /// Its name: `late-departure`.
    pub name: Box<str>,
    /// The clause as the customer reads it.
    pub says: Texts,
    /// The promise it stands behind.
    pub promise: PromiseId,
    /// What makes it apply.
    pub on: Trigger,
    /// Only if this holds; may read `data`, `made`, `promise`.
    pub when: Option<Expr>,
    /// What takes it away again.
    pub unless: Vec<Exception>,
    /// When it is decided, where that is later than the event: a [`crate::value::Type::Time`]. Until then what applies is
    /// gathered, and the highest counts.
    pub decided_at: Option<Expr>,
    /// Only owed when the party asks for it.
    pub on_request: Option<OnRequest>,
    /// How much, or how often, in a year or another length of time.
    pub limited: Option<Limited>,
    /// Times in which the authority does not enforce it. A note: it changes nothing of what is owed.
    pub not_enforced: Vec<NotEnforced>,
    /// What is owed: restitution, compensation, or both.
    pub awards: Vec<Award>,
    /// How soon it is paid: the first term whose condition holds. Empty: no promise to pay is made.
    pub pay_within: Vec<PayTerm>,
    /// What more is owed when the payment itself is late.
    pub if_late: Option<Award>,
    /// Said to the customer when it is owed; empty texts mean the built-in message.
    pub tells: Texts,
}

/// A right that is owed only to a party who asks for it.
#[derive(Debug, Clone)]
pub struct OnRequest {
    /// Only for these parties; for all others the right is automatic.
    pub when: Option<Expr>,
    /// The event by which the party asks.
    pub by: ShapeId,
    /// How long after the event that made it apply the party may ask.
    pub within: Clock,
    /// Said to the customer when it applies: that they can ask, and how. Empty texts: nothing is said.
    pub says: Texts,
}

/// A bound on one right over time, for one party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// The time.
    pub within: Window,
    /// No more than this altogether.
    pub at_most: Option<Money>,
    /// No more often than this.
    pub times: Option<u32>,
}

/// A length of time in which things are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The calendar year, in the charter's zone.
    Year,
    /// So many milliseconds up to the event.
    Trailing(i64),
    /// What one event makes owed, for however many promises.
    Event,
}

/// A time in which an authority does not enforce a right.
#[derive(Debug, Clone)]
pub struct NotEnforced {
    /// From when, if that is known.
    pub from: Option<Moment>,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    /// What is not enforced, and by whom.
    pub says: Texts,
}

/// Takes a right away.
#[derive(Debug, Clone)]
pub struct Exception {
    /// Holds for this event's `data` and, with [`Exception::shown_by`], that event's `evidence`.
    pub when: Option<Expr>,
    /// The burden of proof is the company's: nothing is taken away unless an event of this type, about the same thing, was
    /// heard, and `when` holds of it.
    pub shown_by: Option<ShapeId>,
    /// How long after the trigger the proof may still come, in milliseconds; the right is decided only then. Zero: it must
    /// have been heard before.
    pub within: i64,
    /// Why, in the customer's words.
    pub says: Texts,
}

/// Giving back, or making good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwardKind {
    /// Gives back what was paid.
    Restitution,
    /// Is for the harm.
    Compensation,
}

/// One amount owed under a right.
#[derive(Debug, Clone)]
pub struct Award {
    /// Which of the two it is.
    pub kind: AwardKind,
    /// How much.
    pub amount: Amount,
    /// The moment whose dated values count, where it is not that of the event: a [`crate::value::Type::Time`].
    pub dated_by: Option<Expr>,
    /// Lessened to a share in certain cases: the first that holds.
    pub reduced: Vec<Reduction>,
    /// So many times: persons, lines, items.
    pub times: Option<Expr>,
    /// Never more than this, for each of [`Award::times`].
    pub at_most: Option<Fixed>,
    /// Never less than this, once anything is owed.
    pub at_least: Option<Fixed>,
    /// Rounded to a multiple of so much; to the minor unit without it.
    pub round_to: Option<Money>,
    /// Which way; in the party's favour unless the charter says otherwise.
    pub rounding: Rounding,
    /// In what it is paid.
    pub pays_in: PaysIn,
    /// Less than this is not paid at all.
    pub least_payable: Option<Money>,
    /// In what else the party may choose to have it.
    pub or_in: Option<OrIn>,
}

/// A case in which an award is lessened.
#[derive(Debug, Clone)]
pub struct Reduction {
    /// Only if this holds; may read `data`, `made`, `promise` and, with [`Reduction::shown_by`], `evidence`.
    pub when: Option<Expr>,
    /// The event that proves it: the burden of proof is the company's.
    pub shown_by: Option<ShapeId>,
    /// What is left of it.
    pub to: Ratio,
    /// Why, in the customer's words.
    pub says: Texts,
}

/// Another tender that the party may choose, by agreeing to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrIn {
    /// The tender.
    pub tender: Commodity,
    /// What it must be worth, against the amount itself: `125 %`.
    pub worth: Ratio,
    /// The event by which the party agrees, such as a signed agreement.
    pub agreed: ShapeId,
}

/// How much.
#[derive(Debug, Clone)]
pub enum Amount {
    /// Outright.
    Fixed(Fixed),
    /// By the band in which a measure falls.
    Bands {
        /// The table.
        table: ValueId,
        /// The measure.
        by: Expr,
    },
    /// A share of an amount.
    Share {
        /// The share.
        ratio: Ratio,
        /// Of what: a [`crate::value::Type::Money`].
        of: Expr,
    },
    /// So much for each of a count (whole or decimal; a begun one counts by its part).
    Each {
        /// For one.
        rate: Fixed,
        /// How many.
        count: Expr,
    },
}

/// An amount given in the clause, by a dated value, or by an expression over the event.
#[derive(Debug, Clone)]
pub enum Fixed {
    /// In the clause.
    Money(Money),
    /// A dated value.
    Value(ValueId),
    /// Worked out: a [`crate::value::Type::Money`].
    Expr(Expr),
}

/// In what an award is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaysIn {
    /// In the commodity it is reckoned in.
    Same,
    /// In a tender of the charter, at its worth, rounded in the party's favour.
    Tender(Commodity),
    /// In what was paid with: the award's part of [`Promise::worth`], taken from every tender alike.
    Original,
}

/// How soon a remedy is paid.
#[derive(Debug, Clone)]
pub struct PayTerm {
    /// For whom this term counts; without it, for everyone.
    pub when: Option<Expr>,
    /// How long, from the event that made it owed.
    pub within: Clock,
}

/// How several rights behind one promise combine.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The rights concerned.
    pub rights: Vec<RightId>,
    /// Rights of other charters, as `charter/right`.
    pub elsewhere: Vec<Box<str>>,
    /// The rule.
    pub rule: Stacking,
}

/// The rule by which rights combine. Rights named in no [`Stack`] add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacking {
    /// Only the highest is owed.
    Highest,
    /// All are owed.
    Sum,
    /// What one gave is taken off another: whoever comes first, the sum is the same.
    Offset,
    /// One excludes the others, whatever their amounts: no double recovery. Where one event makes several owed, the first named.
    First,
}

/// Bounds on what leaves without a person.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Below this no message is sent; the credit itself is made.
    pub notify_from: Option<Money>,
    /// A party gets no more notices than this in one day; what is more waits for the next.
    pub notices_per_day: Option<u32>,
    /// More than this in one day is held for approval.
    pub per_day: Option<Money>,
    /// A single remedy above this is held for approval by this role.
    pub approve_over: Option<(Money, Box<str>)>,
}
