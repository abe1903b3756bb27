//! A commit as statements: for each slot and table one, its rows as arrays, everything in the order of the keys. All writers go through
//! slots, tables and keys in the same order, so that two of them wait for each other and never both.

use std::borrow::Cow;

use tokio_postgres::types::ToSql;

use super::connection::{Call, Param};
use super::fetch::{ERASED, HEARD, OWN};
use super::reader::{int, number};
use super::sql;
use crate::{
    Body, Commit, EventRow, FanoutRow, HeadRow, InboxRow, InterestRow, OutboxRow, PartId, PartKind, PartRow,
    PostingRow, QuarantineRow, Slot, TallyRow,
};

/// The values of a column, one a row.
trait Values {
    /// All of them, as an array.
    fn array(&self) -> Param<'_>;
    /// That of one row.
    fn one(&self, row: usize) -> Option<Param<'_>>;
}

impl<V: ToSql + Sync> Values for Vec<V> {
    fn array(&self) -> Param<'_> {
        self
    }

    fn one(&self, row: usize) -> Option<Param<'_>> {
        self.get(row).map(|value| value as Param)
    }
}

type Column<'c> = Box<dyn Values + 'c>;

/// Rows that one statement carries where rows are written out: few sizes, so that there are few statements.
const ROWS: [usize; 4] = [64, 16, 4, 1];

/// One statement: rows of one table in one slot.
pub(super) struct Bulk<'c> {
    pub(super) sql: &'static str,
    slot: i16,
    columns: Vec<Column<'c>>,
    /// The keys that must come back, or another process was faster.
    pub(super) keys: Vec<&'c str>,
}

impl<'c> Bulk<'c> {
    pub(super) fn call(&self) -> Call<'_> {
        let columns = self.columns.iter().map(|column| column.array());
        Call::new(self.sql, std::iter::once(&self.slot as Param).chain(columns).collect())
    }

    /// The same in statements whose rows are written out, which a database that is spread over machines carries to the one that has the
    /// slot; what is selected from arrays it would collect first. `None` for what inserts nothing.
    pub(super) fn written_out(&self) -> Option<Vec<WrittenOut<'_>>> {
        let into = self.sql.split_once("SELECT $1")?.0;
        let then = self.sql.find("ON CONFLICT").and_then(|start| self.sql.get(start..)).unwrap_or_default();
        // Rows of a sum may fall on each other, which one statement refuses.
        let sizes = if self.sql == sql::TALLY_ADD { &[1][..] } else { &ROWS };
        let (mut written, mut done) = (Vec::new(), 0_usize);
        for size in sizes {
            while self.columns.first()?.one(done.saturating_add(size.saturating_sub(1))).is_some() {
                let rows = done..done.saturating_add(*size);
                let mut params: Vec<Param> = vec![&self.slot];
                params.extend(rows.flat_map(|row| self.columns.iter().filter_map(move |column| column.one(row))));
                let keys = self.keys.get(done..done.saturating_add(*size)).unwrap_or_default();
                written.push(WrittenOut { sql: insert(into, self.columns.len(), *size, then), params, keys });
                done = done.saturating_add(*size);
            }
        }
        Some(written)
    }
}

/// A statement whose rows are written out.
pub(super) struct WrittenOut<'b> {
    pub(super) sql: String,
    pub(super) params: Vec<Param<'b>>,
    /// The keys that must come back, or another process was faster.
    pub(super) keys: &'b [&'b str],
}

/// The text of a statement that inserts so many rows of the slot `$1`.
fn insert(into: &str, columns: usize, rows: usize, then: &str) -> String {
    let row = |row: usize| {
        let first = row.saturating_mul(columns).saturating_add(2);
        let values: Vec<String> = (first..first.saturating_add(columns)).map(|number| format!("${number}")).collect();
        format!("($1, {})", values.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("{into}VALUES {} {then}", rows.join(", "))
}

/// The statements of a commit.
pub(super) fn bulks(commit: &Commit) -> Vec<Bulk<'_>> {
    let mut bulks = Vec::new();
    heads(&commit.heads, &mut bulks);
    events(&commit.events, &mut bulks);
    let fresh = Fresh::of(commit);
    for kind in PartKind::ALL {
        parts(&commit.parts, kind, &fresh, &mut bulks);
    }
    interests(&commit.interests, &fresh, &mut bulks);
    deliveries(commit, &mut bulks);
    postings(&commit.postings, &mut bulks);
    outbox(&commit.outbox, &mut bulks);
    withdrawn(commit, &mut bulks);
    quarantine(commit, &mut bulks);
    // Stable: within a slot the tables stay in the order above.
    bulks.sort_by_key(|bulk| bulk.slot);
    // Last, because every process adds to them: they are held for the shortest time.
    tallies(&commit.tallies, &mut bulks);
    bulks
}

/// The parties of a commit that had nothing before: whatever it says of them is new, or another process was faster.
struct Fresh<'c>(Vec<&'c str>);

