//! The writing side: one transaction for each commit, every table's rows in the order of its key.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::fetch::{ERASED, HEARD, OWN, failed, url_of};
use super::reader::int;
use super::{schema, sql};
use crate::claim::{Holder, new_holder};
use crate::{
    Body, CharterRow, Commit, CommitError, EventRow, FitRow, HeadRow, PartKind, PartRow, Queue, SLOTS, Slot,
    StoreError, Writer,
};

/// A commit of so many logs keeps others out for long: before the next there is a pause.
const LARGE: usize = 1_000;
/// The pause, in which one who looks as often as [`super::BUSY_LOOK`] finds the file free. Neither SQLite nor a mutex gives turns: one
/// who writes without pause could keep all others out until they give up.
const TURN: Duration = Duration::from_millis(5);

pub(super) struct SqliteWriter {
    connection: Connection,
    sharing: bool,
    /// True after a large commit: it is the turn of others.
    was_large: bool,
    gate: Arc<Mutex<()>>,
    /// SQLite's count of foreign commits, as of this writer's last look.
    seen: i64,
    holder: Holder,
}

/// Why a transaction is given up.
enum Refusal {
    Stale(Box<str>),
    Charters { found: u32, judged_by: u32 },
    NotAdmitted,
    Newer { found: u32 },
    Failed(&'static str, rusqlite::Error),
}

type Written = Result<(), Refusal>;

impl Refusal {
    /// As the port says it, of the database at `url`.
    fn at(self, url: String) -> CommitError {
        match self {
            Refusal::Stale(key) => CommitError::Stale { key },
            Refusal::Charters { found, judged_by } => CommitError::Charters { found, judged_by },
            Refusal::NotAdmitted => CommitError::NotAdmitted,
            Refusal::Newer { found } => StoreError::Newer { url, found, known: schema::KNOWN }.into(),
            Refusal::Failed(doing, error) => failed(url, "sqlite_schema", doing, error).into(),
        }
    }
}

/// Names what was being done when the database failed.
fn during<T>(doing: &'static str, result: rusqlite::Result<T>) -> Result<T, Refusal> {
    result.map_err(|error| Refusal::Failed(doing, error))
}

impl SqliteWriter {
    pub(super) fn new(connection: Connection, sharing: bool, gate: Arc<Mutex<()>>) -> Result<SqliteWriter, StoreError> {
        let seen = data_version(&connection)
            .map_err(|error| failed(url_of(&connection), "sqlite_schema", "opening the file", error))?;
        Ok(SqliteWriter { connection, sharing, was_large: false, gate, seen, holder: new_holder() })
    }
}

/// A number that changes whenever another connection has committed, and not by our own commits.
fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(sql::DATA_VERSION)?.query_row((), |row| row.get(0))
}

