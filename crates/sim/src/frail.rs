//! A store as one process sees it: it may die with a commit that was not made durable, or with one that was and that it never heard
//! of. What others did stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use makegood_store::{
    CharterRow, Commit, CommitError, FanoutRow, FitRow, Health, Queue, Reader, Slot, Store, StoreError, Writer,
};

/// When a process dies.
#[derive(Debug, Clone, Copy, Default)]
struct Fuse {
    /// Commits that still go through, and whether the fatal one becomes durable.
    armed: Option<(u8, bool)>,
    burnt: bool,
    /// True when claims are given back all the same, so that nobody has to wait until they run out.
    tidy: bool,
}

/// When a process dies, held by whoever decides that and by its store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life(Arc<Mutex<Fuse>>);

impl Life {
    fn with<T>(&self, run: impl FnOnce(&mut Fuse) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// So many commits go through from here on; with the next one the process dies. One that has died, and whose session has not seen it
    /// yet, stays dead.
    pub fn ends_after(&self, commits: u8, durable: bool, tidy: bool) {
        self.with(|fuse| {
            if !fuse.burnt {
                *fuse = Fuse { armed: Some((commits, durable)), burnt: false, tidy };
            }
        });
    }

    pub fn is_over(&self) -> bool {
        self.with(|fuse| fuse.burnt)
    }

    pub fn was_tidy(&self) -> bool {
        self.with(|fuse| fuse.tidy)
    }

    /// What becomes of the next commit: `None`, it goes through; otherwise the process dies, and the commit is durable or not.
    fn next(&self) -> Option<bool> {
        self.with(|fuse| match fuse.armed {
            _ if fuse.burnt => Some(false),
            None => None,
            Some((0, durable)) => {
                fuse.burnt = true;
                Some(durable)
            }
            Some((left, durable)) => {
                fuse.armed = Some((left.saturating_sub(1), durable));
                None
            }
        })
    }
}

/// A database, seen by one process.
pub(crate) struct Frail {
    pub inner: Arc<dyn Store>,
    pub life: Life,
    /// True: no transaction spans two slots. Each commit is made in pieces, and the process may die between them.
    pub split: bool,
}

struct FrailWriter {
    inner: Box<dyn Writer>,
    reader: Box<dyn Reader>,
    life: Life,
    split: bool,
}

fn died() -> StoreError {
    StoreError::Database { url: "sqlite:frail.db".into(), doing: "living", source: "the process died".into() }
}

impl FrailWriter {
    /// A row that begins a fan-out is written once. Where a commit is made in pieces it may stand while what it follows from does not:
    /// whoever makes that again does not write the row over.
    fn leave_out_what_stands(&mut self, piece: &mut Commit) -> Result<(), StoreError> {
        let slots: BTreeSet<Slot> = piece.fanouts.iter().map(|row| row.slot).collect();
        let slots: Vec<Slot> = slots.into_iter().collect();
        let standing = if slots.is_empty() { Vec::new() } else { self.reader.fanouts_in(&slots, usize::MAX)? };
        let stands = |row: &FanoutRow| standing.iter().any(|kept| kept.thing == row.thing && kept.seq == row.seq);
        piece.fanouts.retain(|row| !row.after.is_empty() || !stands(row));
        Ok(())
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.life.is_over() { Err(died()) } else { Ok(()) }
    }
}

impl FrailWriter {
    fn commit_one(&mut self, commit: &Commit) -> Result<(), CommitError> {
        let dead = self.life.is_over();
        match self.life.next() {
            None => self.inner.commit(commit),
            Some(durable) => {
                if durable && !dead {
                    // Whether it was made or came too late, nobody hears of it.
                    let _ = self.inner.commit(commit);
                }
                Err(died().into())
            }
        }
    }
}

/// A commit in pieces, each within one slot, in the order that [`Commit`] names.
fn pieces(commit: &Commit) -> Vec<Commit> {
    let [mut given, mut said, mut own, mut done] = [const { BTreeMap::new() }; 4];
    fn of(pieces: &mut BTreeMap<Slot, Commit>, slot: Slot) -> &mut Commit {
        pieces.entry(slot).or_default()
    }
    // Nothing is folded of a thing.
    let things: BTreeSet<&str> =
        commit.heads.iter().filter(|(head, _)| head.state.is_empty()).map(|(head, _)| &*head.key).collect();
    for row in &commit.interests {
        of(&mut given, row.slot).interests.push(row.clone());
    }
    for row in &commit.inbox_add {
        of(&mut given, row.slot).inbox_add.push(row.clone());
    }
    for (head, base) in &commit.heads {
        let pieces = if things.contains(&*head.key) { &mut said } else { &mut own };
        of(pieces, head.slot).heads.push((head.clone(), *base));
    }
    for row in &commit.events {
        let pieces = if things.contains(&*row.key) { &mut said } else { &mut own };
        of(pieces, row.slot).events.push(row.clone());
    }
    for row in &commit.parts {
        of(&mut own, row.slot).parts.push(row.clone());
    }
    for row in &commit.postings {
        of(&mut own, row.slot).postings.push(row.clone());
    }
    for row in &commit.outbox {
        of(&mut own, row.slot).outbox.push(row.clone());
    }
    for row in &commit.outbox_withdrawn {
        of(&mut own, row.0).outbox_withdrawn.push(row.clone());
    }
    for row in &commit.tallies {
        of(&mut own, row.slot).tallies.push(row.clone());
    }
    for row in &commit.fanouts {
        let said_now = commit.events.iter().any(|event| event.key == row.thing && event.seq == row.seq);
        if said_now {
            of(&mut said, row.slot).fanouts.push(FanoutRow { after: "".into(), ..row.clone() });
        } else if row.after.is_empty() {
            of(&mut given, row.slot).fanouts.push(row.clone());
        }
        if !row.after.is_empty() {
            of(&mut done, row.slot).fanouts.push(row.clone());
        }
    }
    for row in &commit.quarantine {
        of(&mut own, row.slot).quarantine.push(row.clone());
    }
    for row in &commit.inbox_done {
        of(&mut done, row.slot).inbox_done.push(row.clone());
    }
    for row in &commit.fanouts_done {
        of(&mut done, row.slot).fanouts_done.push(row.clone());
    }
    for (slot, id) in &commit.quarantine_done {
        of(&mut done, *slot).quarantine_done.push((*slot, *id));
    }
    let all = [given, said, own, done].into_iter().flat_map(BTreeMap::into_values);
    all.map(|piece| Commit { charters: commit.charters, ..piece }).collect()
}

impl Writer for FrailWriter {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        if self.split {
            for mut piece in pieces(commit) {
                self.leave_out_what_stands(&mut piece)?;
                self.commit_one(&piece)?;
            }
            return Ok(());
        }
        self.commit_one(commit)
    }

