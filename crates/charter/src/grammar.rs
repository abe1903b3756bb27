//! The grammar of a charter, said once: every key with its type, whether it is needed, what it means and an example. Checking,
//! the JSON Schema for editors and the reference are all made from it.
//!
//! The keys are few and made to be put together: a duty to tell by a certain time and medium, or to care, is a promise that
//! follows another one; a further period is a function that counts; a unit is `times`; proration is a share of what a journey is
//! worth.

mod check;
mod reference;
mod schema;
#[rustfmt::skip] // A table reads best with one line a key.
mod table;
#[rustfmt::skip]
mod test_table;

pub use reference::reference;
pub use schema::{schema, tests_schema};

pub(crate) use check::check;
pub(crate) use table::CHARTER;
#[cfg(test)]
pub(crate) use test_table::STATES;
pub(crate) use test_table::TESTS;

/// A map with named keys.
#[derive(Debug)]
pub struct Record {
    /// What one is called: `right`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its keys, in the order they are best written.
    pub keys: &'static [Key],
}

/// A key of a record.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What its value is.
    pub is: Is,
    /// True when it must be there.
    pub required: bool,
    /// What it means, in a sentence or two.
    pub doc: &'static str,
    /// A value, as written.
    pub example: &'static str,
}

/// What a value is.
#[derive(Debug)]
pub enum Is {
    /// A word, number or text.
    Leaf(Leaf),
    /// The same text in every language of the title.
    Texts,
    /// A map with named keys.
    Record(&'static Record),
    /// A list.
    List(&'static Is),
    /// One, or a list of them.
    OneOrMany(&'static Is),
    /// A map from names to values: what the names name, and what the values are.
    Map(Leaf, &'static Is),
    /// Whichever of these the YAML is: a word, a list or a map.
    Any(&'static [Is]),
    /// Any YAML at all: the data of an event in a test.
    Data,
}

/// What a word, number or text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// A name: letters, digits, `-` and `_`.
    Name,
    /// The type of an event: words joined by full stops.
    EventType,
    /// The name of a field.
    FieldName,
    /// The type of a field.
    FieldType,
    /// Free text.
    Text,
    /// A language tag.
    Language,
    /// A date (the start of that day in the charter's zone) or a time with its offset.
    Date,
    /// A time zone of the IANA database.
    Zone,
    /// An ISO 4217 currency.
    Currency,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Whole,
    /// An amount with its commodity.
    Amount,
    /// An amount, the name of a dated value, or an expression for money.
    Sum,
    /// A share: `50%`, `1/2`.
    Share,
    /// A share for each year: `12% a year`.
    YearlyRate,
    /// A number of years: `5 years`.
    Years,
    /// A length of time.
    Duration,
    /// A length of time that may count days of a calendar.
    Clock,
    /// An edge of a band, in the kind of what is measured.
    Edge,
    /// A condition in CEL.
    Condition,
    /// An expression in CEL of the named type.
    Expression(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// The name of something declared elsewhere in the file.
    Reference(&'static str),
    /// A rule for a holiday.
    Holiday,
    /// The key of a party or thing, such as `customer:42`.
    Key,
    /// A code of letters and digits, such as that of a place or a period.
    Code,
    /// A latitude and a longitude.
    Point,
    /// A decimal number.
    Number,
}

impl Leaf {
    /// What it is called in messages and in the reference.
    pub fn described(self) -> String {
        match self {
            Self::Name => "a name".to_owned(),
            Self::EventType => "an event type".to_owned(),
            Self::FieldName => "the name of a field".to_owned(),
            Self::FieldType => "the type of a field".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Language => "a language tag".to_owned(),
            Self::Date => "a date or time".to_owned(),
            Self::Zone => "a time zone".to_owned(),
            Self::Currency => "a currency".to_owned(),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Amount => "an amount".to_owned(),
            Self::Sum => "an amount, a dated value or an expression for money".to_owned(),
            Self::Share => "a share".to_owned(),
            Self::YearlyRate => "a yearly rate".to_owned(),
            Self::Years => "a number of years".to_owned(),
            Self::Duration => "a length of time".to_owned(),
            Self::Clock => "a length of time or a number of days".to_owned(),
            Self::Edge => "the edge of a band".to_owned(),
            Self::Condition => "a condition".to_owned(),
            Self::Expression(kind) => format!("an expression for {kind}"),
            Self::Word(words) => one_of(words),
            Self::Reference(what) => format!("the name of {what}"),
            Self::Holiday => "a rule for a holiday".to_owned(),
            Self::Key => "the key of a party or thing".to_owned(),
            Self::Code => "a code".to_owned(),
            Self::Point => "a latitude and a longitude".to_owned(),
            Self::Number => "a number".to_owned(),
        }
    }
}

impl Is {
    /// What it is called in messages and in the reference.
    pub fn described(&self) -> String {
        match self {
            Self::Leaf(leaf) => leaf.described(),
            Self::Texts => "a text in every language".to_owned(),
            Self::Record(record) => format!("a map: {}", record.name),
            Self::List(Is::Record(record)) => format!("a list of maps: {}", record.name),
            Self::List(item) => format!("a list, each {}", item.described()),
            Self::OneOrMany(item) => format!("{}, or a list of them", item.described()),
            Self::Map(names, value) => format!("a map from {} to {}", names.described(), value.described()),
            Self::Any(choices) => choices.iter().map(Self::described).collect::<Vec<_>>().join("; or "),
            Self::Data => "a map of the event's data".to_owned(),
        }
    }
}

/// `a`, `b` or `c`.
pub(crate) fn one_of(words: &[&str]) -> String {
    let ticked: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match ticked.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}

const fn need(name: &'static str, is: Is, doc: &'static str, example: &'static str) -> Key {
    Key { name, is, required: true, doc, example }
}

const fn may(name: &'static str, is: Is, doc: &'static str, example: &'static str) -> Key {
    Key { name, is, required: false, doc, example }
}

#[cfg(test)]
mod tests;
