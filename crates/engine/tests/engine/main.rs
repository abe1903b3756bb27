//! The engine on SQLite, in a folder of its own for each test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod charters;
mod clock;
mod desk;
mod dispatch;
mod failing;
mod fanout;
mod history;
mod lines;
mod once;
mod quarantine;
mod races;
mod replay;
mod set_back;
mod simulate;
mod verify;
mod webhook;
