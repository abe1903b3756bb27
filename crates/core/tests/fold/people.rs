//! Promises that people make: what is refused, and what follows.

use makegood_core::id::{Kind, Name};
use makegood_core::{Acceptance, Finding, Promise, PromiseState, Topic};
use serde_json::{Value as Json, json};

use crate::world::{PARTY, World};

const CHARTER: &str = r#"
charter: word
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our word, zh: 我们的承诺, nb: Vårt ord}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
events:
  parcel.sent: {party: customer, data: {weight: int}}
  bill.sent: {party: customer, data: {number: int}}
promises:
  answer:
    made: {on: promise.made, if: data.kind == 'answer', due: data.due, worth: data.worth}
    says: {en: "An answer by {due}.", zh: "{due} 前答复。", nb: "Svar innen {due}."}
    doer: desk
    acknowledged: {within: 2 days}
    confirmed: {again: 3 weeks}
    at_risk: {before: 2h}
  parcel:
    made: {on: promise.made, if: data.kind == 'parcel', due: data.due}
    says: {en: "A parcel by {due}.", zh: "{due} 前寄出。", nb: "Pakke innen {due}."}
    owner: store
    kept: {on: parcel.sent, if: data.weight > 0}
  bill:
    made: {on: promise.made, if: data.kind == 'bill', due: data.due}
    says: {en: "A bill by {due}.", zh: "{due} 前开单。", nb: "Regning innen {due}."}
    repeats: {every: 1 month}
    kept: {on: bill.sent}
"#;

fn made(kind: &str, due: &str, actor: &str) -> Json {
    json!({ "kind": kind, "what": "how it stands", "due": format!("2025-{due}:00Z"), "actor": actor })
}

/// A world in which ann promised an answer by the evening of 10 June.
fn promised() -> World {
    let mut world = World::under(&[CHARTER]);
    world.say("promise.made", "06-01 08:00", made("answer", "06-10T18:00", "sales/ann"));
    world
}

/// The promises in the order in which they were made.
fn promises(world: &World) -> Vec<&Promise> {
    let mut all: Vec<&Promise> = world.promises.values().collect();
    all.sort_by_key(|promise| (promise.made_at, promise.due, promise.id));
    all
}

fn name(world: &World, place: usize) -> String {
    Name::new(Kind::Promise, PARTY, promises(world)[place].id).to_string()
}

fn say_of(world: &mut World, place: usize, kind: &str, time: &str, actor: &str, mut data: Json) {
    data["promise"] = name(world, place).into();
    data["actor"] = actor.into();
    world.say(kind, time, data);
}

fn delegated(world: &mut World, place: usize, from: &str, to: &str, time: &str) {
    say_of(world, place, "promise.delegated", time, from, json!({ "to": to }));
    let last = world.promises.len() - 1;
    say_of(world, last, "promise.accepted", time, to, json!({}));
}

