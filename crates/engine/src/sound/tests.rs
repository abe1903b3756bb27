//! A commit is doctored in every way that breaks an invariant, and each is named by its number.

use makegood_store::{Body, Commit, EventRow, HeadRow, OutboxRow, PartKind, PartRow, PostingRow, Slot, slot_of};

use super::sound;

const PARTY: &str = "customer:1";

fn posting(commodity: &str, amount: i64) -> PostingRow {
    PostingRow {
        slot: slot_of(PARTY),
        party: PARTY.into(),
        movement: [1; 12],
        line: 0,
        time: 0,
        remedy: [2; 12],
        account: "Expenses".into(),
        commodity: commodity.into(),
        decimals: 2,
        amount,
    }
}

fn event(seq: u64) -> EventRow {
    EventRow {
        slot: slot_of(PARTY),
        key: PARTY.into(),
        seq,
        ident: [seq as u8; 16],
        time: 0,
        recorded: 0,
        context: 0,
        body: Body::Own(b"{}".as_slice().into()),
        about: None,
        hash: [0; 32],
    }
}

/// A commit as the fold makes it: two lines on the three there are, a promise, a movement, a message.
fn commit() -> Commit {
    let slot = slot_of(PARTY);
    let head = HeadRow { slot, key: PARTY.into(), seq: 5, hash: [0; 32], wake_at: None, state: [1].as_slice().into() };
    let part = PartRow {
        kind: PartKind::Promise,
        slot,
        party: PARTY.into(),
        id: [3; 12],
        thing: "".into(),
        clause: "departure".into(),
        state: 0,
        due: None,
        wake_at: None,
        since: 0,
        body: Box::default(),
    };
    let message = OutboxRow {
        slot,
        party: PARTY.into(),
        id: [4; 12],
        topic: "notice".into(),
        body: b"{}".as_slice().into(),
        attempts: 0,
        next_try: Some(0),
        delivered: None,
        trouble: "".into(),
    };
    Commit {
        heads: vec![(head, 3)],
        events: vec![event(4), event(5)],
        parts: vec![part],
        postings: vec![posting("USD", 5), posting("points", 7), posting("USD", -5), posting("points", -7)],
        outbox: vec![message],
        ..Commit::default()
    }
}

#[test]
fn what_the_fold_makes_is_sound() {
    assert_eq!(sound(&commit()), Ok(()));
    assert_eq!(sound(&Commit::default()), Ok(()));
    // What became of a message needs no line of a log.
    let mut sent = Commit { outbox: commit().outbox, ..Commit::default() };
    sent.outbox[0].delivered = Some(1);
    assert_eq!(sound(&sent), Ok(()));
    sent.outbox[0] = OutboxRow { attempts: 1, delivered: None, ..sent.outbox[0].clone() };
    assert_eq!(sound(&sent), Ok(()));
}

#[test]
fn each_broken_invariant_is_named_by_its_number() {
    type Doctor = fn(&mut Commit);
    let cases: [(u8, &str, Doctor); 15] = [
        (1, "a head that jumps", |commit| commit.heads[0].0.seq = 6),
        (1, "a head that stands still", |commit| commit.heads[0].1 = 5),
        (1, "lines without their head", |commit| commit.heads.clear()),
        (1, "a promise that changes by itself", |commit| (commit.events, commit.heads) = (vec![], vec![])),
        (1, "books that change by themselves", |commit| {
            *commit = Commit { postings: std::mem::take(&mut commit.postings), ..Commit::default() };
        }),
        (2, "a line twice", |commit| commit.events[1].ident = commit.events[0].ident),
        (4, "a cent too much", |commit| commit.postings[0].amount = 6),
        (4, "two commodities that sum to zero together", |commit| commit.postings[2].commodity = "points".into()),
        (7, "a message that nothing gave", |commit| {
            *commit = Commit { outbox: std::mem::take(&mut commit.outbox), ..Commit::default() };
        }),
        (7, "a message about somebody else", |commit| commit.outbox[0].party = "customer:2".into()),
        (8, "a head elsewhere", |commit| commit.heads[0].0.slot = Slot(0)),
        (8, "a line elsewhere", |commit| commit.events[0].slot = Slot(0)),
        (8, "a promise elsewhere", |commit| commit.parts[0].slot = Slot(0)),
        (8, "a message elsewhere", |commit| commit.outbox[0].slot = Slot(0)),
        (8, "a delivery elsewhere", |commit| {
            let (party, thing) = ("customer:9".into(), "flight:1".into());
            commit.inbox_add = vec![makegood_store::InboxRow { slot: Slot(0), party, thing, seq: 1 }];
        }),
    ];
    for (number, name, doctor) in cases {
        let mut doctored = commit();
        doctor(&mut doctored);
        assert_eq!(sound(&doctored).map_err(|broken| broken.number), Err(number), "{name}");
    }
}
