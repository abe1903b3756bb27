//! What takes a right away: the burden of proof is the company's, and the clock decides what waits.

use serde_json::json;

use crate::world::{World, at};

const STORM: &str = "
rights:
  late:
    SAYS
    on: flight.departed
    unless: {shown_by: weather.observed, if: evidence.wind >= 50.0}
    compensation: {bands: late, by: data.late}";

/// Tells a story: `wind N`, `late`, `alternate`, `cancelled`, each with its time, or `clock`.
fn live(rights: &str, story: &[(&str, &str)]) -> World {
    let mut world = World::new(rights);
    world.book("06-01 12:00");
    for (what, time) in story {
        match what.split_once(' ') {
            Some((_, wind)) => world.say("weather.observed", time, json!({ "wind": wind.parse::<f64>().unwrap() })),
            None => match *what {
                "late" => world.say("flight.departed", time, json!({ "late": "4h" })),
                "cancelled" => world.say("flight.cancelled", time, json!({})),
                "alternate" => world.say("alternate.accepted", time, json!({})),
                _ => world.clock(time),
            },
        };
    }
    world
}

#[test]
fn only_a_proof_that_was_heard_before_takes_a_right_away() {
    let (late, owed, nothing) = (("late", "06-01 16:00"), ["late 100.00 USD approved"].as_slice(), [].as_slice());
    for (name, story, expected) in [
        ("nothing was filed", vec![late], owed),
        ("a storm was shown", vec![("wind 50", "06-01 11:00"), late], nothing),
        ("a breeze was shown", vec![("wind 49.9", "06-01 11:00"), late], owed),
        ("a breeze, then a storm", vec![("wind 10", "06-01 10:00"), ("wind 60", "06-01 11:00"), late], nothing),
        ("a storm, then a breeze", vec![("wind 60", "06-01 10:00"), ("wind 10", "06-01 11:00"), late], nothing),
        ("the storm is filed when the credit is made", vec![late, ("wind 60", "06-01 11:00")], owed),
    ] {
        let world = live(STORM, &story);
        assert_eq!(world.owed(), expected, "{name}");
        let denied: usize = world.promises.values().map(|promise| promise.denied.len()).sum();
        assert_eq!(denied, usize::from(expected.is_empty()), "{name}");
    }
}

#[test]
fn a_denied_claim_remembers_what_showed_it() {
    let world = live(STORM, &[("wind 50", "06-01 11:00"), ("late", "06-01 16:00")]);
    let promise = world.promises.values().next().unwrap();
    assert_eq!(promise.denied[0].shown_by, Some(promise.proofs[0].ident));
}

const WITHIN: &str = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    unless: {shown_by: alternate.accepted, within: 24h}
    restitution: {share: 100%, of: promise.worth}
    pay_within: 7 days";

/// What the clock comes for may be a claim, long before a promise is near to being due.
#[test]
fn a_claim_that_is_decided_does_not_put_its_promise_at_risk() {
    let mut world = World::new(
        "
rights:
  bags:
    SAYS
    on: bag.lost
    unless: {shown_by: weather.observed, within: 6h}
    compensation: 20 USD",
    );
    world.book("06-01 12:00").say("bag.lost", "05-10", json!({ "days": 1 })).clock("05-11");
    assert_eq!((world.states(), world.owed()), ("open".to_owned(), vec!["bags 20.00 USD approved".to_owned()]));
    assert_eq!(world.clock("06-01 10:00").states(), "at risk");
}

#[test]
fn a_claim_that_may_still_be_answered_is_decided_by_the_clock() {
    let cancelled = ("cancelled", "06-01 10:00");
    let (owed, nothing) = (["refund 200.00 USD approved"].as_slice(), [].as_slice());
    for (name, story, expected) in [
        ("not decided yet", vec![cancelled, ("clock", "06-02 09:59:59")], nothing),
        ("decided when the day is over", vec![cancelled, ("clock", "06-02 10:00")], owed),
        ("answered in time", vec![cancelled, ("alternate", "06-02 10:00"), ("clock", "06-03")], nothing),
        ("answered before", vec![("alternate", "06-01 09:00"), cancelled, ("clock", "06-03")], nothing),
        ("answered a moment too late", vec![cancelled, ("alternate", "06-02 10:00:01"), ("clock", "06-03")], owed),
        ("answered after the decision", vec![cancelled, ("clock", "06-02 10:00"), ("alternate", "06-01 11:00")], owed),
        ("learnt late, but in time", vec![cancelled, ("alternate", "06-01 11:00"), ("clock", "06-09")], nothing),
    ] {
        assert_eq!(live(WITHIN, &story).owed(), expected, "{name}");
    }
}

