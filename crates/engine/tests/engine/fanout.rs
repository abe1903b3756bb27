//! One event about a thing reaches everyone who holds an interest in it.

use serde_json::json;

use crate::desk::{Desk, booking, cancellation, departure, event};

#[test]
fn a_late_flight_credits_every_passenger() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        for customer in 0..50 {
            desk.hand(&booking(customer, "flight:1"));
        }
        desk.hand(&booking(50, "flight:2"));
        desk.tell(&departure("d", "flight:1", "4h"));
        // The twentieth credit of 50.00 USD spends the day's budget; what is owed after that waits for a person.
        let (mut sent, mut held) = (0, 0);
        for customer in 0..50 {
            match desk.owed(customer)[0].as_str() {
                "late 50.00 USD approved" => sent += 1,
                "late 50.00 USD held for approval" => held += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!((sent, held), (20, 30), "shared: {sharing}");
        assert_eq!(desk.owed(50), Vec::<String>::new());
        desk.check();
    }
}

/// A story in which many things happen to few people.
fn story() -> Vec<String> {
    let mut story = vec![departure("early", "flight:3", "4h")];
    for customer in 0..4 {
        story.push(booking(customer, "flight:1"));
        story.push(booking(customer, "flight:2"));
    }
    story.push(event("weather.observed", "w", None, "flight:2", "06-01 09:00", json!({ "wind": 70 })));
    story.push(event("booking.cancelled", "gone", Some(1), "flight:1", "05-20", json!({})));
    story.push(departure("d1", "flight:1", "4h"));
    story.push(departure("d2", "flight:2", "4h"));
    story.push(booking(0, "flight:3"));
    story.push(cancellation("c", "flight:4"));
    story.push(booking(2, "flight:4"));
    story.push(booking(3, "flight:4"));
    story.push(event("alternate.accepted", "a", Some(3), "flight:4", "06-01 15:00", json!({})));
    story
}

/// Asserts that the customers end alike, and names what differs.
fn assert_alike(one: &mut Desk, other: &mut Desk) {
    let (one, other) = (one.picture(4), other.picture(4));
    let only =
        |left: &[String], right: &[String]| left.iter().filter(|row| !right.contains(row)).cloned().collect::<Vec<_>>();
    assert_eq!(only(&one, &other), only(&other, &one));
}

#[test]
fn a_shared_database_tells_the_same_story() {
    let (mut alone, mut shared) = (Desk::new(), Desk::open(true));
    for desk in [&mut alone, &mut shared] {
        for line in story() {
            desk.tell(&line);
        }
        desk.clock("06-20");
    }
    assert_alike(&mut alone, &mut shared);
    assert!(alone.picture(4).len() > 40, "the story is not empty");
    alone.check();
    shared.check();
}

#[test]
fn a_shared_database_tells_the_same_story_when_it_is_swept_only_at_the_end() {
    let (mut alone, mut shared) = (Desk::new(), Desk::open(true));
    let story: Vec<_> = story().into_iter().filter(|line| !line.contains("booking.cancelled")).collect();
    for line in &story {
        alone.tell(line);
        shared.hand(line);
    }
    for desk in [&mut alone, &mut shared] {
        desk.session.flush().unwrap();
        desk.clock("06-20");
    }
    assert_alike(&mut alone, &mut shared);
    shared.check();
}

#[test]
fn what_one_process_left_half_delivered_the_next_delivers() {
    let mut desk = Desk::open(true);
    desk.tell(&booking(1, "flight:1"));
    let slot = makegood_store::slot_of("flight:1");
    // A process that died between the commit of the departure and its sweep leaves this behind.
    desk.hand(&departure("d", "flight:1", "4h"));
    let keeper = desk.beside();
    drop(desk);
    drop(keeper);
    let mut again = Desk::open(true);
    again.tell(&booking(1, "flight:1"));
    let row = makegood_store::FanoutRow { slot, thing: "flight:1".into(), seq: 1, after: "".into() };
    again.tell(&departure("d", "flight:1", "4h"));
    let commit = makegood_store::Commit { fanouts: vec![row], ..makegood_store::Commit::default() };
    again.store.writer().unwrap().commit(&commit).unwrap();
    assert_eq!(again.count("fanout"), 1);
    let mut after = again.beside();
    assert_eq!(after.count("fanout"), 0);
    assert_eq!(after.owed(1), ["late 50.00 USD approved"], "and what was delivered before is not delivered twice");
    after.check();
}

#[test]
fn a_thing_that_nobody_asked_about_is_kept_for_later() {
    let mut desk = Desk::new();
    for number in 0..30 {
        desk.hand(&event(
            "weather.observed",
            &format!("w{number}"),
            None,
            "flight:1",
            "06-01 09:00",
            json!({ "wind": 1 }),
        ));
    }
    desk.tell(&departure("d", "flight:1", "4h")).tell(&booking(1, "flight:1"));
    assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
    desk.check();
}
