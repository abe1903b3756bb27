//! The reading side: one read-only connection, whose every call sees the last commit.

use std::collections::BTreeMap;
use std::ops::Range;

use rusqlite::{Connection, Params, Row};

use super::fetch;
use super::sql;
use crate::{
    Balance, CharterRow, EventRow, FanoutRow, FitRow, HeadRow, Ident, InboxRow, InterestRow, OutboxRow, PartId,
    PartKind, PartRow, PostingRow, QuarantineRow, Queue, Reader, SLOTS, Slot, StoreError, TallyRow,
};

pub(super) struct SqliteReader(Connection);

impl SqliteReader {
    pub(super) fn new(connection: Connection) -> SqliteReader {
        SqliteReader(connection)
    }

    /// From here on everything is read as it was at this moment.
    pub(super) fn hold_still(self) -> Result<SqliteReader, StoreError> {
        // A transaction sees nothing before its first question.
        let run = || {
            self.0.execute_batch("BEGIN")?;
            self.0.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))
        };
        run().map_err(self.failed("sqlite_schema", "beginning"))?;
        Ok(self)
    }

    fn failed(&self, table: &'static str, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
        move |error| fetch::failed(fetch::url_of(&self.0), table, doing, error)
    }

    /// One view for several questions; none of its own where there is one already.
    fn snapshot(&self) -> rusqlite::Result<Option<rusqlite::Transaction<'_>>> {
        if self.0.is_autocommit() { self.0.unchecked_transaction().map(Some) } else { Ok(None) }
    }

    fn all<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        params: impl Params,
        read: impl Fn(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let run = || self.0.prepare_cached(sql)?.query_map(params, &read)?.collect::<rusqlite::Result<Vec<T>>>();
        run().map_err(self.failed(table, "reading"))
    }

    fn one<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        params: impl Params,
        read: impl Fn(&Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(table, sql, params, read)?.into_iter().next())
    }

    /// Those of these slots of which a statement says true, in their order.
    fn those<P: rusqlite::Params>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        slots: &[Slot],
        params: impl Fn(u16) -> P,
    ) -> Result<Vec<Slot>, StoreError> {
        let answers = self.each(table, sql, slots, |statement, slot| {
            statement.query_row(params(slot.0), |row| row.get::<_, bool>(0))
        })?;
        Ok(slots.iter().zip(answers).filter(|(_, holds)| *holds).map(|(slot, _)| *slot).collect())
    }

    /// Answers `probe` for each key, in their order, from one snapshot. The b-tree is walked in the order of its keys, so that a
    /// page that answers several of them is looked for once.
    fn each<K: Ord, T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        keys: &[K],
        mut probe: impl FnMut(&mut rusqlite::CachedStatement, &K) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        if let [key] = keys {
            let mut run = || probe(&mut self.0.prepare_cached(sql)?, key);
            return Ok(vec![run().map_err(self.failed(table, "reading"))?]);
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut order: Vec<(&K, usize)> = keys.iter().zip(0..).collect();
        order.sort_unstable();
        let run = || {
            let snapshot = self.snapshot()?;
            let mut statement = self.0.prepare_cached(sql)?;
            let mut found = Vec::with_capacity(keys.len());
            for (key, place) in order {
                found.push((place, probe(&mut statement, key)?));
            }
            drop(statement);
            snapshot.map_or(Ok(()), rusqlite::Transaction::commit)?;
            Ok(found)
        };
        let mut found = run().map_err(self.failed(table, "reading"))?;
        found.sort_unstable_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, answer)| answer).collect())
    }
}

/// Both bounds of the identities that begin with `about`.
fn bounds(about: [u8; 4]) -> (PartId, PartId) {
    let [a, b, c, d] = about;
    ([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0], [a, b, c, d, 255, 255, 255, 255, 255, 255, 255, 255])
}

