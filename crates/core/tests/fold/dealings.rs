//! What a party bought is kept exactly, whatever the order in which it is learnt, and changes nothing that is owed.

use makegood_core::{Dealings, decode, encode};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::world::World;

/// Rights behind the common clauses, and what a customer is worth.
const RIGHTS: &str = "rights:
  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}
  gone: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth, to: original tenders}}
";
const VALUE: &str = "value:
  purchases: {on: booking.made, amount: data.fare, margin: 1/3, segment: data.class}
  refunds: {on: bag.lost, amount: \"money('10 USD')\", margin: \"money('4 USD')\"}
  cost_to_serve: {on: alternate.accepted, amount: \"money('7.50 USD')\"}
  left: {on: booking.cancelled}
  discount: 12% a year
";

fn booking(fare: &str, class: &str) -> Json {
    json!({ "departs": "2025-12-01T12:00:00Z", "fare": fare, "paid": [fare], "class": class })
}

/// The kind, the time and the data of events that touch every field of the dealings.
fn story() -> Vec<(&'static str, &'static str, Json)> {
    vec![
        ("booking.made", "05-01 08:00", booking("100 USD", "saver")),
        ("booking.made", "05-01 09:00", booking("50.01 USD", "full")),
        ("booking.made", "03-10 23:59:59", booking("70 USD", "saver")),
        ("bag.lost", "05-01 10:00", json!({ "days": 1 })),
        ("bag.lost", "06-02 10:00", json!({ "days": 1 })),
        ("alternate.accepted", "06-03", json!({})),
        ("booking.made", "07-07", booking("80 EUR", "saver")),
        ("booking.cancelled", "08-08", json!({})),
    ]
}

fn live(order: &[usize]) -> World {
    let mut world = World::new(&format!("{RIGHTS}{VALUE}"));
    let story = story();
    for number in order {
        let (kind, time, data) = &story[*number];
        // Each about a flight of its own: the promises are not what is looked at here.
        world.tell_of(&format!("flight:{number}"), kind, &format!("event-{number}"), time, data.clone()).unwrap();
    }
    world
}

fn dealings(world: &World) -> &Dealings {
    world.party.dealings.get(&("air".into(), "USD".into())).unwrap()
}

fn pictured(dealings: &Dealings) -> String {
    let mut text = String::new();
    for day in &dealings.days {
        let segment = day.segment.as_ref().map_or("", |(_, word)| word);
        let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day.day)).unwrap();
        text.push_str(&format!(
            "{date}: {} purchases, {} of it margin {}, cost {}, {segment}\n",
            day.purchases, day.amount, day.margin, day.cost
        ));
    }
    let left: Vec<i32> = dealings.left.iter().map(|(day, _)| *day).collect();
    format!("{text}left {left:?}, {} foreign, {} unread\n", dealings.foreign, dealings.unread)
}

#[test]
fn each_day_is_one_occasion_with_its_sums() {
    let world = live(&[0, 1, 2, 3, 4, 5, 6, 7]);
    insta::assert_snapshot!(pictured(dealings(&world)), @r"
    2025-03-10: 1 purchases, 7000 of it margin 2333, cost 0, saver
    2025-05-01: 2 purchases, 14001 of it margin 4600, cost 0, full
    2025-06-02: 0 purchases, -1000 of it margin -400, cost 0, 
    2025-06-03: 0 purchases, 0 of it margin 0, cost 750, 
    left [20308], 1 foreign, 0 unread
    ");
}

proptest! {
    #[test]
    fn no_order_of_arrival_makes_a_difference(order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let expected = live(&[0, 1, 2, 3, 4, 5, 6, 7]);
        let found = live(&order);
        prop_assert_eq!(dealings(&found), dealings(&expected));
        prop_assert!(dealings(&found).is_sound());
        prop_assert_eq!(encode(&found.party.dealings).unwrap(), encode(&expected.party.dealings).unwrap());
    }
}

#[test]
fn the_same_event_counts_once() {
    let once = live(&[0, 1]);
    let twice = live(&[0, 1, 0, 1, 1]);
    assert_eq!(dealings(&once), dealings(&twice));
}

#[test]
fn a_day_is_a_day_of_the_charters_zone() {
    let charter = crate::world::charter(&format!("{RIGHTS}{VALUE}"));
    let days = |zone: &str| {
        let mut world = World::under(&[&charter.replace("time_zone: UTC", &format!("time_zone: {zone}"))]);
        for (number, time) in ["05-01 01:00", "05-01 05:00"].iter().enumerate() {
            world
                .tell_of(
                    &format!("flight:{number}"),
                    "booking.made",
                    &format!("b{number}"),
                    time,
                    booking("1 USD", "full"),
                )
                .unwrap();
        }
        dealings(&world).days.len()
    };
    assert_eq!((days("UTC"), days("America/New_York"), days("Asia/Shanghai")), (1, 2, 1));
}

#[test]
fn a_charter_that_values_nobody_keeps_nothing() {
    let mut world = World::new(RIGHTS);
    let empty = encode(&world.party).unwrap().len();
    for number in 0..50 {
        world.tell("booking.made", &format!("b{number}"), "05-01", booking("1 USD", "full")).unwrap();
    }
    assert!(world.party.dealings.is_empty());
    assert_eq!(encode(&world.party).unwrap().len(), empty);
}

#[test]
fn a_day_takes_few_bytes() {
    let mut world = World::new(&format!("{RIGHTS}{VALUE}"));
    let before = encode(&world.party).unwrap().len();
    for month in 1..=9 {
        for day in 1..=28 {
            let id = format!("b{month}-{day}");
            let thing = format!("flight:{id}");
            world
                .tell_of(&thing, "booking.made", &id, &format!("{month:02}-{day:02}"), booking("129.99 USD", "full"))
                .unwrap();
        }
    }
    let bytes = encode(&world.party).unwrap();
    assert_eq!(decode::<makegood_core::Party>(&bytes).unwrap(), world.party);
    // Day, count, amount, margin, cost and the segment with its time.
    let each = (bytes.len() - before) / (9 * 28);
    assert!(each <= 18, "{each} bytes a day");
}

#[test]
fn what_a_customer_is_worth_changes_nothing_that_is_owed() {
    let owed = |value: &str, fares: &[&str]| {
        let mut world = World::new(&format!("{RIGHTS}{value}"));
        for (number, fare) in fares.iter().enumerate() {
            world
                .tell_of(
                    &format!("flight:{}", 10 + number),
                    "booking.made",
                    &format!("o{number}"),
                    "02-01",
                    booking(fare, "full"),
                )
                .unwrap();
        }
        world.book("06-01 12:00");
        world.say("flight.departed", "06-01 17:00", json!({ "late": "5h" }));
        let about_it = world.remedies.values().filter(|remedy| &*remedy.thing == crate::world::FLIGHT);
        about_it.map(|remedy| format!("{} {} {:?}", remedy.right, remedy.amounts, remedy.state)).collect::<Vec<_>>()
    };
    let expected = owed("", &[]);
    assert_eq!(expected.len(), 1, "{expected:?}");
    for value in ["", VALUE, &VALUE.replace("1/3", "99%"), &VALUE.replace("12%", "90%")] {
        for fares in [&[][..], &["1 USD"], &["90000 USD", "80000 USD", "70000 USD"]] {
            assert_eq!(owed(value, fares), expected, "{value} {fares:?}");
        }
    }
}

#[test]
fn a_state_of_an_older_form_says_what_to_do() {
    let error = decode::<makegood_core::Party>(&[1, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a stored state cannot be read (form 1): written by an older release: take the events again"
    );
}
