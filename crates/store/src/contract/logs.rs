//! Events and heads.

use super::rows::{event, head, own};
use super::{Open, World};
use crate::{Body, Commit, EventRow, HeadRow, Slot, ident};

pub(super) fn log_is_read_back_in_order_and_in_pages(open: Open) {
    let mut world = World::new(open);
    let mut log: Vec<EventRow> = (1..=20).map(|seq| own(3, "customer:1", seq)).collect();
    log[4] = event(3, "customer:1", 5, Body::Heard { thing: "flight:B6-1".into(), seq: 77 });
    log[5] = event(3, "customer:1", 6, Body::Erased([9; 32]));
    log[6] = event(3, "customer:1", 7, Body::Own(Box::default()));
    let mut events = log.clone();
    events.reverse();
    events.extend([
        own(3, "customer:10", 1),
        own(3, "customer:0", 1),
        own(2, "customer:1", 1),
        own(4, "customer:1", 1),
    ]);
    world.commit(Commit { events, ..Commit::default() });
    for (after, limit, from, to) in [
        (0, 100, 0, 20),
        (0, 20, 0, 20),
        (0, 3, 0, 3),
        (3, 4, 3, 7),
        (19, 5, 19, 20),
        (20, 5, 20, 20),
        (u64::MAX, 5, 20, 20),
        (0, 0, 0, 0),
        (0, usize::MAX, 0, 20),
    ] {
        let found = world.reader.log(Slot(3), "customer:1", after, limit).unwrap();
        assert_eq!(found, log[from..to], "after {after}, at most {limit}");
    }
    assert_eq!(world.reader.log(Slot(3), "customer:2", 0, 9).unwrap(), []);
}

pub(super) fn what_happened_since_comes_in_pages(open: Open) {
    let mut world = World::new(open);
    let mut events: Vec<EventRow> = (1..=6).map(|seq| own(3, "customer:1", seq)).collect();
    events[4] = event(3, "customer:1", 5, Body::Heard { thing: "flight:B6-1".into(), seq: 77 });
    events[3] = event(3, "customer:1", 4, Body::Erased([9; 32]));
    events.extend([own(3, "customer:0", 9), own(3, "customer:10", 2), own(4, "customer:1", 9)]);
    world.commit(Commit { events: events.clone(), ..Commit::default() });
    let at = |seq: i64| 1_700_000_000_000 + seq;
    for (from, after, limit, expected) in [
        (at(3), ("", 0), 9, &[("customer:0", 9), ("customer:1", 3), ("customer:1", 6)][..]),
        (at(3), ("", 0), 2, &[("customer:0", 9), ("customer:1", 3)]),
        (at(3), ("customer:1", 3), 9, &[("customer:1", 6)]),
        (at(2), ("customer:1", 6), 9, &[("customer:10", 2)]),
        (at(10), ("", 0), 9, &[]),
    ] {
        let found = world.reader.happened_since(Slot(3), from, after, limit).unwrap();
        let found: Vec<_> = found.iter().map(|row| (&*row.key, row.seq)).collect();
        assert_eq!(found, expected, "from {from}, after {after:?}, at most {limit}");
    }
    let kept = &world.reader.happened_since(Slot(4), at(9), ("", 0), 9).unwrap()[0];
    assert_eq!(Some(kept), events.last());
}

pub(super) fn own_events_are_found_by_their_thing(open: Open) {
    let mut world = World::new(open);
    let about = |row: EventRow, thing: &str| EventRow { about: Some(thing.into()), ..row };
    let heard = Body::Heard { thing: "flight:1".into(), seq: 1 };
    let events = [
        about(own(3, "customer:1", 1), "flight:1"),
        event(3, "customer:1", 2, heard),
        about(own(3, "customer:1", 3), "flight:2"),
        own(3, "customer:1", 4),
        about(event(3, "customer:1", 5, Body::Erased([9; 32])), "flight:1"),
        about(own(3, "customer:1", 6), "flight:1"),
        about(own(3, "customer:2", 1), "flight:1"),
    ];
    world.commit(Commit { events: events.to_vec(), ..Commit::default() });
    for (key, thing, expected) in [
        ("customer:1", "flight:1", &[0, 5][..]),
        ("customer:1", "flight:2", &[2]),
        ("customer:1", "flight:3", &[]),
        ("customer:2", "flight:1", &[6]),
    ] {
        let expected: Vec<EventRow> = expected.iter().map(|place: &usize| events[*place].clone()).collect();
        assert_eq!(world.reader.own_about(Slot(3), key, thing).unwrap(), expected, "{key}, {thing}");
    }
    assert_eq!(world.reader.log(Slot(3), "customer:1", 0, 9).unwrap(), events[..6]);
}

pub(super) fn idents_are_known_per_log(open: Open) {
    let mut world = World::new(open);
    world.commit(Commit { events: vec![own(3, "customer:1", 1), own(3, "customer:2", 2)], ..Commit::default() });
    let (one, two) = (ident("contract", "1"), ident("contract", "2"));
    let asked = [
        (Slot(3), "customer:2", two, Some(2)),
        (Slot(3), "customer:1", two, None),
        (Slot(3), "customer:1", one, Some(1)),
        (Slot(4), "customer:1", one, None),
        (Slot(3), "customer:2", two, Some(2)),
        (Slot(3), "customer:9", one, None),
    ];
    let answers = world.reader.places(&asked.map(|(slot, key, ident, _)| (slot, key, ident))).unwrap();
    assert_eq!(answers, asked.map(|(.., place)| place));
    for (slot, key, ident, place) in asked {
        let found = world.reader.event(slot, key, &ident).unwrap();
        let expected = place.map(|seq| (key, seq, ident));
        assert_eq!(found.as_ref().map(|event| (&*event.key, event.seq, event.ident)), expected);
    }
    assert_eq!(world.reader.places(&[]).unwrap(), []);
}