impl<'c> Fresh<'c> {
    fn of(commit: &'c Commit) -> Self {
        let mut keys: Vec<&str> =
            commit.heads.iter().filter(|(_, expected)| *expected == 0).map(|(head, _)| &*head.key).collect();
        keys.sort_unstable();
        Self(keys)
    }

    fn holds(&self, party: &str) -> bool {
        self.0.binary_search(&party).is_ok()
    }
}

/// Rows of each slot, in the order of `key`. Of rows with the same key the last stays, unless `merge` says otherwise.
fn by_slot<'c, T: 'c, K: Ord>(
    rows: impl Iterator<Item = &'c T>,
    slot: impl Fn(&T) -> Slot,
    key: impl Fn(&'c T) -> K,
    mut each: impl FnMut(i16, Vec<&'c T>),
) {
    let mut sorted: Vec<&T> = rows.collect();
    sorted.sort_by_key(|row| (slot(row), key(row)));
    for of_slot in sorted.chunk_by(|a, b| slot(a) == slot(b)) {
        let last_of_each = of_slot.chunk_by(|a, b| key(a) == key(b)).filter_map(|same| same.last().copied());
        if let Some(first) = of_slot.first() {
            each(number(slot(first)), last_of_each.collect());
        }
    }
}

fn column<'c, T: 'c, V: ToSql + Sync + 'c>(rows: &[&'c T], value: impl Fn(&'c T) -> V) -> Column<'c> {
    Box::new(rows.iter().map(|row| value(row)).collect::<Vec<V>>())
}

/// The database's text holds no zero byte.
fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

fn heads<'c>(rows: &'c [(HeadRow, u64)], bulks: &mut Vec<Bulk<'c>>) {
    for new in [true, false] {
        let of_kind = rows.iter().filter(|(_, expected)| (*expected == 0) == new);
        by_slot(
            of_kind,
            |(head, _)| head.slot,
            |(head, _)| &head.key,
            |slot, rows| {
                let mut columns = vec![
                    column(&rows, |(head, _)| &*head.key),
                    column(&rows, |(head, _)| int(head.seq)),
                    column(&rows, |(head, _)| &head.hash[..]),
                    column(&rows, |(head, _)| head.wake_at),
                    column(&rows, |(head, _)| &*head.state),
                ];
                if !new {
                    columns.push(column(&rows, |(_, expected)| int(*expected)));
                }
                // One that is new and stands already fails; one that was followed already does not come back.
                let keys = if new { Vec::new() } else { rows.iter().map(|(head, _)| &*head.key).collect() };
                bulks.push(Bulk { sql: if new { sql::HEAD_NEW } else { sql::HEAD_NEXT }, slot, columns, keys });
            },
        );
    }
}

fn events<'c>(rows: &'c [EventRow], bulks: &mut Vec<Bulk<'c>>) {
    // Not one is left out: two lines of the same place are a mistake that the database must see.
    let unique = |row: &'c EventRow| (&row.key, row.seq, std::ptr::from_ref(row));
    by_slot(
        rows.iter(),
        |row| row.slot,
        unique,
        |slot, rows| {
            let columns = vec![
                column(&rows, |row| &*row.key),
                column(&rows, |row| int(row.seq)),
                column(&rows, |row| &row.ident[..]),
                column(&rows, |row| row.time),
                column(&rows, |row| row.recorded),
                column(&rows, |row| i16::from(row.context)),
                column(&rows, |row| match row.body {
                    Body::Own(_) => OWN,
                    Body::Heard { .. } => HEARD,
                    Body::Erased(_) => ERASED,
                }),
                column(&rows, |row| match &row.body {
                    Body::Own(bytes) => Some(&bytes[..]),
                    Body::Erased(digest) => Some(&digest[..]),
                    Body::Heard { .. } => None,
                }),
                column(&rows, |row| match &row.body {
                    Body::Heard { thing, .. } => Some(&**thing),
                    Body::Own(_) | Body::Erased(_) => row.about.as_deref(),
                }),
                column(&rows, |row| if let Body::Heard { seq, .. } = &row.body { Some(int(*seq)) } else { None }),
                column(&rows, |row| &row.hash[..]),
            ];
            bulks.push(Bulk { sql: sql::EVENT_NEW, slot, columns, keys: Vec::new() });
        },
    );
}

