//! `cargo xtask`.

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::place::Place;
use xtask::{bench, ci, generated, sim, torture};

/// What is done with this workspace, each by one command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Every check, as continuous integration runs them
    Ci(ci::Options),
    /// Write the committed files that are made from the code
    Generate,
    /// Measure, and show each figure beside its goal
    Bench(bench::Options),
    /// Kill processes, servers and connections at any moment, and see that nothing is lost
    Torture(torture::Options),
    /// Live worlds from seeds, with faults, and let an independent auditor look at what is left
    Sim(sim::Options),
    /// The process that `torture` kills
    #[command(hide = true)]
    TortureChild(torture::Child),
    /// The child process whose memory `bench` reports
    #[command(hide = true)]
    Feed(bench::Feed),
    /// The child processes that share lines in `bench storage`
    #[command(hide = true)]
    Share(bench::Share),
    /// The child process whose memory `bench value` reports
    #[command(hide = true)]
    FitMany(bench::FitMany),
}

/// The allocator of the product, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let task = Arguments::parse().task;
    let place = Place::find()?;
    match task {
        Task::Ci(options) => ci::run(&place, &options),
        Task::Generate => generated::write(&place),
        Task::Bench(options) => bench::run(&place, &options),
        Task::Torture(options) => torture::run(&place, &options),
        Task::Sim(options) => sim::simulate(&options),
        Task::TortureChild(child) => torture::child(&place, &child),
        Task::Feed(feed) => bench::feed(&place, &feed),
        Task::Share(share) => bench::share(&place, &share),
        Task::FitMany(fit) => bench::fit_many(&fit),
    }
}
