//! A database that fails: the engine says so and ends, whatever is still waiting to be read.

use std::sync::Arc;

use makegood_engine::limits::Bounds;
use makegood_engine::{EngineError, FeedError, Session, feed};
use makegood_store::{CharterRow, Commit, CommitError, Health, Queue, Reader, Slot, Sqlite, Store, StoreError, Writer};

use crate::desk::{CHARTER, booking, departure, now, rulebook};

/// Reads as it should, and has room for so many commits.
struct Full(Sqlite, usize);

struct NoRoom(Box<dyn Writer>, usize);

fn no_room() -> StoreError {
    StoreError::Database { url: "sqlite:frail.db".into(), doing: "writing", source: "the disk is full".into() }
}

impl Writer for NoRoom {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        self.1 = self.1.checked_sub(1).ok_or_else(no_room)?;
        self.0.commit(commit)
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
        Ok(Box::new(NoRoom(self.0.writer()?, self.1)))
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
    let store = Arc::new(Full(Sqlite::open(folder.path().join("full.db")).unwrap(), 0));
    let book = rulebook(&[CHARTER]);
    let bounds = Bounds { commit_lines: 10, ..Bounds::default() };
    let mut session = Session::with_bounds(store, book.clone(), now(), bounds).unwrap();
    let lines: Vec<String> = (0..20_000).map(|customer| booking(customer, "flight:1")).collect();
    let error = feed(&mut session, &book, "bookings", lines.join("\n").as_bytes(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::Engine(EngineError::Store(_))), "{error}");
}

/// A process that dies while an event is on its way to many leaves it to the next one, wherever it dies.
#[test]
fn an_event_on_its_way_to_many_goes_on_after_a_sudden_death() {
    const MANY: u32 = 60;
    for sharing in [false, true] {
        for (commits, gather_from) in (0..8).flat_map(|commits| [(commits, 1), (commits, 1_000)]) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("death.db");
            let open = || Sqlite::open(&file).unwrap().with_sharing(sharing);
            let book = rulebook(&[CHARTER]);
            let bounds = Bounds { fanout_portion: 16, gather_from, ..Bounds::default() };
            let mut before = Session::with_bounds(Arc::new(open()), book.clone(), now(), bounds).unwrap();
            let booked: Vec<String> = (0..MANY).map(|customer| booking(customer, "flight:1")).collect();
            feed(&mut before, &book, "bookings", booked.join("\n").as_bytes(), &mut |_| {}).unwrap();
            drop(before);
            let line = departure("d", "flight:1", "4h");
            let take = |store: Arc<dyn Store>| {
                let mut session = Session::with_bounds(store, book.clone(), now(), bounds)?;
                match feed(&mut session, &book, "departures", line.as_bytes(), &mut |_| {}) {
                    Err(FeedError::Engine(error)) => Err(error),
                    other => Ok(other.unwrap()),
                }
            };
            let died = take(Arc::new(Full(open(), commits)));
            let reached = open().reader().unwrap().count("remedy").unwrap();
            assert!(died.is_ok() || reached <= u64::from(MANY), "{reached} after {commits} commits");
            take(Arc::new(open())).unwrap();
            let mut reader = open().reader().unwrap();
            for (table, rows) in [("remedy", u64::from(MANY)), ("fanout", 0), ("inbox", 0)] {
                assert_eq!(reader.count(table).unwrap(), rows, "{table} after {commits}, sharing {sharing}");
            }
            assert_eq!(makegood_engine::verify(&open(), &book, 2, &|| {}).unwrap().faults, Vec::<String>::new());
        }
    }
}
