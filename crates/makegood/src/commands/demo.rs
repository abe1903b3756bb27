use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use makegood_charter::value::Moment;
use makegood_engine::sink::FileSink;
use makegood_engine::{Routes, Session, Sink, SinkError, feed};
use makegood_store::OutboxRow;

use super::run::taken;
use crate::Failure;
use crate::arguments::{Demo, Format};
use crate::clock::Stopwatch;
use crate::demo::events::{DayCounts, Year, YearReader, provenance};
use crate::demo::passengers::Size;
use crate::open::{self, Opened};
use crate::output::{bar, grouped};
use crate::output::{put, put_line};
use crate::statement::Statement;

/// The charter the demonstration runs under.
const CHARTER: &str = include_str!("../../../../charters/jetblue/charter.yaml");
/// The demonstration's clock moves, and its messages leave, at the end of every so many days.
const DAYS_A_ROUND: usize = 7;
/// Days of the last round, whose payouts are on their way when the statement is drawn up.
const LAST_ROUND: usize = 3;
/// Days after the last flight to which the clock moves on, so that what waits a day to be decided is decided. What is paid then is not
/// waited for: the statement shows it as on its way.
const DAYS_AFTER: i64 = 1;
/// How long after a payout was asked for it is paid, in the demonstration.
const PAID_AFTER: i64 = 12 * 3_600_000;
/// `makegood demo`: a real airline's year, day by day.
pub fn run(arguments: &Demo) -> Result<bool, Failure> {
    let watch = Stopwatch::start();
    let size = match arguments.share {
        _ if arguments.full => Size::Full,
        Some(share) => Size::Share(share),
        None => Size::Default,
    };
    let extract = |error| Failure::from_error("M030", &error, "the binary was built wrong: build it again");
    let year = Year::new(size, arguments.seed).map_err(extract)?;
    let first = jiff::civil::date(2013, 1, 1);
    let last = match arguments.days {
        Some(days) => first.saturating_add(jiff::Span::new().days(i64::from(days).saturating_sub(1))),
        None => jiff::civil::date(2013, 12, 31),
    };
    let year = year.between(first, last);
    let opened = fresh(&arguments.folder)?;
    if arguments.format == Format::Text {
        put_line!("{}\n", provenance(arguments.seed));
    }
    let mut world = World::new(arguments, &opened)?;
    let progress = bar(year.expected_bookings(), "the year 2013");
    let mut lived = DayCounts::default();
    let days: Vec<_> = year.days().collect();
    let (first_days, weeks) = days.split_at(days.len().saturating_sub(LAST_ROUND) % DAYS_A_ROUND);
    for round in std::iter::once(first_days).chain(weeks.chunks(DAYS_A_ROUND)) {
        let Some(last) = round.last() else { continue };
        lived.add(world.live(last.date, YearReader::of(round.iter().copied()))?);
        progress.set_position(lived.bookings);
    }
    world.close(last.saturating_add(jiff::Span::new().days(DAYS_AFTER)))?;
    progress.finish_and_clear();
    let session = &mut world.session;
    let statement = Statement::draw_up(session.reader(), &opened.book)?;
    match arguments.format {
        Format::Json => {
            put_line!(
                "{:#}",
                serde_json::json!({ "flights": lived.flights, "bookings": lived.bookings, "statement": statement })
            )
        }
        Format::Text => {
            put_line!(
                "{} flights, {} bookings; {} seconds",
                grouped(lived.flights),
                grouped(lived.bookings),
                grouped(watch.seconds().round() as i64)
            );
            put_line!("{}The clock stands at {}.\n", taken(&session.counts()), session.now());
            put!("{}", statement.text());
            put!("{}", next_steps(&arguments.folder, &statement));
        }
    }
    Ok(statement.balances() && session.counts().set_aside == 0)
}

fn next_steps(folder: &Path, statement: &Statement) -> String {
    let db = format!("--db sqlite:{}", folder.join("makegood.db").display());
    let mut text = String::from("\nLook further\n");
    if let Some(case) = statement.largest.first() {
        text.push_str(&format!("  makegood explain {} {db}\n", case.remedy));
    }
    text.push_str(&format!("  makegood ledger export --format hledger {db}\n  makegood rebuild {db}\n"));
    text.push_str(&format!("  payouts and notices stand in {}\n", folder.display()));
    text
}

/// An empty database in the folder, in place of an earlier demonstration.
fn fresh(folder: &Path) -> Result<Opened, Failure> {
    let failed = |error| {
        Failure::from_error(
            "M031",
            &error,
            format!("`{}` cannot be used: name another with --folder", folder.display()),
        )
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for name in [
        "makegood.db",
        "makegood.db-wal",
        "makegood.db-shm",
        "payouts.jsonl",
        "notices.jsonl",
        "questions.jsonl",
        "approvals.jsonl",
    ] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    let url = format!("sqlite:{}", folder.join("makegood.db").display());
    open::with_charters(&url, &[("charters/jetblue/charter.yaml".to_owned(), CHARTER.to_owned())])
}

/// The airline's days: events come in, the clock moves, messages leave, and the generated payments and approvals come back.
struct World<'o> {
    opened: &'o Opened,
    session: Session,
    payouts: Answering,
    approvals: Answering,
    notices: FileSink,
    questions: FileSink,
    events_out: Option<BufWriter<File>>,
    zone: TimeZone,
}

