//! Why an event could not be read, each with a stable code.

use crate::limits;

/// Why an event could not be read. The code is stable; the words may be bettered. What was found is cut to 80
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum DecodeError {
    /// E001
    #[error("the line is not UTF-8 from byte {at}")]
    NotUtf8 { at: usize },
    /// E002
    #[error("the line has {bytes} bytes, more than {limit}")]
    LineTooLong { bytes: usize, limit: usize },
    /// E003
    #[error("the line is not JSON: {problem} at column {column}")]
    NotJson { problem: String, column: usize },
    /// E004
    #[error("the attribute `{name}` is missing")]
    NoAttribute { name: &'static str },
    /// E005
    #[error("the attribute `{name}` is {found}, not a text")]
    AttributeNotText { name: &'static str, found: String },
    /// E006
    #[error("`specversion` is `{found}`, not `1.0`")]
    Specversion { found: String },
    /// E007
    #[error("the attribute `{name}` has {bytes} bytes, more than {limit}")]
    AttributeTooLong { name: &'static str, bytes: usize, limit: usize },
    /// E008
    #[error("the attribute `{name}` is `{found}`, not a key")]
    NotKey { name: &'static str, found: String },
    /// E009
    #[error("the attribute `{name}` holds a character that may not be in it: `{found}`")]
    BadCharacter { name: &'static str, found: String },
    /// E010
    #[error("`{name}` is `{found}`, not a time")]
    NotTime { name: String, found: String },
    /// E011
    #[error("`{name}` is `{found}`, outside the years 1970 to 2200")]
    OutOfTime { name: String, found: String },
    /// E012
    #[error("`datacontenttype` is `{found}`, not JSON")]
    ContentType { found: String },
    /// E013
    #[error("the subject `{found}` is not {wanted}, which `{shape}` is about")]
    WrongSubject { found: String, wanted: String, shape: String },
    /// E014
    #[error("the data is {found}, not an object")]
    NotObject { found: String },
    /// E015
    #[error("the field `{field}` is missing")]
    NoField { field: String, meant: Option<String> },
    /// E016
    #[error("the field `{field}` is given twice")]
    Twice { field: String },
    /// E017
    #[error("`{field}` is {found}, not {wanted}")]
    WrongType { field: String, found: String, wanted: String },
    /// E018
    #[error("`{field}` has {size} {unit}, more than {limit}")]
    FieldTooLong { field: String, size: usize, unit: &'static str, limit: usize },
    /// E019
    #[error("`{field}` is `{found}`, not a key of kind `{kind}`")]
    WrongKey { field: String, found: String, kind: String },
    /// E020
    #[error("`{field}` is `{found}`, not one of its words")]
    UnknownWord { field: String, found: String, advice: String },
    /// E021
    #[error("`{field}` is {found}: {problem}")]
    BadNumber { field: String, found: String, problem: String },
    /// E022
    #[error("`{field}` is `{found}`: {problem}")]
    BadMoney { field: String, found: String, problem: String },
    /// E023
    #[error("`{field}` is `{found}`, an amount below zero")]
    NegativeMoney { field: String, found: String },
    /// E024
    #[error("`{field}` is `{found}`, not a length of time")]
    BadDuration { field: String, found: String },
    /// E025
    #[error("the attribute `{name}` is given twice")]
    AttributeTwice { name: String },
}

impl DecodeError {
    /// Its stable code: `E003`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "E001",
            Self::LineTooLong { .. } => "E002",
            Self::NotJson { .. } => "E003",
            Self::NoAttribute { .. } => "E004",
            Self::AttributeNotText { .. } => "E005",
            Self::Specversion { .. } => "E006",
            Self::AttributeTooLong { .. } => "E007",
            Self::NotKey { .. } => "E008",
            Self::BadCharacter { .. } => "E009",
            Self::NotTime { .. } => "E010",
            Self::OutOfTime { .. } => "E011",
            Self::ContentType { .. } => "E012",
            Self::WrongSubject { .. } => "E013",
            Self::NotObject { .. } => "E014",
            Self::NoField { .. } => "E015",
            Self::Twice { .. } => "E016",
            Self::WrongType { .. } => "E017",
            Self::FieldTooLong { .. } => "E018",
            Self::WrongKey { .. } => "E019",
            Self::UnknownWord { .. } => "E020",
            Self::BadNumber { .. } => "E021",
            Self::BadMoney { .. } => "E022",
            Self::NegativeMoney { .. } => "E023",
            Self::BadDuration { .. } => "E024",
            Self::AttributeTwice { .. } => "E025",
        }
    }

    /// What to do about it, as a sentence.
    pub fn help(&self) -> String {
        match self {
            Self::NotUtf8 { .. } => "Write the file as UTF-8.".to_owned(),
            Self::LineTooLong { .. } => "Keep what is large elsewhere, and say in the event where.".to_owned(),
            Self::NotJson { .. } => "Write one CloudEvent as one JSON object on one line.".to_owned(),
            Self::NoAttribute { name } => format!("Give `{name}`: {}.", attribute(name)),
            Self::AttributeNotText { name, .. } => format!("Write `{name}` between double quotes: {}.", attribute(name)),
            Self::Specversion { .. } => "Send CloudEvents 1.0: `\"specversion\": \"1.0\"`.".to_owned(),
            Self::AttributeTooLong { limit, .. } => format!("Use at most {limit} bytes."),
            Self::NotKey { .. } => {
                "A key is a kind in lower case, a colon and a name without spaces, such as `customer:42`.".to_owned()
            }
            Self::BadCharacter { .. } => "Leave out control characters and line breaks.".to_owned(),
            Self::NotTime { .. } => {
                "Write RFC 3339 with its offset from UTC, such as `2025-01-01T15:40:00Z` or `2025-01-01T15:40:00-05:00`.".to_owned()
            }
            Self::OutOfTime { .. } => {
                format!("Check the year: times run from {} to {}.", limits::FIRST_YEAR, limits::LAST_YEAR)
            }
            Self::ContentType { .. } => "Send the data as JSON, with `application/json` or without the attribute.".to_owned(),
            Self::WrongSubject { wanted, .. } => format!("Send it with {wanted} as `subject` or `about`."),
            Self::NotObject { .. } => "Give the data as an object: `\"data\": {…}`.".to_owned(),
            Self::NoField { field, meant: Some(meant) } => format!("Is `{meant}` meant to be `{field}`?"),
            Self::NoField { .. } => "Give it, or mark the field as optional in the charter.".to_owned(),
            Self::Twice { .. } | Self::AttributeTwice { .. } => "Give it once.".to_owned(),
            Self::WrongType { wanted, .. } => format!("Write {wanted}."),
            Self::FieldTooLong { limit, unit, .. } => format!("Use at most {limit} {unit}."),
            Self::WrongKey { kind, .. } => format!("Such a key begins with `{kind}:` and has no spaces."),
            Self::UnknownWord { advice, .. } => advice.clone(),
            Self::BadNumber { .. } => "Numbers have at most six decimals and thirteen digits before the point.".to_owned(),
            Self::BadMoney { .. } => "Write an amount and its currency or tender: `\"120.50 USD\"`.".to_owned(),
            Self::NegativeMoney { .. } => "Amounts in events are zero or more: say in the event's type who owes whom.".to_owned(),
            Self::BadDuration { .. } => "Write ISO 8601 (`PT3H5M`) or `3h5m`, at most a hundred years.".to_owned(),
        }
    }
}

/// What an attribute is for.
fn attribute(name: &str) -> &'static str {
    match name {
        "specversion" => "`\"1.0\"`",
        "id" => "what names the event within its source, so that it counts once",
        "about" => "the key of the thing that the party's event is about, such as `\"flight:B6-1\"`",
        "actor" => "who or what caused it, such as `\"user:anna\"`",
        "source" => "where the event comes from, such as `\"/flights\"`",
        "type" => "the event's type, as the charter declares it",
        "subject" => "the key of the party or the thing it is about, such as `\"customer:42\"`",
        "time" => "when it happened, such as `\"2025-01-01T15:40:00Z\"`",
        _ => "a text",
    }
}

/// What was found, cut to 80 characters.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
