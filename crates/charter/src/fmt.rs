//! The layout of a charter's file, made the same everywhere: two spaces a level, one space after a colon or comma, one blank line
//! at most, nothing after the end of a line. Keys keep their order, words their quotes, and every comment stays where it was
//! said. A map or list in brackets that fits in [`WIDTH`] columns stays in brackets; one that does not is written line by line.
//!
//! The result is read again before it is given: it must say the same, with the same comments, or nothing is given.

mod comments;
mod emit;
mod scalars;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::{self, Kind, Node};
use comments::comments;
use emit::Emitter;
use scalars::{Scalars, correct};

/// How wide a line with brackets may be, in characters, its comment left out.
pub const WIDTH: usize = 110;

/// Why a file was not formatted.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It is not YAML that a charter may be written in.
    #[error("it is not well-formed")]
    Unreadable {
        /// What is wrong, in the order of the file.
        diagnostics: Vec<Diagnostic>,
    },
    /// The formatted file would say something else, or lose a comment: a form of YAML that is not laid out here.
    #[error("laying it out would change what it says")]
    WouldChange,
}

/// Formats a file: a charter or its tests. Formatting what was formatted changes nothing.
///
/// # Errors
/// [`FormatError::Unreadable`] for a file that is not read, [`FormatError::WouldChange`] for one that cannot be laid out safely.
pub fn format(text: &str) -> Result<String, FormatError> {
    read(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let before = read(&text)?;
    let scalars = Scalars::of(&text, &before);
    let formatted = Emitter::new(&text, &scalars).document(&before);
    let after = read(&formatted).map_err(|_| FormatError::WouldChange)?;
    let kept = said_in(&text, &scalars) == said_in(&formatted, &Scalars::of(&formatted, &after));
    if kept && same(&before, &after) { Ok(formatted) } else { Err(FormatError::WouldChange) }
}

fn read(text: &str) -> Result<Node, FormatError> {
    let mut out = Diagnostics::default();
    match syntax::read(text, &mut out) {
        Some(mut node) if !out.has_errors() => {
            correct(text, &mut node, 0);
            Ok(node)
        }
        _ => Err(FormatError::Unreadable { diagnostics: out.into_sorted() }),
    }
}

/// The words of all comments, sorted.
fn said_in(text: &str, scalars: &Scalars) -> Vec<String> {
    let mut said: Vec<String> = comments(text, scalars).into_iter().map(|comment| comment.words.to_owned()).collect();
    said.sort_unstable();
    said
}

/// True when two trees say the same, wherever they stand.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Scalar(one), Kind::Scalar(other)) => one == other,
        (Kind::List(one), Kind::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Kind::Map(one), Kind::Map(other)) => {
            let alike =
                |(one, other): (&syntax::Entry, &syntax::Entry)| one.key == other.key && same(&one.value, &other.value);
            one.len() == other.len() && one.iter().zip(other).all(alike)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
