//! From the tree back to a file.

use super::WIDTH;
use super::comments::{Comment, column, comments};
use super::scalars::{Scalars, block_header, first, is_nothing, last};
use crate::syntax::{Entry, Kind, Node, Scalar};

/// How far each level is indented.
const STEP: usize = 2;

/// Writes a tree, with the comments of the file it was read from.
pub(super) struct Emitter<'a> {
    text: &'a str,
    scalars: &'a Scalars,
    comments: Vec<Comment<'a>>,
    /// How many comments are written.
    said: usize,
    out: String,
}

/// How a value is written.
enum Layout<'n> {
    /// Not at all.
    Nothing,
    /// As it was, beside its key.
    Words,
    /// Under a `|` or `>`, which stands beside the key.
    Block(String),
    /// In brackets on the line of its key.
    Line(String),
    /// Line by line.
    Map(&'n [Entry]),
    /// Line by line.
    List(&'n [Node]),
}

/// Where a map or list is written, and where the one around it stood in the file.
#[derive(Clone, Copy)]
struct Place {
    indent: usize,
    /// True when its first line is begun.
    begun: bool,
    around: Option<usize>,
}

impl<'a> Emitter<'a> {
    pub fn new(text: &'a str, scalars: &'a Scalars) -> Self {
        let comments = comments(text, scalars);
        Self { text, scalars, comments, said: 0, out: String::with_capacity(text.len()) }
    }

    pub fn document(mut self, root: &Node) -> String {
        let place = Place { indent: 0, begun: false, around: None };
        match self.layout(root, 0) {
            Layout::Map(entries) => self.map(root, entries, place),
            Layout::List(items) => self.list(root, items, place),
            _ => {
                self.leading(first(root), 0);
                self.value(root, 0, 0, 0);
            }
        }
        self.leading(usize::MAX, 0);
        self.out
    }

    fn layout<'n>(&self, node: &'n Node, width: usize) -> Layout<'n> {
        match &node.kind {
            Kind::Scalar(_) if is_nothing(node) => Layout::Nothing,
            Kind::Scalar(scalar) => self.block_header(node, scalar).map_or(Layout::Words, Layout::Block),
            Kind::Map(entries) => self.line(node, width).map_or(Layout::Map(entries), Layout::Line),
            Kind::List(items) => self.line(node, width).map_or(Layout::List(items), Layout::Line),
        }
    }

    fn map(&mut self, node: &Node, entries: &[Entry], mut place: Place) {
        self.open(node);
        for entry in entries {
            let key = self.text.get(entry.key_span.clone()).unwrap_or_default();
            let width = place.indent.saturating_add(key.chars().count()).saturating_add(2);
            if !place.begun {
                let beside = matches!(self.layout(&entry.value, width), Layout::Words | Layout::Line(_));
                let limit = if beside { first(&entry.value) } else { entry.key_span.start };
                self.leading(limit.max(entry.key_span.start), place.indent);
                self.begin(entry.key_span.start, place.indent);
            }
            place.begun = false;
            self.out.push_str(key);
            self.out.push(':');
            let around = column(self.text, node.span.start);
            self.value_in(&entry.value, place.indent, width, entry.key_span.end, around);
        }
        self.tail(node, place);
    }

    fn list(&mut self, node: &Node, items: &[Node], mut place: Place) {
        self.open(node);
        let (width, around) = (place.indent.saturating_add(STEP), column(self.text, node.span.start));
        for item in items {
            if !place.begun {
                self.leading(first(item), place.indent);
                self.begin(item.span.start, place.indent);
            }
            place.begun = false;
            self.out.push('-');
            let inside = Place { indent: width, begun: true, around: Some(around) };
            match self.layout(item, width) {
                Layout::Map(entries) => {
                    self.out.push(' ');
                    self.map(item, entries, inside);
                }
                Layout::List(nested) => {
                    self.out.push(' ');
                    self.list(item, nested, inside);
                }
                _ => self.value(item, place.indent, width, item.span.start),
            }
        }
        self.tail(node, place);
    }

    fn value(&mut self, node: &Node, indent: usize, width: usize, key_end: usize) {
        self.value_in(node, indent, width, key_end, 0);
    }

    /// What stands after `key:` or `-`, up to the end of its last line. `around` is where the key stood.
    fn value_in(&mut self, node: &Node, indent: usize, width: usize, key_end: usize, around: usize) {
        let place = Place { indent: indent.saturating_add(STEP), begun: false, around: Some(around) };
        match self.layout(node, width) {
            Layout::Nothing => self.end(key_end),
            Layout::Words => self.words(node, place.indent),
            Layout::Block(header) => self.block(node, &header, place.indent),
            Layout::Line(line) => {
                self.separate();
                self.out.push_str(&line);
                self.end(node.span.end);
            }
            Layout::Map(entries) => {
                self.end(key_end);
                self.map(node, entries, place);
            }
            Layout::List(items) => {
                self.end(key_end);
                self.list(node, items, place);
            }
        }
    }

    /// Words as they are written; where they go over several lines, the later ones indented.
    fn words(&mut self, node: &Node, indent: usize) {
        let written = self.text.get(node.span.clone()).unwrap_or_default();
        self.separate();
        let mut lines = written.split('\n').peekable();
        let mut started = false;
        while let Some(line) = lines.next() {
            let line = if started { line.trim_start() } else { line };
            let line = if lines.peek().is_some() { line.trim_end() } else { line };
            if started && !line.is_empty() {
                self.out.push_str(&" ".repeat(indent));
            }
            self.out.push_str(line);
            if lines.peek().is_some() {
                self.out.push('\n');
            }
            started = true;
        }
        self.end(node.span.end);
    }

    /// Lines under a `|` or `>`, moved as a whole.
    fn block(&mut self, node: &Node, header: &str, indent: usize) {
        let written = self.text.get(node.span.clone()).unwrap_or_default();
        let depth = column(self.text, node.span.start);
        self.separate();
        self.out.push_str(header);
        if let Some(comment) = self.next_if(|next| next.at < node.span.start) {
            self.beside(&comment);
        }
        for (position, line) in written.split('\n').enumerate() {
            self.out.push('\n');
            let own = if position == 0 { line } else { dedented(line, depth) };
            if !own.trim().is_empty() {
                self.out.push_str(&" ".repeat(indent));
                self.out.push_str(own);
            }
        }
        self.out.push('\n');
    }

    /// `|`, `>-` and their like, when the words are written under one. An indentation given by number is that of the result.
    fn block_header(&self, node: &Node, scalar: &Scalar) -> Option<String> {
        if scalar.plain {
            return None;
        }
        let gap = self.text.get(self.scalars.end_before(node.span.start)..node.span.start)?;
        let header = block_header(gap)?;
        let rest = header.strip_prefix(['|', '>'])?;
        let style = header.chars().next()?;
        let digit = if rest.contains(|sign: char| sign.is_ascii_digit()) { "2" } else { "" };
        let chomping: String = rest.chars().filter(|sign| matches!(sign, '+' | '-')).collect();
        Some(format!("{style}{digit}{chomping}"))
    }

    /// The columns of comments inside brackets mean nothing when these are opened.
    fn open(&mut self, node: &Node) {
        if is_bracket(self.text, node) {
            let first = self.comments.partition_point(|comment| comment.at < node.span.start);
            let inside = self.comments.iter_mut().skip(first).take_while(|comment| comment.at < node.span.end);
            inside.for_each(|comment| comment.column = 0);
        }
    }

    /// The value on one line, when it was written in brackets, holds no comment and fits. Nothing at all is `{}` or `[]`.
    fn line(&self, node: &Node, width: usize) -> Option<String> {
        let opened = is_bracket(self.text, node);
        let comment = self.comments.partition_point(|comment| comment.at < node.span.start);
        let commented = self.comments.get(comment).is_some_and(|comment| comment.at < node.span.end);
        let words = if opened && !commented { in_brackets(self.text, node)? } else { return None };
        let fits = width.saturating_add(words.chars().count()) <= WIDTH;
        (fits || words.len() <= 2).then_some(words)
    }

    /// A space, unless the line is empty.
    fn separate(&mut self) {
        if self.width() > 0 {
            self.out.push(' ');
        }
    }

    fn width(&self) -> usize {
        column(&self.out, self.out.len())
    }

    fn next_if(&mut self, wanted: impl Fn(&Comment<'a>) -> bool) -> Option<Comment<'a>> {
        let next = self.comments.get(self.said).copied().filter(|next| wanted(next))?;
        self.said = self.said.saturating_add(1);
        Some(next)
    }

    /// Ends a line, with the comment that stands beside what ends here.
    fn end(&mut self, place: usize) {
        if let Some(comment) = self.next_if(|next| next.beside && next.after <= place && place <= next.at) {
            self.beside(&comment);
        }
        self.out.push('\n');
    }

    /// A comment keeps its column, so that a row of them stays a row.
    fn beside(&mut self, comment: &Comment<'_>) {
        let width = self.width();
        let column = comment.column.max(width.saturating_add(2));
        self.out.push_str(&" ".repeat(column.saturating_sub(width)));
        self.out.push_str(comment.words);
    }

    /// The comments before a place, each on a line of its own.
    fn leading(&mut self, place: usize, indent: usize) {
        while let Some(comment) = self.next_if(|next| next.at < place) {
            self.alone(&comment, indent);
        }
    }

    /// The comments at the end of a map or list that stand at least as deep as it does, or inside its brackets.
    fn tail(&mut self, node: &Node, place: Place) {
        let before = self.scalars.end_before(node.span.start);
        let (end, own) = (last(node, before), column(self.text, node.span.start));
        let deeper = place.around.is_some_and(|around| own > around);
        let mine = |next: &Comment<'_>| {
            next.at < node.span.end || deeper && next.after == end && next.column >= own && !next.beside
        };
        while let Some(comment) = self.next_if(mine) {
            self.alone(&comment, place.indent);
        }
    }

    fn alone(&mut self, comment: &Comment<'_>, indent: usize) {
        self.begin(comment.at, indent);
        self.out.push_str(comment.words);
        self.out.push('\n');
    }

    /// Begins a line, after a blank one where the file had one.
    fn begin(&mut self, place: usize, indent: usize) {
        let before = self.text.get(..place).unwrap_or_default();
        if let Some((above, line)) = before.rsplit_once('\n') {
            let first = line.chars().all(|sign| sign == ' ' || sign == '-');
            let blank = above.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
            if first && blank && !self.out.is_empty() && !self.out.ends_with("\n\n") {
                self.out.push('\n');
            }
        }
        self.out.push_str(&" ".repeat(indent));
    }
}

fn is_bracket(text: &str, node: &Node) -> bool {
    text.get(node.span.start..).is_some_and(|rest| rest.starts_with(['{', '[']))
}

/// A line without the depth of its block.
fn dedented(line: &str, depth: usize) -> &str {
    let blanks = line.len().saturating_sub(line.trim_start_matches(' ').len());
    line.get(blanks.min(depth)..).unwrap_or_default()
}

/// A value as it stands between brackets; `None` where a part of it is nothing or stands on several lines.
fn in_brackets(text: &str, node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Scalar(_) if is_nothing(node) => None,
        Kind::Scalar(_) => {
            let written = text.get(node.span.clone())?;
            (!written.contains('\n')).then(|| written.to_owned())
        }
        Kind::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| in_brackets(text, item)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Kind::Map(entries) => {
            let pair = |entry: &Entry| {
                let key = text.get(entry.key_span.clone())?;
                Some(format!("{key}: {}", in_brackets(text, &entry.value)?))
            };
            let entries: Option<Vec<String>> = entries.iter().map(pair).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
    }
}
