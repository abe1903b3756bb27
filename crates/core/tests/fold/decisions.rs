//! What people decide: approval of what is held, goodwill, corrections.

use serde_json::json;

use crate::world::World;

const RIGHTS: &str = "
rights:
  refund: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth}, pay_within: 7 days}
limits: {approve_over: {amount: 500 USD, by: finance}, per_day: {budget: 1000 USD, then: hold for approval}}";

fn refund_of(fare: &str) -> World {
    let mut world = World::new(RIGHTS);
    world.book_for("06-01 12:00", fare, &[fare]).say("flight.cancelled", "06-01 10:00", json!({}));
    world
}

#[test]
fn above_the_limit_is_held() {
    assert_eq!(refund_of("500 USD").owed(), ["refund 500.00 USD approved"]);
    assert_eq!(refund_of("500.01 USD").owed(), ["refund 500.01 USD held for approval"]);
    assert_eq!(refund_of("60000 points").owed(), ["refund 60000 points held for approval"]);
}

#[test]
fn what_is_held_is_owed_all_the_same() {
    let mut world = refund_of("600 USD");
    assert!(world.spent.is_empty(), "what waits for a person does not spend the day's budget: {:?}", world.spent);
    assert_eq!(world.payments(), "open");
    world.clock("06-10");
    assert_eq!(world.payments(), "overdue");
}

#[test]
fn when_the_budget_is_spent_everything_is_held() {
    let mut world = World::new(RIGHTS);
    world.budget_spent = true;
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.owed(), ["refund 200.00 USD held for approval"]);
    assert_eq!(world.sent(makegood_core::Topic::Approval)[0]["why"], "the day's budget is spent");
}

#[test]
fn what_leaves_is_weighed_not_what_it_was_reckoned_from() {
    // Worth 1.00 USD by the booking, and 600 USD and 900 EUR were paid for it.
    for (limits, paid, state) in [
        ("{approve_over: {amount: 500 USD, by: finance}}", "600 USD", "held for approval"),
        ("{approve_over: {amount: 500 USD, by: finance}}", "499 USD", "approved"),
        ("{approve_over: {amount: 500 USD, by: finance}}", "1 EUR", "held for approval"),
        ("{per_day: {budget: 500 USD, then: hold for approval}}", "600 USD", "held for approval"),
        ("{per_day: {budget: 500 USD, then: hold for approval}}", "500 USD", "approved"),
        ("{per_day: {budget: 500 USD, then: hold for approval}}", "1 EUR", "held for approval"),
    ] {
        let text = RIGHTS.split("limits:").next().unwrap();
        let mut world = World::new(&format!("{text}limits: {limits}\n"));
        world.book_for("06-01 12:00", "1 USD", &[paid]).say("flight.cancelled", "06-01 10:00", json!({}));
        assert!(world.owed()[0].ends_with(state), "{limits}, {paid}: {:?}", world.owed());
    }
}

#[test]
fn what_is_approved_is_sent_to_be_paid() {
    let mut world = refund_of("600 USD");
    let remedy = world.name_of("refund");
    assert_eq!(world.sent(makegood_core::Topic::Payout).len(), 0);
    assert_eq!(world.refused("remedy.paid", "06-02", json!({ "remedy": remedy })), "wrong-remedy-state");
    assert_eq!(world.refused("remedy.approved", "06-02", json!({ "remedy": remedy })), "no-actor");
    world.say("remedy.approved", "06-02", json!({ "remedy": remedy, "actor": "anna" }));
    assert_eq!(world.owed(), ["refund 600.00 USD approved"]);
    assert_eq!(world.sent(makegood_core::Topic::Payout).len(), 1);
    assert_eq!(world.sent(makegood_core::Topic::Notice).len(), 1);
    let again = json!({ "remedy": remedy, "actor": "bo" });
    assert_eq!(world.refused("remedy.approved", "06-03", again), "wrong-remedy-state");
}

