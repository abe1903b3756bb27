//! A database as it stood at an earlier moment.

use makegood_engine::{rebuild, restore_until, verify};
use makegood_store::{Sqlite, Store, digest};
use serde_json::json;

use crate::desk::{Desk, at, booking, cancellation, departure, event};

/// What happens, and when the company learns of it. The moments are those of the machine's clock.
fn story() -> Vec<(&'static str, String)> {
    let accepted = event("alternate.accepted", "a", Some(3), "flight:2", "06-01 12:00", json!({}));
    vec![
        ("05-01", booking(1, "flight:1")),
        ("05-02", booking(2, "flight:1")),
        ("06-02", departure("d1", "flight:1", "4h")),
        ("06-02 10:00", booking(3, "flight:2")),
        ("06-02 11:00", booking(4, "flight:1")),
        ("06-03", cancellation("c", "flight:2")),
        ("06-03 01:00", accepted),
        ("06-03 02:00", departure("d2", "flight:1", "6h")),
    ]
}

fn live(sharing: bool, until: &str) -> Desk {
    let mut desk = Desk::open(sharing);
    for (moment, line) in story().into_iter().filter(|(moment, _)| at(moment) <= at(until)) {
        desk.session.set_now(at(moment));
        desk.tell(&line);
        desk.clock(moment);
    }
    desk
}

#[test]
fn an_earlier_moment_is_what_was_there_then() {
    for sharing in [false, true] {
        let whole = live(sharing, "12-31");
        for until in ["04-30", "05-01", "06-01", "06-02", "06-02 10:30", "06-03", "06-03 01:30", "12-31"] {
            let mut then = live(sharing, until);
            let file = whole.path(&format!("{}.db", until.replace([' ', ':'], "-")));
            let target = Sqlite::open(&file).unwrap().with_sharing(sharing);
            let restored = restore_until(&*whole.store, &target, &whole.book, at(until), &mut || {}).unwrap();
            assert_eq!(restored.lines, then.count("event"), "{until}, shared: {sharing}");
            // What was on its way is carried on by the first session.
            let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(target);
            drop(makegood_engine::Session::new(store.clone(), whole.book.clone(), at(until)).unwrap());
            assert_eq!(verify(&*store, &whole.book, 2, &|| {}).unwrap().faults, Vec::<String>::new(), "{until}");
            let rebuilt = rebuild(&*store, &whole.book, 1, &|| {}).unwrap();
            assert!(rebuilt.is_same(), "{until}: {:?}", rebuilt.differ);
            let digest_of = |reader: &mut dyn makegood_store::Reader| digest(reader).unwrap();
            let same = digest_of(&mut *store.reader().unwrap()) == digest_of(then.session.reader());
            assert!(same, "{until}, shared: {sharing}: the digests differ");
        }
    }
}

#[test]
fn what_has_left_since_does_not_leave_again() {
    let mut desk = live(false, "06-02");
    let mut taken = crate::dispatch::Taker::default();
    let mut routes = makegood_engine::Routes::default();
    routes.add("payout", &mut taken);
    desk.session.dispatch(&mut routes, at("06-05")).unwrap();
    drop(routes);
    assert_eq!(taken.ids.len(), 2);
    let target = std::sync::Arc::new(Sqlite::open(desk.path("restored.db")).unwrap());
    restore_until(&*desk.store, &*target, &desk.book, at("06-02"), &mut || {}).unwrap();
    let mut session = makegood_engine::Session::new(target, desk.book.clone(), at("06-05")).unwrap();
    let mut again = crate::dispatch::Taker::default();
    let mut routes = makegood_engine::Routes::default();
    routes.add("payout", &mut again);
    session.dispatch(&mut routes, at("06-05")).unwrap();
    drop(routes);
    assert_eq!(again.ids.len(), 0);
}
