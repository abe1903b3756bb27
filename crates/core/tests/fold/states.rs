//! How a promise stands, by evidence, by silence, and by what people say.

use serde_json::json;

use crate::world::World;

/// What happens, in the order it is learnt: the kind of event, or `clock`; when; and for a departure how late it was.
type Story<'s> = &'s [(&'s str, &'s str, &'s str)];

fn live(story: Story) -> World {
    let mut world = World::new("");
    world.book("06-01 12:00");
    for (kind, time, late) in story {
        match *kind {
            "clock" => world.clock(time),
            "flight.departed" => world.say(kind, time, json!({ "late": late })),
            _ => world.say(kind, time, json!({})),
        };
    }
    world
}

fn check(cases: &[(&str, Story, &str)]) {
    for (name, story, state) in cases {
        assert_eq!(live(story).states(), *state, "{name}");
    }
}

#[test]
fn evidence_settles_a_promise() {
    check(&[
        ("nothing heard yet", &[], "open"),
        ("left in time", &[("flight.departed", "06-01 12:05", "5m")], "kept"),
        ("left at the edge of late", &[("flight.departed", "06-01 12:15", "15m")], "kept late"),
        ("left late", &[("flight.departed", "06-01 14:00", "2h")], "kept late"),
        ("cancelled", &[("flight.cancelled", "06-01 10:00", "")], "broken"),
        ("let go by the party", &[("booking.cancelled", "05-20", "")], "released"),
        ("in danger by evidence", &[("flight.delayed", "06-01 09:00", "")], "at risk"),
        (
            "in danger, then kept",
            &[("flight.delayed", "06-01 09:00", ""), ("flight.departed", "06-01 12:00", "0s")],
            "kept",
        ),
    ]);
}

#[test]
fn silence_is_neither_kept_nor_broken() {
    check(&[
        ("just before danger", &[("clock", "06-01 09:59:59", "")], "open"),
        ("two hours before, nothing heard", &[("clock", "06-01 10:00", "")], "at risk"),
        ("due, but silence is given a day", &[("clock", "06-02 11:59:59", "")], "at risk"),
        ("a day after it was due", &[("clock", "06-02 12:00", "")], "overdue"),
        ("long after", &[("clock", "12-01", "")], "overdue"),
        (
            "the clock says nothing of what is settled",
            &[("flight.cancelled", "06-01 10:00", ""), ("clock", "12-01", "")],
            "broken",
        ),
    ]);
}

#[test]
fn late_evidence_helps() {
    let overdue = ("clock", "06-03", "");
    let cancelled = ("flight.cancelled", "06-01 10:00", "");
    check(&[
        ("overdue, then shown kept", &[overdue, ("flight.departed", "06-01 12:00", "0s")], "kept"),
        ("overdue, then shown late", &[overdue, ("flight.departed", "06-01 15:00", "3h")], "kept late"),
        ("overdue, then shown broken", &[overdue, cancelled], "broken"),
        ("broken, then shown kept", &[cancelled, ("flight.departed", "06-01 12:00", "0s")], "kept"),
        ("broken, then shown late", &[cancelled, ("flight.departed", "06-01 15:00", "3h")], "kept late"),
        (
            "late, then shown kept",
            &[("flight.departed", "06-01 15:00", "3h"), ("flight.departed", "06-01 12:00", "0s")],
            "kept",
        ),
    ]);
}

#[test]
fn what_is_settled_never_gets_worse() {
    let kept = ("flight.departed", "06-01 12:00", "0s");
    let late = ("flight.departed", "06-01 15:00", "3h");
    let cancelled = ("flight.cancelled", "06-01 10:00", "");
    check(&[
        ("kept, then said late", &[kept, late], "kept"),
        ("kept, then said broken", &[kept, cancelled], "kept"),
        ("kept, then in danger", &[kept, ("flight.delayed", "06-01 09:00", "")], "kept"),
        ("late, then said broken", &[late, cancelled], "kept late"),
        ("broken, then let go", &[cancelled, ("booking.cancelled", "06-01 11:00", "")], "broken"),
    ]);
}

#[test]
fn a_promise_learnt_late_hears_what_was_said_before() {
    let mut world = World::new("");
    world.say("flight.departed", "06-01 15:00", json!({ "late": "3h" })).book("06-01 12:00");
    assert_eq!(world.states(), "kept late");
}

#[test]
fn each_promise_hears_of_its_own_thing() {
    let mut world = World::new("");
    world.book("06-01 12:00");
    world.tell_of("flight:2", "flight.cancelled", "other", "06-01", json!({})).unwrap();
    assert_eq!(world.states(), "open");
}

#[test]
fn without_a_condition_kept_means_kept_by_the_time_it_was_due() {
    let text =
        crate::world::charter("").replace(", if: data.late < duration('15m')}\n    late: {on: flight.departed}", "}");
    for (departs, state) in [("06-01 12:00", "kept"), ("06-01 12:00:01", "kept late")] {
        let mut world = World::under(&[&text]);
        world.book("06-01 12:00").say("flight.departed", departs, json!({ "late": "0s" }));
        assert_eq!(world.states(), state, "{departs}");
    }
}

#[test]
fn a_person_may_say_that_it_was_kept_or_let_go() {
    for (kind, time, state) in [
        ("promise.kept", "06-01 12:00", "kept"),
        ("promise.kept", "06-01 12:01", "kept late"),
        ("promise.released", "06-01 09:00", "released"),
    ] {
        let mut world = World::new("");
        world.book("06-01 12:00");
        let promise = world.promise_name();
        let data = json!({ "promise": promise, "consent": "Ada by telephone", "actor": "bo" });
        world.say(kind, time, data);
        assert_eq!(world.states(), state, "{kind} at {time}");
    }
    let mut world = World::new("");
    world.book("06-01 12:00");
    let promise = world.promise_name();
    for (kind, data, code) in [
        ("promise.kept", json!({ "promise": promise }), "no-actor"),
        ("promise.released", json!({ "promise": promise, "consent": "Ada" }), "no-actor"),
        ("promise.released", json!({ "promise": promise, "consent": " ", "actor": "bo" }), "no-consent"),
    ] {
        assert_eq!(world.refused(kind, "06-01 09:00", data), code, "{kind}");
        assert_eq!(world.states(), "open");
    }
    let mut world = World::new("");
    assert_eq!(
        world.refused("promise.kept", "06-01", json!({ "promise": "p-0000-00000000-0000000000000000" })),
        "unknown-promise"
    );
    assert_eq!(world.refused("promise.kept", "06-01", json!({ "promise": "yours truly" })), "unknown-promise");
}

#[test]
fn a_promise_is_not_renegotiated_into_the_past() {
    let mut world = World::new("");
    world.book("06-01 12:00");
    let promise = world.promise_name();
    for due in ["2025-01-01T00:00:00Z", "2025-05-20T00:00:00Z"] {
        let data = json!({ "promise": promise, "due": due, "consent": "Ada", "actor": "bo" });
        assert_eq!(world.refused("promise.renegotiated", "05-20", data), "due-before-agreed");
    }
}

fn renegotiate(world: &mut World, time: &str, consent: &str) -> Result<(), &'static str> {
    let data =
        json!({ "promise": world.promise_name(), "due": "2025-06-03T12:00:00Z", "consent": consent, "actor": "bo" });
    if consent == "refuse" || time > "06-01 12:00" || consent.trim().is_empty() {
        return Err(world.refused("promise.renegotiated", time, data));
    }
    world.say("promise.renegotiated", time, data);
    Ok(())
}

#[test]
fn a_promise_is_renegotiated_before_it_is_due_and_with_consent() {
    for (time, consent, outcome, states) in [
        ("05-30", "Ada, by phone", Ok(()), "renegotiated, open"),
        ("06-01 12:00", "Ada, by phone", Ok(()), "renegotiated, open"),
        ("06-01 12:01", "Ada, by phone", Err("too-late-to-renegotiate"), "open"),
        ("05-30", "  ", Err("no-consent"), "open"),
    ] {
        let mut world = World::new("");
        world.book("06-01 12:00");
        assert_eq!(renegotiate(&mut world, time, consent), outcome, "{time} {consent}");
        assert_eq!(world.states(), states, "{time} {consent}");
    }
}

#[test]
fn a_settled_promise_is_not_renegotiated() {
    let mut world = live(&[("flight.cancelled", "05-29", "")]);
    let data =
        json!({ "promise": world.promise_name(), "due": "2025-06-03T12:00:00Z", "consent": "Ada", "actor": "bo" });
    assert_eq!(world.refused("promise.renegotiated", "05-30", data), "too-late-to-renegotiate");
}

#[test]
fn the_new_promise_goes_on_where_the_old_one_ended() {
    let mut world =
        World::new("rights:\n  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}");
    world.book("06-01 12:00");
    renegotiate(&mut world, "05-30", "Ada, by phone").unwrap();
    world.clock("06-02 18:00");
    assert_eq!(world.states(), "renegotiated, open", "silence about the old one says nothing");
    world.say("flight.departed", "06-03 16:00", json!({ "late": "4h" }));
    assert_eq!(world.states(), "renegotiated, kept late");
    assert_eq!(world.owed(), ["late 100.00 USD approved"], "what is owed is owed once");
}

#[test]
fn the_event_that_lets_a_promise_go_may_itself_owe_something() {
    let mut world = World::new(
        "rights:\n  free: {SAYS, on: booking.cancelled, if: at < promise.due - duration('24h'), restitution: {share: 100%, of: promise.worth}}",
    );
    world.book("06-01 12:00").say("booking.cancelled", "05-20", json!({}));
    assert_eq!((world.states().as_str(), world.owed()), ("released", vec!["free 200.00 USD approved".to_owned()]));
}

#[test]
fn nothing_is_owed_for_what_the_party_let_go_before() {
    let rights = "rights:\n  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}";
    let departed = |world: &mut World| {
        world.say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    };
    let cancelled = |time| {
        move |world: &mut World| {
            world.say("booking.cancelled", time, json!({}));
        }
    };
    type Told<'t> = &'t dyn Fn(&mut World);
    let cases: [(&str, [Told; 2], &[&str]); 4] = [
        ("let go, then late", [&cancelled("05-20"), &departed], &[]),
        ("the same, learnt the other way round", [&departed, &cancelled("05-20")], &["late 100.00 USD approved"]),
        ("late, then let go", [&departed, &cancelled("06-02")], &["late 100.00 USD approved"]),
        ("the same, learnt the other way round", [&cancelled("06-02"), &departed], &["late 100.00 USD approved"]),
    ];
    for (name, told, owed) in cases {
        let mut world = World::new(rights);
        world.book("06-01 12:00");
        told.iter().for_each(|tell| tell(&mut world));
        assert_eq!(world.owed(), owed, "{name}");
    }
}

#[test]
fn a_promise_about_no_thing_hears_what_is_said_of_its_party() {
    let text = r#"
charter: calls
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our promise}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
events:
  call.asked: {party: customer, data: {by: time}}
  call.made: {party: customer}
promises:
  call:
    made: {on: call.asked, due: data.by}
    says: {en: "We call by {due}"}
    kept: {on: call.made}
rights:
  silence: {says: {en: Sorry}, on: overdue, compensation: 5 USD}
"#;
    for (called, states, owed) in
        [("06-01 11:00", "kept", 0), ("06-01 13:00", "kept late", 0), ("06-03", "kept late", 1)]
    {
        let mut world = World::under(&[text]);
        world.say("call.asked", "05-01", json!({ "by": "2025-06-01T12:00:00Z" }));
        if owed > 0 {
            world.clock("06-02");
        }
        world.say("call.made", called, json!({}));
        assert_eq!((world.states().as_str(), world.owed().len()), (states, owed), "{called}");
    }
}
