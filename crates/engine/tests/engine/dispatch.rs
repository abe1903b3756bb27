//! Dispatch: what was committed leaves, at least once, under the same key, by a documented schedule.

use makegood_charter::Moment;
use makegood_engine::limits::RETRY_AFTER;
use makegood_engine::sink::FileSink;
use makegood_engine::{Dispatched, Routes, Sink, SinkError};
use makegood_store::{OutboxRow, slot_of};
use serde_json::Value as Json;

use crate::desk::{Desk, booking, departure, now};

/// Takes messages, or refuses them.
#[derive(Default)]
pub struct Taker {
    pub refuses: bool,
    /// The keys of what it was given.
    pub ids: Vec<String>,
}

impl Sink for Taker {
    fn deliver(&mut self, messages: &[OutboxRow], _now: Moment) -> Vec<Result<(), SinkError>> {
        self.ids.extend(messages.iter().map(makegood_engine::idempotency_key));
        let answer = if self.refuses { Err(SinkError("it is asleep".to_owned())) } else { Ok(()) };
        messages.iter().map(|_| answer.clone()).collect()
    }
}

/// Answers for the first few messages of each portion, and then no more.
struct Tiring {
    takes: usize,
    portion: usize,
    given: Vec<usize>,
}

impl Sink for Tiring {
    fn deliver(&mut self, messages: &[OutboxRow], _now: Moment) -> Vec<Result<(), SinkError>> {
        self.given.push(messages.len());
        messages.iter().take(self.takes).map(|_| Ok(())).collect()
    }

    fn portion(&self) -> usize {
        self.portion
    }
}

#[test]
fn a_receiver_that_falls_silent_is_left_alone_until_the_next_dispatch() {
    let mut desk = Desk::new();
    for n in 1..=10 {
        desk.tell(&booking(n, "flight:1"));
    }
    desk.tell(&departure("d", "flight:1", "4h"));
    let (mut tiring, mut notices) = (Tiring { takes: 3, portion: 4, given: Vec::new() }, Taker::default());
    for (takes, given, delivered) in [(3, &[4][..], 13), (4, &[4, 3], 7), (4, &[], 0)] {
        tiring.takes = takes;
        tiring.given.clear();
        let mut routes = Routes::default();
        routes.add("payout", &mut tiring);
        routes.add("notice", &mut notices);
        let done = desk.session.dispatch(&mut routes, now()).unwrap();
        assert_eq!((tiring.given.as_slice(), done.delivered, done.failed), (given, delivered, 0));
    }
    assert_eq!(notices.ids.len(), 10, "another receiver is not held up");
}

fn credited() -> Desk {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    desk
}

fn send(desk: &mut Desk, sink: &mut dyn Sink, now: Moment) -> [u64; 3] {
    let mut routes = Routes::default();
    routes.add("payout", sink);
    let Dispatched { delivered, failed, given_up, .. } = desk.session.dispatch(&mut routes, now).unwrap();
    [delivered, failed, given_up]
}

fn payout(desk: &mut Desk) -> OutboxRow {
    let rows = desk.session.reader().outbox_of(slot_of("customer:1"), "customer:1").unwrap();
    rows.into_iter().find(|row| &*row.topic == "payout").unwrap()
}

#[test]
fn what_was_taken_is_not_sent_again() {
    let (mut desk, mut taker) = (credited(), Taker::default());
    assert_eq!(send(&mut desk, &mut taker, now()), [1, 0, 0]);
    assert_eq!(send(&mut desk, &mut taker, now().plus(1 << 40)), [0, 0, 0]);
    assert_eq!((taker.ids.len(), payout(&mut desk).delivered), (1, Some(now().0)));
}

#[test]
fn a_topic_without_a_route_waits() {
    let (mut desk, mut taker) = (credited(), Taker::default());
    send(&mut desk, &mut taker, now());
    let rows = desk.session.reader().outbox_of(slot_of("customer:1"), "customer:1").unwrap();
    let waiting: Vec<_> = rows.iter().filter(|row| row.delivered.is_none()).map(|row| &*row.topic).collect();
    assert_eq!(waiting, ["notice"]);
}

