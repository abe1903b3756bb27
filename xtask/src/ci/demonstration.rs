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
/// The file of its statement.
const STATEMENT: &str = "statement.json";
/// The file of the digest of all that it left.
const DIGEST: &str = "digest.txt";
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

/// Its statement, as it was written.
pub fn statement(place: &Place) -> Result<Value> {
    let text = std::fs::read_to_string(folder(place)?.join(STATEMENT)).context("the demonstration has not been run")?;
    let mut said: Value = serde_json::from_str(&text).context("the statement is not JSON")?;
    said.get_mut("statement").map(Value::take).context("the demonstration gave no statement")
}

pub fn run(place: &Place, _: &mut Run) -> Result<()> {
    let mut words = README_DEMO.split(' ');
    let mut demo = program(place, words.next().unwrap_or_default(), words);
    demo.args(["--days", DAYS, "--format", "json", "--folder"]).arg(folder(place)?);
    demo.arg("--events-out").arg(events(place)?);
    let said = read(&mut demo)?;
    std::fs::write(folder(place)?.join(STATEMENT), &said)?;
    let said: Value = serde_json::from_str(&said).context("the statement is not JSON")?;
    for what in ["flights", "bookings"] {
        println!("{what}: {}", said.get(what).unwrap_or(&Value::Null));
    }
    Ok(())
}

pub fn look(place: &Place, _: &mut Run) -> Result<()> {
    let digest = digest(place)?;
    std::fs::write(folder(place)?.join(DIGEST), digest)?;
    for task in ["verify", "doctor"] {
        carry_out(program(place, place.makegood(), [task, "--db"]).arg(database(place)?))?;
    }
    Ok(())
}

/// Feeds every event again: nothing is taken, and nothing that is kept changes.
pub fn again(place: &Place, _: &mut Run) -> Result<()> {
    let before = std::fs::read_to_string(folder(place)?.join(DIGEST)).context("the digest was not written")?;
    let mut feed = program(place, place.makegood(), ["run", "--charter", "charters/jetblue/charter.yaml"]);
    feed.args(["--until", UNTIL, "--format", "json", "--db", &database(place)?, "--events"]).arg(events(place)?);
    let said: Value = serde_json::from_str(&read(&mut feed)?).context("the statement is not JSON")?;
    let count = |what: &str| {
        let count = said.pointer(&format!("/counts/{what}")).and_then(Value::as_u64);
        count.with_context(|| format!("`makegood run` does not count `{what}`"))
    };
    let lines = std::fs::read(events(place)?)?.iter().filter(|byte| **byte == b'\n').count() as u64;
    for what in ["events", "set_aside", "delivered", "clock"] {
        ensure!(count(what)? == 0, "`{what}` is {} after the same events, and should be 0", count(what)?);
    }
    ensure!(count("known")? == lines, "of {lines} events, {} were known", count("known")?);
    println!("all {lines} events were known");
    ensure!(said.get("statement") == Some(&statement(place)?), "the statement is another than before");
    let after = digest(place)?;
    ensure!(before == after, "the digest was {before} and is {after}");
    println!("the statement and the digest are as they were");
    Ok(())
}

/// The digest of all that is kept, as `rebuild` prints it when the log, folded again, has the same.
fn digest(place: &Place) -> Result<String> {
    let text = read(program(place, place.makegood(), ["rebuild", "--db"]).arg(database(place)?))?;
    print!("{text}");
    match text.lines().find_map(|line| line.strip_prefix("kept")) {
        Some(digest) => Ok(digest.trim().to_owned()),
        None => bail!("`makegood rebuild` prints no digest"),
    }
}
