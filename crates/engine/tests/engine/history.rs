//! The log as files: the same lines there and back, the same bytes each time, whole or not there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_engine::{ExportError, History, Range, Simulation, estimate, export, simulate_files};
use makegood_history::{FileReader, FileWriter, Holds, Kind, fixed, lines_of};
use makegood_store::{EventRow, SLOTS, Slot};
use proptest::prelude::*;
use serde_json::json;

use crate::desk::{Desk, at, booking, cancellation, departure, event, histories, rulebook};

fn told() -> Desk {
    let mut desk = Desk::new();
    desk.tell(&departure("early", "flight:9", "5h"));
    for customer in 1..40 {
        desk.tell(&booking(customer, &format!("flight:{}", customer % 3)));
    }
    desk.tell(&departure("d", "flight:1", "4h")).tell(&cancellation("c", "flight:2"));
    desk.tell(&event("alternate.accepted", "a", Some(2), "flight:2", "06-01 20:00", json!({})));
    desk.clock("06-30");
    desk
}

/// Every line of the database, as files keep it.
fn lines(desk: &Desk) -> Vec<EventRow> {
    let mut reader = desk.store.reader().unwrap();
    let slots = (0..SLOTS).map(Slot);
    let lines = slots.flat_map(|slot| reader.lines_of_slot(slot, ("", 0), 10_000).unwrap());
    lines.map(|line| EventRow { about: None, hash: [0; 32], ..line }).collect()
}

fn files(history: &History) -> Vec<FileReader> {
    history.manifest().files.iter().map(|file| history.file(file).unwrap()).collect()
}

#[test]
fn every_line_comes_back_and_the_bytes_are_always_the_same() {
    let desk = told();
    let folder = tempfile::tempdir().unwrap();
    let history = desk.export(&folder.path().join("one"));
    let mut found: Vec<EventRow> = Vec::new();
    for file in files(&history) {
        for group in 0..file.groups() {
            found.extend(lines_of(&file, history.layout(), group).unwrap());
        }
    }
    found.sort_by(|a, b| (a.slot, &a.key, a.seq).cmp(&(b.slot, &b.key, b.seq)));
    let kept = lines(&desk);
    assert!(kept.len() > 100, "{}", kept.len());
    assert_eq!(found, kept);
    assert_eq!(history.manifest().rows, kept.len() as u64);
    desk.export(&folder.path().join("two"));
    let names = |name: &str| {
        let entries = std::fs::read_dir(folder.path().join(name)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("one"), names("two"));
    for name in names("one") {
        let bytes = |of: &str| std::fs::read(folder.path().join(of).join(&name)).unwrap();
        assert!(bytes("one") == bytes("two"), "{name:?}");
    }
}

#[test]
fn declared_fields_stand_in_columns_of_their_own() {
    let desk = told();
    let folder = tempfile::tempdir().unwrap();
    let history = desk.export(&folder.path().join("history"));
    let place = |name: &str| history.layout().columns.iter().position(|column| column.name == name).unwrap();
    let columns = [
        fixed::TYPE,
        fixed::KIND,
        fixed::THING_NR,
        place("flight_departed__late_ms"),
        place("booking_made__fare_minor"),
    ];
    let (mut heard, mut booked) = (Vec::new(), 0);
    for (file, of) in files(&history).iter().zip(&history.manifest().files) {
        for group in 0..file.groups() {
            let batch = file.group(group, &file.places(history.layout(), &columns).unwrap()).unwrap();
            let mut cursors: Vec<_> = batch.columns.iter().map(makegood_history::Data::cursor).collect();
            let [kind, heard_as, thing, late, fare] = cursors.as_mut_slice() else { unreachable!() };
            for _ in 0..batch.rows {
                let (kind, heard_as) = (kind.text().unwrap(), heard_as.small().unwrap());
                let (thing, late, fare) = (thing.small(), late.whole(), fare.whole());
                assert_eq!(late.is_some(), kind == "flight.departed", "{kind}");
                assert_eq!(fare.is_some(), kind == "booking.made", "{kind}");
                assert_eq!(thing.is_some(), kind != "clock.reached", "{kind}");
                booked += i64::from(fare == Some(20_000));
                if kind == "flight.departed" && of.kind == Kind::Parties {
                    heard.push((heard_as, late.unwrap()));
                }
            }
        }
    }
    assert_eq!(booked, 39);
    // Thirteen booked flight 1; what each heard of it is in their own file.
    assert_eq!(heard, vec![(1, 4 * 60 * 60 * 1000); 13]);
}

#[test]
fn a_part_of_the_time_and_what_stands_in_the_way() {
    let desk = told();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part");
    let kept = lines(&desk);
    let middle = kept.iter().map(|line| line.recorded).max().unwrap();
    for (range, expected) in [
        (Range { from: Some(middle), to: None }, kept.iter().filter(|line| line.recorded >= middle).count()),
        (Range { from: None, to: Some(middle) }, kept.iter().filter(|line| line.recorded < middle).count()),
        (Range { from: Some(at("06-30").0 + 999_999_999_999), to: None }, 0),
    ] {
        let manifest = export(&*desk.store, &desk.book, &path, range, &mut || {}).unwrap().manifest;
        assert_eq!(manifest.rows, expected as u64, "{range:?}");
        let again = export(&*desk.store, &desk.book, &path, range, &mut || {});
        assert!(matches!(again, Err(ExportError::There { .. })), "{again:?}");
        std::fs::remove_dir_all(&path).unwrap();
    }
    // What an interrupted export left goes; what is not a history's stays.
    let beside = folder.path().join("part.part");
    std::fs::create_dir(&beside).unwrap();
    std::fs::write(beside.join("parties-0000-0031.parquet"), "half").unwrap();
    export(&*desk.store, &desk.book, &path, Range::default(), &mut || {}).unwrap();
    assert!(!beside.exists());
    std::fs::remove_dir_all(&path).unwrap();
    std::fs::create_dir(&beside).unwrap();
    std::fs::write(beside.join("letters.txt"), "dear").unwrap();
    let answer = export(&*desk.store, &desk.book, &path, Range::default(), &mut || {});
    assert!(matches!(answer, Err(ExportError::NotOurs { .. })), "{answer:?}");
    assert_eq!(std::fs::read(beside.join("letters.txt")).unwrap(), b"dear");
}

/// Every file of a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
}