#[test]
fn a_refused_message_is_tried_by_the_schedule_under_one_key_and_given_up_after_the_last() {
    let (mut desk, mut taker) = (credited(), Taker { refuses: true, ..Taker::default() });
    let mut moment = now();
    for wait in RETRY_AFTER {
        assert_eq!(send(&mut desk, &mut taker, moment), [0, 1, 0]);
        assert_eq!(payout(&mut desk).next_try, Some(moment.plus(wait).0));
        assert_eq!(send(&mut desk, &mut taker, moment.plus(wait - 1)), [0, 0, 0], "not before its time");
        moment = moment.plus(wait);
    }
    assert_eq!(send(&mut desk, &mut taker, moment), [0, 0, 1]);
    let row = payout(&mut desk);
    assert_eq!((row.next_try, row.delivered, row.attempts, &*row.trouble), (None, None, 10, "it is asleep"));
    assert_eq!(send(&mut desk, &mut taker, moment.plus(1 << 40)), [0, 0, 0]);
    assert_eq!(taker.ids.len(), 10);
    taker.ids.dedup();
    assert_eq!(taker.ids.len(), 1, "always the same key");
}

#[test]
fn a_receiver_that_wakes_up_gets_what_waited() {
    let (mut desk, mut taker) = (credited(), Taker { refuses: true, ..Taker::default() });
    send(&mut desk, &mut taker, now());
    taker.refuses = false;
    let mut desk = desk.beside();
    assert_eq!(send(&mut desk, &mut taker, now().plus(RETRY_AFTER[0])), [1, 0, 0]);
    let row = payout(&mut desk);
    assert_eq!((row.attempts, &*row.trouble, row.next_try), (1, "", None));
}

#[test]
fn keys_are_unique_over_parties_and_topics() {
    let mut desk = Desk::new();
    for customer in 0..20 {
        desk.hand(&booking(customer, "flight:1"));
    }
    desk.tell(&departure("d", "flight:1", "4h"));
    let mut taker = Taker::default();
    let mut notices = Taker::default();
    let mut routes = Routes::default();
    routes.add("payout", &mut taker);
    routes.add("notice", &mut notices);
    assert_eq!(desk.session.dispatch(&mut routes, now()).unwrap().delivered, 40);
    drop(routes);
    let mut keys: Vec<_> = taker.ids.into_iter().chain(notices.ids).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 40);
}

#[test]
fn messages_without_a_route_do_not_hold_up_the_others() {
    let mut desk = credited();
    let notice = payout(&mut desk);
    let outbox = (0..1_500_u32).map(|number| {
        let mut id = notice.id;
        id[8..].copy_from_slice(&number.to_be_bytes());
        OutboxRow { id, topic: "notice".into(), next_try: Some(0), ..notice.clone() }
    });
    let commit = makegood_store::Commit { outbox: outbox.collect(), ..makegood_store::Commit::default() };
    desk.store.writer().unwrap().commit(&commit).unwrap();
    assert_eq!(send(&mut desk, &mut Taker::default(), now()), [1, 0, 0]);
}

#[test]
fn a_file_holds_one_line_for_each_message() {
    let mut desk = credited();
    let path = desk.path("payouts.jsonl");
    let mut sink = FileSink::open(&path).unwrap();
    assert_eq!(send(&mut desk, &mut sink, now()), [1, 0, 0]);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["id"], makegood_engine::idempotency_key(&payout(&mut desk)));
    assert_eq!((&lines[0]["topic"], &lines[0]["time"]), (&"payout".into(), &now().to_string().into()));
    assert_eq!(lines[0]["data"]["amounts"], serde_json::json!(["50.00 USD"]));
    assert_eq!(lines[0]["data"]["party"], "customer:1");
}

#[test]
fn a_file_is_added_to() {
    let mut desk = credited();
    let path = desk.path("payouts.jsonl");
    std::fs::write(&path, "earlier\n").unwrap();
    send(&mut desk, &mut FileSink::open(&path).unwrap(), now());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("earlier\n{"));
}
