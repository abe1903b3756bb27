//! The statement of customer equity: what the customers were worth, what moved it, what they are worth now.
//!
//! **WSV 2008**: Wiesel, Skiera & Villanueva, "Customer Equity: An Integral Part of Financial Reporting",
//! *Journal of Marketing* 72(2), 1-14: customer equity as a stock (their customer equity statement) and its change explained
//! by movements (their customer equity flow statement). The lines here are finer: discount unwound, margin taken out, loss by
//! cause, remedies and the change of model each stand apart, as in the movement analyses of insurers.
//!
//! Every amount is a whole number of minor units of one currency. A party's movements are integers that add up to its closing
//! value by construction; totals are sums of parties; so the statement reconciles exactly and has no rounding line.

mod appraise;
mod period;
mod statement;

pub use appraise::{Known, Valuation, appraise, to_minor};
pub use period::{Circumstances, LetDown, LostSpell, Period, party_rows};
pub use statement::{Cell, Drill, Section, Statement, statement};

use serde::{Deserialize, Serialize};

/// Why a party was lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A promise that was broken; its name.
    BrokenPromise(String),
    /// The price.
    Price,
    /// A competitor.
    Competitor,
    /// Another known cause, in the words of the one who recorded it.
    Other(String),
    /// Nobody knows.
    Unknown,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BrokenPromise(promise) => write!(f, "broken promise `{promise}`"),
            Self::Price => f.write_str("price"),
            Self::Competitor => f.write_str("competitor"),
            Self::Other(cause) => f.write_str(cause),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// What became of a party between the two dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Course {
    /// A customer at both dates.
    Stayed,
    /// Lost at both dates: worth nothing at either.
    Gone,
    /// Not there at the opening date. Its opening figures and expectations must be zero.
    New,
    /// Lost in between.
    Lost(Cause),
    /// Lost at the opening date, a customer again at the closing date.
    Regained,
}

/// One party's figures between two dates, in minor units of the statement's currency.
///
/// [`appraise`] makes them from a model; they may come from anywhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRow {
    /// The party.
    pub party: String,
    /// The currency of every amount of the row.
    pub currency: String,
    /// The segment at the opening date; for a new party, the same as the closing one.
    pub opening_segment: String,
    /// The segment at the closing date; for a lost party, the last one.
    pub closing_segment: String,
    /// What became of it.
    pub course: Course,
    /// V₀: the value at the opening date under the opening model.
    pub opening_minor: i64,
    /// m: the margin that the opening model expected between the dates.
    pub expected_margin_minor: i64,
    /// E(V₁): the value at the closing date that the opening model expected at the opening date.
    pub expected_closing_minor: i64,
    /// The margin received between the dates, before goodwill and remedies.
    pub margin_minor: i64,
    /// Goodwill and remedies spent on the party between the dates; below zero where more was waived or corrected than granted.
    pub goodwill_minor: i64,
    /// The value at the closing date under the opening model.
    pub closing_same_model_minor: i64,
    /// V₁: the value at the closing date under the closing model.
    pub closing_minor: i64,
}

/// A line of the statement, in the order in which it stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Line {
    /// The value at the opening date.
    Opening,
    /// What parties who changed segment took out of one and into the other. Zero over all segments.
    MovedSegment,
    /// What new parties brought: the margin already received from them, and their value.
    New,
    /// The discount unwound: the expected future has come nearer.
    Unwinding,
    /// The margin received, net of goodwill: it has left the future for the bank.
    MarginReceived,
    /// Those who stayed bought more or less, or now promise more or less, than expected; and what those lost in between
    /// paid more or less than expected until then.
    Behaviour,
    /// The value that was expected of parties who were lost, by cause.
    Lost(Cause),
    /// What parties who came back brought.
    Regained,
    /// Goodwill and remedies spent.
    Goodwill,
    /// The difference between the closing and the opening model, on the same customers at the same date.
    ModelChange,
    /// The value at the closing date.
    Closing,
}

impl Line {
    /// The line's name in the statement.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Opening => "opening".to_owned(),
            Self::MovedSegment => "moved between segments".to_owned(),
            Self::New => "new parties".to_owned(),
            Self::Unwinding => "unwinding of discount".to_owned(),
            Self::MarginReceived => "margin received, net of goodwill".to_owned(),
            Self::Behaviour => "behaviour better or worse than expected".to_owned(),
            Self::Lost(cause) => format!("written down: lost, {cause}"),
            Self::Regained => "regained".to_owned(),
            Self::Goodwill => "goodwill and remedies spent".to_owned(),
            Self::ModelChange => "change of model".to_owned(),
            Self::Closing => "closing".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
