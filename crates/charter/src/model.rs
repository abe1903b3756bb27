//! A charter that has been read, checked and compiled: what the fold runs.
//!
//! Clauses refer to each other by position ([`ShapeId`], [`PromiseId`] …); names are kept for people.

mod valuation;

pub use valuation::{Departure, Margin, Purchase, Refund, Service, TimeUnit, Valuation};

use std::collections::BTreeMap;

use makegood_money::{Commodities, Commodity, Money, Ratio, Rounding};

use crate::clock::{Calendar, Clock};
use crate::expr::Expr;
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
    pub calendars: BTreeMap<Box<str>, Calendar>,
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
}

/// A value with the moments from which each entry counts, earliest first.
#[derive(Debug, Clone)]
pub struct DatedValue {
    /// Its name.
    pub name: Box<str>,
    /// The entries; the last one whose moment has come is the one in force.
    pub entries: Vec<(Moment, Entry)>,
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

/// A band: closed below, open above, up to the next band's edge. Below the first band nothing is given.
#[derive(Debug, Clone)]
pub struct Band {
    /// The lower edge, coded as [`Expr::number`] codes the measure: milliseconds, millionths, whole or minor units.
    pub at: i64,
    /// The edge as written: `3h`.
    pub written: Box<str>,
    /// What is given from here on.
    pub give: Give,
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
    /// The event that makes it.
    pub on: ShapeId,
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
    /// What is owed: restitution, compensation, or both.
    pub awards: Vec<Award>,
    /// How soon it is paid: the first term whose condition holds. Empty: no promise to pay is made.
    pub pay_within: Vec<PayTerm>,
    /// What more is owed when the payment itself is late.
    pub if_late: Option<Award>,
    /// Said to the customer when it is owed; empty texts mean the built-in message.
    pub tells: Texts,
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
    /// Never more than this.
    pub at_most: Option<Fixed>,
    /// Never less than this, once anything is owed.
    pub at_least: Option<Fixed>,
    /// Rounded to a multiple of so much; to the minor unit without it.
    pub round_to: Option<Money>,
    /// Which way; in the party's favour unless the charter says otherwise.
    pub rounding: Rounding,
    /// In what it is paid.
    pub pays_in: PaysIn,
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
    /// What an earlier right gave is taken off a later one, in the order they are named.
    Offset,
}

/// Bounds on what leaves without a person.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Below this no message is sent; the credit itself is made.
    pub notify_from: Option<Money>,
    /// More than this in one day is held for approval.
    pub per_day: Option<Money>,
    /// A single remedy above this is held for approval by this role.
    pub approve_over: Option<(Money, Box<str>)>,
}
