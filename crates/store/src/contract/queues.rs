//! Work that waits in slots, who claims it, and slots read whole.

use super::rows::{TABLES, every_part, head, id, outbox, own, posting, quarantined, step};
use super::{Open, World};
use crate::{Commit, FanoutRow, InboxRow, InterestRow, Queue, Slot, TallyRow};

const ALL: [Queue; 3] = [Queue::Timers, Queue::Deliveries, Queue::Messages];

fn slots(numbers: &[u16]) -> Vec<Slot> {
    numbers.iter().map(|number| Slot(*number)).collect()
}

pub(super) fn slots_with_work_are_named(open: Open) {
    let mut world = World::new(open);
    let asked = slots(&[1023, 0, 1, 2, 3, 4, 5]);
    for queue in ALL {
        assert_eq!(world.reader.waiting(queue, i64::MAX, &asked).unwrap(), []);
        assert_eq!(world.reader.waiting(queue, i64::MAX, &[]).unwrap(), []);
    }
    let interest =
        |slot, heard| InterestRow { slot: Slot(slot), thing: "flight:1".into(), party: "customer:1".into(), heard };
    world.commit(Commit {
        heads: vec![(head(1, "customer:1", 1, Some(10)), 0), (head(2, "customer:2", 1, None), 0)],
        interests: vec![interest(2, true), interest(3, false)],
        inbox_add: vec![InboxRow { slot: Slot(4), party: "customer:1".into(), thing: "flight:1".into(), seq: 1 }],
        fanouts: vec![FanoutRow { slot: Slot(5), thing: "flight:1".into(), seq: 1, after: "".into() }],
        outbox: vec![outbox(1023, "customer:1", id(0, 1), Some(7)), outbox(0, "customer:2", id(0, 1), None)],
        ..Commit::default()
    });
    for (queue, until, found) in [
        (Queue::Timers, 9, &[][..]),
        (Queue::Timers, 10, &[1]),
        (Queue::Deliveries, 0, &[3, 4, 5]),
        (Queue::Messages, 6, &[]),
        (Queue::Messages, 7, &[1023]),
    ] {
        assert_eq!(world.reader.waiting(queue, until, &asked).unwrap(), slots(found), "{queue:?} until {until}");
    }
}

pub(super) fn a_claim_is_one_holders(open: Open) {
    const LONG: u32 = 600_000;
    let world = World::new(open);
    let (mut one, mut two) = (world.store.writer().unwrap(), world.store.writer().unwrap());
    let mut reader = world.store.reader().unwrap();
    for queue in ALL {
        let all = slots(&[7, 3, 1023]);
        assert_eq!(one.claim(queue, &all, LONG).unwrap(), all, "{queue:?}");
        assert_eq!(one.claim(queue, &all, LONG).unwrap(), all, "who holds a claim keeps it");
        assert_eq!(reader.claimed(queue, &slots(&[1, 3, 7])).unwrap(), slots(&[3, 7]), "anyone can see it");
        assert_eq!(two.claim(queue, &slots(&[1, 3, 7, 9]), LONG).unwrap(), slots(&[1, 9]), "{queue:?}");
        two.release(queue, &all).unwrap();
        assert_eq!(two.claim(queue, &all, LONG).unwrap(), [], "nobody gives back what another holds");
        let before = reader.claim_stamp(queue, Slot(3)).unwrap();
        one.release(queue, &slots(&[3])).unwrap();
        assert_ne!(reader.claim_stamp(queue, Slot(3)).unwrap(), before, "it was given back since");
        assert_eq!(reader.claim_stamp(queue, Slot(4)).unwrap(), None, "nobody ever claimed it");
        assert_eq!(reader.claimed(queue, &all).unwrap(), slots(&[7, 1023]), "what was given back is nobody's");
        assert_eq!(two.claim(queue, &all, LONG).unwrap(), slots(&[3]), "{queue:?}");
    }
}

pub(super) fn a_claim_runs_out(open: Open) {
    let world = World::new(open);
    let (mut one, mut two) = (world.store.writer().unwrap(), world.store.writer().unwrap());
    let slot = slots(&[5]);
    assert_eq!(one.claim(Queue::Timers, &slot, 300).unwrap(), slot);
    assert_eq!(two.claim(Queue::Timers, &slot, 60_000).unwrap(), []);
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_eq!(world.store.reader().unwrap().claimed(Queue::Timers, &slot).unwrap(), [], "it has run out");
    assert_eq!(two.claim(Queue::Timers, &slot, 60_000).unwrap(), slot, "its holder died");
    assert_eq!(one.claim(Queue::Timers, &slot, 300).unwrap(), [], "or was only slow: it is another's now");
    // As it looks once the clock has been set back by two days.
    assert_eq!(one.claim(Queue::Messages, &slot, 2 * 86_400_000).unwrap(), slot);
    assert_eq!(world.store.reader().unwrap().claimed(Queue::Messages, &slot).unwrap(), [], "nobody's, then");
    assert_eq!(two.claim(Queue::Messages, &slot, 300).unwrap(), slot, "a claim from the future has run out");
}

