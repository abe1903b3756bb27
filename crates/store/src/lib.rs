//! What is kept: the log of events, the folded states, the views, the ledger's lines and what must still leave.
//!
//! One port ([`Store`], [`Reader`], [`Writer`]) with a database behind it. The port sees envelopes and rows and knows nothing of
//! promises or money; nothing in it assumes that only one process is at work. Every row lives in the slot of its key, and every
//! table's key begins with the slot.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod chain;
#[cfg(feature = "contract")]
pub mod contract;
mod port;
mod rows;
mod slot;
mod sqlite;
#[cfg(test)]
mod tests;

pub use chain::{chain, ident};
pub use port::{Balance, CommitError, Health, Reader, Store, StoreError, Writer};
pub use rows::*;
pub use slot::{SLOTS, Slot, slot_of};
pub use sqlite::Sqlite;

/// Opens the database that a URL names: `sqlite:FILE`.
pub fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    Ok(Box::new(Sqlite::open_in(url)?))
}
