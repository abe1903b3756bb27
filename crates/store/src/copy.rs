//! A database copied into another one, whichever kinds the two are: slot by slot, resumable, and compared in the end.

use std::fmt::{self, Write as _};

use sha2::{Digest, Sha256};

use crate::{
    Body, Commit, CommitError, EventRow, FanoutRow, HeadRow, InboxRow, InterestRow, OutboxRow, PartKind, PartRow,
    PostingRow, QuarantineRow, Reader, SLOTS, Slot, Store, StoreError, TallyRow, Writer,
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Rows written in one commit, at most about this many.
const COMMIT_ROWS: usize = 20_000;
/// Slots copied before it is noted that they are done.
const COMMIT_SLOTS: usize = 32;
/// How often what changed meanwhile is copied again.
const ROUNDS: usize = 3;

/// What came of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Rows that were written; not those that an earlier, interrupted copy wrote.
    pub rows: u64,
    /// The digest of everything that is kept, the same on both sides.
    pub digest: [u8; 32],
}

/// A row of any table.
enum Row {
    Event(EventRow),
    Head(HeadRow),
    Part(PartRow),
    Interest(InterestRow),
    Inbox(InboxRow),
    Fanout(FanoutRow),
    Posting(PostingRow),
    Outbox(OutboxRow),
    Tally(TallyRow),
    Quarantine(QuarantineRow),
}

/// Fills `to`, which is empty or was begun with the same source, with everything that `from` holds at this moment. `name` tells the
/// source from others; `progress` is told of each slot that is done.
pub fn copy(from: &dyn Store, name: &str, to: &dyn Store, progress: &mut dyn FnMut()) -> Result<Copied, StoreError> {
    let mut source = from.snapshot()?;
    let mut writer = to.writer()?;
    let resumed = to.reader()?.filling()?.is_some();
    let done = writer.begin_filling(name)?;
    (0..done.len()).for_each(|_| progress());
    let left: Vec<Slot> = (0..SLOTS).map(Slot).filter(|slot| !done.contains(slot)).collect();
    if resumed {
        writer.empty(&left)?;
    }
    let mut rows = copy_slots(&mut *source, &mut *writer, &left, progress)?;
    // An earlier, interrupted copy may have seen the source as it was then.
    for _ in 0..ROUNDS {
        let mut target = to.reader()?;
        let differ = differing(&mut *source, &mut *target)?;
        if differ.is_empty() {
            return end(&mut *source, &mut *target, &mut *writer, rows);
        }
        writer.empty(&differ)?;
        rows = rows.saturating_add(copy_slots(&mut *source, &mut *writer, &differ, &mut || ())?);
    }
    let slots = differing(&mut *source, &mut *to.reader()?)?.len();
    Err(StoreError::Differs { slots })
}

/// The digest of everything that a database keeps, the same for the same content whichever kind of database it is.
pub fn digest(reader: &mut dyn Reader) -> Result<[u8; 32], StoreError> {
    let mut whole = Hasher(Sha256::new());
    for slot in (0..SLOTS).map(Slot) {
        whole.0.update(digest_of(reader, slot)?);
    }
    for charter in reader.charters()? {
        whole.add(&charter);
    }
    for fit in reader.fits()? {
        whole.add(&fit);
    }
    Ok(whole.0.finalize().into())
}

fn end(
    source: &mut dyn Reader,
    target: &mut dyn Reader,
    writer: &mut dyn Writer,
    rows: u64,
) -> Result<Copied, StoreError> {
    writer.put_charters(&source.charters()?, &Commit::default(), &mut || true).map_err(whole)?;
    writer.put_fits(&source.fits()?).map_err(whole)?;
    let (digest, copied) = (digest(source)?, digest(target)?);
    if digest != copied {
        return Err(StoreError::Differs { slots: differing(source, target)?.len() });
    }
    writer.end_filling()?;
    Ok(Copied { rows, digest })
}

/// Nobody else writes to what is being filled.
fn whole(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        other => StoreError::BrokenOff { why: other.to_string() },
    }
}

fn differing(source: &mut dyn Reader, target: &mut dyn Reader) -> Result<Vec<Slot>, StoreError> {
    let mut differ = Vec::new();
    for slot in (0..SLOTS).map(Slot) {
        if digest_of(source, slot)? != digest_of(target, slot)? {
            differ.push(slot);
        }
    }
    Ok(differ)
}

/// Copies slots, several of them in one commit, and notes those that are done.
fn copy_slots(
    source: &mut dyn Reader,
    writer: &mut dyn Writer,
    slots: &[Slot],
    progress: &mut dyn FnMut(),
) -> Result<u64, StoreError> {
    let (mut commit, mut pending, mut rows) = (Commit::default(), 0_usize, 0_u64);
    for group in slots.chunks(COMMIT_SLOTS) {
        for slot in group {
            each_row(source, *slot, &mut |row| {
                add(&mut commit, row);
                (pending, rows) = (pending.saturating_add(1), rows.saturating_add(1));
                if pending >= COMMIT_ROWS {
                    pending = 0;
                    write(writer, &std::mem::take(&mut commit))?;
                }
                Ok(())
            })?;
        }
        write(writer, &std::mem::take(&mut commit))?;
        writer.filled(group)?;
        group.iter().for_each(|_| progress());
    }
    Ok(rows)
}

