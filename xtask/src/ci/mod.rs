//! `cargo xtask ci`: every check, in one run that stops at the first failure.

mod audit;
mod balances;
mod books;
mod code;
mod demonstration;
mod tools;

use std::time::Duration;

use anyhow::{Context, Result};

use crate::bench::Stopwatch;
use crate::place::Place;
use crate::table::{row, table};

pub use demonstration::README_DEMO;

/// The command that runs every check, as the README says it.
pub const README_CI: &str = "cargo xtask ci";

/// What the steps hand on.
#[derive(Debug, Default)]
struct Run {
    /// The test runner's own summary.
    summary: Vec<String>,
    /// The demonstration's statement.
    demonstration: serde_json::Value,
}

type Step = fn(&Place, &mut Run) -> Result<()>;

/// The steps, in the order in which they are run: what is quick and what fails often comes first.
const STEPS: &[(&str, Step)] = &[
    ("The formatting", code::format),
    ("The lints", code::lints),
    ("The tests, with those of the arrows, the licences, the generated files and the README", code::tests),
    ("The examples in the documentation of the code", code::examples),
    ("The programs of others that check ours", tools::make_sure),
    ("The demonstration, sixty days of it", demonstration::run),
    ("The log folded again, the chains, the file", demonstration::look),
    ("The books in other people's accounting programs", books::check),
    ("The same events once more", demonstration::again),
    ("The independent audit", audit::compare),
    ("The charters", code::charters),
];

/// Runs every step.
pub fn run(place: &Place) -> Result<()> {
    let whole = Stopwatch::start();
    let mut run = Run::default();
    let mut rows = Vec::new();
    for (number, (name, step)) in (1_usize..).zip(STEPS) {
        println!("\n=== {number}/{} {name}", STEPS.len());
        let watch = Stopwatch::start();
        step(place, &mut run).with_context(|| format!("step {number}, {name}"))?;
        rows.push(row([(*name).to_owned(), seconds(watch.elapsed())]));
    }
    rows.push(row(["In all".to_owned(), seconds(whole.elapsed())]));
    println!("\n=== Every check passed\n{}", table(&rows, &[]));
    for line in &run.summary {
        println!("{line}");
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
