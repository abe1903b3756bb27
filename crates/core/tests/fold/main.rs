//! The fold, told as stories of one party under a small charter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod aims;
mod awards;
mod custody;
mod dealings;
mod decisions;
mod evidence;
mod exceptions;
mod language;
mod ledger;
mod messages;
mod payments;
mod people;
mod plays;
mod reasons;
mod stages;
mod states;
mod versions;
mod world;
