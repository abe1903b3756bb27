//! The `makegood` command.

use std::process::ExitCode;

use clap::Parser;

/// Events are many small allocations on one thread that end on another: this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    makegood::run(makegood::Arguments::parse())
}