/// A limit or a place as SQLite's integer; what is larger than that is as good as the largest.
pub(super) fn int(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl Reader for SqliteReader {
    fn heads(&mut self, keys: &[(Slot, &str)]) -> Result<Vec<Option<HeadRow>>, StoreError> {
        self.each("head", sql::HEAD, keys, |statement, (slot, key)| {
            statement.query((slot.0, key))?.next()?.map(fetch::head).transpose()
        })
    }

    fn event(&mut self, slot: Slot, key: &str, ident: &Ident) -> Result<Option<EventRow>, StoreError> {
        self.one("event", sql::EVENT, (slot.0, key, ident), fetch::event)
    }

    fn places(&mut self, events: &[(Slot, &str, Ident)]) -> Result<Vec<Option<u64>>, StoreError> {
        self.each("event", sql::PLACE, events, |statement, (slot, key, ident)| {
            statement.query((slot.0, key, ident))?.next()?.map(fetch::place).transpose()
        })
    }

    fn log(&mut self, slot: Slot, key: &str, after: u64, limit: usize) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::LOG, (slot.0, key, int(after), int(limit)), fetch::event)
    }

    fn own_about(&mut self, slot: Slot, key: &str, thing: &str) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::OWN_ABOUT, (slot.0, key, thing), fetch::event)
    }

    fn happened_since(
        &mut self,
        slot: Slot,
        from: i64,
        (key, seq): (&str, u64),
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::HAPPENED_SINCE, (slot.0, from, key, int(seq), int(limit)), fetch::event)
    }

    fn lines_of_slot(
        &mut self,
        slot: Slot,
        (key, seq): (&str, u64),
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::LINES_OF_SLOT, (slot.0, key, int(seq), int(limit)), fetch::event)
    }

    fn parts_about(
        &mut self,
        slot: Slot,
        party: &str,
        kind: PartKind,
        about: [u8; 4],
    ) -> Result<Vec<PartRow>, StoreError> {
        let (from, to) = bounds(about);
        let sql = sql::parts(kind);
        self.all(sql.table, sql.about, (slot.0, party, from, to), fetch::part(kind))
    }

    fn parts_due(&mut self, slot: Slot, party: &str, kind: PartKind, until: i64) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.due, (slot.0, party, until), fetch::part(kind))
    }

    fn next_wake(
        &mut self,
        slot: Slot,
        party: &str,
        kind: PartKind,
        except: &[PartId],
    ) -> Result<Option<i64>, StoreError> {
        let sql = sql::parts(kind);
        let run = || {
            let mut statement = self.0.prepare_cached(sql.wakes)?;
            let mut rows = statement.query((slot.0, party))?;
            while let Some(row) = rows.next()? {
                if except.binary_search(&row.get(1)?).is_err() {
                    return row.get(0).map(Some);
                }
            }
            Ok(None)
        };
        run().map_err(self.failed(sql.table, "reading"))
    }

    fn part(&mut self, slot: Slot, party: &str, kind: PartKind, id: &PartId) -> Result<Option<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.one(sql.table, sql.one, (slot.0, party, id), fetch::part(kind))
    }

    fn parts_by_id(&mut self, slot: Slot, kind: PartKind, id: &PartId) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.by_id, (slot.0, id), fetch::part(kind))
    }

    fn parts_of_slot(
        &mut self,
        slot: Slot,
        kind: PartKind,
        after: Option<(&str, &PartId)>,
        limit: usize,
    ) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        let (party, id) = after.map_or(("", &[][..]), |(party, id)| (party, &id[..]));
        self.all(sql.table, sql.of_slot, (slot.0, party, id, int(limit)), fetch::part(kind))
    }

    fn parts_of(&mut self, slot: Slot, party: &str, kind: PartKind) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.of_party, (slot.0, party), fetch::part(kind))
    }

    fn heads_of_slot(&mut self, slot: Slot, after: &str, limit: usize) -> Result<Vec<HeadRow>, StoreError> {
        self.all("head", sql::HEADS_OF_SLOT, (slot.0, after, int(limit)), fetch::head)
    }

    fn interested(&mut self, slot: Slot, thing: &str, after: &str, limit: usize) -> Result<Vec<Box<str>>, StoreError> {
        self.all("interest", sql::INTERESTED, (slot.0, thing, after, int(limit)), |row| row.get(0))
    }

    fn is_interested(&mut self, slot: Slot, thing: &str, party: &str) -> Result<bool, StoreError> {
        Ok(self.one("interest", sql::IS_INTERESTED, (slot.0, thing, party), |_| Ok(()))?.is_some())
    }

    fn unheard(&mut self, slot: Slot, limit: usize) -> Result<Vec<InterestRow>, StoreError> {
        self.all("interest", sql::UNHEARD, (slot.0, int(limit)), fetch::interest)
    }

    fn inbox(&mut self, slot: Slot, limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        self.all("inbox", sql::INBOX, (slot.0, int(limit)), fetch::inbox)
    }

    fn fanouts(&mut self, slot: Slot, limit: usize) -> Result<Vec<FanoutRow>, StoreError> {
        self.all("fanout", sql::FANOUTS, (slot.0, int(limit)), fetch::fanout)
    }

    fn due(&mut self, slot: Slot, until: i64, limit: usize) -> Result<Vec<(Box<str>, i64)>, StoreError> {
        self.all("head", sql::DUE, (slot.0, until, int(limit)), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn earliest_wake(&mut self) -> Result<Option<i64>, StoreError> {
        Ok(self.one("head", sql::EARLIEST_WAKE, (), |row| row.get(0))?.flatten())
    }

    fn outbox_due(
        &mut self,
        slot: Slot,
        topics: &[&str],
        until: i64,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let topics = format!("\n{}\n", topics.join("\n"));
        self.all("outbox", sql::OUTBOX_DUE, (slot.0, until, int(limit), topics), fetch::outbox)
    }

    fn outbox_of(&mut self, slot: Slot, party: &str) -> Result<Vec<OutboxRow>, StoreError> {
        self.all("outbox", sql::OUTBOX_OF, (slot.0, party), fetch::outbox)
    }

    fn postings_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId, u8)>,
        limit: usize,
    ) -> Result<Vec<PostingRow>, StoreError> {
        let (party, movement, line) =
            after.map_or(("", &[][..], 0), |(party, movement, line)| (party, &movement[..], line));
        self.all("posting", sql::POSTINGS_OF_SLOT, (slot.0, party, movement, line, int(limit)), fetch::posting)
    }

    fn postings_of(&mut self, slot: Slot, party: &str) -> Result<Vec<PostingRow>, StoreError> {
        self.all("posting", sql::POSTINGS_OF, (slot.0, party), fetch::posting)
    }

    fn standings(&mut self, kind: PartKind) -> Result<Vec<(Box<str>, u8, u64)>, StoreError> {
        let count = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs()));
        let sql = sql::parts(kind);
        self.all(sql.table, sql.standings, (), count)
    }

    fn balances(&mut self) -> Result<Vec<Balance>, StoreError> {
        let mut sums = BTreeMap::new();
        let mut run = || {
            let snapshot = self.snapshot()?;
            let mut statement = self.0.prepare_cached(sql::BALANCES)?;
            for slot in 0..SLOTS {
                let mut rows = statement.query((slot,))?;
                while let Some(row) = rows.next()? {
                    let account: (Box<str>, Box<str>, u8) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    let (high, low): (i64, i64) = (row.get(3)?, row.get(4)?);
                    let sum: &mut i128 = sums.entry(account).or_default();
                    *sum = sum.saturating_add(i128::from(high) << 32).saturating_add(i128::from(low));
                }
            }
            drop(statement);
            snapshot.map_or(Ok(()), rusqlite::Transaction::commit)
        };
        run().map_err(self.failed("posting", "adding up the ledger"))?;
        Ok(sums.into_iter().map(|((account, commodity, decimals), sum)| (account, commodity, decimals, sum)).collect())
    }

    fn tallies(&mut self, name: &str, days: Range<i32>) -> Result<BTreeMap<(i32, Box<str>), i64>, StoreError> {
        let row = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?));
        let mut sums: BTreeMap<(i32, Box<str>), i64> = BTreeMap::new();
        for (day, commodity, amount) in self.all("tally", sql::TALLIES, (name, days.start, days.end), row)? {
            let sum = sums.entry((day, commodity)).or_default();
            *sum = sum.saturating_add(amount);
        }
        Ok(sums)
    }

    fn waiting(&mut self, queue: Queue, until: i64, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        match queue {
            Queue::Timers => self.those("head", sql::TIMERS_WAIT, slots, |slot| (slot, until)),
            Queue::Deliveries => self.those("inbox", sql::DELIVERIES_WAIT, slots, |slot| (slot,)),
            Queue::Messages => self.those("outbox", sql::MESSAGES_WAIT, slots, |slot| (slot, until)),
            Queue::Feeding => Ok(Vec::new()),
        }
    }

    fn claimed(&mut self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        self.those("claim", sql::CLAIMED, slots, |slot| (slot, queue.number()))
    }

    fn claim_stamp(&mut self, queue: Queue, slot: Slot) -> Result<Option<i64>, StoreError> {
        self.one("claim", sql::CLAIM_STAMP, (slot.0, queue.number()), |row| row.get(0))
    }

    fn interests_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<InterestRow>, StoreError> {
        let (thing, party) = after.unwrap_or_default();
        self.all("interest", sql::INTERESTS_OF_SLOT, (slot.0, thing, party, int(limit)), fetch::interest)
    }

    fn outbox_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId)>,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let (party, id) = after.map_or(("", &[][..]), |(party, id)| (party, &id[..]));
        self.all("outbox", sql::OUTBOX_OF_SLOT, (slot.0, party, id, int(limit)), fetch::outbox)
    }

    fn tallies_of_slot(&mut self, slot: Slot) -> Result<Vec<TallyRow>, StoreError> {
        self.all("tally", sql::TALLIES_OF_SLOT, (slot.0,), fetch::tally)
    }

    fn quarantine_of_slot(&mut self, slot: Slot) -> Result<Vec<QuarantineRow>, StoreError> {
        self.all("quarantine", sql::QUARANTINE_OF_SLOT, (slot.0,), fetch::quarantine)
    }

    fn quarantine(&mut self, after: Option<(Slot, PartId)>, limit: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        // No identity is shorter than none.
        let (slot, id) = after.as_ref().map_or((0, &[][..]), |(slot, id)| (slot.0, &id[..]));
        self.all("quarantine", sql::QUARANTINE, (slot, id, int(limit)), fetch::quarantine)
    }

    fn filling(&mut self) -> Result<Option<Box<str>>, StoreError> {
        self.one("filling", sql::FILLING, (), |row| row.get(0))
    }

    fn count(&mut self, table: &str) -> Result<u64, StoreError> {
        let sql = sql::count(table).ok_or_else(|| StoreError::NoTable { table: table.to_owned() })?;
        let rows: Option<i64> = self.one("sqlite_schema", sql, (), |row| row.get(0))?;
        Ok(rows.unwrap_or(0).unsigned_abs())
    }

    fn charters(&mut self) -> Result<Vec<CharterRow>, StoreError> {
        self.all("charter", sql::CHARTERS, (), fetch::charter)
    }

    fn fits(&mut self) -> Result<Vec<FitRow>, StoreError> {
        self.all("fit", sql::FITS, (), fetch::fit)
    }
}
