//! The company at work: sessions on one database that take what they are told, die, come back and are told again; people who decide;
//! receivers. One step is carried out after another.

mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use makegood_auditor::{DAY, Fact, MINUTE, Received, Verdict, What};
use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_engine::limits::Bounds;
use makegood_engine::{EngineError, Incoming, Origin, Reject, Routes, Session, put_in_force, read};
use makegood_store::{Ident, Reader, Store, slot_of};
use serde_json::json;

use crate::charter;
use crate::frail::{Frail, Life};
use crate::plan::{Chance, Do, Setting, Step};
use crate::post::{Receiver, Records, TOPICS};
use crate::trace::Trace;
use people::Matters;

/// The source of every event.
pub(crate) const SOURCE: &str = "/world";
/// How long a claim lasts: what a dead session held goes on soon.
const CLAIM_MILLISECONDS: u32 = 40;
/// After so long every message that failed or waits for a day of its own is tried again.
const YEAR_AND_MORE: i64 = 400 * DAY;
/// Longer than a claim lasts.
const UNTIL_CLAIMS_RUN_OUT: Duration = Duration::from_millis(60);

/// A session at work.
struct Desk {
    session: Session,
    book: Arc<Rulebook>,
    life: Life,
    /// What was told and not yet said to be safe.
    unsure: Vec<usize>,
}

/// A company.
pub(crate) struct Company {
    pub store: Arc<dyn Store>,
    setting: Setting,
    charters: Vec<Arc<Charter>>,
    in_force: usize,
    desks: Vec<Option<Desk>>,
    /// What sessions that died were told and perhaps lost, to be told again.
    lost: Vec<Vec<usize>>,
    pub facts: Vec<Fact>,
    pub lines: Vec<Vec<u8>>,
    pub acknowledged: BTreeSet<usize>,
    pub verdicts: Vec<Verdict>,
    /// Of decisions that were told: how long the customer's log was then.
    told_at: BTreeMap<usize, usize>,
    matters: Matters,
    pub records: BTreeMap<&'static str, Records>,
    /// What the machine's clock is off by.
    jump: i64,
    pub trace: Trace,
    /// Sudden deaths.
    pub deaths: u64,
    /// Facts told, each time anew.
    pub told: u64,
}

/// What became of a piece of work.
enum Came<T> {
    Well(T),
    Died,
}

impl Company {
    pub fn new(store: Arc<dyn Store>, setting: Setting, facts: Vec<Fact>) -> Result<Self> {
        let sessions = usize::from(setting.sessions.max(1));
        let lines = facts.iter().map(line).collect();
        let mut company = Self {
            store,
            setting,
            charters: charter::versions()?,
            in_force: 0,
            desks: (0..sessions).map(|_| None).collect(),
            lost: vec![Vec::new(); sessions],
            facts,
            lines,
            acknowledged: BTreeSet::new(),
            verdicts: Vec::new(),
            told_at: BTreeMap::new(),
            matters: Matters::default(),
            records: TOPICS.iter().map(|topic| (*topic, Records::default())).collect(),
            jump: 0,
            trace: Trace::default(),
            deaths: 0,
            told: 0,
        };
        company.put_in_force(1)?;
        Ok(company)
    }

    fn put_in_force(&mut self, versions: usize) -> Result<()> {
        for charter in self.charters.iter().take(versions).skip(self.in_force) {
            put_in_force(&*self.store, charter, Moment(crate::plan::BEGIN))?;
        }
        self.in_force = self.in_force.max(versions.min(self.charters.len()));
        Ok(())
    }

    /// What judges now.
    pub fn book(&self) -> Arc<Rulebook> {
        charter::book(self.charters.get(..self.in_force).unwrap_or_default())
    }

    pub fn budget_is_shared(&self) -> bool {
        self.setting.sharing && self.desks.len() > 1
    }