pub(super) fn a_slot_is_read_whole(open: Open) {
    let mut world = World::new(open);
    let interests: Vec<InterestRow> = (0..20_u8)
        .map(|number| InterestRow {
            slot: Slot(6),
            thing: format!("flight:{}", number / 7).into(),
            party: format!("customer:{:02}", number).into(),
            heard: number % 2 == 0,
        })
        .collect();
    let messages: Vec<_> =
        (0..20_u64).map(|number| outbox(6, &format!("customer:{}", number / 7), id(1, number), None)).collect();
    let tally =
        |slot, day, amount| TallyRow { slot: Slot(slot), name: "budget".into(), day, commodity: "USD".into(), amount };
    world.commit(Commit {
        interests: interests.clone(),
        outbox: messages.clone(),
        tallies: vec![tally(6, 2, 5), tally(6, -1, 7), tally(7, 2, 9)],
        quarantine: vec![quarantined(6, 2), quarantined(6, 1), quarantined(7, 1)],
        ..Commit::default()
    });
    let mut lines: Vec<_> = (1..=9).flat_map(|seq| [own(6, "customer:1", seq), own(6, "customer:2", seq)]).collect();
    lines.push(own(7, "customer:3", 1));
    world.commit(Commit { events: lines.clone(), ..Commit::default() });
    lines.pop();
    lines.sort_by(|a, b| (&a.key, a.seq).cmp(&(&b.key, b.seq)));
    for limit in [1, 6, 20, 21] {
        let (mut found, mut after) = (Vec::new(), (Box::from(""), 0));
        loop {
            let page = world.reader.lines_of_slot(Slot(6), (&after.0, after.1), limit).unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = (last.key.clone(), last.seq);
            found.extend(page);
        }
        assert_eq!(found, lines, "{limit} a page");
        let (mut found, mut after) = (Vec::new(), None::<(Box<str>, Box<str>)>);
        loop {
            let from = after.as_ref().map(|(thing, party)| (&**thing, &**party));
            let page = world.reader.interests_of_slot(Slot(6), from, limit).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.thing.clone(), last.party.clone()));
            found.extend(page);
        }
        assert_eq!(found, interests, "{limit} a page");
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let from = after.as_ref().map(|(party, id): &(Box<str>, _)| (&**party, id));
            let page = world.reader.outbox_of_slot(Slot(6), from, limit).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            found.extend(page);
        }
        assert_eq!(found, messages, "{limit} a page");
    }
    assert_eq!(world.reader.tallies_of_slot(Slot(6)).unwrap(), [tally(6, -1, 7), tally(6, 2, 5)]);
    assert_eq!(world.reader.quarantine_of_slot(Slot(6)).unwrap(), [quarantined(6, 1), quarantined(6, 2)]);
}

pub(super) fn a_snapshot_stands_still(open: Open) {
    let mut world = World::new(open);
    world.commit(step(1, "customer:1", 1));
    let mut still = world.store.snapshot().unwrap();
    world.commit(step(1, "customer:1", 2));
    world.commit(step(2, "customer:2", 1));
    let heads = [(Slot(1), "customer:1"), (Slot(2), "customer:2")];
    assert_eq!(still.heads(&heads).unwrap(), [Some(head(1, "customer:1", 1, None)), None]);
    assert_eq!((still.count("event").unwrap(), still.balances().unwrap()), (1, Vec::new()));
    assert_eq!(world.store.snapshot().unwrap().count("event").unwrap(), 3);
}

pub(super) fn filling_goes_on_and_ends(open: Open) {
    let mut world = World::new(open);
    assert_eq!(world.reader.filling().unwrap(), None);
    assert_eq!(world.writer.begin_filling("sqlite:a.db").unwrap(), []);
    assert_eq!(world.reader.filling().unwrap(), Some("sqlite:a.db".into()));
    let everything = |slot| Commit {
        heads: vec![(head(slot, "customer:1", 1, Some(1)), 0)],
        events: vec![own(slot, "customer:1", 1)],
        parts: every_part(slot, "customer:1", id(0, 1)),
        interests: vec![InterestRow { slot: Slot(slot), thing: "a".into(), party: "b".into(), heard: false }],
        inbox_add: vec![InboxRow { slot: Slot(slot), party: "b".into(), thing: "a".into(), seq: 1 }],
        fanouts: vec![FanoutRow { slot: Slot(slot), thing: "a".into(), seq: 1, after: "".into() }],
        postings: vec![posting(slot, "customer:1", id(0, 1), 0, "Assets:Cash", "USD", 1)],
        outbox: vec![outbox(slot, "customer:1", id(0, 1), None)],
        quarantine: vec![quarantined(slot, 1)],
        ..Commit::default()
    };
    for slot in [1, 2, 3] {
        world.commit(everything(slot));
    }
    world.writer.filled(&slots(&[3, 1])).unwrap();
    // Another process goes on with it: what is not done is begun anew.
    let mut other = world.store.writer().unwrap();
    assert_eq!(other.begin_filling("sqlite:a.db").unwrap(), slots(&[1, 3]));
    assert!(other.begin_filling("sqlite:b.db").is_err(), "it is another's copy");
    other.empty(&slots(&[2, 4])).unwrap();
    for table in TABLES {
        assert_eq!(world.reader.count(table).unwrap(), 2, "{table}");
    }
    other.end_filling().unwrap();
    assert_eq!(world.reader.filling().unwrap(), None);
    assert!(other.begin_filling("sqlite:a.db").is_err(), "it is not empty");
}
