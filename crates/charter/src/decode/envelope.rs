//! The envelope: an event's attributes, borrowed from the line.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::cut;
use super::{DecodeError, fields};
use crate::builtin::{ANY_PARTY, ANY_THING};
use crate::clock::{ClockError, parse_rfc3339};
use crate::limits;
use crate::value::{Moment, Shape};

/// An event as it arrived: the attributes of CloudEvents 1.0 that count here, borrowed from the line.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    /// Names the event within its source.
    pub id: Cow<'a, str>,
    /// Where it comes from.
    pub source: Cow<'a, str>,
    /// The attribute `type`: the name of a [`Shape`].
    pub kind: Cow<'a, str>,
    /// The key of the party or the thing it is about.
    pub subject: Cow<'a, str>,
    /// When it happened.
    pub time: Moment,
    /// The extension attribute `about`: the thing's key, when the subject is a party.
    pub about: Option<Cow<'a, str>>,
    /// The extension attribute `actor`: who or what caused it.
    pub actor: Option<Cow<'a, str>>,
    /// The data, not read yet: see [`Shape::decode`].
    pub data: Option<&'a RawValue>,
}

/// The party and the thing that an event is about, by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subjects<'e> {
    /// The party's key, when the shape is about a party.
    pub party: Option<&'e str>,
    /// The thing's key, when the shape is about a thing.
    pub thing: Option<&'e str>,
}

impl<'a> Envelope<'a> {
    /// Reads one event from one line of JSON, without copying anything that has no escapes. The data is only seen to be
    /// JSON.
    ///
    /// # Errors
    /// Anything of [`DecodeError`] that is about attributes.
    pub fn parse(line: &'a [u8]) -> Result<Self, DecodeError> {
        if line.len() > limits::EVENT_BYTES {
            return Err(DecodeError::LineTooLong { bytes: line.len(), limit: limits::EVENT_BYTES });
        }
        let text = std::str::from_utf8(line).map_err(|error| DecodeError::NotUtf8 { at: error.valid_up_to() })?;
        let mut wire: Wire<'a> = serde_json::from_str(text).map_err(|error| what_is_wrong(text, &error))?;
        let version = required(wire.specversion.take(), "specversion", 20)?;
        if version != "1.0" {
            return Err(DecodeError::Specversion { found: cut(&version) });
        }
        check_content_type(wire.content_type.take())?;
        let time = required(wire.time.take(), "time", 100)?;
        Ok(Self {
            id: required(wire.id.take(), "id", limits::EVENT_ID_BYTES)?,
            source: required(wire.source.take(), "source", limits::EVENT_SOURCE_BYTES)?,
            kind: required(wire.kind.take(), "type", limits::EVENT_TYPE_BYTES)?,
            subject: key(required(wire.subject.take(), "subject", limits::KEY_BYTES)?, "subject")?,
            time: moment("time", &time)?,
            about: given(wire.about.take(), "about", limits::KEY_BYTES)?
                .map(|about| key(about, "about"))
                .transpose()?,
            actor: given(wire.actor.take(), "actor", limits::KEY_BYTES)?,
            data: wire.data.filter(|data| data.get() != "null"),
        })
    }
}

impl Shape {
    /// The party and the thing that an event of this shape is about: the subject is the party where the shape has one,
    /// and then `about` is the thing; otherwise the subject is the thing.
    ///
    /// # Errors
    /// [`DecodeError::WrongSubject`] for a key of another kind, [`DecodeError::NoAttribute`] without `about` where both
    /// a party and a thing are declared.
    pub fn subjects<'e>(&self, envelope: &'e Envelope<'_>) -> Result<Subjects<'e>, DecodeError> {
        let (party, thing) = (self.party.as_deref(), self.about.as_deref());
        match (party, thing) {
            (Some(party), None) => Ok(Subjects { party: Some(self.of_kind(&envelope.subject, party)?), thing: None }),
            (None, Some(thing)) => Ok(Subjects { party: None, thing: Some(self.of_kind(&envelope.subject, thing)?) }),
            (Some(party), Some(thing)) => {
                let about = envelope.about.as_deref().ok_or(DecodeError::NoAttribute { name: "about" });
                let party = self.of_kind(&envelope.subject, party)?;
                Ok(Subjects { party: Some(party), thing: Some(self.of_kind(about?, thing)?) })
            }
            (None, None) => Ok(Subjects { party: None, thing: None }),
        }
    }

    fn of_kind<'e>(&self, key: &'e str, kind: &str) -> Result<&'e str, DecodeError> {
        if key_kind(key).is_some_and(|found| found == kind || kind == ANY_PARTY || kind == ANY_THING) {
            return Ok(key);
        }
        let wanted = format!("a key of kind `{kind}`");
        Err(DecodeError::WrongSubject { found: cut(key), wanted, shape: self.name.to_string() })
    }
}

/// The kind of a key: `customer` of `customer:42`. `None` for what is not a key: see [`check_key`].
pub fn key_kind(key: &str) -> Option<&str> {
    if check_key(key) { key.split_once(':').map(|(kind, _)| kind) } else { None }
}

/// True for the key of a party or a thing: a kind of lower-case letters, digits, `-` and `_` that begins with a letter,
/// a colon, and a name without spaces and control characters; not longer than [`limits::KEY_BYTES`].
pub fn check_key(key: &str) -> bool {
    let Some((kind, name)) = key.split_once(':') else { return false };
    let in_kind = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_graphic());
    let readable = |name: &str| name.chars().all(|c| !c.is_whitespace() && !c.is_control());
    key.len() <= limits::KEY_BYTES
        && kind.starts_with(|c: char| c.is_ascii_lowercase())
        && kind.bytes().all(in_kind)
        && !name.is_empty()
        && (plain(name) || readable(name))
}

