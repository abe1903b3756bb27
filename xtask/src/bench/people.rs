//! Promises that people make: many due in the same minute, and parties rich in stories.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use makegood_charter::Charter;
use makegood_charter::value::Moment;
use makegood_core::Rulebook;
use makegood_core::id::{Kind, Name, hex, part_id};
use makegood_engine::{Incoming, Origin, Session, read};
use makegood_store::ident;
use serde_json::{Value as Json, json};

use super::Figure;
use super::measure::{Stopwatch, median, ratio};
use super::world;
use crate::place::Place;

/// Promises that are due in the same minute.
const DUE: u32 = 10_000;
/// What a party rich in stories lives through.
const PROMISES: u32 = 40;
const EVENTS: usize = 500;
/// Parties of each sort in a round.
const PARTIES: u32 = 20;
/// The place of the clause `visit` among those that `promise.made` may make.
const VISIT: u32 = 3;
const SOURCE: &str = "urn:makegood:bench";
const CHARTER: &str = "charters/our-word/charter.yaml";
/// 1 June 2026: when everything is learnt.
const NOW: Moment = Moment(1_780_272_000_000);

/// Measures both.
pub fn measure(place: &Place, rounds: u16) -> Result<Vec<Figure>> {
    let text =
        std::fs::read_to_string(place.root.join(CHARTER)).with_context(|| format!("`{CHARTER}` cannot be read"))?;
    let Some(charter) = Charter::read(CHARTER, &text).charter else { bail!("`{CHARTER}` has faults") };
    let book = Arc::new(Rulebook::new([Arc::new(charter)]));
    let folder = world::folder(place)?;
    println!("{DUE} promises of people due in the same minute");
    let store = world::fresh(&folder, "due.db")?;
    let mut session = Session::new(store, Arc::clone(&book), NOW)?;
    let promised = (0..DUE).map(|number| {
        let due = format!("2026-03-06T16:00:{:02}+01:00", number % 60);
        let data = json!({ "kind": "repair", "what": "it runs again", "due": due });
        incoming(&book, "promise.made", &format!("customer:D{number}"), None, 1, data)
    });
    session.take(promised.collect::<Result<Vec<_>>>()?)?;
    session.flush()?;
    let watch = Stopwatch::start();
    let moved = session.advance(Moment(1_772_841_600_000), &mut |_| {})?;
    let took = watch.elapsed();
    ensure!(moved >= u64::from(DUE), "only {moved} were moved");
    drop(session);
    let what = format!("{DUE} promises of people due in the same minute: at risk, overdue, their owners asked");
    let mut figures = vec![Figure::new(what, format!("{:.2} s", took.as_secs_f64()), "a few seconds")];

    println!("parties rich in stories, beside plain ones");
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        for (sort, times) in times.iter_mut().enumerate() {
            let store = world::fresh(&folder, &format!("rich-{round}-{sort}.db"))?;
            let mut session = Session::new(store, Arc::clone(&book), NOW)?;
            let mut events = Vec::new();
            for party in 0..PARTIES {
                let key = format!("customer:{party}");
                events.extend(if sort == 0 { plain(&book, &key)? } else { rich(&book, &key)? });
            }
            let watch = Stopwatch::start();
            session.take(events)?;
            session.flush()?;
            times.push(watch.elapsed());
            ensure!(session.counts().set_aside == 0, "{} events were set aside", session.counts().set_aside);
        }
    }
    let [plain, rich] = times.map(median);
    let each = |time: std::time::Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6 / f64::from(PARTIES) / 500.0);
    figures.push(Figure::new(
        format!("an event of a party with {EVENTS} events and {PROMISES} promises, each delegated, of a plain party's"),
        format!("{:.2} times ({} and {})", ratio(rich, plain), each(rich), each(plain)),
        "at most 3 times",
    ));
    Ok(figures)
}

/// A party with one promise, of whom much is heard.
fn plain(book: &Rulebook, key: &str) -> Result<Vec<Incoming>> {
    let data = json!({ "kind": "answer", "what": "what it costs", "due": "2026-05-20T12:00:00Z" });
    let mut events = vec![incoming(book, "promise.made", key, None, 0, data)?];
    for place in 1..EVENTS {
        events.push(incoming(book, "report.sent", key, None, place, json!({}))?);
    }
    Ok(events)
}

/// A party to whom much is promised, half of it about things of its own: each promise is acknowledged, delegated, accepted, done,
/// kept and confirmed.
fn rich(book: &Rulebook, key: &str) -> Result<Vec<Incoming>> {
    let mut events = Vec::new();
    let thing =
        |number: u32| number.is_multiple_of(2).then(|| format!("pump:{key}-{number}").replacen("customer:", "", 1));
    let mut named = Vec::new();
    for number in 0..PROMISES {
        let about = thing(number);
        let data = json!({ "kind": "visit", "what": "we look at it", "due": "2026-05-20T12:00:00Z" });
        let place = events.len();
        events.push(incoming(book, "promise.made", key, about.as_deref(), place, data)?);
        let made = part_id(key, about.as_deref().unwrap_or_default(), &ident(SOURCE, &id(place)), "visit", VISIT);
        named.push((about, made));
    }
    for step in 0..6 {
        for (number, (about, made)) in named.iter().enumerate() {
            let place = events.len();
            let name = |part| Name::new(Kind::Promise, key, part).to_string();
            let carried = part_id(
                key,
                about.as_deref().unwrap_or_default(),
                &ident(SOURCE, &id(PROMISES as usize * 2 + number)),
                &format!("delegated/{}", hex(made)),
                0,
            );
            let (kind, actor, data) = match step {
                0 => ("promise.acknowledged", "tester", json!({ "promise": name(*made), "text": "yes" })),
                1 => ("promise.delegated", "tester", json!({ "promise": name(*made), "to": "workshop" })),
                2 => ("promise.accepted", "workshop", json!({ "promise": name(carried) })),
                3 => ("promise.kept", "workshop", json!({ "promise": name(carried) })),
                4 => ("promise.kept", "tester", json!({ "promise": name(*made) })),
                _ => ("promise.confirmed", key, json!({ "promise": name(*made), "verdict": "kept" })),
            };
            events.push(said(book, kind, (key, actor), None, place, data)?);
        }
    }
    while events.len() < EVENTS {
        events.push(incoming(book, "report.sent", key, None, events.len(), json!({}))?);
    }
    Ok(events)
}

fn id(place: usize) -> String {
    format!("{place}")
}

fn incoming(
    book: &Rulebook,
    kind: &str,
    party: &str,
    about: Option<&str>,
    place: usize,
    data: Json,
) -> Result<Incoming> {
    said(book, kind, (party, "tester"), about, place, data)
}

fn said(
    book: &Rulebook,
    kind: &str,
    (party, actor): (&str, &str),
    about: Option<&str>,
    place: usize,
    data: Json,
) -> Result<Incoming> {
    // A minute after each other, on 1 March 2026.
    let time = Moment(1_772_323_200_000).plus(i64::try_from(place)?.saturating_mul(60_000));
    let mut event = json!({
        "specversion": "1.0", "id": id(place), "source": SOURCE, "type": kind, "subject": party, "actor": actor,
        "time": time.to_string(), "data": data,
    });
    if let (Some(about), Some(fields)) = (about, event.as_object_mut()) {
        fields.insert("about".to_owned(), about.into());
    }
    match read(book, event.to_string().as_bytes(), Origin { name: "the bench".into(), line: 1 }, NOW) {
        Ok(incoming) => Ok(incoming),
        Err(reject) => bail!("{}: {}\n{event}", reject.reason, reject.help),
    }
}
