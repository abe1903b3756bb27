//! The reading side: questions about many slots are asked a slot at a time, all of them under way at once.

use std::collections::BTreeMap;
use std::ops::Range;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connection::{Call, Connection, Param};
use super::fetch::{self, Fetch};
use super::sql;
use crate::{
    Balance, CharterRow, EventRow, FanoutRow, FitRow, HeadRow, Ident, InboxRow, InterestRow, OutboxRow, PartId,
    PartKind, PartRow, PostingRow, QuarantineRow, Queue, Reader, SLOTS, Slot, StoreError, TallyRow,
};

const READING: &str = "reading";
/// No identity is shorter.
const NO_ID: &[u8] = &[];

pub(super) struct PostgresReader(Connection);

/// The number of a slot as the database has it.
pub(super) fn number(slot: Slot) -> i16 {
    i16::try_from(slot.0).unwrap_or(i16::MAX)
}

/// A limit or a place as the database's integer; what is larger than that is as good as the largest.
pub(super) fn int(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

pub(super) fn all_slots() -> Vec<i16> {
    (0..SLOTS).map(|slot| number(Slot(slot))).collect()
}

/// Both bounds of the identities that begin with `about`.
fn bounds(about: [u8; 4]) -> (PartId, PartId) {
    let [a, b, c, d] = about;
    ([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0], [a, b, c, d, 255, 255, 255, 255, 255, 255, 255, 255])
}

/// What is asked of a key besides its name.
#[derive(Clone, Copy)]
enum Second<'a> {
    Nothing,
    Text(&'a str),
    Number(i64),
}

impl<'a> Second<'a> {
    /// The second column of these questions, which are all of one kind.
    fn column(group: &[((&'a str, Second<'a>), usize)]) -> Option<Box<dyn ToSql + Sync + 'a>> {
        let seconds = || group.iter().map(|((_, second), _)| *second);
        match seconds().next()? {
            Second::Nothing => None,
            Second::Text(_) => {
                let text = |second| if let Second::Text(text) = second { text } else { "" };
                Some(Box::new(seconds().map(text).collect::<Vec<&str>>()))
            }
            Second::Number(_) => {
                let number = |second| if let Second::Number(number) = second { number } else { 0 };
                Some(Box::new(seconds().map(number).collect::<Vec<i64>>()))
            }
        }
    }
}

/// What is asked of each slot, with the places of the questions.
fn by_slot<K>(asked: impl Iterator<Item = (Slot, K)>) -> BTreeMap<i16, Vec<(K, usize)>> {
    let mut groups: BTreeMap<i16, Vec<(K, usize)>> = BTreeMap::new();
    for ((slot, key), place) in asked.zip(0..) {
        groups.entry(number(slot)).or_default().push((key, place));
    }
    groups
}

