//! A commit as statements: for each slot and table one, its rows as arrays, everything in the order of the keys. All writers go through
//! slots, tables and keys in the same order, so that two of them wait for each other and never both.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
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
    /// How many there are.
    fn rows(&self) -> usize;
}

impl<V: ToSql + Sync> Values for Vec<V> {
    fn array(&self) -> Param<'_> {
        self
    }

    fn one(&self, row: usize) -> Option<Param<'_>> {
        self.get(row).map(|value| value as Param)
    }

    fn rows(&self) -> usize {
        self.len()
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
    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.rows())
    }

    /// One of its rows, with the slot before it.
    fn row(&self, row: usize) -> Vec<Param<'_>> {
        std::iter::once(&self.slot as Param).chain(self.columns.iter().filter_map(|column| column.one(row))).collect()
    }

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

/// New rows of one table, of many slots: what `COPY` carries at half of what it costs to insert them.
pub(super) struct Many<'c> {
    /// The statement that inserts the same from arrays.
    pub(super) like: &'static str,
    bulks: Vec<Bulk<'c>>,
}

impl Many<'_> {
    /// The text of the statement.
    pub(super) fn sql(&self) -> String {
        let into = self.like.split_once("SELECT $1").map_or(self.like, |(into, _)| into.trim_end());
        format!("COPY {} FROM STDIN (FORMAT binary)", into.trim_start_matches("INSERT INTO "))
    }

    /// Its rows, slot after slot, each with its slot before it.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<Param<'_>>> {
        self.bulks.iter().flat_map(|bulk| (0..bulk.rows()).map(|row| bulk.row(row)))
    }
}

/// Takes apart what is new, where there are at least so many rows for a table, and what is written in statements of a slot each.
pub(super) fn many(bulks: Vec<Bulk<'_>>, from: usize) -> (Vec<Many<'_>>, Vec<Bulk<'_>>) {
    let rows = |sql: &str| bulks.iter().filter(|bulk| bulk.sql == sql).map(Bulk::rows).sum::<usize>();
    let tables = sql::new_rows().into_iter().filter(|sql| rows(sql) >= from.max(1));
    let mut tables: Vec<Many> = tables.map(|like| Many { like, bulks: Vec::new() }).collect();
    let mut few = Vec::new();
    for bulk in bulks {
        match tables.iter_mut().find(|many| many.like == bulk.sql) {
            Some(many) => many.bulks.push(bulk),
            None => few.push(bulk),
        }
    }
    (tables, few)
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
    outbox(&commit.outbox, &fresh, &mut bulks);
    withdrawn(commit, &mut bulks);
    quarantine(commit, &mut bulks);
    // Stable: within a slot the tables stay in the order above.
    bulks.sort_by_key(|bulk| bulk.slot);
    // Last, because every process adds to them: they are held for the shortest time.
    tallies(&commit.tallies, &mut bulks);
    bulks
}

/// The parties of a commit that had nothing before: whatever it says of them is new, or another process was faster.
struct Fresh<'c>(FxHashSet<&'c str>);

impl<'c> Fresh<'c> {
    fn of(commit: &'c Commit) -> Self {
        Self(commit.heads.iter().filter(|(_, expected)| *expected == 0).map(|(head, _)| &*head.key).collect())
    }

    fn holds(&self, party: &str) -> bool {
        self.0.contains(party)
    }
}

/// Rows of each slot, in the order of `key`. Of rows with the same key the last stays, unless `merge` says otherwise.
fn by_slot<'c, T: 'c, K: Ord>(
    rows: impl Iterator<Item = &'c T>,
    slot: impl Fn(&T) -> Slot,
    key: impl Fn(&'c T) -> K,
    mut each: impl FnMut(i16, Vec<&'c T>),
) {
    // With their keys beside them: to look those up in the rows for each comparison would take longer than to sort.
    let mut sorted: Vec<(Slot, K, &T)> = rows.map(|row| (slot(row), key(row), row)).collect();
    sorted.sort_by(|(a_slot, a, _), (b_slot, b, _)| (a_slot, a).cmp(&(b_slot, b)));
    for of_slot in sorted.chunk_by(|(a, ..), (b, ..)| a == b) {
        let last_of_each = of_slot.chunk_by(|(_, a, _), (_, b, _)| a == b).filter_map(|same| same.last());
        if let Some((slot, ..)) = of_slot.first() {
            each(number(*slot), last_of_each.map(|(.., row)| *row).collect());
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
    let (begun, further): (Vec<_>, Vec<_>) = commit.fanouts.iter().partition(|row| row.after.is_empty());
    let done = commit.fanouts_done.iter().collect();
    for (sql, rows) in [(sql::FANOUT_NEW, begun), (sql::FANOUT_PUT, further), (sql::FANOUT_DONE, done)] {
        by_slot(
            rows.into_iter(),
            |row| row.slot,
            |row: &'c FanoutRow| (&row.thing, row.seq),
            |slot, rows| {
                let mut columns = vec![column(&rows, |row| &*row.thing), column(&rows, |row| int(row.seq))];
                if sql != sql::FANOUT_DONE {
                    columns.push(column(&rows, |row| &*row.after));
                }
                bulks.push(Bulk { sql, slot, columns, keys: Vec::new() });
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

fn outbox<'c>(rows: &'c [OutboxRow], fresh: &Fresh, bulks: &mut Vec<Bulk<'c>>) {
    for (new, sql) in [(true, sql::OUTBOX_NEW), (false, sql::OUTBOX_PUT)] {
        // Of the same message the one that has come the farthest is the last, and of those alike the first.
        let mut messages: Vec<&OutboxRow> = rows.iter().rev().filter(|row| fresh.holds(&row.party) == new).collect();
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
                bulks.push(Bulk { sql, slot, columns, keys: Vec::new() });
            },
        );
    }
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