fn parts<'c>(rows: &'c [PartRow], kind: PartKind, fresh: &Fresh, bulks: &mut Vec<Bulk<'c>>) {
    for (new, sql) in [(true, sql::parts(kind).new), (false, sql::parts(kind).put)] {
        by_slot(
            rows.iter().filter(|row| row.kind == kind && fresh.holds(&row.party) == new),
            |row| row.slot,
            |row| (&row.party, row.id),
            |slot, rows| {
                let columns = vec![
                    column(&rows, |row| &*row.party),
                    column(&rows, |row| &row.id[..]),
                    column(&rows, |row| &*row.thing),
                    column(&rows, |row| &*row.clause),
                    column(&rows, |row| i16::from(row.state)),
                    column(&rows, |row| row.due),
                    column(&rows, |row| row.wake_at),
                    column(&rows, |row| row.since),
                    column(&rows, |row| &*row.body),
                ];
                bulks.push(Bulk { sql, slot, columns, keys: Vec::new() });
            },
        );
    }
}

fn interests<'c>(rows: &'c [InterestRow], fresh: &Fresh, bulks: &mut Vec<Bulk<'c>>) {
    for (new, sql) in [(true, sql::INTEREST_NEW), (false, sql::INTEREST_ADD)] {
        let mut rows: Vec<&InterestRow> = rows.iter().filter(|row| fresh.holds(&row.party) == new).collect();
        // Sorted so that, of the same interest, the one that was heard is the last.
        rows.sort_by_key(|row| row.heard);
        by_slot(
            rows.into_iter(),
            |row| row.slot,
            |row| (&row.thing, &row.party),
            |slot, rows| {
                let columns = vec![
                    column(&rows, |row| &*row.thing),
                    column(&rows, |row| &*row.party),
                    column(&rows, |row| row.heard),
                ];
                bulks.push(Bulk { sql, slot, columns, keys: Vec::new() });
            },
        );
    }
}

/// What was made comes before what is done, so that a row which is in both is gone.
fn deliveries<'c>(commit: &'c Commit, bulks: &mut Vec<Bulk<'c>>) {
    for (sql, rows) in [(sql::INBOX_ADD, &commit.inbox_add), (sql::INBOX_DONE, &commit.inbox_done)] {
        by_slot(
            rows.iter(),
            |row| row.slot,
            |row: &'c InboxRow| (&row.party, &row.thing, row.seq),
            |slot, rows| {
                let columns = vec![
                    column(&rows, |row| &*row.party),
                    column(&rows, |row| &*row.thing),
                    column(&rows, |row| int(row.seq)),
                ];
                bulks.push(Bulk { sql, slot, columns, keys: Vec::new() });
            },
        );
    }
    for (done, rows) in [(false, &commit.fanouts), (true, &commit.fanouts_done)] {
        by_slot(
            rows.iter(),
            |row| row.slot,
            |row: &'c FanoutRow| (&row.thing, row.seq),
            |slot, rows| {
                let mut columns = vec![column(&rows, |row| &*row.thing), column(&rows, |row| int(row.seq))];
                if !done {
                    columns.push(column(&rows, |row| &*row.after));
                }
                bulks.push(Bulk {
                    sql: if done { sql::FANOUT_DONE } else { sql::FANOUT_PUT },
                    slot,
                    columns,
                    keys: Vec::new(),
                });
            },
        );
    }
}