impl PostgresReader {
    pub(super) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    fn all<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        params: Vec<Param>,
        read: impl Fn(&Fetch) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.0.ask_one(READING, sql, params)?;
        rows.iter().map(|row| read(&Fetch { table, row })).collect()
    }

    fn one<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        params: Vec<Param>,
        read: impl Fn(&Fetch) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(table, sql, params, read)?.into_iter().next())
    }

    /// Many questions of one kind, a statement for each slot and all of them under way at once. `sql` is given the slot, what is
    /// asked as an array for each column, and `more`; its last column, `place`, says which question a row answers.
    fn many<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        asked: &[(Slot, &str, Second)],
        (more, place): (&[Param], usize),
        read: impl Fn(&Fetch) -> Result<T, StoreError>,
    ) -> Result<Vec<Vec<T>>, StoreError> {
        let groups = by_slot(asked.iter().map(|(slot, first, second)| (*slot, (*first, *second))));
        let firsts: Vec<Vec<&str>> =
            groups.values().map(|group| group.iter().map(|((first, _), _)| *first).collect()).collect();
        let seconds: Vec<Option<Box<dyn ToSql + Sync>>> = groups.values().map(|group| Second::column(group)).collect();
        let calls = groups.keys().zip(firsts.iter().zip(&seconds)).map(|(slot, (firsts, seconds))| {
            let mut params: Vec<Param> = vec![slot, firsts];
            params.extend(seconds.as_deref().map(|seconds| seconds as Param));
            params.extend_from_slice(more);
            Call::new(sql, params)
        });
        let calls: Vec<Call> = calls.collect();
        let answers = self.0.ask(READING, &calls)?;
        let mut found: Vec<Vec<T>> = Vec::new();
        found.resize_with(asked.len(), Vec::new);
        for (group, rows) in groups.values().zip(&answers) {
            for row in rows {
                let from = Fetch { table, row };
                let answered: usize = from.narrow::<i64, usize>(place)?;
                let question = answered.checked_sub(1).and_then(|number| group.get(number)).map(|(_, place)| *place);
                if let Some(answer) = question.and_then(|question| found.get_mut(question)) {
                    answer.push(read(&from)?);
                }
            }
        }
        Ok(found)
    }

    /// The rows of these slots, one slot after another.
    fn slots<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        slots: &[Slot],
        more: &[Param],
        read: impl Fn(&Fetch) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let slots: Vec<i16> = slots.iter().map(|slot| number(*slot)).collect();
        let answers = self.each(READING, sql, &slots, more)?;
        answers.iter().flatten().map(|row| read(&Fetch { table, row })).collect()
    }

    /// The answers of these slots, in their order.
    fn each(
        &mut self,
        doing: &'static str,
        sql: &'static str,
        slots: &[i16],
        more: &[Param],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let params = |slot| std::iter::once(slot as Param).chain(more.iter().copied()).collect();
        let calls: Vec<Call> = slots.iter().map(|slot| Call::new(sql, params(slot))).collect();
        self.0.ask(doing, &calls)
    }

    /// Those of these slots of which a statement says true, in their order.
    fn those(
        &mut self,
        table: &'static str,
        sql: &'static str,
        slots: &[Slot],
        more: &[Param],
    ) -> Result<Vec<Slot>, StoreError> {
        let numbers: Vec<i16> = slots.iter().map(|slot| number(*slot)).collect();
        let answers = self.each(READING, sql, &numbers, more)?;
        let mut those = Vec::new();
        for (slot, rows) in slots.iter().zip(&answers) {
            for row in rows {
                if (Fetch { table, row }).get(0)? {
                    those.push(*slot);
                }
            }
        }
        Ok(those)
    }
}

impl Reader for PostgresReader {
    fn heads(&mut self, keys: &[(Slot, &str)]) -> Result<Vec<Option<HeadRow>>, StoreError> {
        let mut groups = by_slot(keys.iter().copied());
        groups.values_mut().for_each(|group| group.sort_unstable());
        let asked: Vec<(i16, Vec<&str>)> =
            groups.iter().map(|(slot, group)| (*slot, group.iter().map(|(key, _)| *key).collect())).collect();
        let calls: Vec<Call> = asked.iter().map(|(slot, keys)| Call::new(sql::HEADS, vec![slot, keys])).collect();
        let answers = self.0.ask(READING, &calls)?;
        let mut found = vec![None; keys.len()];
        for (group, rows) in groups.values().zip(&answers) {
            for row in rows {
                let head = fetch::head(&Fetch { table: "head", row })?;
                let first = group.partition_point(|(key, _)| *key < &*head.key);
                for (_, place) in group.iter().skip(first).take_while(|(key, _)| *key == &*head.key) {
                    if let Some(answer) = found.get_mut(*place) {
                        *answer = Some(head.clone());
                    }
                }
            }
        }
        Ok(found)
    }

    fn event(&mut self, slot: Slot, key: &str, ident: &Ident) -> Result<Option<EventRow>, StoreError> {
        self.one("event", sql::EVENT, vec![&number(slot), &key, &&ident[..]], fetch::event)
    }

