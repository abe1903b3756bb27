//! The writing side: one transaction for each commit, all its statements under way at once.

use std::collections::BTreeMap;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::bulk::{Bulk, Many, WrittenOut, bulks, many};
use super::connection::{Call, Connection, failed, is_lost};
use super::reader::{all_slots, int, number};
use super::{schema, sql};
use crate::claim::{Holder, new_holder};
use crate::{CharterRow, Commit, CommitError, EventRow, FitRow, Queue, SLOTS, Slot, StoreError, Writer};

const FILLING: &str = "filling the database";

pub(super) struct PostgresWriter {
    connection: Connection,
    holder: Holder,
    /// True where the rows of an insert are written out: see [`super::Postgres::with_rows_written_out`].
    written_out: bool,
    /// See [`super::Postgres::with_copies_from`].
    copies_from: usize,
}

impl PostgresWriter {
    pub(super) fn new(connection: Connection, written_out: bool, copies_from: usize) -> Self {
        Self { connection, holder: new_holder(), written_out, copies_from }
    }

    /// The statements whose rows are written out, where they are to be.
    fn written_out<'b>(&self, bulks: &'b [Bulk<'_>]) -> Vec<Option<Vec<WrittenOut<'b>>>> {
        bulks.iter().map(|bulk| self.written_out.then(|| bulk.written_out()).flatten()).collect()
    }

    /// Carries many rows after the first statements of a transaction, and gives their answers.
    fn copy(&mut self, first: &[Call], many: &[Many]) -> Result<Vec<Vec<Row>>, Error> {
        let answers = self.connection.send(first)?;
        for many in many {
            self.connection.copy(&many.sql(), many.like, many.rows())?;
        }
        Ok(answers)
    }

    /// Ends the transaction without a trace.
    fn give_up(&mut self) -> Result<(), StoreError> {
        match self.connection.send(&[Call::new(sql::ROLLBACK, vec![])]) {
            Ok(_) => Ok(()),
            // With its connection the transaction is gone too.
            Err(_) => self.connection.reconnect(),
        }
    }

    /// What a failure of a commit means. Nothing of the commit was kept, unless the connection was lost while it was being made
    /// durable: then whoever made it looks what is there.
    fn refused(&mut self, error: Error, commit: &Commit) -> CommitError {
        let stale = |key: &str| CommitError::Stale { key: key.into() };
        if is_lost(&error) {
            return self.connection.reconnect().map_or_else(CommitError::from, |()| stale("the connection"));
        }
        if let Err(error) = self.give_up() {
            return error.into();
        }
        match error.code() {
            // What is new here stands already: another process was faster, if it has the lines, too.
            Some(&SqlState::UNIQUE_VIOLATION) => match self.taken(commit) {
                Ok(Some(key)) => CommitError::Stale { key },
                Ok(None) if came_twice(&error) => stale("what came twice"),
                Ok(None) => failed(self.connection.address(), "committing", error).into(),
                Err(error) => error.into(),
            },
            Some(
                &(SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE | SqlState::LOCK_NOT_AVAILABLE),
            ) => stale("the database"),
            _ => failed(self.connection.address(), "committing", error).into(),
        }
    }

    /// Whose head or line stands already.
    fn taken(&mut self, commit: &Commit) -> Result<Option<Box<str>>, StoreError> {
        let mut new: BTreeMap<i16, Vec<&str>> = BTreeMap::new();
        for (head, _) in commit.heads.iter().filter(|(_, expected)| *expected == 0) {
            new.entry(number(head.slot)).or_default().push(&head.key);
        }
        let calls: Vec<Call> = new.iter().map(|(slot, keys)| Call::new(sql::HEADS, vec![slot, keys])).collect();
        let stands = self.connection.ask("reading", &calls)?.into_iter().flatten().next();
        if let Some(key) = stands.and_then(|row| row.try_get::<_, String>(1).ok()) {
            return Ok(Some(key.into()));
        }
        let mut by_slot: BTreeMap<Slot, Vec<&EventRow>> = BTreeMap::new();
        for event in &commit.events {
            by_slot.entry(event.slot).or_default().push(event);
        }
        let asked: Vec<_> = by_slot
            .iter()
            .map(|(slot, events)| {
                let keys: Vec<&str> = events.iter().map(|event| &*event.key).collect();
                let idents: Vec<&[u8]> = events.iter().map(|event| &event.ident[..]).collect();
                let seqs: Vec<i64> = events.iter().map(|event| int(event.seq)).collect();
                (number(*slot), keys, idents, seqs)
            })
            .collect();
        let calls =
            asked.iter().map(|(slot, keys, idents, seqs)| Call::new(sql::TAKEN, vec![slot, keys, idents, seqs]));
        let calls: Vec<Call> = calls.collect();
        for (events, found) in by_slot.values().zip(self.connection.ask("reading", &calls)?) {
            let place: Option<i64> = found.first().and_then(|row| row.try_get(0).ok());
            let place = place.and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
            if let Some(event) = place.and_then(|place| events.get(place)) {
                return Ok(Some(event.key.clone()));
            }
        }
        Ok(None)
    }
}

/// True of a line that stands twice in what was to be written itself, and of what follows from a line and is written once with it.
fn came_twice(error: &Error) -> bool {
    let table = error.as_db_error().and_then(|told| told.table());
    table.is_some_and(|table| ["event", "fanout", "outbox"].contains(&table))
}

/// Adds the statements of a commit to `calls`, and gives for each the keys that must come back.
fn statements<'b>(
    bulks: &'b [Bulk<'_>],
    written_out: &'b [Option<Vec<WrittenOut<'b>>>],
    calls: &mut Vec<Call<'b>>,
) -> Vec<&'b [&'b str]> {
    let mut expected: Vec<&[&str]> = Vec::new();
    for (bulk, written_out) in bulks.iter().zip(written_out) {
        match written_out {
            None => {
                expected.push(&bulk.keys);
                calls.push(bulk.call());
            }
            Some(statements) => {
                expected.extend(statements.iter().map(|statement| statement.keys));
                calls.extend(statements.iter().map(|statement| Call::new(&statement.sql, statement.params.clone())));
            }
        }
    }
    expected
}

