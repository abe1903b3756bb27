//! The log as files: the same lines there and back, the same bytes each time, whole or not there.

use makegood_engine::{ExportError, History, Range, export};
use makegood_history::{FileReader, Kind, fixed, lines_of};
use makegood_store::{EventRow, SLOTS, Slot};
use serde_json::json;

use crate::desk::{Desk, at, booking, cancellation, departure, event};

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
        let manifest = export(&*desk.store, &desk.book, &path, range, &mut || {}).unwrap();
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
