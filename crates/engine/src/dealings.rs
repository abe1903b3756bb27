//! What every party bought, slot by slot: what the models of value read. The log is never looked at.

use std::sync::atomic::{AtomicBool, Ordering};

use makegood_core::{Dealings, Trade};
use makegood_store::{Reader, SLOTS, Slot, Store};

use crate::{EngineError, limits, rows};

/// The trades of one party in one slot: its key, and what it bought under each charter and in each currency.
pub type Dealer = (Box<str>, Vec<(Trade, Dealings)>);

/// Everyone of a slot who dealt, in the order of keys.
///
/// # Errors
/// When the store fails, or a state cannot be read.
pub fn dealers_of_slot(reader: &mut dyn Reader, slot: Slot) -> Result<Vec<Dealer>, EngineError> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(found) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            let party = rows::party(&head.state)?;
            if !party.dealings.is_empty() {
                found.push((head.key.clone(), party.dealings.into_iter().collect()));
            }
        }
    }
}

/// Maps every slot of the database on up to `threads` threads, each with a reader of its own, and gives the results in the order
/// of slots. `progress` is told of each slot that is done.
///
/// # Errors
/// The first error of `work`, or of opening a reader.
pub fn each_slot<T: Send>(
    store: &dyn Store,
    threads: usize,
    work: &(dyn Fn(&mut dyn Reader, Slot) -> Result<T, EngineError> + Sync),
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<T>, EngineError> {
    let lanes = threads.clamp(1, usize::from(SLOTS));
    let stop = AtomicBool::new(false);
    let lane = |lane: usize| -> Result<Vec<(u16, T)>, EngineError> {
        let mut reader = store.reader()?;
        let mut done = Vec::new();
        for slot in (0..SLOTS).filter(|slot| usize::from(*slot) % lanes == lane) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let result = work(&mut *reader, Slot(slot)).inspect_err(|_| stop.store(true, Ordering::Relaxed));
            done.push((slot, result?));
            progress();
        }
        Ok(done)
    };
    let mut all = Vec::with_capacity(usize::from(SLOTS));
    std::thread::scope(|scope| {
        let lane = &lane;
        let lanes: Vec<_> = (0..lanes).map(|number| scope.spawn(move || lane(number))).collect();
        for joined in lanes {
            all.extend(joined.join().map_err(|_| EngineError::WorkerStopped)??);
        }
        Ok::<(), EngineError>(())
    })?;
    all.sort_by_key(|(slot, _)| *slot);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
