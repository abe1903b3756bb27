//! A charter version counts from its day on: what was judged without it stays judged, so that the log folds again to the same.

use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_engine::{
    ActKind, CharterError, Decided, EngineError, Session, begin, charter_log, decide, feed, put_in_force, rebuild,
    verify, withdraw,
};
use makegood_store::{Sqlite, Store};

use crate::desk::{CHARTER, at, booking, departure, event, now};

/// The charter of these tests under another name, version or day.
fn charter(name: &str, version: &str, from: &str) -> Arc<Charter> {
    let text = CHARTER
        .replace("charter: air", &format!("charter: {name}"))
        .replace("version: \"1\"", &format!("version: \"{version}\""))
        .replace("from: 2025-01-01}\ntitle", &format!("from: {from}}}\ntitle"))
        .replace("compensation: 50 USD", "compensation: 60 USD");
    Arc::new(Charter::read("test.yaml", &text).charter.unwrap())
}

/// A database with the first version in force.
fn world() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.path().join("test.db")).unwrap());
    put_in_force(&*store, &charter("air", "1", "2025-01-01"), now()).unwrap();
    (folder, store)
}

fn book(store: &dyn Store) -> Arc<Rulebook> {
    let rows = store.reader().unwrap().charters().unwrap();
    Arc::new(Rulebook::new(rows.iter().map(|row| Arc::new(Charter::read("kept", &row.text).charter.unwrap()))))
}

fn tell(store: &Arc<dyn Store>, lines: &[String], until: Option<Moment>) {
    let book = book(&**store);
    let mut session = Session::new(store.clone(), book.clone(), now()).unwrap();
    feed(&mut session, &book, "the story", lines.join("\n").as_bytes(), &mut |_| {}).unwrap();
    if let Some(until) = until {
        session.advance(until, &mut |_| {}).unwrap();
    }
    assert_eq!(session.counts().set_aside, 0);
}

fn check(store: &Arc<dyn Store>) {
    let rebuilt = rebuild(&**store, &book(&**store), 2, &|| {}).unwrap();
    assert_eq!(rebuilt.kept, rebuilt.folded, "{:?}", rebuilt.differ);
}

#[test]
fn a_version_that_comes_too_late_is_refused_and_changes_nothing() {
    let goodwill = event(
        "goodwill.given",
        "g",
        Some(1),
        "flight:1",
        "06-02",
        serde_json::json!({ "amount": "1 USD", "reason": "a" }),
    )
    .replace("\"data\"", "\"actor\":\"bo\",\"data\"");
    let weather = event("weather.observed", "w", None, "flight:1", "06-02", serde_json::json!({ "wind": 7 }));
    for (what, told, until) in [
        ("an event of a thing", vec![booking(1, "flight:1"), weather.clone()], None),
        ("a decision", vec![booking(1, "flight:1"), goodwill.clone()], None),
        ("the clock", vec![booking(1, "flight:1")], Some(at("06-03"))),
    ] {
        let (_folder, store) = world();
        tell(&store, &told, until);
        let answer = put_in_force(&*store, &charter("air", "2", "2025-06-01"), now());
        assert!(matches!(answer, Err(CharterError::Overtaken { .. })), "{what}: {answer:?}");
        assert_eq!(store.reader().unwrap().charters().unwrap().len(), 1, "{what}");
        check(&store);
        put_in_force(&*store, &charter("air", "2", "2025-06-04"), now()).unwrap();
        tell(&store, &[departure("d", "flight:1", "4h")], Some(at("12-30")));
        check(&store);
    }
}

#[test]
fn another_charter_is_held_up_only_by_what_it_would_have_judged() {
    let (_folder, store) = world();
    let paid =
        event("remedy.failed", "f", Some(1), "flight:1", "06-02", serde_json::json!({ "remedy": "r", "reason": "no" }));
    tell(&store, &[booking(1, "flight:1")], Some(at("06-03")));
    // It is set aside: there is no such remedy.
    let book = book(&*store);
    let mut session = Session::new(store.clone(), book.clone(), now()).unwrap();
    feed(&mut session, &book, "the story", paid.as_bytes(), &mut |_| {}).unwrap();
    drop(session);
    let other =
        CHARTER.replace("charter: air", "charter: rail").replace("flight", "train").replace("booking.", "ticket.");
    let other = other.replace("weather.", "signal.").replace("alternate.", "instead.");
    let rail = Arc::new(Charter::read("rail.yaml", &other).charter.unwrap());
    put_in_force(&*store, &rail, now()).unwrap();
    let again = put_in_force(&*store, &charter("air-too", "1", "2025-04-01"), now());
    assert!(matches!(again, Err(CharterError::Overtaken { .. })), "{again:?}");
    check(&store);
}