/// Begins an export that stops once so many slots are done, as a process that is killed: nothing is cleared up.
fn stop_after(desk: &Desk, path: &Path, slots: u64) {
    let mut left = slots;
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut progress = || {
            assert!(left > 0, "stopped");
            left -= 1;
        };
        export(&*desk.store, &desk.book, path, Range::default(), &mut progress)
    }));
    assert!(stopped.is_err(), "it was done before");
}

#[test]
fn an_export_that_was_interrupted_goes_on_and_ends_where_it_would_have_ended() {
    let mut desk = told();
    let folder = tempfile::tempdir().unwrap();
    let (whole, path, part) =
        (folder.path().join("whole"), folder.path().join("past"), folder.path().join("past.part"));
    let expected = export(&*desk.store, &desk.book, &whole, Range::default(), &mut || {}).unwrap();
    assert_eq!(expected.kept, 0);
    let last = expected.manifest.up_to.clone().unwrap();
    assert_eq!(last.recorded, lines(&desk).iter().map(|line| line.recorded).max().unwrap());
    // Before anything is written, while it is noted how far the logs have come, and in the middle of the files.
    for slots in [0, 700, 1024 + 5, 1024 + 500, 2 * 1024 - 1] {
        stop_after(&desk, &path, slots);
        assert!(!path.exists());
    }
    // A half-written file, and what happens meanwhile.
    let files = contents(&part).into_keys().filter(|name| name.ends_with(".parquet"));
    let before: Vec<String> = files.collect();
    assert!(before.len() > 10, "{before:?}");
    std::fs::write(part.join("parties-0992-1023.parquet"), "half").unwrap();
    let stands = |name: &String| std::fs::metadata(part.join(name)).unwrap().modified().unwrap();
    let kept: Vec<_> = before.iter().filter(|name| !name.contains("-0992-")).map(stands).collect();
    desk.tell(&booking(77, "flight:1")).tell(&departure("later", "flight:2", "7h"));
    let done = export(&*desk.store, &desk.book, &path, Range::default(), &mut || {}).unwrap();
    assert_eq!(done.kept, kept.len());
    assert_eq!(done.manifest, expected.manifest);
    assert!(contents(&path) == contents(&whole));
    let names = before.iter().filter(|name| !name.contains("-0992-"));
    let now: Vec<_> = names.map(|name| std::fs::metadata(path.join(name)).unwrap().modified().unwrap()).collect();
    assert_eq!(now, kept, "what was whole was not written again");
    assert!(!part.exists());
}

