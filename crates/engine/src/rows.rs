//! Between the states of `core` and the rows of `store`.

use makegood_charter::Moment;
use makegood_core::{
    Beside, BesideKind, Clause, Message, Party, Promise, Remedy, Rulebook, Rules, StateError, decode, encode,
};
use makegood_store::{OutboxRow, PartKind, PartRow, PostingRow, Slot, slot_of};

/// A promise as a row: its state, and the view of it for lists.
pub fn promise_row(slot: Slot, party: &str, promise: &Promise, rules: Option<&Rules>) -> Result<PartRow, StateError> {
    let clause = match promise.clause {
        Clause::Promise(_) => rules.and_then(|rules| promise.clause_of(rules)).map_or("", |clause| &clause.name),
        Clause::Delegated(_) => "delegated",
        Clause::Pay { .. } => "pay",
    };
    Ok(PartRow {
        kind: PartKind::Promise,
        slot,
        party: party.into(),
        id: promise.id,
        thing: promise.thing.clone(),
        clause: clause.into(),
        state: promise.state as u8,
        due: Some(promise.due.0),
        wake_at: promise.wake_at.map(|moment| moment.0),
        since: promise.made_at.0,
        body: encode(promise)?.into(),
    })
}

/// A remedy as a row.
pub fn remedy_row(slot: Slot, party: &str, remedy: &Remedy) -> Result<PartRow, StateError> {
    Ok(PartRow {
        kind: PartKind::Remedy,
        slot,
        party: party.into(),
        id: remedy.id,
        thing: remedy.thing.clone(),
        clause: remedy.right.clone(),
        state: remedy.state as u8,
        due: remedy.pay_by.map(|moment| moment.0),
        wake_at: None,
        since: remedy.owed_at.0,
        body: encode(remedy)?.into(),
    })
}

/// A part beside promises and remedies as a row.
pub fn beside_row(slot: Slot, party: &str, part: &Beside, book: &Rulebook) -> Result<PartRow, StateError> {
    let (thing, clause, state, since) = match part {
        Beside::Play(play) => {
            let rules = book.by_tag(play.charter).map(|(_, rules)| rules);
            let playbook = rules.and_then(|rules| play.playbook_of(rules));
            (&*play.thing, playbook.map_or("", |playbook| &playbook.name), play.state as u8, play.began_at)
        }
        Beside::Custody(chain) => {
            let holder = chain.holder().map_or("", |hand| &hand.taker);
            let first = chain.hands.first().map(|hand| hand.at).unwrap_or_default();
            (&*chain.thing, holder, chain.unmet(), first)
        }
        Beside::Move(one) => ("", &*one.name, one.to as u8, one.at),
    };
    Ok(PartRow {
        kind: part_kind(part.kind()),
        slot,
        party: party.into(),
        id: part.id(),
        thing: thing.into(),
        clause: clause.into(),
        state,
        due: None,
        wake_at: None,
        since: since.0,
        body: part.encode()?.into(),
    })
}

/// The part a row holds; `None` of a promise or a remedy.
pub fn beside(row: &PartRow) -> Result<Option<Beside>, StateError> {
    let kind = BesideKind::ALL.into_iter().find(|kind| part_kind(*kind) == row.kind);
    kind.map(|kind| Beside::decode(kind, &row.body)).transpose()
}

/// Which table a part stands in.
pub fn part_kind(kind: BesideKind) -> PartKind {
    match kind {
        BesideKind::Play => PartKind::Play,
        BesideKind::Custody => PartKind::Custody,
        BesideKind::Move => PartKind::Stage,
    }
}

/// The promise a row holds.
pub fn promise(row: &PartRow) -> Result<Promise, StateError> {
    decode(&row.body)
}

/// The remedy a row holds.
pub fn remedy(row: &PartRow) -> Result<Remedy, StateError> {
    decode(&row.body)
}

/// The state of a party; of one never heard of, the empty state.
pub fn party(bytes: &[u8]) -> Result<Party, StateError> {
    if bytes.is_empty() { Ok(Party::default()) } else { decode(bytes) }
}

/// The lines of a movement as rows.
pub fn posting_rows<'a>(
    party: &'a str,
    entry: &'a makegood_core::ledger::Entry,
) -> impl Iterator<Item = PostingRow> + 'a {
    let slot = slot_of(party);
    entry.movement.lines().iter().zip(0_u8..).map(move |(posting, line)| PostingRow {
        slot,
        party: party.into(),
        movement: entry.id,
        line,
        time: entry.time.0,
        remedy: entry.remedy,
        account: posting.account.as_str().into(),
        commodity: posting.amount.commodity.code().into(),
        decimals: posting.amount.commodity.decimals(),
        amount: posting.amount.minor,
    })
}

/// A message as a row that waits to leave from `now` on.
pub fn outbox_row(party: &str, message: &Message, now: Moment) -> OutboxRow {
    OutboxRow {
        slot: slot_of(party),
        party: party.into(),
        id: message.id,
        topic: message.topic.word().into(),
        body: message.body.to_string().into_bytes().into(),
        attempts: 0,
        next_try: Some(message.not_before.map_or(now.0, |moment| moment.0.max(now.0))),
        delivered: None,
        trouble: "".into(),
    }
}
