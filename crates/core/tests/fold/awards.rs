//! How much is owed: bands, shares, counts, bounds, and how rights add up.

use serde_json::json;

use crate::world::{World, charter};

const LATE: &str = "rights:\n  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}";

fn departed(rights: &str, late: &str) -> World {
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("flight.departed", "06-01 13:00", json!({ "late": late }));
    world
}

#[test]
fn bands_are_closed_below_and_open_above() {
    for (late, owed) in [
        ("2h59m59s", None),
        ("3h", Some("50.00 USD")),
        ("3h59m59.999s", Some("50.00 USD")),
        ("4h", Some("100.00 USD")),
        ("5h59m59s", Some("100.00 USD")),
        ("6h", None),
        ("-1h", None),
    ] {
        let owed: Vec<_> = owed.map(|amount| format!("late {amount} approved")).into_iter().collect();
        assert_eq!(departed(LATE, late).owed(), owed, "{late}");
    }
}

#[test]
fn late_twice_owes_one_credit_and_a_later_worse_event_the_rest() {
    let mut world = departed(LATE, "3h");
    world.say("flight.departed", "06-01 15:00", json!({ "late": "3h30m" }));
    assert_eq!(world.owed(), ["late 50.00 USD approved"]);
    world.say("flight.departed", "06-01 16:30", json!({ "late": "4h30m" }));
    assert_eq!(world.owed(), ["late 50.00 USD approved", "late 50.00 USD approved"]);
    world.say("flight.departed", "06-01 15:00", json!({ "late": "3h" }));
    assert_eq!(world.owed().len(), 2, "a lesser event later takes nothing back and adds nothing");
}

#[test]
fn each_booking_of_one_party_on_one_thing_is_owed_its_own() {
    let mut world = World::new(LATE);
    world.book("06-01 12:00").book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.states(), "kept late, kept late");
    assert_eq!(world.owed(), ["late 100.00 USD approved", "late 100.00 USD approved"]);
}

#[test]
fn each_booking_that_falls_silent_is_owed_its_own() {
    let mut world = World::new("rights:\n  silence: {SAYS, on: overdue, compensation: 10 USD}");
    world.book("06-01 12:00").book("06-01 12:00").clock("06-03");
    assert_eq!(world.states(), "overdue, overdue");
    assert_eq!(world.owed(), ["silence 10.00 USD approved", "silence 10.00 USD approved"]);
}

#[test]
fn amounts_are_reckoned_as_the_clause_says() {
    for (award, owed) in [
        ("compensation: 40 USD", "40.00 USD"),
        ("compensation: {share: 33%, of: promise.worth}", "33.33 USD"),
        ("restitution: {share: 33%, of: promise.worth}", "20.13 USD + 1320 points"),
        ("compensation: {share: 1/3, of: promise.worth}", "33.67 USD"),
        ("compensation: {share: 1/3, of: promise.worth, rounding: down}", "33.66 USD"),
        ("compensation: {share: 50%, of: promise.worth, at_most: 20 USD}", "20.00 USD"),
        ("compensation: {share: 1%, of: promise.worth, at_least: 25 USD}", "25.00 USD"),
        ("compensation: {share: 50%, of: promise.worth, round_to: 25 USD}", "75.00 USD"),
        ("compensation: {share: 50%, of: promise.worth, in: points}", "5050 points"),
        ("compensation: {share: 200%, of: promise.worth, in: credit}", "202.00 credit"),
        ("restitution: {share: 50%, of: promise.worth, to: original tenders}", "30.50 USD + 2000 points"),
    ] {
        let mut world = World::new(&format!("rights:\n  gone:\n    SAYS\n    on: flight.cancelled\n    {award}"));
        world.book_for("06-01 12:00", "101 USD", &["61 USD", "4000 points"]).say(
            "flight.cancelled",
            "06-01",
            json!({}),
        );
        assert_eq!(world.remedy().amounts.to_string(), owed, "{award}");
    }
}

#[test]
fn so_much_for_each_is_capped() {
    for (days, owed) in [(1, "18.00 USD"), (3, "54.00 USD"), (9, "90.00 USD")] {
        let mut world = World::new(
            "rights:\n  bag: {SAYS, on: bag.lost, compensation: {each: 18 USD, count: data.days, at_most: 90 USD}}",
        );
        world.book("06-01 12:00").say("bag.lost", "06-02", json!({ "days": days }));
        assert_eq!(world.remedy().amounts.to_string(), owed);
    }
}

#[test]
fn a_right_without_amount_owes_nothing() {
    let mut world = World::new("rights:\n  bag: {SAYS, on: bag.lost, compensation: {each: 18 USD, count: data.days}}");
    world.book("06-01 12:00").say("bag.lost", "06-02", json!({ "days": 0 })).say(
        "bag.lost",
        "06-02",
        json!({ "days": -3 }),
    );
    assert_eq!(world.owed(), Vec::<String>::new());
}

