//! `cargo xtask bench value`: lifetime value beside Python's `lifetimes`, on the same customers in the same run.

mod python;
mod simulate;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use makegood_value::Summary;
use makegood_value::gamma_gamma::{self, SpendFit};
use makegood_value::lifetime::{Discount, Terms, score_all};
use makegood_value::repeat::{FitOptions, RepeatFit, RepeatModel, fit};
use serde_json::{Value, json};

use super::measure::{Stopwatch, median, peak_kib};
use super::{Figure, machine};
use crate::place::Place;
use crate::shell::{program, read};
use crate::table::{row, table};
use python::{Answer, Python};

/// The customers of CDNOW as the literature uses them.
const CDNOW: &str = "crates/value/tests/data/cdnow_summary.csv";
/// Rounds on the small data.
const ROUNDS: u16 = 15;
/// The sizes that show how cost grows.
const GROWTH: [usize; 5] = [125_000, 250_000, 500_000, 1_000_000, 2_000_000];
/// Periods of a year: the data are in weeks.
const WEEKS: f64 = 52.18;

/// What is measured of lifetime value.
#[derive(Debug, Args)]
pub struct Options {
    /// Simulated customers that both sides fit
    #[arg(long, default_value_t = 1_000_000)]
    customers: usize,
    /// Simulated customers whose memory is measured
    #[arg(long, default_value_t = 10_000_000)]
    memory: usize,
    /// Threads to fit and score with
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Leave Python out
    #[arg(long)]
    alone: bool,
}

/// What the child process fits.
#[derive(Debug, Args)]
pub struct FitMany {
    /// How many simulated customers
    #[arg(long)]
    customers: usize,
    /// Threads
    #[arg(long)]
    threads: usize,
}

/// Both fits, and how long they took.
struct Fitted {
    repeat: RepeatFit,
    spend: SpendFit,
    took: Duration,
}

impl Fitted {
    fn of(customers: &[Summary], threads: usize) -> Result<Self> {
        let options = FitOptions { threads, ..FitOptions::default() };
        let watch = Stopwatch::start();
        let repeat = fit(RepeatModel::BgNbd, customers, options)?;
        let spend = gamma_gamma::fit(customers, options)?;
        Ok(Self { repeat, spend, took: watch.elapsed() })
    }

    fn parameters(&self) -> [f64; 7] {
        let [r, alpha, a, b] = self.repeat.repeat.parameters();
        let [p, q, v] = self.spend.gamma_gamma.parameters();
        [r, alpha, a, b, p, q, v]
    }
}

/// Measures everything of lifetime value and prints the report.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let python = match options.alone {
        true => None,
        false => Python::new(place).inspect_err(|error| eprintln!("without lifetimes: {error:#}")).ok(),
    };
    let mut figures = Vec::new();
    cdnow(place, python.as_ref(), &mut figures)?;
    simulated(place, options, python.as_ref(), &mut figures)?;
    growth(options, &mut figures)?;
    memory(place, options, &mut figures)?;
    if python.is_none() {
        let why = if options.alone { "left out, as asked" } else { "not at hand: see above" };
        figures.push(Figure::new("Python's lifetimes 0.11.3", why, ""));
    }
    let mut rows = vec![row(["what", "figure", "goal"])];
    rows.extend(figures.into_iter().map(|figure| row([figure.what, figure.figure, figure.goal])));
    println!("\nThe machine\n{}\nThe figures\n{}", table(&machine::describe(), &[1]), table(&rows, &[1, 2]));
    Ok(())
}

/// Fits CDNOW; the middle of some rounds, on one thread.
fn rounds(customers: &[Summary]) -> Result<(Fitted, Duration)> {
    let mut times = Vec::new();
    let mut last = Fitted::of(customers, 1)?;
    for _ in 0..ROUNDS {
        last = Fitted::of(customers, 1)?;
        times.push(last.took);
    }
    Ok((last, median(times)))
}

fn cdnow(place: &Place, python: Option<&Python>, figures: &mut Vec<Figure>) -> Result<()> {
    let text = std::fs::read_to_string(place.root.join(CDNOW)).with_context(|| format!("`{CDNOW}` is missing"))?;
    let customers = text.lines().skip(1).map(summary).collect::<Option<Vec<_>>>().context("a row cannot be read")?;
    let (fitted, before) = rounds(&customers)?;
    let what = format!("CDNOW, {} customers: BG/NBD and Gamma-Gamma", customers.len());
    let Some(python) = python else {
        figures.push(Figure::new(what, milliseconds(before), ""));
        return Ok(());
    };
    let theirs = python.fit(place, &customers, ROUNDS, false, fitted.parameters())?;
    // Before and after: whoever else is at work then slows both sides.
    let (_, after) = rounds(&customers)?;
    let ours = before.max(after);
    figures.push(Figure::new(what, milliseconds(ours), ""));
    compare("CDNOW", ours, &theirs, "at least 100", figures);
    Ok(())
}

fn summary(line: &str) -> Option<Summary> {
    let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    let [_, repeats, last, age, spend] = *cells.as_slice() else { return None };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of purchases")]
    let repeats = repeats as u32;
    Some(Summary { repeats, last, age, spend })
}

