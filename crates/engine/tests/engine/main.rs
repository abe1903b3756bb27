//! The engine on SQLite, in a folder of its own for each test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod charters;
mod clock;
mod desk;
mod dispatch;
mod failing;
mod fanout;
mod history;
mod invariants;
mod lines;
mod lying;
mod once;
mod quarantine;
mod races;
mod replay;
mod restore;
mod set_back;
mod simulate;
mod verify;
mod webhook;
