//! Interests, the inbox and fan-out.

use super::{Open, World};
use crate::{Commit, FanoutRow, InboxRow, InterestRow, Slot};

fn interest(slot: u16, thing: &str, party: &str, heard: bool) -> InterestRow {
    InterestRow { slot: Slot(slot), thing: thing.into(), party: party.into(), heard }
}

pub(super) fn interest_stays_and_becomes_heard(open: Open) {
    let mut world = World::new(open);
    let mut put = |rows: &[bool]| {
        let interests = rows.iter().map(|heard| interest(1, "flight:1", "customer:1", *heard)).collect();
        world.commit(Commit { interests, ..Commit::default() });
        assert_eq!(world.reader.interested(Slot(1), "flight:1", "", 9).unwrap(), ["customer:1".into()]);
        world.reader.unheard(Slot(1), 9).unwrap().len()
    };
    for (written, unheard) in [(&[false][..], 1), (&[false], 1), (&[true], 0), (&[false], 0), (&[true, false], 0)] {
        assert_eq!(put(written), unheard, "after {written:?}");
    }
    let rows = vec![interest(1, "flight:2", "customer:1", true), interest(1, "flight:2", "customer:1", false)];
    world.commit(Commit { interests: rows, ..Commit::default() });
    assert_eq!(world.reader.unheard(Slot(1), 9).unwrap(), [], "heard if either is");
}

pub(super) fn interested_come_in_pages(open: Open) {
    let mut world = World::new(open);
    let parties: Vec<String> = (100..125).map(|n| format!("customer:{n}")).collect();
    let mut interests: Vec<InterestRow> =
        parties.iter().rev().map(|party| interest(1, "flight:1", party, false)).collect();
    interests.push(interest(1, "flight:10", "customer:105", true));
    interests.push(interest(2, "flight:1", "customer:999", false));
    world.commit(Commit { interests, ..Commit::default() });
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.reader.interested(Slot(1), "flight:1", &after, 10).unwrap();
        assert!(page.len() <= 10);
        let Some(last) = page.last() else { break };
        after = last.to_string();
        found.extend(page.into_iter().map(String::from));
    }
    assert_eq!(found, parties);
    for (slot, thing, party, held) in [
        (1, "flight:1", "customer:100", true),
        (1, "flight:1", "customer:10", false),
        (1, "flight:10", "customer:105", true),
        (1, "flight:10", "customer:100", false),
        (2, "flight:1", "customer:100", false),
    ] {
        assert_eq!(world.reader.is_interested(Slot(slot), thing, party).unwrap(), held, "{slot} {thing} {party}");
    }
    let unheard = world.reader.unheard(Slot(1), 3).unwrap();
    assert_eq!(
        unheard,
        ["customer:100", "customer:101", "customer:102"].map(|party| interest(1, "flight:1", party, false))
    );
    assert_eq!(world.reader.unheard(Slot(1), 99).unwrap().len(), 25);
    assert_eq!(world.reader.unheard(Slot(3), 99).unwrap(), []);
}

pub(super) fn inbox_is_idempotent(open: Open) {
    let mut world = World::new(open);
    let row = |party: &str, seq| InboxRow { slot: Slot(1), party: party.into(), thing: "flight:1".into(), seq };
    let (first, second, third) = (row("customer:1", 1), row("customer:1", 2), row("customer:2", 1));
    let elsewhere = InboxRow { slot: Slot(2), ..first.clone() };
    let all = vec![third.clone(), first.clone(), second.clone(), first.clone(), elsewhere.clone()];
    world.commit(Commit { inbox_add: all.clone(), ..Commit::default() });
    world.commit(Commit { inbox_add: all, ..Commit::default() });
    assert_eq!(world.reader.inbox(Slot(1), 9).unwrap(), [first.clone(), second.clone(), third.clone()]);
    assert_eq!(world.reader.inbox(Slot(1), 1).unwrap(), std::slice::from_ref(&first));
    let done = vec![first.clone(), first.clone()];
    for _ in 0..2 {
        world.commit(Commit { inbox_done: done.clone(), ..Commit::default() });
        assert_eq!(world.reader.inbox(Slot(1), 9).unwrap(), [second.clone(), third.clone()]);
    }
    assert_eq!(world.reader.inbox(Slot(2), 9).unwrap(), [elsewhere]);
    // Made and done in one commit is done.
    world.commit(Commit { inbox_add: vec![first.clone()], inbox_done: vec![first, second], ..Commit::default() });
    assert_eq!(world.reader.inbox(Slot(1), 9).unwrap(), [third]);
}

pub(super) fn fanout_advances_and_ends(open: Open) {
    let mut world = World::new(open);
    let row = |seq, after: &str| FanoutRow { slot: Slot(1), thing: "flight:1".into(), seq, after: after.into() };
    world.commit(Commit { fanouts: vec![row(2, ""), row(1, "")], ..Commit::default() });
    assert_eq!(world.reader.fanouts(Slot(1), 9).unwrap(), [row(1, ""), row(2, "")]);
    assert_eq!(world.reader.fanouts(Slot(1), 1).unwrap(), [row(1, "")]);
    assert_eq!(world.reader.fanouts(Slot(2), 9).unwrap(), []);
    world.commit(Commit { fanouts: vec![row(1, "customer:1"), row(1, "customer:7")], ..Commit::default() });
    assert_eq!(world.reader.fanouts(Slot(1), 9).unwrap(), [row(1, "customer:7"), row(2, "")]);
    for _ in 0..2 {
        world.commit(Commit { fanouts_done: vec![row(1, "not looked at")], ..Commit::default() });
        assert_eq!(world.reader.fanouts(Slot(1), 9).unwrap(), [row(2, "")]);
    }
}
