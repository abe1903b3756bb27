//! Small rows to test with.

use crate::{
    Body, Commit, EventRow, HeadRow, OutboxRow, PartId, PartKind, PartRow, PostingRow, QuarantineRow, Slot, chain,
    ident,
};

/// An identity: four bytes of what it is about, then its number.
pub(super) fn id(about: u32, own: u64) -> PartId {
    let mut id = [0; 12];
    id[..4].copy_from_slice(&about.to_be_bytes());
    id[4..].copy_from_slice(&own.to_be_bytes());
    id
}

pub(super) fn head(slot: u16, key: &str, seq: u64, wake_at: Option<i64>) -> HeadRow {
    HeadRow {
        slot: Slot(slot),
        key: key.into(),
        seq,
        hash: [seq as u8; 32],
        wake_at,
        state: format!("{key} at {seq}").into_bytes().into(),
    }
}

pub(super) fn own(slot: u16, key: &str, seq: u64) -> EventRow {
    event(slot, key, seq, Body::Own(format!("{{\"seq\":{seq}}}").into_bytes().into()))
}

pub(super) fn event(slot: u16, key: &str, seq: u64, body: Body) -> EventRow {
    let unchained = EventRow {
        slot: Slot(slot),
        key: key.into(),
        seq,
        ident: ident("contract", &seq.to_string()),
        time: 1_700_000_000_000 + seq as i64,
        recorded: 1_700_000_100_000 + seq as i64,
        context: seq as u8,
        body,
        about: None,
        hash: [0; 32],
    };
    EventRow { hash: chain(&[7; 32], &unchained), ..unchained }
}

/// The next step of a log: its event and its head.
pub(super) fn step(slot: u16, key: &str, seq: u64) -> Commit {
    Commit {
        heads: vec![(head(slot, key, seq, None), seq - 1)],
        events: vec![own(slot, key, seq)],
        ..Commit::default()
    }
}

/// Every table whose rows a commit may carry.
pub(super) const TABLES: [&str; 13] = [
    "event",
    "head",
    "promise",
    "remedy",
    "play",
    "custody",
    "stage",
    "posting",
    "outbox",
    "inbox",
    "fanout",
    "interest",
    "quarantine",
];

/// A part of every kind.
pub(super) fn every_part(slot: u16, party: &str, id: PartId) -> Vec<PartRow> {
    PartKind::ALL.map(|kind| part(kind, slot, party, id, None)).into()
}

pub(super) fn part(kind: PartKind, slot: u16, party: &str, id: PartId, wake_at: Option<i64>) -> PartRow {
    PartRow {
        kind,
        slot: Slot(slot),
        party: party.into(),
        id,
        thing: "flight:B6-1".into(),
        clause: "departure".into(),
        state: 1,
        due: wake_at.map(|at| at - 1),
        wake_at,
        since: -5,
        body: id.into(),
    }
}

pub(super) fn posting(
    slot: u16,
    party: &str,
    movement: PartId,
    line: u8,
    account: &str,
    commodity: &str,
    amount: i64,
) -> PostingRow {
    PostingRow {
        slot: Slot(slot),
        party: party.into(),
        movement,
        line,
        time: 1_700_000_000_000,
        remedy: id(9, 9),
        account: account.into(),
        commodity: commodity.into(),
        decimals: 2,
        amount,
    }
}

pub(super) fn outbox(slot: u16, party: &str, id: PartId, next_try: Option<i64>) -> OutboxRow {
    OutboxRow {
        slot: Slot(slot),
        party: party.into(),
        id,
        topic: "payout".into(),
        body: br#"{"amount":"50.00"}"#[..].into(),
        attempts: 0,
        next_try,
        delivered: None,
        trouble: "".into(),
    }
}

pub(super) fn quarantined(slot: u16, own: u64) -> QuarantineRow {
    QuarantineRow {
        slot: Slot(slot),
        id: id(1, own),
        origin: "events.jsonl".into(),
        line: own,
        code: "E-JSON".into(),
        reason: "not JSON: send it again as one object a line".into(),
        bytes: [0xff, 0x00, 0xfe][..].into(),
        recorded: 1_700_000_000_000,
    }
}