#[test]
fn a_condition_decides_whether_a_right_applies() {
    let rights = "rights:\n  late: {SAYS, on: flight.departed, if: made.class == 'saver', compensation: 5 USD}";
    assert_eq!(departed(rights, "1h").owed(), Vec::<String>::new());
    let rights = "rights:\n  late: {SAYS, on: flight.departed, if: made.class == 'full', compensation: 5 USD}";
    assert_eq!(departed(rights, "1h").owed(), ["late 5.00 USD approved"]);
}

#[test]
fn rights_combine_by_the_stacking_rule() {
    for (rule, rights, owed) in [
        ("highest", "[small, large]", vec!["large 150.00 USD approved"]),
        ("highest", "[large, small]", vec!["large 150.00 USD approved"]),
        ("sum", "[small, large]", vec!["large 150.00 USD approved", "small 100.00 USD approved"]),
        ("offset", "[small, large]", vec!["large 50.00 USD approved", "small 100.00 USD approved"]),
        ("offset", "[large, small]", vec!["large 150.00 USD approved"]),
    ] {
        let rights = format!(
            "
rights:
  small: {{SAYS, on: flight.cancelled, compensation: 100 USD}}
  large: {{SAYS, on: flight.cancelled, compensation: 150 USD}}
stacking: [{{rights: {rights}, rule: {rule}}}]"
        );
        let mut world = World::new(&rights);
        world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
        assert_eq!(world.owed(), owed, "{rule} {rights}");
    }
}

#[test]
fn the_highest_of_two_events_is_owed_whichever_comes_first() {
    let rights = "
rights:
  late: {SAYS, on: flight.departed, compensation: 30 USD}
  gone: {SAYS, on: flight.cancelled, compensation: 80 USD}
stacking: [{rights: [late, gone], rule: highest}]";
    let tell = |world: &mut World, kind| {
        let data = if kind == "flight.departed" { json!({ "late": "1h" }) } else { json!({}) };
        world.say(kind, "06-01 13:00", data);
    };
    for (kinds, owed) in [
        (["flight.departed", "flight.cancelled"], vec!["gone 50.00 USD approved", "late 30.00 USD approved"]),
        (["flight.cancelled", "flight.departed"], vec!["gone 80.00 USD approved"]),
    ] {
        let mut world = World::new(rights);
        world.book("06-01 12:00");
        kinds.iter().for_each(|kind| tell(&mut world, kind));
        assert_eq!(world.owed(), owed, "{kinds:?}");
    }
}

#[test]
fn restitution_and_compensation_of_one_right_are_both_owed() {
    let mut world = World::new(
        "rights:\n  gone: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth}, compensation: 40 USD}",
    );
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.owed(), ["gone 200.00 USD approved", "gone 40.00 USD approved"]);
}

#[test]
fn an_amount_that_cannot_be_worked_out_asks_a_person_and_holds_up_nothing() {
    let rights = "
rights:
  gone: {SAYS, on: flight.cancelled, compensation: {share: 200%, of: promise.worth}}
  refund: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth}}";
    let mut world = World::new(rights);
    world.book_for("06-01 12:00", "90000000000000000 USD", &[]).say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.states(), "broken");
    assert_eq!(world.owed(), ["refund 90000000000000000.00 USD approved"]);
    let question = world.sent(makegood_core::Topic::Question)[0];
    assert_eq!(
        (question["to"].as_str(), question["right"].as_str(), question["question"].as_str()),
        (
            Some("operations"),
            Some("gone"),
            Some(
                "the right applies, but its amount cannot be worked out: an amount of USD is too large to hold: decide what is owed"
            )
        )
    );
}

#[test]
fn an_amount_too_large_for_its_tender_asks_a_person() {
    let rights = "
rights:
  gone: {SAYS, on: flight.cancelled, compensation: {share: 100%, of: promise.worth, in: points}}";
    let mut world = World::under(&[&charter(rights).replace("worth: 0.01 USD", "worth: 0.01 USD, decimals: 6")]);
    world.book_for("06-01 12:00", "92000000000000000 USD", &[]).say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!((world.states().as_str(), world.owed().len()), ("broken", 0));
    assert_eq!(world.sent(makegood_core::Topic::Question).len(), 1);
}

#[test]
fn a_fare_in_a_foreign_currency_is_given_back_in_it() {
    let rights = "
rights:
  refund: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth, to: original tenders}}
limits: {notify_from: 1 USD}";
    let mut world = World::new(rights);
    world.book_for("06-01 12:00", "100 EUR", &["100 EUR"]).say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.owed(), ["refund 100.00 EUR approved"]);
    assert_eq!(world.sent(makegood_core::Topic::Notice).len(), 1);
}

#[test]
fn a_foreign_currency_that_the_limits_cannot_weigh_is_held() {
    let rights = "
rights:
  refund: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth, to: original tenders}}
limits: {approve_over: {amount: 2000 USD, by: finance}}";
    let mut world = World::new(rights);
    world.book_for("06-01 12:00", "100 EUR", &["100 EUR"]).say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.owed(), ["refund 100.00 EUR held for approval"]);
}