#[test]
fn what_a_person_promised_is_owned_and_acknowledged() {
    let mut world = promised();
    let first = promises(&world)[0];
    let hands = first.hands.as_ref().unwrap();
    assert_eq!((&*hands.what, &*hands.owner, first.worth), ("how it stands", "sales/ann", None));
    assert_eq!(world.sent(Topic::Confirmation)[0]["asks"], "acknowledgement");
    world.clock("06-04 00:00");
    assert_eq!(world.sent(Topic::Question)[0]["to"], "sales/ann");
    say_of(&mut world, 0, "promise.acknowledged", "06-04 09:00", "sales/ann", json!({ "text": "yes" }));
    world.clock("06-09 00:00");
    assert_eq!(world.sent(Topic::Question).len(), 1, "reminded once");
    assert_eq!(promises(&world)[0].state, PromiseState::Open, "a reminder is no danger");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let cases: &[(&str, usize, &str, Json, &str)] = &[
        ("promise.delegated", 0, "bob", json!({ "to": "eve" }), "not-yours-to-delegate"),
        ("promise.delegated", 0, "sales/ann", json!({ "to": "sales/ann" }), "delegation-loop"),
        ("promise.delegated", 0, "sales/ann", json!({ "to": "" }), "nothing-said"),
        (
            "promise.delegated",
            0,
            "sales/ann",
            json!({ "to": "eve", "due": "2025-06-11T00:00:00Z" }),
            "due-after-carried",
        ),
        (
            "promise.delegated",
            0,
            "sales/ann",
            json!({ "to": "eve", "due": "2025-06-01T00:00:00Z" }),
            "due-before-agreed",
        ),
        ("promise.delegated", 1, "bob", json!({ "to": "sales/ann" }), "delegation-loop"),
        ("promise.delegated", 2, "crew/eve", json!({ "to": "bob" }), "delegation-loop"),
        ("promise.delegated", 3, "crew/max", json!({ "to": "zoe" }), "not-accepted"),
        ("promise.accepted", 3, "bob", json!({}), "not-the-doer"),
        ("promise.accepted", 3, "crewless", json!({}), "not-the-doer"),
        ("promise.accepted", 1, "bob", json!({}), "already-answered"),
        ("promise.accepted", 0, "sales/ann", json!({}), "not-delegated"),
        ("promise.refused", 3, "crew/max", json!({ "because": " " }), "nothing-said"),
        ("promise.refused", 3, "bob", json!({ "because": "no" }), "not-the-doer"),
        ("promise.acknowledged", 0, "sales/ann", json!({ "text": "" }), "nothing-said"),
        ("promise.confirmed", 0, "sales/ann", json!({ "verdict": "kept" }), "not-the-promisee"),
        ("promise.confirmed", 0, "customer:11", json!({ "verdict": "kept" }), "not-the-promisee"),
        ("promise.confirmed", 0, "customer:1", json!({ "verdict": "not_kept" }), "verdict-before-due"),
        ("promise.confirmed", 1, "customer:1", json!({ "verdict": "kept" }), "not-the-promisee"),
        ("promise.released", 1, "bob", json!({ "consent": "me" }), "not-whom-it-was-promised-to"),
        (
            "promise.renegotiated",
            1,
            "bob",
            json!({ "consent": "me", "due": "2025-06-09T00:00:00Z" }),
            "not-whom-it-was-promised-to",
        ),
        (
            "promise.renegotiated",
            1,
            "sales/ann",
            json!({ "consent": "bob", "due": "2025-06-12T00:00:00Z" }),
            "due-after-carried",
        ),
        ("promise.broken", 0, "sales/ann", json!({ "because": "" }), "nothing-said"),
    ];
    let mut world = promised();
    delegated(&mut world, 0, "sales/ann", "bob", "06-02 08:00");
    delegated(&mut world, 1, "bob", "crew/eve", "06-03 08:00");
    say_of(&mut world, 2, "promise.delegated", "06-04 08:00", "crew/eve", json!({ "to": "crew/max" }));
    for (kind, place, actor, data, code) in cases {
        let mut data = data.clone();
        data["promise"] = name(&world, *place).into();
        data["actor"] = (*actor).into();
        assert_eq!(world.refused(kind, "06-05 08:00", data), *code, "{kind} of {place} by {actor}");
    }
    for kind in ["promise.made", "promise.kept", "promise.accepted", "promise.broken"] {
        let mut data = made("answer", "06-10T18:00", "");
        data["promise"] = name(&world, 0).into();
        data["because"] = "no".into();
        data.as_object_mut().unwrap().remove("actor");
        assert_eq!(world.refused(kind, "06-05 08:00", data), "no-actor", "{kind}");
    }
    for (data, code) in [
        (made("song", "06-10T18:00", "ann"), "no-clause-takes-it"),
        (made("", "06-10T18:00", "ann"), "nothing-said"),
        (made("answer", "06-01T18:00", "ann"), "due-before-made"),
    ] {
        assert_eq!(world.refused("promise.made", "06-05 08:00", data), code);
    }
    let strange = json!({ "text": "Ich rufe Sie an", "language": "de" });
    assert_eq!(world.refused("text.heard", "06-05 08:00", strange), "unknown-language");
}

