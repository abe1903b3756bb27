//! Versions, refusals, and two who write at once.

use super::ledger::budget;
use super::rows::{TABLES, head, id, outbox, own, part, posting, quarantined, step};
use super::{Open, World, stale_key};
use crate::{Commit, CommitError, FanoutRow, InboxRow, InterestRow, PartKind, Slot, TallyRow};

pub(super) fn a_head_must_have_the_expected_version(open: Open) {
    let mut world = World::new(open);
    world.commit(step(1, "customer:1", 1));
    for (seq, expected) in [(1, 0), (2, 0), (3, 2), (1, 5)] {
        let commit = Commit { heads: vec![(head(1, "customer:1", seq, None), expected)], ..Commit::default() };
        assert_eq!(&*stale_key(world.writer.commit(&commit)), "customer:1", "expected {expected}");
    }
    let missing = Commit { heads: vec![(head(1, "customer:2", 2, None), 1)], ..Commit::default() };
    assert_eq!(&*stale_key(world.writer.commit(&missing)), "customer:2");
    world.commit(step(1, "customer:1", 2));
    world.commit(step(1, "customer:2", 1));
    assert_eq!(world.reader.heads(&[(Slot(1), "customer:1")]).unwrap(), [Some(head(1, "customer:1", 2, None))]);
}

pub(super) fn whoever_brings_a_party_second_is_stale(open: Open) {
    let mut world = World::new(open);
    // Its interest stands in a slot before its own, its parts in its own.
    let brings = |party: &str, other: &str| Commit {
        heads: vec![(head(9, party, 1, None), 0), (head(9, other, 1, None), 0)],
        events: vec![own(9, party, 1), own(9, other, 1)],
        parts: vec![
            part(PartKind::Promise, 9, party, id(0, 1), Some(1)),
            part(PartKind::Promise, 9, other, id(0, 2), None),
        ],
        interests: vec![InterestRow { slot: Slot(1), thing: "flight:1".into(), party: party.into(), heard: true }],
        ..Commit::default()
    };
    world.commit(brings("customer:1", "customer:2"));
    assert_eq!(&*stale_key(world.writer.commit(&brings("customer:1", "customer:3"))), "customer:1");
    assert_eq!(&*stale_key(world.writer.commit(&brings("customer:4", "customer:2"))), "customer:2");
    assert_eq!(world.reader.count("promise").unwrap(), 2);
    assert_eq!(world.reader.count("interest").unwrap(), 1);
    // Of one that is known more may be said, of one that is new the same twice.
    let promise = part(PartKind::Promise, 9, "customer:1", id(0, 1), None);
    let interest = InterestRow { slot: Slot(1), thing: "flight:1".into(), party: "customer:1".into(), heard: true };
    world.commit(Commit {
        heads: vec![(head(9, "customer:1", 2, None), 1), (head(9, "customer:5", 1, None), 0)],
        parts: vec![promise.clone()],
        interests: vec![
            interest.clone(),
            InterestRow { party: "customer:5".into(), ..interest.clone() },
            InterestRow { party: "customer:5".into(), heard: false, ..interest },
        ],
        ..Commit::default()
    });
    assert_eq!(world.reader.parts_of(Slot(9), "customer:1", PartKind::Promise).unwrap(), [promise]);
    assert_eq!(world.reader.unheard(Slot(1), 9).unwrap(), []);
    assert_eq!(world.reader.count("interest").unwrap(), 2);
}

pub(super) fn an_event_is_written_once(open: Open) {
    let mut world = World::new(open);
    world.commit(Commit { events: vec![own(1, "customer:1", 1)], ..Commit::default() });
    let same_ident = crate::EventRow { seq: 2, ..own(1, "customer:1", 1) };
    let same_seq = crate::EventRow { ident: [1; 16], ..own(1, "customer:1", 1) };
    for again in [same_ident.clone(), same_seq] {
        let commit = Commit { events: vec![own(1, "customer:2", 1), again], ..Commit::default() };
        assert_eq!(&*stale_key(world.writer.commit(&commit)), "customer:1");
    }
    let elsewhere = crate::EventRow { key: "customer:3".into(), ..same_ident };
    world.commit(Commit { events: vec![elsewhere], ..Commit::default() });
    assert_eq!(world.reader.count("event").unwrap(), 2);
}

