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
        Kind::Scalar(_) if is_nothing(node) => {}
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

/// Corrects the places of a tree: the parser may count to words in quotes, and to what ends with them, the blanks and comments
/// that follow. Gives where the last word ends.
pub(super) fn correct(text: &str, node: &mut Node, before: usize) -> usize {
    if is_nothing(node) {
        return before;
    }
    let closed = text.get(..node.span.end).is_some_and(|text| text.ends_with(['}', ']']));
    let opened = text.get(node.span.start..).is_some_and(|rest| rest.starts_with(['{', '[']));
    let end = match &mut node.kind {
        Kind::Scalar(scalar) => {
            if !scalar.plain {
                unquoted_end(text, &mut node.span, before);
            }
            return node.span.end;
        }
        Kind::List(items) => items.iter_mut().fold(before, |before, item| correct(text, item, before)),
        Kind::Map(entries) => entries.iter_mut().fold(before, |before, entry| {
            unquoted_end(text, &mut entry.key_span, before);
            let end = entry.key_span.end;
            correct(text, &mut entry.value, end)
        }),
    };
    if !(opened && closed) {
        node.span.end = end.max(node.span.start);
    }
    end
}

/// Ends the place of words in quotes with their closing quote.
fn unquoted_end(text: &str, span: &mut Span, before: usize) {
    let written = text.get(span.clone()).unwrap_or_default();
    let Some(quote) = written.chars().next().filter(|sign| matches!(sign, '\'' | '"')) else { return };
    if text.get(before..span.start).is_some_and(|gap| block_header(gap).is_some()) {
        return;
    }
    let mut signs = written.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        let doubled = quote == '\'' && signs.peek().is_some_and(|(_, next)| *next == '\'');
        if quote == '"' && sign == '\\' || sign == quote && doubled {
            signs.next();
        } else if sign == quote {
            span.end = span.start.saturating_add(at).saturating_add(1);
            return;
        }
    }
}

/// The `|`, `>-` or its like at the end of what stands between a key and words under it.
pub(super) fn block_header(gap: &str) -> Option<&str> {
    let uncommented = |line: &str| match line.trim_start().starts_with('#') {
        true => 0,
        false => line.find(" #").unwrap_or(line.len()),
    };
    let words = |line| str::get(line, ..uncommented(line)).unwrap_or_default().split_whitespace().next_back();
    gap.split('\n').filter_map(words).next_back().filter(|word| word.starts_with(['|', '>']))
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
        Kind::Scalar(_) if is_nothing(node) => before,
        Kind::Scalar(_) => node.span.end,
        Kind::List(items) => items.iter().fold(before, |before, item| last(item, before)),
        Kind::Map(entries) => entries.last().map_or(before, |entry| last(&entry.value, entry.key_span.end)),
    }
}

/// True for a value that is not written; the parser may give it the place of the comma after it.
pub(super) fn is_nothing(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar(scalar) => node.span.is_empty() || scalar.plain && scalar.text.is_empty(),
        _ => false,
    }
}