fn key<'a>(text: Cow<'a, str>, name: &'static str) -> Result<Cow<'a, str>, DecodeError> {
    if check_key(&text) { Ok(text) } else { Err(DecodeError::NotKey { name, found: cut(&text) }) }
}

/// A text that must be given, within its length and without control characters.
fn required<'a>(text: Option<Word<'a>>, name: &'static str, limit: usize) -> Result<Cow<'a, str>, DecodeError> {
    given(text, name, limit)?.filter(|text| !text.is_empty()).ok_or(DecodeError::NoAttribute { name })
}

fn given<'a>(text: Option<Word<'a>>, name: &'static str, limit: usize) -> Result<Option<Cow<'a, str>>, DecodeError> {
    let Some(Word(text)) = text else { return Ok(None) };
    if text.len() > limit {
        return Err(DecodeError::AttributeTooLong { name, bytes: text.len(), limit });
    }
    let controls = text.bytes().any(|byte| byte.is_ascii_control());
    if controls {
        return Err(DecodeError::BadCharacter { name, found: cut(&text.escape_debug().to_string()) });
    }
    Ok(Some(text))
}

fn check_content_type(found: Option<Word<'_>>) -> Result<(), DecodeError> {
    let Some(found) = given(found, "datacontenttype", 200)? else { return Ok(()) };
    let plain = found.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json = plain == "application/json" || plain == "text/json" || plain.ends_with("+json");
    if json { Ok(()) } else { Err(DecodeError::ContentType { found: cut(&found) }) }
}

/// A moment, or why it is none.
pub(super) fn moment(name: &str, text: &str) -> Result<Moment, DecodeError> {
    parse_rfc3339(text).map_err(|error| match error {
        ClockError::OutOfTime => DecodeError::OutOfTime { name: name.to_owned(), found: cut(text) },
        _ => DecodeError::NotTime { name: name.to_owned(), found: cut(text) },
    })
}

/// A text, borrowed where it has no escapes.
struct Word<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text))
            }
        }
        deserializer.deserialize_str(Words).map(Word)
    }
}

/// The names of the attributes that are read.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    Specversion,
    Id,
    Source,
    Type,
    Subject,
    Time,
    About,
    Actor,
    Datacontenttype,
    Data,
    #[serde(other)]
    Other,
}

/// The attributes as they stand in the line.
#[derive(Default)]
struct Wire<'a> {
    specversion: Option<Word<'a>>,
    id: Option<Word<'a>>,
    source: Option<Word<'a>>,
    kind: Option<Word<'a>>,
    subject: Option<Word<'a>>,
    time: Option<Word<'a>>,
    about: Option<Word<'a>>,
    actor: Option<Word<'a>>,
    content_type: Option<Word<'a>>,
    data: Option<&'a RawValue>,
}

/// Begins the message of the error for an attribute that stands twice; the attribute's name follows.
const TWICE: &str = "given twice: ";

impl<'a> Wire<'a> {
    /// The place of a text attribute, and its name.
    fn place(&mut self, name: &Name) -> Option<(&mut Option<Word<'a>>, &'static str)> {
        Some(match name {
            Name::Specversion => (&mut self.specversion, "specversion"),
            Name::Id => (&mut self.id, "id"),
            Name::Source => (&mut self.source, "source"),
            Name::Type => (&mut self.kind, "type"),
            Name::Subject => (&mut self.subject, "subject"),
            Name::Time => (&mut self.time, "time"),
            Name::About => (&mut self.about, "about"),
            Name::Actor => (&mut self.actor, "actor"),
            Name::Datacontenttype => (&mut self.content_type, "datacontenttype"),
            Name::Data | Name::Other => return None,
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Wire<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = Wire<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an event")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut wire = Wire::default();
                while let Some(name) = map.next_key::<Name>()? {
                    let twice = |name: &str| serde::de::Error::custom(format_args!("{TWICE}{name}"));
                    match wire.place(&name) {
                        Some((place, name)) if place.is_some() => return Err(twice(name)),
                        Some((place, _)) => *place = map.next_value::<Option<Word<'de>>>()?,
                        None if matches!(name, Name::Data) => {
                            if wire.data.replace(map.next_value()?).is_some() {
                                return Err(twice("data"));
                            }
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(wire)
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

/// The reason for which a line could not be read, found by reading it again more patiently.
fn what_is_wrong(text: &str, error: &serde_json::Error) -> DecodeError {
    let message = error.to_string();
    let problem = message.split(" at line ").next().unwrap_or_default();
    if let Some(name) = problem.strip_prefix(TWICE) {
        return DecodeError::AttributeTwice { name: name.to_owned() };
    }
    if let Ok(attributes) = serde_json::from_str::<std::collections::BTreeMap<Cow<'_, str>, &RawValue>>(text) {
        let names = ["specversion", "id", "source", "type", "subject", "time", "about", "actor", "datacontenttype"];
        for name in names {
            let value = attributes.get(name).map_or("null", |value| value.get());
            if !value.starts_with('"') && value != "null" {
                return DecodeError::AttributeNotText { name, found: fields::described(value) };
            }
        }
    }
    let problem = match error.classify() {
        serde_json::error::Category::Data => "it is not an object",
        serde_json::error::Category::Eof => "it ends too early",
        _ => problem,
    };
    DecodeError::NotJson { problem: cut(problem), column: error.column() }
}
