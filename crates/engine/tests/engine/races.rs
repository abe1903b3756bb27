//! Two processes at one database: nothing is lost, nothing counts twice.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use crate::desk::{Desk, booking, cancellation, departure, event, histories};

#[test]
fn whoever_loses_folds_again() {
    for sharing in [false, true] {
        let mut one = Desk::open(sharing);
        let mut two = one.beside();
        one.hand(&booking(1, "flight:1"));
        two.tell(&booking(2, "flight:1"));
        one.hand(&booking(3, "flight:1"));
        two.hand(&booking(1, "flight:2"));
        one.session.flush().unwrap();
        two.tell(&departure("d", "flight:1", "4h"));
        one.tell(&departure("d", "flight:1", "4h")).tell(&cancellation("c", "flight:2"));
        two.clock("06-03");
        one.clock("06-03");
        for (customer, owed) in [
            (1, vec!["late 50.00 USD approved", "refund 200.00 USD approved"]),
            (2, vec!["late 50.00 USD approved"]),
            (3, vec!["late 50.00 USD approved"]),
        ] {
            assert_eq!(one.owed(customer), owed, "{customer}, shared: {sharing}");
        }
        one.check();
        two.check();
    }
}

#[test]
fn of_two_approvals_one_is_answered_with_a_refusal() {
    for sharing in [false, true] {
        let mut one = Desk::open(sharing);
        let dear = booking(1, "flight:1").replace("200 USD", "900 USD");
        one.tell(&dear).tell(&cancellation("c", "flight:1")).clock("06-03");
        assert_eq!(one.owed(1), ["refund 900.00 USD held for approval"]);
        let mut two = one.beside();
        let remedy = one.remedies(1)[0].clone();
        let approve = |desk: &mut Desk, by: &str| {
            let mut json: serde_json::Value = serde_json::from_str(&event(
                "remedy.approved",
                &format!("approval by {by}"),
                Some(1),
                "flight:1",
                "06-04",
                json!({ "remedy": remedy }),
            ))
            .unwrap();
            json["actor"] = by.into();
            desk.command(&json.to_string())
        };
        // The second process has the remedy at hand as it was before.
        two.hand(&booking(1, "flight:9"));
        let too_early = json!({ "remedy": remedy });
        let paid = event("remedy.paid", "too early", Some(1), "flight:1", "06-04", too_early);
        assert_eq!(two.command(&paid), Some("wrong-remedy-state"), "shared: {sharing}");
        assert_eq!(approve(&mut one, "anna"), None, "shared: {sharing}");
        assert_eq!(approve(&mut two, "bo"), Some("wrong-remedy-state"), "shared: {sharing}");
        assert_eq!(two.set_aside(), Vec::<String>::new(), "shared: {sharing}");
        assert_eq!(two.states(1).len(), 2, "what was at work before is taken");
        one.check();
    }
}

/// What one process has at hand may be older than what another wrote: that makes no refusal.
#[test]
fn a_decision_is_refused_by_what_is_kept_now() {
    for sharing in [false, true] {
        for waits_for_answer in [false, true] {
            let mut one = Desk::open(sharing);
            let mut two = one.beside();
            // The second process knows the customer as one without a remedy, and in the second case has more to write of it.
            two.tell(&booking(1, "flight:2"));
            two.hand(&booking(1, "flight:3"));
            one.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
            let remedy = json!({ "remedy": one.remedies(1)[0] });
            let paid = event("remedy.paid", "paid", Some(1), "flight:1", "06-04", remedy);
            if waits_for_answer {
                assert_eq!(two.command(&paid), None, "shared: {sharing}");
            } else {
                two.tell(&paid);
            }
            assert_eq!(two.set_aside(), Vec::<String>::new(), "shared: {sharing}");
            assert_eq!(one.owed(1), ["late 50.00 USD paid"], "shared: {sharing}");
            two.check();
        }
    }
}

#[test]
fn messages_are_sent_once_by_one_of_two() {
    let mut one = Desk::new();
    one.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    let mut two = one.beside();
    let mut taken = crate::dispatch::Taker::default();
    let mut routes = makegood_engine::Routes::default();
    routes.add("payout", &mut taken);
    one.session.dispatch(&mut routes, crate::desk::now()).unwrap();
    two.session.dispatch(&mut routes, crate::desk::now()).unwrap();
    drop(routes);
    assert_eq!(taken.ids.len(), 1);
}

