//! Verify: the chains of hashes, the books, and the views against the states.

use std::collections::BTreeMap;

use makegood_charter::model::Stage;
use makegood_core::stage::{Move, Standing};
use makegood_core::{Beside, BesideKind, Clause, Party, PromiseState, RemedyKind, Rulebook};
use makegood_money::Commodity;
use makegood_store::{HeadRow, PartKind, PostingRow, Reader, Slot, Store, chain, slot_of};

use crate::pages::SlotPages;
use crate::slots::each_slot;
use crate::{EngineError, limits, rows};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Logs of parties and things whose chain was followed.
    pub logs: u64,
    /// Their lines.
    pub lines: u64,
    /// Movements of the books that were summed.
    pub movements: u64,
    /// Lines of the books.
    pub postings: u64,
    /// Promises and remedies compared with their states.
    pub parts: u64,
    /// What is wrong: the first few.
    pub faults: Vec<String>,
}

/// How many faults are named.
const NAMED: usize = 20;

/// Verifies everything, a map over slots on `threads` threads. `progress` is told of each slot that is done.
pub fn verify(
    store: &dyn Store,
    book: &Rulebook,
    threads: usize,
    progress: &(dyn Fn() + Sync),
) -> Result<Verified, EngineError> {
    let by_slot = each_slot(store, threads, &|reader, slot| verify_slot(reader, book, slot), progress)?;
    let mut found = Verified::default();
    for slot in by_slot {
        found.logs = found.logs.saturating_add(slot.logs);
        found.lines = found.lines.saturating_add(slot.lines);
        found.movements = found.movements.saturating_add(slot.movements);
        found.postings = found.postings.saturating_add(slot.postings);
        found.parts = found.parts.saturating_add(slot.parts);
        slot.faults.into_iter().for_each(|fault| found.fault(fault));
    }
    let (lines, postings, parts) = (found.lines, found.postings, found.parts);
    let of_parts = ["promise", "remedy", "play", "custody", "stage"];
    let mut reader = store.reader()?;
    for (tables, seen) in [(&["event"] as &[&str], lines), (&["posting"], postings), (&of_parts, parts)] {
        nobodys(&mut *reader, tables, seen, &mut found)?;
    }
    Ok(found)
}

fn verify_slot(reader: &mut dyn Reader, book: &Rulebook, slot: Slot) -> Result<Verified, EngineError> {
    let mut found = Verified::default();
    let (mut pages, mut after) = (SlotPages::new(slot), String::new());
    let mut promised = Vec::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { break };
        after = last.key.to_string();
        for head in &heads {
            follow(reader, &mut pages, head, &mut found)?;
            if !head.state.is_empty() {
                compare(reader, &mut pages, book, (head, &mut promised), &mut found)?;
            }
        }
        hears(reader, std::mem::take(&mut promised), &mut found)?;
    }
    Ok(found)
}

/// Finds rows that belong to no party or thing there is.
fn nobodys(reader: &mut dyn Reader, tables: &[&str], seen: u64, found: &mut Verified) -> Result<(), EngineError> {
    let mut rows = 0_u64;
    for table in tables {
        rows = rows.saturating_add(reader.count(table)?);
    }
    if rows != seen {
        found.fault(format!("{rows} rows of `{}` are kept, {seen} belong to a party or thing", tables.join("` and `")));
    }
    Ok(())
}

impl Verified {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < NAMED {
            self.faults.push(fault);
        }
    }
}

/// Follows the chain of a log to its head.
fn follow(
    reader: &mut dyn Reader,
    pages: &mut SlotPages,
    head: &HeadRow,
    found: &mut Verified,
) -> Result<(), EngineError> {
    let (mut seq, mut hash) = (0_u64, [0; 32]);
    loop {
        let lines = pages.lines(reader, &head.key)?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let expected = chain(&hash, &line);
            if line.seq != seq.saturating_add(1) {
                found.fault(format!("`{}`: line {} follows line {seq}", head.key, line.seq));
            }
            if line.hash != expected {
                found.fault(format!("`{}`: the hash of line {} is not that of its content", head.key, line.seq));
            }
            seq = line.seq;
            hash = line.hash;
            found.lines = found.lines.saturating_add(1);
        }
    }
    if seq != head.seq || hash != head.hash {
        found.fault(format!("`{}`: the log ends at line {seq}, the head says {}", head.key, head.seq));
    }
    found.logs = found.logs.saturating_add(1);
    Ok(())
}

/// Things, each with a party that was promised something about it.
type Promised = Vec<(Box<str>, Box<str>)>;