impl Writer for SqliteWriter {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        if std::mem::replace(&mut self.was_large, commit.heads.len() >= LARGE) {
            std::thread::sleep(TURN);
        }
        self.write(commit).map_err(|refusal| refusal.at(url_of(&self.connection)))
    }

    fn share(&mut self) {
        self.sharing = true;
    }

    fn claim(&mut self, queue: Queue, slots: &[Slot], milliseconds: u32) -> Result<Vec<Slot>, StoreError> {
        let holder = self.holder;
        self.of_each(slots, sql::CLAIM, |claim, slot| {
            claim.execute(params![slot.0, queue.number(), holder, milliseconds])
        })
    }

    fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), StoreError> {
        let holder = self.holder;
        let run = |release: &mut CachedStatement, slot: Slot| release.execute(params![slot.0, queue.number(), holder]);
        self.of_each(slots, sql::RELEASE, run).map(|_| ())
    }

    fn begin_filling(&mut self, source: &str) -> Result<Vec<Slot>, StoreError> {
        let url = url_of(&self.connection);
        let begun = self.change("filling", |transaction| {
            let begun: Option<String> =
                transaction.prepare_cached(sql::FILLING)?.query_row((), |row| row.get(0)).optional()?;
            let anything: bool = transaction.prepare_cached(sql::ANYTHING)?.query_row((), |row| row.get(0))?;
            if begun.is_none() && !anything {
                transaction.prepare_cached(sql::FILLING_ADD)?.execute(params![SLOTS, source])?;
            }
            let mut filled = transaction.prepare_cached(sql::FILLED)?;
            let filled = filled.query_map((), |row| Ok(Slot(row.get(0)?)))?.collect::<rusqlite::Result<Vec<Slot>>>()?;
            Ok((begun, anything, filled))
        })?;
        match begun {
            (None, true, _) => Err(StoreError::NotEmpty { url }),
            (Some(other), ..) if other != source => Err(StoreError::Filling { url, source_url: other }),
            (.., filled) => Ok(filled),
        }
    }

    fn filled(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.change("filling", |transaction| {
            let mut add = transaction.prepare_cached(sql::FILLING_ADD)?;
            slots.iter().try_for_each(|slot| add.execute(params![slot.0, ""]).map(|_| ()))
        })
    }

    fn end_filling(&mut self) -> Result<(), StoreError> {
        self.change("filling", |transaction| transaction.prepare_cached(sql::FILLING_END)?.execute(()).map(|_| ()))
    }

    fn empty(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.change("filling", |transaction| {
            sql::EMPTY.iter().try_for_each(|sql| {
                let mut empty = transaction.prepare_cached(sql)?;
                slots.iter().try_for_each(|slot| empty.execute((slot.0,)).map(|_| ()))
            })
        })
    }

    fn put_charters(
        &mut self,
        charters: &[CharterRow],
        with: &Commit,
        admit: &mut dyn FnMut() -> bool,
    ) -> Result<(), CommitError> {
        self.write_charters(charters, with, admit).map_err(|refusal| refusal.at(url_of(&self.connection)))
    }

    fn put_fits(&mut self, fits: &[FitRow]) -> Result<(), CommitError> {
        let _turn = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let run = || {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            for FitRow { charter, currency, day, model, converged, body, recorded } in fits {
                let row = params![charter, currency, day, model, converged, body, recorded];
                transaction.prepare_cached(sql::FIT_PUT)?.execute(row)?;
            }
            transaction.commit()
        };
        run().map_err(|error| failed(url_of(&self.connection), "fit", "writing a fit", error).into())
    }
}

/// Refuses what was judged before another charter version was put in force.
fn judged_by_all(transaction: &Transaction, judged_by: u32) -> Written {
    let count = || transaction.prepare_cached(sql::CHARTER_COUNT)?.query_row((), |row| row.get(0));
    let found: u32 = during("counting charter versions", count())?;
    if found == judged_by { Ok(()) } else { Err(Refusal::Charters { found, judged_by }) }
}

