//! Bad input is set aside or refused with file, line, reason and advice; everything else is taken.

use std::io::Write;

use serde_json::json;

use crate::desk::{Desk, booking, departure, event};

/// A line that is set aside, with the code and a part of the reason.
fn bad_lines() -> Vec<(Vec<u8>, &'static str, &'static str)> {
    let good = booking(7, "flight:1", "200 USD", &["200 USD"]);
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to).into_bytes()
    };
    let long = format!("{{\"specversion\": \"{}\"}}", "x".repeat(1024 * 1024));
    vec![
        (good.as_bytes()[..40].to_vec(), "E003", "the line is not JSON: it ends too early"),
        (b"[1, 2]".to_vec(), "E003", "the line is not JSON: it is not an object"),
        (b"\xc3\x28".to_vec(), "E001", "the line is not UTF-8 from byte 0"),
        (long.into_bytes(), "line-too-long", "more than 1048576"),
        (with("booking.made", "booking.mode"), "unknown-type", "no charter knows the event type `booking.mode`"),
        (with("\"fare\":\"200 USD\"", "\"fare\":200"), "E017", "`fare` is"),
        (with("\"fare\":\"200 USD\",", ""), "E015", "the field `fare` is missing"),
        (with("\"data\":{", "\"data\":[],\"more\":{"), "E014", "the data is a list, not an object"),
        (with("\"fare\":\"200 USD\"", "\"fare\":\"200 XXY\""), "E022", "unknown commodity `XXY`"),
        (with("\"fare\":\"200 USD\"", "\"fare\":\"-200 USD\""), "E023", "an amount below zero"),
        (with("\"fare\":\"200 USD\"", "\"fare\":\"99999999999999999999 USD\""), "E022", "too large"),
        (with("\"fare\":\"200 USD\"", "\"fare\":\"200.001 USD\""), "E022", "decimals"),
        (with("2025-05-01T08:00:00Z", "1969-12-31T23:59:59Z"), "E011", "outside the years 1970 to 2200"),
        (with("2025-06-01T12:00:00Z", "2525-06-01T12:00:00Z"), "E011", "outside the years 1970 to 2200"),
        (with("2025-05-01T08:00:00Z", "2199-05-01T08:00:00Z"), "from-the-future", "the event happens at 2199-05-01"),
        (with("2025-05-01T08:00:00Z", "yesterday"), "E010", "`time` is `yesterday`, not a time"),
        (with("customer:7", "supplier:7"), "E013", "the subject `supplier:7` is not a key of kind `customer`"),
        (with("customer:7", "Customer Seven"), "E008", "not a key"),
        (with("\"about\":\"flight:1\"", "\"about\":\"ship:1\""), "E013", "`ship:1`"),
        (with("\"about\":\"flight:1\",", ""), "E004", "the attribute `about` is missing"),
        (
            event("remedy.paid", "p", Some(99), "flight:1", "2025-06-02T00:00:00Z", json!({ "remedy": "r-1" }))
                .into_bytes(),
            "unknown-remedy",
            "`customer:99` has no remedy `r-1`",
        ),
        (
            booking(1, "flight:1", "900 USD", &["900 USD"]).into_bytes(),
            "same-id-other-content",
            "was taken before with other content",
        ),
    ]
}

#[test]
fn every_bad_line_is_set_aside_with_line_reason_and_advice() {
    let desk = Desk::new();
    let mut input = booking(1, "flight:1", "200 USD", &["200 USD"]).into_bytes();
    let bad = bad_lines();
    for (line, ..) in &bad {
        input.push(b'\n');
        input.extend(line);
    }
    input.push(b'\n');
    input.extend(departure("flight:1", "4h").into_bytes());
    desk.write("events.jsonl", &input);
    let out = desk.run(&["events.jsonl"]).ended(1);
    let summary = format!("2 events taken, 0 known already, {} set aside", bad.len());
    assert!(out.contains(&summary), "{out}");
    assert!(out.contains(&format!("{} lines were set aside: `makegood quarantine list` says why", bad.len())), "{out}");

    let list = desk.makegood(&["quarantine", "list"]).ended(0);
    assert!(list.ends_with(&format!("{} of {} shown\n", bad.len(), bad.len())), "{list}");
    let lines: Vec<&str> = list.lines().collect();
    for (place, (_, code, reason)) in bad.iter().enumerate() {
        let head = format!("events.jsonl:{}  [{code}]", place + 2);
        let found = lines.iter().position(|line| line.ends_with(&head)).unwrap_or_else(|| panic!("{head}\n{list}"));
        assert!(lines[found + 1].contains(reason), "{head}: {}", lines[found + 1]);
        let advice = lines[found + 1].split_once(reason).unwrap().1;
        assert!(advice.contains(": "), "{head} has no advice: {advice}");
    }
    assert!(desk.makegood(&["remedy", "list"]).ended(0).contains("customer:1"), "everything else was taken");
    desk.makegood(&["verify"]).ended(0);

    let again = desk.run(&["events.jsonl"]).ended(1);
    assert!(again.contains("0 events taken, 2 known already"), "{again}");
    assert!(desk.makegood(&["quarantine", "list"]).ended(0).ends_with(&format!(
        "{} of {} shown\n",
        bad.len(),
        bad.len()
    )));
}