#[test]
fn what_an_export_of_something_else_left_is_not_gone_on_with() {
    let desk = told();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("past");
    // Another database in the same place.
    let mut other = told();
    other.tell(&booking(5, "flight:1"));
    stop_after(&other, &path, 1024 + 900);
    let anew = export(&*desk.store, &desk.book, &path, Range::default(), &mut || {}).unwrap();
    let expected = export(&*desk.store, &desk.book, &folder.path().join("whole"), Range::default(), &mut || {});
    assert!(contents(&path) == contents(&folder.path().join("whole")), "{expected:?}");
    assert!(anew.manifest.rows > 0);
    // Another part of the time.
    std::fs::remove_dir_all(&path).unwrap();
    stop_after(&desk, &path, 1024 + 900);
    let range = Range { from: Some(at("06-02").0), to: None };
    let part = export(&*desk.store, &desk.book, &path, range, &mut || {}).unwrap();
    assert_eq!((part.kept, part.manifest.from), (0, range.from));
}

#[test]
fn a_log_that_was_set_back_meanwhile_is_an_answer() {
    let mut desk = told();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("past");
    let set_back = told();
    desk.tell(&booking(500, "flight:0"));
    stop_after(&desk, &path, 1024 + 40);
    // Of the first slots both hold the same; of one that was not written yet, one line less.
    let answer = export(&*set_back.store, &set_back.book, &path, Range::default(), &mut || {});
    assert!(matches!(answer, Err(ExportError::Otherwise { .. })), "{answer:?}");
    assert!(!path.exists());
}

#[test]
fn a_damaged_history_is_an_answer() {
    let desk = told();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history");
    let history = desk.export(&path);
    let manifest = std::fs::read_to_string(path.join("history.json")).unwrap();
    let file = &history.manifest().files[0];
    std::fs::write(path.join(&file.file), "no parquet").unwrap();
    assert!(history.file(file).is_err());
    for broken in ["{}", "no json", &manifest.replace("\"form\": 1", "\"form\": 99")] {
        std::fs::write(path.join("history.json"), broken).unwrap();
        assert!(History::open(&path).is_err(), "{broken}");
    }
    assert!(History::open(folder.path()).is_err());
}

/// A charter whose rights depend on nothing but their party's own events, but for one.
const PLAIN: &str = r#"
charter: carrier
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our promise}
source: {what: a test, as_of: 2025-01-01}
time_zone: Europe/Oslo
money: USD
values:
  late: [{from: 2025-01-01, bands: [{at: 3h, give: 50 USD}, {at: 4h, give: 100 USD}, {at: 6h, give: 200 USD}]}]
events:
  trip.booked: {party: customer, about: trip, data: {departs: time, fare: money, class: "text?"}}
  trip.flown: {party: customer, about: trip, data: {late: duration, cause: [carrier, weather], seat: "int?"}}
  trip.rated: {party: customer, about: trip, data: {score: int}}
counts:
  flown: {on: trip.flown, if: data.cause == 'carrier', within: 60d}
promises:
  departure:
    made: {on: trip.booked, if: data.fare > money('10 USD'), due: data.departs, worth: data.fare}
    says: {en: "{thing} leaves at {due}."}
    kept: {on: trip.flown}
    silent: {after: 24h}
rights:
  late:
    says: {en: We pay for the wait.}
    on: trip.flown
    promise: departure
    if: data.cause != 'weather'
    compensation: {bands: late, by: data.late, times: "party.flown >= 3 ? 2 : 1"}
    limited: {within: year, times: 2}
    pay_within: 7 days
  slow:
    says: {en: A little more for those who travel much.}
    on: trip.flown
    promise: departure
    if: data.late >= duration('1h') && party.flown >= 2 && data.seat >= 0
    unless: {if: data.late >= duration('9h') || data.seat == 7, says: {en: You get more than that.}}
    compensation: 50 USD
    limited: {within: 30d, at_most: 120 USD}
  rated:
    says: {en: We thank you.}
    on: trip.rated
    promise: departure
    compensation: {amount: 1 USD, times: data.score}
  refund:
    says: {en: You get it back.}
    on: trip.flown
    promise: departure
    if: data.late > duration('10h')
    restitution: {share: 100%, of: promise.worth}
  missed:
    says: {en: You missed it.}
    on: trip.flown
    promise: departure
    if: at > promise.due
    compensation: 5 USD
