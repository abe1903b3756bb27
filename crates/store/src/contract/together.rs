//! Many questions at once are answered as each would be by itself.

use super::rows::{head, id, own, part};
use super::{Open, World};
use crate::{Commit, EventRow, FanoutRow, InboxRow, InterestRow, PartKind, Slot};

/// Slots in which something stands, and one in which nothing does.
const SLOTS: [u16; 4] = [3, 1023, 0, 7];

fn filled(open: Open) -> World {
    let mut world = World::new(open);
    let mut commit = Commit::default();
    for slot in [0_u16, 3, 1023] {
        for party in ["customer:1", "customer:2", "customer:22"] {
            commit.heads.push((head(slot, party, 9, Some(i64::from(slot))), 0));
            for number in 0..5_u32 {
                let row = own(slot, party, u64::from(number) + 1);
                let about = (number % 2 == 0).then(|| format!("flight:{}", number / 4).into());
                commit.events.push(EventRow { about, ..row });
                for kind in [PartKind::Promise, PartKind::Remedy] {
                    commit.parts.push(part(kind, slot, party, id(number, u64::from(slot)), None));
                }
                commit.inbox_add.push(InboxRow {
                    slot: Slot(slot),
                    party: party.into(),
                    thing: "flight:1".into(),
                    seq: number.into(),
                });
            }
        }
        commit.parts.push(part(PartKind::Promise, slot, "customer:2", [0; 12], None));
        for thing in ["flight:1", "flight:2"] {
            let row = |seq| FanoutRow { slot: Slot(slot), thing: thing.into(), seq, after: "customer:1".into() };
            commit.fanouts.extend([row(1), row(2)]);
            let interest =
                |party: &str, heard| InterestRow { slot: Slot(slot), thing: thing.into(), party: party.into(), heard };
            commit.interests.extend([interest("customer:1", false), interest("customer:2", true)]);
            commit.interests.push(interest("customer:3", false));
        }
    }
    world.commit(commit);
    world
}

pub(super) fn many_questions_are_answered_like_one(open: Open) {
    let World { mut reader, .. } = filled(open);
    let slots = SLOTS.map(Slot);
    let names = ["customer:2", "customer:1", "nobody:1", "customer:22", "customer:2"];
    let parties: Vec<(Slot, &str)> = names.into_iter().flat_map(|name| slots.map(|slot| (slot, name))).collect();
    for limit in [0, 1, 3, 6, 9] {
        for kind in [PartKind::Promise, PartKind::Remedy] {
            let found = reader.parts_of_each(kind, &parties, limit).unwrap();
            assert_eq!(found.len(), parties.len());
            for ((slot, party), parts) in parties.iter().zip(found) {
                let all = reader.parts_of(*slot, party, kind).unwrap();
                assert_eq!(parts, all[..limit.min(all.len())], "{party} in {slot:?}, at most {limit}");
            }
        }
        for kind in [PartKind::Promise, PartKind::Remedy] {
            let each = slots.into_iter().flat_map(|slot| reader.parts_of_slot(slot, kind, None, limit).unwrap());
            let each: Vec<_> = each.collect();
            assert_eq!(reader.parts_in(&slots, kind, limit).unwrap(), each, "at most {limit} of each slot");
        }
        for after in [0, 2, 5] {
            let asked: Vec<(Slot, &str, u64)> = parties.iter().map(|(slot, party)| (*slot, *party, after)).collect();
            for ((slot, party, after), log) in asked.iter().zip(reader.logs(&asked, limit).unwrap()) {
                assert_eq!(log, reader.log(*slot, party, *after, limit).unwrap(), "{party} in {slot:?} after {after}");
            }
        }
        for after in ["", "customer:1", "customer:3"] {
            let things = ["flight:2", "flight:1", "flight:9"];
            let asked: Vec<_> = things.into_iter().flat_map(|thing| slots.map(|slot| (slot, thing, after))).collect();
            for ((slot, thing, after), found) in asked.iter().zip(reader.interested_in(&asked, limit).unwrap()) {
                assert_eq!(found, reader.interested(*slot, thing, after, limit).unwrap(), "{thing} after {after}");
            }
        }
    }
    let things = ["flight:1", "flight:9"];
    let asked: Vec<(Slot, &str, &str)> =
        parties.iter().flat_map(|(slot, party)| things.map(|thing| (*slot, thing, *party))).collect();
    let found = reader.are_interested(&asked).unwrap();
    for ((slot, thing, party), held) in asked.iter().zip(&found) {
        assert_eq!(*held, reader.is_interested(*slot, thing, party).unwrap(), "{party} in {thing}");
    }
    assert!(found.contains(&true) && found.contains(&false));
    let things = ["flight:0", "flight:1", "flight:5"];
    let asked: Vec<(Slot, &str, &str)> =
        parties.iter().flat_map(|(slot, party)| things.map(|thing| (*slot, *party, thing))).collect();
    for ((slot, party, thing), found) in asked.iter().zip(reader.own_about_each(&asked).unwrap()) {
        assert_eq!(found, reader.own_about(*slot, party, thing).unwrap(), "{party} about {thing}");
    }
    assert_eq!(reader.parts_of_each(PartKind::Promise, &[], 9).unwrap(), Vec::<Vec<_>>::new());
}

pub(super) fn many_slots_are_read_like_one(open: Open) {
    let World { mut reader, .. } = filled(open);
    let slots = SLOTS.map(Slot);
    macro_rules! alike {
        ($many:ident, $one:ident, $($more:expr),*) => {
            let mut expected = Vec::new();
            for slot in slots {
                expected.extend(reader.$one(slot, $($more),*).unwrap());
            }
            assert!(!expected.is_empty());
            assert_eq!(reader.$many(&slots, $($more),*).unwrap(), expected);
        };
    }
    for limit in [1, 2, 99] {
        alike!(due_in, due, 3, limit);
        alike!(inbox_in, inbox, limit);
        alike!(fanouts_in, fanouts, limit);
        alike!(unheard_in, unheard, limit);
    }
}
