//! How customers are valued: which events are purchases, and on which terms.

use makegood_money::Ratio;

use super::ShapeId;
use crate::expr::Expr;

/// How customers are valued. What is read by it is kept for the models of value alone: nothing that is owed depends on it.
#[derive(Debug, Clone)]
pub struct Valuation {
    /// Which events are purchases; of those for one event, the first whose condition holds counts.
    pub purchases: Vec<Purchase>,
    /// Which events give money back.
    pub refunds: Vec<Refund>,
    /// Which events cost something beyond the margin.
    pub services: Vec<Service>,
    /// Which events show that a party has left.
    pub departures: Vec<Departure>,
    /// The discount for one year.
    pub discount: Ratio,
    /// How many years ahead value is reckoned; all of the future without it.
    pub horizon_years: Option<Ratio>,
    /// The unit of time of the models.
    pub unit: TimeUnit,
    /// A party whose chance of being a customer is below this counts as lost.
    pub lost_below: Ratio,
}

/// An event that is a purchase.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// The event.
    pub on: ShapeId,
    /// Only if this holds.
    pub when: Option<Expr>,
    /// What was paid: a [`crate::value::Type::Money`].
    pub amount: Expr,
    /// The part of it that is margin.
    pub margin: Margin,
    /// The party's segment: a [`crate::value::Type::Choice`].
    pub segment: Option<Expr>,
}

/// An event that gives money back.
#[derive(Debug, Clone)]
pub struct Refund {
    /// The event.
    pub on: ShapeId,
    /// Only if this holds.
    pub when: Option<Expr>,
    /// What was given back: a [`crate::value::Type::Money`].
    pub amount: Expr,
    /// The margin given up.
    pub margin: Margin,
}

/// An event that costs something.
#[derive(Debug, Clone)]
pub struct Service {
    /// The event.
    pub on: ShapeId,
    /// Only if this holds.
    pub when: Option<Expr>,
    /// What it cost: a [`crate::value::Type::Money`].
    pub amount: Expr,
}

/// An event that shows that a party has left.
#[derive(Debug, Clone)]
pub struct Departure {
    /// The event.
    pub on: ShapeId,
    /// Only if this holds.
    pub when: Option<Expr>,
    /// Why: a [`crate::value::Type::Choice`].
    pub because: Option<Expr>,
}

/// How much of an amount is margin.
#[derive(Debug, Clone)]
pub enum Margin {
    /// All of it.
    Whole,
    /// A share of it.
    Share(Ratio),
    /// Worked out: a [`crate::value::Type::Money`].
    Expr(Expr),
}

/// The unit of time of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeUnit {
    /// A day.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// The twelfth part of a year of 365.2425 days.
    Month,
}

impl TimeUnit {
    /// The word of the charter.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}