    /// Everything that receivers have.
    pub fn received(&self) -> BTreeMap<String, Received> {
        self.records.values().flat_map(|records| records.received.clone()).collect()
    }

    /// Carries out a step.
    pub fn step(&mut self, step: &Step) -> Result<()> {
        if self.in_force < self.charters.len() && step.at >= self.setting.second_terms_at {
            // Sessions that are at work know nothing of it: their next commit is refused, and they begin anew.
            self.put_in_force(self.charters.len())?;
            self.trace.note("the second terms are in force".to_owned());
        }
        let session = usize::from(step.session).checked_rem(self.desks.len()).unwrap_or_default();
        let came = self.carry_out(step, session)?;
        let died = if matches!(came, Came::Died) { ": the session died" } else { "" };
        self.trace.note(format!("{} session {session} {:?}{died}", step.at, step.what));
        for topic in TOPICS {
            let came = self.records.get_mut(topic).map(|records| std::mem::take(&mut records.came)).unwrap_or_default();
            came.into_iter().for_each(|line| self.trace.note(line));
        }
        Ok(())
    }

    fn carry_out(&mut self, step: &Step, session: usize) -> Result<Came<()>> {
        let now = Moment(step.at.saturating_add(self.jump));
        match step.what {
            Do::Tell(fact) if fact < self.facts.len() => self.tell(session, now, fact),
            Do::Tell(_) | Do::Audit => Ok(Came::Well(())),
            Do::Pause => self.at(session, now, |desk| desk.session.pause()),
            Do::Flush => self.flush(session, now),
            Do::Clock => self.advance(session, now),
            Do::Dispatch(draw) => self.dispatch(session, now, Some(Chance::new(draw))),
            Do::Decide(draw) => self.decide(session, now, &mut Chance::new(draw)),
            Do::Die { after, durable, tidy } => {
                let came = self.at(session, now, |_| Ok(()))?;
                if let Some(desk) = self.desks.get(session).and_then(Option::as_ref) {
                    desk.life.ends_after(after, durable, tidy);
                }
                Ok(came)
            }
            Do::Crash => {
                self.die(session);
                Ok(Came::Died)
            }
            Do::Jump(by) => {
                self.jump = by;
                Ok(Came::Well(()))
            }
        }
    }

    /// Ends a session as it stands. What it was told and is not safe is told again by whoever told it.
    fn die(&mut self, session: usize) {
        let Some(desk) = self.desks.get_mut(session).and_then(Option::take) else { return };
        self.deaths += 1;
        let waits = desk.life.is_over() && !desk.life.was_tidy();
        if let Some(lost) = self.lost.get_mut(session) {
            lost.extend(&desk.unsure);
        }
        drop(desk);
        if waits {
            std::thread::sleep(UNTIL_CLAIMS_RUN_OUT);
        }
    }

    /// Does something at a session, which is opened when it is not there; what was lost is told it again first.
    fn at<T>(
        &mut self,
        session: usize,
        now: Moment,
        work: impl FnOnce(&mut Desk) -> Result<T, EngineError>,
    ) -> Result<Came<T>> {
        if self.desks.get(session).is_none_or(Option::is_none) {
            self.open(session, now)?;
        }
        let Some(desk) = self.desks.get_mut(session).and_then(Option::as_mut) else { return Ok(Came::Died) };
        desk.session.set_now(now);
        let done = work(desk);
        self.came(session, done)
    }

    fn came<T>(&mut self, session: usize, done: Result<T, EngineError>) -> Result<Came<T>> {
        let over = self.desks.get(session).and_then(Option::as_ref).is_some_and(|desk| desk.life.is_over());
        match done {
            Ok(done) => Ok(Came::Well(done)),
            Err(_) if over => {
                self.die(session);
                Ok(Came::Died)
            }
            Err(EngineError::Charters { .. }) => {
                // It ends with that reason, and is begun anew.
                self.die(session);
                Ok(Came::Died)
            }
            Err(error) => bail!("session {session} failed: {}", in_words(&error)),
        }
    }