stacking:
  - {rights: [late, slow, missed], rule: sum}
"#;

/// A story of a few customers: trips booked before or after they are flown, or not at all, and flown again, in any order.
fn trips(choices: &[(u8, u8, u8, u16)]) -> Vec<String> {
    let of = |(number, (who, what, day, minutes)): (usize, &(u8, u8, u8, u16))| {
        let (customer, trip) = (u32::from(who % 3), format!("trip:{}", who % 3 * 8 + day % 8));
        let time = format!("{:02}-{:02} {:02}:00", 1 + day % 12, 1 + day % 28, who % 24);
        let id = format!("e{number}");
        let (kind, data) = match what % 5 {
            0 | 1 => {
                let fare = format!("{} USD", 5 + u32::from(*minutes));
                ("trip.booked", json!({ "departs": at(&time).to_string(), "fare": fare }))
            }
            2 | 3 => {
                let cause = if what % 7 == 0 { "weather" } else { "carrier" };
                let mut data = json!({ "late": format!("{minutes}m"), "cause": cause });
                if minutes % 3 > 0 {
                    data["seat"] = (minutes % 40).into();
                }
                ("trip.flown", data)
            }
            _ => ("trip.rated", json!({ "score": minutes % 6 })),
        };
        event(kind, &id, Some(customer), &trip, &time, data)
    };
    // Of two promises about one thing the fold judges in an order of its own, which decides who gets the last of a bound.
    let mut booked = std::collections::BTreeSet::new();
    let once =
        |(_, (who, what, day, _)): &(usize, &(u8, u8, u8, u16))| what % 5 > 1 || booked.insert((who % 3, day % 8));
    choices.iter().enumerate().filter(once).map(of).collect()
}

/// Writes the files of a history again, in row groups of so many rows.
fn regroup(history: &History, folder: &Path, rows: usize) {
    let layout = Arc::new(history.layout().clone());
    let columns: Vec<usize> = (0..layout.columns.len()).collect();
    for file in &history.manifest().files {
        let reader = history.file(file).unwrap();
        let places = reader.places(&layout, &columns).unwrap();
        let again = folder.join("again");
        let mut writer = FileWriter::create(&again, &layout).unwrap().in_groups_of(rows);
        for group in 0..reader.groups() {
            let batch = reader.group(group, &places).unwrap();
            let mut cursors: Vec<_> = batch.columns.iter().map(makegood_history::Data::cursor).collect();
            for _ in 0..batch.rows {
                let mut put = |row: &mut makegood_history::RowWriter| {
                    for (place, (column, cursor)) in layout.columns.iter().zip(&mut cursors).enumerate() {
                        match column.holds {
                            Holds::Truth => cursor.truth().into_iter().for_each(|value| row.truth(place, value)),
                            Holds::Small => cursor.small().into_iter().for_each(|value| row.small(place, value)),
                            Holds::Whole | Holds::Decimal | Holds::Moment => {
                                cursor.whole().into_iter().for_each(|value| row.whole(place, value));
                            }
                            Holds::Text | Holds::Bytes => {
                                cursor.bytes().into_iter().for_each(|value| row.bytes(place, value));
                            }
                            Holds::Ident => cursor.ident().into_iter().for_each(|value| row.ident(place, &value)),
                        }
                    }
                };
                writer.row(&mut put).unwrap();
            }
        }
        assert_eq!(writer.finish().unwrap(), file.rows);
        std::fs::rename(&again, folder.join(&file.file)).unwrap();
    }
}

