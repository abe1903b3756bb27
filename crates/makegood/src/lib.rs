//! The commands of Makegood and their wiring. This is the only crate that names a database, reads the clock, or opens a file.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod arguments;
mod books;
mod clock;
mod commands;
pub mod demo;
mod epcis;
mod failure;
mod files;
mod judge;
mod language;
mod open;
mod output;
mod statement;
mod story;
mod value;

pub use arguments::Arguments;
pub use failure::Failure;

use std::process::ExitCode;

/// Carries out a command: 0 when it did what was asked, 1 when something was found wrong or set aside, 2 when it could not be done.
pub fn run(arguments: Arguments) -> ExitCode {
    match commands::run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprint!("{failure}");
            ExitCode::from(2)
        }
    }
}