#[test]
fn a_promise_is_delegated_so_deep_and_no_deeper() {
    let mut world = promised();
    let mut from = "sales/ann".to_owned();
    for depth in 0..8 {
        let to = format!("p{depth}");
        delegated(&mut world, depth, &from, &to, &format!("06-0{} 08:00", depth + 2));
        from = to;
    }
    let data = json!({ "promise": name(&world, 8), "to": "deeper", "actor": "p7" });
    assert_eq!(world.refused("promise.delegated", "06-10 08:00", data), "delegated-too-often");
}

#[test]
fn what_is_settled_ends_what_carries_it() {
    for (kind, ended) in [
        ("promise.kept", PromiseState::Kept),
        ("promise.broken", PromiseState::Released),
        ("promise.released", PromiseState::Released),
    ] {
        let mut world = promised();
        delegated(&mut world, 0, "sales/ann", "bob", "06-02 08:00");
        delegated(&mut world, 1, "bob", "eve", "06-03 08:00");
        say_of(&mut world, 0, kind, "06-04 08:00", "sales/ann", json!({ "because": "x", "consent": "yes" }));
        let states: Vec<_> = promises(&world).iter().map(|promise| promise.state).collect();
        assert_eq!(states[1..], [ended, ended], "{kind}");
        assert!(world.promises.values().all(|promise| promise.state != PromiseState::Open), "{kind}");
    }
}

#[test]
fn a_promise_that_is_broken_below_warns_those_above_and_breaks_nothing_there() {
    let mut world = promised();
    delegated(&mut world, 0, "sales/ann", "bob", "06-02 08:00");
    delegated(&mut world, 1, "bob", "eve", "06-03 08:00");
    say_of(&mut world, 2, "promise.broken", "06-04 08:00", "eve", json!({ "because": "no parts" }));
    let states: Vec<_> = promises(&world).iter().map(|promise| promise.state).collect();
    assert_eq!(states, [PromiseState::AtRisk, PromiseState::AtRisk, PromiseState::Broken]);
    let warned: Vec<_> = world.sent(Topic::Warning).iter().map(|body| body["to"].clone()).collect();
    assert_eq!(warned, ["bob", "sales/ann"]);
    // Another time for the whole gives what is open below as much more time.
    let data = json!({ "consent": "yes", "due": "2025-06-12T18:00:00Z" });
    say_of(&mut world, 0, "promise.renegotiated", "06-05 08:00", "sales/ann", data);
    let anew =
        world.promises.values().find(|promise| promise.state == PromiseState::Open && promise.delegation().is_none());
    let below =
        world.promises.values().find(|promise| promise.delegation().is_some_and(|d| *d.from == *"sales/ann")).unwrap();
    let delegation = below.delegation().unwrap();
    assert_eq!((delegation.of, below.due), (anew.unwrap().id, anew.unwrap().due));
    assert!(matches!(delegation.accepted, Acceptance::Accepted(_)));
}

#[test]
fn less_time_is_asked_for_again() {
    let mut world = promised();
    delegated(&mut world, 0, "sales/ann", "bob", "06-02 08:00");
    let data = json!({ "consent": "yes", "due": "2025-06-08T18:00:00Z" });
    say_of(&mut world, 0, "promise.renegotiated", "06-05 08:00", "sales/ann", data);
    let below = world.promises.values().find(|promise| promise.delegation().is_some()).unwrap();
    assert_eq!(below.due, crate::world::at("06-08 18:00"));
    assert_eq!(below.delegation().unwrap().accepted, Acceptance::Awaited);
    assert_eq!(world.sent(Topic::Delegation).iter().filter(|body| body["to"] == "bob").count(), 2);
}