pub(super) fn a_refused_commit_leaves_nothing(open: Open) {
    let mut world = World::new(open);
    world.commit(step(9, "customer:z", 1));
    let inbox = InboxRow { slot: Slot(1), party: "customer:1".into(), thing: "flight:1".into(), seq: 1 };
    let fanout = FanoutRow { slot: Slot(1), thing: "flight:1".into(), seq: 1, after: "".into() };
    world.commit(Commit {
        inbox_add: vec![inbox.clone()],
        fanouts: vec![fanout.clone()],
        quarantine: vec![quarantined(1, 1)],
        ..Commit::default()
    });
    let everything = |last: &str, expected| Commit {
        charters: Some(0),
        outbox_withdrawn: vec![(Slot(1), "customer:9".into(), id(0, 9))],
        heads: vec![(head(1, "customer:1", 1, Some(1)), 0), (head(9, last, 2, None), expected)],
        events: vec![own(1, "customer:1", 1)],
        parts: vec![
            part(PartKind::Promise, 1, "customer:1", id(0, 1), Some(1)),
            part(PartKind::Remedy, 1, "customer:1", id(0, 1), None),
        ],
        interests: vec![InterestRow {
            slot: Slot(1),
            thing: "flight:1".into(),
            party: "customer:1".into(),
            heard: false,
        }],
        inbox_add: vec![InboxRow { seq: 2, ..inbox.clone() }],
        inbox_done: vec![inbox.clone()],
        fanouts: vec![FanoutRow { seq: 2, ..fanout.clone() }],
        fanouts_done: vec![fanout.clone()],
        postings: vec![posting(1, "customer:1", id(0, 1), 0, "Assets:Cash", "USD", 1)],
        outbox: vec![outbox(1, "customer:1", id(0, 1), Some(1))],
        tallies: vec![TallyRow { slot: Slot(1), name: "budget".into(), day: 1, commodity: "USD".into(), amount: 1 }],
        quarantine: vec![quarantined(1, 2)],
        quarantine_done: vec![(Slot(1), id(1, 1))],
    };
    let tables = TABLES;
    let mut look = || {
        let counts = tables.map(|table| world.reader.count(table).unwrap());
        let waiting = (world.reader.inbox(Slot(1), 9).unwrap(), world.reader.fanouts(Slot(1), 9).unwrap());
        (counts, waiting, budget(&mut *world.reader), world.reader.quarantine(None, 9).unwrap())
    };
    let before = look();
    // The refused head is the last to be written; one refused line of the log comes later still.
    assert_eq!(&*stale_key(world.writer.commit(&everything("customer:z", 5))), "customer:z");
    assert_eq!(look(), before);
    let twice =
        Commit { events: vec![own(1, "customer:1", 1), own(9, "customer:z", 1)], ..everything("customer:z", 1) };
    assert_eq!(&*stale_key(world.writer.commit(&twice)), "customer:z");
    assert_eq!(look(), before);
    world.writer.commit(&everything("customer:z", 1)).unwrap();
    assert_ne!(look(), before);
    world.commit(Commit::default());
}

pub(super) fn readers_see_the_last_commit(open: Open) {
    let mut world = World::new(open);
    let mut other = world.store.reader().unwrap();
    for seq in 1..=50 {
        world.commit(step(1, "customer:1", seq));
        for reader in [&mut world.reader, &mut other] {
            assert_eq!(reader.log(Slot(1), "customer:1", seq - 1, 9).unwrap().len(), 1);
            let heads = reader.heads(&[(Slot(1), "customer:1"), (Slot(1), "customer:2")]).unwrap();
            assert_eq!(heads, [Some(head(1, "customer:1", seq, None)), None]);
        }
    }
}

