//! Invariants 1, 2 and 4: whatever happens in whatever order, the log gives the same again, nothing counts twice, and the books
//! balance.

use makegood_engine::limits::Bounds;
use proptest::prelude::*;
use serde_json::json;

use crate::desk::{Desk, booking, cancellation, departure, event, histories};

/// Something that happens at the desk.
#[derive(Debug, Clone)]
enum Step {
    Told(String),
    /// Says that a remedy of the customer was paid, failed, waived or approved.
    Decide(u32, prop::sample::Index, &'static str),
    /// Gives goodwill.
    Goodwill(u32),
    Clock(u32),
    Restart,
    Flush,
}

fn step() -> impl Strategy<Value = Step> {
    let customer = 0..3_u32;
    let flight = || prop_oneof![Just("flight:1"), Just("flight:2")];
    let late = prop_oneof![Just("0s"), Just("2h"), Just("3h"), Just("5h")];
    let decision = prop_oneof![
        Just("remedy.paid"),
        Just("remedy.failed"),
        Just("remedy.waived"),
        Just("remedy.approved"),
        Just("remedy.corrected"),
        Just("goodwill.approved")
    ];
    prop_oneof![
        5 => (customer.clone(), flight()).prop_map(|(customer, flight)| Step::Told(booking(customer, flight))),
        3 => (flight(), late).prop_map(|(flight, late)| Step::Told(departure(&format!("d-{late}"), flight, late))),
        2 => flight().prop_map(|flight| Step::Told(cancellation("c", flight))),
        1 => (flight(), 0..90_u32).prop_map(|(flight, wind)| {
            Step::Told(event("weather.observed", &format!("w-{wind}"), None, flight, "06-01 09:00", json!({ "wind": wind })))
        }),
        1 => (customer.clone(), flight()).prop_map(|(customer, flight)| {
            Step::Told(event("alternate.accepted", "a", Some(customer), flight, "06-01 20:00", json!({})))
        }),
        1 => (customer.clone(), flight()).prop_map(|(customer, flight)| {
            Step::Told(event("booking.cancelled", "b", Some(customer), flight, "05-30", json!({})))
        }),
        4 => (customer.clone(), any::<prop::sample::Index>(), decision)
            .prop_map(|(customer, which, kind)| Step::Decide(customer, which, kind)),
        1 => customer.prop_map(Step::Goodwill),
        2 => (1..30_u32).prop_map(Step::Clock),
        1 => Just(Step::Restart),
        2 => Just(Step::Flush),
    ]
}

fn with_actor(line: &str, actor: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
    json["actor"] = actor.into();
    json.to_string()
}

fn live(sharing: bool, bounds: Bounds, steps: &[Step]) -> Desk {
    let mut desk = Desk::bounded(sharing, bounds);
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Told(line) => {
                desk.hand(line);
            }
            Step::Decide(customer, which, kind) => {
                desk.session.flush().unwrap();
                let remedies = desk.remedies(*customer);
                if !remedies.is_empty() {
                    let remedy = &remedies[which.index(remedies.len())];
                    let data = json!({ "remedy": remedy, "reason": "so be it", "consent": "by telephone", "amount": "12.34 USD" });
                    let line = event(kind, &format!("decision-{number}"), Some(*customer), "flight:1", "06-20", data);
                    desk.hand(&with_actor(&line, "anna"));
                }
            }
            Step::Goodwill(customer) => {
                let data = json!({ "amount": "25 USD", "reason": "a long wait" });
                let line =
                    event("goodwill.given", &format!("gift-{number}"), Some(*customer), "flight:1", "06-20", data);
                desk.hand(&with_actor(&line, "bo"));
            }
            Step::Clock(day) => {
                desk.clock(&format!("06-{day:02}"));
            }
            Step::Restart => {
                desk.session.flush().unwrap();
                desk = desk.beside();
            }
            Step::Flush => desk.session.flush().unwrap(),
        }
    }
    desk.session.flush().unwrap();
    desk
}

proptest! {
    #![proptest_config(histories(6))]

    #[test]
    fn the_log_gives_the_same_again(sharing in any::<bool>(), steps in prop::collection::vec(step(), 1..40)) {
        let mut desk = live(sharing, Bounds::default(), &steps);
        desk.check();
        let told = steps.iter().filter(|step| matches!(step, Step::Told(_)));
        let before = (desk.picture(3), desk.count("event"));
        for step in told {
            if let Step::Told(line) = step {
                desk.hand(line);
            }
        }
        desk.session.flush().unwrap();
        prop_assert_eq!((desk.picture(3), desk.count("event")), before, "told again, it changes nothing");
    }
}

proptest! {
    #![proptest_config(histories(4))]

    #[test]
    fn the_bounds_on_memory_change_nothing(
        bounds in (1..4_usize, 1..3_usize, 1..4_usize, 1..4_usize),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        // Deliveries beyond the first portion come a little later, so each step is carried to its end before the next.
        let steps: Vec<_> = steps.into_iter().flat_map(|step| [step, Step::Flush]).collect();
        let (commit_lines, fanout_portion, at_hand, parts_at_hand) = bounds;
        let mut narrow = live(false, Bounds { commit_lines, fanout_portion, at_hand, parts_at_hand, ..Bounds::default() }, &steps);
        let mut wide = live(false, Bounds::default(), &steps);
        narrow.check();
        prop_assert_eq!(narrow.picture(3), wide.picture(3));
    }
}

#[test]
fn a_year_told_twice_from_the_start_changes_nothing() {
    let mut input = String::new();
    for customer in 0..40 {
        input.push_str(&format!("{}\n", booking(customer, &format!("flight:{}", customer % 7))));
    }
    for flight in 0..7 {
        let line = if flight % 3 == 0 {
            cancellation("c", &format!("flight:{flight}"))
        } else {
            departure("d", &format!("flight:{flight}"), "4h")
        };
        input.push_str(&format!("{line}\n"));
    }
    let mut desk = Desk::new();
    desk.feed(input.as_bytes()).clock("06-30");
    let before = (desk.picture(40), desk.count("event"), desk.count("outbox"));
    let mut again = desk.beside();
    again.feed(input.as_bytes()).clock("06-30");
    assert_eq!((again.picture(40), again.count("event"), again.count("outbox")), before);
    let counts = again.session.counts();
    assert_eq!((counts.events, counts.known, counts.delivered, counts.clock), (0, 47, 0, 0));
    again.check();
}

#[test]
fn what_was_held_because_the_budget_was_spent_is_held_on_replay() {
    let mut desk = Desk::new();
    for customer in 0..25 {
        desk.hand(&booking(customer, "flight:1"));
    }
    desk.tell(&departure("d", "flight:1", "4h"));
    let held = (0..25).filter(|customer| desk.owed(*customer)[0].contains("held")).count();
    assert_eq!(held, 5);
    desk.check();
}
