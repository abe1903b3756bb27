//! Simulate: the recorded history is judged again under a draft, beside what was in force. Nothing is written.

mod party;
mod sums;

use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_store::{Reader, Slot, Store};

pub use sums::{Difference, Side, Simulated, Sum};

use crate::slots::each_slot;
use crate::{EngineError, limits};
use party::{Judges, Things};

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
    let judges = Judges { book, drafted: &drafted, simulation, clock };
    let by_slot = each_slot(store, threads, &|reader, slot| simulate_slot(reader, &judges, slot), progress)?;
    let mut whole = Simulated::default();
    by_slot.into_iter().for_each(|slot| whole.add(slot));
    Ok(whole)
}

fn simulate_slot(reader: &mut dyn Reader, judges: &Judges, slot: Slot) -> Result<Simulated, EngineError> {
    let mut slot_sums = Simulated::default();
    let mut things = Things::default();
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(slot_sums) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            judges.party(reader, &mut things, head, &mut slot_sums)?;
        }
    }
}
