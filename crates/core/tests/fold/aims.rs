//! What a playbook is for, and what begins it beside an event of its own: moves to another stage.

use makegood_core::{Beside, Play, PlayState, StepState};
use serde_json::json;

use crate::world::{PARTY, World};

const SHOP: &str = r#"
charter: shop
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our shop}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
tenders:
  points: {name: {en: points}, worth: 0.01 USD}
events:
  order.placed: {party: customer, about: order}
  customer.left: {party: customer, data: {because: [price, moved], chance: number}}
  customer.returned: {party: customer, data: {sure: bool}}
  return.asked: {party: customer}
  return.weighed: {party: customer, data: {worth: money, days: int}}
playbooks:
  win-back:
    begins: [{on: customer.left}, {on: stage.moved, if: data.to == 'lost'}]
    says: {en: You left}
    aim:
      shown_by: [{on: customer.returned, if: data.sure}, {on: stage.moved, if: data.from == 'lost'}]
      within: 100d
    steps:
      asked: {says: {en: "We ask by {due}"}, within: 3 days, kept: {on: return.asked}}
      called: {says: {en: "We call by {due}"}, after: asked, if: made.chance > 0.5, within: 3 days, kept: {on: return.asked}}
      back: {says: {en: "You decide by {due}"}, within: 90 days, kept: {on: stage.moved, if: data.from == 'lost'}}
    ends:
      not-worth-it: {on: return.weighed, if: data.worth <= credited(duration('30d')), says: {en: We part well}}
stages:
  purchases: {on: order.placed}
  first-time: {strategy: {en: Care}, next: {en: Call}}
  repeat: {strategy: {en: Keep}, next: {en: Write}}
  lost: {silence: {times: 2, at_least: 10d, once: 20d}, strategy: {en: Win back}, next: {en: Ask}}
"#;

fn plays(world: &World) -> Vec<&Play> {
    let plays = world.beside.values().filter_map(|part| match part {
        Beside::Play(play) => Some(play),
        _ => None,
    });
    plays.collect()
}

fn left(world: &mut World, time: &str) {
    world.say("customer.left", time, json!({"because": "price", "chance": 0.7}));
}

fn order(world: &mut World, thing: &str, time: &str) {
    world.tell_of(thing, "order.placed", thing, time, json!({})).unwrap();
}

/// When the aim of the one play came about, in days after it began.
fn aimed(world: &World) -> Option<i64> {
    let play = plays(world)[0];
    play.aim.map(|(at, _)| (at.0 - play.began_at.0) / 86_400_000)
}

#[test]
fn an_ended_play_still_hears_what_it_was_for() {
    let returned = |world: &mut World, time: &str, sure: bool| {
        world.say("customer.returned", time, json!({"sure": sure}));
    };
    // Nothing is worth it where nothing was credited and nothing is to be had.
    let parted = || {
        let mut world = World::under(&[SHOP]);
        left(&mut world, "03-01");
        world.say("return.weighed", "03-05", json!({"worth": "0 USD", "days": 1}));
        assert_eq!(plays(&world)[0].state, PlayState::Ended);
        world
    };
    let mut world = parted();
    returned(&mut world, "04-01", false);
    assert_eq!(aimed(&world), None, "its condition does not hold");
    let before = plays(&world)[0].clone();
    returned(&mut world, "04-10", true);
    assert_eq!(aimed(&world), Some(40));
    let after = plays(&world)[0].clone();
    assert_eq!((after.state, after.ending, after.steps), (before.state, before.ending, before.steps));
    // The first that happened counts, whichever is learnt of first.
    returned(&mut world, "05-01", true);
    returned(&mut world, "04-03", true);
    assert_eq!(aimed(&world), Some(33));
    // What came too late, or before it began, does not.
    for time in ["06-20", "02-20"] {
        let mut world = parted();
        returned(&mut world, time, true);
        assert_eq!(aimed(&world), None, "{time}");
    }
}

