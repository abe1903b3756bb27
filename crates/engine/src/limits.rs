//! The bounds of the engine. Reaching one is a documented answer.

/// Bytes of one line of input; a longer one is set aside (`line-too-long`) without being held in memory.
pub const LINE_BYTES: usize = 1024 * 1024;
/// Bytes of a line that are kept in the quarantine.
pub const QUARANTINED_BYTES: usize = 16 * 1024;
/// How far ahead of the clock an event's time may be before it is set aside (`from-the-future`), in milliseconds: a day.
pub const FUTURE_SKEW: i64 = 24 * 60 * 60 * 1000;
/// Lines of logs in one commit, at most about this many. Large, because each commit touches pages in every slot; a feed that
/// pauses closes its commit sooner.
pub const COMMIT_LINES: usize = 65_536;
/// Commits handed to the writer and not yet durable.
pub const COMMITS_IN_FLIGHT: usize = 2;
/// Parties one event about a thing reaches in the commit that records it; the others follow in portions of this size.
pub const FANOUT_PORTION: usize = 4_096;
/// Parties and things whose state is kept at hand between commits.
pub const AT_HAND: usize = 100_000;
/// Events of one thing that a newly interested party is told, at most; beyond it the promise is refused (`thing-too-long`).
pub const THING_EVENTS: usize = 10_000;
/// Rows read at once from a slot by the clock, the sweep and the dispatch.
pub const SLOT_ROWS: usize = 1_000;
/// Attempts to deliver a message before it is given up.
pub const ATTEMPTS: u32 = 10;
/// Messages handed to receivers at once, at most about this many.
pub const MESSAGES: usize = 10_000;
