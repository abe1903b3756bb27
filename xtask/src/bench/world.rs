//! What the measurements share: the airline's charter, its days as bytes, and fresh databases.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use makegood::demo::events::{DEFAULT_SEED, Year, YearReader};
use makegood::demo::passengers::Size;
use makegood_charter::Charter;
use makegood_charter::value::Moment;
use makegood_core::Rulebook;
use makegood_engine::{Session, feed};
use makegood_store::Store;
use tempfile::TempDir;

use super::measure::{Stopwatch, processor_time};
use crate::place::Place;

/// The moment at which everything is learnt: after the year.
pub const NOW: Moment = Moment(1_389_312_000_000);

/// The airline's charter, alone in its book.
pub fn book(place: &Place) -> Result<Arc<Rulebook>> {
    let path = "charters/jetblue/charter.yaml";
    let text = std::fs::read_to_string(place.root.join(path)).with_context(|| format!("`{path}` cannot be read"))?;
    match Charter::read(path, &text).charter {
        Some(charter) => Ok(Arc::new(Rulebook::new([Arc::new(charter)]))),
        None => bail!("`{path}` has faults: `makegood charter check` says which"),
    }
}

/// The first `days` days of the demonstration's year in its default size.
pub fn year(days: u16) -> Result<Year> {
    let first = jiff::civil::date(2013, 1, 1);
    let last = first.checked_add(jiff::Span::new().days(i64::from(days).saturating_sub(1)))?;
    Ok(Year::new(Size::Default, DEFAULT_SEED)?.between(first, last))
}

/// The events of those days, in memory.
pub fn events(days: u16) -> Result<Vec<u8>> {
    let year = year(days)?;
    let mut bytes = Vec::new();
    YearReader::new(&year).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A folder for databases, gone when it is dropped.
pub fn folder(place: &Place) -> Result<TempDir> {
    Ok(tempfile::tempdir_in(place.folder("bench")?)?)
}

/// An empty database.
pub fn fresh(folder: &TempDir, name: &str) -> Result<Arc<dyn Store>> {
    let file = folder.path().join(name);
    Ok(makegood_store::open(&format!("sqlite:{}", file.display()))?.into())
}

/// How long something took: on the clock, and of the processors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    pub clock: Duration,
    pub processors: Duration,
}

/// Does something, and says how long it took.
pub fn timed(work: impl FnOnce() -> Result<()>) -> Result<Took> {
    let (watch, before) = (Stopwatch::start(), processor_time().unwrap_or_default());
    work()?;
    let clock = watch.elapsed();
    Ok(Took { clock, processors: processor_time().unwrap_or_default().saturating_sub(before) })
}

/// Takes the events and moves the clock past them. When it returns, everything is durable.
pub fn live(session: &mut Session, book: &Arc<Rulebook>, events: impl Read + Send) -> Result<Took> {
    timed(|| {
        feed(session, book, "the bench", events, &mut |_| {})?;
        session.advance(NOW, &mut |_| {})?;
        Ok(())
    })
}
