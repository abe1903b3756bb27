//! SQLite: one file beside its write-ahead log, nothing to install.

mod fetch;
mod part;
mod reader;
mod schema;
mod sql;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Health, Reader, Store, StoreError, Writer};
use fetch::{Said, failed, url_of};
pub use part::Part;

/// How often a connection that waits looks whether another one's write has ended: often, so that a short pause is noticed.
const BUSY_LOOK: Duration = Duration::from_millis(2);
/// How often it looks before it gives up: half a minute.
const BUSY_LOOKS: i32 = 15_000;
/// What a connection that writes keeps in memory: the pages that one large commit changes.
const WRITER_CACHE_KIB: u32 = 128 * 1024;
/// What a connection that reads keeps in memory. It forgets all of it whenever somebody commits, so more would not help.
const READER_CACHE_KIB: u32 = 16 * 1024;
/// Statements a connection keeps prepared: more than there are.
const STATEMENTS: usize = 64;
/// Pages in the write-ahead log (256 MiB of them) from which the commit that reaches them moves them into the file.
///
/// Measured under a sustained load of a million bookings: from 32 Ki to 64 Ki pages a sixth less is written, since pages that many
/// commits change move once; from there to 128 Ki nothing that could be told from noise. Moving them from a thread of its own did not
/// pay either: it writes more, and the writer has to wait for the rest in any case, or the log would never start anew.
const CHECKPOINT_PAGES: u32 = 64 * 1024;
/// What the write-ahead log is cut back to when it starts anew after an unusual commit.
const LOG_BYTES: u32 = 512 * 1024 * 1024;

/// A database in one file.
///
/// A commit that returned survives the sudden death of the process and of the machine (`synchronous=FULL`).
pub struct Sqlite {
    path: PathBuf,
    sharing: bool,
    /// Writers of this process wait here, not by looking at the file again and again.
    gate: Arc<Mutex<()>>,
    /// Open as long as the store is, so that the write-ahead log is not folded away and made anew with each short connection.
    keeper: Mutex<Connection>,
}

impl Sqlite {
    /// Opens the database in the file `path`, makes it when there is none, and brings its schema up to date.
    pub fn open(path: impl AsRef<Path>) -> Result<Sqlite, StoreError> {
        Sqlite::opened(path.as_ref(), None)
    }

    /// The same, for a copy of `source`: where there are no tables yet, they are made together with the mark that they are being filled.
    pub fn open_to_fill(path: impl AsRef<Path>, source: &str) -> Result<Sqlite, StoreError> {
        Sqlite::opened(path.as_ref(), Some(source))
    }

    fn opened(path: &Path, filled_from: Option<&str>) -> Result<Sqlite, StoreError> {
        let url = format!("sqlite:{}", path.display());
        if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
            return Err(StoreError::BadUrl { url });
        }
        let opening = schema::opening(&url);
        let mut keeper =
            raw(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).map_err(&opening)?;
        schema::bring_up(&mut keeper, &url, filled_from)?;
        set_up(&keeper, READER_CACHE_KIB).map_err(&opening)?;
        Ok(Sqlite { path: path.to_owned(), sharing: false, gate: Arc::default(), keeper: Mutex::new(keeper) })
    }

    /// True when there are tables in the file `path`, whosever they are, or when that cannot be told; asking makes none.
    pub(crate) fn exists(path: &Path) -> bool {
        // In an empty file nothing was ever kept, nor in one whose maker died before the tables were made.
        let anything = std::fs::metadata(path).is_ok_and(|of| !of.is_file() || of.len() > 0);
        let look = || schema::version(&raw(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?, "").ok();
        anything && look() != Some(None)
    }

    /// Opens the database named by a URL of the form `sqlite:FILE`.
    pub fn open_in(url: &str) -> Result<Sqlite, StoreError> {
        Sqlite::open(file_of(url)?)
    }

    /// With `true`, others may write between a read and the commit that rests on it: only the version of each head is compared, as
    /// in a database that many processes share, and [`Store::shared`] says so. With `false`, the default, any foreign write since
    /// the writer's last commit makes the next one stale.
    pub fn with_sharing(self, sharing: bool) -> Sqlite {
        Sqlite { sharing, ..self }
    }

    fn keeper<T>(
        &self,
        table: &'static str,
        doing: &'static str,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        run(&keeper).map_err(|error| failed(url_of(&keeper), table, doing, error))
    }
}

/// The file that a URL of the form `sqlite:FILE` names.
pub(crate) fn file_of(url: &str) -> Result<&Path, StoreError> {
    match url.strip_prefix("sqlite:") {
        Some(file) if !file.is_empty() && file != ":memory:" => Ok(Path::new(file)),
        _ => Err(StoreError::BadUrl { url: crate::shown(url) }),
    }
}

