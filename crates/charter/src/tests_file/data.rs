//! An event's data: from YAML to the JSON that an event carries.

use serde_json::{Map, Number, Value};

use crate::syntax::{Entry, Kind, Node, Scalar};
use crate::value::{Shape, Type};

/// The data as JSON. Where the shape has a text, a word stays a word though it looks like a number; where it has a quantity,
/// the unit may be written and is checked.
pub(super) fn json(node: Option<&Node>, shape: &Shape) -> Value {
    let entries = node.map(Node::entries).unwrap_or_default();
    let member = |entry: &Entry| {
        let field = shape.positions.get(entry.key.as_str()).and_then(|place| shape.fields.get(*place));
        (entry.key.clone(), value(&entry.value, field.map(|field| &field.kind)))
    };
    Value::Object(entries.iter().map(member).collect::<Map<_, _>>())
}

fn value(node: &Node, kind: Option<&Type>) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) => scalar_value(scalar, kind),
        Kind::List(items) => Value::Array(items.iter().map(|item| value(item, kind)).collect()),
        Kind::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value, kind))).collect())
        }
    }
}

fn scalar_value(scalar: &Scalar, kind: Option<&Type>) -> Value {
    let text = scalar.text.as_str();
    if !scalar.plain || matches!(kind, Some(Type::Text | Type::Choice(_) | Type::Key { .. })) {
        return Value::String(text.to_owned());
    }
    let without_unit = match kind {
        Some(Type::Number { unit: Some(unit) }) => text.strip_suffix(unit.as_ref()).map(str::trim_end),
        _ => None,
    };
    let text = without_unit.unwrap_or(text);
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match serde_json::from_str::<Number>(text) {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}