    fn open(&mut self, session: usize, now: Moment) -> Result<()> {
        let (life, book) = (Life::default(), self.book());
        let (inner, split) = (Arc::clone(&self.store), self.setting.split);
        let store = Arc::new(Frail { inner, life: life.clone(), split });
        let bounds = Bounds {
            commit_lines: self.setting.commit_lines,
            fanout_portion: self.setting.fanout_portion,
            at_hand: self.setting.at_hand,
            parts_at_hand: self.setting.parts_at_hand,
            claim_milliseconds: CLAIM_MILLISECONDS,
            commits_in_flight: self.setting.commits_in_flight,
            ..Bounds::default()
        };
        let opened = match Session::with_bounds(store, Arc::clone(&book), now, bounds) {
            Ok(opened) => opened,
            Err(error) => bail!("session {session} cannot be opened: {}", in_words(&error)),
        };
        let mut desk = Desk { session: opened, book, life, unsure: Vec::new() };
        let lost = self.lost.get_mut(session).map(std::mem::take).unwrap_or_default();
        let incoming: Vec<Incoming> =
            lost.iter().filter_map(|fact| self.incoming(&desk.book, *fact, now).ok()).collect();
        let told = desk.session.take(incoming);
        desk.unsure = lost;
        if let Some(place) = self.desks.get_mut(session) {
            *place = Some(desk);
        }
        self.came(session, told).map(|_| ())
    }

    fn incoming(&self, book: &Rulebook, fact: usize, now: Moment) -> Result<Incoming, Reject> {
        let line = self.lines.get(fact).map(Vec::as_slice).unwrap_or_default();
        read(book, line, Origin { name: "world".into(), line: fact as u64 }, now)
    }

    fn tell(&mut self, session: usize, now: Moment, fact: usize) -> Result<Came<()>> {
        self.note_told(fact)?;
        let line = self.lines.get(fact).cloned().unwrap_or_default();
        self.told += 1;
        let mut refused = None;
        let came = self.at(session, now, |desk| {
            match read(&desk.book, &line, Origin { name: "world".into(), line: fact as u64 }, now) {
                Ok(incoming) => {
                    desk.unsure.push(fact);
                    desk.session.take([incoming])
                }
                Err(reject) => {
                    refused = Some(reject);
                    Ok(())
                }
            }
        })?;
        match refused {
            Some(reject) => bail!("a fact cannot be read: {}: {}", reject.reason, String::from_utf8_lossy(&line)),
            None => Ok(came),
        }
    }

    /// Notes how long a customer's log is when a decision about it is told for the first time.
    fn note_told(&mut self, fact: usize) -> Result<()> {
        let Some(known) = self.facts.get(fact).filter(|known| known.what.is_decision()) else { return Ok(()) };
        let party = known.party.clone().unwrap_or_default();
        if !self.told_at.contains_key(&fact) {
            let length = self.length_of(&party)?;
            self.told_at.insert(fact, length);
        }
        Ok(())
    }