    fn places(&mut self, events: &[(Slot, &str, Ident)]) -> Result<Vec<Option<u64>>, StoreError> {
        let groups = by_slot(events.iter().map(|(slot, key, ident)| (*slot, (*key, &ident[..]))));
        let keys: Vec<Vec<&str>> =
            groups.values().map(|group| group.iter().map(|((key, _), _)| *key).collect()).collect();
        let idents: Vec<Vec<&[u8]>> =
            groups.values().map(|group| group.iter().map(|((_, ident), _)| *ident).collect()).collect();
        let asked = groups.keys().zip(keys.iter().zip(&idents));
        let calls: Vec<Call> =
            asked.map(|(slot, (keys, idents))| Call::new(sql::PLACES, vec![slot, keys, idents])).collect();
        let answers = self.0.ask(READING, &calls)?;
        let mut found = vec![None; events.len()];
        for (group, rows) in groups.values().zip(&answers) {
            for row in rows {
                let from = Fetch { table: "event", row };
                let answered = from.narrow::<i64, usize>(1)?;
                let question = answered.checked_sub(1).and_then(|number| group.get(number)).map(|(_, place)| *place);
                if let Some(answer) = question.and_then(|question| found.get_mut(question)) {
                    *answer = Some(from.narrow::<i64, u64>(0)?);
                }
            }
        }
        Ok(found)
    }

