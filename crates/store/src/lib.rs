//! What is kept: the log of events, the folded states, the views, the ledger's lines and what must still leave.
//!
//! One port ([`Store`], [`Reader`], [`Writer`]) with a database behind it. The port sees envelopes and rows and knows nothing of
//! promises or money; nothing in it assumes that only one process is at work. Every row lives in the slot of its key, and every
//! table's key begins with the slot.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod awaiting;
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

pub use awaiting::{Awaiting, Listener, Outage};
pub use chain::{chain, ident};
pub use copy::{Copied, copy, digest};
pub use port::{Balance, CommitError, Distributed, Health, Queue, Reader, Store, StoreError, Writer};
pub use postgres::Postgres;
pub use rows::*;
pub use slot::{SLOTS, Slot, slot_of};
pub use sqlite::{Part, Sqlite};

/// Opens the database that a URL names, `sqlite:FILE` or `postgres://USER@HOST/DATABASE`, and makes its tables when there are none.
pub fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    open_awaiting(url, &Awaiting::default())
}

/// The same, where it is said how a server that is away is awaited.
pub fn open_awaiting(url: &str, awaiting: &Awaiting) -> Result<Box<dyn Store>, StoreError> {
    if is_server(url) {
        Ok(Box::new(Postgres::open_awaiting(url, awaiting)?))
    } else {
        Ok(Box::new(Sqlite::open_in(url)?))
    }
}

/// The same, for what is to be filled with a copy of `source` by [`copy`]: tables that are made now are marked so from the beginning,
/// so that nobody takes them for an empty database of their own.
pub fn open_to_fill(url: &str, source: &str, awaiting: &Awaiting) -> Result<Box<dyn Store>, StoreError> {
    if is_server(url) {
        Ok(Box::new(Postgres::open_to_fill(url, source, awaiting)?))
    } else {
        Ok(Box::new(Sqlite::open_to_fill(sqlite::file_of(url)?, source)?))
    }
}

/// True when there is a database at the address; asking makes none.
pub fn exists(url: &str, awaiting: &Awaiting) -> Result<bool, StoreError> {
    if is_server(url) { Postgres::exists(url, awaiting) } else { Ok(Sqlite::exists(sqlite::file_of(url)?)) }
}

/// True of the address of a server, and not of a file.
pub fn is_server(url: &str) -> bool {
    postgres::is_address(url)
}

/// Copies the database in a file of SQLite, page by page and while it is in use, into one that becomes whole by it. `progress` is told
/// how many of how many pages are copied.
pub fn copy_file(from: &std::path::Path, to: &Part, progress: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
    sqlite::copy_file(from, to, progress)
}

/// An address as it may be shown: without its password, also where it is written wrongly.
pub fn shown(url: &str) -> String {
    match url.strip_prefix("sqlite:") {
        Some(file) if !file.contains("://") && !file.contains("password=") => url.to_owned(),
        _ => postgres::masked(url),
    }
}