    fn length_of(&self, party: &str) -> Result<usize> {
        let heads = self.store.reader()?.heads(&[(slot_of(party), party)])?;
        let length = heads.into_iter().flatten().next().map_or(0, |head| head.seq);
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn flush(&mut self, session: usize, now: Moment) -> Result<Came<()>> {
        let came = self.at(session, now, |desk| {
            desk.session.flush()?;
            Ok(std::mem::take(&mut desk.unsure))
        })?;
        match came {
            Came::Well(safe) => {
                self.answered(&safe)?;
                Ok(Came::Well(()))
            }
            Came::Died => Ok(Came::Died),
        }
    }

    /// These are safe: each stands in its log, or was refused for a reason that is kept.
    fn answered(&mut self, facts: &[usize]) -> Result<()> {
        for fact in facts {
            self.acknowledged.insert(*fact);
            let Some(known) = self.facts.get(*fact).filter(|known| known.what.is_decision()) else { continue };
            let party = known.party.clone().unwrap_or_default();
            let ident = self.ident(*fact);
            let mut reader = self.store.reader()?;
            if reader.places(&[(slot_of(&party), &party, ident)])? != [None] {
                continue;
            }
            let code = set_aside(&mut *reader, &self.lines)?.remove(fact);
            let (from, until) = (self.told_at.get(fact).copied().unwrap_or(0), self.length_of(&party)?);
            if let Some(code) = code {
                self.verdicts.push(Verdict { fact: *fact, code, from, until });
            }
        }
        Ok(())
    }

    pub fn ident(&self, fact: usize) -> Ident {
        let id = self.facts.get(fact).map_or("", |fact| fact.id.as_str());
        makegood_store::ident(SOURCE, id)
    }

    fn advance(&mut self, session: usize, until: Moment) -> Result<Came<()>> {
        let came = self.at(session, until, |desk| {
            desk.session.advance(until, &mut |_| {})?;
            Ok(std::mem::take(&mut desk.unsure))
        })?;
        match came {
            Came::Well(safe) => {
                self.answered(&safe)?;
                Ok(Came::Well(()))
            }
            Came::Died => Ok(Came::Died),
        }
    }

    fn dispatch(&mut self, session: usize, now: Moment, mood: Option<Chance>) -> Result<Came<()>> {
        if self.desks.get(session).is_none_or(Option::is_none) {
            self.open(session, now)?;
        }
        let Some(desk) = self.desks.get_mut(session).and_then(Option::as_mut) else { return Ok(Came::Died) };
        desk.session.set_now(now);
        let mut receivers = Vec::new();
        for (number, (topic, records)) in self.records.iter_mut().enumerate() {
            let mood = mood.clone().map(|mut mood| Chance::new(mood.draw().wrapping_add(number as u64)));
            receivers.push((*topic, Receiver { records, reader: self.store.reader()?, mood }));
        }
        let mut routes = Routes::default();
        for (topic, receiver) in &mut receivers {
            routes.add(topic, receiver);
        }
        let done = desk.session.dispatch(&mut routes, now);
        drop(routes);
        drop(receivers);
        let safe = if done.is_ok() { std::mem::take(&mut desk.unsure) } else { Vec::new() };
        let came = self.came(session, done)?;
        self.answered(&safe)?;
        self.matters.open(&mut self.records);
        Ok(match came {
            Came::Well(_) => Came::Well(()),
            Came::Died => Came::Died,
        })
    }

    /// Makes all that was told safe, and moves the clock to `until` for everyone. Nobody dies of it.
    pub fn come_to_rest(&mut self, until: Moment) -> Result<()> {
        for session in 0..self.desks.len() {
            // A fuse that is still armed goes off here at the latest.
            for _ in 0..2 {
                if matches!(self.flush(session, until)?, Came::Well(())) {
                    break;
                }
            }
        }
        for _ in 0..2 {
            if matches!(self.advance(0, until)?, Came::Well(())) {
                break;
            }
        }
        let waits = self.lost.iter().any(|lost| !lost.is_empty());
        if waits { self.come_to_rest(until) } else { Ok(()) }
    }

    /// Lets everything leave that must, to receivers that take everything: late enough that every next try has come.
    pub fn deliver_everything(&mut self, from: Moment) -> Result<()> {
        let at = Moment(from.0.saturating_add(YEAR_AND_MORE));
        // A session that dies of it is followed by one that goes on.
        for _ in 0..3 {
            if matches!(self.dispatch(0, at, None)?, Came::Well(())) {
                break;
            }
        }
        Ok(())
    }

    /// The machine's clock at a moment of the world.
    pub fn machine(&self, at: i64) -> Moment {
        Moment(at.saturating_add(self.jump))
    }

    /// The machine's clock is right again.
    pub fn set_right(&mut self) {
        self.jump = 0;
    }
}

/// What was set aside, by fact, with the code.
pub(crate) fn set_aside(reader: &mut dyn Reader, lines: &[Vec<u8>]) -> Result<BTreeMap<usize, String>> {
    let mut found = BTreeMap::new();
    for row in reader.quarantine(None, 100_000)? {
        let fact = usize::try_from(row.line).unwrap_or(usize::MAX);
        if lines.get(fact).map(Vec::as_slice) != Some(&*row.bytes) {
            bail!("something was set aside that nobody told: {}", String::from_utf8_lossy(&row.bytes));
        }
        found.insert(fact, row.code.to_string());
    }
    Ok(found)
}

/// An error with what caused it.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words.push_str(&format!(": {source}"));
        cause = source.source();
    }
    words
}

