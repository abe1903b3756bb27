//! The engine: events come in, are folded in batches, and what follows leaves.
//!
//! The same engine serves one process with an embedded database and many processes with one server. It decides nothing about
//! promises or money: that is `core`'s. It never holds a lock over parties, and nothing it does is correct only because one
//! transaction spanned two of them.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod charters;
mod claims;
mod clock;
mod dealings;
mod dispatch;
mod feed;
mod folder;
mod history;
mod intake;
pub mod limits;
mod lines;
mod pages;
mod rebuild;
mod replay;
mod restore;
mod rounds;
pub mod rows;
mod session;
mod simulate;
pub mod sink;
mod slots;
mod sound;
mod standings;
mod verify;
mod working;
mod writer;

pub use charters::{Act, ActKind, CharterError, Decided, begin, charter_log, decide, put_in_force, withdraw};
pub use dealings::{Dealer, dealers_of_slot};
pub use dispatch::{Dispatched, Routes, Sink, SinkError, idempotency_key};
pub use feed::{Fed, FeedError, feed, feed_by};
pub use history::{EXPORT_STEPS, Estimate, ExportError, Exported, History, Range, Total, estimate, export};
pub use intake::{CHARTER_SOURCE, CLOCK_REACHED, CLOCK_SOURCE, Incoming, Logged, Origin, Reject, read, reread};
pub use lines::{Line, Lines};
pub use rebuild::{Rebuilt, read_line, rebuild};
pub use restore::{Restored, restore_until};
pub use session::Session;
pub use simulate::{Difference, Side, Simulated, Simulation, Sum, simulate, simulate_files};
pub use slots::each_slot;
pub use standings::{RecordedMoves, moves_of, moves_of_slot, standings_of_slot};
pub use verify::{Verified, verify};

use std::collections::BTreeSet;
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_core::invariant::Broken;
use makegood_core::{FoldError, StateError};
use makegood_store::{FanoutRow, InboxRow, InterestRow, QuarantineRow, StoreError};

/// A piece of work for the fold.
#[derive(Debug, Clone)]
pub enum Work {
    /// An event arrived.
    Event(Box<Incoming>),
    /// The clock came to a moment a party waits for.
    Clock {
        /// The party.
        party: Box<str>,
        /// The moment.
        at: Moment,
    },
    /// A thing's event waits in a party's inbox.
    Deliver(InboxRow),
    /// A thing's event has not reached everyone yet.
    Fanout {
        /// How far it has come.
        row: FanoutRow,
        /// Whom it reached when it was recorded.
        told: Arc<BTreeSet<Box<str>>>,
    },
    /// A thing's event for one party, of those that are told together.
    Tell(InboxRow),
    /// Things' events that have reached everyone.
    Told(Vec<FanoutRow>),
    /// Parties came to hold an interest in a thing of which others may have said more.
    Newcomers(Arc<Newcomers>),
    /// A party has not heard yet what was said of a thing before.
    Introduce(InterestRow),
    /// A line was not taken.
    SetAside(QuarantineRow),
}

/// Parties that came to hold an interest in a thing, and how much of what was said of it they have heard.
#[derive(Debug, Clone)]
pub struct Newcomers {
    /// What stands in the database until all of them have heard the rest.
    pub row: FanoutRow,
    /// The last event of the thing that was known when the first of them came.
    pub known: u64,
    /// The parties.
    pub parties: Vec<Box<str>>,
}

/// What was done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Events taken.
    pub events: u64,
    /// Events that were known already.
    pub known: u64,
    /// Lines and events set aside.
    pub set_aside: u64,
    /// Deliveries of a thing's event to a party.
    pub delivered: u64,
    /// Moments of the clock.
    pub clock: u64,
}

/// Why the engine stopped. Everything committed before stands.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files of a history cannot be read.
    #[error(transparent)]
    History(#[from] makegood_history::HistoryError),
    /// A stored state cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// A fold had no result: an invariant would be broken.
    #[error("`{key}` cannot be folded")]
    Fold {
        key: Box<str>,
        #[source]
        error: Box<FoldError>,
    },
    /// An invariant would be broken by what was to be done; it was not done.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The engine's own event was refused.
    #[error("{what} was refused: {reason}")]
    Refused { what: String, reason: String },
    /// An event of the log cannot be read under the charters in force.
    #[error("event {seq} of `{key}` cannot be read: {reason}")]
    Unreadable { key: Box<str>, seq: u64, reason: String },
    /// A charter version was put in force that this process does not know. Nothing was judged without it.
    #[error("a charter version was put in force meanwhile: {judged_by} were known, and there are {found}")]
    Charters { found: u32, judged_by: u32 },
    /// What was at hand is not at hand: an error of the program.
    #[error("`{key}` was lost from hand")]
    Lost { key: Box<str> },
    /// A thread that reads slots has stopped.
    #[error("a thread that was reading has stopped")]
    WorkerStopped,
    /// The thread that writes has stopped.
    #[error("the writer has stopped")]
    WriterStopped,
    /// Parties wait for a moment that has come, and looking at them again and again changed nothing.
    #[error("the clock does not come to {until}: other processes keep moving it")]
    Idle { until: Moment },
    /// Another process holds the work, and neither ends nor dies.
    #[error("{what} are held by another process, which does not come to an end with them")]
    Held { what: &'static str },
    /// Others wrote again and again while this process tried.
    #[error("gave up after {attempts} attempts: other processes kept writing to `{key}`")]
    Contended { key: Box<str>, attempts: u32 },
}
