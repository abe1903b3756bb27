//! An event's data as typed values. Each value is read from its own text, so that a number is exactly what was written.

use std::borrow::Cow;

use makegood_money::{Commodities, Money, Tenders};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::DecodeError;
use super::envelope::{check_key, moment};
use super::error::cut;
use crate::clock::parse_duration;
use crate::limits;
use crate::number::parse_number;
use crate::value::{Field, Fields, Shape, Type, Value};

impl Shape {
    /// Reads an event's data as this shape's fields, in their order. Types are strict; fields that the shape does not
    /// declare are ignored. `null` counts as not given.
    ///
    /// - bool: `true`; int: `3`; number: `0.5` or `"0.5"`, at most six decimals, read exactly;
    /// - money: `"120.50 USD"` or `{"amount": "120.50", "currency": "USD"}`, zero or more; tenders: a list of these;
    /// - duration: `"PT3H5M"`, `"3h5m"`, also below zero; time: RFC 3339; text, choice and key: a text.
    ///
    /// # Errors
    /// Anything of [`DecodeError`] that is about data.
    pub fn decode(&self, data: Option<&RawValue>, commodities: &Commodities) -> Result<Fields, DecodeError> {
        let mut values: Fields = vec![Value::Absent; self.fields.len()];
        if let Some(data) = data.filter(|data| data.get() != "null") {
            let mut pairs = Pairs { rest: data.get(), shape: self, commodities, values: &mut values, failed: None };
            pairs.read()?;
        }
        let missing =
            values.iter().zip(&self.fields).find(|(value, field)| **value == Value::Absent && !field.optional);
        match missing {
            Some((_, field)) => Err(self.missing(field, data)),
            None => Ok(values),
        }
    }

    fn missing(&self, field: &Field, data: Option<&RawValue>) -> DecodeError {
        let names: std::collections::BTreeMap<Cow<'_, str>, serde::de::IgnoredAny> =
            data.and_then(|data| serde_json::from_str(data.get()).ok()).unwrap_or_default();
        let unknown = names.keys().map(AsRef::as_ref).filter(|name| !self.positions.contains_key(*name));
        let meant = crate::diagnostic::closest(&field.name, unknown).map(cut);
        DecodeError::NoField { field: field.name.to_string(), meant }
    }
}

/// Reads the pairs of one object into values.
struct Pairs<'p, 'a> {
    rest: &'a str,
    shape: &'p Shape,
    commodities: &'p Commodities,
    values: &'p mut Fields,
    failed: Option<DecodeError>,
}

impl<'a> Pairs<'_, 'a> {
    fn read(&mut self) -> Result<(), DecodeError> {
        let text = self.rest;
        if !text.starts_with('{') {
            return Err(DecodeError::NotObject { found: described(text) });
        }
        let mut reader = serde_json::Deserializer::from_str(text);
        let result = reader.deserialize_map(&mut *self);
        match (self.failed.take(), result) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => {
                Err(DecodeError::NotJson { problem: cut(&error.to_string()), column: error.column() })
            }
            (None, Ok(())) => Ok(()),
        }
    }

    fn take(&mut self, position: usize, value: &'a RawValue) -> Result<(), DecodeError> {
        let (Some(field), Some(place)) = (self.shape.fields.get(position), self.values.get_mut(position)) else {
            return Ok(());
        };
        if *place != Value::Absent {
            return Err(DecodeError::Twice { field: field.name.to_string() });
        }
        *place = decode(field, value.get(), self.commodities)?;
        Ok(())
    }
}

impl<'de> Visitor<'de> for &mut Pairs<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(position) = map.next_key_seed(Position(self.shape))? {
            let Some(position) = position else {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            };
            let value: &'de RawValue = map.next_value()?;
            if let Err(error) = self.take(position, value) {
                self.failed = Some(error);
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// Reads a name as the position of its field.
struct Position<'p>(&'p Shape);

impl<'de> serde::de::DeserializeSeed<'de> for Position<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Position<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.positions.get(name).copied())
    }
}

/// What stands in the JSON, in words.
pub(super) fn described(json: &str) -> String {
    match json.bytes().next() {
        None => "nothing".to_owned(),
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        _ => format!("`{}`", cut(json)),
    }
}

/// A text, borrowed where it has no escapes; `None` for JSON that is not a text.
fn text(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(json).ok().map(Cow::Owned)
}

/// What a field's type is called in messages.
fn wanted(kind: &Type) -> &'static str {
    match kind {
        Type::Bool => "`true` or `false`",
        Type::Int => "a whole number such as `3`",
        Type::Number { .. } => "a number such as `0.5`",
        Type::Money => "an amount such as `\"120.50 USD\"`",
        Type::Duration => "a length of time such as `\"PT3H5M\"`",
        Type::Time => "a time such as `\"2025-01-01T15:40:00Z\"`",
        Type::Text => "a text",
        Type::Choice(_) => "one of its words, as a text",
        Type::Tenders => "a list of amounts such as `[\"120.50 USD\", \"5000 points\"]`",
        Type::Key { .. } => "a key such as `\"customer:42\"`",
    }
}

