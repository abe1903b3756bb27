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
/// Days with a purchase that a party remembers for its stage under one charter; the oldest are let go.
pub const BOUGHT: usize = 4_096;
/// Other events of one kind that a party remembers for its stage under one charter; the oldest are let go.
pub const SEEN: usize = 64;
/// Judgements from outside that a party remembers for its stage under one charter; the oldest are let go.
pub const JUDGED: usize = 64;
/// Events that a play remembers for its steps and endings; a further one is heard by the promises alone.
pub const HEARD: usize = 200;
/// Promises of people that a play remembers, where its playbook asks whether they were handed on; a further one does not count.
pub const PLEDGES: usize = 200;
/// Days with a credit that a party remembers; the oldest are let go.
pub const CREDITED: usize = 1_000;
/// Roles, and absences, that a party remembers; the oldest are let go.
pub const ROLES: usize = 100;
/// Hand-offs of one thing that a party remembers; a further one is a question to the owner.
pub const HANDS: usize = 100;
/// Claims of one promise that wait to be decided. A further one is a question for the owner, who decides it by hand.
pub const CLAIMS: usize = 16;
/// How often a promise is delegated onward from one person to the next; a further delegation is refused.
pub const DELEGATION_DEPTH: usize = 8;
/// How many people one promise is delegated to by one who does it, refusals included; a further delegation is refused.
pub const DELEGATIONS: usize = 16;
/// Verdicts of the promisee that a promise remembers; a further one is refused.
pub const VERDICTS: usize = 8;
/// How many times a promise that comes back is made at once, where nothing was heard for long; the rest are made by the clock.
pub const CATCH_UP: usize = 120;
/// Characters of a text in which promises are looked for; what follows is not read.
pub const TEXT_HEARD: usize = 10_000;
/// Promises that one text suggests; further ones are not suggested.
pub const SUGGESTIONS: usize = 20;