/// Whoever was promised something about a thing hears of it.
fn hears(reader: &mut dyn Reader, promised: Promised, found: &mut Verified) -> Result<(), EngineError> {
    let asked: Vec<_> = promised.iter().map(|(thing, party)| (slot_of(thing), &**thing, &**party)).collect();
    for ((thing, party), held) in promised.iter().zip(reader.are_interested(&asked)?) {
        if !held {
            found.fault(format!("`{party}`: it was promised something about `{thing}` and does not hear of it"));
        }
    }
    Ok(())
}

/// Compares what rights with a bound over time gave, as the state has it, with what the promises were granted.
fn given(key: &str, party: &Party, granted: &BTreeMap<(String, Commodity), i128>, found: &mut Verified) {
    if party.given.len() >= makegood_core::limits::GIVEN {
        return; // The oldest may have been let go.
    }
    let mut sums: BTreeMap<(String, Commodity), i128> = BTreeMap::new();
    for given in &party.given {
        let sum = sums.entry((given.right_name().to_owned(), given.amount.commodity)).or_default();
        *sum = sum.saturating_add(i128::from(given.amount.minor));
    }
    for (of, sum) in sums {
        let was = granted.get(&of).copied().unwrap_or_default();
        if was != sum {
            let (right, commodity) = of;
            found.fault(format!("`{key}`: its state says that `{right}` gave {sum} {commodity}, its promises {was}"));
        }
    }
}

/// Compares a party's views with its state, and its books with its remedies.
fn compare(
    reader: &mut dyn Reader,
    pages: &mut SlotPages,
    book: &Rulebook,
    (head, promised): (&HeadRow, &mut Promised),
    found: &mut Verified,
) -> Result<(), EngineError> {
    let party = rows::party(&head.state)?;
    // What it bought is no sum over its parts: only its own order is looked at here, and `rebuild` folds it again.
    if !party.dealings.values().all(makegood_core::Dealings::is_sound) {
        found.fault(format!("`{}`: the days of its purchases are out of order", head.key));
    }
    // What is counted over time is kept in the state alone; what rights gave over time must be what was granted.
    let mut counted = Party {
        counted: party.counted.clone(),
        given: party.given.clone(),
        weighed: party.weighed.clone(),
        dealings: party.dealings.clone(),
        stages: party.stages.clone(),
        told: party.told,
        roles: party.roles.clone(),
        absences: party.absences.clone(),
        credits: party.credits.clone(),
        ..Party::default()
    };
    let mut granted: BTreeMap<(String, Commodity), i128> = BTreeMap::new();
    let mut wake_at = party.wake_at().map(|moment| moment.0);
    for row in pages.parts(reader, PartKind::Promise, &head.key)? {
        let promise = rows::promise(&row)?;
        let rules = book.by_tag(promise.charter).map(|(_, rules)| rules);
        if rules.is_none() {
            found.fault(format!("`{}`: a promise was made under a charter that is not kept", head.key));
        }
        if rows::promise_row(head.slot, &head.key, &promise, rules)? != row {
            found.fault(format!("`{}`: the columns of a promise differ from its state", head.key));
        }
        if matches!(promise.clause, Clause::Promise(_))
            && promise.state == PromiseState::Overdue
            && promise.settled.is_some()
        {
            found.fault(format!("`{}`: an overdue promise has been settled", head.key));
        }
        let thing = &promise.thing;
        if matches!(promise.clause, Clause::Promise(_)) && !thing.is_empty() {
            promised.push((thing.clone(), head.key.clone()));
        }
        counted.tally(&promise);
        let charter = rules.map_or("", |rules| &rules.charter.name);
        for one in promise.granted.iter().filter(|one| one.kind != RemedyKind::Penalty) {
            let sum = granted.entry((format!("{charter}/{}", one.right), one.amount.commodity)).or_default();
            *sum = sum.saturating_add(i128::from(one.amount.minor));
        }
        wake_at = wake_at.into_iter().chain(row.wake_at).min();
        found.parts = found.parts.saturating_add(1);
    }
    let mut owed: Vec<(Commodity, i128)> = Vec::new();
    for row in pages.parts(reader, PartKind::Remedy, &head.key)? {
        let remedy = rows::remedy(&row)?;
        if rows::remedy_row(head.slot, &head.key, &remedy)? != row {
            found.fault(format!("`{}`: the columns of a remedy differ from its state", head.key));
        }
        if remedy.is_in_books() && remedy.state.is_outstanding() {
            owed.extend(remedy.amounts.iter().map(|amount| (amount.commodity, i128::from(amount.minor))));
        }
        counted.remedies = counted.remedies.saturating_add(1);
        found.parts = found.parts.saturating_add(1);
    }
    let mut moves = Vec::new();
    for kind in BesideKind::ALL.map(rows::part_kind) {
        for row in pages.parts(reader, kind, &head.key)? {
            let part = rows::beside(&row)?;
            let again = part.as_ref().map(|part| rows::beside_row(head.slot, &head.key, part, book)).transpose()?;
            if let Some(Beside::Move(one)) = part {
                moves.push(one);
            }
            if again.as_ref() != Some(&row) {
                found.fault(format!("`{}`: the columns of a {kind:?} differ from its state", head.key));
            }
            found.parts = found.parts.saturating_add(1);
        }
    }
    stages(head, &party, moves, found);
    if counted != party {
        found.fault(format!("`{}`: its state counts {party:?}, its promises and remedies {counted:?}", head.key));
    }
    given(&head.key, &party, &granted, found);
    if wake_at != head.wake_at {
        found
            .fault(format!("`{}`: it waits for {:?}, its promises and stages for {wake_at:?}", head.key, head.wake_at));
    }
    let postings = pages.postings(reader, &head.key)?;
    found.postings = found.postings.saturating_add(postings.len() as u64);
    books(&head.key, &postings, &owed, found);
    Ok(())
}

