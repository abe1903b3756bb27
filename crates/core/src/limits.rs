//! The bounds of the fold. Reaching one is a documented answer, never a loss in silence.

/// Proofs that a promise remembers. When the last place is taken its owner is asked; a further proof is not remembered, so that
/// the doubt is the party's.
pub const PROOFS: usize = 32;
/// Events that one count of a party remembers; the oldest are let go.
pub const COUNTED: usize = 1_000;
/// Grants of rights with a bound over time that a party remembers; the oldest are let go. A calendar year is one.
pub const GIVEN: usize = 1_000;
/// Rights that other charters weigh, of which a party remembers how they stand; the oldest are let go.
pub const WEIGHED: usize = 1_000;
/// Events that a play remembers for its steps and endings; a further one is heard by the promises alone.
pub const HEARD: usize = 200;
/// Hand-offs of one thing that a party remembers; a further one is a question to the owner.
pub const HANDS: usize = 100;
/// Claims of one promise that wait to be decided. A further one is a question for the owner, who decides it by hand.
pub const CLAIMS: usize = 16;
