//! `cargo xtask bench storage`: what the two databases cost, each figure a ratio within one run or a time beside its goal.

mod crowd;
mod full_path;
mod timers;

pub use full_path::{Share, share};

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use makegood_core::Rulebook;
use makegood_engine::{Incoming, Origin, Session, read};
use makegood_store::Store;
use makegood_store::contract::server::Server;
use tempfile::TempDir;

use super::Figure;
use super::machine;
use super::world::{self, NOW};
use crate::place::Place;
use crate::table::{row, table};

/// What is measured, and how much of it.
#[derive(Debug, Args)]
pub struct Options {
    /// Days of the demonstration's year that go through the full path
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// Promises that wait while events are taken, and parties with an interest in one thing
    #[arg(long, default_value_t = 1_000_000)]
    many: u32,
    /// Rounds of what is compared with bare `COPY`, in turns
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,
    /// Open promises of one party
    #[arg(long, default_value_t = 100_000)]
    open: u32,
    /// Only these; all unless said
    #[arg(long = "only", value_enum)]
    only: Vec<What>,
    /// Only on this database
    #[arg(long, value_enum)]
    database: Option<crate::torture::Kind>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// PostgreSQL against a bare `COPY`, rebuild and verify against live folding
    Path,
    /// Promises that wait, and many due at once
    Timers,
    /// One party with many promises
    Party,
    /// One thing with many parties
    Thing,
}

/// Where databases are made.
pub struct Site {
    folder: TempDir,
    server: Server,
    book: Arc<Rulebook>,
}

impl Site {
    /// A new, empty database of this kind: its name, and its address.
    fn fresh(&self, kind: &str) -> Result<(String, Arc<dyn Store>)> {
        let url = match kind {
            "PostgreSQL" => self.server.fresh(),
            _ => {
                let number = std::fs::read_dir(self.folder.path())?.count();
                format!("sqlite:{}", self.folder.path().join(format!("{number}.db")).display())
            }
        };
        let store: Arc<dyn Store> = makegood_store::open(&url)?.into();
        Ok((url, store))
    }

    fn session(&self, store: &Arc<dyn Store>) -> Result<Session> {
        Ok(Session::new(Arc::clone(store), Arc::clone(&self.book), NOW)?)
    }

    fn incoming(&self, line: &str) -> Result<Incoming> {
        match read(&self.book, line.as_bytes(), Origin { name: "the bench".into(), line: 1 }, NOW) {
            Ok(incoming) => Ok(incoming),
            Err(reject) => bail!("{}: {}\n{line}", reject.reason, reject.help),
        }
    }

    /// Takes so many lines, in portions, and makes them durable.
    fn take(&self, session: &mut Session, count: u32, line: impl Fn(u32) -> String) -> Result<()> {
        for from in (0..count).step_by(2_048) {
            let until = count.min(from.saturating_add(2_048));
            let events: Result<Vec<_>> = (from..until).map(|number| self.incoming(&line(number))).collect();
            session.take(events?)?;
        }
        Ok(session.flush()?)
    }
}

/// A booking by `customer` of `flight`, which leaves on 1 March 2013 at noon.
fn booking(customer: &str, flight: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"booking:{customer}:{flight}","source":"urn:makegood:bench","type":"booking.made","subject":"customer:{customer}","about":"flight:{flight}","time":"2013-02-01T12:00:00Z","data":{{"departs":"2013-03-01T12:00:00Z","fare":"182.00 USD","fare_before_tax":"160.00 USD","paid":["5000 points","132.00 USD"],"channel":"direct","payment_method":"card"}}}}"#
    )
}

/// The departure of `flight`, more than four hours late.
fn departure(flight: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"departed:{flight}","source":"urn:makegood:bench","type":"flight.departed","subject":"flight:{flight}","time":"2013-03-01T16:20:00Z","data":{{"late":"260m","cause":"unknown"}}}}"#
    )
}

/// Measures, and prints the report.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let site = Site { folder: world::folder(place)?, server: Server::start(), book: world::book(place)? };
    let wanted = |what| options.only.is_empty() || options.only.contains(&what);
    let kinds = [(crate::torture::Kind::Sqlite, "SQLite"), (crate::torture::Kind::Postgres, "PostgreSQL")];
    let kinds = kinds.into_iter().filter(|(kind, _)| options.database.is_none_or(|only| only == *kind));
    let kinds: Vec<&str> = kinds.map(|(_, name)| name).collect();
    let mut figures: Vec<Figure> = Vec::new();
    for kind in &kinds {
        let before = figures.len();
        if wanted(What::Path) {
            figures.extend(
                full_path::measure(place, &site, kind, (options.days, options.rounds)).context("the full path")?,
            );
        }
        if wanted(What::Timers) {
            figures.extend(timers::measure(&site, kind, options.many).context("timers")?);
        }
        if wanted(What::Party) {
            figures.extend(crowd::large_party(&site, kind, options.open).context("a large party")?);
        }
        if wanted(What::Thing) {
            figures.extend(crowd::popular_thing(&site, kind, options.many).context("a popular thing")?);
        }
        for figure in figures.iter().skip(before) {
            println!("  {}: {}", figure.what, figure.figure);
        }
    }
    let mut rows = vec![row(["what", "figure", "goal"])];
    rows.extend(figures.into_iter().map(|figure| row([figure.what, figure.figure, figure.goal])));
    println!("\nThe machine\n{}\nThe figures\n{}", table(&machine::describe(), &[1]), table(&rows, &[1, 2]));
    Ok(())
}
