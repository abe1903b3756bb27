//! Simulate: the recorded history is judged again under a draft, beside what was in force. Nothing is written.

mod party;
mod sums;

use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_history::File;
use makegood_store::{PartKind, Reader, Slot, Store};

pub use sums::{Difference, Side, Simulated, Sum};

use crate::history::History;
use crate::pages::SlotPages;
use crate::slots::{each, each_slot};
use crate::{EngineError, limits, rows};
use party::{FromFiles, FromStore, Judges, Recorded, Things};

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// The draft. From its [`Charter::from`] on it judges in place of the versions of its charter, and what came to be owed is
    /// compared …
    pub draft: Arc<Charter>,
    /// … until this moment, excluded.
    pub until: Moment,
    /// A field of the event that makes a promise, by whose words the figures are split.
    pub segment: Option<Box<str>>,
}

/// Judges the history of every party again, a map over slots on `threads` threads. `progress` is told of each slot that is done.
///
/// What happened is folded in the order in which it was recorded; what people decided of a remedy counts for the remedy that the
/// draft gives for the same failure; and the clock comes to what waits under the draft when it came there in fact. A draft equal to
/// what was in force gives what was recorded.
pub fn simulate(
    store: &dyn Store,
    book: &Rulebook,
    simulation: &Simulation,
    threads: usize,
    progress: &(dyn Fn() + Sync),
) -> Result<Simulated, EngineError> {
    let drafted = book.with_draft(simulation.draft.clone());
    // The clock has come to everything before the first moment that is still waited for.
    let clock = store.reader()?.earliest_wake()?.map_or(Moment(i64::MAX), |wake_at| Moment(wake_at.saturating_sub(1)));
    let clock = clock.min(simulation.until);
    let judges = Judges { book, drafted: &drafted, simulation, clock, alike: false };
    let by_slot = each_slot(store, threads, &|reader, slot| simulate_slot(reader, &judges, slot), progress)?;
    Ok(summed(by_slot))
}

/// The same from the files of a history, which hold everything that happened from the beginning on. `progress` is told of each file
/// that is done.
pub fn simulate_files(
    history: &History,
    simulation: &Simulation,
    threads: usize,
    progress: &(dyn Fn() + Sync),
) -> Result<Simulated, EngineError> {
    let book = history.book();
    let drafted = book.with_draft(simulation.draft.clone());
    let (clock, alike) = (history.clock().min(simulation.until), party::declare_alike(book, &drafted));
    let judges = Judges { book, drafted: &drafted, simulation, clock, alike };
    let logs = history.things(threads)?;
    let helpers = || Ok((Things::default(), Things::default()));
    let work = |(drafted, recorded): &mut (Things, Things), file: &&File| {
        let mut sums = Simulated::default();
        history.logs(file, &mut |lines| {
            let Some(key) = lines.first().map(|line| line.key.clone()) else { return Ok(()) };
            // What was owed is not in the files: it follows from them.
            let mut teller = FromFiles { things: &logs, own: &lines };
            let known = judges.owed(&mut teller, recorded, &key, &lines)?;
            judges.party(&mut teller, drafted, &key, &lines, known, &mut sums)
        })?;
        Ok(sums)
    };
    Ok(summed(each(&history.parties(), threads, &helpers, &work, progress)?))
}

fn summed(parts: Vec<Simulated>) -> Simulated {
    let mut whole = Simulated::default();
    parts.into_iter().for_each(|part| whole.add(part));
    whole
}

fn simulate_slot(reader: &mut dyn Reader, judges: &Judges, slot: Slot) -> Result<Simulated, EngineError> {
    let mut slot_sums = Simulated::default();
    let (mut things, mut pages) = (Things::default(), SlotPages::new(slot));
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(slot_sums) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            let lines = pages.whole_log(reader, &head.key)?;
            let kept = pages.parts(reader, PartKind::Remedy, &head.key)?;
            let owed: Result<_, EngineError> = kept.iter().map(|row| Ok((row.id, rows::remedy(row)?))).collect();
            let known = Recorded { owed: owed?, said: Vec::new() };
            judges.party(&mut FromStore(reader), &mut things, &head.key, &lines, known, &mut slot_sums)?;
        }
    }
}