#[test]
fn a_large_batch_comes_through_where_others_keep_writing() {
    let mut desk = Desk::new();
    for customer in 0..400 {
        desk.hand(&booking(customer, "flight:1"));
    }
    desk.session.flush().unwrap();
    let store = desk.beside().store;
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = store.writer().unwrap();
            // A minute at most.
            for number in 0..4_000 {
                if over.load(std::sync::atomic::Ordering::SeqCst) {
                    return;
                }
                // Somebody else's business.
                let slot = makegood_store::Slot(1);
                let row = makegood_store::InboxRow { slot, party: "nobody:1".into(), thing: "t".into(), seq: number };
                let (inbox_add, inbox_done) = (vec![row.clone()], vec![row]);
                let commit = makegood_store::Commit { inbox_add, inbox_done, ..makegood_store::Commit::default() };
                let _ = writer.commit(&commit);
                std::thread::sleep(std::time::Duration::from_millis(15));
            }
        });
        desk.tell(&departure("d", "flight:1", "4h"));
        over.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    desk.session.flush().unwrap();
    assert!((0..400).all(|customer| desk.owed(customer).len() == 1));
    desk.check();
}

/// What one of the two does.
#[derive(Debug, Clone)]
enum Step {
    Book(u32, u32),
    Depart(u32, bool),
    Cancel(u32),
    Flush,
    Clock(u32),
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    let step = prop_oneof![
        4 => (0..4_u32, 0..3_u32).prop_map(|(customer, flight)| Step::Book(customer, flight)),
        2 => (0..3_u32, any::<bool>()).prop_map(|(flight, late)| Step::Depart(flight, late)),
        1 => (0..3_u32).prop_map(Step::Cancel),
        2 => Just(Step::Flush),
        1 => (1..15_u32).prop_map(Step::Clock),
    ];
    (any::<bool>(), step)
}

proptest! {
    #![proptest_config(histories(4))]

    #[test]
    fn two_interleaved_lose_nothing_and_count_nothing_twice(
        sharing in any::<bool>(),
        steps in prop::collection::vec(step(), 1..20),
    ) {
        let mut desks = [Desk::open(sharing), Desk::new()];
        desks[1] = desks[0].beside();
        let mut told = BTreeSet::new();
        for (second, step) in &steps {
            let desk = &mut desks[usize::from(*second)];
            let line = match step {
                Step::Book(customer, flight) => booking(*customer, &format!("flight:{flight}")),
                Step::Depart(flight, late) => {
                    departure(&format!("d{late}"), &format!("flight:{flight}"), if *late { "4h" } else { "0s" })
                }
                Step::Cancel(flight) => cancellation("c", &format!("flight:{flight}")),
                Step::Flush => { desk.session.flush().unwrap(); continue }
                Step::Clock(day) => { desk.clock(&format!("06-{day:02}")); continue }
            };
            told.insert(line.clone());
            desk.hand(&line);
        }
        for desk in &mut desks {
            desk.session.flush().unwrap();
        }
        desks[0].check();
        let mut reference = Desk::new();
        for line in &told {
            reference.hand(line);
        }
        reference.session.flush().unwrap();
        for desk in [&mut reference, &mut desks[1]] {
            desk.clock("06-30");
        }
        desks[1].check();
        for customer in 0..4 {
            prop_assert_eq!(desks[1].states(customer).len(), reference.states(customer).len());
            // What the clock decided on the way stays decided; without it, only what was told counts.
            if !steps.iter().any(|(_, step)| matches!(step, Step::Clock(_))) {
                prop_assert_eq!(desks[1].owed(customer), reference.owed(customer));
                let sorted = |mut states: Vec<&'static str>| { states.sort_unstable(); states };
                prop_assert_eq!(sorted(desks[1].states(customer)), sorted(reference.states(customer)));
            }
        }
    }
}

/// What is at hand of a thing is not all that was said of it, where others say things too.
#[test]
fn what_another_process_said_of_a_thing_at_hand_is_heard() {
    let mut one = Desk::open(true);
    let mut other = one.beside();
    let weather = event("weather.observed", "w", None, "flight:1", "06-01 09:00", json!({ "wind": 7 }));
    one.tell(&weather);
    other.tell(&departure("d", "flight:1", "4h"));
    one.tell(&booking(1, "flight:1"));
    assert_eq!(one.owed(1), ["late 50.00 USD approved"]);
    one.check();
}
