//! PostgreSQL: one server, any number of processes.

mod address;
mod bulk;
mod connection;
mod distribute;
mod fetch;
mod reader;
mod schema;
mod server;
mod sql;
#[cfg(test)]
mod tests;
mod together;
mod way;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Awaiting, Distributed, Health, Reader, Store, StoreError, Writer};
use address::Address;
use connection::Connection;
use server::Server;

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
/// [`crate::CommitError::Stale`], so that whoever made it looks what is there and folds again. A server that is away is awaited once
/// for all connections: see [`Awaiting`].
pub struct Postgres {
    server: Arc<Server>,
    keeper: Mutex<Connection>,
    written_out: bool,
    copies_from: usize,
}

/// From so many new rows of a table on a commit carries them by `COPY`.
const COPIES_FROM: usize = 64;

impl Postgres {
    /// Opens the database at `url`, makes the tables when there are none, and brings them up to date.
    pub fn open(url: &str) -> Result<Postgres, StoreError> {
        Postgres::open_awaiting(url, &Awaiting::default())
    }

    /// The same, where it is said how a server that is away is awaited.
    pub fn open_awaiting(url: &str, awaiting: &Awaiting) -> Result<Postgres, StoreError> {
        Postgres::opened(url, None, awaiting)
    }

    /// The same, for a copy of `source`: where there are no tables yet, they are made together with the mark that they are being filled.
    pub(crate) fn open_to_fill(url: &str, source: &str, awaiting: &Awaiting) -> Result<Postgres, StoreError> {
        Postgres::opened(url, Some(source), awaiting)
    }

    fn opened(url: &str, filled_from: Option<&str>, awaiting: &Awaiting) -> Result<Postgres, StoreError> {
        let server = Server::new(Address::read(url)?, awaiting);
        let mut keeper = Connection::open(&server)?;
        schema::bring_up(&mut keeper, filled_from)?;
        let written_out = distribute::is_distributed(&mut keeper)?;
        Ok(Postgres { server, keeper: Mutex::new(keeper), written_out, copies_from: COPIES_FROM })
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
    pub(crate) fn exists(url: &str, awaiting: &Awaiting) -> Result<bool, StoreError> {
        let server = Server::new(Address::read(url)?, awaiting);
        Ok(schema::version(&mut Connection::open(&server)?)?.is_some())
    }

    fn keeper<T>(&self, run: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        run(&mut self.keeper.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Postgres {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(reader::PostgresReader::new(Connection::another(&self.server)?)))
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(writer::PostgresWriter::new(
            Connection::another(&self.server)?,
            self.written_out,
            self.copies_from,
        )))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        let mut connection = Connection::another(&self.server)?;
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
