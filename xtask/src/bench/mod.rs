//! `cargo xtask bench`: what is measured, each figure beside its goal. It never fails on a figure.

mod conditions;
mod full;
mod history;
mod late_flight;
mod machine;
mod measure;
mod memory;
mod path;
mod people;
mod plays;
mod recording;
mod storage;
mod value;
pub(crate) mod world;

pub use measure::Stopwatch;
pub use memory::{Feed, feed};
pub use storage::{Share, share};
pub use value::{FitMany, fit_many};

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::place::Place;
use crate::shell::{program, run as carry_out};
use crate::table::{row, table};

/// What is measured, and how much of it.
#[derive(Debug, Args)]
pub struct Options {
    /// Days of the demonstration's year that go through the full path
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// Rounds of everything that is measured in turns
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Days in the small log whose memory is compared with that of a log ten times as long
    #[arg(long, default_value_t = 36, value_parser = clap::value_parser!(u16).range(1..=36))]
    log_days: u16,
    /// Also live through the whole year with every seat of every flight
    #[arg(long)]
    full: bool,
    /// Only one part
    #[command(subcommand)]
    part: Option<Part>,
}

/// A part that is measured by itself.
#[derive(Debug, Subcommand)]
enum Part {
    /// Lifetime value, beside Python's lifetimes 0.11.3
    Value(value::Options),
    /// Questions to ten million recorded events, beside DuckDB on the same Parquet files
    History(history::Options),
    /// The two databases: PostgreSQL against bare COPY, timers, a large party, a popular thing, rebuild and verify
    Storage(storage::Options),
    /// Promises that people make: many due in the same minute, and parties rich in stories, plays among them
    People,
}

/// One line of the report.
#[derive(Debug)]
struct Figure {
    what: String,
    figure: String,
    goal: String,
}

impl Figure {
    fn new(what: impl Into<String>, figure: impl Into<String>, goal: impl Into<String>) -> Self {
        Self { what: what.into(), figure: figure.into(), goal: goal.into() }
    }
}

/// Measures everything and prints the report.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        let again = ["run", "--release", "--quiet", "--package", "xtask", "--"].map(ToOwned::to_owned);
        return carry_out(&mut program(place, "cargo", again.into_iter().chain(std::env::args().skip(1))));
    }
    match &options.part {
        Some(Part::Value(options)) => return value::run(place, options),
        Some(Part::History(options)) => return history::run(place, options),
        Some(Part::Storage(options)) => return storage::run(place, options),
        Some(Part::People) => {
            let mut figures = people::measure(place, options.rounds)?;
            figures.extend(plays::measure(place, options.rounds)?);
            return report(figures);
        }
        None => {}
    }
    let mut figures = path::measure(place, options.days, options.rounds)?;
    figures.extend(late_flight::measure(place)?);
    figures.extend(conditions::measure(options.rounds)?);
    figures.extend(memory::measure(place, options.log_days)?);
    figures.extend(people::measure(place, options.rounds)?);
    figures.extend(plays::measure(place, options.rounds)?);
    if options.full {
        figures.extend(full::measure(place)?);
    }
    report(figures)
}

fn report(figures: Vec<Figure>) -> Result<()> {
    let mut rows = vec![row(["what", "figure", "goal"])];
    rows.extend(figures.into_iter().map(|figure| row([figure.what, figure.figure, figure.goal])));
    println!("\nThe machine\n{}\nThe figures\n{}", table(&machine::describe(), &[1]), table(&rows, &[1, 2]));
    Ok(())
}