fn decode(field: &Field, json: &str, commodities: &Commodities) -> Result<Value, DecodeError> {
    let wrong = || DecodeError::WrongType {
        field: field.name.to_string(),
        found: described(json),
        wanted: wanted(&field.kind).to_owned(),
    };
    let string = || text(json).ok_or_else(wrong);
    match (&field.kind, json) {
        (_, "null") => Ok(Value::Absent),
        (Type::Bool, "true") => Ok(Value::Bool(true)),
        (Type::Bool, "false") => Ok(Value::Bool(false)),
        (Type::Bool, _) => Err(wrong()),
        (Type::Int, _) => int(field, json, wrong),
        (Type::Number { .. }, _) => number(field, json, wrong),
        (Type::Money, _) => amount(field, json, commodities).map(Value::Money),
        (Type::Tenders, _) => tenders(field, json, commodities),
        (Type::Duration, _) => duration(field, &string()?),
        (Type::Time, _) => moment(&field.name, &string()?).map(Value::Time),
        (Type::Text, _) => free_text(field, string()?),
        (Type::Choice(words), _) => choice(field, words, &string()?),
        (Type::Key { kind }, _) => key(field, kind, &string()?),
    }
}

fn int(field: &Field, json: &str, wrong: impl Fn() -> DecodeError) -> Result<Value, DecodeError> {
    let digits = json.strip_prefix('-').unwrap_or(json);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    json.parse().map(Value::Int).map_err(|_| bad_number(field, json, "it is too large"))
}

fn number(field: &Field, json: &str, wrong: impl Fn() -> DecodeError) -> Result<Value, DecodeError> {
    let written = text(json).unwrap_or(Cow::Borrowed(json));
    if !written.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Err(wrong());
    }
    parse_number(&written).map(Value::Number).map_err(|error| bad_number(field, json, &error.to_string()))
}

fn bad_number(field: &Field, found: &str, problem: &str) -> DecodeError {
    DecodeError::BadNumber { field: field.name.to_string(), found: cut(found), problem: problem.to_owned() }
}

/// An amount as an object, as some systems send it.
#[derive(Deserialize)]
struct Amount<'a> {
    #[serde(borrow)]
    amount: &'a RawValue,
    #[serde(borrow)]
    currency: Cow<'a, str>,
}

fn amount(field: &Field, json: &str, commodities: &Commodities) -> Result<Money, DecodeError> {
    let wrong = || DecodeError::WrongType {
        field: field.name.to_string(),
        found: described(json),
        wanted: wanted(&Type::Money).to_owned(),
    };
    let written = if json.starts_with('{') {
        let pair: Amount<'_> = serde_json::from_str(json).map_err(|_| wrong())?;
        let number = text(pair.amount.get()).unwrap_or(Cow::Borrowed(pair.amount.get()));
        Cow::Owned(format!("{number} {}", pair.currency))
    } else {
        text(json).ok_or_else(wrong)?
    };
    let money = Money::parse(&written, commodities).map_err(|error| DecodeError::BadMoney {
        field: field.name.to_string(),
        found: cut(&written),
        problem: cut(&error.to_string()),
    })?;
    if money.minor < 0 {
        return Err(DecodeError::NegativeMoney { field: field.name.to_string(), found: cut(&written) });
    }
    Ok(money)
}

fn tenders(field: &Field, json: &str, commodities: &Commodities) -> Result<Value, DecodeError> {
    let list: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| DecodeError::WrongType {
        field: field.name.to_string(),
        found: described(json),
        wanted: wanted(&Type::Tenders).to_owned(),
    })?;
    if list.len() > limits::TENDERS {
        let (size, limit) = (list.len(), limits::TENDERS);
        return Err(DecodeError::FieldTooLong { field: field.name.to_string(), size, unit: "amounts", limit });
    }
    let amounts = list.iter().map(|item| amount(field, item.get(), commodities)).collect::<Result<Vec<_>, _>>()?;
    Tenders::new(amounts).map(Value::Tenders).map_err(|error| DecodeError::BadMoney {
        field: field.name.to_string(),
        found: cut(json),
        problem: cut(&error.to_string()),
    })
}

fn duration(field: &Field, text: &str) -> Result<Value, DecodeError> {
    let bad = |_| DecodeError::BadDuration { field: field.name.to_string(), found: cut(text) };
    parse_duration(text).map(Value::Duration).map_err(bad)
}

fn free_text(field: &Field, text: Cow<'_, str>) -> Result<Value, DecodeError> {
    if text.len() > limits::FIELD_TEXT_BYTES {
        let (size, limit) = (text.len(), limits::FIELD_TEXT_BYTES);
        return Err(DecodeError::FieldTooLong { field: field.name.to_string(), size, unit: "bytes", limit });
    }
    Ok(Value::Text(text.into()))
}

fn choice(field: &Field, words: &[Box<str>], text: &str) -> Result<Value, DecodeError> {
    let position = words.iter().position(|word| &**word == text).and_then(|at| u16::try_from(at).ok());
    position.map(Value::Choice).ok_or_else(|| {
        let known = words.iter().map(AsRef::as_ref);
        let advice = match crate::diagnostic::closest(text, known.clone()) {
            Some(close) => format!("Did you mean `{close}`?"),
            None => format!("The words are {}.", known.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
        };
        DecodeError::UnknownWord { field: field.name.to_string(), found: cut(text), advice }
    })
}

fn key(field: &Field, kind: &str, text: &str) -> Result<Value, DecodeError> {
    let fits = text.split_once(':').is_some_and(|(found, _)| found == kind) && check_key(text);
    if fits {
        return Ok(Value::Key(text.into()));
    }
    Err(DecodeError::WrongKey { field: field.name.to_string(), found: cut(text), kind: kind.to_owned() })
}
