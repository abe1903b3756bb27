//! Duties: what a hand-off must carry, and what follows when it does not.

use makegood_money::Ratio;

use super::PromiseId;
use crate::expr::Expr;
use crate::text::Texts;

/// What a hand-off of the thing that a promise is about must carry.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Its name: `receipt`.
    pub name: Box<str>,
    /// The promise whose thing is handed over.
    pub promise: PromiseId,
    /// Only for hand-offs of which this holds; may read `data`, `made`, `promise`.
    pub when: Option<Expr>,
    /// Which evidence it must carry.
    pub carries: Vec<Evidence>,
    /// How much was promised, and how far what is handed over may be off it.
    pub quantity: Option<Quantity>,
    /// What follows when evidence is missing.
    pub missing: Option<Consequence>,
    /// What follows when another took it on the promisee's behalf.
    pub by_proxy: Option<Consequence>,
    /// What follows when the quantity is out of tolerance.
    pub differs: Option<Consequence>,
}

/// A piece of evidence that a hand-off may carry: a field of `custody.handed_over`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// How much was handed over.
    Quantity,
    /// How much the taker accepted.
    Accepted,
    /// Where.
    Place,
    /// The taker's signature.
    Signature,
    /// A picture.
    Photo,
    /// A document: the delivery slip.
    Document,
}

impl Evidence {
    /// Every piece, in order.
    pub const ALL: [Self; 6] =
        [Self::Quantity, Self::Accepted, Self::Place, Self::Signature, Self::Photo, Self::Document];
    /// Their names.
    pub const NAMES: [&str; 6] = ["quantity", "accepted", "place", "signature", "photo", "document"];

    /// The field that carries it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Accepted => "accepted",
            Self::Place => "place",
            Self::Signature => "signature",
            Self::Photo => "photo",
            Self::Document => "document",
        }
    }
}

/// How much was promised, and the tolerance.
#[derive(Debug, Clone)]
pub struct Quantity {
    /// How much was promised: a number with a unit; reads `made`.
    pub promised: Expr,
    /// The unit.
    pub unit: Box<str>,
    /// How far off it may be, either way.
    pub tolerance: Ratio,
}

/// What follows from a duty that was not met, beside the promises and plays that read `duty`.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// Said to the customer at once; empty texts say nothing. Slots: `{thing}`, `{made.FIELD}`, `{data.FIELD}`.
    pub tells: Texts,
    /// Who in the company is asked, by role.
    pub asks: Option<Box<str>>,
}
