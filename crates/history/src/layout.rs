//! Which columns a file has.

use std::collections::{BTreeMap, BTreeSet};

use makegood_charter::value::{Shape, Type};
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// True or false.
    Truth,
    /// A small whole number.
    Small,
    /// A whole number.
    Whole,
    /// A decimal number with six decimals.
    Decimal,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Moment,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// Sixteen bytes.
    Ident,
}

/// A column of every file of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// True when a row may leave it empty.
    pub optional: bool,
    /// The field of an event that it holds, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
}

/// A field that a charter declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Declared {
    /// The type of event.
    pub event: String,
    /// The field of its data.
    pub field: String,
    /// Which part of the field's value.
    pub part: Part,
}

/// Which part of a field's value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A truth.
    Truth,
    /// A whole number.
    Whole,
    /// A decimal number.
    Decimal,
    /// A length of time, in milliseconds.
    Milliseconds,
    /// A moment.
    Moment,
    /// A text, one of several words, or a key.
    Text,
    /// An amount, in minor units …
    Minor,
    /// … of this currency or tender.
    Currency,
    /// What was paid, tender by tender, in words.
    Tenders,
}

impl Part {
    /// The parts of a value of this type.
    pub fn of(kind: &Type) -> &'static [Part] {
        match kind {
            Type::Bool => &[Part::Truth],
            Type::Int => &[Part::Whole],
            Type::Number { .. } => &[Part::Decimal],
            Type::Money => &[Part::Minor, Part::Currency],
            Type::Duration => &[Part::Milliseconds],
            Type::Time => &[Part::Moment],
            Type::Text | Type::Choice(_) | Type::Key { .. } => &[Part::Text],
            Type::Tenders => &[Part::Tenders],
        }
    }

    fn holds(self) -> Holds {
        match self {
            Part::Truth => Holds::Truth,
            Part::Whole | Part::Milliseconds | Part::Minor => Holds::Whole,
            Part::Decimal => Holds::Decimal,
            Part::Moment => Holds::Moment,
            Part::Text | Part::Currency | Part::Tenders => Holds::Text,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Part::Milliseconds => "_ms",
            Part::Minor => "_minor",
            Part::Currency => "_currency",
            _ => "",
        }
    }
}

/// The columns that do not depend on a charter, by position.
pub mod fixed {
    /// The slot of the key.
    pub const SLOT: usize = 0;
    /// The party or thing whose log this is.
    pub const KEY: usize = 1;
    /// The place in its log, from 1.
    pub const SEQ: usize = 2;
    /// What tells the line apart in its log.
    pub const IDENT: usize = 3;
    /// 0 for an event of its own, 1 for one heard, 2 for one whose words were erased, 3 for one told again.
    pub const KIND: usize = 4;
    /// The event's type.
    pub const TYPE: usize = 5;
    /// The place of the type among the manifest's types, from 0.
    pub const TYPE_NR: usize = 6;
    /// The event's subject.
    pub const SUBJECT: usize = 7;
    /// The thing it is about, beside a party.
    pub const ABOUT: usize = 8;
    /// The thing it is about, by when the log first spoke of it, from 0.
    pub const THING_NR: usize = 9;
    /// Where it came from.
    pub const SOURCE: usize = 10;
    /// What names it there.
    pub const ID: usize = 11;
    /// Who did it.
    pub const ACTOR: usize = 12;
    /// When it happened.
    pub const TIME: usize = 13;
    /// When it was recorded.
    pub const RECORDED: usize = 14;
    /// What was decided outside the fold, as bits.
    pub const CONTEXT: usize = 15;
    /// Of what was heard: from whose log …
    pub const HEARD_FROM: usize = 16;
    /// … and its place there.
    pub const HEARD_SEQ: usize = 17;
    /// The event's bytes; of one that was erased, their SHA-256; of one heard, nothing: they stand in the log of the thing.
    pub const PAYLOAD: usize = 18;
    /// How many there are.
    pub const COUNT: usize = 19;
}

/// The columns of a history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The fixed ones, in the order of [`fixed`], and those of declared fields.
    pub columns: Vec<Column>,
    places: BTreeMap<Declared, usize>,
}

impl Layout {
    /// The columns for events of these shapes. Of one field that was declared with several types each has columns of its own.
    pub fn of<'s>(shapes: impl IntoIterator<Item = &'s Shape>) -> Self {
        let mut declared: BTreeSet<Declared> = BTreeSet::new();
        for shape in shapes {
            for field in &shape.fields {
                let declare = |part: &Part| Declared {
                    event: shape.name.to_string(),
                    field: field.name.to_string(),
                    part: *part,
                };
                declared.extend(Part::of(&field.kind).iter().map(declare));
            }
        }
        let mut columns = fixed_columns();
        let mut names: BTreeSet<String> = columns.iter().map(|column| column.name.clone()).collect();
        for declared in declared {
            let plain = |text: &str| text.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
            let base = format!("{}__{}{}", plain(&declared.event), plain(&declared.field), declared.part.suffix());
            let numbered = (2_u32..).map(|number| format!("{base}_{number}"));
            let name = std::iter::once(base.clone()).chain(numbered).find(|name| !names.contains(name));
            let Some(name) = name else { continue };
            names.insert(name.clone());
            columns.push(Column { name, holds: declared.part.holds(), optional: true, declared: Some(declared) });
        }
        Self::new(columns)
    }

    /// The layout of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        let places = columns.iter().enumerate();
        let places = places.filter_map(|(place, column)| Some((column.declared.clone()?, place))).collect();
        Self { columns, places }
    }

    /// Where a part of a field stands.
    pub fn place(&self, event: &str, field: &str, part: Part) -> Option<usize> {
        self.places.get(&Declared { event: event.to_owned(), field: field.to_owned(), part }).copied()
    }
}

fn fixed_columns() -> Vec<Column> {
    let columns: [(&str, Holds, bool); fixed::COUNT] = [
        ("slot", Holds::Small, false),
        ("key", Holds::Text, false),
        ("seq", Holds::Whole, false),
        ("ident", Holds::Ident, false),
        ("kind", Holds::Small, false),
        ("type", Holds::Text, true),
        ("type_nr", Holds::Small, true),
        ("subject", Holds::Text, true),
        ("about", Holds::Text, true),
        ("thing_nr", Holds::Small, true),
        ("source", Holds::Text, true),
        ("id", Holds::Text, true),
        ("actor", Holds::Text, true),
        ("time", Holds::Moment, false),
        ("recorded", Holds::Moment, false),
        ("context", Holds::Small, false),
        ("heard_from", Holds::Text, true),
        ("heard_seq", Holds::Whole, true),
        ("payload", Holds::Bytes, true),
    ];
    let column = |(name, holds, optional): (&str, Holds, bool)| Column {
        name: name.to_owned(),
        holds,
        optional,
        declared: None,
    };
    columns.into_iter().map(column).collect()
}