#[test]
fn a_verdict_never_makes_it_worse_and_what_was_not_kept_is_promised_anew_once() {
    let mut world = promised();
    say_of(&mut world, 0, "promise.kept", "06-09 08:00", "sales/ann", json!({}));
    assert_eq!(world.sent(Topic::Confirmation).last().unwrap()["asks"], "verdict");
    say_of(
        &mut world,
        0,
        "promise.confirmed",
        "06-12 08:00",
        "customer:1/kim",
        json!({ "verdict": "partly", "words": "half" }),
    );
    assert_eq!(world.promises.len(), 1);
    for time in ["06-13 08:00", "06-14 08:00"] {
        say_of(&mut world, 0, "promise.confirmed", time, "customer:1", json!({ "verdict": "not_kept" }));
    }
    let all = promises(&world);
    assert_eq!((all.len(), all[0].state, all[1].state), (2, PromiseState::Kept, PromiseState::Open));
    assert_eq!(all[1].due.0 - all[1].made_at.0, all[0].due.0 - all[0].made_at.0);
    let findings: Vec<_> = all[0].word().unwrap().verdicts.iter().map(|verdict| verdict.finding).collect();
    assert_eq!(findings, [Finding::Partly, Finding::NotKept, Finding::NotKept]);
    world.clock("07-30 00:00");
    let asked = world.sent(Topic::Confirmation).iter().filter(|body| body["asks"] == "verdict again").count();
    assert_eq!(asked, 0, "who has said no is not asked again");
}

#[test]
fn the_promisees_word_is_evidence_where_there_was_none() {
    for (verdict, state) in
        [("kept", PromiseState::KeptLate), ("not_kept", PromiseState::Broken), ("partly", PromiseState::Overdue)]
    {
        let mut world = promised();
        world.clock("06-11 00:00");
        say_of(&mut world, 0, "promise.confirmed", "06-11 08:00", "customer:1", json!({ "verdict": verdict }));
        assert_eq!(promises(&world)[0].state, state, "{verdict}");
    }
}

#[test]
fn events_show_what_people_promised_too() {
    let mut world = World::under(&[CHARTER]);
    world.say("promise.made", "06-01 08:00", made("parcel", "06-10T18:00", "sales/ann"));
    delegated(&mut world, 0, "anybody", "bob", "06-02 08:00");
    world.say("parcel.sent", "06-05 08:00", json!({ "weight": 3 }));
    assert!(world.promises.values().all(|promise| promise.state == PromiseState::Kept));
}

#[test]
fn a_promise_that_comes_back_does_not_drift_and_each_has_its_own_evidence() {
    // The evidence of three months is learnt before the clock has moved at all.
    let mut world = World::under(&[CHARTER]);
    world.say("promise.made", "01-15 08:00", made("bill", "01-31T18:00", "sales/ann"));
    for time in ["01-30 09:00", "02-28 09:00", "03-31 09:00"] {
        world.say("bill.sent", time, json!({ "number": 1 }));
    }
    let dues: Vec<_> = promises(&world).iter().map(|promise| (promise.due.to_string(), promise.state)).collect();
    assert_eq!(
        dues,
        [
            ("2025-01-31T18:00:00Z".to_owned(), PromiseState::Kept),
            ("2025-02-28T18:00:00Z".to_owned(), PromiseState::Kept),
            ("2025-03-31T18:00:00Z".to_owned(), PromiseState::Kept),
            ("2025-04-30T18:00:00Z".to_owned(), PromiseState::Open),
        ]
    );
    // A month of silence is overdue; what comes later is evidence for the month in which it comes.
    world.clock("05-02 00:00");
    world.say("bill.sent", "05-03 09:00", json!({ "number": 5 }));
    let states: Vec<_> = promises(&world).iter().skip(3).map(|promise| promise.state).collect();
    assert_eq!(states, [PromiseState::Overdue, PromiseState::Kept, PromiseState::Open]);
    let last = world.promises.len() - 1;
    say_of(&mut world, last, "promise.released", "05-04 09:00", "sales/ann", json!({ "consent": "Kim wrote so" }));
    world.clock("12-31 00:00");
    assert_eq!(world.promises.len(), 6, "released, it comes back no more");
}
