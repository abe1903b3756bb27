//! A remedy is a promise too: paying in time keeps it, paying late owes the penalty, once.

use serde_json::json;

use crate::world::{World, at};

const RIGHTS: &str = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth}
    pay_within: 7 days
    if_late: {compensation: 40 USD}";

fn cancelled() -> (World, String) {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    let remedy = world.name_of("refund");
    (world, remedy)
}

#[test]
fn a_remedy_is_a_promise_to_pay() {
    let (world, _) = cancelled();
    assert_eq!(world.remedy().pay_by, Some(at("06-08 23:59:59.999")));
    assert_eq!((world.states().as_str(), world.payments().as_str()), ("broken", "open"));
}

#[test]
fn paid_by_the_last_moment_is_paid_in_time() {
    for (time, state, owed) in [
        ("06-08 23:59:59", "kept", vec!["refund 200.00 USD paid"]),
        ("06-09", "kept late, open", vec!["refund 200.00 USD paid", "refund 40.00 USD approved"]),
    ] {
        let (mut world, remedy) = cancelled();
        world.say("remedy.paid", time, json!({ "remedy": remedy, "reference": "bank 7" }));
        assert_eq!(
            (world.payments().as_str(), world.owed()),
            (state, owed.iter().map(ToString::to_string).collect()),
            "{time}"
        );
    }
}

#[test]
fn the_penalty_is_owed_once_whoever_finds_it() {
    let expected = ["refund 200.00 USD paid", "refund 40.00 USD approved"];
    let (mut by_clock, remedy) = cancelled();
    by_clock.clock("06-09").say("remedy.paid", "06-10", json!({ "remedy": remedy }));
    assert_eq!(by_clock.owed(), expected, "the clock, then the payment");
    let (mut by_payment, remedy) = cancelled();
    by_payment.say("remedy.paid", "06-10", json!({ "remedy": remedy })).clock("06-10");
    assert_eq!(by_payment.owed(), expected, "the payment, then the clock");
}

#[test]
fn a_penalty_that_is_not_paid_owes_no_further_penalty() {
    let (mut world, _) = cancelled();
    world.clock("12-31");
    assert_eq!(world.owed(), ["refund 200.00 USD approved", "refund 40.00 USD approved"]);
}

#[test]
fn a_payment_learnt_late_but_made_in_time_keeps_the_promise_and_the_penalty_stays() {
    let (mut world, remedy) = cancelled();
    world.clock("06-09").say("remedy.paid", "06-07", json!({ "remedy": remedy }));
    assert_eq!(world.payments(), "kept, overdue".replace("overdue", "open"));
    assert_eq!(world.owed(), ["refund 200.00 USD paid", "refund 40.00 USD approved"]);
}

#[test]
fn of_two_amounts_under_one_right_the_penalty_is_owed_once() {
    for (fare, owed) in [
        ("200 USD", vec!["refund 200.00 USD approved", "refund 30.00 USD approved", "refund 40.00 USD approved"]),
        ("0 USD", vec!["refund 30.00 USD approved", "refund 40.00 USD approved"]),
    ] {
        let mut world = World::new(&RIGHTS.replace("pay_within", "compensation: 30 USD\n    pay_within"));
        world.book_for("06-01 12:00", fare, &[]).say("flight.cancelled", "06-01 10:00", json!({})).clock("06-09");
        assert_eq!(world.owed(), owed);
    }
}

#[test]
fn how_bad_it_was_may_be_learnt_in_steps_and_owes_one_penalty() {
    let rights = "
rights:
  late:
    SAYS
    on: flight.departed
    compensation: {bands: late, by: data.late}
    pay_within: 7 days
    if_late: {compensation: 40 USD}";
    for order in [["3h", "5h"], ["5h", "3h"]] {
        let mut world = World::new(rights);
        world.book("06-01 12:00");
        for late in order {
            world.say("flight.departed", "06-01 17:00", json!({ "late": late }));
        }
        world.clock("12-31");
        let penalties = world.remedies.values().filter(|remedy| remedy.kind == makegood_core::RemedyKind::Penalty);
        assert_eq!(penalties.count(), 1, "{order:?}: {:?}", world.owed());
    }
}

