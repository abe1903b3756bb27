//! The demonstration at a moderate size, and what must be true of what it leaves behind.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Run;
use crate::place::Place;
use crate::shell::{program, read, run as carry_out};

/// The command that shows the product at work, as the README says it.
pub const README_DEMO: &str = "cargo run --release -- demo";
/// How many days of the year are lived through here.
const DAYS: &str = "60";
/// A moment the demonstration's clock has passed: moving the clock to it again changes nothing.
const UNTIL: &str = "2013-01-02T00:00:00Z";

/// Where the demonstration is.
pub fn folder(place: &Place) -> Result<PathBuf> {
    place.folder("ci/demo")
}

/// Its database.
pub fn database(place: &Place) -> Result<String> {
    Ok(format!("sqlite:{}", folder(place)?.join("makegood.db").display()))
}

/// Every event of it.
pub fn events(place: &Place) -> Result<PathBuf> {
    Ok(folder(place)?.join("events.jsonl"))
}

pub fn run(place: &Place, run: &mut Run) -> Result<()> {
    let mut words = README_DEMO.split(' ');
    let mut demo = program(place, words.next().unwrap_or_default(), words);
    demo.args(["--days", DAYS, "--format", "json", "--folder"]).arg(folder(place)?);
    demo.arg("--events-out").arg(events(place)?);
    run.demonstration = serde_json::from_str(&read(&mut demo)?).context("the statement is not JSON")?;
    for what in ["flights", "bookings"] {
        println!("{what}: {}", run.demonstration.get(what).unwrap_or(&Value::Null));
    }
    Ok(())
}

pub fn look(place: &Place, _: &mut Run) -> Result<()> {
    for task in ["rebuild", "verify", "doctor"] {
        carry_out(program(place, place.makegood(), [task, "--db"]).arg(database(place)?))?;
    }
    Ok(())
}

/// Feeds every event again: nothing is taken, and nothing that is kept changes.
pub fn again(place: &Place, run: &mut Run) -> Result<()> {
    let before = digest(place)?;
    let mut feed = program(place, place.makegood(), ["run", "--charter", "charters/jetblue/charter.yaml"]);
    feed.args(["--until", UNTIL, "--format", "json", "--db", &database(place)?, "--events"]).arg(events(place)?);
    let said: Value = serde_json::from_str(&read(&mut feed)?).context("the statement is not JSON")?;
    let count = |what: &str| said.pointer(&format!("/counts/{what}")).and_then(Value::as_u64);
    let lines = std::fs::read(events(place)?)?.iter().filter(|byte| **byte == b'\n').count() as u64;
    println!("of {lines} events, {:?} were taken and {:?} were known", count("events"), count("known"));
    for what in ["events", "set_aside", "delivered", "clock"] {
        ensure!(count(what) == Some(0), "`{what}` is {:?} after the same events, and should be 0", count(what));
    }
    ensure!(count("known") == Some(lines), "not every event was known");
    ensure!(said.get("statement") == run.demonstration.get("statement"), "the statement is another than before");
    let after = digest(place)?;
    ensure!(before == after, "the digest was {before} and is {after}");
    println!("the statement and the digest are as they were");
    Ok(())
}

/// The digest of all that is kept, as `rebuild` prints it.
fn digest(place: &Place) -> Result<String> {
    let text = read(program(place, place.makegood(), ["rebuild", "--db"]).arg(database(place)?))?;
    match text.lines().find_map(|line| line.strip_prefix("kept")) {
        Some(digest) => Ok(digest.trim().to_owned()),
        None => bail!("`makegood rebuild` prints no digest:\n{text}"),
    }
}
