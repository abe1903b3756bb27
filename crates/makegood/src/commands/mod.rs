//! The commands, one file each. Each gives true when it did what was asked, and false when it found something wrong.

mod charter;
mod copies;
mod custody;
mod db;
mod demo;
mod dispatch;
mod doctor;
mod equity;
mod estimate;
mod history;
pub mod in_force;
mod ledger;
mod play;
mod promise;
mod quarantine;
mod rebuild;
mod remedy;
mod repair;
mod run;
mod send;
mod simulate;
mod stage;
mod tick;
mod value;
mod verify;

use makegood_charter::Moment;

pub(crate) use stage::end_of;

use crate::arguments::{Arguments, Command};
use crate::{Failure, clock, story};

/// Carries out a command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    match arguments.command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Run(run) => run::run(&run),
        Command::Explain(explain) => story::run(&explain),
        Command::Ledger(ledger) => ledger::run(&ledger),
        Command::Charter(charter) => charter::run(&charter),
        Command::Remedy(remedy) => remedy::run(&remedy),
        Command::Custody(custody) => custody::run(&custody),
        Command::Promise(promise) => promise::run(&promise),
        Command::Play(play) => play::run(&play),
        Command::Repair(repair) => repair::run(&repair),
        Command::Value(value) => value::run(&value),
        Command::Equity(equity) => equity::run(&equity),
        Command::Stage(stage) => stage::run(&stage),
        Command::Tick(tick) => tick::run(&tick),
        Command::Dispatch(dispatch) => dispatch::run(&dispatch),
        Command::Quarantine(quarantine) => quarantine::run(&quarantine),
        Command::Rebuild(database) => rebuild::run(&database),
        Command::Verify(database) => verify::run(&database),
        Command::Doctor(database) => doctor::run(&database),
        Command::Backup { database, to } => copies::back_up(&database, &to),
        Command::Restore { from, database, until: None } => copies::restore(&from, &database),
        Command::Restore { from, database, until: Some(until) } => copies::restore_until(&from, &database, &until),
        Command::Migrate { from, to } => copies::migrate(&from, &to),
        Command::History(history) => history::run(&history),
        Command::Db(db) => db::run(&db),
    }
}

/// A moment as an argument: `now`, an RFC 3339 time, or a date (its midnight in UTC).
fn moment(text: &str) -> Result<Moment, Failure> {
    moment_in(text, &jiff::tz::TimeZone::UTC)
}

/// The same, where a date is its midnight in a zone.
fn moment_in(text: &str, zone: &jiff::tz::TimeZone) -> Result<Moment, Failure> {
    if text == "now" {
        return Ok(clock::now());
    }
    makegood_charter::clock::parse_moment(text, zone)
        .map_err(|error| Failure::from_error("M015", &error, "write `now`, or a time such as 2026-01-31T12:00:00Z"))
}
