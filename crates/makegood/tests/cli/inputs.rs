//! Where events come from: files plain or compressed, standard input, in one go or in many.

use std::io::Write;

use crate::desk::{Desk, run, story};

#[test]
fn every_kind_of_input_gives_the_same_database() {
    let text = story().join("\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let expected = Desk::told().digest();
    for (name, bytes) in [
        ("events.gz", gzip.finish().unwrap()),
        ("events.zst", zstd),
        ("events-without-a-telling-name", text.replace('\n', "\r\n").replace("\r\n", "\n\n").into_bytes()),
    ] {
        let desk = Desk::new();
        desk.write(name, bytes);
        desk.run(&[name]).ended(0);
        assert_eq!(desk.digest(), expected, "{name}");
    }
    let desk = Desk::new();
    desk.makegood_with(&run(&["-"]), text.as_bytes()).ended(0);
    assert_eq!(desk.digest(), expected, "standard input");
}

#[test]
fn two_archives_in_one_file_and_many_files_give_the_same() {
    let expected = Desk::told().digest();
    let desk = Desk::new();
    let half = |lines: &[String]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(format!("{}\n", lines.join("\n")).as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    let story = story();
    let (first, second) = story.split_at(6);
    let (second, third) = second.split_at(2);
    desk.write("one.gz", [half(first), half(second)].concat());
    desk.write("two.jsonl", third.join("\n"));
    desk.run(&["one.gz", "two.jsonl"]).ended(0);
    assert_eq!(desk.digest(), expected);
}

#[test]
fn run_again_it_changes_nothing() {
    let desk = Desk::told();
    let before = (desk.digest(), desk.makegood(&["ledger", "register"]).ended(0));
    let again = desk.run(&["events.jsonl"]).ended(0);
    assert!(
        again.starts_with("0 events taken, 10 known already, 0 set aside; 0 deliveries to parties, 0 moments"),
        "{again}"
    );
    assert_eq!((desk.digest(), desk.makegood(&["ledger", "register"]).ended(0)), before);
    desk.makegood(&["verify"]).ended(0);
}

#[test]
fn taken_in_parts_it_ends_the_same() {
    let desk = Desk::new();
    for (number, line) in story().iter().enumerate() {
        desk.write(&format!("{number}.jsonl"), line);
        desk.run(&[&format!("{number}.jsonl")]).ended(0);
    }
    let whole = Desk::told();
    let register = |desk: &Desk| {
        let mut lines: Vec<String> =
            desk.makegood(&["ledger", "register"]).ended(0).lines().map(|line| line.trim().to_owned()).collect();
        lines.sort();
        lines
    };
    assert_eq!(register(&desk), register(&whole));
    desk.makegood(&["verify"]).ended(0);
}

#[test]
fn the_statement_is_also_written_for_programs() {
    let desk = Desk::new();
    desk.write("events.jsonl", story().join("\n"));
    let mut arguments = run(&["events.jsonl"]);
    arguments.extend(["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&desk.makegood(&arguments).ended(0)).unwrap();
    assert_eq!(json["counts"]["events"], 10);
    assert_eq!(json["statement"]["promises"]["departure"]["broken"], 2);
    assert_eq!(json["statement"]["rights"]["refund"]["remedies"], 2);
}

#[test]
fn a_missing_file_holds_up_no_other() {
    let desk = Desk::new();
    desk.write("events.jsonl", story().join("\n"));
    let answer = desk.run(&["missing.jsonl", "events.jsonl"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("M010") && answer.err.contains("missing.jsonl"), "{}", answer.err);
    assert!(answer.out.contains("10 events taken"), "{}", answer.out);
}
