//! A draft judges the recorded history, beside what was in force, and nothing is written.

use std::sync::Arc;

use makegood_charter::Charter;
use makegood_engine::Simulated;
use serde_json::json;

use crate::desk::{CHARTER, Desk, at, booking, cancellation, departure, event};

/// The charter of these tests, changed, as a draft that counts from `from` on.
fn draft(from: &str, changes: &[(&str, &str)]) -> Arc<Charter> {
    let mut text = CHARTER.replace("version: \"1\"", "version: draft");
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let mut charter = Charter::read("draft.yaml", &text).charter.unwrap();
    charter.from = at(from);
    Arc::new(charter)
}

/// `late 2 60.00 USD` for each right, under what was in force and under the draft.
fn owed(found: &Simulated) -> [Vec<String>; 2] {
    [&found.was, &found.would].map(|side| {
        let line = |((right, kind), sum): (&(Box<str>, _), &makegood_engine::Sum)| {
            format!("{right} {kind:?} {} {}.{:02}", sum.remedies, sum.worth / 100, sum.worth % 100)
        };
        side.rights.iter().map(line).collect()
    })
}

/// Three passengers: the flight of two was four hours late, that of the third was cancelled and refunded in time.
fn told() -> Desk {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&booking(2, "flight:1")).tell(&booking(3, "flight:2"));
    desk.tell(&departure("d", "flight:1", "4h")).tell(&cancellation("c", "flight:2"));
    desk.clock("06-02 12:00");
    for (customer, id) in [(1, "p1"), (2, "p2"), (3, "p3")] {
        let remedy = desk.remedies(customer).remove(0);
        let data = json!({ "remedy": remedy, "reference": id });
        desk.tell(&event("remedy.paid", id, Some(customer), "flight:1", "06-04", data));
    }
    desk.clock("06-30");
    desk
}

#[test]
fn a_higher_amount_helps_those_it_is_owed_to() {
    let mut desk = told();
    let before = (desk.picture(4), desk.count("event"));
    let found = desk.simulate(&draft("01-01", &[("compensation: 50 USD", "compensation: {amount: 60 USD}")]));
    let expected = [
        vec!["late Compensation 2 100.00".to_owned(), "refund Restitution 1 200.00".to_owned()],
        vec!["late Compensation 2 120.00".to_owned(), "refund Restitution 1 200.00".to_owned()],
    ];
    assert_eq!(owed(&found), expected);
    assert_eq!((found.better, found.worse, found.parties), (2, 0, 3));
    let largest: Vec<_> = found.largest.iter().map(|one| (&*one.party, &*one.right, one.was, one.would)).collect();
    assert_eq!(largest, [("customer:1", "late", 5_000, 6_000), ("customer:2", "late", 5_000, 6_000)]);
    assert_eq!(found.would.months.keys().map(|month| &**month).collect::<Vec<_>>(), ["2025-06"]);
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    assert_eq!((desk.picture(4), desk.count("event")), before, "nothing is written");
}

#[test]
fn a_draft_counts_from_its_day_on() {
    let desk = told();
    let harsher = [("data.late >= duration('3h')", "data.late >= duration('5h')")];
    let [was, would] = owed(&desk.simulate(&draft("05-31", &harsher)));
    assert_eq!((was.len(), would.len()), (2, 2), "promised before the draft, it is judged by what was in force then");
    let [was, would] = owed(&desk.simulate(&draft("04-01", &harsher)));
    assert_eq!((was.len(), would), (2, vec!["refund Restitution 1 200.00".to_owned()]));
    let [was, would] = owed(&desk.simulate(&draft("07-01", &harsher)));
    assert_eq!((was, would), (vec![], vec![]), "nothing has happened since");
}

#[test]
fn what_nobody_listened_to_is_heard_under_the_draft() {
    let mut desk = Desk::new();
    let weather = |flight: &str| event("weather.observed", "w", None, flight, "06-01 12:00", json!({ "wind": 70 }));
    // One hears of it before it is interested, one after.
    desk.tell(&weather("flight:1"))
        .tell(&booking(1, "flight:1"))
        .tell(&booking(2, "flight:2"))
        .tell(&weather("flight:2"));
    let listening = [(
        "limits:\n",
        "  storm:\n    says: {en: We are sorry for the storm.}\n    promise: departure\n    on: weather.observed\n    compensation: 5 USD\nlimits:\n",
    )];
    let found = desk.simulate(&draft("01-01", &listening));
    assert_eq!(owed(&found), [vec![], vec!["storm Compensation 2 10.00".to_owned()]]);
}

#[test]
fn the_clock_comes_to_what_waits_under_the_draft_alone() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&cancellation("c", "flight:1"));
    desk.tell(&event("alternate.accepted", "a", Some(1), "flight:1", "06-01 20:00", json!({})));
    desk.clock("06-05");
    assert_eq!(desk.owed(1), Vec::<String>::new(), "the alternate was accepted within a day");
    let found = desk.simulate(&draft("01-01", &[("within: 24h", "within: 2h")]));
    assert_eq!(owed(&found), [vec![], vec!["refund Restitution 1 200.00".to_owned()]]);
}

#[test]
fn a_penalty_is_owed_only_where_it_is_known_that_the_payment_was_late() {
    let desk = told();
    let more = [
        ("if: data.late >= duration('3h')", "if: data.late >= duration('1h')"),
        ("fare: money", "fare: money, class: text?"),
    ];
    let mut late = Desk::new();
    late.tell(&booking(1, "flight:1")).tell(&booking(2, "flight:2"));
    late.tell(&departure("d", "flight:1", "4h")).tell(&departure("d", "flight:2", "2h"));
    late.clock("06-30");
    assert_eq!(late.owed(1).len(), 2, "the credit, and the penalty for paying it late: {:?}", late.owed(1));
    let found = late.simulate(&draft("01-01", &more));
    assert_eq!(
        owed(&found)[1],
        ["late Compensation 2 100.00", "late Penalty 1 40.00"],
        "when the second credit would have been paid, nobody knows"
    );
    assert_eq!(found.would.segments.keys().map(|word| &**word).collect::<Vec<_>>(), ["not given"]);
    let found = desk.simulate(&draft("01-01", &more));
    assert_eq!(found.would.rights.len(), 2, "{:?}", found.would.rights);
}

#[test]
fn what_the_draft_cannot_read_is_counted() {
    let desk = told();
    let found = desk.simulate(&draft("01-01", &[("data: {late: duration}", "data: {late: duration, gate: text}")]));
    assert_eq!(found.refused.iter().map(|(code, count)| (&**code, *count)).collect::<Vec<_>>(), [("E015", 2)]);
    assert_eq!(owed(&found)[1], ["refund Restitution 1 200.00"]);
}
