//! Looking over all of history is a map over slots and a sum.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
    let slots: Vec<Slot> = (0..SLOTS).map(Slot).collect();
    each(&slots, threads, &|| Ok(store.reader()?), &|reader, slot| work(&mut **reader, *slot), progress)
}

/// Maps every item on up to `threads` threads, each with a helper of its own that `open` gives, and gives the results in the order of
/// the items. `progress` is told of each item that is done.
pub(crate) fn each<I: Sync, H, T: Send>(
    items: &[I],
    threads: usize,
    open: &(dyn Fn() -> Result<H, EngineError> + Sync),
    work: &(dyn Fn(&mut H, &I) -> Result<T, EngineError> + Sync),
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<T>, EngineError> {
    let lanes = threads.clamp(1, items.len().max(1));
    let (stop, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let lane = || -> Result<Vec<(usize, T)>, EngineError> {
        let mut helper = open()?;
        let mut done = Vec::new();
        // Whichever is free takes the next: items are not of one size.
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place).filter(|_| !stop.load(Ordering::Relaxed)) else { return Ok(done) };
            let result = work(&mut helper, item).inspect_err(|_| stop.store(true, Ordering::Relaxed));
            done.push((place, result?));
            progress();
        }
    };
    let mut all = Vec::with_capacity(items.len());
    std::thread::scope(|scope| {
        let lane = &lane;
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        for joined in lanes {
            all.extend(joined.join().map_err(|_| EngineError::WorkerStopped)??);
        }
        Ok::<(), EngineError>(())
    })?;
    all.sort_by_key(|(place, _)| *place);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
