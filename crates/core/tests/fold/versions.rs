//! Which version of the charter judges: the one a promise was made under, or a later one where that is better for the party.

use serde_json::json;

use crate::world::{World, charter};

const OLD: &str = "rights:\n  late: {SAYS, on: flight.departed, compensation: 50 USD}";

fn later(rights: &str) -> String {
    charter(rights).replace("version: \"1\"", "version: \"2\"").replacen("from: 2025-01-01}", "from: 2025-05-15}", 1)
}

/// Booked on 1 May, a fortnight before the second version; left late on 1 June.
fn owed(old: &str, new: &str) -> Vec<String> {
    let mut world = World::under(&[&charter(old), &later(new)]);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    world.owed()
}

#[test]
fn the_better_version_judges() {
    for (name, new, expected) in [
        ("the later one gives more", OLD.replace("50 USD", "80 USD"), vec!["late 80.00 USD approved"]),
        ("the later one gives less", OLD.replace("50 USD", "20 USD"), vec!["late 50.00 USD approved"]),
        ("the later one gives the same", OLD.to_owned(), vec!["late 50.00 USD approved"]),
        ("the later one has no such right", String::new(), vec!["late 50.00 USD approved"]),
        (
            "the later one has an exception, shown at once",
            OLD.replace("compensation", "unless: {if: data.late > duration('1h')}, compensation"),
            vec!["late 50.00 USD approved"],
        ),
    ] {
        assert_eq!(owed(OLD, &new), expected, "{name}");
    }
}

#[test]
fn a_later_version_may_give_what_the_first_took_away() {
    let strict = OLD.replace("compensation", "unless: {if: data.late > duration('1h')}, compensation");
    assert_eq!(owed(&strict, &OLD.replace("50 USD", "20 USD")), ["late 20.00 USD approved"]);
}

#[test]
fn the_reason_names_the_version_that_judged() {
    let mut world = World::under(&[&charter(OLD), &later(&OLD.replace("50 USD", "80 USD"))]);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    let (_, rules) = world.book.by_tag(world.remedy().reason.charter).unwrap();
    assert_eq!(&*rules.charter.version, "2");
}

#[test]
fn an_event_is_judged_by_the_version_in_force_when_it_happened() {
    let new = later(&OLD.replace("50 USD", "80 USD"));
    let mut world = World::under(&[&charter(OLD), &new]);
    world.book("05-10 12:00").say("flight.departed", "05-10 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["late 50.00 USD approved"], "the second version was not in force yet");
}

#[test]
fn a_promise_made_later_knows_only_the_later_version() {
    let mut world = World::under(&[&charter(OLD), &later(&OLD.replace("50 USD", "20 USD"))]);
    let data = json!({ "departs": "2025-06-01T12:00:00Z", "fare": "9 USD", "paid": [], "class": "full" });
    world.say("booking.made", "05-20", data).say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["late 20.00 USD approved"]);
}

#[test]
fn amounts_are_those_of_the_day_of_the_event() {
    let dated = charter("rights:\n  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}")
        .replace(
            "  late:\n    - {from: 2025-01-01,",
            "  late:\n    - {from: 2024-01-01, bands: [{at: 1h, give: 1 USD}]}\n    - {from: 2025-06-01,",
        );
    for (time, amount) in [("05-31 23:59:59", "1.00 USD"), ("06-01", "100.00 USD")] {
        let mut world = World::under(&[&dated]);
        world.book("05-31 20:00").say("flight.departed", time, json!({ "late": "4h" }));
        assert_eq!(world.remedy().amounts.to_string(), amount, "{time}");
    }
}

#[test]
fn nothing_is_promised_before_the_first_version() {
    let from_june = charter(OLD).replacen("from: 2025-01-01}", "from: 2025-06-01}", 1);
    let mut world = World::under(&[&from_june]);
    world.book("06-02 12:00");
    assert_eq!(world.states(), "");
}

#[test]
fn a_promise_stays_under_its_version_when_that_has_ended() {
    let ended = charter(OLD).replacen("from: 2025-01-01}", "from: 2025-01-01, until: 2025-05-15}", 1);
    let mut world = World::under(&[&ended]);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["late 50.00 USD approved"]);
}