/// Their time beside ours, and both likelihoods by their own function.
fn compare(name: &str, ours: Duration, theirs: &Answer, goal: &str, figures: &mut Vec<Figure>) {
    let times = theirs.repeat_seconds.iter().zip(&theirs.spend_seconds);
    let took = median(times.map(|(repeat, spend)| Duration::from_secs_f64(repeat + spend)).collect());
    figures.push(Figure::new(format!("{name}: the same by lifetimes 0.11.3"), milliseconds(took), ""));
    let times = took.as_secs_f64() / ours.as_secs_f64();
    figures.push(Figure::new(format!("{name}: lifetimes of ours"), format!("{times:.0} times"), goal));
    let parts = [("repeat buying", &theirs.repeat_likelihood), ("spend", &theirs.spend_likelihood)];
    for (part, likelihood) in parts {
        let figure = format!(
            "{:.6} and {:.6}, ours {:+.6}",
            likelihood.ours,
            likelihood.theirs,
            likelihood.ours - likelihood.theirs
        );
        figures.push(Figure::new(
            format!("{name}: log-likelihood of {part}, ours and theirs, by their function"),
            figure,
            "equal or better",
        ));
    }
    let parameters: Vec<String> = theirs.parameters.iter().map(|parameter| format!("{parameter:.4}")).collect();
    figures.push(Figure::new(format!("{name}: their r, alpha, a, b, p, q, v"), parameters.join(" "), ""));
}

fn simulated(place: &Place, options: &Options, python: Option<&Python>, figures: &mut Vec<Figure>) -> Result<()> {
    let customers = simulate::customers(options.customers)?;
    let mut times = Vec::new();
    let mut fitted = Fitted::of(&customers, options.threads)?;
    for _ in 0..3 {
        fitted = Fitted::of(&customers, options.threads)?;
        times.push(fitted.took);
    }
    let ours = median(times);
    let name = format!("{} simulated", options.customers);
    let what = format!("{name}: BG/NBD and Gamma-Gamma, {} threads", options.threads);
    figures.push(Figure::new(what, milliseconds(ours), "under 2 s on two cores"));
    let found: Vec<String> = fitted.parameters().iter().map(|parameter| format!("{parameter:.4}")).collect();
    let truth = "0.243 4.414 0.793 2.426 6.25 3.74 15.44 in truth";
    figures.push(Figure::new(format!("{name}: r, alpha, a, b, p, q, v"), found.join(" "), truth));
    let year = score(&customers, &fitted, options.threads, WEEKS)?;
    let ever = score(&customers, &fitted, options.threads, f64::INFINITY)?;
    for (horizon, took) in [("a year", year), ("all of the future", ever)] {
        let rate = options.customers as f64 / took.as_secs_f64() * 60.0 / 1e6;
        figures.push(Figure::new(
            format!("{name}: scored over {horizon}"),
            format!("{rate:.0} million a minute"),
            "at least 20 million",
        ));
    }
    if let Some(python) = python {
        println!("lifetimes fits {} customers once: this takes minutes", options.customers);
        let theirs = python.fit(place, &customers, 1, true, fitted.parameters())?;
        compare(&name, ours, &theirs, "at least 50", figures);
        if let Some(seconds) = theirs.score_seconds {
            let times = seconds / year.as_secs_f64();
            let figure = format!("{:.1} s, {times:.0} times ours", seconds);
            figures.push(Figure::new(format!("{name}: scored over a year by lifetimes"), figure, ""));
        }
    }
    Ok(())
}

fn score(customers: &[Summary], fitted: &Fitted, threads: usize, horizon: f64) -> Result<Duration> {
    let terms = Terms { discount: Discount::yearly(0.1, WEEKS)?, horizon, margin: 0.3, cost_per_purchase: 0.0 };
    let watch = Stopwatch::start();
    let scores = score_all(&fitted.repeat.repeat, &fitted.spend.gamma_gamma, customers, &terms, threads)?;
    let took = watch.elapsed();
    anyhow::ensure!(scores.len() == customers.len(), "not everybody was scored");
    Ok(took)
}

/// How cost grows with customers.
fn growth(options: &Options, figures: &mut Vec<Figure>) -> Result<()> {
    let all = simulate::customers(GROWTH.into_iter().max().unwrap_or_default())?;
    for count in GROWTH {
        let customers = all.get(..count).unwrap_or_default();
        let times = (0..3).map(|_| Ok(Fitted::of(customers, options.threads)?.took)).collect::<Result<Vec<_>>>()?;
        let took = median(times);
        let each = took.as_secs_f64() / count as f64 * 1e9;
        let figure = format!("{}, {each:.0} ns a customer", milliseconds(took));
        figures.push(Figure::new(format!("fit of {count} customers"), figure, "linear"));
    }
    Ok(())
}

/// The most memory that fitting takes, in a process of its own.
fn memory(place: &Place, options: &Options, figures: &mut Vec<Figure>) -> Result<()> {
    let (customers, threads) = (options.memory.to_string(), options.threads.to_string());
    let arguments = ["fit-many", "--customers", &customers, "--threads", &threads];
    let said = read(&mut program(place, std::env::current_exe()?, arguments))?;
    let said: Value = serde_json::from_str(&said).context("the child process gave no figures")?;
    let number = |name: &str| said.get(name).and_then(Value::as_f64).with_context(|| format!("no `{name}`"));
    let figure = format!("{:.0} MiB, fitted in {:.2} s", number("peak_kib")? / 1024.0, number("seconds")?);
    figures.push(Figure::new(format!("memory for {customers} customers, at its highest"), figure, "under 2 GiB"));
    Ok(())
}

/// The child process of [`memory`].
pub fn fit_many(arguments: &FitMany) -> Result<()> {
    let customers = simulate::customers(arguments.customers)?;
    let fitted = Fitted::of(&customers, arguments.threads)?;
    let peak = peak_kib("self").context("the system does not say how much memory a process uses")?;
    println!(
        "{}",
        json!({ "seconds": fitted.took.as_secs_f64(), "peak_kib": peak, "parameters": fitted.parameters() })
    );
    Ok(())
}

fn milliseconds(took: Duration) -> String {
    let milliseconds = took.as_secs_f64() * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}
