//! One late flight: from the event being handed over to every passenger credited and committed.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use makegood_core::Rulebook;
use makegood_engine::{Incoming, Origin, Session, read};

use super::Figure;
use super::measure::{Stopwatch, median};
use super::world::{self, NOW};
use crate::place::Place;

const PASSENGERS: u64 = 200;
const FLIGHTS: u8 = 20;
/// Days of the year that are in the database before.
const DAYS_BEFORE: u16 = 7;

/// The median of several flights, each on a day of its own.
pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    println!("{FLIGHTS} late flights with {PASSENGERS} passengers each");
    let book = world::book(place)?;
    let folder = world::folder(place)?;
    let store = world::fresh(&folder, "late.db")?;
    let mut session = Session::new(Arc::clone(&store), Arc::clone(&book), NOW)?;
    world::live(&mut session, &book, world::events(DAYS_BEFORE)?.as_slice())?;
    let mut times = Vec::new();
    for day in 1..=FLIGHTS {
        session.take((0..PASSENGERS).map(|seat| incoming(&book, &booking(day, seat))).collect::<Result<Vec<_>>>()?)?;
        session.flush()?;
        let before = session.reader().count("remedy")?;
        let line = departure(day);
        let watch = Stopwatch::start();
        let event = incoming(&book, &line)?;
        session.take([event])?;
        session.flush()?;
        times.push(watch.elapsed());
        let credited = session.reader().count("remedy")?.saturating_sub(before);
        ensure!(credited == PASSENGERS, "{credited} passengers were credited, not {PASSENGERS}");
    }
    let slowest = times.iter().max().copied().context("no flight was late")?;
    let figure = format!("{:.1} ms (slowest {:.1} ms)", millis(median(times)), millis(slowest));
    let what = format!("one late flight: {PASSENGERS} passengers credited and committed, median of {FLIGHTS}");
    Ok(vec![Figure::new(what, figure, "reported")])
}

fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn incoming(book: &Rulebook, line: &str) -> Result<Incoming> {
    match read(book, line.as_bytes(), Origin { name: "the bench".into(), line: 1 }, NOW) {
        Ok(incoming) => Ok(incoming),
        Err(reject) => bail!("{}: {}\n{line}", reject.reason, reject.help),
    }
}

fn booking(day: u8, seat: u64) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"booking:{day}:{seat}","source":"urn:makegood:bench","type":"booking.made","subject":"customer:L{day:02}{seat:04}","about":"flight:B6-9999-2013-03-{day:02}","time":"2013-02-01T12:00:00Z","data":{{"departs":"2013-03-{day:02}T12:00:00Z","fare":"182.00 USD","fare_before_tax":"160.00 USD","paid":["5000 points","132.00 USD"],"channel":"direct","payment_method":"card"}}}}"#
    )
}

fn departure(day: u8) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"departed:{day}","source":"urn:makegood:bench","type":"flight.departed","subject":"flight:B6-9999-2013-03-{day:02}","time":"2013-03-{day:02}T16:20:00Z","data":{{"late":"260m","cause":"unknown"}}}}"#
    )
}
