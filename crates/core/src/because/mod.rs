//! Why: the reason every remedy carries, and its words in the customer's language.

mod words;

pub use words::{because, money_words, step, tenders_words};
pub(crate) use words::{say, when};

use makegood_charter::expr::{EvalError, Expr, Scope};
use makegood_charter::value::{Moment, Type, Value};
use makegood_money::{Money, Ratio, Tenders};
use serde::{Deserialize, Serialize};

use crate::{CharterTag, Ident};

/// Why a remedy is owed: the event, the clause, the charter version, what was read, and the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The event that made it owed.
    pub cause: Ident,
    /// When that happened.
    pub at: Moment,
    /// The charter version that judged.
    pub charter: CharterTag,
    /// What the clause read, by path.
    pub inputs: Vec<(Box<str>, Shown)>,
    /// The arithmetic, in order.
    pub steps: Vec<Step>,
}

/// A value that can be shown without its type at hand: a choice is its word, a number knows its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The value.
    pub value: Value,
    /// The unit of a number.
    pub unit: Option<Box<str>>,
}

impl Shown {
    /// What `expr` gives in `scope`.
    pub fn of(expr: &Expr, scope: &Scope) -> Result<Self, EvalError> {
        Ok(Self::new(expr.value(scope)?, expr.kind()))
    }

    /// A value of this type.
    pub fn new(value: Value, kind: &Type) -> Self {
        match (value, kind) {
            (Value::Choice(position), Type::Choice(words)) => {
                let word = words.get(usize::from(position)).cloned().unwrap_or_default();
                Self { value: Value::Text(word), unit: None }
            }
            (value, Type::Number { unit }) => Self { value, unit: unit.clone() },
            (value, _) => Self { value, unit: None },
        }
    }

    /// Everything `expr` reads in `scope`.
    pub(crate) fn inputs(expr: &Expr, scope: &Scope) -> Vec<(Box<str>, Self)> {
        let read = expr.reads().iter().zip(expr.inputs(scope));
        read.map(|(read, (path, value))| (path, Self::new(value, &read.kind))).collect()
    }
}

/// One step of the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// An amount outright, as it counts from a moment on.
    Fixed {
        /// The amount.
        amount: Money,
        /// From when on it counts, where it is dated.
        from: Option<Moment>,
    },
    /// A measure falls in a band.
    Band {
        /// The measure.
        measure: Shown,
        /// The band's lower edge.
        at: Box<str>,
        /// True when the lower edge lies outside.
        above: bool,
        /// Its upper edge; the last band has none.
        below: Option<Box<str>>,
        /// True when the upper edge lies inside.
        up_to: bool,
        /// From when on these bands count.
        from: Moment,
        /// What the band gives; `None` where a share follows.
        gives: Option<Money>,
    },
    /// A share of an amount.
    Share {
        /// Which share.
        ratio: Ratio,
        /// Of what.
        of: Money,
        /// What that is.
        gives: Money,
    },
    /// So much for each of a count.
    Each {
        /// The count.
        count: Shown,
        /// For each.
        rate: Money,
        /// From when on the rate counts, where it is dated.
        from: Option<Moment>,
        /// Together.
        gives: Money,
    },
    /// Rounded to a multiple.
    Rounded {
        /// The result.
        to: Money,
    },
    /// Held to the least amount.
    Raised {
        /// The result.
        to: Money,
    },
    /// Held to the most.
    Capped {
        /// The result.
        to: Money,
    },
    /// Granted before; only the rest is owed.
    Already {
        /// Granted so far.
        granted: Money,
        /// The rest.
        leaves: Money,
    },
    /// Paid in another tender.
    Exchanged {
        /// The amount.
        from: Money,
        /// In the tender.
        gives: Money,
    },
    /// Given back in what was paid with.
    AsPaid {
        /// What was paid.
        paid: Tenders,
        /// The part that is given back …
        part: Money,
        /// … of what it was worth.
        of: Money,
        /// In the tenders.
        gives: Tenders,
    },
    /// No proof of an exception was filed, so it does not count.
    NotShown {
        /// The type of event that would have shown it.
        by: Box<str>,
    },
    /// A proof was filed, but does not show the exception.
    NotSevere {
        /// The type of event.
        by: Box<str>,
        /// What it said.
        inputs: Vec<(Box<str>, Shown)>,
    },
    /// An earlier remedy was not paid in time.
    PaidLate {
        /// When it was due.
        due: Moment,
    },
    /// Lessened to a share, in a case of which the charter says so.
    Reduced {
        /// Which share.
        ratio: Ratio,
        /// Of what.
        of: Money,
        /// What that is.
        gives: Money,
    },
    /// So many times: for each person, line or item.
    Times {
        /// How many.
        count: Shown,
        /// Together.
        gives: Money,
    },
    /// Held to what one party gets under the right in a time.
    Limited {
        /// What it gave before in that time.
        used: Money,
        /// The result.
        to: Money,
    },
    /// Paid in a tender that the party agreed to.
    Chosen {
        /// The amount.
        of: Money,
        /// What the other tender is worth against it.
        ratio: Ratio,
        /// In the tender.
        gives: Tenders,
    },
    /// The party asked for it in time.
    Asked {
        /// When.
        at: Moment,
    },
    /// A person gave it.
    Given {
        /// Who.
        by: Box<str>,
        /// Why, in their words.
        why: Box<str>,
    },
    /// A person corrected it.
    Corrected {
        /// Who.
        by: Box<str>,
        /// Why, in their words.
        why: Box<str>,
        /// What it is now.
        to: Tenders,
    },
    /// It was decided for everyone whom something hit.
    Repaired {
        /// Who approved it.
        by: Box<str>,
        /// Who asked for it.
        asked_by: Box<str>,
        /// Why, in English, Chinese and Norwegian.
        why: [Box<str>; 3],
    },
}