impl Store for Sqlite {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE_KIB)?;
        Ok(Box::new(reader::SqliteReader::new(connection)))
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_CACHE_KIB)?;
        Ok(Box::new(writer::SqliteWriter::new(connection, self.sharing, Arc::clone(&self.gate))?))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE_KIB)?;
        Ok(Box::new(reader::SqliteReader::new(connection).hold_still()?))
    }

    fn shared(&self) -> bool {
        self.sharing
    }

    fn health(&self) -> Result<Health, StoreError> {
        let (schema, pages, page_bytes): (u32, i64, i64) =
            self.keeper("sqlite_schema", "measuring the file", |keeper| {
                Ok((
                    keeper.pragma_query_value(None, "user_version", |row| row.get(0))?,
                    keeper.pragma_query_value(None, "page_count", |row| row.get(0))?,
                    keeper.pragma_query_value(None, "page_size", |row| row.get(0))?,
                ))
            })?;
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let log_bytes = std::fs::metadata(log).map_or(0, |log| log.len());
        Ok(Health { schema, bytes: pages.saturating_mul(page_bytes).unsigned_abs(), log_bytes })
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.keeper("sqlite_schema", "checking the file", |keeper| {
            let mut statement = keeper.prepare(&format!("PRAGMA quick_check({})", limit.clamp(1, 1_000_000)))?;
            let found: Vec<String> = statement.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
            let damaged = |finding: &String| format!("the file is damaged: {finding}: restore a backup");
            Ok(if found == ["ok"] { Vec::new() } else { found.iter().map(damaged).collect() })
        })
    }
}

/// What to do about an error of SQLite.
pub(crate) fn advice(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    Some(match error.downcast_ref::<Said>()?.0.sqlite_error_code()? {
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            "let this user write to the file and to its folder, where `-wal` and `-shm` stand beside it; nothing was changed"
        }
        ErrorCode::CannotOpen => "see that the folder exists and that this user may read and write in it",
        ErrorCode::DiskFull => {
            "make room on the disk and run the same again: what was acknowledged is kept, what is known changes nothing"
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            "the file is damaged: `makegood restore` brings back a backup"
        }
        ErrorCode::SystemIoFailure => {
            "see that the disk has room and is in order, and run the same again: what was acknowledged is kept"
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another process has kept the file to itself for half a minute: see what it does, and run the same again"
        }
        _ => return None,
    })
}

/// Pages copied between two words of progress.
const PAGES_A_STEP: i32 = 4_096;

/// Copies a file that is in use: from one view of it, whatever is written meanwhile.
pub(crate) fn copy_file(from: &Path, to: &Part, progress: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
    let failed = |file: &Path| {
        let url = format!("sqlite:{}", file.display());
        move |error| failed(url.clone(), "sqlite_schema", "copying the file", error)
    };
    let source = still(from).map_err(failed(from))?;
    copy_pages(&source, to.path(), progress).map_err(failed(to.path()))?;
    let damage = Sqlite::open(to.path())?.damage(1)?;
    match damage.into_iter().next() {
        Some(what) => Err(StoreError::Damaged { table: "sqlite_schema", what }),
        None => Ok(()),
    }
}

/// A view of its own of a file: without it every foreign commit would begin the copy anew.
fn still(from: &Path) -> rusqlite::Result<Connection> {
    let source = raw(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
    Ok(source)
}

fn copy_pages(source: &Connection, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> rusqlite::Result<()> {
    let mut target = raw(to, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    target.pragma_update(None, "synchronous", "FULL")?;
    let backup = rusqlite::backup::Backup::new(source, &mut target)?;
    loop {
        let step = backup.step(PAGES_A_STEP)?;
        let pages = backup.progress();
        let natural = |pages: i32| u64::try_from(pages).unwrap_or(0);
        progress(natural(pages.pagecount.saturating_sub(pages.remaining)), natural(pages.pagecount));
        if step == rusqlite::backup::StepResult::Done {
            return Ok(());
        }
    }
}

fn connect(path: &Path, flags: OpenFlags, cache_kib: u32) -> Result<Connection, StoreError> {
    let run = || {
        let connection = raw(path, flags)?;
        set_up(&connection, cache_kib)?;
        Ok(connection)
    };
    run().map_err(schema::opening(&format!("sqlite:{}", path.display())))
}

fn raw(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_handler(Some(look_again))?;
    Ok(connection)
}

/// Waits a little for another connection's write to end; false when it has lasted too long.
fn look_again(looked: i32) -> bool {
    let goes_on = looked < BUSY_LOOKS;
    if goes_on {
        std::thread::sleep(BUSY_LOOK);
    }
    goes_on
}

fn set_up(connection: &Connection, cache_kib: u32) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan does not depend on the values it is given: otherwise a statement with a range is planned anew whenever it is asked.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", i64::from(cache_kib).saturating_neg())?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)
}
