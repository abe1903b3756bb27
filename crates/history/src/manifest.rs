//! What a history says of itself.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Column, HistoryError, Layout};

/// The file that describes a history.
pub const MANIFEST: &str = "history.json";

/// The form of what is written; raised when it changes.
const FORM: u32 = 1;

/// What is in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form it was written in.
    pub form: u32,
    /// What was recorded from this moment on (milliseconds since 1970); everything, if none is named.
    pub from: Option<i64>,
    /// What was recorded before this moment.
    pub to: Option<i64>,
    /// How far the clock had come.
    pub clock: i64,
    /// Lines of logs.
    pub rows: u64,
    /// The line of them that was recorded last; of several, the first in the order of slots and keys.
    #[serde(default)]
    pub up_to: Option<UpTo>,
    /// The types of events, in the order of their numbers.
    pub types: Vec<String>,
    /// The charter versions that were in force, in the order in which they came into force.
    pub charters: Vec<Charter>,
    /// The files, in the order of slots.
    pub files: Vec<File>,
    /// The columns of every file.
    pub columns: Vec<Column>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpTo {
    /// When it was recorded.
    pub recorded: i64,
    /// The party or thing whose log it stands in.
    pub key: String,
    /// Its place there.
    pub seq: u64,
}

/// A charter version of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Its name …
    pub name: String,
    /// … and version.
    pub version: String,
    /// The file with its text, as it was published.
    pub file: String,
}

/// Whose logs a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Those of parties.
    Parties,
    /// Those of things.
    Things,
}

/// A file of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name.
    pub file: String,
    /// Whose logs it holds …
    pub kind: Kind,
    /// … from this slot …
    pub first: u16,
    /// … to this one.
    pub last: u16,
    /// Its rows.
    pub rows: u64,
    /// Keys that it holds.
    pub keys: u64,
}

impl Manifest {
    /// What was exported of this, so far nothing.
    pub fn new(layout: &Layout, (from, to): (Option<i64>, Option<i64>), clock: i64, types: Vec<String>) -> Self {
        let columns = layout.columns.clone();
        Self {
            form: FORM,
            from,
            to,
            clock,
            rows: 0,
            up_to: None,
            types,
            charters: Vec::new(),
            files: Vec::new(),
            columns,
        }
    }

    /// The layout of its files.
    pub fn layout(&self) -> Layout {
        Layout::new(self.columns.clone())
    }

    /// Reads the description of the history in a folder.
    pub fn read(folder: &Path) -> Result<Self, HistoryError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read(&path).map_err(|source| HistoryError::Io { path: path.clone(), source })?;
        #[derive(Deserialize)]
        struct Form {
            form: u32,
        }
        let bad = |source| HistoryError::Manifest { path: path.clone(), source };
        let Form { form: found } = serde_json::from_slice(&text).map_err(bad)?;
        if found > FORM {
            return Err(HistoryError::Newer { path, found, known: FORM });
        }
        serde_json::from_slice(&text).map_err(bad)
    }

    /// Writes the description into the folder.
    pub fn write(&self, folder: &Path) -> Result<(), HistoryError> {
        let path = folder.join(MANIFEST);
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|source| HistoryError::Manifest { path: path.clone(), source })?;
        text.push(b'\n');
        std::fs::write(&path, text).map_err(|source| HistoryError::Io { path, source })
    }
}
