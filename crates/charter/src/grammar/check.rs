//! Checks a tree against the grammar: unknown and missing keys, and the wrong kind of value. What the words mean is checked
//! where they are read.

use super::table::LATER;
use super::{Is, Key, Leaf, Record, one_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggestion};
use crate::limits;
use crate::syntax::{Entry, Kind, Node};

/// Checks the whole of a file against `record`.
pub(crate) fn check(root: &Node, record: &'static Record, out: &mut Diagnostics) {
    record_of(root, record, "the file", out);
}

/// One of several values: a record is spoken of by what it is, not by the key of the list.
fn item_of(node: &Node, is: &Is, key: &str, example: &str, out: &mut Diagnostics) {
    match is {
        Is::Record(record) => record_of(node, record, &format!("this {}", record.name), out),
        _ => value(node, is, key, example, out),
    }
}

fn value(node: &Node, is: &Is, key: &str, example: &str, out: &mut Diagnostics) {
    match is {
        Is::Leaf(leaf) => leaf_of(node, *leaf, key, example, out),
        Is::Texts => texts(node, key, out),
        Is::Record(record) => record_of(node, record, &format!("`{key}`"), out),
        Is::List(item) => match &node.kind {
            Kind::List(items) if bounded(items.len(), node, out) => {
                items.iter().for_each(|node| item_of(node, item, key, example, out));
            }
            Kind::List(_) => {}
            _ => wrong_kind(node, is, key, example, out),
        },
        Is::OneOrMany(item) if matches!(node.kind, Kind::List(_)) => {
            node.items().iter().for_each(|node| item_of(node, item, key, example, out));
        }
        Is::OneOrMany(item) => value(node, item, key, example, out),
        Is::Map(_, item) => match &node.kind {
            Kind::Map(entries) if bounded(entries.len(), node, out) => {
                entries.iter().for_each(|entry| value(&entry.value, item, &entry.key, example, out));
            }
            Kind::Map(_) => {}
            _ => wrong_kind(node, is, key, example, out),
        },
        Is::Any(choices) => match choices.iter().find(|choice| fits(node, choice)) {
            Some(choice) => value(node, choice, key, example, out),
            None => wrong_kind(node, is, key, example, out),
        },
        Is::Data if node.entries().is_empty() && !matches!(node.kind, Kind::Map(_)) => {
            wrong_kind(node, is, key, example, out);
        }
        Is::Data => {}
    }
}

/// Whether a section is not larger than a charter may have it.
fn bounded(count: usize, node: &Node, out: &mut Diagnostics) -> bool {
    if count <= limits::CLAUSES {
        return true;
    }
    let message = format!("{count} entries stand here, and {} are the most", limits::CLAUSES);
    out.push(Diagnostic::error(Code::TooLarge, &node.span, message).help("split the charter into several"));
    false
}

/// Whether the YAML is of the kind that this value is written in.
fn fits(node: &Node, is: &Is) -> bool {
    match is {
        Is::Leaf(_) => matches!(node.kind, Kind::Scalar(_)),
        Is::List(_) => matches!(node.kind, Kind::List(_)),
        Is::Texts | Is::Record(_) | Is::Map(..) | Is::Data => matches!(node.kind, Kind::Map(_)),
        Is::OneOrMany(item) => matches!(node.kind, Kind::List(_)) || fits(node, item),
        Is::Any(choices) => choices.iter().any(|choice| fits(node, choice)),
    }
}

fn record_of(node: &Node, record: &'static Record, place: &str, out: &mut Diagnostics) {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{place} must be a map, and {} stands here", node.described());
        let keys: Vec<String> = record.keys.iter().map(|key| format!("`{}`", key.name)).collect();
        let help = format!("its keys are {}", keys.join(", "));
        out.push(Diagnostic::error(Code::WrongKind, &node.span, message).help(help));
        return;
    };
    for entry in entries {
        match record.keys.iter().find(|key| key.name == entry.key) {
            Some(key) => value(&entry.value, &key.is, key.name, key.example, out),
            None => unknown_key(entry, record, place, out),
        }
    }
    for key in record.keys.iter().filter(|key| key.required && node.entry(key.name).is_none()) {
        missing_key(node, key, place, out);
    }
}

fn unknown_key(entry: &Entry, record: &Record, place: &str, out: &mut Diagnostics) {
    if let Some((name, holds)) = LATER.iter().find(|(name, _)| *name == entry.key && record.name == "charter") {
        let message = format!("`{name}` is not known yet");
        let help = format!("a later version of the language reads it, for {holds}; leave it out until then");
        out.push(Diagnostic::error(Code::KeyOfLater, &entry.key_span, message).help(help));
        return;
    }
    let message = format!("{place} has no key `{}`", entry.key);
    let help = if entry.key.contains(['(', ')', '\'']) {
        "put an expression with a comma, a colon or a brace into double quotes".to_owned()
    } else {
        suggestion(&entry.key, record.keys.iter().map(|key| key.name))
    };
    out.push(Diagnostic::error(Code::UnknownKey, &entry.key_span, message).help(help));
}

fn missing_key(node: &Node, key: &Key, place: &str, out: &mut Diagnostics) {
    let first = node.entries().first().map_or(&node.span, |entry| &entry.key_span);
    let message = format!("{place} lacks `{}`", key.name);
    let missing = Diagnostic::error(Code::MissingKey, first, message).saying(format!("{place} begins here"));
    out.push(missing.help(format!("write `{}: {}`", key.name, key.example)));
}

fn texts(node: &Node, key: &str, out: &mut Diagnostics) {
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries.iter().filter(|entry| !matches!(entry.value.kind, Kind::Scalar(_))) {
                wrong_kind(&entry.value, &Is::Leaf(Leaf::Text), &entry.key, "the words", out);
            }
        }
        _ => {
            let message = format!("`{key}` must give the text in each language, and {} stands here", node.described());
            let help = format!("write `{key}: {{en: \"…\", nb: \"…\"}}`");
            out.push(Diagnostic::error(Code::WrongKind, &node.span, message).help(help));
        }
    }
}

fn leaf_of(node: &Node, leaf: Leaf, key: &str, example: &str, out: &mut Diagnostics) {
    let Some(text) = node.text() else {
        let blank_text = matches!(&node.kind, Kind::Scalar(scalar) if !scalar.plain);
        if !blank_text {
            wrong_kind(node, &Is::Leaf(leaf), key, example, out);
        }
        return;
    };
    let words: &[&str] = match leaf {
        Leaf::Bool => &["true", "false"],
        Leaf::Word(words) => words,
        _ => return,
    };
    if !words.contains(&text) {
        let message = format!("`{key}` cannot be `{text}`");
        out.push(Diagnostic::error(Code::BadWord, &node.span, message).help(format!("write {}", one_of(words))));
    }
}

fn wrong_kind(node: &Node, is: &Is, key: &str, example: &str, out: &mut Diagnostics) {
    let message = format!("`{key}` must be {}, and {} stands here", is.described(), node.described());
    out.push(Diagnostic::error(Code::WrongKind, &node.span, message).help(format!("for example `{key}: {example}`")));
}
