//! The outbox, the quarantine, charters, and what an operator asks.

use super::rows::{TABLES, every_part, head, id, outbox, own, posting, quarantined, step};
use super::{Open, World, stale_key};
use crate::{
    CharterRow, Commit, CommitError, FanoutRow, FitRow, InboxRow, InterestRow, OutboxRow, QuarantineRow, Slot,
    StoreError,
};

/// The topics asked for: that of the rows, and another.
const TOPICS: [&str; 2] = ["notice", "payout"];

pub(super) fn outbox_is_written_over_and_due_in_order(open: Open) {
    let mut world = World::new(open);
    let rows =
        [("customer:2", 1, Some(5)), ("customer:1", 2, Some(5)), ("customer:1", 1, Some(9)), ("customer:3", 1, None)];
    let rows = rows.map(|(party, own, next_try)| outbox(1, party, id(0, own), next_try));
    let elsewhere = outbox(2, "customer:1", id(0, 1), Some(1));
    world.commit(Commit { outbox: rows.iter().cloned().chain([elsewhere]).collect(), ..Commit::default() });
    let [second, first, third, resting] = rows;
    for (until, limit, due) in
        [(4, 9, &[][..]), (5, 9, &[&first, &second]), (5, 1, &[&first]), (99, 9, &[&first, &second, &third])]
    {
        let found = world.reader.outbox_due(Slot(1), &TOPICS, until, limit).unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), due, "until {until}, at most {limit}");
    }
    assert_eq!(world.reader.outbox_of(Slot(1), "customer:3").unwrap(), [resting]);
    let failed = OutboxRow { attempts: 1, next_try: Some(50), trouble: "connection refused".into(), ..first.clone() };
    let sent = OutboxRow { attempts: u32::MAX, next_try: None, delivered: Some(6), ..second.clone() };
    world.commit(Commit { outbox: vec![sent.clone(), failed.clone()], ..Commit::default() });
    assert_eq!(world.reader.outbox_due(Slot(1), &TOPICS, 99, 9).unwrap(), [third.clone(), failed.clone()]);
    assert_eq!(world.reader.outbox_due(Slot(1), &["pay", "letter"], 99, 9).unwrap(), []);
    // A message given a second time takes back no attempt.
    world.commit(Commit { outbox: vec![first.clone(), second.clone()], ..Commit::default() });
    assert_eq!(world.reader.outbox_of(Slot(1), "customer:1").unwrap(), [third, failed.clone()]);
    assert_eq!(world.reader.outbox_of(Slot(1), "customer:2").unwrap(), [sent]);
    let again = OutboxRow { attempts: 2, next_try: Some(70), ..failed };
    world.commit(Commit { outbox: vec![again.clone()], ..Commit::default() });
    assert_eq!(world.reader.outbox_due(Slot(1), &TOPICS, 99, 9).unwrap().last(), Some(&again));
}

pub(super) fn what_is_withdrawn_stays_and_is_tried_no_more(open: Open) {
    let mut world = World::new(open);
    let rows = [1, 2, 3, 4].map(|own| outbox(1, "customer:1", id(0, own), Some(5)));
    world.commit(Commit { outbox: rows.to_vec(), ..Commit::default() });
    let sent = OutboxRow { next_try: None, delivered: Some(6), ..rows[0].clone() };
    world.commit(Commit { outbox: vec![sent.clone()], ..Commit::default() });
    let withdrawn = |own| (Slot(1), Box::from("customer:1"), id(0, own));
    // One that has left, one that waits, one that is made in the same commit, and one that is not there.
    world.commit(Commit {
        outbox: vec![outbox(1, "customer:1", id(0, 5), Some(5))],
        outbox_withdrawn: vec![withdrawn(5), withdrawn(2), withdrawn(1), withdrawn(9)],
        ..Commit::default()
    });
    let due = world.reader.outbox_due(Slot(1), &TOPICS, 99, 9).unwrap();
    assert_eq!(due, [rows[2].clone(), rows[3].clone()]);
    let kept = world.reader.outbox_of(Slot(1), "customer:1").unwrap();
    assert_eq!(kept[0], sent, "what has left has left");
    let gone = OutboxRow { next_try: None, trouble: "withdrawn".into(), ..rows[1].clone() };
    assert_eq!((kept.len(), &kept[1]), (5, &gone));
    // Somebody was sending it meanwhile: that it failed starts nothing anew, that it was taken is noted.
    let failed = OutboxRow { attempts: 1, next_try: Some(50), trouble: "no".into(), ..rows[1].clone() };
    world.commit(Commit { outbox: vec![failed], ..Commit::default() });
    assert_eq!(world.reader.outbox_of(Slot(1), "customer:1").unwrap()[1], gone);
    let taken = OutboxRow { next_try: None, delivered: Some(60), ..rows[1].clone() };
    world.commit(Commit { outbox: vec![taken.clone()], ..Commit::default() });
    assert_eq!(world.reader.outbox_of(Slot(1), "customer:1").unwrap()[1], taken);
}

