//! A slot read through in the order of its keys, a page at a time: for looking over all of history, where a question for each party
//! would cost more than the answer.

use std::collections::VecDeque;
use std::sync::Arc;

use makegood_core::Rulebook;
use makegood_store::{Body, EventRow, OutboxRow, PartKind, PartRow, PostingRow, Reader, Slot, StoreError, slot_of};
use rustc_hash::FxHashMap;

use crate::intake::{Logged, reread};
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

    /// The lines at hand that come next.
    pub fn coming(&self) -> impl Iterator<Item = &EventRow> {
        self.lines.rows.iter()
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
    /// What a line of a party's log says; whether it was told again, the line knows ([`Logged::happening_in`]). What the lines that
    /// come next have heard is asked for together with it.
    pub fn read<'l>(
        &mut self,
        reader: &mut dyn Reader,
        book: &Rulebook,
        line: &'l EventRow,
        coming: impl Iterator<Item = &'l EventRow>,
    ) -> Result<Arc<Logged>, EngineError> {
        let Body::Heard { thing, seq } = &line.body else { return Ok(Arc::new(read_said(reader, book, line)?)) };
        if let Some(logged) = self.at_hand(thing, *seq) {
            return Ok(logged);
        }
        self.read_together(reader, book, std::iter::once(line).chain(coming))?;
        match self.at_hand(thing, *seq) {
            Some(logged) => Ok(logged),
            // It is missing or cannot be read: this says why.
            None => Ok(Arc::new(read_said(reader, book, line)?)),
        }
    }

    fn at_hand(&self, thing: &str, seq: u64) -> Option<Arc<Logged>> {
        self.events.get(thing)?.get(&seq).map(Arc::clone)
    }

    /// Reads what these lines have heard and is not at hand.
    fn read_together<'l>(
        &mut self,
        reader: &mut dyn Reader,
        book: &Rulebook,
        lines: impl Iterator<Item = &'l EventRow>,
    ) -> Result<(), EngineError> {
        let heard = lines.filter_map(|line| match &line.body {
            Body::Heard { thing, seq } => Some((slot_of(thing), &**thing, seq.saturating_sub(1))),
            _ => None,
        });
        let mut asked: Vec<(Slot, &str, u64)> =
            heard.filter(|(_, thing, after)| self.at_hand(thing, after.saturating_add(1)).is_none()).collect();
        asked.sort_unstable();
        asked.dedup();
        if self.count.saturating_add(asked.len()) > HEARD {
            *self = Self::default();
        }
        for ((_, thing, after), found) in asked.iter().zip(reader.logs(&asked, 1)?) {
            let seq = after.saturating_add(1);
            let Some(EventRow { body: Body::Own(bytes), .. }) = found.first().filter(|row| row.seq == seq) else {
                continue;
            };
            if let Ok(logged) = reread(book, bytes) {
                self.count = self.count.saturating_add(1);
                self.events.entry((*thing).into()).or_default().insert(seq, Arc::new(logged));
            }
        }
        Ok(())
    }
}
