//! Values as JSON again.

use serde_json::Value as Json;

use crate::clock::{format_duration, format_rfc3339};
use crate::number::format_number;
use crate::value::{Field, Fields, NUMBER_SCALE, Shape, Type, Value};

impl Shape {
    /// Writes fields of this shape as the JSON that [`Shape::decode`] reads back as the same fields. What is absent is
    /// left out.
    pub fn encode(&self, fields: &Fields) -> Json {
        let given = self.fields.iter().zip(fields).filter(|(_, value)| **value != Value::Absent);
        Json::Object(given.map(|(field, value)| (field.name.to_string(), encode(field, value))).collect())
    }
}

fn encode(field: &Field, value: &Value) -> Json {
    match value {
        Value::Absent => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(number) => Json::from(*number),
        // Decimals are written as text: JSON numbers go through floating point in too many programs.
        Value::Number(millionths) if millionths % NUMBER_SCALE == 0 => Json::from(millionths / NUMBER_SCALE),
        Value::Number(millionths) => Json::String(format_number(*millionths)),
        Value::Money(money) => Json::String(money.to_string()),
        Value::Duration(milliseconds) => Json::String(format_duration(*milliseconds)),
        Value::Time(moment) => Json::String(format_rfc3339(*moment)),
        Value::Text(text) | Value::Key(text) => Json::String(text.to_string()),
        Value::Choice(position) => match &field.kind {
            Type::Choice(words) => {
                words.get(usize::from(*position)).map_or(Json::Null, |word| Json::String(word.to_string()))
            }
            _ => Json::Null,
        },
        Value::Tenders(tenders) => Json::Array(tenders.iter().map(|amount| Json::String(amount.to_string())).collect()),
    }
}
