//! The thread that makes commits durable while the next one is folded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use makegood_store::{Commit, CommitError, Queue, Slot, StoreError, Writer};

use crate::{EngineError, limits};

/// What became of a batch.
pub(crate) enum Outcome {
    /// It is durable.
    Durable,
    /// Somebody else wrote first; nothing of it was kept.
    Stale {
        /// Whose log it was.
        key: Box<str>,
        /// The version of it that the batch was folded from, where it was one of the batch's.
        base: Option<u64>,
    },
    /// It was not tried, because one before it was not kept.
    Skipped,
    /// The store failed.
    Failed(EngineError),
}

enum Order {
    Write {
        batch: u64,
        commit: Arc<Commit>,
    },
    /// Try again from here on, after a batch that was not kept.
    Resume,
    /// Others write too: see [`Writer::share`].
    Share,
    Claim {
        queue: Queue,
        slots: Vec<Slot>,
        answer: SyncSender<Result<Vec<Slot>, StoreError>>,
    },
    Release {
        queue: Queue,
        slots: Vec<Slot>,
        answer: SyncSender<Result<Vec<Slot>, StoreError>>,
    },
}

/// A writer on a thread of its own.
pub(crate) struct WriterThread {
    orders: Option<SyncSender<Order>>,
    outcomes: Receiver<(u64, Outcome)>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    pub fn start(writer: Box<dyn Writer>, claim_milliseconds: u32) -> Self {
        let (orders, received) = sync_channel(limits::COMMITS_IN_FLIGHT);
        let (answer, outcomes) = sync_channel(limits::COMMITS_IN_FLIGHT.saturating_mul(2));
        let thread = std::thread::spawn(move || write_all(writer, &received, &answer, claim_milliseconds));
        Self { orders: Some(orders), outcomes, thread: Some(thread) }
    }

    pub fn write(&self, batch: u64, commit: Arc<Commit>) -> Result<(), EngineError> {
        self.order(Order::Write { batch, commit })
    }

    pub fn resume(&self) -> Result<(), EngineError> {
        self.order(Order::Resume)
    }

    pub fn share(&self) -> Result<(), EngineError> {
        self.order(Order::Share)
    }

    /// Claims the queue of these slots, and gives those it got. They are kept until they are released or this is dropped.
    pub fn claim(&self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, EngineError> {
        let (answer, answered) = sync_channel(1);
        self.order(Order::Claim { queue, slots: slots.to_vec(), answer })?;
        Ok(answered.recv().map_err(|_| EngineError::WriterStopped)??)
    }

    pub fn release(&self, queue: Queue, slots: &[Slot]) -> Result<(), EngineError> {
        let (answer, answered) = sync_channel(1);
        self.order(Order::Release { queue, slots: slots.to_vec(), answer })?;
        answered.recv().map_err(|_| EngineError::WriterStopped)??;
        Ok(())
    }

    /// Waits for what became of the oldest batch that was not answered yet.
    pub fn outcome(&self) -> Result<(u64, Outcome), EngineError> {
        self.outcomes.recv().map_err(|_| EngineError::WriterStopped)
    }

    /// What became of the oldest batch, if that is known already.
    pub fn outcome_now(&self) -> Option<(u64, Outcome)> {
        self.outcomes.try_recv().ok()
    }

    fn order(&self, order: Order) -> Result<(), EngineError> {
        let orders = self.orders.as_ref().ok_or(EngineError::WriterStopped)?;
        orders.send(order).map_err(|_| EngineError::WriterStopped)
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the writer holds, renewed while it is held.
struct Claims {
    held: BTreeMap<Queue, BTreeSet<Slot>>,
    milliseconds: u32,
}

impl Claims {
    fn claim(&mut self, writer: &mut dyn Writer, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        let got = writer.claim(queue, slots, self.milliseconds)?;
        self.held.entry(queue).or_default().extend(&got);
        Ok(got)
    }

    fn release(&mut self, writer: &mut dyn Writer, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, StoreError> {
        if let Some(held) = self.held.get_mut(&queue) {
            held.retain(|slot| !slots.contains(slot));
        }
        self.held.retain(|_, held| !held.is_empty());
        writer.release(queue, slots)?;
        Ok(Vec::new())
    }

    /// Renews all. One that cannot be renewed runs out; another process may have it then.
    fn renew(&mut self, writer: &mut dyn Writer) {
        for (queue, held) in &mut self.held {
            let slots: Vec<Slot> = held.iter().copied().collect();
            if let Ok(kept) = writer.claim(*queue, &slots, self.milliseconds) {
                *held = kept.into_iter().collect();
            }
        }
    }

    /// Gives back what is left when nobody orders any more.
    fn give_back(self, writer: &mut dyn Writer) {
        for (queue, held) in self.held {
            // What is not given back runs out.
            let _ = writer.release(queue, &held.into_iter().collect::<Vec<_>>());
        }
    }
}

fn write_all(
    mut writer: Box<dyn Writer>,
    orders: &Receiver<Order>,
    answer: &SyncSender<(u64, Outcome)>,
    milliseconds: u32,
) {
    let mut halted = false;
    let mut claims = Claims { held: BTreeMap::new(), milliseconds };
    loop {
        let order = if claims.held.is_empty() {
            orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            orders.recv_timeout(Duration::from_millis(u64::from(milliseconds / 4)))
        };
        let (batch, outcome) = match order {
            Err(RecvTimeoutError::Disconnected) => return claims.give_back(&mut *writer),
            Err(RecvTimeoutError::Timeout) => {
                claims.renew(&mut *writer);
                continue;
            }
            Ok(Order::Resume) => {
                halted = false;
                continue;
            }
            Ok(Order::Share) => {
                writer.share();
                continue;
            }
            Ok(Order::Claim { queue, slots, answer }) => {
                let _ = answer.send(claims.claim(&mut *writer, queue, &slots));
                continue;
            }
            Ok(Order::Release { queue, slots, answer }) => {
                let _ = answer.send(claims.release(&mut *writer, queue, &slots));
                continue;
            }
            Ok(Order::Write { batch, .. }) if halted => (batch, Outcome::Skipped),
            Ok(Order::Write { batch, commit }) => (batch, outcome(writer.commit(&commit), &commit)),
        };
        halted = !matches!(outcome, Outcome::Durable);
        if answer.send((batch, outcome)).is_err() {
            return claims.give_back(&mut *writer);
        }
    }
}

fn outcome(answer: Result<(), CommitError>, commit: &Commit) -> Outcome {
    match answer {
        Ok(()) => Outcome::Durable,
        Err(CommitError::Stale { key }) => {
            let base = commit.heads.iter().find(|(head, _)| head.key == key).map(|(_, base)| *base);
            Outcome::Stale { key, base }
        }
        Err(CommitError::Charters { found, judged_by }) => Outcome::Failed(EngineError::Charters { found, judged_by }),
        Err(CommitError::Store(error)) => Outcome::Failed(error.into()),
        // Only a charter is refused so.
        Err(CommitError::NotAdmitted) => Outcome::Failed(EngineError::WriterStopped),
    }
}