impl SqliteWriter {
    fn write(&mut self, commit: &Commit) -> Written {
        let _turn = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        // Dropped without `commit`, the transaction is rolled back.
        let transaction =
            during("beginning", Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate))?;
        let version = during("beginning", data_version(&transaction))?;
        if std::mem::replace(&mut self.seen, version) != version && !self.sharing {
            return Err(Refusal::Stale("database".into()));
        }
        // A newer release may have changed the tables since this one opened them: it writes nothing more.
        let found: u32 = during("beginning", transaction.pragma_query_value(None, "user_version", |row| row.get(0)))?;
        if found > schema::KNOWN {
            return Err(Refusal::Newer { found });
        }
        write(&transaction, commit)?;
        during("committing", transaction.commit())
    }

    fn write_charters(&self, charters: &[CharterRow], with: &Commit, admit: &mut dyn FnMut() -> bool) -> Written {
        let doing = "writing a charter";
        let _turn = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        // From here on nobody else commits; readers see what was committed before.
        let transaction = during(doing, Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate))?;
        let mut any_new = false;
        for CharterRow { name, version, digest, text, recorded } in charters {
            let run = || {
                let put = params![name, version, digest, text, recorded];
                let added = transaction.prepare_cached(sql::CHARTER_ADD)?.execute(put)? == 1;
                let kept = params![name, version, digest, text];
                Ok((added, transaction.prepare_cached(sql::CHARTER_SAME)?.exists(kept)?))
            };
            let (added, same) = during(doing, run())?;
            if !same {
                return Err(Refusal::Stale(format!("{name} {version}").into()));
            }
            any_new |= added;
        }
        write(&transaction, with)?;
        if any_new && !admit() {
            return Err(Refusal::NotAdmitted);
        }
        during(doing, transaction.commit())
    }

    /// One transaction that rests on nothing that was read before.
    fn change<T>(
        &mut self,
        doing: &'static str,
        run: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let _turn = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let write = || {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let done = run(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        write().map_err(|error| failed(url_of(&self.connection), "filling", doing, error))
    }

    /// Writes claims: the same statement for each of these slots; gives those whose row was written.
    fn of_each(
        &mut self,
        slots: &[Slot],
        sql: &'static str,
        mut run: impl FnMut(&mut CachedStatement, Slot) -> rusqlite::Result<usize>,
    ) -> Result<Vec<Slot>, StoreError> {
        let _turn = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let mut write = || {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let mut statement = transaction.prepare_cached(sql)?;
            let mut written = Vec::new();
            for slot in slots {
                if run(&mut statement, *slot)? == 1 {
                    written.push(*slot);
                }
            }
            drop(statement);
            transaction.commit()?;
            Ok(written)
        };
        write().map_err(|error| failed(url_of(&self.connection), "claim", "claiming", error))
    }
}

fn write(transaction: &Transaction, commit: &Commit) -> Written {
    commit.charters.map_or(Ok(()), |judged_by| judged_by_all(transaction, judged_by))?;
    heads(transaction, &commit.heads)?;
    events(transaction, &commit.events)?;
    let run = || {
        parts(transaction, &commit.parts)?;
        deliveries(transaction, commit)?;
        ledger(transaction, commit)?;
        outward(transaction, commit)
    };
    during("writing", run())
}

/// Runs `put` for each row, in the order of `compare`; rows that compare equal stay in the order given.
fn each<T>(
    transaction: &Transaction,
    sql: &'static str,
    rows: &[T],
    compare: impl Fn(&T, &T) -> Ordering,
    mut put: impl FnMut(&mut CachedStatement, &T) -> rusqlite::Result<usize>,
) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(sql)?;
    for row in ordered(rows.iter().collect(), compare) {
        put(&mut statement, row)?;
    }
    Ok(())
}

fn ordered<T>(mut rows: Vec<&T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<&T> {
    rows.sort_by(|a, b| compare(a, b));
    rows
}

fn heads(transaction: &Transaction, rows: &[(HeadRow, u64)]) -> Written {
    let doing = "writing a head";
    let mut new = during(doing, transaction.prepare_cached(sql::HEAD_NEW))?;
    let mut next = during(doing, transaction.prepare_cached(sql::HEAD_NEXT))?;
    for (head, expected) in ordered(rows.iter().collect(), |(a, _), (b, _)| (a.slot, &a.key).cmp(&(b.slot, &b.key))) {
        let HeadRow { slot, key, seq, hash, wake_at, state } = head;
        let changed = match expected {
            0 => new.execute(params![slot.0, key, int(*seq), hash, wake_at, state]),
            _ => next.execute(params![slot.0, key, int(*seq), hash, wake_at, state, int(*expected)]),
        };
        if during(doing, changed)? != 1 {
            return Err(Refusal::Stale(key.clone()));
        }
    }
    Ok(())
}

fn events(transaction: &Transaction, rows: &[EventRow]) -> Written {
    let doing = "writing an event";
    let mut new = during(doing, transaction.prepare_cached(sql::EVENT_NEW))?;
    for event in ordered(rows.iter().collect(), |a, b| (a.slot, &a.key, a.seq).cmp(&(b.slot, &b.key, b.seq))) {
        let EventRow { slot, key, seq, ident, time, recorded, context, body, about, hash } = event;
        let (kind, bytes, thing, thing_seq) = match body {
            Body::Own(bytes) => (OWN, Some(&bytes[..]), about.as_ref(), None),
            Body::Heard { thing, seq } => (HEARD, None, Some(thing), Some(int(*seq))),
            Body::Erased(digest) => (ERASED, Some(&digest[..]), about.as_ref(), None),
        };
        let written = new.execute(params![
            slot.0,
            key,
            int(*seq),
            ident,
            time,
            recorded,
            context,
            kind,
            bytes,
            thing,
            thing_seq,
            hash
        ]);
        match written {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Refusal::Stale(key.clone()));
            }
            other => during(doing, other)?,
        };
    }
    Ok(())
}