    fn claim(&mut self, queue: Queue, slots: &[Slot], milliseconds: u32) -> Result<Vec<Slot>, StoreError> {
        self.alive()?;
        self.inner.claim(queue, slots, milliseconds)
    }

    fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), StoreError> {
        if self.life.is_over() && !self.life.was_tidy() {
            return Ok(());
        }
        self.inner.release(queue, slots)
    }

    fn begin_filling(&mut self, source: &str) -> Result<Vec<Slot>, StoreError> {
        self.inner.begin_filling(source)
    }

    fn filled(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.inner.filled(slots)
    }

    fn end_filling(&mut self) -> Result<(), StoreError> {
        self.inner.end_filling()
    }

    fn empty(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.inner.empty(slots)
    }

    fn put_charters(
        &mut self,
        charters: &[CharterRow],
        with: &Commit,
        admit: &mut dyn FnMut() -> bool,
    ) -> Result<(), CommitError> {
        self.inner.put_charters(charters, with, admit)
    }

    fn put_fits(&mut self, fits: &[FitRow]) -> Result<(), CommitError> {
        self.inner.put_fits(fits)
    }
}

impl Store for Frail {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        let (inner, reader) = (self.inner.writer()?, self.inner.reader()?);
        Ok(Box::new(FrailWriter { inner, reader, life: self.life.clone(), split: self.split }))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.snapshot()
    }

    fn shared(&self) -> bool {
        self.inner.shared()
    }

    fn health(&self) -> Result<Health, StoreError> {
        self.inner.health()
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.inner.damage(limit)
    }
}
