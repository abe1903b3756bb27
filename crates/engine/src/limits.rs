//! The bounds of the engine. Reaching one is a documented answer.

/// Bytes of one line of input; a longer one is set aside (`line-too-long`) without being held in memory.
pub const LINE_BYTES: usize = 1024 * 1024;
/// Bytes of a line that is too long, kept in the quarantine.
pub const QUARANTINED_BYTES: usize = 16 * 1024;
/// How far ahead of the clock an event's time may be before it is set aside (`from-the-future`), in milliseconds: a day.
pub const FUTURE_SKEW: i64 = 24 * 60 * 60 * 1000;
/// Lines of logs in one commit, at most about this many. Large, because each commit touches pages in every slot; a feed that
/// pauses closes its commit sooner.
pub const COMMIT_LINES: usize = 65_536;
/// Commits handed to the writer and not yet durable.
pub const COMMITS_IN_FLIGHT: usize = 1;
/// Parties one event about a thing reaches in the commit that records it; the others follow in portions of this size.
pub const FANOUT_PORTION: usize = 4_096;
/// Pieces of work taken together from which on they are gathered, where a store is shared, and worked a share of the slots at a time.
pub const GATHER_FROM: usize = 1_024;
/// Pieces of work that are gathered at most.
pub const GATHERED: usize = 65_536;
/// Events whose questions are asked together, where each question travels to a server.
pub const READ_AHEAD: usize = 8_192;
/// Parties and things whose state is kept at hand between commits.
pub const AT_HAND: usize = 50_000;
/// Promises, remedies and idents of one party that are kept at hand, beside those of batches that are not durable yet.
pub const PARTS_AT_HAND: usize = 4_096;
/// Rows read at once from a slot by the clock, the sweep and the dispatch.
pub const SLOT_ROWS: usize = 1_000;
/// Rounds of the clock in a row that find parties whose moment has come, and nothing to do for them: other processes were faster.
pub const IDLE_ROUNDS: u32 = 50;
/// How long a claim on a slot's work lasts unless it is renewed, in milliseconds: after so long what a dead process held goes on.
pub const CLAIM_MILLISECONDS: u32 = 15_000;
/// Slots that are claimed together, under the first of them: a claim for each would cost more than it saves.
pub const GROUP: u16 = 32;
/// Groups of slots that one process claims at a time where others work too: a quarter of all.
pub const CLAIMED_GROUPS: usize = 8;
/// Groups of slots of the first round of much work.
pub const FIRST_GROUPS: usize = 2;
/// Rounds in a row, ten a second, in which all that waits is held by others: five minutes.
pub const HELD_ROUNDS: u32 = 3_000;
/// Seats of sessions that take in much at once: see [`makegood_store::Queue::Feeding`].
pub const SEATS: u16 = 16;
/// How often, ten times a second, a sweep looks whether what it found is being worked by those who take in much: ten seconds.
pub const PATIENCE: u32 = 100;
/// Days before and after a day whose spent budgets are read with its own.
pub const BUDGET_DAYS: i32 = 64;
/// Commits after which spent budgets are read again where others spend too.
pub const BUDGET_COMMITS: u64 = 32;
/// Messages handed to receivers at once, at most about this many.
pub const MESSAGES: usize = 10_000;
/// How long after each failed attempt the next is made, in milliseconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
/// After the last the message is given up and stays to be seen.
pub const RETRY_AFTER: [i64; 9] =
    [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000];

/// What is left of a bound after so many attempts at a batch that others overtook: half of it for each, and never less than a few.
pub fn after_attempts(bound: usize, attempts: u32) -> usize {
    bound.checked_shr(attempts).unwrap_or(0).max(bound.min(16))
}

/// The bounds of a session that trade memory and patience against speed. Results do not depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// See [`COMMIT_LINES`].
    pub commit_lines: usize,
    /// See [`FANOUT_PORTION`].
    pub fanout_portion: usize,
    /// See [`AT_HAND`].
    pub at_hand: usize,
    /// See [`PARTS_AT_HAND`].
    pub parts_at_hand: usize,
    /// See [`CLAIM_MILLISECONDS`].
    pub claim_milliseconds: u32,
    /// See [`COMMITS_IN_FLIGHT`], which is the most. With none, each commit is awaited before the next batch is folded.
    pub commits_in_flight: usize,
    /// See [`GATHER_FROM`].
    pub gather_from: usize,
    /// See [`GATHERED`].
    pub gathered: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            commit_lines: COMMIT_LINES,
            fanout_portion: FANOUT_PORTION,
            at_hand: AT_HAND,
            parts_at_hand: PARTS_AT_HAND,
            claim_milliseconds: CLAIM_MILLISECONDS,
            commits_in_flight: COMMITS_IN_FLIGHT,
            gather_from: GATHER_FROM,
            gathered: GATHERED,
        }
    }
}
