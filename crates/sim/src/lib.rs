//! A seeded world that drives the engine, by its public API, through everything that may go wrong, and an independent auditor
//! (`makegood-auditor`) that says whether what is left is what the rules make of what happened.
//!
//! Everything comes from one seed: what happens ([`Plan`]), in which order and how often it is told, by which of several sessions on
//! one database, when a session dies and how much of its last commit is durable, when the clock jumps, how receivers behave. Time is
//! the plan's own. The steps are carried out one after another on one thread, and what a session leaves to its own threads is awaited,
//! so the same seed gives the same trace to the byte.

mod charter;
mod company;
mod frail;
mod look;
mod orders;
mod plan;
mod post;
mod run;
mod shrink;
mod tamper;
mod trace;

pub use orders::compare_orders;
pub use plan::{Do, Plan, Setting, Step};
pub use run::{Database, Outcome, Trouble, run};
pub use shrink::{Shrunk, shrink};
pub use tamper::Tamper;
