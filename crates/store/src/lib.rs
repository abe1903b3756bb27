//! What is kept: the log of events, the folded states, the views, the ledger's lines and what must still leave.
//!
//! One port ([`Store`], [`Reader`], [`Writer`]) with a database behind it. The port sees envelopes and rows and knows nothing of
//! promises or money; nothing in it assumes that only one process is at work. Every row lives in the slot of its key, and every
//! table's key begins with the slot.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod chain;
mod claim;
#[cfg(feature = "contract")]
pub mod contract;
mod copy;
mod port;
mod postgres;
mod rows;
mod slot;
mod sqlite;
#[cfg(test)]
mod tests;

pub use chain::{chain, ident};
pub use copy::{Copied, copy, digest};
pub use port::{Balance, CommitError, Distributed, Health, Queue, Reader, Store, StoreError, Writer};
pub use postgres::Postgres;
pub use rows::*;
pub use slot::{SLOTS, Slot, slot_of};
pub use sqlite::Sqlite;

/// Opens the database that a URL names, `sqlite:FILE` or `postgres://USER@HOST/DATABASE`, and makes its tables when there are none.
pub fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    if postgres::is_address(url) { Ok(Box::new(Postgres::open(url)?)) } else { Ok(Box::new(Sqlite::open_in(url)?)) }
}

/// True when there are tables of ours at the address; asking makes none.
pub fn exists(url: &str) -> Result<bool, StoreError> {
    match url.strip_prefix("sqlite:") {
        // In an empty file nothing was ever kept.
        Some(file) if !file.is_empty() => Ok(std::fs::metadata(file).is_ok_and(|of| !of.is_file() || of.len() > 0)),
        _ if postgres::is_address(url) => Postgres::exists(url),
        _ => Err(StoreError::BadUrl { url: shown(url) }),
    }
}

/// Copies the database in a file of SQLite, page by page and while it is in use, into a new file. `progress` is told how many of how
/// many pages are copied.
pub fn copy_file(
    from: &std::path::Path,
    to: &std::path::Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    sqlite::copy_file(from, to, progress)
}

/// An address as it may be shown: without its password, also where it is written wrongly.
pub fn shown(url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(file) if !file.contains("://") && !file.contains("password=") => url.to_owned(),
        _ => postgres::masked(url),
    }
}
