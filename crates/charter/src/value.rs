//! What an event's data is made of: typed values in the order its shape declares them.

use std::collections::BTreeMap;
use std::fmt;

use makegood_money::{Money, Tenders};
use serde::{Deserialize, Serialize};

/// How many parts a [`Value::Number`] counts one in.
pub const NUMBER_SCALE: i64 = 1_000_000;

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Moment(pub i64);

impl Moment {
    /// Later (or, below zero, earlier) by so many milliseconds, held at the ends of time.
    pub fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// The type of a field or an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A decimal number with up to six decimals, held as millionths; with a unit when it is a quantity (`12000 L`).
    Number {
        /// The unit, if it is a quantity.
        unit: Option<Box<str>>,
    },
    /// An amount of one commodity.
    Money,
    /// A length of time, in milliseconds.
    Duration,
    /// A moment.
    Time,
    /// Free text. The only type that may hold personal words.
    Text,
    /// One of these words.
    Choice(Box<[Box<str>]>),
    /// What was paid, tender by tender.
    Tenders,
    /// The key of a party or a thing, such as `customer:42`; the kind is the part before the colon.
    Key {
        /// The part before the colon.
        kind: Box<str>,
    },
}

/// A value of an event's data. Which variant a field holds is fixed by its [`Type`], or it is [`Value::Absent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// An optional field that was not given.
    Absent,
    /// See [`Type::Bool`].
    Bool(bool),
    /// See [`Type::Int`].
    Int(i64),
    /// See [`Type::Number`]: millionths.
    Number(i64),
    /// See [`Type::Money`].
    Money(Money),
    /// See [`Type::Duration`]: milliseconds.
    Duration(i64),
    /// See [`Type::Time`].
    Time(Moment),
    /// See [`Type::Text`].
    Text(Box<str>),
    /// See [`Type::Choice`]: the position among the words of the type.
    Choice(u16),
    /// See [`Type::Tenders`].
    Tenders(Tenders),
    /// See [`Type::Key`].
    Key(Box<str>),
}

/// An event's data: one value for each field of its shape, in the shape's order.
pub type Fields = Vec<Value>;

/// One field of a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As written in the charter and in the event's JSON.
    pub name: Box<str>,
    /// What it holds.
    pub kind: Type,
    /// True when an event may leave it out.
    pub optional: bool,
}

/// The shape of one type of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The event type: `flight.departed`.
    pub name: Box<str>,
    /// The kind of party it is about (`customer`), when its subject is a party.
    pub party: Option<Box<str>>,
    /// The kind of thing it is about (`flight`): its subject, or beside a party the extension attribute `about`.
    pub about: Option<Box<str>>,
    /// The fields of its data.
    pub fields: Vec<Field>,
    /// Where each field stands, by name.
    pub positions: BTreeMap<Box<str>, usize>,
}

impl Shape {
    /// A shape of these fields.
    pub fn new(name: &str, party: Option<&str>, about: Option<&str>, fields: Vec<Field>) -> Self {
        let positions = fields.iter().enumerate().map(|(position, field)| (field.name.clone(), position)).collect();
        Self { name: name.into(), party: party.map(Into::into), about: about.map(Into::into), fields, positions }
    }
}
