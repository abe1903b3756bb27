//! Looking over all of history is a map over slots and a sum.

use std::sync::atomic::{AtomicBool, Ordering};

use makegood_store::{Reader, SLOTS, Slot, Store};

use crate::EngineError;

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
        for slot in (0..SLOTS).skip(lane).step_by(lanes) {
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
