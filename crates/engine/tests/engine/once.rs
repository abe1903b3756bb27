//! Invariant 2: an event counts once, however often it comes.

use serde_json::json;

use crate::desk::{Desk, booking, cancellation, departure, event};

#[test]
fn a_repeat_counts_once() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        let (booked, departed) = (booking(1, "flight:1"), departure("d", "flight:1", "4h"));
        desk.tell(&booked).tell(&booked).tell(&departed).tell(&departed);
        desk.hand(&booked).hand(&departed).hand(&departed);
        desk.session.flush().unwrap();
        assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
        let counts = desk.session.counts();
        assert_eq!((counts.events, counts.known, counts.delivered), (2, 5, 1), "shared: {sharing}");
        desk.check();
    }
}

#[test]
fn a_repeat_counts_once_after_a_restart() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        let lines = [booking(1, "flight:1"), departure("d", "flight:1", "4h")];
        lines.iter().for_each(|line| {
            desk.tell(line);
        });
        let mut again = desk.beside();
        lines.iter().for_each(|line| {
            again.tell(line);
        });
        assert_eq!(again.session.counts().known, 2);
        assert_eq!(again.owed(1), ["late 50.00 USD approved"]);
        again.check();
    }
}

#[test]
fn what_was_not_durable_is_taken_when_it_comes_again() {
    let mut desk = Desk::new();
    let folder = desk.tell(&booking(1, "flight:1")).beside();
    desk.hand(&departure("d", "flight:1", "4h"));
    drop(desk);
    let mut again = folder.beside();
    again.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    assert_eq!(again.owed(1), ["late 50.00 USD approved"]);
    again.check();
}

#[test]
fn the_same_id_with_other_content_is_set_aside() {
    for (name, at_hand) in [("while the first is at hand", true), ("after a restart", false)] {
        let mut desk = Desk::new();
        desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
        let mut desk = if at_hand { desk } else { desk.beside() };
        desk.tell(&departure("d", "flight:1", "5h"));
        let other = booking(1, "flight:1").replace("200 USD", "900 USD");
        desk.tell(&other);
        assert_eq!(desk.session.counts().set_aside, 2, "{name}");
        assert!(desk.set_aside().iter().all(|row| row.ends_with("same-id-other-content")), "{name}");
        assert_eq!(desk.owed(1), ["late 50.00 USD approved"], "{name}");
        desk.check();
    }
}

#[test]
fn the_same_content_in_other_white_space_is_a_repeat() {
    for (name, at_hand) in [("while the first is at hand", true), ("after a restart", false)] {
        let mut desk = Desk::new();
        desk.tell(&booking(1, "flight:1"));
        let mut desk = if at_hand { desk } else { desk.beside() };
        desk.tell(&booking(1, "flight:1").replace(",\"", ", \""));
        assert_eq!((desk.session.counts().known, desk.set_aside()), (1, Vec::new()), "{name}");
    }
}

#[test]
fn one_id_from_two_sources_is_two_events() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1"));
    let other = booking(1, "flight:1").replace("/tests", "/other");
    desk.tell(&other).tell(&departure("d", "flight:1", "4h"));
    assert_eq!(desk.owed(1), ["late 50.00 USD approved", "late 50.00 USD approved"]);
    desk.check();
}

#[test]
fn a_promise_learnt_after_the_event_is_credited() {
    for sharing in [false, true] {
        for restart in [false, true] {
            let mut desk = Desk::open(sharing);
            desk.tell(&departure("d", "flight:1", "4h")).tell(&cancellation("c", "flight:2"));
            let mut desk = if restart { desk.beside() } else { desk };
            desk.tell(&booking(1, "flight:1")).tell(&booking(1, "flight:2"));
            desk.clock("06-03");
            assert_eq!(desk.owed(1), ["late 50.00 USD approved", "refund 200.00 USD approved"], "{sharing} {restart}");
            desk.check();
        }
    }
}

#[test]
fn one_id_may_be_said_of_several_things() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        desk.tell(&booking(1, "flight:1")).tell(&booking(1, "flight:2"));
        for _ in 0..2 {
            desk.tell(&departure("1", "flight:1", "4h")).tell(&departure("1", "flight:2", "5h"));
            assert_eq!(desk.owed(1), ["late 50.00 USD approved"; 2], "shared: {sharing}");
        }
        desk.check();
    }
}

#[test]
fn a_second_promise_learnt_after_the_event_is_credited_too() {
    for sharing in [false, true] {
        let mut desk = Desk::open(sharing);
        desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
        desk.tell(&booking(1, "flight:1").replace("booking-1", "another-1"));
        assert_eq!(desk.states(1), ["kept late", "kept late"], "shared: {sharing}");
        assert_eq!(desk.owed(1).len(), 2, "shared: {sharing}");
        desk.check();
    }
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    let before = (desk.picture(2), desk.count("event"));
    let remedy = desk.remedies(1)[0].clone();
    let approve = event("remedy.approved", "a", Some(1), "flight:1", "06-02", json!({ "remedy": remedy }));
    assert_eq!(desk.command(&approve), Some("wrong-remedy-state"));
    assert_eq!(((desk.picture(2), desk.count("event")), desk.set_aside()), (before, Vec::new()));
    let paid = event("remedy.paid", "p", Some(1), "flight:1", "06-02", json!({ "remedy": remedy }));
    assert_eq!((desk.command(&paid), desk.owed(1)), (None, vec!["late 50.00 USD paid".to_owned()]));
    assert_eq!(desk.command(&paid), None, "said again, it is the same");
    desk.check();
}
