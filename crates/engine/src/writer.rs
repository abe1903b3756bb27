//! The thread that makes commits durable while the next one is folded.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use makegood_store::{Commit, CommitError, Writer};

use crate::{EngineError, limits};

/// What became of a batch.
pub(crate) enum Outcome {
    /// It is durable.
    Durable,
    /// Somebody else wrote first; nothing of it was kept.
    Stale(Box<str>),
    /// It was not tried, because one before it was not kept.
    Skipped,
    /// The store failed.
    Failed(EngineError),
}

enum Order {
    Write {
        batch: u64,
        commit: Box<Commit>,
    },
    /// Try again from here on, after a batch that was not kept.
    Resume,
}

/// A writer on a thread of its own.
pub(crate) struct WriterThread {
    orders: Option<SyncSender<Order>>,
    outcomes: Receiver<(u64, Outcome)>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    pub fn start(writer: Box<dyn Writer>) -> Self {
        let (orders, received) = sync_channel(limits::COMMITS_IN_FLIGHT);
        let (answer, outcomes) = sync_channel(limits::COMMITS_IN_FLIGHT.saturating_mul(2));
        let thread = std::thread::spawn(move || write_all(writer, &received, &answer));
        Self { orders: Some(orders), outcomes, thread: Some(thread) }
    }

    pub fn write(&self, batch: u64, commit: Commit) -> Result<(), EngineError> {
        self.order(Order::Write { batch, commit: Box::new(commit) })
    }

    pub fn resume(&self) -> Result<(), EngineError> {
        self.order(Order::Resume)
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

fn write_all(mut writer: Box<dyn Writer>, orders: &Receiver<Order>, answer: &SyncSender<(u64, Outcome)>) {
    let mut halted = false;
    while let Ok(order) = orders.recv() {
        let (batch, outcome) = match order {
            Order::Resume => {
                halted = false;
                continue;
            }
            Order::Write { batch, .. } if halted => (batch, Outcome::Skipped),
            Order::Write { batch, commit } => match writer.commit(&commit) {
                Ok(()) => (batch, Outcome::Durable),
                Err(CommitError::Stale { key }) => (batch, Outcome::Stale(key)),
                Err(CommitError::Charters { found, judged_by }) => {
                    (batch, Outcome::Failed(EngineError::Charters { found, judged_by }))
                }
                Err(CommitError::Store(error)) => (batch, Outcome::Failed(error.into())),
                // Only a charter is refused so.
                Err(CommitError::NotAdmitted) => (batch, Outcome::Failed(EngineError::WriterStopped)),
            },
        };
        halted = !matches!(outcome, Outcome::Durable);
        if answer.send((batch, outcome)).is_err() {
            return;
        }
    }
}
