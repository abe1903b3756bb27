//! Whose file it is, and which form its tables have.

use std::time::Duration;

use rusqlite::ffi::SQLITE_READONLY_DIRECTORY;
use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};

use super::fetch::failed;
use crate::{SLOTS, StoreError};

/// Stands in the header of every file that we make: `MkGd`.
const APPLICATION_ID: i32 = 0x4d6b_4764;
/// Rows are small and their tables grow at 1,024 places at once: small pages write less for each row.
const PAGE_BYTES: u32 = 4096;
/// How often, and with which pause between, a new file is tried to be switched to the write-ahead log: ten seconds.
const SWITCH_TRIES: u32 = 500;
const SWITCH_PAUSE: Duration = Duration::from_millis(20);
/// Every form of the schema, in order. One that was released never changes.
const MIGRATIONS: [&str; 5] = [
    include_str!("../../migrations/sqlite/0001_ground.sql"),
    include_str!("../../migrations/sqlite/0002_claim.sql"),
    include_str!("../../migrations/sqlite/0003_fit.sql"),
    include_str!("../../migrations/sqlite/0004_filling.sql"),
    include_str!("../../migrations/sqlite/0005_people.sql"),
];

/// The newest form of the schema that this release knows.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Refuses a file that is not ours or is too new, without having changed it; makes the tables, or what is new in them. Tables
/// made for a copy of `filled_from` are never there without the mark that says so.
pub(super) fn bring_up(connection: &mut Connection, url: &str, filled_from: Option<&str>) -> Result<(), StoreError> {
    let version = version(connection, url)?;
    let found = version.unwrap_or(0);
    if found > KNOWN {
        return Err(StoreError::Newer { url: url.to_owned(), found, known: KNOWN });
    }
    let mut run = || {
        if version.is_none() {
            connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        }
        keep_log(connection)?;
        if found < KNOWN { migrate(connection, filled_from) } else { Ok(()) }
    };
    run().map_err(|error| failed(url.to_owned(), "sqlite_schema", "making the tables", error))
}

/// The newest migration that was applied; `None` where there is nothing yet.
pub(super) fn version(connection: &Connection, url: &str) -> Result<Option<u32>, StoreError> {
    match owner(connection).map_err(opening(url))? {
        Owner::Nobody => Ok(None),
        Owner::Us { schema } => Ok(Some(schema)),
        Owner::Another => Err(StoreError::NotOurs { url: url.to_owned() }),
    }
}

/// Tells a file that is no database, and one that can be read and lies where nothing may be written, from one that cannot be opened.
pub(super) fn opening(url: &str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| {
        let beside = error.sqlite_error().is_some_and(|told| told.extended_code == SQLITE_READONLY_DIRECTORY);
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StoreError::NotOurs { url: url.to_owned() },
            _ if beside => StoreError::NothingBeside { url: url.to_owned() },
            Some(ErrorCode::CannotOpen) if can_be_read(url) => StoreError::NothingBeside { url: url.to_owned() },
            _ => failed(url.to_owned(), "sqlite_schema", "opening the file", error),
        }
    }
}

fn can_be_read(url: &str) -> bool {
    let file = url.strip_prefix("sqlite:").unwrap_or_default();
    std::fs::File::open(file).and_then(|file| file.metadata()).is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// Switches a new file to the write-ahead log. SQLite does not wait by itself when another process is doing the same.
fn keep_log(connection: &Connection) -> rusqlite::Result<()> {
    for _ in 0..SWITCH_TRIES {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(SWITCH_PAUSE)
            }
            other => return other,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Us { schema: u32 },
    Another,
}

/// One transaction, because another process may be making the tables at this moment.
fn owner(connection: &Connection) -> rusqlite::Result<Owner> {
    let snapshot = connection.unchecked_transaction()?;
    let application: i32 = snapshot.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application == APPLICATION_ID {
        return Ok(Owner::Us { schema: snapshot.pragma_query_value(None, "user_version", |row| row.get(0))? });
    }
    let tables: i64 = snapshot.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    Ok(if application == 0 && tables == 0 { Owner::Nobody } else { Owner::Another })
}

/// Brings the tables from the form they have, read again now that nobody else can change it, to the newest.
fn migrate(connection: &mut Connection, filled_from: Option<&str>) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in (1u32..).zip(MIGRATIONS) {
        if number > version {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", number)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    if let (0, Some(source)) = (version, filled_from) {
        transaction.execute(super::sql::FILLING_ADD, params![SLOTS, source])?;
    }
    transaction.commit()
}