#[test]
fn what_was_decided_late_counts_from_the_event() {
    let world = live(WITHIN, &[("cancelled", "06-01 10:00"), ("clock", "06-05")]);
    assert_eq!(world.remedy().owed_at, at("06-01 10:00"));
    assert_eq!(world.remedy().pay_by, Some(at("06-08 23:59:59.999")));
}

#[test]
fn a_waiting_claim_goes_with_the_renegotiated_promise() {
    let mut world = World::new(WITHIN);
    world.book("06-03 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    let promise = world.promise_name();
    let data = json!({ "promise": promise, "due": "2025-06-05T12:00:00Z", "consent": "Ada", "actor": "bo" });
    assert_eq!(world.refused("promise.renegotiated", "06-01 11:00", data), "too-late-to-renegotiate");
}

#[test]
fn an_exception_without_proof_reads_the_event_itself() {
    let rights = "
rights:
  late:
    SAYS
    on: flight.departed
    unless: {if: made.class == 'saver'}
    compensation: 10 USD";
    assert_eq!(live(rights, &[("late", "06-01 16:00")]).owed(), ["late 10.00 USD approved"]);
    let rights = rights.replace("saver", "full");
    assert_eq!(live(&rights, &[("late", "06-01 16:00")]).owed(), Vec::<String>::new());
}

#[test]
fn any_one_of_several_exceptions_is_enough() {
    let rights = "
rights:
  gone:
    SAYS
    on: flight.cancelled
    unless:
      - {shown_by: alternate.accepted, within: 1h}
      - {shown_by: weather.observed, if: evidence.wind >= 50.0}
    compensation: 10 USD";
    let cancelled = ("cancelled", "06-01 10:00");
    for (name, story, owed) in [
        ("none", vec![cancelled, ("clock", "06-01 11:00")], 1),
        ("the first", vec![cancelled, ("alternate", "06-01 10:30"), ("clock", "06-01 11:00")], 0),
        ("the second", vec![("wind 70", "06-01 09:00"), cancelled, ("clock", "06-01 11:00")], 0),
        ("neither shown", vec![("wind 7", "06-01 09:00"), cancelled, ("clock", "06-01 11:00")], 1),
    ] {
        assert_eq!(live(rights, &story).owed().len(), owed, "{name}");
    }
}

fn asked(world: &World) -> usize {
    world.sent(makegood_core::Topic::Question).len()
}

#[test]
fn of_one_proof_too_many_the_doubt_is_the_partys() {
    let mut world = World::new(STORM);
    world.book("06-01 12:00");
    for _ in 0..makegood_core::limits::PROOFS {
        assert_eq!(asked(&world), 0);
        world.say("weather.observed", "06-01 10:00", json!({ "wind": 10 }));
    }
    assert_eq!(asked(&world), 1, "when the last place is taken, the owner is asked, once");
    world.say("weather.observed", "06-01 11:00", json!({ "wind": 60 }));
    world.say("flight.departed", "06-01 17:00", json!({ "late": "5h" }));
    assert_eq!((world.owed().len(), asked(&world)), (1, 1));
}

#[test]
fn one_waiting_claim_too_many_is_a_question() {
    let mut world = World::new(WITHIN);
    world.book("06-01 12:00");
    for _ in 0..makegood_core::limits::CLAIMS {
        world.say("flight.cancelled", "06-01 10:00", json!({}));
    }
    assert_eq!(asked(&world), 0);
    world.say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(asked(&world), 1);
    world.clock("06-05");
    assert_eq!(world.owed(), ["refund 200.00 USD approved"], "and is owed once all the same");
}

#[test]
fn what_is_denied_again_for_the_same_reason_is_noted_once() {
    let mut world = World::new(STORM);
    world.book("06-01 12:00").say("weather.observed", "06-01 10:00", json!({ "wind": 60 }));
    for _ in 0..100 {
        world.say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    }
    assert_eq!(world.promises.values().next().unwrap().denied.len(), 1);
}
