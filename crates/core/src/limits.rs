//! The bounds of the fold. Reaching one is a documented refusal, never a loss in silence.

/// Proofs a promise remembers; a further one is refused (`too-many-proofs`).
pub const PROOFS: usize = 32;
/// Claims of one promise that wait to be decided; a further one is refused (`too-many-claims`).
pub const CLAIMS: usize = 16;
