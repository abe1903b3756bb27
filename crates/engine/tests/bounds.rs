//! Results do not depend on how much is kept at hand, how large a commit is, or in how many portions an event is fanned out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_engine::limits::Bounds;
use makegood_engine::{Rebuilt, Session, feed, rebuild, verify};
use makegood_store::{Sqlite, Store};

const CHARTER: &str = include_str!("../../../charters/jetblue/charter.yaml");
/// 2013-03-01T12:00:00Z.
const NOON: Moment = Moment(1_362_139_200_000);

/// Four flights of twenty passengers, each three hours and some late, the bookings of one running into the next. The first
/// passenger of each is the same.
fn story() -> String {
    let mut lines = String::new();
    for flight in 0..4 {
        for passenger in 0..20 {
            let data = r#"{"departs":"2013-03-01T10:00:00Z","fare":"110.00 USD","fare_before_tax":"100.00 USD","paid":["110.00 USD"],"payment_method":"card","channel":"direct"}"#;
            writeln!(
                lines,
                r#"{{"specversion":"1.0","id":"b{flight}-{passenger}","source":"test","type":"booking.made","subject":"customer:{}-{passenger}","about":"flight:{flight}","time":"2013-02-01T10:00:00Z","data":{data}}}"#,
                if passenger == 0 { 0 } else { flight }
            )
            .unwrap();
        }
        writeln!(
            lines,
            r#"{{"specversion":"1.0","id":"d{flight}","source":"test","type":"flight.departed","subject":"flight:{flight}","time":"2013-03-01T13:0{flight}:00Z","data":{{"late":"{}m","cause":"unknown"}}}}"#,
            180 + flight
        )
        .unwrap();
    }
    lines
}

/// One of several that fold the same story at once on a shared store, each a part of its lines.
fn fold_a_part(store: &Arc<dyn Store>, book: &Arc<Rulebook>, bounds: Bounds, lines: &str) {
    let mut session = Session::with_bounds(store.clone(), book.clone(), NOON.plus(86_400_000), bounds).unwrap();
    feed(&mut session, book, "the story", lines.as_bytes(), &mut |_| {}).unwrap();
    session.advance(NOON.plus(3 * 86_400_000), &mut |_| {}).unwrap();
    assert_eq!(session.counts().set_aside, 0);
}

/// Nobody's work is lost, whoever takes which lines and however they are gathered: what is said of a flight by one reaches those whom
/// the other has booked.
#[test]
fn several_at_once_end_like_one() {
    let usual = fold_within(Bounds::default(), false);
    let story = story();
    for (gather_from, gathered) in [(1, 8), (1, 1_000), (1_000, 1_000)] {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path().join("test.db")).unwrap().with_sharing(true);
        let store: Arc<dyn Store> = Arc::new(store);
        let book = Arc::new(Rulebook::new([Arc::new(Charter::read("jetblue", CHARTER).charter.unwrap())]));
        let bounds = Bounds { gather_from, gathered, fanout_portion: 50, ..Bounds::default() };
        std::thread::scope(|scope| {
            for part in 0..3 {
                // Each line is taken by two of the three.
                let mine: String = (0..)
                    .zip(story.split_inclusive('\n'))
                    .filter(|(line, _)| line % 3 != part)
                    .map(|(_, line)| line)
                    .collect();
                let (store, book) = (&store, &book);
                scope.spawn(move || fold_a_part(store, book, bounds, &mine));
            }
        });
        let mut reader = store.reader().unwrap();
        for (table, rows) in [("remedy", 80), ("inbox", 0), ("fanout", 0)] {
            assert_eq!(reader.count(table).unwrap(), rows, "{table}, gathered {gathered}");
        }
        drop(reader);
        assert_eq!(verify(&*store, &book, 2, &|| {}).unwrap().faults, Vec::<String>::new());
        let rebuilt = rebuild(&*store, &book, 2, &|| {}).unwrap();
        assert_eq!((rebuilt.kept, rebuilt.folded), (usual.kept, usual.kept), "{:?}", rebuilt.differ);
    }
}

fn fold_within(bounds: Bounds, sharing: bool) -> Rebuilt {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("test.db")).unwrap().with_sharing(sharing);
    let store: Arc<dyn Store> = Arc::new(store);
    let book = Arc::new(Rulebook::new([Arc::new(Charter::read("jetblue", CHARTER).charter.unwrap())]));
    let mut session = Session::with_bounds(store.clone(), book.clone(), NOON.plus(86_400_000), bounds).unwrap();
    feed(&mut session, &book, "the story", story().as_bytes(), &mut |_| {}).unwrap();
    session.advance(NOON.plus(3 * 86_400_000), &mut |_| {}).unwrap();
    assert_eq!(session.counts().set_aside, 0);
    assert_eq!(session.reader().count("remedy").unwrap(), 80, "everyone on every flight is owed a credit");
    assert_eq!(session.reader().count("inbox").unwrap() + session.reader().count("fanout").unwrap(), 0);
    drop(session);
    assert_eq!(verify(&*store, &book, 2, &|| {}).unwrap().faults, Vec::<String>::new());
    let rebuilt = rebuild(&*store, &book, 2, &|| {}).unwrap();
    assert_eq!(rebuilt.kept, rebuilt.folded, "{:?}", rebuilt.differ);
    rebuilt
}

#[test]
fn bounds_change_nothing() {
    let usual = fold_within(Bounds::default(), false);
    for (commit_lines, fanout_portion, at_hand, parts_at_hand, gathered, sharing) in [
        (7, 4, 5, 0, 1_000, false),
        (7, 4, 1_000, 0, 1_000, false),
        (1, 1, 0, 1, 1_000, false),
        (1_000, 7, 0, 3, 1_000, false),
        (1_000, 1_000, 1_000, 2, 1_000, true),
        (50, 7, 10, 0, 1_000, true),
        (50, 1_000, 1_000, 0, 1, true),
        (7, 7, 0, 0, 10, true),
        (1_000, 1_000, 1_000, 1_000, 40, true),
    ] {
        let gather_from = if gathered < 1_000 { 1 } else { 1_000 };
        let gathering = Bounds { gather_from, gathered, ..Bounds::default() };
        let bounds = Bounds { commit_lines, fanout_portion, at_hand, parts_at_hand, ..gathering };
        assert_eq!(fold_within(bounds, sharing).kept, usual.kept, "{bounds:?}, sharing {sharing}");
    }
}
