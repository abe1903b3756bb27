//! A dispatch that begins too early is stopped before anything leaves.

use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_store::{OutboxRow, SLOTS, Slot, Sqlite};

use crate::dispatch::{Dispatched, Routes, Sink, SinkError};
use crate::{EngineError, Origin, Session, read};

const CHARTER: &str = "
charter: shop
version: '1'
in_force: {from: 2025-01-01}
title: {en: Our promise}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
events:
  order.placed: {party: customer, about: order, data: {due: time}}
  order.lost: {about: order}
promises:
  delivery: {made: {on: order.placed, due: data.due}, says: {en: 'It comes.'}, broken: {on: order.lost}}
rights:
  lost: {says: {en: We pay.}, on: order.lost, compensation: 5 USD}
";

/// 1 July 2025.
const NOW: Moment = Moment(1_751_328_000_000);

#[derive(Default)]
struct Taker(usize);

impl Sink for Taker {
    fn deliver(&mut self, messages: &[OutboxRow], _: Moment) -> Vec<Result<(), SinkError>> {
        self.0 += messages.len();
        messages.iter().map(|_| Ok(())).collect()
    }
}

#[test]
fn nothing_leaves_while_a_batch_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(folder.path().join("test.db")).unwrap());
    let book = Arc::new(Rulebook::new([Arc::new(Charter::read("shop.yaml", CHARTER).charter.unwrap())]));
    let mut session = Session::new(store, book.clone(), NOW).unwrap();
    let take = |session: &mut Session, line: &str| {
        let incoming = read(&book, line.as_bytes(), Origin { name: "test".into(), line: 1 }, NOW).unwrap();
        session.take([incoming]).unwrap();
    };
    let envelope = r#""specversion":"1.0","source":"/test","time":"2025-06-01T00:00:00Z""#;
    take(
        &mut session,
        &format!(
            r#"{{{envelope},"id":"1","type":"order.placed","subject":"customer:1","about":"order:1","data":{{"due":"2025-06-02T00:00:00Z"}}}}"#
        ),
    );
    take(&mut session, &format!(r#"{{{envelope},"id":"2","type":"order.lost","subject":"order:1","data":{{}}}}"#));
    let mut taker = Taker::default();
    let slots: Vec<Slot> = (0..SLOTS).map(Slot).collect();
    let (mut routes, mut topics, mut done) = (Routes::default(), vec!["payout"], Dispatched::default());
    routes.add("payout", &mut taker);
    // As `dispatch` does, but without making durable first what was taken.
    let stopped = session.dispatch_slots(&slots, &mut routes, &mut topics, NOW, &mut done).unwrap_err();
    assert!(matches!(stopped, EngineError::Broken(ref broken) if broken.number == 7), "{stopped}");
    drop(routes);
    assert_eq!(taker.0, 0);
    let mut routes = Routes::default();
    routes.add("payout", &mut taker);
    session.dispatch(&mut routes, NOW).unwrap();
    drop(routes);
    assert_eq!(taker.0, 1);
}
