//! A slot read through in the order of its keys, a page at a time: for looking over all of history, where a question for each party
//! would cost more than the answer.

use std::collections::VecDeque;
use std::sync::Arc;

use makegood_core::Rulebook;
use makegood_store::{Body, EventRow, OutboxRow, PartKind, PartRow, PostingRow, Reader, Slot, StoreError};
use rustc_hash::FxHashMap;

use crate::intake::Logged;
use crate::rebuild::read_said;
use crate::{EngineError, limits};

/// Events of things kept at hand for the next party that heard them.
const HEARD: usize = 20_000;

/// Rows of one table of a slot, in order. Keys are asked for in order, too; rows of keys that are not asked for are passed over.
struct Pages<T> {
    rows: VecDeque<T>,
    last: Option<T>,
    ended: bool,
}

impl<T: Clone> Pages<T> {
    fn new() -> Self {
        Self { rows: VecDeque::new(), last: None, ended: false }
    }

    /// The next rows of `key`, as many as are at hand; none when there are no more.
    fn next(
        &mut self,
        key: &str,
        key_of: impl Fn(&T) -> &str,
        mut page: impl FnMut(Option<&T>) -> Result<Vec<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        loop {
            while self.rows.front().is_some_and(|row| key_of(row) < key) {
                self.rows.pop_front();
            }
            let of_key = self.rows.iter().take_while(|row| key_of(row) == key).count();
            if of_key > 0 || !self.rows.is_empty() || self.ended {
                return Ok(self.rows.drain(..of_key).collect());
            }
            let found = page(self.last.as_ref())?;
            self.ended = found.len() < limits::SLOT_ROWS;
            self.last = found.last().cloned();
            self.rows = found.into();
        }
    }

    /// All rows of `key`.
    fn all(
        &mut self,
        key: &str,
        key_of: impl Fn(&T) -> &str + Copy,
        mut page: impl FnMut(Option<&T>) -> Result<Vec<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        loop {
            let next = self.next(key, key_of, &mut page)?;
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next);
        }
    }
}

/// Everything of a slot but its heads.
pub(crate) struct SlotPages {
    slot: Slot,
    lines: Pages<EventRow>,
    parts: [Pages<PartRow>; PartKind::ALL.len()],
    postings: Pages<PostingRow>,
    messages: Pages<OutboxRow>,
}

impl SlotPages {
    pub fn new(slot: Slot) -> Self {
        let parts = PartKind::ALL.map(|_| Pages::new());
        Self { slot, lines: Pages::new(), parts, postings: Pages::new(), messages: Pages::new() }
    }

    /// The next lines of the log of `key`; none when there are no more.
    pub fn lines(&mut self, reader: &mut dyn Reader, key: &str) -> Result<Vec<EventRow>, StoreError> {
        let slot = self.slot;
        self.lines.next(
            key,
            |row| &row.key,
            |last| {
                let after = last.map_or(("", 0), |row| (&*row.key, row.seq));
                reader.lines_of_slot(slot, after, limits::SLOT_ROWS)
            },
        )
    }

    /// All lines of the log of `key`.
    pub fn whole_log(&mut self, reader: &mut dyn Reader, key: &str) -> Result<Vec<EventRow>, StoreError> {
        let mut log = Vec::new();
        loop {
            let lines = self.lines(reader, key)?;
            if lines.is_empty() {
                return Ok(log);
            }
            log.extend(lines);
        }
    }

    pub fn parts(&mut self, reader: &mut dyn Reader, kind: PartKind, party: &str) -> Result<Vec<PartRow>, StoreError> {
        let slot = self.slot;
        let of_kind = self.parts.iter_mut().zip(PartKind::ALL).find(|(_, known)| *known == kind);
        let Some((pages, _)) = of_kind else { return Ok(Vec::new()) };
        pages.all(
            party,
            |row| &row.party,
            |last| {
                let after = last.map(|row| (&*row.party, &row.id));
                reader.parts_of_slot(slot, kind, after, limits::SLOT_ROWS)
            },
        )
    }

    pub fn postings(&mut self, reader: &mut dyn Reader, party: &str) -> Result<Vec<PostingRow>, StoreError> {
        let slot = self.slot;
        self.postings.all(
            party,
            |row| &row.party,
            |last| {
                let after = last.map(|row| (&*row.party, &row.movement, row.line));
                reader.postings_of_slot(slot, after, limits::SLOT_ROWS)
            },
        )
    }

    pub fn messages(&mut self, reader: &mut dyn Reader, party: &str) -> Result<Vec<OutboxRow>, StoreError> {
        let slot = self.slot;
        self.messages.all(
            party,
            |row| &row.party,
            |last| {
                let after = last.map(|row| (&*row.party, &row.id));
                reader.outbox_of_slot(slot, after, limits::SLOT_ROWS)
            },
        )
    }
}

/// Events of things that were read a moment ago. Looked up by key only, so that a hash map is safe here.
#[derive(Default)]
pub(crate) struct Heard {
    events: FxHashMap<Box<str>, FxHashMap<u64, Arc<Logged>>>,
    count: usize,
}

impl Heard {
    /// What a line of a party's log says; whether it was told again, the line knows ([`Logged::happening_in`]).
    pub fn read(
        &mut self,
        reader: &mut dyn Reader,
        book: &Rulebook,
        line: &EventRow,
    ) -> Result<Arc<Logged>, EngineError> {
        let Body::Heard { thing, seq } = &line.body else { return Ok(Arc::new(read_said(reader, book, line)?)) };
        if let Some(logged) = self.events.get(thing).and_then(|events| events.get(seq)) {
            return Ok(Arc::clone(logged));
        }
        let logged = Arc::new(read_said(reader, book, line)?);
        if self.count >= HEARD {
            *self = Self::default();
        }
        self.count = self.count.saturating_add(1);
        self.events.entry(thing.clone()).or_default().insert(*seq, Arc::clone(&logged));
        Ok(logged)
    }
}
