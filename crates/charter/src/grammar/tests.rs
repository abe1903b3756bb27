use std::collections::BTreeSet;

use super::table::CHARTER;
use super::*;
use crate::Charter;
use crate::diagnostic::{Code, Diagnostics};
use crate::syntax::{self, Node};

const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");

/// Every key of the file that stands in a record: where it stands, and which key of which record it is.
fn keys(node: &Node, is: &'static Is, found: &mut Vec<(crate::diagnostic::Span, &'static str, &'static str)>) {
    match is {
        Is::Record(record) => {
            for entry in node.entries() {
                let key = record.keys.iter().find(|key| key.name == entry.key).unwrap();
                found.push((entry.key_span.clone(), record.name, key.name));
                keys(&entry.value, &key.is, found);
            }
        }
        Is::List(item) | Is::OneOrMany(item) => node.items().iter().for_each(|node| keys(node, item, found)),
        Is::Map(_, item) => node.entries().iter().for_each(|entry| keys(&entry.value, item, found)),
        Is::Any(choices) => {
            let fits = |choice: &&Is| {
                matches!(
                    (&node.kind, choice),
                    (syntax::Kind::Map(_), Is::Record(_) | Is::OneOrMany(_))
                        | (syntax::Kind::List(_), Is::List(_) | Is::OneOrMany(_))
                        | (syntax::Kind::Scalar(_), Is::Leaf(_))
                )
            };
            let fitting = choices.iter().find(fits);
            keys(node, fitting.unwrap(), found);
        }
        Is::Leaf(_) | Is::Texts | Is::Data => {}
    }
}

fn every_key() -> Vec<(crate::diagnostic::Span, &'static str, &'static str)> {
    static ROOT: Is = Is::Record(&CHARTER);
    let root = syntax::read(EVERY_KEY, &mut Diagnostics::default()).unwrap();
    let mut found = Vec::new();
    keys(&root, &ROOT, &mut found);
    found
}

#[test]
fn the_charter_of_every_key_has_every_key() {
    let used: BTreeSet<(&str, &str)> = every_key().into_iter().map(|(_, record, key)| (record, key)).collect();
    let mut seen = BTreeSet::new();
    let mut records = vec![&CHARTER];
    while let Some(record) = records.pop() {
        if !seen.insert(record.name) {
            continue;
        }
        for key in record.keys {
            assert!(used.contains(&(record.name, key.name)), "`{}` of {} is never used", key.name, record.name);
            collect(&key.is, &mut records);
        }
    }
}

fn collect(is: &'static Is, records: &mut Vec<&'static Record>) {
    match is {
        Is::Record(record) => records.push(record),
        Is::List(item) | Is::OneOrMany(item) | Is::Map(_, item) => collect(item, records),
        Is::Any(choices) => choices.iter().for_each(|choice| collect(choice, records)),
        _ => {}
    }
}

#[test]
fn each_key_misspelt_is_found_and_guessed() {
    for (span, record, key) in every_key() {
        let misspelt = format!("{key}x");
        let mut text = EVERY_KEY.to_owned();
        text.replace_range(span.clone(), &misspelt);
        let read = Charter::read("every-key.yaml", &text);
        let fault = read.diagnostics.iter().find(|fault| fault.code == Code::UnknownKey);
        let fault = fault.unwrap_or_else(|| panic!("`{misspelt}` of {record}: {:?}", read.diagnostics));
        assert_eq!(&text[fault.span()], misspelt, "{record}");
        assert_eq!(fault.help, Some(format!("did you mean `{key}`?")), "{record}");
        assert!(read.charter.is_none());
    }
}

#[test]
fn each_key_taken_out_is_missed_when_it_is_needed() {
    for key in CHARTER.keys {
        let root = syntax::read(EVERY_KEY, &mut Diagnostics::default()).unwrap();
        let entry = root.entry(key.name).unwrap();
        let mut text = EVERY_KEY.to_owned();
        text.replace_range(entry.key_span.start..entry.value.span.end, "");
        let read = Charter::read("every-key.yaml", &text);
        let missed = read
            .diagnostics
            .iter()
            .any(|fault| fault.code == Code::MissingKey && fault.message.contains(&format!("`{}`", key.name)));
        assert_eq!(missed, key.required, "`{}`: {}", key.name, read.report(&text, crate::diagnostic::Style::Plain));
    }
}

#[test]
fn every_key_is_documented_in_a_sentence() {
    let mut records = vec![&CHARTER, &TESTS];
    let mut seen = BTreeSet::new();
    while let Some(record) = records.pop() {
        if !seen.insert(record.name) {
            continue;
        }
        assert!(record.doc.ends_with('.'), "{}", record.name);
        for key in record.keys {
            assert!(key.doc.ends_with(['.', '…']) && !key.example.is_empty(), "`{}` of {}", key.name, record.name);
            collect(&key.is, &mut records);
        }
    }
}

#[test]
fn the_committed_reference_is_current() {
    let committed = include_str!("../../../../docs/reference/charter.md");
    assert!(committed == reference(), "docs/reference/charter.md differs from `grammar::reference()`: write it anew");
}

#[test]
fn the_schema_is_of_draft_2020_12_and_closed() {
    for schema in [schema(), tests_schema()] {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["additionalProperties"], false);
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            assert_eq!(definition["additionalProperties"], false, "{name}");
            assert!(definition["description"].as_str().is_some_and(|doc| !doc.is_empty()), "{name}");
        }
    }
}
