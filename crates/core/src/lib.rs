//! The heart of Makegood: `fold(party, event, charter) -> (party', effects)`.
//!
//! Pure: no clock, no I/O, no randomness, no floating-point money. Ids are derived from causes, so that the same history gives
//! the same ids everywhere. What must happen in the world comes out as data ([`Folded`]); the shell carries it out in the commit
//! that records the event.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod award;
pub mod because;
mod beside;
pub mod custody;
mod dealings;
mod event;
mod fold;
pub mod heard;
pub mod id;
pub mod invariant;
pub mod ledger;
pub mod limits;
mod message;
mod people;
mod play;
mod promise;
pub mod reckoning;
mod remedy;
mod right;
mod role;
mod rulebook;
pub mod stage;
mod state;
mod tally;
mod word;

pub use award::in_charter_money;
pub use beside::{Beside, BesideKind};
pub use custody::{Custody, Hand};
pub use dealings::{DealingDay, Dealings, Trade};
pub use event::{Event, Form, Happening};
pub use fold::{Context, FoldError, Folded, Loaded, Needs, Refusal, fold, needs, with_ties};
pub use id::{Ident, Name, PartId};
pub use message::{Message, Topic, notice_text, promise_text};
pub use play::{Play, PlayState, Pledge, StepState};
pub use remedy::refusal;
pub use role::{Absence, Role, not_their_role, whose_role};
pub use rulebook::{Budget, CharterTag, Rulebook, Rules};
pub use state::{
    Claim, Clause, Counted, Denied, DeniedBy, Given, Granted, Hands, Held, Party, Promise, PromiseState, Proof, Remedy,
    RemedyKind, RemedyState, Stands, StateError, Weighed, decode, encode,
};
pub use word::{Acceptance, Delegation, Finding, Rhythm, Said, Verdict, Word};

#[cfg(test)]
mod tests;
