//! The full path on PostgreSQL against a bare `COPY` of the same rows, by one process and by two; and how fast history is looked over.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use makegood_engine::{Session, put_in_force, rebuild, verify};
use makegood_store::Store;

use super::Site;
use crate::bench::measure::{Stopwatch, median, ratio};
use crate::bench::{Figure, world};
use crate::place::Place;
use crate::shell::{program, run as carry_out};

/// The tables whose rows the full path leaves.
const TABLES: [&str; 8] = ["event", "head", "promise", "remedy", "posting", "interest", "outbox", "tally"];

pub fn measure(place: &Place, site: &Site, kind: &str, (days, rounds): (u16, u16)) -> Result<Vec<Figure>> {
    let events = world::events(days)?;
    let lines = events.iter().filter(|byte| **byte == b'\n').count();
    println!("{kind}: {lines} events through the full path");
    let (url, store) = site.fresh(kind)?;
    let mut session = site.session(&store)?;
    let live = world::live(&mut session, &site.book, events.as_slice())?.clock;
    let folded = session.counts();
    drop(session);
    // What a replay folds again: every line of a party's log.
    let watch = Stopwatch::start();
    let rebuilt = rebuild(&*store, &site.book, 2, &|| {})?;
    let rebuilding = watch.elapsed();
    ensure!(rebuilt.kept == rebuilt.folded, "the log folds to something else");
    let watch = Stopwatch::start();
    let verified = verify(&*store, &site.book, 2, &|| {})?;
    let verifying = watch.elapsed();
    ensure!(verified.faults.is_empty(), "{:?}", verified.faults);
    let done = folded.events.saturating_add(folded.delivered).saturating_add(folded.clock);
    let speed =
        |time: Duration| format!("{:.2} s, {:.0} events/s", time.as_secs_f64(), lines as f64 / time.as_secs_f64());
    let mut figures = vec![
        Figure::new(format!("{kind}: full path, {lines} events, {done} folds"), speed(live), ""),
        times(format!("{kind}: rebuild, per event, as fast as live folding"), live, rebuilding, "at least 2"),
        times(format!("{kind}: verify, per event, as fast as live folding"), live, verifying, "at least 2"),
    ];
    if kind == "PostgreSQL" {
        figures.extend(against_copy(place, site, &url, &events, rounds)?);
    }
    Ok(figures)
}

fn times(what: String, one: Duration, other: Duration, goal: &str) -> Figure {
    Figure::new(what, format!("{:.2} times ({:.2} s)", ratio(one, other), other.as_secs_f64()), goal)
}

fn against_copy(place: &Place, site: &Site, url: &str, events: &[u8], rounds: u16) -> Result<Vec<Figure>> {
    let [mut one, mut live, mut two, mut both, mut commands] = [const { Vec::new() }; 5];
    for round in 1..=rounds {
        // In turns, so that whoever else is at work slows all of them.
        live.push(by_one(site, events)?);
        one.push(copied(site, url, 1)?);
        both.push(by_two(place, site, events)?);
        two.push(copied(site, url, 2)?);
        commands.push(by_two_commands(place, site, events)?);
        let last = [&live, &one, &both, &two, &commands].map(|times| times.last().map_or(0.0, Duration::as_secs_f64));
        let [live, one, both, two, commands] = last;
        println!(
            "  round {round}: one {live:.2} s, COPY {one:.2} s; two {both:.2} s, as commands {commands:.2} s, COPY by two {two:.2} s"
        );
    }
    let [one, live, two, both, commands] = [one, live, two, both, commands].map(median);
    Ok(vec![
        Figure::new(
            "PostgreSQL: bare COPY of the same rows, one connection",
            format!("{:.2} s", one.as_secs_f64()),
            "",
        ),
        times("PostgreSQL: speed of the full path, of bare COPY's, one process".into(), one, live, "at least 0.4"),
        Figure::new(
            "PostgreSQL: bare COPY of the same rows, two connections",
            format!("{:.2} s", two.as_secs_f64()),
            "",
        ),
        times("PostgreSQL: speed of the full path, of bare COPY's, two processes".into(), one, both, "at least 0.4"),
        times("PostgreSQL: the same, of bare COPY's by two connections".into(), two, both, "reported"),
        times(
            "PostgreSQL: two commands from their start to their statements, of one bare COPY".into(),
            one,
            commands,
            "reported",
        ),
    ])
}

/// Nothing is left to write of what was measured before: whoever comes next does not pay for it. Databases that were measured are taken
/// away, so that the server does not clean up in them meanwhile.
fn rest(site: &Site) {
    site.server.sql("postgres", "CHECKPOINT");
}

/// This process by itself.
fn by_one(site: &Site, events: &[u8]) -> Result<Duration> {
    let (url, store) = site.fresh("PostgreSQL")?;
    rest(site);
    let mut session = site.session(&store)?;
    let took = world::live(&mut session, &site.book, events)?.clock;
    site.server.take_away(&url);
    Ok(took)
}

