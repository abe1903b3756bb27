//! A database as it stood at an earlier moment: the log up to then, folded again.

use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_core::Rulebook;
use makegood_store::{
    Body, Commit, CommitError, EventRow, FanoutRow, HeadRow, InterestRow, OutboxRow, Reader, SLOTS, Slot, Store,
    TallyRow, slot_of,
};
use rustc_hash::FxHashMap;

use crate::folder::{BUDGET, context_of};
use crate::intake::{Logged, reread};
use crate::pages::{Heard, SlotPages};
use crate::replay::Replay;
use crate::{EngineError, limits, rows};

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    /// Parties and things of which anything was known by then.
    pub logs: u64,
    /// Lines of their logs.
    pub lines: u64,
    /// Lines that were recorded later, and are left out.
    pub left_out: u64,
}

/// How many lines of the logs of things are kept. Looked up by key only, so that a hash map is safe here.
type Kept = FxHashMap<Box<str>, u64>;

/// Fills `target`, which is empty, with what `source` held at `until`: of each log the lines recorded up to then, and the states,
/// promises, remedies, books and messages that they fold to. `book` holds the charter versions that were put in force by then.
///
/// A log ends before its first line that was recorded later, and before one that points to a line that is left out, so that its chain
/// of hashes stays whole. What was said of a thing is carried once more to everyone who must hear it, by the first session: whether a
/// delivery was under way at that moment is not kept. A message that has left since is marked so, and does not leave again.
/// `progress` is told of each slot that is done.
///
/// # Errors
/// Where one of the databases fails, or a line cannot be read.
pub fn restore_until(
    source: &dyn Store,
    target: &dyn Store,
    book: &Rulebook,
    until: Moment,
    progress: &mut dyn FnMut(),
) -> Result<Restored, EngineError> {
    let (mut reader, mut writer) = (source.snapshot()?, target.writer()?);
    for charter in reader.charters()?.into_iter().filter(|charter| charter.recorded <= until.0) {
        written(writer.put_charters(std::slice::from_ref(&charter), &Commit::default(), &mut || true))?;
    }
    let mut done = Restored::default();
    let mut kept = Kept::default();
    for slot in (0..SLOTS).map(Slot) {
        let commit = things(&mut *reader, book, (slot, until), &mut kept, &mut done)?;
        written(writer.commit(&commit))?;
    }
    let mut heard = Heard::default();
    for slot in (0..SLOTS).map(Slot) {
        let mut commit = parties(&mut *reader, book, (slot, until), &kept, &mut heard, &mut done)?;
        let quarantine = reader.quarantine_of_slot(slot)?;
        commit.quarantine = quarantine.into_iter().filter(|row| row.recorded <= until.0).collect();
        written(writer.commit(&commit))?;
        progress();
    }
    Ok(done)
}

fn written(answer: Result<(), CommitError>) -> Result<(), EngineError> {
    answer.map_err(|error| match error {
        CommitError::Store(error) => error.into(),
        CommitError::Charters { found, judged_by } => EngineError::Charters { found, judged_by },
        CommitError::Stale { key } => EngineError::Contended { key, attempts: 1 },
        CommitError::NotAdmitted => EngineError::WriterStopped,
    })
}

/// The heads of a slot that are parties, or things.
fn heads(reader: &mut dyn Reader, slot: Slot, parties: bool) -> Result<Vec<HeadRow>, EngineError> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(all) };
        after = last.key.to_string();
        all.extend(heads.into_iter().filter(|head| head.state.is_empty() != parties));
    }
}

/// The lines of a log that stay.
fn lines(
    reader: &mut dyn Reader,
    pages: &mut SlotPages,
    key: &str,
    stays: impl Fn(&EventRow) -> bool,
    done: &mut Restored,
) -> Result<Vec<EventRow>, EngineError> {
    let (mut kept, mut ended) = (Vec::new(), false);
    loop {
        let lines = pages.lines(reader, key)?;
        if lines.is_empty() {
            done.logs = done.logs.saturating_add(u64::from(!kept.is_empty()));
            return Ok(kept);
        }
        for line in lines {
            ended |= !stays(&line);
            let count = if ended { &mut done.left_out } else { &mut done.lines };
            *count = count.saturating_add(1);
            if !ended {
                kept.push(line);
            }
        }
    }
}

fn head_of(lines: &[EventRow], wake_at: Option<i64>, state: Box<[u8]>) -> Option<(HeadRow, u64)> {
    let last = lines.last()?;
    Some((HeadRow { slot: last.slot, key: last.key.clone(), seq: last.seq, hash: last.hash, wake_at, state }, 0))
}