/// A commit whose end is not known is stale: what is there is emptied and copied again by whoever calls this again.
fn write(writer: &mut dyn Writer, commit: &Commit) -> Result<(), StoreError> {
    if *commit == Commit::default() { Ok(()) } else { writer.commit(commit).map_err(whole) }
}

fn add(commit: &mut Commit, row: Row) {
    match row {
        Row::Event(row) => commit.events.push(row),
        Row::Head(row) => commit.heads.push((row, 0)),
        Row::Part(row) => commit.parts.push(row),
        Row::Interest(row) => commit.interests.push(row),
        Row::Inbox(row) => commit.inbox_add.push(row),
        Row::Fanout(row) => commit.fanouts.push(row),
        Row::Posting(row) => commit.postings.push(row),
        Row::Outbox(row) => commit.outbox.push(row),
        Row::Tally(row) => commit.tallies.push(row),
        Row::Quarantine(row) => commit.quarantine.push(row),
    }
}

type Each<'e> = &'e mut dyn FnMut(Row) -> Result<(), StoreError>;

/// Every row of a slot, table by table, in the order of the keys.
fn each_row(reader: &mut dyn Reader, slot: Slot, each: Each) -> Result<(), StoreError> {
    logs(reader, slot, each)?;
    for kind in PartKind::ALL {
        let mut after = None;
        loop {
            let from = after.as_ref().map(|(party, id): &(Box<str>, _)| (&**party, id));
            let page = reader.parts_of_slot(slot, kind, from, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            page.into_iter().map(Row::Part).try_for_each(&mut *each)?;
        }
    }
    let mut after = None;
    loop {
        let from = after.as_ref().map(|(thing, party): &(Box<str>, Box<str>)| (&**thing, &**party));
        let page = reader.interests_of_slot(slot, from, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some((last.thing.clone(), last.party.clone()));
        page.into_iter().map(Row::Interest).try_for_each(&mut *each)?;
    }
    reader.inbox(slot, usize::MAX)?.into_iter().map(Row::Inbox).try_for_each(&mut *each)?;
    reader.fanouts(slot, usize::MAX)?.into_iter().map(Row::Fanout).try_for_each(&mut *each)?;
    let mut after = None;
    loop {
        let from = after.as_ref().map(|(party, movement, line): &(Box<str>, _, u8)| (&**party, movement, *line));
        let page = reader.postings_of_slot(slot, from, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some((last.party.clone(), last.movement, last.line));
        page.into_iter().map(Row::Posting).try_for_each(&mut *each)?;
    }
    let mut after = None;
    loop {
        let from = after.as_ref().map(|(party, id): &(Box<str>, _)| (&**party, id));
        let page = reader.outbox_of_slot(slot, from, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some((last.party.clone(), last.id));
        page.into_iter().map(Row::Outbox).try_for_each(&mut *each)?;
    }
    reader.tallies_of_slot(slot)?.into_iter().map(Row::Tally).try_for_each(&mut *each)?;
    reader.quarantine_of_slot(slot)?.into_iter().map(Row::Quarantine).try_for_each(&mut *each)
}

fn logs(reader: &mut dyn Reader, slot: Slot, each: Each) -> Result<(), StoreError> {
    let mut after = Box::from("");
    loop {
        let heads = reader.heads_of_slot(slot, &after, PAGE)?;
        let Some(last) = heads.last() else { return Ok(()) };
        after = last.key.clone();
        for head in heads {
            let mut seq = 0;
            loop {
                let page = reader.log(slot, &head.key, seq, PAGE)?;
                let Some(last) = page.last() else { break };
                seq = last.seq;
                page.into_iter().map(Row::Event).try_for_each(&mut *each)?;
                if seq >= head.seq {
                    break;
                }
            }
            each(Row::Head(head))?;
        }
    }
}

/// Hashes rows in the form in which they are written for people who look for faults: every field counts.
struct Hasher(Sha256);

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

impl Hasher {
    /// Its bytes as they are: they are the most of a database.
    fn event(&mut self, row: &EventRow) {
        self.add(&(&row.key, row.seq, row.ident, row.time, row.recorded, row.context, row.hash));
        match &row.body {
            Body::Own(bytes) => self.0.update(bytes),
            Body::Heard { thing, seq } => self.add(&(thing, seq)),
            Body::Erased(digest) => self.add(digest),
        }
    }

    fn add(&mut self, row: &dyn fmt::Debug) {
        // Hashing cannot fail.
        let _ = writeln!(self, "{row:?}");
    }
}

fn digest_of(reader: &mut dyn Reader, slot: Slot) -> Result<[u8; 32], StoreError> {
    let mut hasher = Hasher(Sha256::new());
    each_row(reader, slot, &mut |row| {
        match &row {
            Row::Event(row) => hasher.event(row),
            Row::Head(row) => hasher.add(row),
            Row::Part(row) => hasher.add(row),
            Row::Interest(row) => hasher.add(row),
            Row::Inbox(row) => hasher.add(row),
            Row::Fanout(row) => hasher.add(row),
            Row::Posting(row) => hasher.add(row),
            Row::Outbox(row) => hasher.add(row),
            Row::Tally(row) => hasher.add(row),
            Row::Quarantine(row) => hasher.add(row),
        }
        Ok(())
    })?;
    Ok(hasher.0.finalize().into())
}
