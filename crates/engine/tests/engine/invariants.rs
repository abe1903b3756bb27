//! What the engine rests on is broken on purpose, and the write stops with the number of the invariant.

use std::sync::Arc;

use makegood_engine::{EngineError, Session, put_in_force, rows};
use makegood_money::Tenders;
use makegood_store::{Commit, PartKind, Sqlite, Store, slot_of};
use serde_json::json;

use crate::desk::{CHARTER, Desk, booking, departure, event, now, rulebook};
use crate::lying::Lying;

/// The number of the invariant that an error names, by its whole chain of causes.
fn number(error: &EngineError) -> Option<u8> {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let words = error.to_string();
        if let Some(rest) = words.strip_prefix("invariant ") {
            return rest.split(' ').next()?.parse().ok();
        }
        cause = error.source();
    }
    None
}

/// A desk with one credit, whose stored remedy was changed behind the engine's back; then its payment fails.
fn with_remedy(change: fn(&mut makegood_core::Remedy)) -> (Option<u8>, u64, u64) {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    let (slot, party) = (slot_of("customer:1"), "customer:1");
    let row = desk.session.reader().parts_of(slot, party, PartKind::Remedy).unwrap().remove(0);
    let mut remedy = rows::remedy(&row).unwrap();
    change(&mut remedy);
    let parts = vec![rows::remedy_row(slot, party, &remedy).unwrap()];
    desk.store.writer().unwrap().commit(&Commit { parts, ..Commit::default() }).unwrap();
    let mut desk = desk.beside();
    let before = desk.count("event");
    let name = desk.remedies(1)[0].clone();
    let failed =
        event("remedy.failed", "f", Some(1), "flight:1", "06-05", json!({ "remedy": name, "reason": "no account" }));
    let incoming = desk.read(&failed).unwrap();
    let answer = desk.session.take([incoming]).and_then(|()| desk.session.flush());
    (answer.err().and_then(|error| number(&error)), before, desk.count("event"))
}

#[test]
fn a_remedy_that_owes_nothing_or_says_nothing_stops_the_write() {
    let (found, before, after) = with_remedy(|remedy| remedy.amounts = Tenders::default());
    assert_eq!((found, after), (Some(4), before));
    let (found, before, after) = with_remedy(|remedy| remedy.reason.steps.clear());
    assert_eq!((found, after), (Some(5), before));
    let (found, before, after) = with_remedy(|_| {});
    assert_eq!((found, after), (None, before + 1));
}

#[test]
fn an_event_that_is_not_recognised_is_not_counted_twice() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        desk.tell(&booking(1, "flight:1"));
        let (lines, promises) = (desk.count("event"), desk.count("promise"));
        // A reader that has never heard of any event, as faulty code would ask it.
        let lying: Arc<dyn Store> = Arc::new(Lying { store: desk.store.clone(), knows_events: false });
        let mut session = Session::new(lying, desk.book.clone(), now()).unwrap();
        let again = desk.read(&booking(1, "flight:1")).unwrap();
        let stopped = session.take([again]).and_then(|()| session.flush()).unwrap_err();
        assert_eq!(number(&stopped), Some(2), "shared: {sharing}: {stopped}");
        assert_eq!((desk.count("event"), desk.count("promise")), (lines, promises));
    }
}

#[test]
fn a_charter_that_was_changed_in_the_database_judges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&file).unwrap());
    let book = rulebook(&[CHARTER]);
    put_in_force(&*store, &book.versions()[0].charter, now()).unwrap();
    Session::new(store.clone(), book, now()).unwrap();
    let cheaper = CHARTER.replace("compensation: 50 USD", "compensation: 5 USD");
    let changed = rusqlite::Connection::open(&file).unwrap().execute("UPDATE charter SET text = ?1", [&cheaper]);
    assert_eq!(changed, Ok(1));
    // As every command does: what is kept is read, and judges.
    let text = store.reader().unwrap().charters().unwrap().remove(0).text;
    let stopped = Session::new(store, rulebook(&[&text]), now()).err().unwrap();
    assert_eq!(number(&stopped), Some(6), "{stopped}");
}