#[test]
fn what_is_a_party_under_one_charter_is_no_thing_under_another() {
    let (_folder, store) = world();
    let other =
        CHARTER.replace("charter: air", "charter: fleet").replace("flight", "plane").replace("customer", "flight");
    let fleet = Arc::new(Charter::read("fleet.yaml", &other).charter.unwrap());
    let answer = put_in_force(&*store, &fleet, now());
    assert!(matches!(&answer, Err(CharterError::KindOfBoth { kind }) if &**kind == "flight"), "{answer:?}");
}

#[test]
fn the_same_version_again_changes_nothing_and_another_text_is_refused() {
    let (_folder, store) = world();
    tell(&store, &[booking(1, "flight:1"), departure("d", "flight:1", "4h")], None);
    put_in_force(&*store, &charter("air", "1", "2025-01-01"), now()).unwrap();
    for (version, from, message) in [
        ("1", "2026-01-01", "`air` has two texts for version `1`"),
        ("2", "2025-01-01", "versions `1` and `2` of `air` come into force at the same moment, 2025-01-01T00:00:00Z"),
    ] {
        let answer = put_in_force(&*store, &charter("air", version, from), now());
        assert_eq!(answer.unwrap_err().to_string(), message);
    }
    assert_eq!(store.reader().unwrap().charters().unwrap().len(), 1);
}

#[test]
fn a_session_that_does_not_know_a_version_judges_nothing_more() {
    let (_folder, store) = world();
    let known = book(&*store);
    let mut session = Session::new(store.clone(), known.clone(), now()).unwrap();
    put_in_force(&*store, &charter("air", "2", "2025-12-01"), now()).unwrap();
    let answer = feed(&mut session, &known, "late", booking(1, "flight:1").as_bytes(), &mut |_| {});
    assert!(format!("{answer:?}").contains("Charters { found: 2, judged_by: 1 }"), "{answer:?}");
    drop(session);
    assert_eq!(store.reader().unwrap().count("event").unwrap(), 0);
    let answer = Session::new(store.clone(), known, now()).map(|_| ());
    assert!(matches!(answer, Err(EngineError::Charters { found: 2, judged_by: 1 })), "{answer:?}");
    tell(&store, &[booking(1, "flight:1")], None);
}

/// What the log of `air` says: acts, persons, versions.
fn acts(store: &dyn Store) -> Vec<String> {
    let acts = charter_log(&mut *store.reader().unwrap(), "air").unwrap();
    acts.iter().map(|act| format!("{:?} {} {}", act.kind, act.version, act.person)).collect()
}

#[test]
fn the_first_versions_come_alone_and_a_further_one_needs_two() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.path().join("test.db")).unwrap());
    let past = [charter("air", "1", "2025-01-01"), charter("air", "2", "2025-06-01")];
    begin(&*store, &past, now()).unwrap();
    begin(&*store, &past[..1], now()).unwrap();
    let third = [past[0].clone(), charter("air", "3", "2025-07-01")];
    for charters in [&third[..], &third[1..]] {
        let answer = begin(&*store, charters, now());
        assert!(matches!(answer, Err(CharterError::NeedsTwo { .. })), "{answer:?}");
    }
    begin(&*store, &[charter("rail", "1", "2025-01-01")], now()).unwrap();
    assert_eq!(store.reader().unwrap().charters().unwrap().len(), 3);
    assert_eq!(decide(&*store, &third[1], "anna", now()).unwrap(), Decided::Proposed);
    let approved = decide(&*store, &third[1], "bo", now()).unwrap();
    assert_eq!(approved, Decided::Approved { proposed_by: "anna".into() });
    assert_eq!(store.reader().unwrap().charters().unwrap().len(), 4);
    assert_eq!(decide(&*store, &third[1], "cy", now()).unwrap(), Decided::InForce);
    assert_eq!(acts(&*store), ["Proposed 3 anna", "Approved 3 bo"]);
}

