//! A desk at which events arrive: a database of its own, a charter, a session.

use std::path::PathBuf;
use std::sync::Arc;

use makegood_charter::clock::parse_moment;
use makegood_charter::diagnostic::Style;
use makegood_charter::{Charter, Moment};
use makegood_core::id::Kind;
use makegood_core::{Name, PromiseState, RemedyState, Rulebook};
use makegood_engine::limits::Bounds;
use makegood_engine::{
    History, Incoming, Origin, Range, Reject, Session, Simulated, Simulation, export, feed, read, rebuild, rows,
    simulate, simulate_files, verify,
};
use makegood_store::{PartKind, Sqlite, Store, slot_of};
use proptest::prelude::ProptestConfig;
use serde_json::{Value as Json, json};

/// The charter of these tests.
pub const CHARTER: &str = r#"
charter: air
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our promise}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
events:
  booking.made: {party: customer, about: flight, data: {departs: time, fare: money, paid: tenders}}
  booking.cancelled: {party: customer, about: flight}
  flight.departed: {about: flight, data: {late: duration}}
  flight.cancelled: {about: flight}
  weather.observed: {about: flight, data: {wind: number}}
  alternate.accepted: {party: customer, about: flight}
promises:
  departure:
    made: {on: booking.made, due: data.departs, worth: data.fare, paid: data.paid}
    says: {en: "{thing} leaves at {due}"}
    owner: operations
    kept: {on: flight.departed, if: data.late < duration('15m')}
    late: {on: flight.departed}
    broken: {on: flight.cancelled}
    released: {on: booking.cancelled}
    at_risk: {before: 2h}
    silent: {after: 24h}
rights:
  late:
    says: {en: We pay for the wait.}
    on: flight.departed
    if: data.late >= duration('3h')
    unless: {shown_by: weather.observed, if: evidence.wind >= 50.0}
    compensation: 50 USD
    pay_within: 7 days
    if_late: {compensation: 40 USD}
  refund:
    says: {en: You get it back.}
    on: flight.cancelled
    unless: {shown_by: alternate.accepted, within: 24h}
    restitution: {share: 100%, of: promise.worth}
    pay_within: 7 days
limits:
  per_day: {budget: 1000 USD, then: hold for approval}
  approve_over: {amount: 500 USD, by: finance}
"#;

/// A moment of the year 2025: `06-01 12:00`.
pub fn at(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let seconds = if time.len() == 5 { ":00" } else { "" };
    parse_moment(&format!("2025-{day}T{time}{seconds}Z"), &jiff::tz::TimeZone::UTC).unwrap()
}

/// The moment at which everything is learnt, unless a test says otherwise.
pub fn now() -> Moment {
    at("12-31")
}

pub fn rulebook(texts: &[&str]) -> Arc<Rulebook> {
    let charter = |text: &&str| {
        let read = Charter::read("test.yaml", text);
        let report = read.report(text, Style::Plain);
        Arc::new(read.charter.unwrap_or_else(|| panic!("{report}")))
    };
    Arc::new(Rulebook::new(texts.iter().map(charter)))
}

/// An event about `customer:N` and a flight, or about a flight alone.
pub fn event(kind: &str, id: &str, customer: Option<u32>, flight: &str, time: &str, data: Json) -> String {
    let mut json = json!({
        "specversion": "1.0", "id": id, "source": "/tests", "type": kind, "time": at(time).to_string(),
        "subject": flight, "data": data,
    });
    if let Some(customer) = customer {
        json["subject"] = format!("customer:{customer}").into();
        json["about"] = flight.into();
    }
    json.to_string()
}

/// A booking for 200.00 USD of a seat on `flight` that leaves on 1 June at noon.
pub fn booking(customer: u32, flight: &str) -> String {
    let data = json!({ "departs": at("06-01 12:00").to_string(), "fare": "200 USD", "paid": ["200 USD"] });
    event("booking.made", &format!("booking-{customer}-{flight}"), Some(customer), flight, "05-01", data)
}

