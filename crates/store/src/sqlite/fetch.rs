//! Rows of the database as rows of the port.

use std::fmt;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, Row};

use crate::{
    Body, CharterRow, EventRow, FanoutRow, FitRow, HeadRow, InboxRow, InterestRow, OutboxRow, PartKind, PartRow,
    PostingRow, QuarantineRow, Slot, StoreError, TallyRow,
};

/// The address of the file that a connection has open.
pub(super) fn url_of(connection: &Connection) -> String {
    format!("sqlite:{}", connection.path().unwrap_or_default())
}

/// Tells a row that cannot be read from a database that failed.
pub(super) fn failed(url: String, table: &'static str, doing: &'static str, error: Error) -> StoreError {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => StoreError::Damaged { table, what: error.to_string() },
        other => StoreError::Database { url, doing, source: Box::new(Said(other)) },
    }
}

/// What SQLite said. The error that caused it says the same again, so it is not told.
#[derive(Debug)]
pub(super) struct Said(pub(super) Error);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Said {}

fn slot(row: &Row) -> rusqlite::Result<Slot> {
    Ok(Slot(row.get(0)?))
}

/// A number that is never below zero.
fn natural(row: &Row, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(column, number))
}

/// A line's place in its log, alone.
pub(super) fn place(row: &Row) -> rusqlite::Result<u64> {
    natural(row, 0)
}

pub(super) fn head(row: &Row) -> rusqlite::Result<HeadRow> {
    Ok(HeadRow {
        slot: slot(row)?,
        key: row.get(1)?,
        seq: natural(row, 2)?,
        hash: row.get(3)?,
        wake_at: row.get(4)?,
        state: row.get(5)?,
    })
}

pub(super) fn event(row: &Row) -> rusqlite::Result<EventRow> {
    let kind: u8 = row.get(7)?;
    let body = match kind {
        OWN => Body::Own(row.get(8)?),
        HEARD => Body::Heard { thing: row.get(9)?, seq: natural(row, 10)? },
        ERASED => Body::Erased(row.get(8)?),
        other => {
            return Err(Error::FromSqlConversionFailure(7, Type::Integer, format!("kind {other} is not known").into()));
        }
    };
    Ok(EventRow {
        slot: slot(row)?,
        key: row.get(1)?,
        seq: natural(row, 2)?,
        ident: row.get(3)?,
        time: row.get(4)?,
        recorded: row.get(5)?,
        context: row.get(6)?,
        about: if kind == HEARD { None } else { row.get(9)? },
        body,
        hash: row.get(11)?,
    })
}

/// The kinds of an event's body.
pub(super) const OWN: u8 = 0;
pub(super) const HEARD: u8 = 1;
pub(super) const ERASED: u8 = 2;

pub(super) fn part(kind: PartKind) -> impl Fn(&Row) -> rusqlite::Result<PartRow> {
    move |row| {
        Ok(PartRow {
            kind,
            slot: slot(row)?,
            party: row.get(1)?,
            id: row.get(2)?,
            thing: row.get(3)?,
            clause: row.get(4)?,
            state: row.get(5)?,
            due: row.get(6)?,
            wake_at: row.get(7)?,
            since: row.get(8)?,
            body: row.get(9)?,
        })
    }
}

pub(super) fn interest(row: &Row) -> rusqlite::Result<InterestRow> {
    Ok(InterestRow { slot: slot(row)?, thing: row.get(1)?, party: row.get(2)?, heard: row.get(3)? })
}

pub(super) fn inbox(row: &Row) -> rusqlite::Result<InboxRow> {
    Ok(InboxRow { slot: slot(row)?, party: row.get(1)?, thing: row.get(2)?, seq: natural(row, 3)? })
}

pub(super) fn fanout(row: &Row) -> rusqlite::Result<FanoutRow> {
    Ok(FanoutRow { slot: slot(row)?, thing: row.get(1)?, seq: natural(row, 2)?, after: row.get(3)? })
}

pub(super) fn posting(row: &Row) -> rusqlite::Result<PostingRow> {
    Ok(PostingRow {
        slot: slot(row)?,
        party: row.get(1)?,
        movement: row.get(2)?,
        line: row.get(3)?,
        time: row.get(4)?,
        remedy: row.get(5)?,
        account: row.get(6)?,
        commodity: row.get(7)?,
        decimals: row.get(8)?,
        amount: row.get(9)?,
    })
}

pub(super) fn outbox(row: &Row) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        slot: slot(row)?,
        party: row.get(1)?,
        id: row.get(2)?,
        topic: row.get(3)?,
        body: row.get(4)?,
        attempts: row.get(5)?,
        next_try: row.get(6)?,
        delivered: row.get(7)?,
        trouble: row.get(8)?,
    })
}

pub(super) fn tally(row: &Row) -> rusqlite::Result<TallyRow> {
    Ok(TallyRow { slot: slot(row)?, name: row.get(1)?, day: row.get(2)?, commodity: row.get(3)?, amount: row.get(4)? })
}

pub(super) fn quarantine(row: &Row) -> rusqlite::Result<QuarantineRow> {
    Ok(QuarantineRow {
        slot: slot(row)?,
        id: row.get(1)?,
        origin: row.get(2)?,
        line: natural(row, 3)?,
        code: row.get(4)?,
        reason: row.get(5)?,
        bytes: row.get(6)?,
        recorded: row.get(7)?,
    })
}

pub(super) fn charter(row: &Row) -> rusqlite::Result<CharterRow> {
    Ok(CharterRow {
        name: row.get(0)?,
        version: row.get(1)?,
        digest: row.get(2)?,
        text: row.get(3)?,
        recorded: row.get(4)?,
    })
}

pub(super) fn fit(row: &Row) -> rusqlite::Result<FitRow> {
    Ok(FitRow {
        charter: row.get(0)?,
        currency: row.get(1)?,
        day: row.get(2)?,
        model: row.get(3)?,
        converged: row.get(4)?,
        body: row.get(5)?,
        recorded: row.get(6)?,
    })
}