#[test]
fn events_about_unknown_parties_and_things_wait_for_them() {
    let desk = Desk::new();
    desk.write("first.jsonl", departure("flight:1", "4h"));
    desk.run(&["first.jsonl"]).ended(0);
    desk.write("second.jsonl", booking(1, "flight:1", "200 USD", &["200 USD"]));
    desk.run(&["second.jsonl"]).ended(0);
    assert!(desk.makegood(&["remedy", "list"]).ended(0).contains("5000 points"));
}

#[test]
fn a_truncated_archive_keeps_what_came_before_and_says_where_it_ends() {
    let lines: Vec<String> = (0..2_000).map(|customer| booking(customer, "flight:1", "200 USD", &[])).collect();
    let text = lines.join("\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    for (name, bytes) in
        [("events.gz", gzip.finish().unwrap()), ("events.zst", zstd::encode_all(text.as_bytes(), 1).unwrap())]
    {
        let desk = Desk::new();
        desk.write(name, &bytes[..bytes.len() - 9]);
        desk.write("another.jsonl", booking(2_001, "flight:2", "200 USD", &[]));
        let answer = desk.run(&[name, "another.jsonl"]);
        let (out, err) = (answer.out.clone(), answer.refused());
        assert!(desk.makegood(&["explain", "customer:2001"]).ended(0).contains("flight:2"), "the other file is read");
        assert!(err.contains(&format!("`{name}` could not be read on after line ")), "{err}");
        assert!(out.contains("events taken, 0 known already, 0 set aside"), "{out}");
        desk.write(name, &bytes);
        let whole = desk.run(&[name]).ended(0);
        assert!(whole.contains("0 set aside"), "{whole}");
        assert!(whole.contains("made     2 001"), "{whole}");
        desk.makegood(&["verify"]).ended(0);
    }
}

#[test]
fn what_is_set_aside_can_be_tried_again_and_dropped() {
    let desk = Desk::new();
    let narrow = std::fs::read_to_string(desk.path("charter.yaml")).unwrap();
    desk.write("charter.yaml", narrow.replace("weather.observed", "storm.observed"));
    let weather = event("weather.observed", "storm", None, "flight:1", "2025-06-01T11:00:00Z", json!({ "wind": 61 }));
    desk.write("events.jsonl", format!("{weather}\nnonsense\n"));
    desk.run(&["events.jsonl"]).ended(1);
    let left = desk.makegood(&["quarantine", "retry"]).ended(1);
    assert_eq!(left, "2 tried, 2 are still set aside\n");
    desk.write(
        "charter.yaml",
        narrow
            .replace("version: \"1\"", "version: \"2\"")
            .replace("from: 2025-01-01}\ntitle", "from: 2025-05-02}\ntitle"),
    );
    desk.put_in_force("charter.yaml");
    let left = desk.makegood(&["quarantine", "retry"]).ended(1);
    assert_eq!(left, "2 tried, 1 are still set aside\n");

    let list = desk.makegood(&["quarantine", "list"]).ended(0);
    let id = list.split_whitespace().next().unwrap();
    assert_eq!(desk.makegood(&["quarantine", "drop", id]).ended(0), "dropped\n");
    assert_eq!(desk.makegood(&["quarantine", "retry"]).ended(0), "0 tried, 0 are still set aside\n");
    let gone = desk.makegood(&["quarantine", "drop", id]).refused();
    assert!(gone.contains(&format!("nothing is set aside as `{id}`")), "{gone}");
}