pub(super) fn extreme_values_come_back_as_they_went(open: Open) {
    let mut world = World::new(open);
    let key = "client:’漢字\u{1f600} with ' and \" and %";
    let rows = [(1, i64::MIN), (2, -1), (1 << 40, 0), (i64::MAX as u64, i64::MAX)].map(|(seq, time)| EventRow {
        time,
        recorded: time,
        context: 255,
        seq,
        ident: [seq as u8; 16],
        ..own(1023, key, 1)
    });
    let last = HeadRow { state: vec![0; 300_000].into(), ..head(1023, key, i64::MAX as u64, Some(i64::MIN)) };
    world.commit(Commit { events: rows.to_vec(), heads: vec![(last.clone(), 0)], ..Commit::default() });
    for row in rows {
        assert_eq!(world.reader.event(Slot(1023), key, &row.ident).unwrap(), Some(row));
    }
    assert_eq!(world.reader.heads(&[(Slot(1023), key)]).unwrap(), [Some(last)]);
}

pub(super) fn heads_answer_in_the_order_asked(open: Open) {
    let mut world = World::new(open);
    let heads = [head(5, "customer:2", 4, None), head(1, "customer:7", 1, Some(-3)), head(5, "customer:1", 2, Some(8))];
    world.commit(Commit { heads: heads.iter().cloned().map(|head| (head, 0)).collect(), ..Commit::default() });
    let [two, seven, one] = heads;
    let asked = ["customer:1", "customer:3", "customer:2", "customer:1"].map(|key| (Slot(5), key));
    assert_eq!(world.reader.heads(&asked).unwrap(), [Some(one.clone()), None, Some(two), Some(one)]);
    assert_eq!(world.reader.heads(&[(Slot(1), "customer:7"), (Slot(2), "customer:7")]).unwrap(), [Some(seven), None]);
    assert_eq!(world.reader.heads(&[]).unwrap(), []);
}

pub(super) fn heads_of_slot_come_in_pages(open: Open) {
    let mut world = World::new(open);
    let heads: Vec<HeadRow> = (10..30).map(|n| head(6, &format!("customer:{n}"), 1, None)).collect();
    let others = [head(5, "customer:99", 1, None), head(7, "customer:00", 1, None)];
    world.commit(Commit {
        heads: heads.iter().rev().chain(&others).cloned().map(|head| (head, 0)).collect(),
        ..Commit::default()
    });
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.reader.heads_of_slot(Slot(6), &after, 7).unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = last.key.to_string();
        found.extend(page);
    }
    assert_eq!(found, heads);
}

pub(super) fn due_heads_come_earliest_first(open: Open) {
    let mut world = World::new(open);
    let wakes = [
        ("customer:c", Some(30)),
        ("customer:a", Some(20)),
        ("customer:b", Some(20)),
        ("customer:d", None),
        ("customer:e", Some(-1)),
    ];
    let heads = wakes.map(|(key, wake_at)| (head(1, key, 1, wake_at), 0));
    let other = (head(2, "customer:z", 1, Some(0)), 0);
    world.commit(Commit { heads: heads.into_iter().chain([other]).collect(), ..Commit::default() });
    let check = |world: &mut World, until, limit, expected: &[(&str, i64)]| {
        let due = world.reader.due(Slot(1), until, limit).unwrap();
        assert_eq!(
            due,
            expected.iter().map(|(key, at)| ((*key).into(), *at)).collect::<Vec<_>>(),
            "until {until}, at most {limit}"
        );
    };
    check(&mut world, 19, 9, &[("customer:e", -1)]);
    check(&mut world, 20, 9, &[("customer:e", -1), ("customer:a", 20), ("customer:b", 20)]);
    check(&mut world, i64::MAX, 2, &[("customer:e", -1), ("customer:a", 20)]);
    check(&mut world, -2, 9, &[]);
    // A head that was moved is found where it is now, and nowhere once it sleeps.
    let moved = vec![
        (head(1, "customer:e", 2, Some(40)), 1),
        (head(1, "customer:a", 2, None), 1),
        (head(1, "customer:d", 2, Some(1)), 1),
    ];
    world.commit(Commit { heads: moved, ..Commit::default() });
    check(&mut world, 50, 9, &[("customer:d", 1), ("customer:b", 20), ("customer:c", 30), ("customer:e", 40)]);
}

pub(super) fn earliest_wake_looks_at_every_slot(open: Open) {
    let mut world = World::new(open);
    assert_eq!(world.reader.earliest_wake().unwrap(), None);
    for (slot, wake_at, earliest) in
        [(7, None, None), (1023, Some(50), Some(50)), (0, Some(60), Some(50)), (512, Some(-7), Some(-7))]
    {
        world.commit(Commit {
            heads: vec![(head(slot, &format!("customer:{slot}"), 1, wake_at), 0)],
            ..Commit::default()
        });
        assert_eq!(world.reader.earliest_wake().unwrap(), earliest);
    }
}
