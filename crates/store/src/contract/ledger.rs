//! Postings and tallies.

use super::rows::{head, id, posting};
use super::{Open, World};
use crate::{Commit, CommitError, PartId, PostingRow, Reader, Slot, TallyRow};

pub(super) fn postings_come_in_pages(open: Open) {
    let mut world = World::new(open);
    let mut all: Vec<PostingRow> = (0..30u8)
        .map(|n| {
            posting(
                5,
                &format!("customer:{}", n / 10),
                id(1, u64::from(n / 2)),
                n % 2,
                "Assets:Cash",
                "USD",
                i64::from(n) - 15,
            )
        })
        .collect();
    all[3] = PostingRow { line: 255, amount: i64::MIN, time: i64::MIN, decimals: 18, ..all[3].clone() };
    all.sort_by(|a, b| (&a.party, a.movement, a.line).cmp(&(&b.party, b.movement, b.line)));
    let mut postings = all.clone();
    postings.reverse();
    postings.push(posting(4, "customer:0", id(1, 0), 0, "Assets:Cash", "USD", 1));
    world.commit(Commit { postings, ..Commit::default() });
    for limit in [1, 7, 30, 31] {
        let mut found: Vec<PostingRow> = Vec::new();
        let mut after: Option<(Box<str>, PartId, u8)> = None;
        loop {
            let from = after.as_ref().map(|(party, movement, line)| (&**party, movement, *line));
            let page = world.reader.postings_of_slot(Slot(5), from, limit).unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.movement, last.line));
            found.extend(page);
        }
        assert_eq!(found, all, "{limit} a page");
    }
    assert_eq!(world.reader.postings_of(Slot(5), "customer:1").unwrap(), all[10..20]);
    assert_eq!(world.reader.postings_of(Slot(5), "customer:9").unwrap(), []);
}

pub(super) fn balances_do_not_overflow(open: Open) {
    let mut world = World::new(open);
    assert_eq!(world.reader.balances().unwrap(), []);
    let largest = i128::from(i64::MAX);
    let amounts = [
        ("Liabilities:Owed", "USD", i64::MAX),
        ("Liabilities:Owed", "USD", i64::MAX),
        ("Liabilities:Owed", "USD", 3),
        ("Expenses:Late", "USD", i64::MIN),
        ("Expenses:Late", "USD", -1),
        ("Expenses:Late", "POINTS", -5_000_000_000),
        ("Expenses:Late", "POINTS", 4_999_999_999),
    ];
    let rows = (0u16..).zip(amounts).map(|(slot, (account, commodity, amount))| {
        posting(slot * 150, &format!("customer:{slot}"), id(0, 0), 0, account, commodity, amount)
    });
    world.commit(Commit { postings: rows.collect(), ..Commit::default() });
    let expected = [
        ("Expenses:Late", "POINTS", -1),
        ("Expenses:Late", "USD", -largest - 2),
        ("Liabilities:Owed", "USD", 2 * largest + 3),
    ];
    assert_eq!(
        world.reader.balances().unwrap(),
        expected.map(|(account, commodity, sum)| (account.into(), commodity.into(), 2, sum))
    );
}

fn tally(slot: u16, day: i32, commodity: &str, amount: i64) -> TallyRow {
    TallyRow { slot: Slot(slot), name: "budget".into(), day, commodity: commodity.into(), amount }
}

/// What was spent on day 1.
pub(super) fn budget(reader: &mut dyn Reader) -> i64 {
    reader.tallies("budget", 1..2).unwrap().remove(&(1, "USD".into())).unwrap_or(0)
}

pub(super) fn tallies_add_up_over_slots(open: Open) {
    let mut world = World::new(open);
    let (a, b) = (tally(0, -1, "USD", 5), tally(1023, -1, "USD", 7));
    world.commit(Commit { tallies: vec![b.clone(), a.clone(), a.clone()], ..Commit::default() });
    world.commit(Commit {
        tallies: vec![a, tally(0, 0, "USD", 100), tally(0, -1, "POINTS", 1000)],
        ..Commit::default()
    });
    let other = TallyRow { name: "goodwill".into(), ..b };
    world.commit(Commit { tallies: vec![other], ..Commit::default() });
    for (name, day, commodity, sum) in [
        ("budget", -1, "USD", 22),
        ("budget", 0, "USD", 100),
        ("budget", -1, "POINTS", 1000),
        ("goodwill", -1, "USD", 7),
        ("budget", 1, "USD", 0),
        ("other", -1, "USD", 0),
    ] {
        let sums = world.reader.tallies(name, day..day + 1).unwrap();
        assert_eq!(sums.get(&(day, commodity.into())).copied().unwrap_or(0), sum, "{name} {day} {commodity}");
        let all = world.reader.tallies(name, -5..5).unwrap();
        assert_eq!(all.get(&(day, commodity.into())).copied().unwrap_or(0), sum, "{name} {day} {commodity}");
    }
}

pub(super) fn a_tally_that_overflows_is_refused(open: Open) {
    let mut world = World::new(open);
    world.commit(Commit { tallies: vec![tally(1, 1, "USD", i64::MAX)], ..Commit::default() });
    let more = Commit {
        tallies: vec![tally(1, 1, "USD", 1)],
        heads: vec![(head(1, "customer:1", 1, None), 0)],
        ..Commit::default()
    };
    let answer = world.writer.commit(&more);
    assert!(matches!(answer, Err(CommitError::Store(_))), "{answer:?}");
    assert_eq!(budget(&mut *world.reader), i64::MAX);
    assert_eq!(world.reader.count("head").unwrap(), 0);
}

pub(super) fn a_posting_is_never_written_over(open: Open) {
    let mut world = World::new(open);
    let first = posting(1, "customer:1", id(1, 1), 0, "Assets:Cash", "USD", 10);
    world.commit(Commit { postings: vec![first.clone()], ..Commit::default() });
    let again = Commit { postings: vec![PostingRow { amount: 11, ..first.clone() }], ..Commit::default() };
    let answer = world.writer.commit(&again);
    assert!(matches!(answer, Err(CommitError::Store(_))), "{answer:?}");
    assert_eq!(world.reader.postings_of(Slot(1), "customer:1").unwrap(), [first]);
}
