//! The life that is lived again and again: some of the airline's days, and what they leave when nothing disturbs them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jiff::civil::date;
use makegood::demo::events::{DEFAULT_SEED, Year};
use makegood::demo::passengers::Size;
use makegood_charter::Charter;
use makegood_charter::value::Moment;
use makegood_core::Rulebook;
use makegood_engine::{Session, feed, put_in_force, rebuild, verify};
use makegood_store::{PartKind, PartRow, SLOTS, Slot, Store};
use tempfile::TempDir;

use crate::bench::world;
use crate::place::Place;

/// Days of the airline's year that are lived.
const DAYS: i64 = 3;
/// Passengers in a thousand.
const SHARE: u16 = 30;
/// The clock is moved to the end of so many days, one after another.
pub const CLOCK_DAYS: u32 = 24;
const DAY: i64 = 86_400_000;

/// The lines, the charter, and the digest that they leave.
pub struct Life {
    pub lines: Vec<String>,
    /// So many of the first lines are the weather, and so many of the last are alternates that were accepted and then cancellations.
    /// They come first and last in every order: what excuses the airline must be known before what it excuses, because what was
    /// credited is never taken back, and an alternate is heard by a booking that is there.
    pub first: usize,
    pub last: usize,
    pub charter: Arc<Charter>,
    pub book: Arc<Rulebook>,
    pub digest: [u8; 32],
    pub messages: u64,
    /// What it left undisturbed, to show where another differs.
    undisturbed: Arc<dyn Store>,
    _folder: TempDir,
}

/// The moment at which everything is learnt.
pub const NOW: Moment = world::NOW;

/// To which moment the clock is moved in this step.
pub fn clock_at(step: u32) -> Moment {
    // 2 January 2013, and a day more with each step.
    Moment(1_357_084_800_000_i64.saturating_add(DAY.saturating_mul(i64::from(step))))
}

impl Life {
    /// Lives it undisturbed, on SQLite.
    pub fn new(place: &Place) -> Result<Self> {
        let first = date(2013, 1, 1);
        let last = first.checked_add(jiff::Span::new().days(DAYS - 1))?;
        let year = Year::new(Size::Share(SHARE), DEFAULT_SEED)?.between(first, last);
        let mut bytes = Vec::new();
        for day in year.days() {
            day.write(&mut bytes);
        }
        let text = String::from_utf8(bytes)?;
        let (mut lines, rest): (Vec<String>, Vec<String>) =
            text.lines().map(ToOwned::to_owned).partition(|line| line.contains("\"weather.observed\""));
        let (cancelled, rest): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|line| line.contains("\"flight.cancelled\""));
        let (accepted, rest): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|line| line.contains("\"alternate.accepted\""));
        let (first, last) = (lines.len(), accepted.len() + cancelled.len());
        lines.extend(rest.into_iter().chain(accepted).chain(cancelled));
        ensure!(first > 10 && last > 0 && lines.len() > 500, "{first} and {last} of {} lines", lines.len());
        let path = "charters/jetblue/charter.yaml";
        let text =
            std::fs::read_to_string(place.root.join(path)).with_context(|| format!("`{path}` cannot be read"))?;
        let charter = Arc::new(Charter::read(path, &text).charter.with_context(|| format!("`{path}` has faults"))?);
        let book = Arc::new(Rulebook::new([Arc::clone(&charter)]));
        let folder = world::folder(place)?;
        let store = world::fresh(&folder, "undisturbed.db")?;
        let undisturbed = Arc::clone(&store);
        let (digest, messages) = ([0; 32], 0);
        let mut life = Self { lines, first, last, charter, book, digest, messages, undisturbed, _folder: folder };
        life.begin(&*store)?;
        let mut session = Session::new(Arc::clone(&store), Arc::clone(&life.book), NOW)?;
        feed(&mut session, &life.book, "undisturbed", life.lines.join("\n").as_bytes(), &mut |_| {})?;
        for step in 0..CLOCK_DAYS {
            session.advance(clock_at(step), &mut |_| {})?;
        }
        drop(session);
        (life.digest, life.messages) = (life.look(&*store)?, store.reader()?.count("outbox")?);
        ensure!(store.reader()?.count("remedy")? > 20, "too little is owed");
        Ok(life)
    }

    /// Puts the charter in force.
    pub fn begin(&self, store: &dyn Store) -> Result<()> {
        Ok(put_in_force(store, &self.charter, NOW)?)
    }

    /// The digest of a database that is whole: nothing waits, chains, books and views are right, and the log gives the same again.
    pub fn look(&self, store: &dyn Store) -> Result<[u8; 32]> {
        let damage = store.damage(5)?;
        ensure!(damage.is_empty(), "the database is damaged: {damage:?}");
        let mut reader = store.reader()?;
        for table in ["inbox", "fanout", "quarantine"] {
            ensure!(reader.count(table)? == 0, "`{table}` is not empty");
        }
        let verified = verify(store, &self.book, 2, &|| {})?;
        ensure!(verified.faults.is_empty(), "{:?}", verified.faults);
        let rebuilt = rebuild(store, &self.book, 2, &|| {})?;
        ensure!(rebuilt.kept == rebuilt.folded, "the log folds to something else: {:?}", rebuilt.differ);
        Ok(rebuilt.kept)
    }

    /// The first rows in which a database differs from the undisturbed one.
    pub fn difference(&self, store: &dyn Store) -> Result<String> {
        let (mut ours, mut theirs) = (self.undisturbed.reader()?, store.reader()?);
        for slot in (0..SLOTS).map(Slot) {
            for kind in [PartKind::Promise, PartKind::Remedy] {
                let rows = ours.parts_of_slot(slot, kind, None, usize::MAX)?;
                let found = theirs.parts_of_slot(slot, kind, None, usize::MAX)?;
                if rows != found {
                    let only = |one: &[PartRow], other: &[PartRow]| {
                        let only = one.iter().filter(|row| !other.contains(row)).map(|row| format!("{row:?}"));
                        only.collect::<Vec<_>>().join("\n")
                    };
                    return Ok(format!(
                        "only undisturbed:\n{}\nonly here:\n{}",
                        only(&rows, &found),
                        only(&found, &rows)
                    ));
                }
            }
        }
        Ok("promises and remedies are alike: states or postings differ".to_owned())
    }

    pub fn digest_shown(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A folder for one round, with the path of a file in it.
pub fn file(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