#[test]
fn each_booking_paid_late_is_owed_its_own_penalty() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({})).clock("06-09");
    let penalties = world.remedies.values().filter(|remedy| remedy.kind == makegood_core::RemedyKind::Penalty).count();
    assert_eq!(penalties, 2, "{:?}", world.owed());
}

#[test]
fn what_was_waived_is_not_owed_and_not_late() {
    let (mut world, remedy) = cancelled();
    world.say("remedy.waived", "06-02", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" })).clock("12-31");
    assert_eq!((world.owed(), world.payments().as_str()), (vec!["refund 200.00 USD waived".to_owned()], "released"));
}

#[test]
fn a_payment_that_failed_may_be_sent_again_or_noted_as_paid() {
    let (mut world, remedy) = cancelled();
    world.say("remedy.failed", "06-02", json!({ "remedy": remedy, "reason": "account closed" }));
    assert_eq!(world.owed(), ["refund 200.00 USD failed"]);
    world.say("remedy.approved", "06-03", json!({ "remedy": remedy, "actor": "bo" }));
    assert_eq!(world.owed(), ["refund 200.00 USD approved"]);
    assert_eq!(world.sent(makegood_core::Topic::Payout).len(), 2);
    assert_eq!(world.sent(makegood_core::Topic::Notice).len(), 1, "the party is told once");
    world.say("remedy.failed", "06-04", json!({ "remedy": remedy, "reason": "again" }));
    world.say("remedy.paid", "06-05", json!({ "remedy": remedy, "reference": "cheque" }));
    assert_eq!((world.owed(), world.payments().as_str()), (vec!["refund 200.00 USD paid".to_owned()], "kept"));
}

#[test]
fn what_is_paid_or_waived_stays_so() {
    for settled in ["remedy.paid", "remedy.waived"] {
        let (mut world, remedy) = cancelled();
        world.say(settled, "06-02", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" }));
        for (kind, data) in [
            ("remedy.waived", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" })),
            ("remedy.failed", json!({ "remedy": remedy, "reason": "no" })),
            ("remedy.approved", json!({ "remedy": remedy, "actor": "bo" })),
            ("remedy.corrected", json!({ "remedy": remedy, "amount": "1 USD", "reason": "no", "actor": "bo" })),
        ] {
            assert_eq!(world.refused(kind, "06-03", data), "wrong-remedy-state", "{settled}, then {kind}");
        }
    }
    let (mut world, remedy) = cancelled();
    world.say("remedy.paid", "06-02", json!({ "remedy": remedy }));
    assert_eq!(world.refused("remedy.paid", "06-03", json!({ "remedy": remedy })), "wrong-remedy-state");
}

#[test]
fn a_remedy_of_nobody_is_unknown() {
    let (mut world, _) = cancelled();
    for name in ["r-0000-00000000-0000000000000000", "p-0000-00000000-0000000000000000", "refund", ""] {
        assert_eq!(world.refused("remedy.paid", "06-02", json!({ "remedy": name })), "unknown-remedy", "{name}");
    }
}

#[test]
fn the_time_of_a_payment_is_not_renegotiated_behind_its_back() {
    let (mut world, _) = cancelled();
    let pay = world.remedy().pay_promise.unwrap();
    let name = makegood_core::Name::new(makegood_core::id::Kind::Promise, crate::world::PARTY, pay).to_string();
    let data = json!({ "promise": &name, "due": "2025-07-01T00:00:00Z", "consent": "Ada", "actor": "bo" });
    assert_eq!(world.refused("promise.renegotiated", "06-02", data), "kept-by-paying");
    for kind in ["promise.kept", "promise.released"] {
        let data = json!({ "promise": &name, "consent": "Ada", "actor": "bo" });
        assert_eq!(world.refused(kind, "06-02", data), "kept-by-paying", "{kind}");
    }
}

#[test]
fn the_first_term_that_fits_counts() {
    let rights = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth}
    pay_within: [{if: made.class == 'saver', within: 1 day}, {within: 20 days}]";
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(world.remedy().pay_by, Some(at("06-21 23:59:59.999")));
}
