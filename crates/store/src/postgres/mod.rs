//! PostgreSQL: one server, any number of processes.

mod address;
mod bulk;
mod connection;
mod distribute;
mod fetch;
mod reader;
mod schema;
mod sql;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::{Mutex, PoisonError};

use crate::{Distributed, Health, Reader, Store, StoreError, Writer};
use address::Address;
use connection::Connection;

pub(crate) use address::masked;

/// The bytes of our tables, with their indexes, in the schema they are in.
const BYTES: &str = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')";

/// True of an address of this kind of database.
pub(crate) fn is_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// A database on a server.
///
/// A commit that returned survives the sudden death of the process, and of the server: `synchronous_commit` is on for every
/// connection. A connection that breaks is made again: a question is asked again, and a commit whose end is not known is
/// [`crate::CommitError::Stale`], so that whoever made it looks what is there and folds again.
pub struct Postgres {
    address: Address,
    keeper: Mutex<Connection>,
    written_out: bool,
    copies_from: usize,
}

/// From so many new rows of a table on a commit carries them by `COPY`.
const COPIES_FROM: usize = 1_000;

impl Postgres {
    /// Opens the database at `url`, makes the tables when there are none, and brings them up to date.
    pub fn open(url: &str) -> Result<Postgres, StoreError> {
        let address = Address::read(url)?;
        let mut keeper = Connection::open(&address)?;
        schema::bring_up(&mut keeper)?;
        let written_out = distribute::is_distributed(&mut keeper)?;
        Ok(Postgres { address, keeper: Mutex::new(keeper), written_out, copies_from: COPIES_FROM })
    }

    /// With `true`, the rows of an insert are written out in the statement, which a database that is spread over machines needs; with
    /// `false` they are arrays, which is faster on one machine. Unless it is said, what was found when the database was opened counts.
    pub fn with_rows_written_out(self, written_out: bool) -> Postgres {
        Postgres { written_out, ..self }
    }

    /// From so many new rows of a table on a commit carries them by one `COPY`, whose every row has its slot, and not by a statement for
    /// each slot. Where tables are spread over machines nothing is copied: there each statement reaches one slot, and with it one machine.
    pub fn with_copies_from(self, copies_from: usize) -> Postgres {
        Postgres { copies_from, ..self }
    }

    /// True when the rows of an insert are written out.
    pub fn writes_rows_out(&self) -> bool {
        self.written_out
    }

    /// True when there are tables of ours at `url`.
    pub(crate) fn exists(url: &str) -> Result<bool, StoreError> {
        Ok(schema::version(&mut Connection::open(&Address::read(url)?)?)?.is_some())
    }

    fn keeper<T>(&self, run: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        run(&mut self.keeper.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Postgres {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(reader::PostgresReader::new(Connection::another(&self.address)?)))
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(writer::PostgresWriter::new(
            Connection::another(&self.address)?,
            self.written_out,
            self.copies_from,
        )))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        let mut connection = Connection::another(&self.address)?;
        connection.hold_still()?;
        Ok(Box::new(reader::PostgresReader::new(connection)))
    }

    fn shared(&self) -> bool {
        true
    }

    fn distribute(&self, progress: &mut dyn FnMut(&str)) -> Result<Distributed, StoreError> {
        self.keeper(|keeper| distribute::distribute(keeper, progress))
    }

    fn health(&self) -> Result<Health, StoreError> {
        self.keeper(|keeper| {
            let schema = schema::version(keeper)?.unwrap_or(0);
            let rows = keeper.ask_one("measuring the database", BYTES, vec![])?;
            let bytes: i64 = rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or(0);
            Ok(Health { schema, bytes: bytes.unsigned_abs(), log_bytes: 0 })
        })
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        let mut found = self.keeper(schema::damage)?;
        found.truncate(limit);
        Ok(found)
    }
}
