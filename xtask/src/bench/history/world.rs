//! Ten million generated events as the files of a history: what an export of a database with them would hold.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use makegood_charter::value::{Moment, Shape, Value};
use makegood_charter::{Charter, builtin};
use makegood_history::{Charter as Version, File, FileWriter, Kind, Layout, Manifest, SLOTS_A_FILE, Said};
use makegood_money::{Commodity, Money};
use makegood_store::{Body, EventRow, SLOTS, Slot, slot_of};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2023-01-01T00:00:00Z: trips fall into three years from here.
const BEGIN: i64 = 1_672_531_200_000;
const SPAN: i64 = 3 * 365 * DAY;

/// One event of a customer.
struct Told {
    at: i64,
    kind: &'static str,
    trip: u32,
    data: Vec<Value>,
    json: String,
}

/// Writes the history, unless the folder holds it already.
pub fn make(folder: &Path, charter: &Arc<Charter>, events: u64, seed: u64) -> Result<u64> {
    if let Ok(manifest) = Manifest::read(folder) {
        return Ok(manifest.rows);
    }
    std::fs::create_dir_all(folder)?;
    let declared = charter.shapes.iter().filter(|shape| !builtin::is_builtin(&shape.name));
    let layout = Arc::new(Layout::of(declared));
    let mut types: Vec<String> = charter.shapes.iter().map(|shape| shape.name.to_string()).collect();
    types.sort_unstable();
    let mut manifest = Manifest::new(&layout, (None, None), BEGIN + SPAN + 365 * DAY, types);
    std::fs::write(folder.join("charter-0001.yaml"), charter.source_text.as_bytes())?;
    let (name, version) = (charter.name.to_string(), charter.version.to_string());
    manifest.charters.push(Version { name, version, file: "charter-0001.yaml".to_owned() });
    let mut customers: Vec<(Slot, String, u32)> = Vec::new();
    let mut lines = 0;
    for number in 0_u32.. {
        if lines >= events {
            break;
        }
        let key = format!("customer:{number}");
        lines += u64::from(trips(&mut rng(seed, number))) * 2;
        customers.push((slot_of(&key), key, number));
    }
    customers.sort_unstable();
    let mut rest = customers.as_slice();
    for first in (0..SLOTS).step_by(usize::from(SLOTS_A_FILE)) {
        let last = first + SLOTS_A_FILE - 1;
        let (here, further) = rest.split_at(rest.partition_point(|(slot, ..)| slot.0 <= last));
        rest = further;
        let name = format!("parties-{first:04}-{last:04}.parquet");
        let mut writer = FileWriter::create(&folder.join(&name), &layout)?;
        for (slot, key, number) in here {
            write(
                &mut writer,
                &layout,
                (charter, &manifest.types),
                (*slot, key),
                &story(seed, *number, charter.money),
            )?;
        }
        let rows = writer.finish()?;
        manifest.rows += rows;
        manifest.files.push(File { file: name, kind: Kind::Parties, first, last, rows, keys: here.len() as u64 });
    }
    manifest.write(folder)?;
    Ok(manifest.rows)
}

fn rng(seed: u64, number: u32) -> StdRng {
    StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(u64::from(number)))
}

/// How many trips a customer makes: most few, some many.
fn trips(rng: &mut StdRng) -> u32 {
    match rng.random_range(0..100) {
        0..70 => rng.random_range(1..=4),
        70..95 => rng.random_range(5..=12),
        _ => rng.random_range(13..=60),
    }
}

/// What happened to one customer, in the order in which it was recorded.
fn story(seed: u64, number: u32, money: Commodity) -> Vec<Told> {
    let mut rng = rng(seed, number);
    let mut told = Vec::new();
    for trip in 0..trips(&mut rng) {
        // No two trips of one customer at the same moment.
        let departs = BEGIN + rng.random_range(0..SPAN / MINUTE / 64) * 64 * MINUTE + i64::from(trip) * MINUTE;
        let booked = departs - rng.random_range(1..60 * DAY / MINUTE) * MINUTE - 1;
        let fare = rng.random_range(50..900) * 100;
        let (when, amount) = (Moment(departs), Money::new(fare, money));
        let data = vec![Value::Time(when), Value::Money(amount)];
        told.push(Told {
            at: booked,
            kind: "trip.booked",
            trip,
            data,
            json: format!(r#"{{"departs":"{when}","fare":"{amount}"}}"#),
        });
        let minutes = match rng.random_range(0..100) {
            0..78 => rng.random_range(0..15),
            _ => (-90.0 * (1.0 - rng.random::<f64>()).ln()) as i64,
        };
        if rng.random_range(0..100) == 0 {
            let json = format!(r#"{{"notice":"{minutes}m"}}"#);
            let data = vec![Value::Duration(minutes * MINUTE)];
            told.push(Told { at: departs - minutes * MINUTE, kind: "trip.cancelled", trip, data, json });
        } else {
            let cause = rng.random_range(0..3_u16);
            let word = ["carrier", "weather", "security"][usize::from(cause)];
            let data = vec![Value::Duration(minutes * MINUTE), Value::Choice(cause)];
            let json = format!(r#"{{"late":"{minutes}m","cause":"{word}"}}"#);
            told.push(Told { at: departs + minutes * MINUTE, kind: "trip.flown", trip, data, json });
        }
    }
    told.sort_by_key(|told| (told.at, told.trip));
    told
}

fn write(
    writer: &mut FileWriter,
    layout: &Layout,
    (charter, types): (&Charter, &[String]),
    (slot, key): (Slot, &str),
    told: &[Told],
) -> Result<()> {
    let mut numbers: Vec<u32> = Vec::new();
    for (seq, told) in (1_u64..).zip(told) {
        let (thing, id) = (format!("trip:{}-{}", &key["customer:".len()..], told.trip), format!("{key}/{seq}"));
        let place = numbers.iter().position(|trip| *trip == told.trip).unwrap_or_else(|| {
            numbers.push(told.trip);
            numbers.len() - 1
        });
        let body = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/generated","type":"{}","subject":"{key}","about":"{thing}","time":"{}","data":{}}}"#,
            told.kind,
            Moment(told.at),
            told.json,
        );
        let line = EventRow {
            slot,
            key: key.into(),
            seq,
            ident: makegood_store::ident("/generated", &id),
            time: told.at,
            recorded: told.at,
            context: 0,
            body: Body::Own(body.into_bytes().into()),
            about: None,
            hash: [0; 32],
        };
        let shape: &Shape =
            charter.shape_ids.get(told.kind).and_then(|id| charter.shapes.get(*id)).context("no shape")?;
        let number = types.iter().position(|name| name == told.kind).context("no type")?;
        let said = Said {
            kind: (told.kind, i32::try_from(number)?),
            subject: key,
            about: Some(&thing),
            source: Some(("/generated", &id)),
            actor: None,
            data: Some((&shape.fields, &told.data)),
            thing_nr: Some(i32::try_from(place)?),
            again: false,
        };
        writer.line(layout, &line, Some(&said))?;
    }
    Ok(())
}
