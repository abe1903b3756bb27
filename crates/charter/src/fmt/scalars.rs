//! Where the words of a file stand, keys and values alike, in the order of the file.

use crate::diagnostic::Span;
use crate::syntax::{Kind, Node};

/// The places of all keys and values that are written with at least one character.
#[derive(Debug)]
pub(super) struct Scalars {
    spans: Vec<Span>,
}

impl Scalars {
    pub fn of(text: &str, root: &Node) -> Self {
        let mut spans = Vec::new();
        collect(root, &mut spans);
        spans.retain(|span| !span.is_empty() && text.get(span.clone()).is_some());
        Self { spans }
    }

    /// The parts of the file between them: from the end of one to the start of the next.
    pub fn gaps(&self, length: usize) -> Vec<Span> {
        let mut start = 0;
        let mut gaps = Vec::new();
        for span in &self.spans {
            gaps.push(start..span.start.max(start));
            start = span.end.max(start);
        }
        gaps.push(start..length.max(start));
        gaps
    }

    /// Where the word before this place ends; the start of the file when there is none.
    pub fn end_before(&self, place: usize) -> usize {
        let next = self.spans.partition_point(|span| span.start < place);
        next.checked_sub(1).and_then(|last| self.spans.get(last)).map_or(0, |span| span.end)
    }
}

fn collect(node: &Node, spans: &mut Vec<Span>) {
    match &node.kind {
        Kind::Scalar(_) => spans.push(node.span.clone()),
        Kind::List(items) => items.iter().for_each(|item| collect(item, spans)),
        Kind::Map(entries) => {
            for entry in entries {
                spans.push(entry.key_span.clone());
                collect(&entry.value, spans);
            }
        }
    }
}

/// Where the first word of a value begins.
pub(super) fn first(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar(_) => node.span.start,
        Kind::List(items) => items.first().map_or(node.span.start, first),
        Kind::Map(entries) => entries.first().map_or(node.span.start, |entry| entry.key_span.start),
    }
}

/// Where the last word of a value ends; `before` when it has none.
pub(super) fn last(node: &Node, before: usize) -> usize {
    match &node.kind {
        Kind::Scalar(_) if node.span.is_empty() => before,
        Kind::Scalar(_) => node.span.end,
        Kind::List(items) => items.iter().fold(before, |before, item| last(item, before)),
        Kind::Map(entries) => entries.last().map_or(before, |entry| last(&entry.value, entry.key_span.end)),
    }
}
