//! YAML as a tree in which every key and value knows its place.
//!
//! Only the plain part of YAML is read: maps, lists and scalars. Anchors, aliases, merge keys and tags are refused, because a
//! clause must say what it says where it stands.

mod builder;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::limits;

/// A value of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it stands; quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A word, number or text.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order it is written.
    Map(Vec<Entry>),
}

/// A word, number or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// What it says.
    pub text: String,
    /// True without quotes.
    pub plain: bool,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Its keys and values; none when it is not a map.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The key of this name with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Its items; a value that is not a list stands for a list of itself alone.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// Its words, when it is a scalar and not empty.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) if !(scalar.plain && is_null(&scalar.text)) => Some(&scalar.text),
            _ => None,
        }
    }

    /// What it is, in words.
    pub fn described(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(scalar) if scalar.plain && is_null(&scalar.text) => "nothing",
            Kind::Scalar(_) => "a word or text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads a file. `None` when there is no tree to speak of; what is wrong is in `out`.
pub fn read(text: &str, out: &mut Diagnostics) -> Option<Node> {
    if text.len() > limits::FILE_BYTES {
        let message = format!("the file is longer than {} bytes", limits::FILE_BYTES);
        out.push(Diagnostic::error(Code::TooLarge, &(0..0), message).help("split it into several charters"));
        return None;
    }
    builder::build(text, out)
}

/// The part of the file that a range of a scalar's words stands at. Words that were escaped or folded have no such place:
/// the whole scalar is meant then.
pub fn span_within(file: &str, node: &Node, range: &Span) -> Span {
    let Kind::Scalar(scalar) = &node.kind else { return node.span.clone() };
    let quote = usize::from(!scalar.plain);
    let start = node.span.start.saturating_add(quote);
    match file.get(start..start.saturating_add(scalar.text.len())) {
        Some(written) if written == scalar.text => {
            let end = range.end.min(scalar.text.len());
            start.saturating_add(range.start.min(end))..start.saturating_add(end)
        }
        _ => node.span.clone(),
    }
}

#[cfg(test)]
mod tests;