fn postings<'c>(rows: &'c [PostingRow], bulks: &mut Vec<Bulk<'c>>) {
    // Not one is left out: a line that stands twice is a mistake that the database must see.
    let unique = |row: &'c PostingRow| (&row.party, row.movement, row.line, std::ptr::from_ref(row));
    by_slot(
        rows.iter(),
        |row| row.slot,
        unique,
        |slot, rows| {
            let columns = vec![
                column(&rows, |row| &*row.party),
                column(&rows, |row| &row.movement[..]),
                column(&rows, |row| i16::from(row.line)),
                column(&rows, |row| row.time),
                column(&rows, |row| &row.remedy[..]),
                column(&rows, |row| &*row.account),
                column(&rows, |row| &*row.commodity),
                column(&rows, |row| i16::from(row.decimals)),
                column(&rows, |row| row.amount),
            ];
            bulks.push(Bulk { sql: sql::POSTING_NEW, slot, columns, keys: Vec::new() });
        },
    );
}

fn outbox<'c>(rows: &'c [OutboxRow], bulks: &mut Vec<Bulk<'c>>) {
    // Of the same message the one that has come the farthest is the last, and of those alike the first.
    let mut messages: Vec<&OutboxRow> = rows.iter().rev().collect();
    messages.sort_by_key(|row| (row.delivered.is_some(), row.attempts));
    by_slot(
        messages.into_iter(),
        |row| row.slot,
        |row| (&row.party, row.id),
        |slot, rows| {
            let columns = vec![
                column(&rows, |row| &*row.party),
                column(&rows, |row| &row.id[..]),
                column(&rows, |row| &*row.topic),
                column(&rows, |row| &*row.body),
                column(&rows, |row| i64::from(row.attempts)),
                column(&rows, |row| row.next_try),
                column(&rows, |row| row.delivered),
                column(&rows, |row| clean(&row.trouble)),
            ];
            bulks.push(Bulk { sql: sql::OUTBOX_PUT, slot, columns, keys: Vec::new() });
        },
    );
}

fn withdrawn<'c>(commit: &'c Commit, bulks: &mut Vec<Bulk<'c>>) {
    by_slot(
        commit.outbox_withdrawn.iter(),
        |row| row.0,
        |row: &'c (Slot, Box<str>, PartId)| (&row.1, row.2),
        |slot, rows| {
            let columns = vec![column(&rows, |row| &*row.1), column(&rows, |row| &row.2[..])];
            bulks.push(Bulk { sql: sql::OUTBOX_WITHDRAW, slot, columns, keys: Vec::new() });
        },
    );
}

fn quarantine<'c>(commit: &'c Commit, bulks: &mut Vec<Bulk<'c>>) {
    by_slot(
        commit.quarantine.iter(),
        |row| row.slot,
        |row: &'c QuarantineRow| row.id,
        |slot, rows| {
            let columns = vec![
                column(&rows, |row| &row.id[..]),
                column(&rows, |row| clean(&row.origin)),
                column(&rows, |row| int(row.line)),
                column(&rows, |row| &*row.code),
                column(&rows, |row| clean(&row.reason)),
                column(&rows, |row| &*row.bytes),
                column(&rows, |row| row.recorded),
            ];
            bulks.push(Bulk { sql: sql::QUARANTINE_ADD, slot, columns, keys: Vec::new() });
        },
    );
    by_slot(
        commit.quarantine_done.iter(),
        |row| row.0,
        |row: &'c (Slot, PartId)| row.1,
        |slot, rows| {
            let columns = vec![column(&rows, |row| &row.1[..])];
            bulks.push(Bulk { sql: sql::QUARANTINE_DONE, slot, columns, keys: Vec::new() });
        },
    );
}

fn tallies<'c>(rows: &'c [TallyRow], bulks: &mut Vec<Bulk<'c>>) {
    // Not one is left out: the database adds them up.
    let unique = |row: &'c TallyRow| (&row.name, row.day, &row.commodity, std::ptr::from_ref(row));
    by_slot(
        rows.iter(),
        |row| row.slot,
        unique,
        |slot, rows| {
            let columns = vec![
                column(&rows, |row| &*row.name),
                column(&rows, |row| row.day),
                column(&rows, |row| &*row.commodity),
                column(&rows, |row| row.amount),
            ];
            bulks.push(Bulk { sql: sql::TALLY_ADD, slot, columns, keys: Vec::new() });
        },
    );
}
