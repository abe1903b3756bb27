//! The command itself: what it is given, what it answers, and with which code it ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bad_input;
mod books;
mod charters;
mod custody;
mod databases;
mod decisions;
mod desk;
mod explain;
mod inputs;
mod languages;
mod models;
mod people;
mod plays;
mod stages;
mod sudden;
mod tutorial;
mod value;
