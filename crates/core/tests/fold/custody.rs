//! Custody: hand-offs, what each must carry, and what follows when it does not.

use makegood_core::{Beside, Custody, PlayState, Topic};
use serde_json::{Value as Json, json};

use crate::world::World;

const CHARTER: &str = r#"
charter: fuel
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our deliveries, nb: Leveransene vare}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: NOK
events:
  order.placed: {party: customer, about: order, data: {due: time, ordered: number L}}
  delivery.closed: {about: order}
  quantity.confirmed: {about: order}
promises:
  delivery:
    made: {on: order.placed, due: data.due}
    says: {en: "{made.ordered} by {due}", nb: "{made.ordered} innen {due}"}
    owner: dispatch
    kept: {on: delivery.closed}
  confirmation:
    made: {follows: delivery, on: custody.handed_over, if: duty.missing || duty.by_proxy, due: at + duration('8h')}
    says: {en: "We confirm how much it was by {due}", nb: "Vi bekrefter mengden innen {due}"}
    owner: account manager
    kept: [{on: custody.measured}, {on: quantity.confirmed}]
    escalates: [{after: 1h, to: manager}]
duties:
  receipt:
    promise: delivery
    if: data.step == 'accepting'
    carries: [quantity, signature]
    quantity: {promised: made.ordered, tolerance: 1%}
    missing: {asks: account manager}
    by_proxy: {tells: {en: "{data.taker} took {thing} for you: {made.ordered} were ordered", nb: "{data.taker} tok imot {thing} for deg"}}
    differs: {asks: account manager}
playbooks:
  chain:
    begins: {on: custody.measured, follows: delivery, if: duty.differs && duty.difference > 0.02}
    says: {en: "What became of {thing}", nb: "Hva som ble av {thing}"}
    steps:
      called: {says: {en: "We call you by {due}", nb: "Vi ringer deg innen {due}"}, within: 4 hours, kept: {on: delivery.closed}}
"#;

fn yard() -> World {
    let mut world = World::under(&[CHARTER]);
    world
        .tell_of("order:7", "order.placed", "o", "05-01", json!({"due": "2025-06-01T12:00:00Z", "ordered": 12000}))
        .unwrap();
    world
}

fn hand(world: &mut World, id: &str, time: &str, data: Json) {
    let mut whole = json!({"giver": "driver:9", "taker": "Ola, storeman", "step": "accepting"});
    whole.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
    world.tell_of("order:7", "custody.handed_over", id, time, whole).unwrap();
}

fn chain(world: &World) -> &Custody {
    let chains = world.beside.values().filter_map(|part| match part {
        Beside::Custody(chain) => Some(chain),
        Beside::Play(_) | Beside::Move(_) => None,
    });
    let chains: Vec<_> = chains.collect();
    assert_eq!(chains.len(), 1);
    chains[0]
}

const SIGNED: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn a_hand_off_that_meets_its_duty_says_nothing() {
    let mut world = yard();
    hand(&mut world, "1", "06-01 10:00", json!({"quantity": 11880, "unit": "L", "signature": SIGNED}));
    assert_eq!((chain(&world).unmet(), chain(&world).hands[0].difference), (0, Some(10_000)));
    assert!(world.messages.is_empty(), "{:?}", world.messages);
    assert_eq!(world.states(), "open");
}

#[test]
fn the_tolerance_is_met_to_the_drop() {
    for (litres, differs) in [("11880", false), ("11879.999999", true), ("12120", false), ("12120.000001", true)] {
        let mut world = yard();
        hand(&mut world, "1", "06-01 10:00", json!({"quantity": litres, "unit": "L", "signature": SIGNED}));
        assert_eq!(chain(&world).unmet() == 4, differs, "{litres}");
        assert_eq!(world.sent(Topic::Question).len(), usize::from(differs), "{litres}");
    }
    // What the taker accepted counts before what the giver says.
    let mut world = yard();
    hand(
        &mut world,
        "1",
        "06-01 10:00",
        json!({"quantity": 12000, "accepted": 11000, "unit": "L", "signature": SIGNED}),
    );
    assert_eq!(chain(&world).unmet(), 4);
}

#[test]
fn a_proxy_receipt_tells_the_customer_and_asks_for_the_quantity() {
    let mut world = yard();
    hand(&mut world, "1", "06-01 10:00", json!({"on_behalf_of": "customer:1", "note": "on a scrap of paper"}));
    assert_eq!(chain(&world).unmet(), 3);
    let notice = world.sent(Topic::Notice)[0];
    assert_eq!(notice["text"]["en"], "Ola, storeman took order:7 for you: 12,000 L were ordered");
    assert_eq!(notice["text"]["nb"], "Ola, storeman tok imot order:7 for deg");
    let question = world.sent(Topic::Question)[0];
    assert_eq!((&question["to"], &question["found"]), (&json!("account manager"), &json!("missing")));
    assert_eq!(question["custody"][0]["note"], "on a scrap of paper");
    assert_eq!(world.states(), "open, open", "the quantity is confirmed by evening");
    // Silence climbs to the manager.
    world.clock("06-01 19:30");
    let asked: Vec<_> = world.sent(Topic::Question).iter().map(|body| body["to"].clone()).collect();
    assert_eq!(asked, ["account manager", "dispatch", "account manager", "manager"]);
    // The slip is found: 3 % less than was ordered.
    world.tell_of("order:7", "custody.measured", "2", "06-02 09:00", json!({"quantity": 11640, "unit": "L"})).unwrap();
    assert_eq!(chain(&world).hands.len(), 2);
    assert_eq!(chain(&world).hands[1].difference, Some(30_000));
    let plays: Vec<_> = world
        .beside
        .values()
        .filter_map(|part| if let Beside::Play(play) = part { Some(play) } else { None })
        .collect();
    assert_eq!((plays.len(), plays[0].state), (1, PlayState::Running));
    assert_eq!(world.sent(Topic::Task)[0]["says"]["en"], "We call you by 2 Jun 2025, 13:00 UTC");
    // The same slip again changes nothing.
    let before = world.pictured();
    world.tell_of("order:7", "custody.measured", "2", "06-02 09:00", json!({"quantity": 11640, "unit": "L"})).unwrap();
    assert_eq!(world.pictured(), before);
}

#[test]
fn what_was_handed_over_before_the_order_was_known_is_judged_then() {
    let mut world = World::under(&[CHARTER]);
    hand(&mut world, "1", "06-01 10:00", json!({"on_behalf_of": "customer:1"}));
    assert!(world.beside.is_empty());
    world
        .tell_of("order:7", "order.placed", "o", "05-01", json!({"due": "2025-06-01T12:00:00Z", "ordered": 12000}))
        .unwrap();
    assert_eq!(chain(&world).unmet(), 3);
    assert_eq!(world.sent(Topic::Notice).len(), 1);
}

#[test]
fn other_steps_are_noted_and_owe_nothing() {
    let mut world = yard();
    hand(&mut world, "1", "06-01 08:00", json!({"step": "loading"}));
    assert!(world.messages.is_empty());
    assert_eq!((chain(&world).hands.len(), chain(&world).unmet()), (1, 0));
}
