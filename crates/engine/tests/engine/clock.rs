//! The clock: silence, what waits to be decided, what is paid late.

use crate::desk::{Desk, at, booking, cancellation, departure};

#[test]
fn silence_makes_a_promise_at_risk_and_then_overdue() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1"));
    for (until, moments, state) in [
        ("06-01 09:59", 0, "open"),
        ("06-01 10:00", 1, "at risk"),
        ("06-01 10:00", 0, "at risk"),
        ("06-02 11:59", 0, "at risk"),
        ("06-02 12:00", 1, "overdue"),
        ("12-31", 0, "overdue"),
    ] {
        assert_eq!((desk.clock(until), desk.states(1)[0]), (moments, state), "{until}");
    }
    desk.check();
}

#[test]
fn the_clock_moved_in_one_step_or_in_many_ends_the_same() {
    let (mut one, mut many) = (Desk::new(), Desk::new());
    for desk in [&mut one, &mut many] {
        for customer in 0..3 {
            desk.tell(&booking(customer, "flight:1")).tell(&booking(customer, "flight:2"));
        }
        desk.tell(&cancellation("c", "flight:1"));
    }
    one.clock("07-01");
    for day in 1..=30 {
        many.clock(&format!("06-{day:02}"));
        many.clock(&format!("06-{day:02} 13:37"));
    }
    many.clock("07-01");
    assert_eq!(one.picture(3), many.picture(3));
    let before = (one.picture(3), one.count("event"));
    assert_eq!(one.clock("07-01"), 0);
    assert_eq!((one.picture(3), one.count("event")), before);
    one.check();
    many.check();
}

#[test]
fn the_clock_goes_on_after_a_restart() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).clock("06-01 10:00");
    let mut again = desk.beside();
    assert_eq!(again.clock("06-03"), 1);
    assert_eq!(again.states(1), ["overdue"]);
    again.check();
}

#[test]
fn a_party_that_waits_for_many_moments_lives_through_them_in_order() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h")).tell(&booking(1, "flight:2"));
    desk.tell(&cancellation("c", "flight:2")).tell(&booking(1, "flight:3"));
    desk.clock("07-01");
    assert_eq!(desk.owed(1), ["late 40.00 USD approved", "late 50.00 USD approved", "refund 200.00 USD approved"]);
    let mut times: Vec<i64> = Vec::new();
    let slot = makegood_store::slot_of("customer:1");
    for row in desk.session.reader().log(slot, "customer:1", 0, 1_000).unwrap() {
        if matches!(&row.body, makegood_store::Body::Own(bytes) if bytes.windows(13).any(|w| w == b"clock.reached")) {
            times.push(row.time);
        }
    }
    assert!(times.is_sorted() && times.len() >= 4, "{times:?}");
    assert!(times.iter().all(|time| *time <= at("07-01").0));
    desk.check();
}

#[test]
fn evidence_that_comes_after_the_clock_helps() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).clock("06-05");
    assert_eq!(desk.states(1), ["overdue"]);
    desk.tell(&departure("d", "flight:1", "0s"));
    assert_eq!(desk.states(1), ["kept"]);
    assert_eq!(desk.clock("12-31"), 0);
    desk.check();
}