proptest! {
    #![proptest_config(histories(8))]

    /// The sums from columns are those of the fold, wherever a row group ends.
    #[test]
    fn an_estimate_is_what_the_fold_gives(
        choices in proptest::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), 0_u16..700), 1..90),
        rows in 1_usize..12,
    ) {
        let book = rulebook(&[PLAIN]);
        let mut desk = Desk::of(Arc::new(tempfile::tempdir().unwrap()), false, book.clone());
        for line in trips(&choices) {
            desk.hand(&line);
        }
        desk.session.flush().unwrap();
        prop_assert_eq!(desk.set_aside(), Vec::<String>::new());
        let charter = &book.versions()[0].charter;
        let folder = tempfile::tempdir().unwrap();
        let history = desk.export(&folder.path().join("history"));
        let simulation = Simulation { draft: charter.clone(), until: Moment(i64::MAX), segment: None };
        let folded = simulate_files(&history, &simulation, 2, &|| {}).unwrap();
        let found = estimate(&history, charter, 2, &|| {}).unwrap();
        let left: Vec<&str> = found.left_out.iter().map(|(name, _)| &**name).collect();
        prop_assert_eq!(left, ["missed"]);
        regroup(&history, folder.path().join("history").as_path(), rows);
        let regrouped = History::open(&folder.path().join("history")).unwrap();
        prop_assert_eq!(&estimate(&regrouped, charter, 2, &|| {}).unwrap(), &found);
        let sum = |remedies: u64, amounts: Vec<(String, i128)>| (remedies, amounts);
        let ours = found.rights.iter().map(|((right, kind), total)| {
            let amounts = total.amounts.iter().map(|(of, minor)| (of.code().to_owned(), *minor)).collect();
            ((right.to_string(), *kind), sum(total.remedies, amounts))
        });
        let theirs = folded.would.rights.iter().filter(|((right, _), _)| **right != *"missed").map(|((right, kind), total)| {
            let amounts = total.amounts.iter().map(|(of, (_, minor))| (of.to_string(), *minor)).collect();
            ((right.to_string(), *kind), sum(total.remedies, amounts))
        });
        prop_assert_eq!(ours.collect::<Vec<_>>(), theirs.collect::<Vec<_>>());
    }
}

#[test]
fn an_event_told_again_may_owe_more_as_a_remedy_of_its_own() {
    let mut desk = Desk::of(Arc::new(tempfile::tempdir().unwrap()), false, rulebook(&[PLAIN]));
    let booked = |id: &str| {
        let data = json!({ "departs": at("06-10").to_string(), "fare": "200 USD" });
        event("trip.booked", id, Some(1), "trip:1", "05-01", data)
    };
    let flown = |id: &str, trip: &str, day: &str, late: &str| {
        event("trip.flown", id, Some(1), trip, day, json!({ "late": late, "cause": "carrier" }))
    };
    desk.tell(&booked("first")).tell(&flown("f1", "trip:1", "06-10", "4h"));
    // Learnt late, two more flights make the credit twice as high; a second seat lets the delay be told again.
    desk.tell(&flown("f2", "trip:2", "06-01", "1m")).tell(&flown("f3", "trip:3", "06-02", "1m"));
    desk.tell(&booked("second"));
    let owed = desk.owed(1);
    let given = |amount: &str| owed.iter().filter(|owed| owed.starts_with("late ") && owed.contains(amount)).count();
    assert_eq!((given(" 100.00 USD"), given(" 200.00 USD")), (2, 1), "{owed:?}");
    desk.check();
}

#[test]
fn what_columns_cannot_tell_is_left_out() {
    let book = rulebook(&[PLAIN]);
    let mut desk = Desk::of(Arc::new(tempfile::tempdir().unwrap()), false, book.clone());
    desk.tell(&trips(&[(0, 0, 1, 100)])[0]);
    let folder = tempfile::tempdir().unwrap();
    let history = desk.export(&folder.path().join("history"));
    let left = |changes: &[(&str, &str)]| {
        let mut text = PLAIN.to_owned();
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        let charter = rulebook(&[&text]).versions()[0].charter.clone();
        let found = estimate(&history, &charter, 1, &|| {}).unwrap();
        found.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect::<Vec<_>>()
    };
    let missed = "missed: it reads the promise it stands behind";
    assert_eq!(left(&[]), [missed]);
    let otherwise = "its events are declared otherwise than they were recorded, or hold payments";
    assert_eq!(left(&[("{score: int}", "{score: int, words: text?}")]), [&format!("rated: {otherwise}"), missed]);
    let all = ["late", "slow", "rated", "refund"].map(|right| format!("{right}: {otherwise}"));
    assert_eq!(left(&[("fare: money, class", "fare: money, tax: money?, class")])[..4], all);
    let excepted = [(
        "    unless: {if: data.late >= duration('9h') || data.seat == 7, says: {en: You get more than that.}}",
        "    unless: {if: data.cause == 'weather', shown_by: trip.rated, says: {en: It was the weather.}}",
    )];
    assert_eq!(left(&excepted), ["slow: its exceptions read more than the event", missed]);
    assert_eq!(
        left(&[("on: trip.rated\n", "on: overdue\n"), (", times: data.score", "")]),
        ["rated: silence makes it apply", missed]
    );
}
