//! The JSON Schema (draft 2020-12) by which editors complete and check a charter while it is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::table::CHARTER;
use super::test_table::TESTS;
use super::{Is, Leaf, Record};

/// The schema of a charter.
pub fn schema() -> Value {
    of(&CHARTER, "A Makegood charter")
}

/// The schema of a file of tests.
pub fn tests_schema() -> Value {
    of(&TESTS, "Tests of a Makegood charter")
}

fn of(record: &'static Record, title: &str) -> Value {
    let mut definitions = BTreeMap::new();
    let mut root = record_schema(record, &mut definitions);
    if let Some(root) = root.as_object_mut() {
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".to_owned(), json!(title));
        root.insert("$defs".to_owned(), json!(definitions.into_iter().collect::<Map<_, _>>()));
    }
    root
}

type Definitions = BTreeMap<String, Value>;

fn record_schema(record: &'static Record, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for key in record.keys {
        let mut property = value_schema(&key.is, definitions);
        if let Some(property) = property.as_object_mut() {
            property.insert(
                "description".to_owned(),
                json!(format!("{} Example: `{}: {}`", key.doc, key.name, key.example)),
            );
        }
        properties.insert(key.name.to_owned(), property);
    }
    let required: Vec<&str> = record.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": record.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn value_schema(is: &Is, definitions: &mut Definitions) -> Value {
    match is {
        Is::Leaf(leaf) => leaf_schema(*leaf),
        Is::Texts => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
            "additionalProperties": {"type": "string", "minLength": 1},
        }),
        Is::Record(record) => reference_to(record, definitions),
        Is::List(item) => json!({"type": "array", "items": value_schema(item, definitions)}),
        Is::OneOrMany(item) => {
            let one = value_schema(item, definitions);
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Is::Map(names, value) => {
            let mut map = json!({"type": "object", "additionalProperties": value_schema(value, definitions)});
            if let (Some(pattern), Some(object)) = (pattern(*names), map.as_object_mut()) {
                object.insert("propertyNames".to_owned(), json!({"pattern": pattern}));
            }
            map
        }
        Is::Any(choices) => {
            json!({"anyOf": choices.iter().map(|choice| value_schema(choice, definitions)).collect::<Vec<_>>()})
        }
        Is::Data => json!({"type": "object"}),
    }
}

/// Each record stands once under `$defs`.
fn reference_to(record: &'static Record, definitions: &mut Definitions) -> Value {
    let name = record.name.replace(' ', "_");
    if !definitions.contains_key(&name) {
        definitions.insert(name.clone(), Value::Null);
        let schema = record_schema(record, definitions);
        definitions.insert(name.clone(), schema);
    }
    json!({"$ref": format!("#/$defs/{name}")})
}

fn leaf_schema(leaf: Leaf) -> Value {
    match leaf {
        Leaf::Bool => json!({"type": "boolean"}),
        Leaf::Whole => json!({"type": "integer"}),
        Leaf::Word(words) => json!({"enum": words}),
        Leaf::Number | Leaf::Code => json!({"type": ["string", "number"]}),
        Leaf::Edge => json!({"type": ["string", "number"]}),
        Leaf::Text => json!({"type": ["string", "number", "boolean"]}),
        Leaf::Condition => json!({"type": ["string", "boolean"]}),
        Leaf::Expression(_) => json!({"type": ["string", "number"]}),
        _ => match pattern(leaf) {
            Some(pattern) => json!({"type": "string", "pattern": pattern}),
            None => json!({"type": "string"}),
        },
    }
}

/// What the words of a leaf look like, where that is quickly said.
fn pattern(leaf: Leaf) -> Option<&'static str> {
    match leaf {
        Leaf::Name => Some("^[a-z][a-z0-9_-]*$"),
        Leaf::EventType => Some("^[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)*$"),
        Leaf::FieldName => Some("^[a-z][a-z0-9_]*$"),
        Leaf::Currency => Some("^[A-Z]{3}$"),
        Leaf::Amount => Some("^[0-9]+(\\.[0-9]+)? [A-Za-z][A-Za-z0-9_]*$"),
        Leaf::Share => Some("^([0-9]+(\\.[0-9]+)? ?%|[0-9]+/[0-9]+)$"),
        Leaf::YearlyRate => Some("^[0-9]+(\\.[0-9]+)? ?% a year$"),
        Leaf::Years => Some("^[0-9]+(\\.[0-9]+)? years?$"),
        Leaf::Date => Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$"),
        Leaf::Point => Some("^-?[0-9]+(\\.[0-9]+)? +-?[0-9]+(\\.[0-9]+)?$"),
        Leaf::Key => Some("^[a-z][a-z0-9_-]*:.+$"),
        _ => None,
    }
}
