use crate::limits::MAX_THREADS;

/// `work(0), work(1), …, work(count − 1)` in that order, computed on up to `threads` threads.
///
/// The results come back in the order of their numbers, so a sum over them is the same for every number of threads.
pub(crate) fn map<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, MAX_THREADS).min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let share = |thread: usize| (thread..count).step_by(threads).map(&work).collect::<Vec<T>>();
    let shares = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || share(thread))).collect();
        let mut shares = vec![share(0)];
        for other in others {
            match other.join() {
                Ok(done) => shares.push(done),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        shares
    });
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    let mut ordered = Vec::with_capacity(count);
    while ordered.len() < count {
        ordered.extend(shares.iter_mut().filter_map(Iterator::next));
    }
    ordered
}
