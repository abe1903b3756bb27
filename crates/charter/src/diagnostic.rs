//! What is wrong with a file, where, and what to do about it.

mod code;

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

pub use code::Code;

use crate::limits;

/// A part of a file, in bytes.
pub type Span = Range<usize>;

/// How much a fault weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but somebody should look.
    Warning,
}

/// A place in the file and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there. May be empty.
    pub text: String,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind; the number never changes meaning.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// Where: the first place is the one the file name, line and column are taken from.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at one place.
    pub fn error(code: Code, span: &Span, message: impl Into<String>) -> Self {
        let label = Label { span: span.clone(), text: String::new() };
        Self { code, severity: Severity::Error, message: message.into(), labels: vec![label], help: None }
    }

    /// Something to look at.
    pub fn warning(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Says what is to be seen at the first place.
    #[must_use]
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn with(mut self, span: &Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span: span.clone(), text: text.into() });
        self
    }

    /// Says what to do: a clause or a sentence; shown as a clause. Without words there is no help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(as_clause(&help.into())).filter(|help| !help.is_empty());
        self
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        self.labels.first().map_or(0..0, |label| label.span.clone())
    }
}

/// A small letter first, no full stop.
fn as_clause(sentence: &str) -> String {
    let mut letters = sentence.strip_suffix('.').unwrap_or(sentence).chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    errors: bool,
}

impl Diagnostics {
    /// Adds a fault. Beyond [`limits::DIAGNOSTICS`] they are only counted as there.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors |= diagnostic.severity == Severity::Error;
        if self.found.len() < limits::DIAGNOSTICS && !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// True when the file cannot be used.
    pub fn has_errors(&self) -> bool {
        self.errors
    }

    /// The faults in the order of their places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.span().start, diagnostic.code, diagnostic.span().end));
        self.found
    }
}

/// Line and column of a byte, both from one; the column counts characters.
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..floor(text, byte)).unwrap_or_default();
    let line = before.bytes().filter(|b| *b == b'\n').count().saturating_add(1);
    let start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    (line, before.get(start..).map_or(0, |rest| rest.chars().count()).saturating_add(1))
}

/// How faults are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// With ASCII only: files, logs, tests.
    #[default]
    Plain,
    /// With colours, for a terminal.
    Coloured,
}

/// Draws the faults of a file: name, line, column, the line itself, and what to do.
pub fn render(diagnostics: &[Diagnostic], file_name: &str, text: &str, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled().decor_style(DecorStyle::Unicode),
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut snippet = Snippet::source(text).path(file_name).fold(true);
        for (position, label) in diagnostic.labels.iter().enumerate() {
            let kind = if position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let words = (!label.text.is_empty()).then_some(label.text.as_str());
            snippet = snippet.annotation(kind.span(clamp(text, &label.span)).label(words));
        }
        let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
        let mut group: Group<'_> = title.element(snippet);
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out
}

/// A span that lies in the text, on the edges of characters.
fn clamp(text: &str, span: &Span) -> Span {
    let start = floor(text, span.start);
    let end = floor(text, span.end).max(start);
    start..end
}

fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

/// The word of `known` most like `word`, if one is like it at all.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= limits::NAME_BYTES && word.len() <= limits::NAME_BYTES)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(word.len()) / 4).saturating_add(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean" for a name that is not known, or the names there are.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(close) = closest(word, known.clone()) {
        return format!("did you mean `{close}`?");
    }
    let mut names: Vec<String> = known.into_iter().take(13).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => "none is declared".to_owned(),
        13 => {
            names.truncate(12);
            format!("known are {} and more", names.join(", "))
        }
        _ => format!("known: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests;
