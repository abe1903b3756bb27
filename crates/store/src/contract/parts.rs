//! Promises and remedies.

use super::rows::{id, part};
use super::{Open, World};
use crate::PartKind::{self, Promise, Remedy};
use crate::{Commit, PartId, PartRow, Slot};

fn put(world: &mut World, parts: &[PartRow]) {
    world.commit(Commit { parts: parts.to_vec(), ..Commit::default() });
}

fn ids(parts: Vec<PartRow>) -> Vec<PartId> {
    parts.into_iter().map(|part| part.id).collect()
}

pub(super) fn parts_are_written_over(open: Open) {
    let mut world = World::new(open);
    for kind in [Promise, Remedy] {
        let first = part(kind, 4, "customer:1", id(1, 1), Some(10));
        let then = PartRow {
            thing: "".into(),
            clause: "late".into(),
            state: 9,
            due: None,
            wake_at: None,
            since: 77,
            body: Box::default(),
            ..first.clone()
        };
        let last = PartRow { state: 10, wake_at: Some(i64::MAX), ..then.clone() };
        for stages in
            [std::slice::from_ref(&first), std::slice::from_ref(&then), &[first.clone(), then.clone(), last.clone()]]
        {
            put(&mut world, stages);
            assert_eq!(world.reader.part(Slot(4), "customer:1", kind, &id(1, 1)).unwrap().as_ref(), stages.last());
        }
        assert_eq!(world.reader.part(Slot(4), "customer:1", kind, &id(1, 2)).unwrap(), None);
        assert_eq!(world.reader.part(Slot(4), "customer:2", kind, &id(1, 1)).unwrap(), None);
        assert_eq!(world.reader.parts_of(Slot(4), "customer:1", kind).unwrap(), [last]);
    }
}

pub(super) fn parts_about_shares_four_bytes(open: Open) {
    let mut world = World::new(open);
    let all = [id(6, u64::MAX), id(7, 0), id(7, 5), id(7, u64::MAX), id(8, 0), id(u32::MAX, 0), id(u32::MAX, u64::MAX)];
    let mut parts: Vec<PartRow> = all.iter().rev().map(|id| part(Promise, 1, "customer:1", *id, None)).collect();
    parts.push(part(Promise, 1, "customer:2", id(7, 6), None));
    parts.push(part(Remedy, 1, "customer:1", id(7, 7), None));
    put(&mut world, &parts);
    for (about, from, to) in [(7u32, 1, 4), (5, 0, 0), (6, 0, 1), (8, 4, 5), (u32::MAX, 5, 7)] {
        let found = world.reader.parts_about(Slot(1), "customer:1", Promise, about.to_be_bytes()).unwrap();
        assert_eq!(ids(found), all[from..to], "about {about}");
    }
    assert_eq!(ids(world.reader.parts_of(Slot(1), "customer:1", Promise).unwrap()), all);
}

pub(super) fn parts_due_and_next_wake(open: Open) {
    let mut world = World::new(open);
    let wakes = [(1, Some(30)), (2, Some(10)), (3, None), (4, Some(20)), (5, Some(10))];
    let parts: Vec<PartRow> =
        wakes.iter().map(|(own, wake_at)| part(Remedy, 1, "customer:1", id(0, *own), *wake_at)).collect();
    put(&mut world, &parts);
    put(
        &mut world,
        &[part(Remedy, 1, "customer:2", id(0, 8), Some(1)), part(Promise, 1, "customer:1", id(0, 9), Some(2))],
    );
    for (until, due) in [(9, &[][..]), (10, &[2, 5]), (25, &[2, 5, 4]), (i64::MAX, &[2, 5, 4, 1])] {
        let found = ids(world.reader.parts_due(Slot(1), "customer:1", Remedy, until).unwrap());
        assert_eq!(found, due.iter().map(|own| id(0, *own)).collect::<Vec<_>>(), "until {until}");
    }
    for (except, next) in
        [(&[][..], Some(10)), (&[2], Some(10)), (&[2, 5], Some(20)), (&[2, 4, 5], Some(30)), (&[1, 2, 4, 5, 6], None)]
    {
        let except: Vec<PartId> = except.iter().map(|own| id(0, *own)).collect();
        assert_eq!(world.reader.next_wake(Slot(1), "customer:1", Remedy, &except).unwrap(), next, "except {except:?}");
    }
    assert_eq!(world.reader.next_wake(Slot(1), "customer:3", Remedy, &[]).unwrap(), None);
    // What was moved or closed is found by its new moment only.
    put(
        &mut world,
        &[part(Remedy, 1, "customer:1", id(0, 2), None), part(Remedy, 1, "customer:1", id(0, 5), Some(40))],
    );
    assert_eq!(world.reader.next_wake(Slot(1), "customer:1", Remedy, &[]).unwrap(), Some(20));
    assert_eq!(ids(world.reader.parts_due(Slot(1), "customer:1", Remedy, 25).unwrap()), [id(0, 4)]);
}

pub(super) fn parts_by_id_are_anyones(open: Open) {
    let mut world = World::new(open);
    let parts = [("customer:3", 1), ("customer:1", 1), ("customer:2", 2)]
        .map(|(party, own)| part(Promise, 8, party, id(1, own), None));
    put(&mut world, &parts);
    let found = world.reader.parts_by_id(Slot(8), Promise, &id(1, 1)).unwrap();
    assert_eq!(found, [parts[1].clone(), parts[0].clone()]);
    assert_eq!(world.reader.parts_by_id(Slot(8), Remedy, &id(1, 1)).unwrap(), []);
    assert_eq!(world.reader.parts_by_id(Slot(9), Promise, &id(1, 1)).unwrap(), []);
}

pub(super) fn parts_of_slot_come_in_pages(open: Open) {
    let mut world = World::new(open);
    let mut all: Vec<PartRow> =
        (0..24).map(|n| part(Promise, 2, &format!("customer:{}", 10 + n / 5), id(n % 5, n.into()), None)).collect();
    all.sort_by(|a, b| (&a.party, a.id).cmp(&(&b.party, b.id)));
    put(&mut world, &all);
    put(
        &mut world,
        &[part(Promise, 1, "customer:10", id(0, 0), None), part(Promise, 3, "customer:10", id(0, 0), None)],
    );
    for limit in [1, 3, 5, 24, 25] {
        let (mut found, mut after): (Vec<PartRow>, Option<(Box<str>, PartId)>) = (Vec::new(), None);
        loop {
            let from = after.as_ref().map(|(party, id)| (&**party, id));
            let page = world.reader.parts_of_slot(Slot(2), PartKind::Promise, from, limit).unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            found.extend(page);
        }
        assert_eq!(found, all, "{limit} a page");
    }
}
