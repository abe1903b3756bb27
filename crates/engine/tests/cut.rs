//! A connection that is cut within a commit: whether the commit was made is not known, so what is not known to be durable is folded
//! again. Wherever that happens, the end is the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_engine::limits::Bounds;
use makegood_engine::{Session, feed, rebuild, verify};
use makegood_store::contract::through::{Through, Way};
use makegood_store::{CommitError, Sqlite, Store};

const CHARTER: &str = include_str!("../../../charters/jetblue/charter.yaml");
/// 2013-03-01T12:00:00Z.
const NOON: Moment = Moment(1_362_139_200_000);
/// How many are on each flight.
const PASSENGERS: u32 = 12;
const FLIGHTS: u32 = 3;

/// What becomes of a commit whose connection is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Becomes {
    /// It is not made.
    Nothing,
    /// It was made.
    Made,
    /// It is made later, when the next commit is already under way.
    MadeLater,
}

/// Where it is cut.
#[derive(Clone)]
struct Cut {
    /// At which commit; none if it is never reached.
    at: usize,
    /// What becomes of the commit.
    becomes: Becomes,
    commits: Arc<AtomicUsize>,
}

impl Cut {
    /// How whoever's connection is cut commits.
    fn way(&self) -> Way {
        let (cut, mut later) = (self.clone(), None);
        Box::new(move |writer, commit| {
            if let Some(earlier) = later.take() {
                writer.commit(&earlier)?;
            }
            if cut.commits.fetch_add(1, Ordering::SeqCst) != cut.at {
                return writer.commit(commit);
            }
            match cut.becomes {
                Becomes::Nothing => {}
                Becomes::Made => writer.commit(commit)?,
                Becomes::MadeLater => later = Some(commit.clone()),
            }
            Err(CommitError::Stale { key: "the connection".into() })
        })
    }
}

/// Flights, each three hours late, told of before, among and after the bookings of those who are on them.
fn story() -> String {
    let mut lines = String::new();
    for passenger in 0..PASSENGERS {
        for flight in 0..FLIGHTS {
            if passenger == flight * PASSENGERS / 2 {
                writeln!(
                    lines,
                    r#"{{"specversion":"1.0","id":"d{flight}","source":"test","type":"flight.departed","subject":"flight:{flight}","time":"2013-03-01T13:0{flight}:00Z","data":{{"late":"{}m","cause":"unknown"}}}}"#,
                    180 + flight
                )
                .unwrap();
            }
            let data = r#"{"departs":"2013-03-01T10:00:00Z","fare":"110.00 USD","fare_before_tax":"100.00 USD","paid":["110.00 USD"],"payment_method":"card","channel":"direct"}"#;
            writeln!(
                lines,
                r#"{{"specversion":"1.0","id":"b{flight}-{passenger}","source":"test","type":"booking.made","subject":"customer:{}","about":"flight:{flight}","time":"2013-02-01T10:00:00Z","data":{data}}}"#,
                passenger * 10 + flight
            )
            .unwrap();
        }
    }
    for flight in 0..FLIGHTS {
        if flight * PASSENGERS / 2 >= PASSENGERS {
            writeln!(
                lines,
                r#"{{"specversion":"1.0","id":"d{flight}","source":"test","type":"flight.departed","subject":"flight:{flight}","time":"2013-03-01T13:0{flight}:00Z","data":{{"late":"{}m","cause":"unknown"}}}}"#,
                180 + flight
            )
            .unwrap();
        }
    }
    lines
}

/// The digest of what is kept, how many were credited, what is left half delivered, and how many commits were made.
fn lived(bounds: Bounds, sharing: bool, at: usize, becomes: Becomes) -> ([u8; 32], u64, u64, usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("test.db")).unwrap().with_sharing(sharing);
    let cut = Cut { at, becomes, commits: Arc::default() };
    let (way, inner) = (cut.clone(), Arc::new(store));
    let store: Arc<dyn Store> = Arc::new(Through::new(inner, move || way.way()));
    let book = Arc::new(Rulebook::new([Arc::new(Charter::read("jetblue", CHARTER).charter.unwrap())]));
    let mut session = Session::with_bounds(store.clone(), book.clone(), NOON.plus(86_400_000), bounds).unwrap();
    feed(&mut session, &book, "the story", story().as_bytes(), &mut |_| {}).unwrap();
    session.flush().unwrap();
    let credited = session.reader().count("remedy").unwrap();
    let left = session.reader().count("fanout").unwrap() + session.reader().count("inbox").unwrap();
    drop(session);
    assert_eq!(verify(&*store, &book, 1, &|| {}).unwrap().faults, Vec::<String>::new());
    let rebuilt = rebuild(&*store, &book, 1, &|| {}).unwrap();
    assert_eq!(rebuilt.kept, rebuilt.folded, "{:?}", rebuilt.differ);
    (rebuilt.kept, credited, left, cut.commits.load(Ordering::SeqCst))
}

/// Lives the story once for each commit it takes, with the connection cut there.
fn check(commit_lines: usize, fanout_portion: usize, gathered: usize, sharing: bool, becomes: Becomes) {
    let gather_from = if gathered > 0 { 1 } else { 100_000 };
    let bounds = Bounds { commit_lines, fanout_portion, gather_from, gathered, ..Bounds::default() };
    let whole = (u64::from(PASSENGERS * FLIGHTS), 0);
    let (usual, credited, left, commits) = lived(bounds, sharing, usize::MAX, becomes);
    assert_eq!((credited, left), whole, "{bounds:?}");
    assert!(commits > 3, "only {commits} commits were made: {bounds:?}");
    for at in 0..commits {
        let (kept, credited, left, _) = lived(bounds, sharing, at, becomes);
        let place = format!("cut at commit {at} of {commits}, {becomes:?}, {bounds:?}, sharing {sharing}");
        assert_eq!((credited, left), whole, "credited, and left half delivered: {place}");
        assert_eq!(kept, usual, "{place}");
    }
}

#[test]
fn a_connection_that_is_cut_before_a_commit_is_made_changes_nothing() {
    check(5, 4, 0, false, Becomes::Nothing);
    check(12, 1_000, 0, false, Becomes::Nothing);
    check(5, 4, 0, true, Becomes::Nothing);
}

#[test]
fn a_connection_that_is_cut_while_gathered_work_is_folded_changes_nothing() {
    check(3, 1_000, 1_000, true, Becomes::Nothing);
    check(5, 4, 1_000, true, Becomes::Nothing);
    check(5, 4, 9, true, Becomes::Nothing);
}

#[test]
fn a_connection_that_is_cut_after_a_commit_was_made_changes_nothing() {
    for becomes in [Becomes::Made, Becomes::MadeLater] {
        check(5, 4, 0, true, becomes);
        check(5, 4, 1_000, true, becomes);
        check(12, 1_000, 1_000, true, becomes);
    }
}