impl<'o> World<'o> {
    fn new(arguments: &Demo, opened: &'o Opened) -> Result<Self, Failure> {
        let file = |name: &str| FileSink::open(&arguments.folder.join(name)).map_err(Failure::from);
        let zone = opened.book.versions().first().map_or(TimeZone::UTC, |rules| rules.charter.zone.clone());
        let events_out = arguments.events_out.as_ref().map(File::create).transpose()?.map(BufWriter::new);
        Ok(Self {
            opened,
            session: opened.session()?,
            payouts: Answering::new(file("payouts.jsonl")?, "remedy.paid", "payments", PAID_AFTER),
            approvals: Answering::new(file("approvals.jsonl")?, "remedy.approved", "finance", 0),
            notices: file("notices.jsonl")?,
            questions: file("questions.jsonl")?,
            events_out,
            zone,
        })
    }

    /// Lives until the end of a day: the days up to then, the answers to earlier payouts, the clock and the dispatch. The days are
    /// generated while they are taken, so that memory does not grow with them.
    fn live(&mut self, date: Date, mut days: YearReader) -> Result<DayCounts, Failure> {
        let end = self.end_of(date)?;
        self.session.set_now(end);
        let mut answers = Vec::new();
        self.payouts.answer(end, &mut answers);
        self.take(&format!("the demonstration, {date}"), (&mut days).chain(answers.as_slice()))?;
        self.session.advance(end, &mut |_| {})?;
        self.dispatch(end)?;
        let mut approvals = Vec::new();
        self.approvals.answer(end, &mut approvals);
        if !approvals.is_empty() {
            self.take(&format!("the approvals of {date}"), approvals.as_slice())?;
            self.dispatch(end)?;
        }
        Ok(days.counts())
    }

    /// Moves the clock to the end of a last day, on which nothing more is heard.
    fn close(&mut self, date: Date) -> Result<(), Failure> {
        let end = self.end_of(date)?;
        self.session.set_now(end);
        self.session.advance(end, &mut |_| {})?;
        self.dispatch(end)
    }

    fn end_of(&self, date: Date) -> Result<Moment, Failure> {
        let midnight = date.tomorrow().and_then(|next| next.to_zoned(self.zone.clone()));
        let end = midnight.map_err(|error| Failure::from_error("M032", &error, "this date has no end: report it"))?;
        Ok(Moment(end.timestamp().as_millisecond()))
    }

    fn take(&mut self, name: &str, events: impl Read + Send) -> Result<(), Failure> {
        let events = Copied { from: events, to: self.events_out.as_mut() };
        feed(&mut self.session, &self.opened.book, name, events, &mut |_| {})?;
        Ok(())
    }

    fn dispatch(&mut self, now: Moment) -> Result<(), Failure> {
        let mut routes = Routes::default();
        routes.add("payout", &mut self.payouts);
        routes.add("approval", &mut self.approvals);
        routes.add("notice", &mut self.notices);
        routes.add("question", &mut self.questions);
        self.session.dispatch(&mut routes, now)?;
        Ok(())
    }
}

/// What is read from `from` is also written to `to`.
struct Copied<'w, R> {
    from: R,
    to: Option<&'w mut BufWriter<File>>,
}

impl<R: Read> Read for Copied<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.from.read(into)?;
        if let Some(to) = &mut self.to {
            to.write_all(into.get(..count).unwrap_or_default())?;
        }
        Ok(count)
    }
}

/// A receiver that writes messages to a file and answers each, some time later, with a generated event.
struct Answering {
    file: FileSink,
    kind: &'static str,
    actor: &'static str,
    after: i64,
    waiting: VecDeque<(Moment, Vec<u8>)>,
}

impl Answering {
    fn new(file: FileSink, kind: &'static str, actor: &'static str, after: i64) -> Self {
        Self { file, kind, actor, after, waiting: VecDeque::new() }
    }

    /// Moves the answers whose time has come to `events`.
    fn answer(&mut self, now: Moment, events: &mut Vec<u8>) {
        while self.waiting.front().is_some_and(|(at, _)| *at <= now) {
            events.extend(self.waiting.pop_front().map(|(_, event)| event).unwrap_or_default());
        }
    }

    fn event(&self, message: &OutboxRow, at: Moment) -> Option<Vec<u8>> {
        let body: serde_json::Value = serde_json::from_slice(&message.body).ok()?;
        let remedy = body.get("remedy")?.as_str()?;
        let event = serde_json::json!({
            "specversion": "1.0", "id": format!("{}/{remedy}", self.kind), "source": format!("urn:makegood:demo:{}", self.actor),
            "type": self.kind, "subject": &*message.party, "time": at.to_string(), "actor": self.actor,
            "data": { "remedy": remedy },
        });
        let mut line = event.to_string().into_bytes();
        line.push(b'\n');
        Some(line)
    }
}

impl Sink for Answering {
    fn deliver(&mut self, messages: &[OutboxRow], now: Moment) -> Vec<Result<(), SinkError>> {
        let outcomes = self.file.deliver(messages, now);
        let at = now.plus(self.after);
        for (message, _) in messages.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()) {
            self.waiting.extend(self.event(message, at).map(|event| (at, event)));
        }
        outcomes
    }
}