#[test]
fn a_move_to_another_stage_begins_a_play_and_another_one_ends_it() {
    let mut world = World::under(&[SHOP]);
    order(&mut world, "order:1", "03-01");
    assert!(plays(&world).is_empty());
    world.clock("03-20");
    assert!(plays(&world).is_empty());
    world.clock("03-22");
    let play = plays(&world)[0].clone();
    assert_eq!((play.state, &*play.thing), (PlayState::Running, ""));
    assert_eq!(play.began_at.to_string(), "2025-03-21T00:00:00.001Z", "when it was known that they are lost");
    // What the other event would have said is absent, and a condition that reads it does not hold.
    world.say("return.asked", "03-23", json!({}));
    assert!(matches!(plays(&world)[0].steps[1], StepState::Passed), "{:?}", plays(&world)[0].steps);
    // An order about something else moves the party, which keeps the step and is what the play was for.
    order(&mut world, "order:2", "04-01");
    let play = plays(&world)[0];
    assert!(matches!(play.steps[2], StepState::Settled(..)), "{:?}", play.steps);
    assert_eq!((play.state, aimed(&world)), (PlayState::Done, Some(10)));
    // The next loss begins the next play; told by a person at the same time, it is one.
    world.clock("12-01");
    assert_eq!(plays(&world).len(), 2);
    left(&mut world, "12-02");
    assert_eq!(plays(&world).len(), 2, "one about the same at a time");
}

#[test]
fn an_event_that_is_learnt_of_late_moves_as_the_clock_does() {
    // The same purchases, with and without the clock between them, give the same plays in the end but for when they were known.
    let mut world = World::under(&[SHOP]);
    order(&mut world, "order:1", "03-01");
    order(&mut world, "order:2", "03-03");
    order(&mut world, "order:3", "06-01");
    assert!(plays(&world).is_empty(), "nobody knew of a loss in between");
    world.clock("12-31");
    assert_eq!(plays(&world).len(), 1);
}

#[test]
fn what_was_credited_is_what_the_books_say() {
    // Given and approved on 1 March; weighed so many dollars of worth against it so many days later.
    for (given, waived, days, worth, ended) in [
        (&["30 USD"][..], false, 1, "30 USD", true),
        (&["30 USD"], false, 1, "30.01 USD", false),
        (&["30 USD"], false, 40, "30 USD", false),
        (&["30 USD"], true, 1, "30 USD", false),
        (&["30 USD", "500 points"], false, 1, "35 USD", true),
        (&["30 USD", "500 points"], false, 1, "35.01 USD", false),
    ] {
        let mut world = World::under(&[SHOP]);
        for (number, amount) in given.iter().enumerate() {
            let time = format!("03-01 1{number}:00");
            world.say("goodwill.given", &time, json!({"amount": amount, "reason": "late", "actor": "ann"}));
        }
        let names: Vec<String> = world
            .remedies
            .values()
            .map(|remedy| makegood_core::Name::new(makegood_core::id::Kind::Remedy, PARTY, remedy.id).to_string())
            .collect();
        for name in &names {
            assert!(world.party.credits.iter().all(|(_, credit)| credit.minor > 0));
            world.say("goodwill.approved", "03-01 13:00", json!({"remedy": name, "actor": "bob"}));
            if waived {
                let data = json!({"remedy": name, "consent": "Per said so", "actor": "bob"});
                world.say("remedy.waived", "03-01 14:00", data);
                assert_eq!(world.party.credits, [], "let go as if it had never been given");
            }
        }
        let at = if days == 1 { "03-02" } else { "04-10" };
        left(&mut world, at);
        world.say("return.weighed", &format!("{at} 12:00"), json!({"worth": worth, "days": days}));
        let state = plays(&world)[0].state;
        assert_eq!(state == PlayState::Ended, ended, "{given:?} {days} {worth}");
    }
}

#[test]
fn a_later_version_that_hears_of_moves_changes_nothing_of_what_was() {
    let clauses = r#"
promises:
  report:
    made: {on: promise.made, due: data.due}
    says: {en: "A report by {due}"}
    repeats: {every: 1 month}
"#;
    let (head, rest) = SHOP.split_once("playbooks:").unwrap();
    let stages = rest.split_once("\nstages:").unwrap().1;
    let first = format!("{head}{}\nstages:{stages}", clauses.trim_start());
    let second = SHOP
        .replace("version: \"1\"", "version: \"2\"")
        .replace("in_force: {from: 2025-01-01}", "in_force: {from: 2025-11-01}");
    let told = |texts: &[&str]| {
        let mut world = World::under(texts);
        let due = crate::world::at("02-01").to_string();
        world.say("promise.made", "01-10", json!({"kind": "report", "what": "sales", "due": due, "actor": "ann"}));
        order(&mut world, "order:1", "03-05");
        order(&mut world, "order:2", "03-08");
        order(&mut world, "order:3", "06-01");
        world.clock("10-01");
        world
    };
    let (alone, beside) = (told(&[&first]), told(&[&first, &second]));
    assert_eq!(alone.pictured(), beside.pictured());
    assert!(plays(&beside).is_empty());
    assert!(beside.party.stages["shop"].moves > 1);
}
