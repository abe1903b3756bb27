//! The `makegood` command.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    makegood::run(makegood::Arguments::parse())
}