/// The moves of a party follow one another and end where its state says it stands.
fn stages(head: &HeadRow, party: &Party, all: Vec<Move>, found: &mut Verified) {
    if !party.stages.values().all(Standing::is_sound) {
        found.fault(format!("`{}`: the evidence of its stage is out of order", head.key));
    }
    let mut moves: BTreeMap<Box<str>, Vec<Move>> = BTreeMap::new();
    for one in all {
        moves.entry(one.name.clone()).or_default().push(one);
    }
    for (name, standing) in &party.stages {
        let mut of_this = moves.remove(name).unwrap_or_default();
        of_this.sort_by_key(|one| one.number);
        let (mut stage, mut number) = (None, 0_u32);
        for one in &of_this {
            number = number.saturating_add(1);
            if one.number != number || one.from != stage {
                found.fault(format!(
                    "`{}`: move {} under `{name}` does not follow the one before",
                    head.key, one.number
                ));
            }
            stage = Some(one.to);
        }
        if (stage, number) != (standing.stage, standing.moves) {
            let (said, is) = (stage.map(Stage::word), standing.stage.map(Stage::word));
            found.fault(format!("`{}`: its moves under `{name}` end at {said:?}, its state says {is:?}", head.key));
        }
    }
    for name in moves.keys() {
        found.fault(format!("`{}`: it moved under `{name}` and its state knows nothing of it", head.key));
    }
}

/// Every movement sums to zero, and what the books say is owed is what the remedies say.
fn books(party: &str, postings: &[PostingRow], owed: &[(Commodity, i128)], found: &mut Verified) {
    let mut sorted: Vec<&PostingRow> = postings.iter().collect();
    sorted.sort_by(|a, b| (&a.movement, &a.commodity).cmp(&(&b.movement, &b.commodity)));
    for movement in sorted.chunk_by(|a, b| a.movement == b.movement) {
        found.movements = found.movements.saturating_add(1);
        for commodity in movement.chunk_by(|a, b| a.commodity == b.commodity) {
            let sum: i128 = commodity.iter().map(|line| i128::from(line.amount)).sum();
            if sum != 0 {
                found.fault(format!("`{party}`: a movement is out of balance by {sum}"));
            }
        }
    }
    let mut commodities: Vec<&str> = postings.iter().map(|line| &*line.commodity).collect();
    commodities.extend(owed.iter().map(|(commodity, _)| commodity.code()));
    commodities.sort_unstable();
    commodities.dedup();
    for code in commodities {
        let lines =
            postings.iter().filter(|line| &*line.commodity == code && line.account.starts_with("Liabilities:Owed:"));
        let in_books: i128 = lines.map(|line| i128::from(line.amount)).sum();
        let in_remedies: i128 =
            owed.iter().filter(|(commodity, _)| commodity.code() == code).map(|(_, minor)| *minor).sum();
        if in_books.saturating_add(in_remedies) != 0 {
            found.fault(format!(
                "`{party}`: the books owe {} {code}, the remedies {in_remedies}",
                in_books.saturating_neg()
            ));
        }
    }
}
