//! Whose database it is, and which form its tables have.

use tokio_postgres::Row;

use super::address::Address;
use super::connection::{Call, Connection, failed};
use super::reader::number;
use crate::{SLOTS, Slot, StoreError};

/// The oldest server that is used, as it numbers itself.
const OLDEST: i32 = 150_000;
/// Every form of the schema, in order: name and text. One that was released never changes.
pub(super) const MIGRATIONS: [(&str, &str); 5] = [
    ("ground", include_str!("../../migrations/postgres/0001_ground.sql")),
    ("claim", include_str!("../../migrations/postgres/0002_claim.sql")),
    ("fit", include_str!("../../migrations/postgres/0003_fit.sql")),
    ("filling", include_str!("../../migrations/postgres/0004_filling.sql")),
    ("people", include_str!("../../migrations/postgres/0005_people.sql")),
];
/// The newest form of the schema that this release knows.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;
/// Whoever makes the tables holds this advisory lock, so that two do not at once: `MkGd`.
const MAKING: &str = "SELECT pg_advisory_xact_lock(1298876260)";
/// Our mark: a table of what was applied. Its name is ours alone.
const MARK: &str = "CREATE TABLE makegood_migration (
    number  integer NOT NULL PRIMARY KEY,
    name    text    NOT NULL
)";
const SERVER: &str = "SELECT current_setting('server_version_num')::integer, current_setting('server_version'), current_schema() IS NOT NULL";
/// True where our mark stands, and how many tables stand there that no extension brought.
const OWNER: &str = "SELECT coalesce(bool_or(relname = 'makegood_migration'), false), count(*) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE pg_depend.objid = pg_class.oid AND pg_depend.deptype = 'e')";
const NUMBER: &str = super::sql::SCHEMA;

/// Refuses a server that is too old and a database that is not ours or is too new, without having changed it; makes the tables, or
/// what is new in them. Tables made for a copy of `filled_from` are never there without the mark that says so.
pub(super) fn bring_up(connection: &mut Connection, filled_from: Option<&str>) -> Result<(), StoreError> {
    match version(connection)? {
        Some(KNOWN) => Ok(()),
        _ => migrate(connection, filled_from),
    }
}

/// The newest migration that was applied; `None` for an empty database.
pub(super) fn version(connection: &mut Connection) -> Result<Option<u32>, StoreError> {
    let address = connection.address().clone();
    let doing = "looking whose database it is";
    let server = one(connection.ask_one(doing, SERVER, vec![])?)?;
    let (number, name): (i32, String) = (get(&server, 0)?, get(&server, 1)?);
    new_enough(&address, number, name)?;
    if !get::<bool>(&server, 2)? {
        let why = "its search path names no schema that exists".to_owned();
        return Err(StoreError::Forbidden { url: address.shown, why });
    }
    let owner = one(connection.ask_one(doing, OWNER, vec![])?)?;
    match (get::<bool>(&owner, 0)?, get::<i64>(&owner, 1)?) {
        (false, 0) => Ok(None),
        (false, _) => Err(StoreError::NotOurs { url: address.shown }),
        (true, _) => known(&address, connection.ask_one(doing, NUMBER, vec![])?).map(Some),
    }
}

/// Refuses a server that is older than what is used of it.
pub(super) fn new_enough(address: &Address, number: i32, name: String) -> Result<(), StoreError> {
    if number < OLDEST { Err(StoreError::TooOld { url: address.shown.clone(), found: name }) } else { Ok(()) }
}

/// What the table of migrations says, if this release knows it.
pub(super) fn known(address: &Address, rows: Vec<Row>) -> Result<u32, StoreError> {
    let found: Option<i32> = get(&one(rows)?, 0)?;
    let found = u32::try_from(found.unwrap_or(0)).unwrap_or(0);
    if found > KNOWN {
        return Err(StoreError::Newer { url: address.shown.clone(), found, known: KNOWN });
    }
    Ok(found)
}

/// Brings the tables from the form they have, read again now that nobody else can change it, to the newest.
fn migrate(connection: &mut Connection, filled_from: Option<&str>) -> Result<(), StoreError> {
    let applied = connection.bound(|connection| {
        run(connection, "BEGIN")?;
        apply(connection, filled_from)
    });
    applied.inspect_err(|_| {
        let _ = connection.batch("ROLLBACK");
    })
}

fn run(connection: &mut Connection, sql: &str) -> Result<(), StoreError> {
    connection.batch(sql).map_err(|error| failed(connection.address(), "making the tables", error))
}

fn apply(connection: &mut Connection, filled_from: Option<&str>) -> Result<(), StoreError> {
    run(connection, MAKING)?;
    let version = version(connection)?;
    if version.is_none() {
        run(connection, MARK)?;
    }
    for (number, (name, migration)) in (1_u32..).zip(MIGRATIONS) {
        if number > version.unwrap_or(0) {
            run(connection, migration)?;
            run(connection, &format!("INSERT INTO makegood_migration VALUES ({number}, '{name}')"))?;
        }
    }
    if let (None, Some(source)) = (version, filled_from) {
        let whole = number(Slot(SLOTS));
        connection.ask_one("filling the database", super::sql::FILLING_ADD, vec![&whole, &source])?;
    }
    run(connection, "COMMIT")
}

fn one(rows: Vec<Row>) -> Result<Row, StoreError> {
    rows.into_iter()
        .next()
        .ok_or_else(|| StoreError::Damaged { table: "makegood_migration", what: "it says nothing".into() })
}

fn get<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| StoreError::Damaged { table: "makegood_migration", what: error.to_string() })
}

/// Names what the schema should hold and does not, and settings under which a sudden death loses what was acknowledged.
pub(super) fn damage(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let doing = "checking the database";
    let calls = [
        "SELECT format('the index `%s` is not valid: `REINDEX INDEX %s`', relname, relname) FROM pg_index
            JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relnamespace = current_schema()::regnamespace AND NOT (indisvalid AND indisready) ORDER BY 1",
        "SELECT format('there is no table `%s`: restore a backup', name) FROM unnest(ARRAY['event', 'head', 'promise', 'remedy', 'play', 'custody', 'stage', 'interest', 'inbox',
            'fanout', 'posting', 'outbox', 'tally', 'quarantine', 'charter', 'claim', 'fit', 'filling']) AS name
            WHERE NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = name)",
        "SELECT format('the table `%s` does not survive a crash: `ALTER TABLE %s SET LOGGED`', relname, relname) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relpersistence <> 'p' ORDER BY 1",
        "SELECT format('%s pages had a wrong checksum: restore a backup', checksum_failures) FROM pg_stat_database
            WHERE datname = current_database() AND checksum_failures > 0",
        "SELECT format('the server runs with `%s = off`, so that a sudden death may lose what was acknowledged: set it to `on` and start the server anew', name) FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name",
    ];
    let calls: Vec<Call> = calls.into_iter().map(|sql| Call::new(sql, vec![])).collect();
    connection.ask(doing, &calls)?.iter().flatten().map(|row| get(row, 0)).collect()
}
