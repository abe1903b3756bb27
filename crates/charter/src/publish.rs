//! The page a customer reads, made from the same charter that runs: what is promised, what is owed, how soon it is paid, and
//! what takes it away, in HTML and in Markdown. Nothing internal stands on it, and no expression.

mod clause;
mod html;
mod markdown;
mod page;

use crate::model::Charter;
use crate::text::FALLBACK;

pub use html::BASE_STYLE;

/// In what a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One HTML file that needs nothing beside it: no script, no picture, no font.
    #[default]
    Html,
    /// Markdown, with tables as GitHub writes them.
    Markdown,
}

impl Format {
    /// How the names of its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
        }
    }
}

/// The page of `charter` in `language`, or where the charter does not speak it in the one [`spoken`] gives. Headings are in
/// English, Chinese or Norwegian.
///
/// The page links to those in the charter's other languages by their [`file_name`]s, so all of them belong in one folder.
pub fn publish(charter: &Charter, language: &str, format: Format) -> String {
    let page = page::build(charter, spoken(charter, language), format);
    match format {
        Format::Html => html::render(&page),
        Format::Markdown => markdown::render(&page),
    }
}

/// The name of a page's file: `jetblue.nb.html`.
pub fn file_name(charter: &Charter, language: &str, format: Format) -> String {
    format!("{}.{language}.{}", charter.name, format.extension())
}

/// The languages a charter is published in: those of its title, English first.
pub fn languages(charter: &Charter) -> Vec<&str> {
    let mut tags: Vec<&str> = charter.title.languages().collect();
    tags.sort_by_key(|tag| *tag != FALLBACK);
    tags
}

/// The charter's language for whoever asks for `language`: that one, its plain form (`zh` for `zh-Hant`), English, or the first
/// there is.
pub fn spoken<'a>(charter: &'a Charter, language: &'a str) -> &'a str {
    let plain = language.split('-').next().unwrap_or(language);
    let spoken = languages(charter);
    let first = spoken.first().copied().unwrap_or(FALLBACK);
    [language, plain].into_iter().find(|tag| spoken.contains(tag)).unwrap_or(first)
}

#[cfg(test)]
mod tests;
