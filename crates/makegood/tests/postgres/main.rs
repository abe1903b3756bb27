//! The command on PostgreSQL: the same product as on SQLite, and several processes at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    dead_code,
    reason = "tests fail by panicking, measure time, and use a part of the desk"
)]

mod airline;
mod copies;
#[path = "../cli/desk.rs"]
mod desk;
mod outage;
mod processes;
mod same;
mod sudden;
