//! Loads synthetic bookings as fast as the store takes them, to measure and tune it.
//!
//! `cargo run --release --example load -- FILE [BOOKINGS] [BATCH]`. A booking is two events (the flight's booking and the departure
//! heard later), a head, a promise and an interest. Keys grow with the customers' numbers and spread over all slots.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::error::Error;
use std::time::Instant;

use makegood_store::{
    Body, Commit, EventRow, HeadRow, InterestRow, PartKind, PartRow, Reader, Slot, chain, ident, slot_of,
};

const SEATS: usize = 150;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: usize| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let file = arguments.first().ok_or("usage: load FILE [BOOKINGS] [BATCH]")?;
    let (bookings, batch) = (number(1, 1_000_000)?, number(2, 10_000)?);

    let store = makegood_store::open(&format!("sqlite:{file}"))?;
    let mut writer = store.writer()?;
    let mut reader = store.reader()?;
    let (mut inside, mut slowest, mut asking, written_before) = (0.0, 0.0f64, 0.0, bytes_written());
    for from in (0..bookings).step_by(batch) {
        let commit = commit(from..bookings.min(from + batch));
        let start = Instant::now();
        ask(reader.as_mut(), &commit)?;
        asking += start.elapsed().as_secs_f64();
        let start = Instant::now();
        writer.commit(&commit)?;
        let took = start.elapsed().as_secs_f64();
        inside += took;
        slowest = slowest.max(took);
    }
    let written = (bytes_written() - written_before) as f64 / 1e6;
    let health = store.health()?;
    println!(
        "{bookings} bookings in batches of {batch}: {inside:.2} s in commit (slowest {slowest:.2} s), {:.0} bookings/s, {:.0} events/s, {:.0} rows/s",
        bookings as f64 / inside,
        2.0 * bookings as f64 / inside,
        5.0 * bookings as f64 / inside,
    );
    println!(
        "{asking:.2} s asking before for heads and idents, {written:.0} MB written, file {:.0} MB, log {:.0} MB, peak memory {} MB",
        health.bytes as f64 / 1e6,
        health.log_bytes as f64 / 1e6,
        peak_kib() / 1024
    );
    Ok(())
}

/// Asks what whoever folds has to know before a commit.
fn ask(reader: &mut dyn Reader, commit: &Commit) -> Result<(), Box<dyn Error>> {
    let heads: Vec<_> = commit.heads.iter().map(|(head, _)| (head.slot, &*head.key)).collect();
    let idents: Vec<_> = commit.events.iter().map(|event| (event.slot, &*event.key, event.ident)).collect();
    assert!(
        reader.heads(&heads)?.iter().all(Option::is_none) && reader.places(&idents)?.iter().all(Option::is_none),
        "the file is not new"
    );
    Ok(())
}

/// The bookings with these numbers.
fn commit(numbers: std::ops::Range<usize>) -> Commit {
    let mut commit = Commit::default();
    for number in numbers {
        let key: Box<str> = format!("customer:{number:08}").into();
        let thing: Box<str> = format!(
            "flight:B6-{}-2013-{:02}-{:02}",
            number / SEATS % 900,
            number / SEATS % 12 + 1,
            number / SEATS % 28 + 1
        )
        .into();
        let slot = slot_of(&key);
        let time = 1_357_000_000_000 + number as i64 * 4_000;
        let body = format!(
            r#"{{"specversion":"1.0","source":"demo/reservations","id":"booking-{number}","type":"booking.made","subject":"{key}","time":"2013-05-17T08:21:44Z","data":{{"about":"{thing}","departs":"2013-07-01T10:15:00-04:00","fare":"{}.00 USD","paid":["{}.00 USD","5400 points"],"channel":"direct","locator":"A{number:07}"}}}}"#,
            80 + number % 400,
            20 + number % 400,
        );
        let own = line(slot, &key, 1, time, Body::Own(body.into_bytes().into()), &[0; 32]);
        let heard = line(slot, &key, 2, time + 1, Body::Heard { thing: thing.clone(), seq: 1 }, &own.hash);
        let (about, own_ident) = (ident("thing", &thing), ident("promise", &key));
        let mut id = [0; 12];
        id[..4].copy_from_slice(&about[..4]);
        id[4..].copy_from_slice(&own_ident[..8]);
        commit.heads.push((
            HeadRow {
                slot,
                key: key.clone(),
                seq: 2,
                hash: heard.hash,
                wake_at: Some(time + 90_000_000),
                state: vec![number as u8; 90].into(),
            },
            0,
        ));
        commit.parts.push(PartRow {
            kind: PartKind::Promise,
            slot,
            party: key.clone(),
            id,
            thing: thing.clone(),
            clause: "departure".into(),
            state: 1,
            due: Some(time + 80_000_000),
            wake_at: Some(time + 90_000_000),
            since: time,
            body: vec![number as u8; 120].into(),
        });
        commit.interests.push(InterestRow { slot: slot_of(&thing), thing, party: key, heard: true });
        commit.events.extend([own, heard]);
    }
    commit
}

fn line(slot: Slot, key: &str, seq: u64, time: i64, body: Body, prev: &[u8; 32]) -> EventRow {
    let unchained = EventRow {
        slot,
        key: key.into(),
        seq,
        ident: ident("demo/reservations", &format!("{key} {seq}")),
        time,
        recorded: time + 100,
        context: 0,
        body,
        about: None,
        hash: [0; 32],
    };
    EventRow { hash: chain(prev, &unchained), ..unchained }
}

/// What the system says this process has had written to disk; 0 where it does not say.
fn bytes_written() -> u64 {
    proc_value("/proc/self/io", "write_bytes:")
}

/// The most memory this process has used so far; 0 where the system does not say.
fn peak_kib() -> u64 {
    proc_value("/proc/self/status", "VmHWM:")
}

fn proc_value(file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()).and_then(|value| value.parse().ok()).unwrap_or(0)
}