fn parts(transaction: &Transaction, rows: &[PartRow]) -> rusqlite::Result<()> {
    for kind in PartKind::ALL {
        let of_kind = rows.iter().filter(|part| part.kind == kind).collect();
        let mut put = transaction.prepare_cached(sql::parts(kind).put)?;
        for part in ordered(of_kind, |a, b| (a.slot, &a.party, a.id).cmp(&(b.slot, &b.party, b.id))) {
            let PartRow { kind: _, slot, party, id, thing, clause, state, due, wake_at, since, body } = part;
            put.execute(params![slot.0, party, id, thing, clause, state, due, wake_at, since, body])?;
        }
    }
    Ok(())
}

/// What was made comes before what is done, so that a row which is in both is gone.
fn deliveries(transaction: &Transaction, commit: &Commit) -> rusqlite::Result<()> {
    each(
        transaction,
        sql::INTEREST_ADD,
        &commit.interests,
        |a, b| (a.slot, &a.thing, &a.party).cmp(&(b.slot, &b.thing, &b.party)),
        |put, row| put.execute(params![row.slot.0, row.thing, row.party, row.heard]),
    )?;
    each(transaction, sql::INBOX_ADD, &commit.inbox_add, Ord::cmp, |put, row| {
        put.execute(params![row.slot.0, row.party, row.thing, int(row.seq)])
    })?;
    each(transaction, sql::INBOX_DONE, &commit.inbox_done, Ord::cmp, |put, row| {
        put.execute(params![row.slot.0, row.party, row.thing, int(row.seq)])
    })?;
    each(
        transaction,
        sql::FANOUT_PUT,
        &commit.fanouts,
        |a, b| (a.slot, &a.thing, a.seq).cmp(&(b.slot, &b.thing, b.seq)),
        |put, row| put.execute(params![row.slot.0, row.thing, int(row.seq), row.after]),
    )?;
    each(transaction, sql::FANOUT_DONE, &commit.fanouts_done, Ord::cmp, |put, row| {
        put.execute(params![row.slot.0, row.thing, int(row.seq)])
    })
}

fn ledger(transaction: &Transaction, commit: &Commit) -> rusqlite::Result<()> {
    each(
        transaction,
        sql::POSTING_NEW,
        &commit.postings,
        |a, b| (a.slot, &a.party, a.movement, a.line).cmp(&(b.slot, &b.party, b.movement, b.line)),
        |put, row| {
            put.execute(params![
                row.slot.0,
                row.party,
                row.movement,
                row.line,
                row.time,
                row.remedy,
                row.account,
                row.commodity,
                row.decimals,
                row.amount
            ])
        },
    )?;
    each(transaction, sql::TALLY_ADD, &commit.tallies, Ord::cmp, |put, row| {
        put.execute(params![row.slot.0, row.name, row.day, row.commodity, row.amount])
    })
}

fn outward(transaction: &Transaction, commit: &Commit) -> rusqlite::Result<()> {
    each(
        transaction,
        sql::OUTBOX_PUT,
        &commit.outbox,
        |a, b| (a.slot, &a.party, a.id).cmp(&(b.slot, &b.party, b.id)),
        |put, row| {
            put.execute(params![
                row.slot.0,
                row.party,
                row.id,
                row.topic,
                row.body,
                row.attempts,
                row.next_try,
                row.delivered,
                row.trouble
            ])
        },
    )?;
    each(transaction, sql::OUTBOX_WITHDRAW, &commit.outbox_withdrawn, Ord::cmp, |put, (slot, party, id)| {
        put.execute(params![slot.0, party, id])
    })?;
    each(
        transaction,
        sql::QUARANTINE_ADD,
        &commit.quarantine,
        |a, b| (a.slot, a.id).cmp(&(b.slot, b.id)),
        |put, row| {
            put.execute(params![
                row.slot.0,
                row.id,
                row.origin,
                int(row.line),
                row.code,
                row.reason,
                row.bytes,
                row.recorded
            ])
        },
    )?;
    each(transaction, sql::QUARANTINE_DONE, &commit.quarantine_done, Ord::cmp, |put, (slot, id)| {
        put.execute(params![slot.0, id])
    })
}