#[test]
fn what_is_against_a_change_is_said_and_nothing_changes() {
    let two = charter("air", "2", "2025-12-01");
    let other = Charter::read("test.yaml", &two.source_text.replace("60 USD", "65 USD")).charter.unwrap();
    let (early, late) = (at("06-01"), at("12-02"));
    type Act = fn(&dyn Store, &Arc<Charter>, Moment) -> Result<(), CharterError>;
    let wish = |person: &'static str| {
        move |store: &dyn Store, charter: &Arc<Charter>, now| decide(store, charter, person, now).map(|_| ())
    };
    let (anna, bo) = (wish("anna"), wish("bo"));
    let takes_back: Act = |store, charter, now| withdraw(store, &charter.name, &charter.version, "bo", now).map(|_| ());
    let again: Act = |store, charter, now| decide(store, charter, " Anna ", now).map(|_| ());
    let nobody: Act = |store, charter, now| decide(store, charter, "  ", now).map(|_| ());
    type Step<'s> = &'s dyn Fn(&dyn Store, &Arc<Charter>, Moment) -> Result<(), CharterError>;
    type Case<'c> = (&'c str, &'c [Step<'c>], Step<'c>, &'c Arc<Charter>, Moment);
    let cases: [Case; 8] = [
        ("SamePerson", &[&anna], &anna, &two, early),
        ("SamePerson", &[&anna], &again, &two, early),
        ("OtherText", &[&anna], &bo, &Arc::new(other), early),
        ("WasWithdrawn", &[&anna, &takes_back], &bo, &two, early),
        ("NothingProposed", &[&anna, &takes_back], &takes_back, &two, early),
        ("NothingProposed", &[&anna, &bo], &takes_back, &two, early),
        ("DatePassed", &[&anna], &bo, &two, late),
        ("NoPerson", &[], &nobody, &two, early),
    ];
    for (what, before, act, of, when) in cases {
        let (_folder, store) = world();
        for step in before {
            step(&*store, &two, early).unwrap();
        }
        let (kept, said) = (store.reader().unwrap().charters().unwrap(), acts(&*store));
        let answer = act(&*store, of, when);
        assert!(format!("{answer:?}").contains(what), "{what}: {answer:?}");
        assert_eq!((store.reader().unwrap().charters().unwrap(), acts(&*store)), (kept, said), "{what}");
    }
}

#[test]
fn what_was_judged_meanwhile_holds_up_the_approval() {
    let (_folder, store) = world();
    let two = charter("air", "2", "2025-06-01");
    assert_eq!(decide(&*store, &two, "anna", now()).unwrap(), Decided::Proposed);
    tell(&store, &[booking(1, "flight:1"), departure("d", "flight:1", "4h")], None);
    let answer = decide(&*store, &two, "bo", now());
    assert!(matches!(answer, Err(CharterError::Overtaken { .. })), "{answer:?}");
    assert_eq!(acts(&*store), ["Proposed 2 anna"]);
    // What is too late from the start is not even proposed.
    let answer = decide(&*store, &charter("air", "3", "2025-05-01"), "anna", now());
    assert!(matches!(answer, Err(CharterError::Overtaken { .. })), "{answer:?}");
    withdraw(&*store, "air", "2", "cy", now()).unwrap();
    assert_eq!(acts(&*store), ["Proposed 2 anna", "Withdrawn 2 cy"]);
    let log = charter_log(&mut *store.reader().unwrap(), "air").unwrap();
    assert_eq!((log[1].kind, log[1].from), (ActKind::Withdrawn, two.from));
    check(&store);
    let verified = verify(&*store, &book(&*store), 2, &|| {}).unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
}

#[test]
fn of_many_who_approve_at_once_one_does() {
    let (_folder, store) = world();
    let two = charter("air", "2", "2025-12-01");
    decide(&*store, &two, "anna", now()).unwrap();
    let store = &*store;
    let answers: Vec<Decided> = std::thread::scope(|scope| {
        let wish = |number: usize| {
            let two = two.clone();
            scope.spawn(move || decide(store, &two, &format!("person {number}"), now()).unwrap())
        };
        let started: Vec<_> = (0..6).map(wish).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let approved = answers.iter().filter(|answer| matches!(answer, Decided::Approved { .. })).count();
    let known = answers.iter().filter(|answer| **answer == Decided::InForce).count();
    assert_eq!((approved, known), (1, 5), "{answers:?}");
    assert_eq!(acts(store).len(), 2);
}

#[test]
fn nobody_else_speaks_for_a_charter() {
    let (_folder, store) = world();
    let line = event("charter.approved", "x", None, "charter:air", "06-02", serde_json::json!({ "version": "2" }));
    let book = book(&*store);
    let mut session = Session::new(store.clone(), book.clone(), now()).unwrap();
    feed(&mut session, &book, "the story", line.as_bytes(), &mut |_| {}).unwrap();
    session.flush().unwrap();
    let aside = store.reader().unwrap().quarantine(None, 9).unwrap();
    assert_eq!(aside.iter().map(|row| &*row.code).collect::<Vec<_>>(), ["reserved-type"]);
    assert_eq!(acts(&*store), Vec::<String>::new());
    let text = CHARTER.replace("about: flight, data: {late", "about: charter, data: {late");
    let read = Charter::read("test.yaml", &text);
    assert!(read.charter.is_none() && read.report(&text, makegood_charter::diagnostic::Style::Plain).contains("C048"));
}
