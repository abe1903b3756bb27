//! The full path against a bare writer that inserts exactly the same rows.

use std::sync::Arc;

use anyhow::{Result, ensure};
use makegood_core::Rulebook;
use makegood_engine::Session;
use makegood_store::{Commit, Store};
use tempfile::TempDir;

use super::Figure;
use super::measure::{median, ratio};
use super::recording::Recording;
use super::world::{self, NOW, Took};
use crate::place::Place;

/// How both sides make a commit durable.
const DURABILITY: &str = "SQLite, WAL, synchronous=FULL";
/// The tables whose rows are counted, so that both sides are seen to have written the same.
const TABLES: &[&str] = &["event", "head", "promise", "remedy", "posting", "interest", "outbox"];

/// Full and bare in turns, each time into a fresh database.
pub fn measure(place: &Place, days: u16, rounds: u16) -> Result<Vec<Figure>> {
    let book = world::book(place)?;
    let events = world::events(days)?;
    let lines = events.iter().filter(|byte| **byte == b'\n').count();
    println!("the full path and the bare writer in turns: {lines} events, {rounds} rounds");
    let folder = world::folder(place)?;
    let (commits, rows) = recorded(&folder, &book, &events)?;
    let (mut full, mut bare) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let (one, other) = (full_path(&folder, &book, &events, &rows)?, bare_writer(&folder, &commits, &rows)?);
        println!("  round {round}: full {:.2?}, bare {:.2?}", one.clock, other.clock);
        full.push(one);
        bare.push(other);
    }
    let (full, bare) = (middle(&full), middle(&bare));
    let speed = |took: Took| {
        let (clock, processors) = (took.clock.as_secs_f64(), took.processors.as_secs_f64());
        format!("{clock:.2} s, {:.0} events/s; {processors:.2} s of processors", lines as f64 / clock)
    };
    let sizes = format!("{lines} events, {} commits, {} rows", commits.len(), rows.iter().sum::<u64>());
    Ok(vec![
        Figure::new(format!("full path: {sizes}; {DURABILITY}"), speed(full), ""),
        Figure::new(format!("bare writer, one thread: the same commits; {DURABILITY}"), speed(bare), ""),
        Figure::new(
            "speed of the full path, of the bare writer's",
            format!("{:.2}", ratio(bare.clock, full.clock)),
            "at least 0.6",
        ),
    ])
}

fn middle(took: &[Took]) -> Took {
    Took {
        clock: median(took.iter().map(|took| took.clock).collect()),
        processors: median(took.iter().map(|took| took.processors).collect()),
    }
}

/// The commits of one run, and how many rows they leave in each table.
fn recorded(folder: &TempDir, book: &Arc<Rulebook>, events: &[u8]) -> Result<(Vec<Commit>, Vec<u64>)> {
    let inner = world::fresh(folder, "recorded.db")?;
    let recording = Recording::default();
    let mut session = Session::new(recording.of(Arc::clone(&inner)), Arc::clone(book), NOW)?;
    world::live(&mut session, book, events)?;
    drop(session);
    let rows = rows(&*inner)?;
    Ok((recording.take(), rows))
}

fn full_path(folder: &TempDir, book: &Arc<Rulebook>, events: &[u8], expected: &[u64]) -> Result<Took> {
    let store = world::fresh(folder, "full.db")?;
    let mut session = Session::new(Arc::clone(&store), Arc::clone(book), NOW)?;
    let took = world::live(&mut session, book, events)?;
    drop(session);
    finished(folder, "full.db", &*store, expected)?;
    Ok(took)
}

fn bare_writer(folder: &TempDir, commits: &[Commit], expected: &[u64]) -> Result<Took> {
    let store = world::fresh(folder, "bare.db")?;
    let mut writer = store.writer()?;
    let took = world::timed(|| {
        for commit in commits {
            writer.commit(commit)?;
        }
        Ok(())
    })?;
    drop(writer);
    finished(folder, "bare.db", &*store, expected)?;
    Ok(took)
}

/// Sees that the rows are those expected, and removes the database.
fn finished(folder: &TempDir, name: &str, store: &dyn Store, expected: &[u64]) -> Result<()> {
    let found = rows(store)?;
    ensure!(found == expected, "`{name}` holds {found:?} rows of {TABLES:?}, not {expected:?}");
    for ending in ["", "-wal", "-shm"] {
        // A file that is not there, or still open, does no harm: the folder goes in the end.
        let _ = std::fs::remove_file(folder.path().join(format!("{name}{ending}")));
    }
    Ok(())
}

fn rows(store: &dyn Store) -> Result<Vec<u64>> {
    let mut reader = store.reader()?;
    TABLES.iter().map(|table| Ok(reader.count(table)?)).collect()
}
