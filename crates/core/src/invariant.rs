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

/// 3: what a customer was credited is never taken back by the machine, and a settled promise never gets worse.
pub const LATE_EVIDENCE: (u8, &str) = (3, "late evidence can only help");
/// 4: every posting sums to zero, every amount owed is above zero.
pub const MONEY: (u8, &str) = (4, "money");
/// 5: every remedy carries its reason.
pub const BECAUSE: (u8, &str) = (5, "because");
/// 10: the owner of what is delegated stays, and each delegation is a promise of its own to whoever delegated.
pub const DELEGATION: (u8, &str) = (10, "delegating does not end a duty");

/// Refuses unless `holds`.
pub fn check((number, name): (u8, &'static str), holds: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { number, name, what: what() }) }
}