/// How long the server takes to read the same rows from files into tables with the same keys.
fn copied(site: &Site, url: &str, connections: u32) -> Result<Duration> {
    let fresh = site.server.fresh();
    drop(makegood_store::open(&fresh)?);
    let folder = site.server.folder().display();
    let file = |table: &str, share: u32| format!("{folder}/{table}-{share}.copy");
    for table in TABLES {
        for share in 0..connections {
            let rows = format!("SELECT * FROM {table} WHERE slot % {connections} = {share} ORDER BY ctid");
            site.server.sql_at(url, &format!("COPY ({rows}) TO '{}' (FORMAT binary)", file(table, share)));
        }
    }
    rest(site);
    let watch = Stopwatch::start();
    std::thread::scope(|scope| {
        for share in 0..connections {
            let copies = TABLES.map(|table| format!("COPY {table} FROM '{}' (FORMAT binary);", file(table, share)));
            let (server, fresh) = (&site.server, &fresh);
            scope.spawn(move || server.sql_at(fresh, &copies.concat()));
        }
    });
    let took = watch.elapsed();
    let count = |url: &str| TABLES.map(|table| site.server.sql_at(url, &format!("SELECT count(*) FROM {table}")));
    ensure!(count(&fresh) == count(url), "the copy has other rows");
    site.server.take_away(&fresh);
    Ok(took)
}

/// A file for each half of the lines, every other one.
fn halves(site: &Site, events: &[u8]) -> Result<[PathBuf; 2]> {
    let mut halves = [Vec::new(), Vec::new()];
    for (place, line) in events.split_inclusive(|byte| *byte == b'\n').enumerate() {
        halves[place % 2].extend_from_slice(line);
    }
    let paths = [0, 1].map(|half| site.folder.path().join(format!("half-{half}.jsonl")));
    for (path, half) in paths.iter().zip(&halves) {
        std::fs::write(path, half)?;
    }
    Ok(paths)
}

/// What a process that takes some of the lines is told.
#[derive(Debug, Args)]
pub struct Share {
    /// The database
    #[arg(long)]
    url: String,
    /// The lines
    #[arg(long)]
    events: PathBuf,
}

/// Takes lines into a database that others write to, from when it is told to, and says when it is ready and when it is done.
pub fn share(place: &Place, arguments: &Share) -> Result<()> {
    let (events, book) = (std::fs::read(&arguments.events)?, world::book(place)?);
    let store: Arc<dyn Store> = makegood_store::open(&arguments.url)?.into();
    let mut session = Session::new(store, Arc::clone(&book), world::NOW)?;
    println!("{READY}");
    std::io::stdin().read_line(&mut String::new())?;
    world::live(&mut session, &book, events.as_slice())?;
    println!("{DONE}");
    Ok(())
}

const READY: &str = "ready";
const DONE: &str = "done";

/// Two processes with half of the lines each, from when both are ready until both are done, as one is measured by itself.
fn by_two(place: &Place, site: &Site, events: &[u8]) -> Result<Duration> {
    let (url, store) = site.fresh("PostgreSQL")?;
    let mut children = Vec::new();
    for path in halves(site, events)? {
        let mut command = program(place, std::env::current_exe()?, ["share", "--url", &url, "--events"]);
        let mut child = command.arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(child.stdout.take().context("a process says nothing")?);
        children.push((child, said));
    }
    let await_all = |children: &mut Vec<(Child, BufReader<ChildStdout>)>, word: &str| -> Result<()> {
        for (_, said) in children {
            let mut line = String::new();
            said.read_line(&mut line)?;
            ensure!(line.trim_end() == word, "a process said `{line}` instead of `{word}`");
        }
        Ok(())
    };
    await_all(&mut children, READY)?;
    rest(site);
    let watch = Stopwatch::start();
    for (child, _) in &mut children {
        child.stdin.take().context("a process hears nothing")?.write_all(b"\n")?;
    }
    await_all(&mut children, DONE)?;
    let took = watch.elapsed();
    for (mut child, _) in children {
        let status = child.wait().context("a process cannot be waited for")?;
        ensure!(status.success(), "a process failed: {status}");
    }
    looked_over(site, &url, &store)?;
    Ok(took)
}

/// The same as two commands, from their start to the statements that they end with.
fn by_two_commands(place: &Place, site: &Site, events: &[u8]) -> Result<Duration> {
    carry_out(&mut program(place, "cargo", ["build", "--release", "--quiet", "--bin", "makegood"]))?;
    let (url, store) = site.fresh("PostgreSQL")?;
    for rules in site.book.versions() {
        put_in_force(&*store, &rules.charter, world::NOW)?;
    }
    let paths = halves(site, events)?;
    rest(site);
    let watch = Stopwatch::start();
    let start = |path: &PathBuf| -> Result<Child> {
        let mut command =
            program(place, place.makegood(), ["run", "--db", &url, "--until", "2014-01-10T00:00:00Z", "--events"]);
        Ok(command.arg(path).stdout(Stdio::null()).spawn()?)
    };
    let children: Result<Vec<Child>> = paths.iter().map(start).collect();
    for mut child in children? {
        let status = child.wait().context("a process cannot be waited for")?;
        ensure!(status.success(), "a process failed: {status}");
    }
    let took = watch.elapsed();
    looked_over(site, &url, &store)?;
    Ok(took)
}

/// What two wrote together is whole; then it is taken away.
fn looked_over(site: &Site, url: &str, store: &Arc<dyn Store>) -> Result<()> {
    let verified = verify(&**store, &site.book, 2, &|| {})?;
    ensure!(verified.faults.is_empty(), "{:?}", verified.faults);
    site.server.take_away(url);
    Ok(())
}