    fn log(&mut self, slot: Slot, key: &str, after: u64, limit: usize) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::LOG, vec![&number(slot), &key, &int(after), &int(limit)], fetch::event)
    }

    fn own_about(&mut self, slot: Slot, key: &str, thing: &str) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::OWN_ABOUT, vec![&number(slot), &key, &thing], fetch::event)
    }

    fn logs(&mut self, asked: &[(Slot, &str, u64)], limit: usize) -> Result<Vec<Vec<EventRow>>, StoreError> {
        let asked: Vec<_> = asked.iter().map(|(slot, key, after)| (*slot, *key, Second::Number(int(*after)))).collect();
        self.many("event", sql::LOGS, &asked, (&[&int(limit)], 12), fetch::event)
    }

    fn own_about_each(&mut self, asked: &[(Slot, &str, &str)]) -> Result<Vec<Vec<EventRow>>, StoreError> {
        let asked: Vec<_> = asked.iter().map(|(slot, key, thing)| (*slot, *key, Second::Text(thing))).collect();
        self.many("event", sql::OWN_ABOUT_EACH, &asked, (&[], 12), fetch::event)
    }

    fn happened_since(
        &mut self,
        slot: Slot,
        from: i64,
        (key, seq): (&str, u64),
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let (slot, seq, limit) = (number(slot), int(seq), int(limit));
        self.all("event", sql::HAPPENED_SINCE, vec![&slot, &from, &key, &seq, &limit], fetch::event)
    }

    fn lines_of_slot(
        &mut self,
        slot: Slot,
        (key, seq): (&str, u64),
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.all("event", sql::LINES_OF_SLOT, vec![&number(slot), &key, &int(seq), &int(limit)], fetch::event)
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
        self.all(sql.table, sql.about, vec![&number(slot), &party, &&from[..], &&to[..]], fetch::part(kind))
    }

    fn parts_due(&mut self, slot: Slot, party: &str, kind: PartKind, until: i64) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.due, vec![&number(slot), &party, &until], fetch::part(kind))
    }

    fn next_wake(
        &mut self,
        slot: Slot,
        party: &str,
        kind: PartKind,
        except: &[PartId],
    ) -> Result<Option<i64>, StoreError> {
        let sql = sql::parts(kind);
        let except: Vec<&[u8]> = except.iter().map(|id| &id[..]).collect();
        self.one(sql.table, sql.next_wake, vec![&number(slot), &party, &except], |from| from.get(0))
    }

    fn part(&mut self, slot: Slot, party: &str, kind: PartKind, id: &PartId) -> Result<Option<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.one(sql.table, sql.one, vec![&number(slot), &party, &&id[..]], fetch::part(kind))
    }

    fn parts_by_id(&mut self, slot: Slot, kind: PartKind, id: &PartId) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.by_id, vec![&number(slot), &&id[..]], fetch::part(kind))
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
        self.all(sql.table, sql.of_slot, vec![&number(slot), &party, &id, &int(limit)], fetch::part(kind))
    }

    fn parts_in(&mut self, slots: &[Slot], kind: PartKind, limit: usize) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.slots(sql.table, sql.of_slot, slots, &[&"", &NO_ID, &int(limit)], fetch::part(kind))
    }

    fn parts_of(&mut self, slot: Slot, party: &str, kind: PartKind) -> Result<Vec<PartRow>, StoreError> {
        let sql = sql::parts(kind);
        self.all(sql.table, sql.of_party, vec![&number(slot), &party], fetch::part(kind))
    }

    fn parts_of_each(
        &mut self,
        kind: PartKind,
        parties: &[(Slot, &str)],
        limit: usize,
    ) -> Result<Vec<Vec<PartRow>>, StoreError> {
        let sql = sql::parts(kind);
        let asked: Vec<_> = parties.iter().map(|(slot, party)| (*slot, *party, Second::Nothing)).collect();
        self.many(sql.table, sql.of_each, &asked, (&[&int(limit)], 10), fetch::part(kind))
    }

    fn heads_of_slot(&mut self, slot: Slot, after: &str, limit: usize) -> Result<Vec<HeadRow>, StoreError> {
        self.all("head", sql::HEADS_OF_SLOT, vec![&number(slot), &after, &int(limit)], fetch::head)
    }

    fn interested(&mut self, slot: Slot, thing: &str, after: &str, limit: usize) -> Result<Vec<Box<str>>, StoreError> {
        self.all("interest", sql::INTERESTED, vec![&number(slot), &thing, &after, &int(limit)], |from| from.text(0))
    }

    fn interested_in(&mut self, things: &[(Slot, &str, &str)], limit: usize) -> Result<Vec<Vec<Box<str>>>, StoreError> {
        let asked: Vec<_> = things.iter().map(|(slot, thing, after)| (*slot, *thing, Second::Text(after))).collect();
        self.many("interest", sql::INTERESTED_IN, &asked, (&[&int(limit)], 1), |from| from.text(0))
    }

    fn is_interested(&mut self, slot: Slot, thing: &str, party: &str) -> Result<bool, StoreError> {
        Ok(self.one("interest", sql::IS_INTERESTED, vec![&number(slot), &thing, &party], |_| Ok(()))?.is_some())
    }

    fn are_interested(&mut self, asked: &[(Slot, &str, &str)]) -> Result<Vec<bool>, StoreError> {
        let asked: Vec<_> = asked.iter().map(|(slot, thing, party)| (*slot, *thing, Second::Text(party))).collect();
        let found = self.many("interest", sql::ARE_INTERESTED, &asked, (&[], 0), |_| Ok(()))?;
        Ok(found.into_iter().map(|found| !found.is_empty()).collect())
    }

    fn unheard(&mut self, slot: Slot, limit: usize) -> Result<Vec<InterestRow>, StoreError> {
        self.all("interest", sql::UNHEARD, vec![&number(slot), &int(limit)], fetch::interest)
    }

    fn inbox(&mut self, slot: Slot, limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        self.all("inbox", sql::INBOX, vec![&number(slot), &int(limit)], fetch::inbox)
    }

    fn fanouts(&mut self, slot: Slot, limit: usize) -> Result<Vec<FanoutRow>, StoreError> {
        self.all("fanout", sql::FANOUTS, vec![&number(slot), &int(limit)], fetch::fanout)
    }

    fn due(&mut self, slot: Slot, until: i64, limit: usize) -> Result<Vec<(Box<str>, i64)>, StoreError> {
        self.all("head", sql::DUE, vec![&number(slot), &until, &int(limit)], |from| Ok((from.text(0)?, from.get(1)?)))
    }

    fn due_in(&mut self, slots: &[Slot], until: i64, limit: usize) -> Result<Vec<(Box<str>, i64)>, StoreError> {
        self.slots("head", sql::DUE, slots, &[&until, &int(limit)], |from| Ok((from.text(0)?, from.get(1)?)))
    }

    fn inbox_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        self.slots("inbox", sql::INBOX, slots, &[&int(limit)], fetch::inbox)
    }

    fn fanouts_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<FanoutRow>, StoreError> {
        self.slots("fanout", sql::FANOUTS, slots, &[&int(limit)], fetch::fanout)
    }

    fn unheard_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<InterestRow>, StoreError> {
        self.slots("interest", sql::UNHEARD, slots, &[&int(limit)], fetch::interest)
    }

    fn earliest_wake(&mut self) -> Result<Option<i64>, StoreError> {
        let answers = self.each(READING, sql::EARLIEST_WAKE, &all_slots(), &[])?;
        let wakes: Result<Vec<i64>, _> =
            answers.iter().flatten().map(|row| Fetch { table: "head", row }.get(0)).collect();
        Ok(wakes?.into_iter().min())
    }

    fn outbox_due(
        &mut self,
        slot: Slot,
        topics: &[&str],
        until: i64,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.all("outbox", sql::OUTBOX_DUE, vec![&number(slot), &until, &topics, &int(limit)], fetch::outbox)
    }

    fn outbox_of(&mut self, slot: Slot, party: &str) -> Result<Vec<OutboxRow>, StoreError> {
        self.all("outbox", sql::OUTBOX_OF, vec![&number(slot), &party], fetch::outbox)
    }

    fn waiting(&mut self, queue: Queue, until: i64, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        match queue {
            Queue::Timers => self.those("head", sql::TIMERS_WAIT, slots, &[&until]),
            Queue::Deliveries => self.those("inbox", sql::DELIVERIES_WAIT, slots, &[]),
            Queue::Messages => self.those("outbox", sql::MESSAGES_WAIT, slots, &[&until]),
            Queue::Feeding => Ok(Vec::new()),
        }
    }

    fn claimed(&mut self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        self.those("claim", sql::CLAIMED, slots, &[&i16::from(queue.number())])
    }

    fn claim_stamp(&mut self, queue: Queue, slot: Slot) -> Result<Option<i64>, StoreError> {
        let what = i16::from(queue.number());
        self.one("claim", sql::CLAIM_STAMP, vec![&number(slot), &what], |from| from.get(0))
    }

    fn interests_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<InterestRow>, StoreError> {
        let (thing, party) = after.unwrap_or_default();
        let limit = int(limit);
        self.all("interest", sql::INTERESTS_OF_SLOT, vec![&number(slot), &thing, &party, &limit], fetch::interest)
    }

    fn outbox_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId)>,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let (party, id) = after.map_or(("", &[][..]), |(party, id)| (party, &id[..]));
        self.all("outbox", sql::OUTBOX_OF_SLOT, vec![&number(slot), &party, &id, &int(limit)], fetch::outbox)
    }

    fn tallies_of_slot(&mut self, slot: Slot) -> Result<Vec<TallyRow>, StoreError> {
        self.all("tally", sql::TALLIES_OF_SLOT, vec![&number(slot)], fetch::tally)
    }

    fn quarantine_of_slot(&mut self, slot: Slot) -> Result<Vec<QuarantineRow>, StoreError> {
        self.all("quarantine", sql::QUARANTINE, vec![&number(slot), &NO_ID, &i64::MAX], fetch::quarantine)
    }

    fn postings_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId, u8)>,
        limit: usize,
    ) -> Result<Vec<PostingRow>, StoreError> {
        let (party, movement, line) =
            after.map_or(("", &[][..], 0), |(party, movement, line)| (party, &movement[..], line));
        let (slot, line, limit) = (number(slot), i16::from(line), int(limit));
        self.all("posting", sql::POSTINGS_OF_SLOT, vec![&slot, &party, &movement, &line, &limit], fetch::posting)
    }

    fn postings_of(&mut self, slot: Slot, party: &str) -> Result<Vec<PostingRow>, StoreError> {
        self.all("posting", sql::POSTINGS_OF, vec![&number(slot), &party], fetch::posting)
    }

    fn standings(&mut self, kind: PartKind) -> Result<Vec<(Box<str>, u8, u64)>, StoreError> {
        let sql = sql::parts(kind);
        let mut sums: BTreeMap<(Box<str>, u8), u64> = BTreeMap::new();
        for row in self.each("counting", sql.standings, &all_slots(), &[])?.iter().flatten() {
            let from = Fetch { table: sql.table, row };
            let sum = sums.entry((from.text(0)?, from.narrow::<i16, u8>(1)?)).or_default();
            *sum = sum.saturating_add(from.narrow::<i64, u64>(2)?);
        }
        Ok(sums.into_iter().map(|((clause, state), count)| (clause, state, count)).collect())
    }

    fn balances(&mut self) -> Result<Vec<Balance>, StoreError> {
        let mut sums: BTreeMap<(Box<str>, Box<str>, u8), i128> = BTreeMap::new();
        for row in self.each("adding up the ledger", sql::BALANCES, &all_slots(), &[])?.iter().flatten() {
            let from = Fetch { table: "posting", row };
            let amount: &str = from.get(3)?;
            let amount: i128 = amount.parse().map_err(|_| StoreError::Damaged {
                table: "posting",
                what: format!("the sum `{amount}` is no number"),
            })?;
            let sum = sums.entry((from.text(0)?, from.text(1)?, from.narrow::<i16, u8>(2)?)).or_default();
            *sum = sum.saturating_add(amount);
        }
        Ok(sums.into_iter().map(|((account, commodity, decimals), sum)| (account, commodity, decimals, sum)).collect())
    }

    fn tallies(&mut self, name: &str, days: Range<i32>) -> Result<BTreeMap<(i32, Box<str>), i64>, StoreError> {
        let mut sums: BTreeMap<(i32, Box<str>), i64> = BTreeMap::new();
        let more: [Param; 3] = [&name, &days.start, &days.end];
        for row in self.each("reading", sql::TALLIES, &all_slots(), &more)?.iter().flatten() {
            let from = Fetch { table: "tally", row };
            let sum = sums.entry((from.get(0)?, from.text(1)?)).or_default();
            *sum = sum.saturating_add(from.get(2)?);
        }
        Ok(sums)
    }

    fn quarantine(&mut self, after: Option<(Slot, PartId)>, limit: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        // The first slot is read on from `after`, the others from their beginning.
        let (first, id) = after.as_ref().map_or((0, NO_ID), |(slot, id)| (slot.0, &id[..]));
        let (start, limit_here) = (number(Slot(first)), int(limit));
        let mut rows = self.0.ask_one(READING, sql::QUARANTINE, vec![&start, &id, &limit_here])?;
        let others: Vec<i16> = (first.saturating_add(1)..SLOTS).map(|slot| number(Slot(slot))).collect();
        if rows.len() < limit {
            rows.extend(self.each(READING, sql::QUARANTINE, &others, &[&NO_ID, &limit_here])?.into_iter().flatten());
        }
        let rows = rows.iter().take(limit);
        rows.map(|row| fetch::quarantine(&Fetch { table: "quarantine", row })).collect()
    }

    fn filling(&mut self) -> Result<Option<Box<str>>, StoreError> {
        self.one("filling", sql::FILLING, vec![&number(Slot(SLOTS))], |from| from.text(0))
    }

    fn count(&mut self, table: &str) -> Result<u64, StoreError> {
        if table == "fit" {
            return Ok(self.one("fit", sql::FIT_COUNT, vec![], |from| from.narrow::<i64, u64>(0))?.unwrap_or(0));
        }
        let sql = sql::count(table).ok_or_else(|| StoreError::NoTable { table: table.to_owned() })?;
        let mut count = 0_u64;
        for row in self.each("counting", sql, &all_slots(), &[])?.iter().flatten() {
            count = count.saturating_add(Fetch { table: "pg_class", row }.narrow::<i64, u64>(0)?);
        }
        Ok(count)
    }

    fn charters(&mut self) -> Result<Vec<CharterRow>, StoreError> {
        self.all("charter", sql::CHARTERS, vec![], fetch::charter)
    }

    fn fits(&mut self) -> Result<Vec<FitRow>, StoreError> {
        self.all("fit", sql::FITS, vec![], fetch::fit)
    }
}
