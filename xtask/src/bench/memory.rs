//! Memory as the log grows ten times: each log is fed by a process of its own, whose highest use counts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use makegood::demo::events::YearReader;
use makegood_engine::Session;
use serde_json::{Value, json};

use super::Figure;
use super::measure::peak_kib;
use super::world::{self, NOW};
use crate::place::Place;
use crate::shell::{program, read};

/// What the child process feeds.
#[derive(Debug, Args)]
pub struct Feed {
    /// Days of the demonstration's year
    #[arg(long)]
    days: u16,
    /// The database, which is new
    #[arg(long)]
    database: PathBuf,
}

/// Feeds some days, and says how many events they were and how much memory it took.
pub fn feed(place: &Place, arguments: &Feed) -> Result<()> {
    let book = world::book(place)?;
    let store = makegood_store::open(&format!("sqlite:{}", arguments.database.display()))?.into();
    let mut session = Session::new(store, Arc::clone(&book), NOW)?;
    let year = world::year(arguments.days)?;
    let took = world::live(&mut session, &book, YearReader::new(&year))?;
    let peak = peak_kib("self").context("the system does not say how much memory a process uses")?;
    println!("{}", json!({ "events": session.counts().events, "seconds": took.clock.as_secs_f64(), "peak_kib": peak }));
    Ok(())
}

/// How many times the days of the smallest log each log has. What is kept at hand between commits has a bound, which a small log
/// does not reach: the one between shows from where on memory is flat.
const TIMES: [u16; 3] = [1, 4, 10];

/// The memory for a log and for larger ones, up to ten times as long.
pub fn measure(place: &Place, days: u16) -> Result<Vec<Figure>> {
    let folder = world::folder(place)?;
    let mut figures = Vec::new();
    let mut peaks = Vec::new();
    for days in TIMES.map(|times| days.saturating_mul(times)) {
        let (events, peak) = child(place, days, folder.path())?;
        peaks.push(peak as f64);
        let what = format!("memory, at its highest, for a log of {events} events");
        figures.push(Figure::new(what, format!("{} MiB", peak / 1024), ""));
    }
    if let [small, middle, large] = peaks.as_slice() {
        let figure = format!("{:.2} times ({:.2} times from the second to the third)", large / small, large / middle);
        figures.push(Figure::new("memory for ten times the log", figure, "flat"));
    }
    Ok(figures)
}

/// How many events the log of so many days has, and the most memory that feeding it took, in KiB.
fn child(place: &Place, days: u16, folder: &Path) -> Result<(u64, u64)> {
    let mut child = program(place, std::env::current_exe()?, ["feed", "--days", &days.to_string(), "--database"]);
    let said = read(child.arg(folder.join(format!("{days}.db"))))?;
    let said: Value = serde_json::from_str(&said).context("the child process gave no figures")?;
    let number = |name: &str| said.get(name).and_then(Value::as_u64).with_context(|| format!("no `{name}`"));
    Ok((number("events")?, number("peak_kib")?))
}