/// The departure of `flight`, `late` by so much.
pub fn departure(id: &str, flight: &str, late: &str) -> String {
    event("flight.departed", id, None, flight, "06-01 13:00", json!({ "late": late }))
}

/// The cancellation of `flight`.
pub fn cancellation(id: &str, flight: &str) -> String {
    event("flight.cancelled", id, None, flight, "06-01 10:00", json!({}))
}

/// How many histories a property test lives through: few, so that the suite is fast, or what `PROPTEST_CASES` says.
pub fn histories(few: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub struct Desk {
    folder: Arc<tempfile::TempDir>,
    pub store: Arc<dyn Store>,
    pub book: Arc<Rulebook>,
    pub session: Session,
    bounds: Bounds,
    told: u64,
}

impl Desk {
    /// A desk that has the database to itself.
    pub fn new() -> Self {
        Self::open(false)
    }

    /// A desk that owns its database, or shares it with others.
    pub fn open(sharing: bool) -> Self {
        Self::of(Arc::new(tempfile::tempdir().unwrap()), sharing, rulebook(&[CHARTER]))
    }

    /// A desk with other bounds on memory than the usual.
    pub fn bounded(sharing: bool, bounds: Bounds) -> Self {
        Self::with(Arc::new(tempfile::tempdir().unwrap()), sharing, rulebook(&[CHARTER]), bounds)
    }

    pub fn of(folder: Arc<tempfile::TempDir>, sharing: bool, book: Arc<Rulebook>) -> Self {
        Self::with(folder, sharing, book, Bounds::default())
    }

    fn with(folder: Arc<tempfile::TempDir>, sharing: bool, book: Arc<Rulebook>, bounds: Bounds) -> Self {
        let store = Sqlite::open(folder.path().join("test.db")).unwrap().with_sharing(sharing);
        let store: Arc<dyn Store> = Arc::new(store);
        let session = Session::with_bounds(store.clone(), book.clone(), now(), bounds).unwrap();
        Self { folder, store, book, session, bounds, told: 0 }
    }

    /// Another desk at the same database, as another process would open it.
    pub fn beside(&self) -> Self {
        Self::with(self.folder.clone(), self.store.shared(), self.book.clone(), self.bounds)
    }

    /// The database's file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    /// A file beside the database.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&mut self, line: &str) -> Result<Incoming, Reject> {
        self.told += 1;
        read(&self.book, line.as_bytes(), Origin { name: "test".into(), line: self.told }, now())
    }

    /// Takes an event and leaves it with the batch at work.
    pub fn hand(&mut self, line: &str) -> &mut Self {
        let incoming = self.read(line).unwrap();
        self.session.take([incoming]).unwrap();
        self
    }

    /// Takes an event and makes it durable.
    pub fn tell(&mut self, line: &str) -> &mut Self {
        self.hand(line);
        self.session.flush().unwrap();
        self
    }

    /// Takes an event that a person waits for the answer to: `None`, or the code of the refusal.
    pub fn command(&mut self, line: &str) -> Option<&'static str> {
        let incoming = self.read(line).unwrap();
        self.session.command(incoming).unwrap().err().map(|reject| reject.code)
    }

    /// Feeds a whole input.
    pub fn feed(&mut self, input: &[u8]) -> &mut Self {
        feed(&mut self.session, &self.book, "input", input, &mut |_| {}).unwrap();
        self
    }

    pub fn clock(&mut self, until: &str) -> u64 {
        self.session.advance(at(until), &mut |_| {}).unwrap()
    }

    /// How the promises of a customer stand, those to pay left out.
    pub fn states(&mut self, customer: u32) -> Vec<&'static str> {
        let party = format!("customer:{customer}");
        let found = self.session.reader().parts_of(slot_of(&party), &party, PartKind::Promise).unwrap();
        let found = found.iter().filter(|row| &*row.clause != "pay");
        found.map(|row| PromiseState::ALL[usize::from(row.state)].word()).collect()
    }

    /// What a customer is owed: `late 50.00 USD approved`.
    pub fn owed(&mut self, customer: u32) -> Vec<String> {
        let party = format!("customer:{customer}");
        let found = self.session.reader().parts_of(slot_of(&party), &party, PartKind::Remedy).unwrap();
        let mut owed: Vec<String> = found
            .iter()
            .map(|row| {
                let amounts = rows::remedy(row).unwrap().amounts;
                format!("{} {amounts} {}", row.clause, RemedyState::ALL[usize::from(row.state)].word())
            })
            .collect();
        owed.sort();
        owed
    }

    /// The names of what a customer is owed.
    pub fn remedies(&mut self, customer: u32) -> Vec<String> {
        let party = format!("customer:{customer}");
        let found = self.session.reader().parts_of(slot_of(&party), &party, PartKind::Remedy).unwrap();
        found.iter().map(|row| Name::new(Kind::Remedy, &party, row.id).to_string()).collect()
    }

    /// Why lines and events were set aside, in order.
    pub fn set_aside(&mut self) -> Vec<String> {
        let mut rows = self.session.reader().quarantine(None, 1_000).unwrap();
        rows.sort_by(|a, b| (a.line, &a.code).cmp(&(b.line, &b.code)));
        rows.iter().map(|row| format!("{}: {}", row.line, row.code)).collect()
    }

    pub fn count(&mut self, table: &str) -> u64 {
        self.session.reader().count(table).unwrap()
    }

    /// All that is kept of the customers: parts, postings and messages, without their logs.
    pub fn picture(&mut self, customers: u32) -> Vec<String> {
        let mut picture = Vec::new();
        for customer in 0..customers {
            let party = format!("customer:{customer}");
            let slot = slot_of(&party);
            let reader = self.session.reader();
            let mut parts = reader.parts_of(slot, &party, PartKind::Promise).unwrap();
            parts.extend(reader.parts_of(slot, &party, PartKind::Remedy).unwrap());
            picture.extend(parts.iter().map(|part| format!("{part:?}")));
            let mut lines: Vec<_> =
                reader.postings_of(slot, &party).unwrap().iter().map(|line| format!("{line:?}")).collect();
            lines.extend(reader.outbox_of(slot, &party).unwrap().iter().map(|row| format!("{party} {:?}", row.id)));
            lines.sort();
            picture.append(&mut lines);
        }
        picture
    }

    /// Asserts that the database is whole: chains, books and views are right, and the log gives the same again.
    pub fn check(&mut self) {
        self.session.flush().unwrap();
        let verified = verify(&*self.store, &self.book, 2, &|| {}).unwrap();
        assert_eq!(verified.faults, Vec::<String>::new());
        let rebuilt = rebuild(&*self.store, &self.book, 2, &|| {}).unwrap();
        assert_eq!((rebuilt.differ, rebuilt.kept), (Vec::new(), rebuilt.folded));
        for table in ["inbox", "fanout"] {
            assert_eq!(self.count(table), 0, "{table}");
        }
        for rules in self.book.versions() {
            let same = self.simulate(&rules.charter);
            assert_eq!((same.differ, same.better, same.worse), (0, 0, 0), "a draft equal to what was in force");
            assert_eq!(same.was, same.would);
        }
    }

    /// What a draft would have given.
    pub fn simulate(&self, draft: &Arc<Charter>) -> Simulated {
        let draft = draft.clone();
        let simulation = Simulation { draft, until: Moment(i64::MAX), segment: Some("class".into()) };
        let found = simulate(&*self.store, &self.book, &simulation, 2, &|| {}).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let history = self.export(&folder.path().join("history"));
        assert_eq!(simulate_files(&history, &simulation, 2, &|| {}).unwrap(), found, "from files the same");
        found
    }

    /// The history as files.
    pub fn export(&self, folder: &std::path::Path) -> History {
        export(&*self.store, &self.book, folder, Range::default(), &mut || {}).unwrap();
        History::open(folder).unwrap()
    }
}