pub(super) fn foreign_writes_are_noticed_or_shared(open: Open) {
    let mut world = World::new(open);
    let shared = world.store.shared();
    // The same database by another door, as another process has it.
    let mut other = World::new(open);
    for seq in 1..=3 {
        let mine = step(1, "customer:1", seq);
        other
            .writer
            .commit(&step(2, "customer:2", seq))
            .or_else(|_| other.writer.commit(&step(2, "customer:2", seq)))
            .unwrap();
        match world.writer.commit(&mine) {
            Ok(()) => assert!(shared, "a foreign write was not noticed"),
            Err(CommitError::Stale { .. }) => {
                assert!(!shared, "a foreign write to another key is no business of a shared store");
                assert_eq!(
                    world.reader.heads(&[(Slot(1), "customer:1")]).unwrap()[0].as_ref().map_or(0, |head| head.seq),
                    seq - 1
                );
                // Having been told once, it may go on.
                world.commit(mine);
            }
            Err(other) => panic!("{other}"),
        }
    }
    // The same key is stale for either.
    other.writer.commit(&step(1, "customer:1", 4)).or_else(|_| other.writer.commit(&step(1, "customer:1", 4))).unwrap();
    stale_key(world.writer.commit(&step(1, "customer:1", 4)));
    assert_eq!(&*stale_key(world.writer.commit(&step(1, "customer:1", 4))), "customer:1");
    world.commit(step(1, "customer:1", 5));
    assert_eq!(world.reader.log(Slot(1), "customer:1", 0, 99).unwrap().len(), 5);
}

pub(super) fn two_writers_lose_nothing(open: Open) {
    const EACH: u64 = 100;
    let work = |name: &'static str| {
        let mut world = World::new(open);
        let mut made = 0;
        while made < EACH {
            let heads = world.reader.heads(&[(Slot(1), "customer:both"), (Slot(2), name)]).unwrap();
            let [both, own] =
                [0, 1].map(|place: usize| heads[place].as_ref().map_or(0, |head: &crate::HeadRow| head.seq));
            assert_eq!(own, made);
            let (a, b) = (step(1, "customer:both", both + 1), step(2, name, own + 1));
            let commit = Commit {
                heads: [a.heads, b.heads].concat(),
                events: [a.events, b.events].concat(),
                tallies: vec![TallyRow {
                    slot: Slot(1),
                    name: "budget".into(),
                    day: 1,
                    commodity: "USD".into(),
                    amount: 1,
                }],
                ..Commit::default()
            };
            match world.writer.commit(&commit) {
                Ok(()) => made += 1,
                Err(CommitError::Stale { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| work("customer:left"));
        scope.spawn(|| work("customer:right"));
    });
    let mut world = World::new(open);
    assert_eq!(budget(&mut *world.reader), 2 * EACH as i64);
    let log = world.reader.log(Slot(1), "customer:both", 0, usize::MAX).unwrap();
    assert!(log.iter().map(|event| event.seq).eq(1..=2 * EACH), "a gap in the log");
}

pub(super) fn what_was_committed_is_there_after_reopening(open: Open) {
    for seq in 1..=5 {
        let mut world = World::new(open);
        assert_eq!(world.reader.count("event").unwrap(), seq - 1);
        world.commit(step(1, "customer:1", seq));
        let World { store, reader, writer } = world;
        // In every order of closing.
        match seq % 3 {
            0 => drop((store, reader, writer)),
            1 => drop((reader, writer, store)),
            _ => drop((writer, store, reader)),
        }
    }
    let mut world = World::new(open);
    assert_eq!(
        world.reader.log(Slot(1), "customer:1", 0, 9).unwrap(),
        (1..=5).map(|seq| own(1, "customer:1", seq)).collect::<Vec<_>>()
    );
}