/// The first key that another process wrote first: it did not come back.
fn overtaken<'b>(expected: &[&'b [&'b str]], answers: &[Vec<Row>]) -> Option<&'b str> {
    let (keys, rows) = expected.iter().zip(answers).find(|(keys, rows)| rows.len() < keys.len())?;
    let written: Vec<&str> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    let missing = keys.iter().find(|key| !written.contains(*key));
    Some(missing.copied().unwrap_or("a party"))
}

impl Writer for PostgresWriter {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        let from = if self.written_out { usize::MAX } else { self.copies_from };
        let (many, bulks) = many(bulks(commit), from);
        let first = [sql::BEGIN, sql::SCHEMA, sql::JUDGING, sql::CHARTER_COUNT].map(|sql| Call::new(sql, vec![]));
        let before = first.len();
        let written_out = self.written_out(&bulks);
        let mut calls = Vec::from(first);
        let mut answers = Vec::new();
        if !many.is_empty() {
            match self.copy(&calls, &many) {
                Ok(first) => answers = first,
                Err(error) => return Err(self.refused(error, commit)),
            }
            calls.clear();
        }
        let expected = statements(&bulks, &written_out, &mut calls);
        match self.connection.send(&calls) {
            Ok(more) => answers.extend(more),
            Err(error) => return Err(self.refused(error, commit)),
        }
        let written = answers.split_off(answers.len().min(before));
        let charters = count(answers.pop());
        let schema = answers.into_iter().nth(1).unwrap_or_default();
        // A newer release may have changed the tables since this one opened them: it writes nothing more.
        if let Err(error) = schema::known(self.connection.address(), schema) {
            self.give_up()?;
            return Err(error.into());
        }
        if let Some(judged_by) = commit.charters.filter(|judged_by| *judged_by != charters) {
            self.give_up()?;
            return Err(CommitError::Charters { found: charters, judged_by });
        }
        if let Some(key) = overtaken(&expected, &written) {
            self.give_up()?;
            return Err(CommitError::Stale { key: key.into() });
        }
        match self.connection.send(&[Call::new(sql::COMMIT, vec![])]) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(error, commit)),
        }
    }

    fn claim(&mut self, queue: Queue, slots: &[Slot], milliseconds: u32) -> Result<Vec<Slot>, StoreError> {
        let (what, holder, milliseconds) = (i16::from(queue.number()), self.holder, i64::from(milliseconds));
        let holder = &holder[..];
        let answers = self.of_each(slots, sql::CLAIM, &[&what, &holder, &milliseconds])?;
        Ok(slots.iter().zip(&answers).filter(|(_, rows)| !rows.is_empty()).map(|(slot, _)| *slot).collect())
    }

    fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), StoreError> {
        let (what, holder) = (i16::from(queue.number()), self.holder);
        let holder = &holder[..];
        self.of_each(slots, sql::RELEASE, &[&what, &holder]).map(|_| ())
    }

    fn begin_filling(&mut self, source: &str) -> Result<Vec<Slot>, StoreError> {
        let (url, whole) = (self.connection.address().shown.clone(), number(Slot(SLOTS)));
        let slots = all_slots();
        let of_each = |sql| slots.iter().map(move |slot| Call::new(sql, vec![slot])).collect::<Vec<_>>();
        let begun = self.connection.ask_one(FILLING, sql::FILLING, vec![&whole])?;
        let begun: Option<String> = begun.first().and_then(|row| row.try_get(0).ok());
        let anything = self.connection.ask(FILLING, &of_each(sql::ANYTHING))?;
        let anything = anything.iter().flatten().any(|row| row.try_get(0).unwrap_or(true));
        let charters = !self.connection.ask_one(FILLING, sql::CHARTERS, vec![])?.is_empty();
        match begun {
            None if anything || charters => return Err(StoreError::NotEmpty { url }),
            Some(other) if other != source => return Err(StoreError::Filling { url, source_url: other }),
            _ => {}
        }
        self.connection.ask_one(FILLING, sql::FILLING_ADD, vec![&whole, &source])?;
        let filled = self.connection.ask(FILLING, &of_each(sql::FILLING))?;
        Ok((0..SLOTS).map(Slot).zip(filled).filter(|(_, rows)| !rows.is_empty()).map(|(slot, _)| slot).collect())
    }

    fn filled(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        let slots: Vec<i16> = slots.iter().map(|slot| number(*slot)).collect();
        self.change(slots.iter().map(|slot| Call::new(sql::FILLING_ADD, vec![slot, &""])))
    }

    fn end_filling(&mut self) -> Result<(), StoreError> {
        let slots: Vec<i16> = all_slots().into_iter().chain([number(Slot(SLOTS))]).collect();
        self.change(slots.iter().map(|slot| Call::new(sql::FILLING_DONE, vec![slot])))
    }

    fn empty(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        let slots: Vec<i16> = slots.iter().map(|slot| number(*slot)).collect();
        self.change(slots.iter().flat_map(|slot| sql::EMPTY.map(|sql| Call::new(sql, vec![slot]))))
    }

    fn put_fits(&mut self, fits: &[FitRow]) -> Result<(), CommitError> {
        let bodies: Vec<&[u8]> = fits.iter().map(|fit| &*fit.body).collect();
        let names: Vec<[&str; 3]> = fits.iter().map(|fit| [&*fit.charter, &*fit.currency, &*fit.model]).collect();
        let mut calls = vec![Call::new(sql::BEGIN, vec![])];
        for ((fit, body), [charter, currency, model]) in fits.iter().zip(&bodies).zip(&names) {
            let params: Vec<&(dyn ToSql + Sync)> =
                vec![charter, currency, &fit.day, model, &fit.converged, body, &fit.recorded];
            calls.push(Call::new(sql::FIT_PUT, params));
        }
        calls.push(Call::new(sql::COMMIT, vec![]));
        match self.connection.send(&calls) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(error, &Commit::default())),
        }
    }

    fn put_charters(
        &mut self,
        charters: &[CharterRow],
        with: &Commit,
        admit: &mut dyn FnMut() -> bool,
    ) -> Result<(), CommitError> {
        let texts: Vec<([&str; 3], &[u8])> = charters
            .iter()
            .map(|charter| ([&*charter.name, &*charter.version, &*charter.text], &charter.digest[..]))
            .collect();
        let first = [sql::BEGIN, sql::PATIENCE, sql::ENACTING].map(|sql| Call::new(sql, vec![]));
        let before = first.len();
        let mut calls: Vec<Call> = first.into_iter().collect();
        for (charter, ([name, version, text], digest)) in charters.iter().zip(&texts) {
            calls.push(Call::new(sql::CHARTER_ADD, vec![name, version, digest, text, &charter.recorded]));
            calls.push(Call::new(sql::CHARTER_SAME, vec![name, version, digest, text]));
        }
        let bulks = bulks(with);
        let with_lines = calls.len();
        let written_out = self.written_out(&bulks);
        let expected = statements(&bulks, &written_out, &mut calls);
        let mut answers = match self.connection.send(&calls) {
            Ok(answers) => answers,
            Err(error) => return Err(self.refused(error, with)),
        };
        let written = answers.split_off(answers.len().min(with_lines));
        let found: Vec<bool> = answers.iter().skip(before).map(|rows| !rows.is_empty()).collect();
        let pairs = || found.chunks(2).map(|pair| (pair.first() == Some(&true), pair.get(1) == Some(&true)));
        if let Some((charter, _)) = charters.iter().zip(pairs()).find(|(_, (_, same))| !same) {
            self.give_up()?;
            return Err(CommitError::Stale { key: format!("{} {}", charter.name, charter.version).into() });
        }
        if let Some(key) = overtaken(&expected, &written) {
            self.give_up()?;
            return Err(CommitError::Stale { key: key.into() });
        }
        if pairs().any(|(added, _)| added) && !admit() {
            self.give_up()?;
            return Err(CommitError::NotAdmitted);
        }
        match self.connection.send(&[Call::new(sql::COMMIT, vec![])]) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(error, with)),
        }
    }
}

