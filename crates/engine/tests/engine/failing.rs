//! A database that fails: the engine says so and ends, whatever is still waiting to be read.

use std::sync::Arc;

use makegood_engine::limits::Bounds;
use makegood_engine::{EngineError, FeedError, Session, feed};
use makegood_store::{CharterRow, Commit, CommitError, Health, Queue, Reader, Slot, Sqlite, Store, StoreError, Writer};

use crate::desk::{CHARTER, booking, now, rulebook};

/// Reads as it should, and has no room to write.
struct Full(Sqlite);

struct NoRoom;

fn no_room() -> StoreError {
    StoreError::Database { doing: "writing", source: "the disk is full".into() }
}

impl Writer for NoRoom {
    fn commit(&mut self, _: &Commit) -> Result<(), CommitError> {
        Err(no_room().into())
    }

    fn put_fits(&mut self, _: &[makegood_store::FitRow]) -> Result<(), CommitError> {
        Ok(())
    }

    fn claim(&mut self, _: Queue, slots: &[Slot], _: u32) -> Result<Vec<Slot>, StoreError> {
        Ok(slots.to_vec())
    }

    fn release(&mut self, _: Queue, _: &[Slot]) -> Result<(), StoreError> {
        Ok(())
    }

    fn begin_filling(&mut self, _: &str) -> Result<Vec<Slot>, StoreError> {
        Err(no_room())
    }

    fn filled(&mut self, _: &[Slot]) -> Result<(), StoreError> {
        Err(no_room())
    }

    fn end_filling(&mut self) -> Result<(), StoreError> {
        Err(no_room())
    }

    fn empty(&mut self, _: &[Slot]) -> Result<(), StoreError> {
        Err(no_room())
    }

    fn put_charters(&mut self, _: &[CharterRow], _: &Commit, _: &mut dyn FnMut() -> bool) -> Result<(), CommitError> {
        Err(no_room().into())
    }
}

impl Store for Full {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.0.reader()
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(NoRoom))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.0.snapshot()
    }

    fn shared(&self) -> bool {
        self.0.shared()
    }

    fn health(&self) -> Result<Health, StoreError> {
        self.0.health()
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.0.damage(limit)
    }
}

#[test]
fn a_full_disk_ends_a_feed_with_its_reason_however_much_is_left_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Full(Sqlite::open(folder.path().join("full.db")).unwrap()));
    let book = rulebook(&[CHARTER]);
    let bounds = Bounds { commit_lines: 10, ..Bounds::default() };
    let mut session = Session::with_bounds(store, book.clone(), now(), bounds).unwrap();
    let lines: Vec<String> = (0..20_000).map(|customer| booking(customer, "flight:1")).collect();
    let error = feed(&mut session, &book, "bookings", lines.join("\n").as_bytes(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::Engine(EngineError::Store(_))), "{error}");
}
