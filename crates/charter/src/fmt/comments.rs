//! The comments of a file.

use super::scalars::Scalars;

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    /// From its `#` to the end of its line.
    pub words: &'a str,
    /// Where it stands.
    pub at: usize,
    /// Where the word before it ends.
    pub after: usize,
    /// True when it stands on the line on which that word ends.
    pub beside: bool,
    /// How many characters stand before it on its line.
    pub column: usize,
}

/// All comments, in the order of the file. They stand between words only, so a `#` inside one is none.
pub(super) fn comments<'a>(text: &'a str, scalars: &Scalars) -> Vec<Comment<'a>> {
    let mut found = Vec::new();
    for gap in scalars.gaps(text.len()) {
        let mut at = gap.start;
        while let Some(next) = text.get(at..gap.end).and_then(|rest| rest.find('#')) {
            let start = at.saturating_add(next);
            let rest = text.get(start..).unwrap_or_default();
            let line = rest.split('\n').next().unwrap_or_default();
            at = start.saturating_add(line.len()).min(gap.end.max(start.saturating_add(1)));
            let before = text.get(..start).unwrap_or_default();
            if before.is_empty() || before.ends_with(char::is_whitespace) {
                let beside = gap.start > 0 && !text.get(gap.start..start).unwrap_or_default().contains('\n');
                let column = column(text, start);
                found.push(Comment { words: line.trim_end(), at: start, after: gap.start, beside, column });
            } else {
                at = start.saturating_add(1);
            }
        }
    }
    found
}

/// How many characters stand before a place on its line.
pub(super) fn column(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default().chars().count()
}
