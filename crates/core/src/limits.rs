//! The bounds of the fold. Reaching one is a documented refusal, never a loss in silence.

/// Proofs a promise remembers; a further one is refused (`too-many-proofs`).
pub const PROOFS: usize = 32;
/// Events that one count of a party remembers; the oldest are let go.
pub const COUNTED: usize = 1_000;
/// Grants of rights with a bound over time that a party remembers; the oldest are let go. A calendar year is one.
pub const GIVEN: usize = 1_000;
/// Rights that other charters weigh, of which a party remembers how they stand; the oldest are let go.
pub const WEIGHED: usize = 1_000;
/// Claims of one promise that wait to be decided; a further one is refused (`too-many-claims`).
pub const CLAIMS: usize = 16;
