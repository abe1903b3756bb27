//! The invariants of the design, by number. A broken one stops the write and names itself.

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invariant {number} is broken ({name}): {what}")]
pub struct Broken {
    /// Its number.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// What was found.
    pub what: String,
}

/// An invariant: its number and its name.
pub type Invariant = (u8, &'static str);

/// 1: folding the log again gives the same states and views: nothing changes but by a line of the log.
pub const REPLAY: Invariant = (1, "replay");
/// 2: an event counts once.
pub const ONCE: Invariant = (2, "once");
/// 3: what a customer was credited is never taken back by the machine, and a settled promise never gets worse.
pub const LATE_EVIDENCE: Invariant = (3, "late evidence can only help");
/// 4: every posting sums to zero, every amount owed is above zero.
pub const MONEY: Invariant = (4, "money");
/// 5: every remedy carries its reason.
pub const BECAUSE: Invariant = (5, "because");
/// 6: a charter version never changes once in force.
pub const PUBLISHED: Invariant = (6, "the published is what runs");
/// 7: nothing leaves before it is committed.
pub const LEAVES: Invariant = (7, "nothing leaves before it is committed");
/// 8: nothing is correct only because a transaction spanned two parties; every row stands in the slot of its key.
pub const SLOTS: Invariant = (8, "nothing spans two parties");
/// 10: the owner of what is delegated stays, and each delegation is a promise of its own to whoever delegated.
pub const DELEGATION: Invariant = (10, "delegating does not end a duty");

/// Refuses unless `holds`.
pub fn check((number, name): Invariant, holds: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { number, name, what: what() }) }
}