/// The number in the only row.
fn count(rows: Option<Vec<Row>>) -> u32 {
    let count: Option<i64> = rows.and_then(|rows| rows.first().and_then(|row| row.try_get(0).ok()));
    count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

impl PostgresWriter {
    /// One transaction that may be made twice.
    fn change<'p>(&mut self, calls: impl Iterator<Item = Call<'p>>) -> Result<(), StoreError> {
        let begin = std::iter::once(Call::new(sql::BEGIN, vec![]));
        let calls: Vec<Call> = begin.chain(calls).chain([Call::new(sql::COMMIT, vec![])]).collect();
        self.connection.ask(FILLING, &calls).map(|_| ()).inspect_err(|_| {
            let _ = self.connection.send(&[Call::new(sql::ROLLBACK, vec![])]);
        })
    }

    /// Writes claims: the same statement for each of these slots, in one transaction that need not wait for the disk.
    fn of_each(
        &mut self,
        slots: &[Slot],
        sql: &'static str,
        more: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut order: Vec<(i16, usize)> = slots.iter().map(|slot| number(*slot)).zip(0..).collect();
        order.sort_unstable();
        let mut calls = vec![Call::new(sql::BEGIN, vec![]), Call::new(sql::NO_WAIT, vec![])];
        let params = |slot| std::iter::once(slot as &(dyn ToSql + Sync)).chain(more.iter().copied()).collect();
        calls.extend(order.iter().map(|(slot, _)| Call::new(sql, params(slot))));
        calls.push(Call::new(sql::COMMIT, vec![]));
        let mut answers = self.connection.ask("claiming", &calls).inspect_err(|_| {
            let _ = self.connection.send(&[Call::new(sql::ROLLBACK, vec![])]);
        })?;
        let mut found: Vec<(usize, Vec<Row>)> = order.iter().map(|(_, place)| *place).zip(answers.drain(2..)).collect();
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, rows)| rows).collect())
    }
}
