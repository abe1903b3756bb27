//! The invariants that a commit can show by itself, asserted before it is written. What breaks one is not written at all.

use makegood_core::invariant::{self, Broken, check};
use makegood_store::{Commit, Ident, PostingRow, Slot, slot_of};
use rustc_hash::{FxHashMap, FxHashSet};

/// Refuses a commit that breaks an invariant.
pub(crate) fn sound(commit: &Commit) -> Result<(), Broken> {
    let heads: FxHashMap<&str, Slot> = commit.heads.iter().map(|(head, _)| (&*head.key, head.slot)).collect();
    let logged = lines_make_heads(commit, &heads)?;
    only_with_lines(commit, &logged)?;
    balances(&commit.postings)?;
    in_their_slots(commit, &heads)
}

/// 1 and 2: each head moves by the lines that the commit adds to its log, and no line is there twice. Gives the keys with lines.
fn lines_make_heads<'c>(commit: &'c Commit, heads: &FxHashMap<&str, Slot>) -> Result<FxHashMap<&'c str, u64>, Broken> {
    let mut lines: FxHashMap<&str, u64> = FxHashMap::default();
    let mut idents: FxHashSet<(&str, Ident)> = FxHashSet::default();
    for event in &commit.events {
        let count = lines.entry(&event.key).or_default();
        *count = count.saturating_add(1);
        check(invariant::ONCE, idents.insert((&event.key, event.ident)), || {
            format!("line {} of `{}` says what an earlier line says", event.seq, event.key)
        })?;
        check(invariant::REPLAY, heads.contains_key(&*event.key), || {
            format!("line {} of `{}` leaves its head where it was", event.seq, event.key)
        })?;
    }
    for (head, base) in &commit.heads {
        let added = lines.get(&*head.key).copied().unwrap_or_default();
        check(invariant::REPLAY, head.seq == base.saturating_add(added), || {
            format!("`{}` goes from line {base} to line {} with {added} lines", head.key, head.seq)
        })?;
    }
    Ok(lines)
}

/// 1 and 7: what is kept of a party, its books and its messages change only with a line of its log, in the same commit. What became of
/// a message that left is no change of this kind.
fn only_with_lines(commit: &Commit, logged: &FxHashMap<&str, u64>) -> Result<(), Broken> {
    let parts = commit.parts.iter().map(|part| ("a promise or remedy", &part.party));
    let postings = commit.postings.iter().map(|line| ("a line of the books", &line.party));
    for (what, party) in parts.chain(postings) {
        let holds = logged.contains_key(&**party);
        check(invariant::REPLAY, holds, || format!("{what} of `{party}` changes without a line of its log"))?;
    }
    let new = commit.outbox.iter().filter(|message| message.attempts == 0 && message.delivered.is_none());
    for message in new {
        check(invariant::LEAVES, logged.contains_key(&*message.party), || {
            format!("a message about `{}` would leave that no line of its log gave", message.party)
        })?;
    }
    Ok(())
}

/// 4: every movement sums to zero in every commodity. The lines of a movement stand together.
fn balances(postings: &[PostingRow]) -> Result<(), Broken> {
    for movement in postings.chunk_by(|a, b| a.movement == b.movement && a.party == b.party) {
        for line in movement {
            let same = movement.iter().filter(|other| other.commodity == line.commodity);
            let sum: i128 = same.fold(0, |sum, line| sum.saturating_add(i128::from(line.amount)));
            check(invariant::MONEY, sum == 0, || {
                format!("a movement of `{}` is out of balance by {sum} {}", line.party, line.commodity)
            })?;
        }
    }
    Ok(())
}

/// 8: every row stands in the slot of its key.
fn in_their_slots(commit: &Commit, heads: &FxHashMap<&str, Slot>) -> Result<(), Broken> {
    let right = |slot: Slot, key: &str| {
        check(invariant::SLOTS, slot == slot_of(key), || format!("a row of `{key}` would stand in slot {}", slot.0))
    };
    // A row beside its party's head is held against the head, which is held against the key.
    let beside = |slot: Slot, key: &str| match heads.get(key) {
        Some(known) if *known == slot => Ok(()),
        _ => right(slot, key),
    };
    commit.heads.iter().try_for_each(|(head, _)| right(head.slot, &head.key))?;
    commit.events.iter().try_for_each(|row| beside(row.slot, &row.key))?;
    commit.parts.iter().try_for_each(|row| beside(row.slot, &row.party))?;
    commit.postings.iter().try_for_each(|row| beside(row.slot, &row.party))?;
    commit.outbox.iter().try_for_each(|row| beside(row.slot, &row.party))?;
    commit.outbox_withdrawn.iter().try_for_each(|(slot, party, _)| beside(*slot, party))?;
    commit.interests.iter().try_for_each(|row| beside(row.slot, &row.thing))?;
    commit.inbox_add.iter().chain(&commit.inbox_done).try_for_each(|row| beside(row.slot, &row.party))?;
    commit.fanouts.iter().chain(&commit.fanouts_done).try_for_each(|row| beside(row.slot, &row.thing))
}

#[cfg(test)]
mod tests;
