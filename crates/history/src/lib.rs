//! The log as files: Parquet aligned with slots, with an event's declared fields as typed columns.
//!
//! A history is a folder. `history.json` says what is in it ([`Manifest`]); the charters that were in force stand beside it as they
//! were published; and for each range of slots there is one file of the logs of parties and one of the logs of things, a key's lines
//! together and in order. So a fold by party needs one file at a time, and other programs (DuckDB, Spark, ClickHouse) read the same
//! columns.
//!
//! This crate knows rows and shapes. It decides nothing of promises and money, and never reads the clock.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod layout;
mod lines;
mod manifest;
mod pieces;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use layout::{Column, Declared, Holds, Layout, Part, fixed};
pub use lines::{Said, lines_of};
pub use manifest::{Charter, File, Kind, MANIFEST, Manifest, UpTo};
pub use read::{Batch, Cursor, Data, FileReader, SmallNumbers};
pub use write::{FileWriter, RowWriter};

use std::path::PathBuf;

/// Slots in one file.
pub const SLOTS_A_FILE: u16 = 32;

/// Rows of one row group: what is held in memory of a file while it is written or read.
pub const GROUP_ROWS: usize = 65_536;

/// Why a history cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum HistoryError {
    /// The file system.
    #[error("`{path}` cannot be read or written")]
    Io { path: PathBuf, source: std::io::Error },
    /// A file is not what Parquet files are.
    #[error("`{path}` cannot be read or written as Parquet")]
    Parquet { path: PathBuf, source: parquet::errors::ParquetError },
    /// `history.json` is not what it should be.
    #[error("`{path}` does not describe a history")]
    Manifest { path: PathBuf, source: serde_json::Error },
    /// The history was written by a newer release.
    #[error("`{path}` is a history of form {found}, this release knows {known}")]
    Newer { path: PathBuf, found: u32, known: u32 },
    /// A column that should be there is not, or holds something else.
    #[error("`{path}` has no column `{column}` of the kind that is read")]
    NoColumn { path: PathBuf, column: String },
    /// A row does not say what rows say.
    #[error("row {row} of `{path}` cannot be read: {what}")]
    BadRow { path: PathBuf, row: u64, what: &'static str },
}
