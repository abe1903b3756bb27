//! From the YAML parser's events to the tree.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks};

use super::{Entry, Kind, Node, Scalar};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::limits;

/// A list or map whose end has not come.
enum Open {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key> },
}

struct Key {
    name: String,
    span: Span,
    /// False when the key was refused: its value is read and dropped.
    counts: bool,
}

struct Builder<'a> {
    out: &'a mut Diagnostics,
    places: Places<'a>,
    open: Vec<(Span, Open)>,
    root: Option<Node>,
    nodes: usize,
}

/// Reads the whole file, or stops at the first thing that YAML itself cannot mean.
pub(super) fn build(text: &str, out: &mut Diagnostics) -> Option<Node> {
    let mut builder = Builder { out, places: Places::new(text), open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        let taken = match event {
            Ok((event, marks)) => builder.take(event, marks),
            Err(error) => Err(builder.scan_error(&error)),
        };
        if let Err(diagnostic) = taken {
            builder.out.push(diagnostic);
            return None;
        }
    }
    if builder.root.is_none() {
        let empty = Diagnostic::error(Code::NotOneDocument, &(0..0), "the file is empty");
        builder.out.push(empty.help("begin with `charter: NAME`"));
    }
    builder.root
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, marks: Marks) -> Result<(), Diagnostic> {
        let span = self.places.span(marks);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_indirection(&span, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                self.scalar(Scalar { text: text.into_owned(), plain }, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_indirection(&span, anchor, tag.is_some());
                self.open(span, Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_indirection(&span, anchor, tag.is_some());
                self.open(span, Open::Map { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
            Event::Alias(_) => {
                let refused = Diagnostic::error(Code::Indirection, &span, "an alias is not read in a charter");
                self.out.push(refused.help("write out what it stands for"));
                self.scalar(Scalar { text: String::new(), plain: true }, span)
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                let second = Diagnostic::error(Code::NotOneDocument, &span, "a second document begins here");
                Err(second.help("put each charter into a file of its own"))
            }
            _ => Ok(()),
        }
    }

    fn refuse_indirection(&mut self, span: &Span, anchor: usize, tagged: bool) {
        if anchor != 0 {
            let refused = Diagnostic::error(Code::Indirection, span, "an anchor is not read in a charter");
            self.out.push(refused.help("remove the `&name` and write the value out wherever it counts"));
        }
        if tagged {
            let refused = Diagnostic::error(Code::Indirection, span, "a tag is not read in a charter");
            self.out.push(refused.help("remove the `!tag`: the key says what its value is"));
        }
    }

    fn scalar(&mut self, scalar: Scalar, span: Span) -> Result<(), Diagnostic> {
        self.count(&span)?;
        if let Some((_, Open::Map { entries, key: key @ None })) = self.open.last_mut() {
            let earlier = entries.iter().find(|entry| entry.key == scalar.text);
            let counts = earlier.is_none() && scalar.text != "<<";
            if let Some(earlier) = earlier {
                let message = format!("`{}` stands twice", shortened(&scalar.text));
                let twice = Diagnostic::error(Code::DuplicateKey, &span, message).saying("again here");
                self.out.push(twice.with(&earlier.key_span, "first here").help("keep one of the two"));
            } else if !counts {
                let merge = Diagnostic::error(Code::Indirection, &span, "a merge key is not read in a charter");
                self.out.push(merge.help("write out the keys it would bring in"));
            }
            *key = Some(Key { name: scalar.text, span, counts });
            return Ok(());
        }
        self.place(Node { span, kind: Kind::Scalar(scalar) });
        Ok(())
    }

    fn open(&mut self, span: Span, open: Open) -> Result<(), Diagnostic> {
        self.count(&span)?;
        if self.open.len() >= limits::DEPTH {
            let message = format!("maps and lists stand more than {} deep", limits::DEPTH);
            return Err(Diagnostic::error(Code::TooLarge, &span, message).help("a charter never needs this depth"));
        }
        if matches!(self.open.last(), Some((_, Open::Map { key: None, .. }))) {
            let message = "a map or list cannot be a key";
            return Err(Diagnostic::error(Code::WrongKind, &span, message).help("write a word before the colon"));
        }
        self.open.push((span, open));
        Ok(())
    }

    fn close(&mut self, end: &Span) -> Result<(), Diagnostic> {
        let Some((start, open)) = self.open.pop() else { return Ok(()) };
        let node = match open {
            Open::List(items) => {
                let last = items.last().map(|item| item.span.end);
                Node { span: self.places.enclosing(&start, last, end), kind: Kind::List(items) }
            }
            Open::Map { entries, .. } => {
                let last = entries.last().map(|entry| entry.value.span.end);
                Node { span: self.places.enclosing(&start, last, end), kind: Kind::Map(entries) }
            }
        };
        self.place(node);
        Ok(())
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((_, Open::List(items))) => items.push(node),
            Some((_, Open::Map { entries, key })) => {
                if let Some(Key { name, span, counts: true }) = key.take() {
                    entries.push(Entry { key: name, key_span: span, value: node });
                }
            }
        }
    }

    fn count(&mut self, span: &Span) -> Result<(), Diagnostic> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes <= limits::NODES {
            return Ok(());
        }
        let message = format!("the file holds more than {} keys and values", limits::NODES);
        Err(Diagnostic::error(Code::TooLarge, span, message).help("split it into several files"))
    }

    fn scan_error(&self, error: &ScanError) -> Diagnostic {
        let at = self.places.byte(error.marker().index());
        let end = self.places.next(at);
        Diagnostic::error(Code::NotYaml, &(at..end), format!("this is not well-formed YAML: {}", error.info()))
            .help("look at the indentation, the colons and the brackets just before this place")
    }
}

/// Not more of a name than a message can bear.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(limits::NAME_BYTES) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Places in the file: the parser counts characters, spans count bytes.
struct Places<'a> {
    text: &'a str,
    /// The byte of each character; empty when all are of one byte.
    bytes: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(byte, _)| byte).collect() };
        Self { text, bytes }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            return character.min(self.text.len());
        }
        self.bytes.get(character).copied().unwrap_or(self.text.len())
    }

    fn next(&self, byte: usize) -> usize {
        let width = self.text.get(byte..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        byte.saturating_add(width)
    }

    /// The parser's marks without the blanks and line ends that it counts to some values.
    fn span(&self, marks: Marks) -> Span {
        let start = self.byte(marks.start.index());
        let end = self.byte(marks.end.index()).max(start);
        let written = self.text.get(start..end).unwrap_or_default();
        start..start.saturating_add(written.trim_end().len())
    }

    /// From an opening to the last thing inside, or to the closing bracket when there is one. The parser may count blanks
    /// and a comment to the bracket.
    fn enclosing(&self, start: &Span, last: Option<usize>, end: &Span) -> Span {
        let at = |byte: usize, signs: [char; 2]| self.text.get(byte..).is_some_and(|rest| rest.starts_with(signs));
        let end = if at(start.start, ['[', '{']) && at(end.start, [']', '}']) {
            end.start.saturating_add(1)
        } else {
            last.unwrap_or(start.end)
        };
        start.start..end.max(start.start)
    }
}