pub(super) fn quarantine_keeps_the_first_with_the_last_reason(open: Open) {
    let mut world = World::new(open);
    let (a, b, c) = (quarantined(2, 1), quarantined(1, 2), quarantined(1, 1));
    let changed = QuarantineRow { reason: "another".into(), code: "other".into(), recorded: 9, ..a.clone() };
    world.commit(Commit { quarantine: vec![a.clone(), b.clone(), c.clone()], ..Commit::default() });
    world.commit(Commit { quarantine: vec![changed.clone()], ..Commit::default() });
    let a = QuarantineRow { recorded: a.recorded, ..changed };
    assert_eq!(world.reader.quarantine(None, 9).unwrap(), [c.clone(), b.clone(), a.clone()]);
    assert_eq!(world.reader.quarantine(None, 2).unwrap(), [c.clone(), b.clone()]);
    assert_eq!(world.reader.quarantine(Some((c.slot, c.id)), 9).unwrap(), [b.clone(), a.clone()]);
    assert_eq!(world.reader.quarantine(Some((b.slot, b.id)), 1).unwrap(), std::slice::from_ref(&a));
    assert_eq!(world.reader.quarantine(Some((a.slot, a.id)), 9).unwrap(), []);
    for _ in 0..2 {
        world.commit(Commit { quarantine_done: vec![(b.slot, b.id)], ..Commit::default() });
        assert_eq!(world.reader.quarantine(None, 9).unwrap(), [c.clone(), a.clone()]);
    }
}

fn put(world: &mut World, charter: &CharterRow, admit: bool) -> Result<(), CommitError> {
    world.writer.put_charters(std::slice::from_ref(charter), &Commit::default(), &mut || admit)
}

pub(super) fn charters_come_with_their_lines_or_not_at_all(open: Open) {
    let mut world = World::new(open);
    let charter = |version: &str| CharterRow {
        name: "air".into(),
        version: version.into(),
        digest: [version.len() as u8; 32],
        text: "charter: air\n".into(),
        recorded: 10,
    };
    let line = |seq| step(1, "charter:air", seq);
    let both = [charter("1"), charter("2")];
    let answer = world.writer.put_charters(&both, &line(1), &mut || false);
    assert!(matches!(answer, Err(CommitError::NotAdmitted)), "{answer:?}");
    assert_eq!((world.reader.charters().unwrap(), world.reader.count("event").unwrap()), (vec![], 0));
    world.writer.put_charters(&both, &line(1), &mut || true).unwrap();
    assert_eq!((world.reader.charters().unwrap().len(), world.reader.count("event").unwrap()), (2, 1));
    // Somebody else wrote the line first.
    let answer = world.writer.put_charters(&[charter("3")], &line(1), &mut || true);
    assert_eq!(&*stale_key(answer), "charter:air");
    assert_eq!((world.reader.charters().unwrap().len(), world.reader.count("event").unwrap()), (2, 1));
    world.writer.put_charters(&[charter("3")], &line(2), &mut || true).unwrap();
    assert_eq!((world.reader.charters().unwrap().len(), world.reader.count("event").unwrap()), (3, 2));
}

pub(super) fn charters_never_change(open: Open) {
    let mut world = World::new(open);
    let charter = |name: &str, version: &str, text: &str, recorded| CharterRow {
        name: name.into(),
        version: version.into(),
        digest: [text.len() as u8; 32],
        text: text.into(),
        recorded,
    };
    let later = charter("jetblue", "2025-01", "charter: jetblue\n", 20);
    let earlier = charter("zebra", "1", "charter: zebra\n", 10);
    put(&mut world, &later, true).unwrap();
    put(&mut world, &earlier, true).unwrap();
    put(&mut world, &CharterRow { recorded: 5, ..later.clone() }, false).unwrap();
    let answer = put(&mut world, &charter("jetblue", "2025-01", "another", 30), true);
    assert!(stale_key(answer).contains("jetblue"));
    assert_eq!(world.reader.charters().unwrap(), [earlier.clone(), later.clone()], "as first recorded");
    // Recording a charter is no foreign write to the one who did it.
    world.commit(Commit { heads: vec![(head(1, "customer:1", 1, None), 0)], ..Commit::default() });
    let next = charter("jetblue", "2025-02", "charter: jetblue\n", 30);
    let answer = put(&mut world, &next, false);
    assert!(matches!(answer, Err(CommitError::NotAdmitted)), "{answer:?}");
    assert_eq!(world.reader.charters().unwrap(), [earlier.clone(), later.clone()], "nothing of it was kept");
    let mut seen = None;
    let reader = &mut world.reader;
    let admit = &mut || seen.insert(reader.charters().unwrap().len()) == &2;
    world.writer.put_charters(std::slice::from_ref(&next), &Commit::default(), admit).unwrap();
    assert_eq!(seen, Some(2), "it is asked before the version is there, and may read");
    assert_eq!(world.reader.charters().unwrap(), [earlier, later, next]);
}