#[test]
fn whoever_asks_for_money_never_approves_it() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    assert_eq!(world.owed(), ["goodwill 25.00 USD held for approval"]);
    let remedy = world.name_of("goodwill");
    for kind in ["goodwill.approved", "remedy.approved"] {
        let own = json!({ "remedy": remedy, "actor": "anna" });
        assert_eq!(world.refused(kind, "06-02", own), "own-approval", "{kind}");
    }
    world.say("goodwill.approved", "06-02", json!({ "remedy": remedy, "actor": "bo" }));
    assert_eq!(world.owed(), ["goodwill 25.00 USD approved"]);
}

#[test]
fn whoever_corrects_an_amount_never_approves_it() {
    let mut world = refund_of("600 USD");
    let remedy = world.name_of("refund");
    let data = json!({ "remedy": remedy, "amount": "700 USD", "reason": "taxes", "actor": "anna" });
    world.say("remedy.corrected", "06-02", data);
    let own = json!({ "remedy": remedy, "actor": "anna" });
    assert_eq!(world.refused("remedy.approved", "06-03", own), "own-approval");
    world.say("remedy.approved", "06-03", json!({ "remedy": remedy, "actor": "bo" }));
    assert_eq!(world.owed(), ["refund 700.00 USD approved"]);
}

#[test]
fn whoever_asked_for_goodwill_does_not_approve_it_after_somebody_corrected_it() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    let remedy = world.name_of("goodwill");
    let data = json!({ "remedy": remedy, "amount": "30 USD", "reason": "longer", "actor": "bo" });
    world.say("remedy.corrected", "06-02", data);
    for asker in ["anna", "bo"] {
        let own = json!({ "remedy": remedy, "actor": asker });
        assert_eq!(world.refused("remedy.approved", "06-03", own), "own-approval", "{asker}");
    }
    world.say("remedy.approved", "06-03", json!({ "remedy": remedy, "actor": "cleo" }));
}

#[test]
fn goodwill_needs_an_amount_and_a_giver() {
    let mut world = World::new(RIGHTS);
    let nothing = json!({ "amount": "0 USD", "reason": "none", "actor": "anna" });
    assert_eq!(world.refused("goodwill.given", "06-01", nothing), "no-amount");
    let nobody = json!({ "amount": "5 USD", "reason": "none" });
    assert_eq!(world.refused("goodwill.given", "06-01", nobody), "no-actor");
}

#[test]
fn goodwill_that_was_never_approved_may_be_waived_without_a_trace_in_the_books() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    let remedy = world.name_of("goodwill");
    world.say("remedy.waived", "06-02", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" }));
    assert_eq!((world.owed(), world.entries.len()), (vec!["goodwill 25.00 USD waived".to_owned()], 0));
}

#[test]
fn a_correction_is_an_amount_above_zero_in_the_tender_that_is_owed() {
    let mut world = refund_of("600 USD");
    let remedy = world.name_of("refund");
    for (amount, code) in [("0 USD", "no-amount"), ("600 EUR", "other-tender"), ("10 points", "other-tender")] {
        let data = json!({ "remedy": remedy, "amount": amount, "reason": "taxes", "actor": "anna" });
        assert_eq!(world.refused("remedy.corrected", "06-02", data), code, "{amount}");
    }
    let nobody = json!({ "remedy": remedy, "amount": "5 USD", "reason": "taxes" });
    assert_eq!(world.refused("remedy.corrected", "06-02", nobody), "no-actor");
}

#[test]
fn what_is_on_its_way_is_not_corrected() {
    let mut world = refund_of("200 USD");
    let remedy = world.name_of("refund");
    let data = json!({ "remedy": remedy, "amount": "5 USD", "reason": "no", "actor": "anna" });
    assert_eq!(world.refused("remedy.corrected", "06-02", data), "wrong-remedy-state");
}

#[test]
fn a_promise_that_cannot_be_made_is_refused() {
    let text =
        crate::world::charter("").replace("fare: money", "fare: money?").replace("departs: time", "departs: time?");
    let mut world = World::under(&[&text]);
    let data = json!({ "paid": [], "class": "full", "fare": "1 USD" });
    assert_eq!(world.refused("booking.made", "05-01", data), "unclear-promise");
    let data = json!({ "paid": [], "class": "full", "departs": "2025-06-01T00:00:00Z" });
    assert_eq!(world.refused("booking.made", "05-01", data), "unclear-promise");
}
