//! All versions of one charter.

use std::sync::Arc;

use crate::model::Charter;
use crate::value::Moment;

/// The versions of one charter, in the order in which they come into force.
#[derive(Debug, Clone, Default)]
pub struct Book {
    versions: Vec<Arc<Charter>>,
}

/// Why versions do not make a book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum BookError {
    /// Two texts for one name and version: what was published never changes.
    #[error("`{name}` has two texts for version `{version}`")]
    TwoTexts { name: String, version: String },
    /// Versions of different charters.
    #[error("`{other}` is not a version of `{name}`")]
    OtherName { name: String, other: String },
    /// Nothing would say which of the two judges.
    #[error("versions `{first}` and `{second}` of `{name}` come into force at the same moment, {from}")]
    SameStart { name: String, first: String, second: String, from: Moment },
}

impl Book {
    /// The book of these versions, in whatever order they come. The same text twice counts once.
    pub fn new(charters: impl IntoIterator<Item = Arc<Charter>>) -> Result<Self, BookError> {
        let mut book = Self::default();
        for charter in charters {
            book.add(charter)?;
        }
        Ok(book)
    }

    /// Adds a version.
    pub fn add(&mut self, charter: Arc<Charter>) -> Result<(), BookError> {
        let name = || charter.name.to_string();
        for version in &self.versions {
            if version.name != charter.name {
                return Err(BookError::OtherName { name: version.name.to_string(), other: name() });
            }
            if version.version == charter.version {
                let same = version.digest == charter.digest;
                let two = BookError::TwoTexts { name: name(), version: charter.version.to_string() };
                return if same { Ok(()) } else { Err(two) };
            }
            if version.from == charter.from {
                let (first, second) = (version.version.to_string(), charter.version.to_string());
                return Err(BookError::SameStart { name: name(), first, second, from: charter.from });
            }
        }
        let place = self.versions.partition_point(|version| version.from < charter.from);
        self.versions.insert(place, charter);
        Ok(())
    }

    /// The versions, in the order in which they come into force.
    pub fn versions(&self) -> &[Arc<Charter>] {
        &self.versions
    }
}

#[cfg(test)]
mod tests;