fn things(
    reader: &mut dyn Reader,
    book: &Rulebook,
    (slot, until): (Slot, Moment),
    kept: &mut Kept,
    done: &mut Restored,
) -> Result<Commit, EngineError> {
    let (mut pages, mut commit) = (SlotPages::new(slot), Commit::default());
    for head in heads(reader, slot, false)? {
        let lines = lines(reader, &mut pages, &head.key, |line| line.recorded <= until.0, done)?;
        kept.insert(head.key.clone(), lines.len() as u64);
        for line in &lines {
            let Body::Own(bytes) = &line.body else { continue };
            if let Ok(Logged::Event(event)) = reread(book, bytes)
                && book.listens_to(&event.kind)
            {
                let (thing, seq) = (head.key.clone(), line.seq);
                commit.fanouts.push(FanoutRow { slot, thing, seq, after: "".into() });
            }
        }
        commit.heads.extend(head_of(&lines, None, Box::default()));
        commit.events.extend(lines);
    }
    Ok(commit)
}

fn parties(
    reader: &mut dyn Reader,
    book: &Rulebook,
    (slot, until): (Slot, Moment),
    kept: &Kept,
    heard: &mut Heard,
    done: &mut Restored,
) -> Result<Commit, EngineError> {
    let (mut pages, mut commit) = (SlotPages::new(slot), Commit::default());
    let mut spent = Spent::default();
    for head in heads(reader, slot, true)? {
        let points_to_what_stays = |line: &EventRow| match &line.body {
            Body::Heard { thing, seq } => **thing == *head.key || kept.get(thing).is_some_and(|kept| seq <= kept),
            Body::Own(_) | Body::Erased(_) => true,
        };
        let stays = |line: &EventRow| line.recorded <= until.0 && points_to_what_stays(line);
        let lines = lines(reader, &mut pages, &head.key, stays, done)?;
        let sent = pages.messages(reader, &head.key)?;
        if lines.is_empty() {
            continue;
        }
        folded(reader, book, &head.key, lines, heard, sent, &mut commit, &mut spent)?;
    }
    let tally = |((day, commodity), amount)| TallyRow { slot, name: BUDGET.into(), day, commodity, amount };
    commit.tallies = spent.into_iter().map(tally).collect();
    Ok(commit)
}

/// What counts as spent of the days' budgets, by day and commodity.
type Spent = BTreeMap<(i32, Box<str>), i64>;

/// Adds all that the lines of a party's log fold to.
#[expect(clippy::too_many_arguments, reason = "what is read, and the two sums that are added to")]
fn folded(
    reader: &mut dyn Reader,
    book: &Rulebook,
    key: &str,
    lines: Vec<EventRow>,
    heard: &mut Heard,
    sent: Vec<OutboxRow>,
    commit: &mut Commit,
    spent: &mut Spent,
) -> Result<(), EngineError> {
    let (slot, mut replay) = (slot_of(key), Replay::default());
    let mut messages: BTreeMap<_, OutboxRow> = BTreeMap::new();
    for line in &lines {
        let logged = heard.read(reader, book, line, std::iter::empty())?;
        let folded = replay
            .take(book, key, &logged.happening_in(line), context_of(line.context))
            .map_err(|error| EngineError::Fold { key: key.into(), error: Box::new(error) })?;
        for thing in folded.interests {
            commit.interests.push(InterestRow { slot: slot_of(&thing), thing, party: key.into(), heard: true });
        }
        for message in &folded.messages {
            let row = rows::outbox_row(key, message, Moment(line.recorded));
            messages.entry(row.id).or_insert(row);
        }
        for id in &folded.withdrawn {
            if let Some(row) = messages.get_mut(id) {
                row.next_try = None;
            }
        }
        if let Some(day) = book.budget(Moment(line.time)) {
            for amount in &folded.spent {
                let sum = spent.entry((day.day, amount.commodity.code().into())).or_default();
                *sum = sum.saturating_add(amount.minor);
            }
        }
        commit.postings.extend(folded.entries.iter().flat_map(|entry| rows::posting_rows(key, entry)));
    }
    // What has left has left, whenever that was.
    for row in sent.into_iter().filter(|row| row.delivered.is_some()) {
        messages.entry(row.id).and_modify(|message| *message = row);
    }
    commit.outbox.extend(messages.into_values());
    for promise in replay.promises.values() {
        let rules = book.by_tag(promise.charter).map(|(_, rules)| rules);
        commit.parts.push(rows::promise_row(slot, key, promise, rules)?);
    }
    for remedy in replay.remedies.values() {
        commit.parts.push(rows::remedy_row(slot, key, remedy)?);
    }
    for part in replay.beside.values() {
        commit.parts.push(rows::beside_row(slot, key, part, book)?);
    }
    let wake_at = replay.wake_at().map(|moment| moment.0);
    let state = makegood_core::encode(&replay.party)?.into();
    commit.heads.extend(head_of(&lines, wake_at, state));
    commit.events.extend(lines);
    Ok(())
}
