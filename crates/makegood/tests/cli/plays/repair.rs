use serde_json::json;

use crate::desk::Desk;

const CHARTER: &str = r#"charter: tours
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our tours, zh: 我们的配送, nb: Turene våre}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: NOK
events:
  stop.planned: {party: customer, about: tour, data: {due: time}}
  tour.driven: {about: tour}
promises:
  stop:
    made: {on: stop.planned, due: data.due}
    says: {en: "We come by {due}.", zh: "我们在 {due} 之前到达。", nb: "Vi kommer innen {due}."}
    kept: {on: tour.driven}
"#;

/// A stop at a customer of the tour, planned at this time.
fn stop(customer: u32, planned: &str) -> String {
    json!({
        "specversion": "1.0", "id": format!("stop-{customer}"), "source": "/tests", "type": "stop.planned",
        "subject": format!("customer:{customer}"), "about": "tour:7", "time": planned,
        "data": {"due": "2026-03-04T12:00:00Z"},
    })
    .to_string()
}

fn tell(desk: &Desk, lines: &[String]) {
    desk.write("events.jsonl", lines.join("\n"));
    desk.makegood(&["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", "2026-03-10"]).ended(0);
}

const REPAIR: [&str; 13] = [
    "repair",
    "tour:7",
    "--amount",
    "300 NOK",
    "--asked-by",
    "employee:eva",
    "--reason",
    "The fuel was not what you ordered",
    "--reason-nb",
    "Drivstoffet var ikke det du bestilte",
    "--at",
    "2026-03-06T12:00:00Z",
    "--as",
];

#[test]
fn everyone_it_hit_is_credited_once_also_who_is_learnt_of_late() {
    let desk = Desk::new();
    desk.write("charter.yaml", CHARTER);
    let stops: Vec<String> = (0..120).map(|customer| stop(customer, "2026-03-02T08:00:00Z")).collect();
    tell(&desk, &stops);

    // Whoever asked does not approve, and nothing is given; nor is it to nobody, or about a party.
    let asked_by_the_same: Vec<&str> = REPAIR.iter().copied().chain(["employee:eva"]).collect();
    let error = desk.makegood(&asked_by_the_same).refused();
    assert!(error.contains("asked for this repair and cannot approve it"), "{error}");
    for (place, other, why) in [(3, "0 NOK", "gives nothing to nobody"), (1, "customer:1", "is a party")] {
        let mut wrong = REPAIR.to_vec();
        wrong[place] = other;
        let error = desk.makegood(&[wrong.as_slice(), &["employee:bob"]].concat()).refused();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(desk.makegood(&["remedy", "list"]).ended(0), "");

    let repair: Vec<&str> = REPAIR.iter().copied().chain(["employee:bob"]).collect();
    assert_eq!(desk.makegood(&repair).ended(0), "tour:7: 300 NOK each, 120 credited\n");
    let again = desk.makegood(&repair).ended(0);
    assert_eq!(again, "tour:7: 300 NOK each, 120 credited (decided before: nothing was done again)\n");

    // One was on the tour and is learnt of now; one came to it after the decision and was not hit.
    tell(&desk, &[stop(500, "2026-03-02T08:00:00Z"), stop(501, "2026-03-07T08:00:00Z")]);
    let list = desk.makegood(&["remedy", "list", "--limit", "500"]).ended(0);
    assert!(list.contains(" customer:500 ") && !list.contains(" customer:501 "), "{list}");
    assert!(desk.makegood(&repair).ended(0).contains("121 credited"));

    // Each is told why, in their language, and the books balance.
    desk.makegood(&["dispatch", "--to", "notice=notices.jsonl", "--to", "payout=payouts.jsonl"]).ended(0);
    let notices = std::fs::read_to_string(desk.path("notices.jsonl")).unwrap();
    assert_eq!(notices.lines().count(), 121);
    assert_eq!(std::fs::read_to_string(desk.path("payouts.jsonl")).unwrap().lines().count(), 121);
    for words in [
        "The fuel was not what you ordered. Everyone it hit gets this, whether they complained or not.",
        "The fuel was not what you ordered。受影响的每个人都会得到",
        "Drivstoffet var ikke det du bestilte. Alle det rammet, får dette, enten de klaget eller ikke.",
    ] {
        assert!(notices.contains(words), "{}", notices.lines().next().unwrap());
    }
    let balance = desk.makegood(&["ledger", "balance"]).ended(0);
    assert!(balance.contains("36 300.00"), "{balance}");
    desk.makegood(&["verify"]).ended(0);
    desk.makegood(&["rebuild"]).ended(0);
}
