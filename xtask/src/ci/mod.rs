//! `cargo xtask ci`: every check, in one run that stops at the first failure.

mod audit;
mod balances;
mod books;
mod code;
mod demonstration;
mod history;
mod tools;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::bench::Stopwatch;
use crate::place::Place;
use crate::shell::{program, run as carry_out};
use crate::table::{row, table};

pub use demonstration::README_DEMO;

/// The command that runs every check, as the README says it.
pub const README_CI: &str = "cargo xtask ci";

/// Where to begin.
#[derive(Debug, Args)]
pub struct Options {
    /// Begin at the step of this number: go on after a failure was mended
    #[arg(long, value_name = "STEP", default_value_t = 1)]
    from: usize,
}

/// What the steps hand on to the report.
#[derive(Debug, Default)]
struct Run {
    /// The test runner's own summary.
    summary: Vec<String>,
}

type Step = fn(&Place, &mut Run) -> Result<()>;

/// The steps, in the order in which they are run: what is quick and what fails often comes first.
const STEPS: &[(&str, Step)] = &[
    ("The formatting", code::format),
    ("The lints", code::lints),
    ("The tests, with those of the arrows, the licences, the generated files and the README", code::tests),
    ("The examples in the documentation of the code", code::examples),
    ("Sudden deaths, a few hundred on both databases", sudden_deaths),
    ("Worlds from seeds, and an auditor that shares no code with the fold", worlds),
    ("The programs of others that check ours", tools::make_sure),
    ("The demonstration, sixty days of it", demonstration::run),
    ("The log folded again, the chains, the file", demonstration::look),
    ("The log as files, judged again and read by DuckDB", history::check),
    ("The books in other people's accounting programs", books::check),
    ("The same events once more", demonstration::again),
    ("The independent audit", audit::compare),
    ("The charters", code::charters),
];

/// Runs every step, or those from a later one on.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let whole = Stopwatch::start();
    let mut run = Run::default();
    let mut rows = Vec::new();
    for (number, (name, step)) in (1_usize..).zip(STEPS).skip(options.from.saturating_sub(1)) {
        println!("\n=== {number}/{} {name}", STEPS.len());
        let watch = Stopwatch::start();
        step(place, &mut run).with_context(|| format!("step {number}, {name}"))?;
        rows.push(row([(*name).to_owned(), seconds(watch.elapsed())]));
    }
    rows.push(row(["In all".to_owned(), seconds(whole.elapsed())]));
    let checks = if options.from > 1 { "These checks" } else { "All checks" };
    println!("\n=== {checks} passed\n{}", table(&rows, &[]));
    for line in &run.summary {
        println!("{line}");
    }
    Ok(())
}

fn sudden_deaths(place: &Place, _: &mut Run) -> Result<()> {
    carry_out(&mut program(place, "cargo", ["xtask", "torture"]))
}

fn worlds(_: &Place, _: &mut Run) -> Result<()> {
    crate::sim::in_ci()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
