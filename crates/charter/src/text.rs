//! Words in several languages, with slots that are filled in when they are shown.

use std::collections::BTreeMap;
use std::ops::Range;

/// The language fallen back to when the one asked for is missing.
pub const FALLBACK: &str = "en";

/// One text in every language the charter gives it. Slots are written `{name}`; `{{` and `}}` are braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts(BTreeMap<Box<str>, Template>);

impl Texts {
    /// A text of these languages.
    pub fn new(templates: impl IntoIterator<Item = (Box<str>, Template)>) -> Self {
        Self(templates.into_iter().collect())
    }

    /// The text in `language`; without it in the plain form of that language (`zh` for `zh-Hant`), in English, or in the
    /// first language there is. `None` only when there is no text at all.
    pub fn get(&self, language: &str) -> Option<&Template> {
        let plain = language.split('-').next().unwrap_or(language);
        self.0
            .get(language)
            .or_else(|| self.0.get(plain))
            .or_else(|| self.0.get(FALLBACK))
            .or_else(|| self.0.values().next())
    }

    /// The languages it is given in, in the order of their tags.
    pub fn languages(&self) -> impl Iterator<Item = &str> + '_ {
        self.0.keys().map(AsRef::as_ref)
    }

    /// Each language with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Template)> + '_ {
        self.0.iter().map(|(language, template)| (language.as_ref(), template))
    }

    /// True when no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A text with slots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(Box<str>),
    Slot(Box<str>),
}

/// Why a text with slots could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `{` that nothing closes.
    #[error("a `{{` is opened and not closed")]
    Unclosed {
        /// Where it stands.
        range: Range<usize>,
    },
    /// A `}` that nothing opened.
    #[error("a `}}` closes nothing")]
    Unopened {
        /// Where it stands.
        range: Range<usize>,
    },
    /// Between the braces stands no name.
    #[error("`{name}` cannot name a slot")]
    BadSlot {
        /// What stands there.
        name: String,
        /// Where it stands, braces included.
        range: Range<usize>,
    },
}

impl TemplateError {
    /// The faulty part of the text, in bytes.
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Unclosed { range } | Self::Unopened { range } | Self::BadSlot { range, .. } => range.clone(),
        }
    }
}

impl Template {
    /// Reads a text with slots.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, from_brace) = rest.split_at(brace);
            words.push_str(before);
            let start = text.len().saturating_sub(from_brace.len());
            if let Some(after) = from_brace.strip_prefix("{{") {
                words.push('{');
                rest = after;
            } else if let Some(after) = from_brace.strip_prefix("}}") {
                words.push('}');
                rest = after;
            } else if let Some(inside) = from_brace.strip_prefix('{') {
                let (name, after) =
                    inside.split_once('}').ok_or(TemplateError::Unclosed { range: start..start.saturating_add(1) })?;
                if !is_slot_name(name) {
                    let range = start..start.saturating_add(name.len()).saturating_add(2);
                    return Err(TemplateError::BadSlot { name: name.to_owned(), range });
                }
                push_words(&mut parts, &mut words);
                parts.push(Part::Slot(name.into()));
                rest = after;
            } else {
                return Err(TemplateError::Unopened { range: start..start.saturating_add(1) });
            }
        }
        words.push_str(rest);
        push_words(&mut parts, &mut words);
        Ok(Self { parts })
    }

    /// The slots it has, in the order they stand.
    pub fn slots(&self) -> impl Iterator<Item = &str> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(name) => Some(name.as_ref()),
            Part::Words(_) => None,
        })
    }

    /// The words with every slot filled by `fill`. A slot that `fill` does not know keeps its name in braces, so that a
    /// gap is seen and never silently closed.
    pub fn render(&self, fill: &dyn Fn(&str) -> Option<String>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Slot(name) => match fill(name) {
                    Some(value) => out.push_str(&value),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                },
            }
        }
        out
    }
}

fn push_words(parts: &mut Vec<Part>, words: &mut String) {
    if !words.is_empty() {
        parts.push(Part::Words(std::mem::take(words).into()));
    }
}

/// A name, or a name and a field: `due`, `made.flight_number`.
fn is_slot_name(name: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match name.split_once('.') {
        Some((scope, field)) => word(scope) && word(field),
        None => word(name),
    }
}

#[cfg(test)]
mod tests;