/// A fact as the line that is told.
pub(crate) fn line(fact: &Fact) -> Vec<u8> {
    let minutes = |minutes: &i64| format!("{minutes}m");
    let moment = |at: i64| Moment(at).to_string();
    let (kind, data, actor) = match &fact.what {
        What::Booked { departs, fare, paid } => {
            let paid: Vec<String> = paid.iter().map(ToString::to_string).collect();
            let data = json!({ "departs": moment(*departs), "fare": fare.to_string(), "paid": paid });
            ("trip.booked", data, None)
        }
        What::Dropped => ("trip.dropped", json!({}), None),
        What::OtherTaken => ("other.taken", json!({}), None),
        What::Left { minutes: late } => ("sailing.left", json!({ "late": minutes(late) }), None),
        What::Cancelled { notice } => ("sailing.cancelled", json!({ "notice": minutes(notice) }), None),
        What::Postponed { minutes: by } => ("sailing.postponed", json!({ "by": minutes(by) }), None),
        What::Storm { wind } => ("storm.seen", json!({ "wind": wind }), None),
        What::Approved { remedy, by } => ("remedy.approved", json!({ "remedy": remedy }), Some(by.as_str())),
        What::Paid { remedy } => ("remedy.paid", json!({ "remedy": remedy }), None),
        What::Failed { remedy } => ("remedy.failed", json!({ "remedy": remedy, "reason": "no account" }), None),
        What::Waived { remedy } => {
            ("remedy.waived", json!({ "remedy": remedy, "consent": "by letter" }), Some("user:desk"))
        }
        What::Corrected { remedy, amount, by } => {
            let data = json!({ "remedy": remedy, "amount": amount.to_string(), "reason": "looked at again" });
            ("remedy.corrected", data, Some(by.as_str()))
        }
        What::Goodwill { amount, by } => {
            ("goodwill.given", json!({ "amount": amount.to_string(), "reason": "kindness" }), Some(by.as_str()))
        }
        What::Renegotiated { promise, due } => {
            let data = json!({ "promise": promise, "due": moment(*due), "consent": "by telephone" });
            ("promise.renegotiated", data, Some("user:desk"))
        }
        What::Released { promise } => {
            ("promise.released", json!({ "promise": promise, "consent": "by letter" }), Some("user:desk"))
        }
        What::Kept { promise } => ("promise.kept", json!({ "promise": promise }), Some("user:desk")),
    };
    let mut event = json!({
        "specversion": "1.0", "id": fact.id, "source": SOURCE, "type": kind, "time": moment(fact.time), "data": data,
        "subject": fact.party.as_deref().unwrap_or(&fact.thing),
    });
    if fact.party.is_some() && !fact.thing.is_empty() {
        event["about"] = fact.thing.as_str().into();
    }
    if let Some(actor) = actor {
        event["actor"] = actor.into();
    }
    event.to_string().into_bytes()
}

/// A little later than a moment of the world, so that no two decisions fall on one moment.
pub(crate) fn a_little_after(at: i64, number: usize) -> i64 {
    at.div_euclid(MINUTE) * MINUTE + i64::try_from(number % 60_000).unwrap_or(0)
}