pub(super) fn what_other_charters_judged_is_refused(open: Open) {
    let mut world = World::new(open);
    let charter = |version: &str| CharterRow {
        name: "jetblue".into(),
        version: version.into(),
        digest: [7; 32],
        text: "charter: jetblue\n".into(),
        recorded: 10,
    };
    let commit = |charters, seq| Commit {
        charters,
        heads: vec![(head(1, "customer:1", seq, None), seq - 1)],
        ..Commit::default()
    };
    world.commit(commit(Some(0), 1));
    put(&mut world, &charter("1"), true).unwrap();
    put(&mut world, &charter("2"), true).unwrap();
    let answer = world.writer.commit(&commit(Some(1), 2));
    assert!(matches!(answer, Err(CommitError::Charters { found: 2, judged_by: 1 })), "{answer:?}");
    assert_eq!(world.reader.count("head").unwrap(), 1);
    world.commit(commit(Some(2), 2));
    world.commit(commit(None, 3));
}

pub(super) fn fits_are_written_over(open: Open) {
    let mut world = World::new(open);
    let fit = |charter: &str, day, model: &str, recorded| FitRow {
        charter: charter.into(),
        currency: "USD".into(),
        day,
        model: model.into(),
        converged: model != "spend",
        body: format!("{recorded}").into_bytes().into(),
        recorded,
    };
    assert_eq!(world.reader.fits().unwrap(), []);
    let (repeat, spend) = (fit("air", 20_000, "repeat", i64::MAX), fit("air", 20_000, "spend", 2));
    let (before, other) = (fit("air", -1, "spend", 3), fit("post", i32::MAX, "repeat", i64::MIN));
    world.writer.put_fits(&[other.clone(), spend.clone(), repeat.clone()]).unwrap();
    world.writer.put_fits(&[]).unwrap();
    world.writer.put_fits(std::slice::from_ref(&before)).unwrap();
    assert_eq!(world.reader.fits().unwrap(), [before.clone(), repeat, spend.clone(), other.clone()]);
    let again = FitRow { recorded: 9, body: Box::new([]), ..fit("air", 20_000, "repeat", 9) };
    world.writer.put_fits(std::slice::from_ref(&again)).unwrap();
    assert_eq!(world.reader.fits().unwrap(), [before, again, spend, other]);
    assert_eq!(world.reader.count("fit").unwrap(), 4);
    // Recording a fit is no foreign write to the one who did it.
    world.commit(Commit { heads: vec![(head(1, "customer:1", 1, None), 0)], ..Commit::default() });
}

pub(super) fn rows_are_counted(open: Open) {
    let mut world = World::new(open);
    let parts = every_part(1, "customer:1", id(0, 1));
    world.commit(Commit {
        heads: vec![(head(1, "customer:1", 1, None), 0)],
        events: vec![own(1, "customer:1", 1)],
        parts,
        interests: vec![InterestRow {
            slot: Slot(1),
            thing: "flight:1".into(),
            party: "customer:1".into(),
            heard: true,
        }],
        inbox_add: vec![InboxRow { slot: Slot(1), party: "customer:1".into(), thing: "flight:1".into(), seq: 1 }],
        fanouts: vec![FanoutRow { slot: Slot(1), thing: "flight:1".into(), seq: 1, after: "".into() }],
        postings: vec![posting(1, "customer:1", id(0, 1), 0, "Assets:Cash", "USD", 1)],
        outbox: vec![outbox(1, "customer:1", id(0, 1), None)],
        quarantine: vec![quarantined(1, 1)],
        ..Commit::default()
    });
    for table in TABLES {
        assert_eq!(world.reader.count(table).unwrap(), 1, "{table}");
    }
    for table in ["", "events", "sqlite_schema", "head; DROP TABLE head"] {
        let answer = world.reader.count(table);
        assert!(matches!(answer, Err(StoreError::NoTable { .. })), "{answer:?}");
    }
}

pub(super) fn health_is_told(open: Open) {
    let mut world = World::new(open);
    let empty = world.store.health().unwrap();
    assert!(empty.schema >= 1);
    let heads = (0..2000).map(|n| (head(n % 1024, &format!("customer:{n}"), 1, None), 0)).collect();
    world.commit(Commit { heads, ..Commit::default() });
    let full = world.store.health().unwrap();
    assert!(full.bytes + full.log_bytes > empty.bytes + empty.log_bytes, "{empty:?} {full:?}");
    assert_eq!(full.schema, empty.schema);
    assert_eq!(world.store.damage(10).unwrap(), Vec::<String>::new());
}
