//! The process that works until it is killed, and says what is durable.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use makegood_core::Rulebook;
use makegood_engine::limits::Bounds;
use makegood_engine::sink::FileSink;
use makegood_engine::{Incoming, Origin, Routes, Session, read};
use makegood_store::Store;

use super::life::{CLOCK_DAYS, NOW, clock_at};
use crate::bench::world;
use crate::place::Place;

/// Lines made durable together.
const PORTION: usize = 25;
/// How long what a killed one held is held up: short, because the next one waits for it.
const CLAIM_MILLISECONDS: u32 = 300;
/// Topics of messages.
const TOPICS: [&str; 4] = ["payout", "notice", "question", "approval"];

/// What it works at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Phase {
    /// Takes events
    Feed,
    /// Moves the clock, a day at a time
    Clock,
    /// Lets messages leave
    Dispatch,
}

/// The arguments of the process.
#[derive(Debug, Args)]
pub struct Child {
    /// The database
    #[arg(long)]
    database: String,
    /// What it works at
    #[arg(long, value_enum)]
    phase: Phase,
    /// The file of events, or the folder of messages
    #[arg(long)]
    path: PathBuf,
    /// How many lines or steps are left out
    #[arg(long, default_value_t = 0)]
    from: usize,
}

/// Works, and tells `acknowledged N` once the first N lines or steps are durable.
pub fn child(place: &Place, arguments: &Child) -> Result<()> {
    let book = world::book(place)?;
    let store: Arc<dyn Store> = makegood_store::open(&arguments.database)?.into();
    say("started", 0)?;
    let bounds = Bounds { claim_milliseconds: CLAIM_MILLISECONDS, ..Bounds::default() };
    let mut session = Session::with_bounds(store, Arc::clone(&book), NOW, bounds)?;
    match arguments.phase {
        Phase::Feed => feed(&mut session, &book, &arguments.path, arguments.from),
        Phase::Clock => {
            for step in 0..CLOCK_DAYS {
                session.advance(clock_at(step), &mut |_| {})?;
                say("acknowledged", step as usize + 1)?;
            }
            Ok(())
        }
        Phase::Dispatch => {
            let mut sinks = Vec::new();
            for topic in TOPICS {
                sinks.push((topic, FileSink::open(&arguments.path.join(format!("{topic}.jsonl")))?));
            }
            let mut routes = Routes::default();
            for (topic, sink) in &mut sinks {
                routes.add(topic, sink);
            }
            // What one that died had claimed is anyone's again after a moment.
            while session.dispatch(&mut routes, NOW)?.elsewhere > 0 {
                std::thread::sleep(std::time::Duration::from_millis(u64::from(CLAIM_MILLISECONDS)));
            }
            say("acknowledged", 1)
        }
    }
}

fn feed(session: &mut Session, book: &Rulebook, path: &Path, from: usize) -> Result<()> {
    let lines: Vec<String> = BufReader::new(std::fs::File::open(path)?).lines().collect::<Result<_, _>>()?;
    let mut done = from;
    for portion in lines.get(from..).unwrap_or_default().chunks(PORTION) {
        let events: Result<Vec<Incoming>> = portion.iter().map(|line| incoming(book, line)).collect();
        session.take(events?)?;
        session.flush()?;
        done = done.saturating_add(portion.len());
        say("acknowledged", done)?;
    }
    Ok(())
}

pub fn incoming(book: &Rulebook, line: &str) -> Result<Incoming> {
    match read(book, line.as_bytes(), Origin { name: "torture".into(), line: 1 }, NOW) {
        Ok(incoming) => Ok(incoming),
        Err(reject) => bail!("{}: {}\n{line}", reject.reason, reject.help),
    }
}

fn say(what: &str, number: usize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what} {number}")?;
    Ok(out.flush()?)
}
