//! A folder in which the command is run, with a small charter and a small story.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

/// The charter of these tests.
pub const CHARTER: &str = r#"charter: air
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our promise, zh: 我们的承诺, nb: Vårt løfte}
source: {what: a test, as_of: 2025-01-01}
time_zone: Europe/Oslo
money: USD
tenders:
  points: {name: {en: points, zh: 积分, nb: poeng}, worth: 0.01 USD}
events:
  booking.made: {party: customer, about: flight, data: {departs: time, fare: money, paid: tenders}}
  flight.departed: {about: flight, data: {late: duration, why: "text?"}}
  flight.cancelled: {about: flight}
  weather.observed: {about: flight, data: {wind: number}}
promises:
  departure:
    made: {on: booking.made, due: data.departs, worth: data.fare, paid: data.paid}
    says: {en: "{thing} leaves at {due}.", zh: "{thing} 于 {due} 起飞。", nb: "{thing} går {due}."}
    owner: operations
    kept: {on: flight.departed, if: data.late < duration('15m')}
    late: {on: flight.departed}
    broken: {on: flight.cancelled}
    silent: {after: 24h}
rights:
  late:
    says: {en: We pay for the wait., zh: 我们为您的等待付费。, nb: Vi betaler for ventetiden.}
    on: flight.departed
    if: data.late >= duration('3h')
    unless:
      shown_by: weather.observed
      if: evidence.wind >= 50.0
      says: {en: It was the storm., zh: 因为风暴。, nb: Det var stormen.}
    compensation: {amount: 50 USD, in: points}
    pay_within: 7 days
  refund:
    says: {en: You get it back., zh: 全额退款。, nb: Du får det igjen.}
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth, to: original tenders}
    pay_within: 7 days
limits: {notify_from: 1 USD, approve_over: {amount: 500 USD, by: finance}}
"#;

/// An event about `customer:N` and a flight, or about a flight alone.
pub fn event(kind: &str, id: &str, customer: Option<u32>, flight: &str, time: &str, data: Json) -> String {
    let mut json = json!({
        "specversion": "1.0", "id": id, "source": "/tests", "type": kind, "time": time, "subject": flight, "data": data,
    });
    if let Some(customer) = customer {
        json["subject"] = format!("customer:{customer}").into();
        json["about"] = flight.into();
    }
    json.to_string()
}

/// A booking of a seat on `flight` that leaves on 1 June 2025 at noon, UTC.
pub fn booking(customer: u32, flight: &str, fare: &str, paid: &[&str]) -> String {
    let data = json!({ "departs": "2025-06-01T12:00:00Z", "fare": fare, "paid": paid });
    event("booking.made", &format!("booking-{customer}-{flight}"), Some(customer), flight, "2025-05-01T08:00:00Z", data)
}

/// The departure of `flight`, `late` by so much.
pub fn departure(flight: &str, late: &str) -> String {
    event("flight.departed", &format!("left-{flight}"), None, flight, "2025-06-01T16:00:00Z", json!({ "late": late }))
}

/// The cancellation of `flight`.
pub fn cancellation(flight: &str) -> String {
    event("flight.cancelled", &format!("gone-{flight}"), None, flight, "2025-06-01T10:00:00Z", json!({}))
}

/// Customer 1's flight leaves four hours late; customer 2's is cancelled, paid partly in points; customer 3's, a dear one, too;
/// customer 4's leaves in time, customer 5's in a storm.
pub fn story() -> Vec<String> {
    vec![
        booking(1, "flight:1", "200 USD", &["200 USD"]),
        booking(2, "flight:2", "150 USD", &["120 USD", "3000 points"]),
        booking(3, "flight:2", "900 USD", &["900 USD"]),
        booking(4, "flight:4", "200 USD", &["200 USD"]),
        booking(5, "flight:5", "200 USD", &["200 USD"]),
        departure("flight:1", "4h"),
        cancellation("flight:2"),
        departure("flight:4", "5m"),
        event("weather.observed", "storm", None, "flight:5", "2025-06-01T11:00:00Z", json!({ "wind": 61.5 })),
        departure("flight:5", "5h"),
    ]
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The standard output of a command that ended with this code.
    ///
    /// # Panics
    /// When it ended with another.
    pub fn ended(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self.out
    }

    /// The standard error of a command that could not do what it was asked.
    pub fn refused(self) -> String {
        assert_eq!(self.code, 2, "{}\n{}", self.out, self.err);
        assert!(self.err.starts_with("error[M"), "{}", self.err);
        assert!(self.err.contains("\n  help: "), "{}", self.err);
        self.err
    }
}

pub struct Desk {
    folder: tempfile::TempDir,
    db: String,
}

impl Desk {
    pub fn new() -> Self {
        Self::at("sqlite:test.db")
    }

    /// A desk whose database is at this address.
    pub fn at(db: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), db: db.to_owned() };
        desk.write("charter.yaml", CHARTER);
        desk
    }

    /// A desk at which the story has been told.
    pub fn told() -> Self {
        let desk = Self::new();
        desk.write("events.jsonl", story().join("\n"));
        desk.run(&["events.jsonl"]).ended(0);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Has two persons put a charter version in force.
    pub fn put_in_force(&self, file: &str) {
        for (person, answer) in [("anna", "proposed: "), ("bo", "in force: ")] {
            let out = self.makegood(&["charter", "put-in-force", file, "--as", person]).ended(0);
            assert!(out.starts_with(answer), "{out}");
        }
    }

    /// A command that is not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
        command.current_dir(self.folder.path()).args(arguments);
        command.env_remove("MAKEGOOD_WEBHOOK_SECRET").env("MAKEGOOD_DB", &self.db);
        command
    }

    /// Carries out a command in the folder.
    pub fn makegood(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        answer(&output)
    }

    /// Carries out a command that reads standard input.
    pub fn makegood_with(&self, arguments: &[&str], input: &[u8]) -> Answer {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        answer(&child.wait_with_output().unwrap())
    }

    /// `makegood run` over these files, with the clock moved to 20 June 2025.
    pub fn run(&self, events: &[&str]) -> Answer {
        self.makegood(&run(events))
    }

    /// The digest of all that is kept.
    pub fn digest(&self) -> String {
        let text = self.makegood(&["rebuild"]).ended(0);
        text.lines().find_map(|line| line.strip_prefix("kept    ")).unwrap().to_owned()
    }

    /// The name of the remedy of a customer under a right.
    pub fn remedy(&self, customer: u32, right: &str) -> String {
        let list = self.makegood(&["remedy", "list"]).ended(0);
        let party = format!(" customer:{customer} ");
        let line =
            list.lines().find(|line| line.contains(&party) && line.contains(right)).unwrap_or_else(|| panic!("{list}"));
        line.split_whitespace().find(|word| word.starts_with("r-")).unwrap().to_owned()
    }
}

/// The arguments of `makegood run` over these files.
pub fn run<'a>(events: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["run", "--charter", "charter.yaml", "--until", "2025-06-20T00:00:00Z", "--events"];
    arguments.extend(events);
    arguments
}

fn answer(output: &std::process::Output) -> Answer {
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}
