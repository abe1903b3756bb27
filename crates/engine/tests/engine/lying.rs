//! A database whose reading side may say that it has never heard of an event.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use makegood_store::*;

pub struct Lying {
    pub store: Arc<dyn Store>,
    /// False: no log holds any event, whatever it is asked.
    pub knows_events: bool,
}

struct LyingReader {
    reader: Box<dyn Reader>,
    knows_events: bool,
}

/// What is answered as it is.
macro_rules! honestly {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&mut self, $($argument: $kind),*) -> Result<$answer, StoreError> {
            self.reader.$name($($argument),*)
        })*
    };
}

impl Reader for LyingReader {
    fn event(&mut self, slot: Slot, key: &str, ident: &Ident) -> Result<Option<EventRow>, StoreError> {
        if self.knows_events { self.reader.event(slot, key, ident) } else { Ok(None) }
    }

    fn places(&mut self, events: &[(Slot, &str, Ident)]) -> Result<Vec<Option<u64>>, StoreError> {
        if self.knows_events { self.reader.places(events) } else { Ok(vec![None; events.len()]) }
    }

    honestly! {
        heads(keys: &[(Slot, &str)]) -> Vec<Option<HeadRow>>;
        log(slot: Slot, key: &str, after: u64, limit: usize) -> Vec<EventRow>;
        happened_since(slot: Slot, from: i64, after: (&str, u64), limit: usize) -> Vec<EventRow>;
        own_about(slot: Slot, key: &str, thing: &str) -> Vec<EventRow>;
        lines_of_slot(slot: Slot, after: (&str, u64), limit: usize) -> Vec<EventRow>;
        parts_about(slot: Slot, party: &str, kind: PartKind, about: [u8; 4]) -> Vec<PartRow>;
        parts_due(slot: Slot, party: &str, kind: PartKind, until: i64) -> Vec<PartRow>;
        next_wake(slot: Slot, party: &str, kind: PartKind, except: &[PartId]) -> Option<i64>;
        part(slot: Slot, party: &str, kind: PartKind, id: &PartId) -> Option<PartRow>;
        parts_by_id(slot: Slot, kind: PartKind, id: &PartId) -> Vec<PartRow>;
        parts_of_slot(slot: Slot, kind: PartKind, after: Option<(&str, &PartId)>, limit: usize) -> Vec<PartRow>;
        parts_of(slot: Slot, party: &str, kind: PartKind) -> Vec<PartRow>;
        heads_of_slot(slot: Slot, after: &str, limit: usize) -> Vec<HeadRow>;
        interested(slot: Slot, thing: &str, after: &str, limit: usize) -> Vec<Box<str>>;
        is_interested(slot: Slot, thing: &str, party: &str) -> bool;
        unheard(slot: Slot, limit: usize) -> Vec<InterestRow>;
        inbox(slot: Slot, limit: usize) -> Vec<InboxRow>;
        fanouts(slot: Slot, limit: usize) -> Vec<FanoutRow>;
        due(slot: Slot, until: i64, limit: usize) -> Vec<(Box<str>, i64)>;
        earliest_wake() -> Option<i64>;
        outbox_due(slot: Slot, topics: &[&str], until: i64, limit: usize) -> Vec<OutboxRow>;
        outbox_of(slot: Slot, party: &str) -> Vec<OutboxRow>;
        waiting(queue: Queue, until: i64, slots: &[Slot]) -> Vec<Slot>;
        claimed(queue: Queue, slots: &[Slot]) -> Vec<Slot>;
        claim_stamp(queue: Queue, slot: Slot) -> Option<i64>;
        interests_of_slot(slot: Slot, after: Option<(&str, &str)>, limit: usize) -> Vec<InterestRow>;
        outbox_of_slot(slot: Slot, after: Option<(&str, &PartId)>, limit: usize) -> Vec<OutboxRow>;
        tallies_of_slot(slot: Slot) -> Vec<TallyRow>;
        quarantine_of_slot(slot: Slot) -> Vec<QuarantineRow>;
        standings(kind: PartKind) -> Vec<(Box<str>, u8, u64)>;
        postings_of_slot(slot: Slot, after: Option<(&str, &PartId, u8)>, limit: usize) -> Vec<PostingRow>;
        postings_of(slot: Slot, party: &str) -> Vec<PostingRow>;
        balances() -> Vec<Balance>;
        tallies(name: &str, days: Range<i32>) -> BTreeMap<(i32, Box<str>), i64>;
        quarantine(after: Option<(Slot, PartId)>, limit: usize) -> Vec<QuarantineRow>;
        filling() -> Option<Box<str>>;
        count(table: &str) -> u64;
        charters() -> Vec<CharterRow>;
        fits() -> Vec<FitRow>;
    }
}

impl Store for Lying {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(LyingReader { reader: self.store.reader()?, knows_events: self.knows_events }))
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        self.store.writer()
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.store.snapshot()
    }

    fn shared(&self) -> bool {
        self.store.shared()
    }

    fn health(&self) -> Result<Health, StoreError> {
        self.store.health()
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.store.damage(limit)
    }
}
