//! One party's history, judged again.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_charter::words;
use makegood_core::id::{Kind, Name};
use makegood_core::{
    Clause, Context, Event, FoldError, Form, Happening, Ident, PartId, Promise, Remedy, RemedyKind, Rulebook, Rules,
};
use makegood_store::{Body, EventRow, Reader, slot_of};
use rustc_hash::FxHashMap;

use super::Simulation;
use super::sums::{Difference, Simulated, worth};
use crate::folder::context_of;
use crate::history::ThingLogs;
use crate::intake::{CLOCK_SOURCE, Logged, reread};
use crate::replay::Replay;
use crate::{EngineError, limits};

/// Things whose events are kept at hand while a slot's parties are judged.
const THINGS: usize = 4_096;

/// Under what a history is judged.
pub(super) struct Judges<'j> {
    /// What was in force.
    pub book: &'j Rulebook,
    /// The same with the draft.
    pub drafted: &'j Rulebook,
    pub simulation: &'j Simulation,
    /// How far the clock has come.
    pub clock: Moment,
    /// True when both declare the same events, so that what one read the other need not read again.
    pub alike: bool,
}

/// What is known of a party before its history is judged again.
#[derive(Default)]
pub(super) struct Recorded {
    /// What came to be owed.
    pub owed: BTreeMap<PartId, Remedy>,
    /// What its lines say, as the draft reads them too: as far as they were read, and `None` for one that the draft must read itself.
    pub said: Vec<Option<Logged>>,
}

/// True when every version of one declares the same events as the version at its place in the other.
pub(super) fn declare_alike(one: &Rulebook, other: &Rulebook) -> bool {
    let (one, other) = (one.versions(), other.versions());
    let alike = |(one, other): (&Rules, &Rules)| {
        let (one, other) = (&one.charter, &other.charter);
        one.shapes == other.shapes
            && one.shape_ids == other.shape_ids
            && one.commodities.declared().eq(other.commodities.declared())
    };
    one.len() == other.len() && one.iter().zip(other).all(alike)
}

/// A thing's event: when it was recorded, its place in the thing's log, and what the draft reads of it, if it can.
#[derive(Debug, Clone)]
struct Said {
    recorded: Moment,
    seq: u64,
    event: Result<Arc<Event>, &'static str>,
}

/// Events of things, for one party after another.
#[derive(Default)]
pub(super) struct Things(FxHashMap<Box<str>, Arc<Vec<Said>>>);

/// Who knows the logs of things.
pub(super) trait Teller {
    /// All lines of the log of a thing, in order.
    fn whole_log(&mut self, thing: &str) -> Result<Cow<'_, [EventRow]>, EngineError>;
}

/// The database.
pub(super) struct FromStore<'r>(pub &'r mut dyn Reader);

impl Teller for FromStore<'_> {
    fn whole_log(&mut self, thing: &str) -> Result<Cow<'_, [EventRow]>, EngineError> {
        let mut rows: Vec<EventRow> = Vec::new();
        loop {
            let after = rows.last().map_or(0, |row| row.seq);
            let more = self.0.log(slot_of(thing), thing, after, limits::SLOT_ROWS)?;
            if more.is_empty() {
                return Ok(rows.into());
            }
            rows.extend(more);
        }
    }
}

/// The files of a history, and the party's own log: it may be told again what it said itself.
pub(super) struct FromFiles<'f> {
    pub things: &'f ThingLogs,
    pub own: &'f [EventRow],
}

impl Teller for FromFiles<'_> {
    fn whole_log(&mut self, thing: &str) -> Result<Cow<'_, [EventRow]>, EngineError> {
        let own = self.own.first().is_some_and(|line| *line.key == *thing);
        Ok(Cow::Borrowed(if own { self.own } else { self.things.get(thing).map(Vec::as_slice).unwrap_or_default() }))
    }
}

impl Things {
    fn log(&mut self, teller: &mut dyn Teller, book: &Rulebook, thing: &str) -> Result<Arc<Vec<Said>>, EngineError> {
        if let Some(log) = self.0.get(thing) {
            return Ok(log.clone());
        }
        let rows = teller.whole_log(thing)?;
        // Of most things that parties speak of themselves, nobody else does.
        if rows.is_empty() {
            return Ok(Arc::default());
        }
        let mut log = Vec::new();
        for row in rows.iter() {
            let Body::Own(bytes) = &row.body else { continue };
            let event = match reread(book, bytes) {
                Ok(Logged::Event(event)) => Ok(Arc::from(event)),
                Ok(Logged::Again(_) | Logged::Clock { .. }) => continue,
                Err(reject) => Err(reject.code),
            };
            log.push(Said { recorded: Moment(row.recorded), seq: row.seq, event });
        }
        if self.0.len() >= THINGS {
            self.0.clear();
        }
        let log = Arc::new(log);
        self.0.insert(thing.into(), log.clone());
        Ok(log)
    }

    /// What a line of a party's log says, or the code of why it cannot be read.
    fn read(
        &mut self,
        teller: &mut dyn Teller,
        book: &Rulebook,
        line: &EventRow,
    ) -> Result<Result<Logged, &'static str>, EngineError> {
        Ok(match &line.body {
            Body::Own(bytes) => reread(book, bytes).map_err(|reject| reject.code),
            Body::Erased(_) => Err("erased"),
            Body::Heard { thing, seq } => {
                let log = self.log(teller, book, thing)?;
                let place = log.binary_search_by_key(seq, |said| said.seq).ok();
                let said = place.and_then(|place| log.get(place)).map(|said| said.event.clone());
                let event = said.unwrap_or(Err("missing"));
                event.map(|event| Logged::Event(Box::new((*event).clone())).heard_in(line))
            }
        })
    }
}

impl Judges<'_> {
    /// What came to be owed to a party under what was in force: its log, folded again.
    pub fn owed(
        &self,
        teller: &mut dyn Teller,
        things: &mut Things,
        key: &str,
        lines: &[EventRow],
    ) -> Result<Recorded, EngineError> {
        let mut replay = Replay::default();
        let mut said = Vec::with_capacity(lines.len());
        for line in lines {
            let read = things.read(teller, self.book, line)?;
            let unreadable =
                |code: &str| EngineError::Unreadable { key: key.into(), seq: line.seq, reason: code.into() };
            let logged = read.map_err(unreadable)?;
            let taken = replay.take(self.book, key, &logged.happening(), context_of(line.context));
            taken.map_err(|error| EngineError::Fold { key: key.into(), error: Box::new(error) })?;
            said.push(Some(logged).filter(|logged| self.read_alike(logged)));
        }
        let owed = replay.remedies.into_iter().map(|(id, remedy)| (id, Arc::unwrap_or_clone(remedy))).collect();
        Ok(Recorded { owed, said })
    }

    /// True of a line that the draft reads as it was read: no version that knows its type failed to read it, in force or not.
    fn read_alike(&self, logged: &Logged) -> bool {
        let (Logged::Event(event) | Logged::Again(event)) = logged else { return true };
        let read = |(rules, form): (&Rules, &Option<Form>)| {
            form.is_some() || !rules.charter.shape_ids.contains_key(&event.kind)
        };
        self.alike && self.book.versions().iter().zip(&event.forms).all(read)
    }

    /// Judges the history of one party, and adds what came of it beside what was owed.
    pub fn party(
        &self,
        teller: &mut dyn Teller,
        things: &mut Things,
        key: &str,
        lines: &[EventRow],
        Recorded { owed: recorded, said }: Recorded,
        sums: &mut Simulated,
    ) -> Result<(), EngineError> {
        let mut history = History {
            judges: self,
            key,
            replay: Replay::default(),
            recorded,
            clocks: BTreeMap::new(),
            last_told: BTreeMap::new(),
            own: Vec::new(),
            waiting: VecDeque::new(),
            rounds: 0,
            sums,
        };
        history.live(lines, said, teller, things)?;
        let History { replay, recorded, .. } = history;
        self.compare(key, &replay, &recorded, sums);
        Ok(())
    }

    fn compare(&self, key: &str, replay: &Replay, recorded: &BTreeMap<PartId, Remedy>, sums: &mut Simulated) {
        let charter = &self.simulation.draft;
        let counted = |book: &Rulebook, remedy: &Remedy| {
            let of_charter =
                book.by_tag(remedy.reason.charter).is_some_and(|(_, rules)| rules.charter.name == charter.name);
            let in_time = charter.from <= remedy.owed_at && remedy.owed_at < self.simulation.until;
            of_charter && in_time && remedy.kind != RemedyKind::Goodwill
        };
        let was: Vec<&Remedy> = recorded.values().filter(|remedy| counted(self.book, remedy)).collect();
        let would: Vec<&Remedy> = replay
            .remedies
            .values()
            .map(|remedy| &**remedy)
            .filter(|remedy| counted(self.drafted, remedy) && !is_unknown_penalty(replay, recorded, remedy))
            .collect();
        sums.parties = sums.parties.saturating_add(1);
        let owed = |remedy: &&&Remedy| (remedy.id, remedy.amounts.clone(), remedy.reason.clone());
        if !was.iter().map(|remedy| owed(&remedy)).eq(would.iter().map(|remedy| owed(&remedy))) {
            sums.differ = sums.differ.saturating_add(1);
        }
        let mut places: BTreeMap<(&str, &str), (i128, i128)> = BTreeMap::new();
        for (side, remedies, drafted) in [(&mut sums.was, &was, false), (&mut sums.would, &would, true)] {
            for remedy in remedies {
                side.count(charter, remedy, self.segment(replay, remedy));
                let (was, would) = places.entry((&remedy.thing, &remedy.right)).or_default();
                let place = if drafted { would } else { was };
                *place = place.saturating_add(worth(charter, remedy));
            }
        }
        let (was, would) = places
            .values()
            .fold((0_i128, 0_i128), |(was, would), place| (was.saturating_add(place.0), would.saturating_add(place.1)));
        sums.better = sums.better.saturating_add(u64::from(would > was));
        sums.worse = sums.worse.saturating_add(u64::from(would < was));
        let changed = places.into_iter().filter(|(_, (was, would))| was != would);
        let difference = |((thing, right), (was, would)): ((&str, &str), (i128, i128))| Difference {
            party: key.into(),
            thing: thing.into(),
            right: right.into(),
            was,
            would,
        };
        sums.note_largest(changed.map(difference).collect());
    }

    /// The word by which a remedy's figures are split.
    fn segment(&self, replay: &Replay, remedy: &Remedy) -> Option<Box<str>> {
        let field = self.simulation.segment.as_deref()?;
        let word = || {
            let mut promise = replay.promises.get(&remedy.promise?)?;
            // A penalty is for the promise to pay another remedy.
            if let Clause::Pay { remedy: paid, .. } = promise.clause {
                promise = replay.promises.get(&replay.remedies.get(&paid)?.promise?)?;
            }
            made(self.drafted, promise, field)
        };
        Some(word().unwrap_or_else(|| "—".into()))
    }
}

/// A field of the event that made a promise, in words.
fn made(book: &Rulebook, promise: &Promise, field: &str) -> Option<Box<str>> {
    let (_, rules) = book.by_tag(promise.charter)?;
    let shape = rules.charter.shapes.get(promise.clause_of(rules)?.on)?;
    let position = *shape.positions.get(field)?;
    let kind = &shape.fields.get(position)?.kind;
    Some(words::show(promise.made.get(position)?, kind, &rules.charter.zone, "en").into())
}

/// True of a penalty for paying a remedy late that only the draft gives: when that would have been paid, nobody knows.
fn is_unknown_penalty(replay: &Replay, recorded: &BTreeMap<PartId, Remedy>, remedy: &Remedy) -> bool {
    if remedy.kind != RemedyKind::Penalty {
        return false;
    }
    let paid = remedy.promise.and_then(|id| replay.promises.get(&id)).and_then(|promise| match promise.clause {
        Clause::Pay { remedy, .. } => replay.remedies.get(&remedy),
        Clause::Promise(_) | Clause::Delegated(_) => None,
    });
    !paid.is_some_and(|paid| recorded.values().any(|known| is_for_the_same(known, paid)))
}

/// True of two remedies for the same failure, perhaps under two versions of a charter.
fn is_for_the_same(one: &Remedy, other: &Remedy) -> bool {
    let what = |remedy: &Remedy| (remedy.kind, remedy.reason.cause, remedy.promise);
    one.right == other.right && what(one) == what(other)
}

/// A party's history while it is lived again.
struct History<'h> {
    judges: &'h Judges<'h>,
    key: &'h str,
    replay: Replay,
    /// Its remedies as they were owed.
    recorded: BTreeMap<PartId, Remedy>,
    /// The moments to which its clock came later on, each with how often.
    clocks: BTreeMap<Moment, u32>,
    /// The last line in which it heard each event of a thing.
    last_told: BTreeMap<(Box<str>, u64), u64>,
    /// Its own events about things, so far, by their place in the log.
    own: Vec<(u64, Event)>,
    /// Events of things that only the draft listens to, and that were recorded later than the line at work.
    waiting: VecDeque<Said>,
    /// How often the clock came to a moment to which it did not come in fact.
    rounds: u32,
    sums: &'h mut Simulated,
}

impl History<'_> {
    fn live(
        &mut self,
        lines: &[EventRow],
        said: Vec<Option<Logged>>,
        teller: &mut dyn Teller,
        things: &mut Things,
    ) -> Result<(), EngineError> {
        let mut logged: Vec<(&EventRow, Option<Logged>)> = Vec::with_capacity(lines.len());
        for (line, said) in lines.iter().zip(said.into_iter().chain(std::iter::repeat_with(|| None))) {
            let read = match said {
                Some(logged) => Ok(logged),
                None => things.read(teller, self.judges.drafted, line)?,
            };
            let read = read.map_err(|code| self.sums.note_refused(code, 1)).ok();
            if let Some(Logged::Clock { at, .. }) = read {
                let times = self.clocks.entry(at).or_default();
                *times = times.saturating_add(1);
            }
            if let Body::Heard { thing, seq } = &line.body {
                self.last_told.insert((thing.clone(), *seq), line.seq);
            }
            logged.push((line, read));
        }
        let mut before = Moment(i64::MIN);
        for (line, read) in logged {
            let recorded = Moment(line.recorded);
            self.hear_until(recorded, teller, things)?;
            // What is recorded together was learnt before the clock moved on.
            if before < recorded {
                self.tick(before)?;
                before = recorded;
            }
            let context = context_of(line.context);
            match read {
                None => {}
                Some(Logged::Clock { at, ident }) => {
                    if let Some(times) = self.clocks.get_mut(&at) {
                        *times = times.saturating_sub(1);
                    }
                    self.fold(&Happening::Clock { at, ident }, context)?;
                }
                Some(Logged::Again(event)) => {
                    self.fold(&Happening::Again(&event), context)?;
                }
                Some(Logged::Event(event)) => {
                    if let Some(event) = self.translated(*event) {
                        let interests = self.fold(&Happening::Event(&event), context)?;
                        self.remind(&interests, line.seq)?;
                        self.introduce(&interests, line.seq, recorded, teller, things)?;
                        if event.about.is_some() && matches!(line.body, Body::Own(_)) {
                            self.own.push((line.seq, event));
                        }
                    }
                }
            }
        }
        self.hear_until(Moment(i64::MAX), teller, things)?;
        self.clocks.clear();
        self.tick(self.judges.clock)
    }

    /// The event as it is about the draft's remedies; `None` where it is about one that the draft does not give.
    fn translated(&self, event: Event) -> Option<Event> {
        let book = self.judges.drafted;
        let Some(named) = event.remedy(book) else { return Some(event) };
        if self.replay.remedies.contains_key(&named) {
            return Some(event);
        }
        let known = self.recorded.get(&named)?;
        let mut drafted = self.replay.remedies.values().filter(|remedy| is_for_the_same(known, remedy));
        let name = Name::new(Kind::Remedy, self.key, drafted.next()?.id);
        Some(event.of_remedy(book, &name.to_string()))
    }

    /// Folds, and gives the things in which the party now holds an interest. What the draft refuses is counted.
    fn fold(&mut self, happening: &Happening, context: Context) -> Result<Vec<Box<str>>, EngineError> {
        self.sums.events = self.sums.events.saturating_add(1);
        match self.replay.take(self.judges.drafted, self.key, happening, context) {
            Ok(folded) => Ok(folded.interests),
            Err(FoldError::Refused(refusal)) => {
                self.sums.note_refused(refusal.code, 1);
                Ok(Vec::new())
            }
            Err(error) => Err(EngineError::Fold { key: self.key.into(), error: Box::new(error) }),
        }
    }

    /// Tells the party what was said of things before it held an interest in them, and notes what will be said of them that in fact
    /// nobody listened to.
    fn introduce(
        &mut self,
        interests: &[Box<str>],
        line: u64,
        recorded: Moment,
        teller: &mut dyn Teller,
        things: &mut Things,
    ) -> Result<(), EngineError> {
        for thing in interests {
            for said in things.log(teller, self.judges.drafted, thing)?.iter() {
                let Ok(event) = &said.event else { continue };
                let last_told = self.last_told.get(&(thing.clone(), said.seq)).copied();
                if last_told.is_some_and(|told| told > line) || !self.judges.drafted.listens_to(&event.kind) {
                    continue;
                }
                if last_told.is_some() {
                    self.fold(&Happening::Again(event), Context::default())?;
                } else if said.recorded <= recorded {
                    self.fold(&Happening::Event(event), Context::default())?;
                } else if !self.waiting.iter().any(|other| is_same(other, said)) {
                    let place = self.waiting.partition_point(|other| other.recorded <= said.recorded);
                    self.waiting.insert(place, said.clone());
                }
            }
        }
        Ok(())
    }

    /// Tells what the party itself said before of things it has just been promised something about, where that was not told again
    /// in fact.
    fn remind(&mut self, things: &[Box<str>], line: u64) -> Result<(), EngineError> {
        for thing in things {
            let about = |event: &Event| event.about.as_ref() == Some(thing);
            let comes = |seq: u64| self.last_told.get(&(self.key.into(), seq)).is_some_and(|told| *told > line);
            let said: Vec<Event> = self
                .own
                .iter()
                .filter(|(seq, event)| about(event) && !comes(*seq))
                .map(|(_, event)| event.clone())
                .collect();
            for event in said.iter().filter(|event| self.judges.drafted.listens_to(&event.kind)) {
                self.fold(&Happening::Again(event), Context::default())?;
            }
        }
        Ok(())
    }

    /// Tells what was recorded before `until` and only the draft listens to.
    fn hear_until(&mut self, until: Moment, teller: &mut dyn Teller, things: &mut Things) -> Result<(), EngineError> {
        while self.waiting.front().is_some_and(|said| said.recorded < until) {
            let Some(Said { recorded, event: Ok(event), .. }) = self.waiting.pop_front() else { continue };
            let interests = self.fold(&Happening::Event(&event), Context::default())?;
            self.introduce(&interests, u64::MAX, recorded, teller, things)?;
        }
        Ok(())
    }

    /// The clock comes to every moment up to `until` that something waits for under the draft, unless it came there in fact later on.
    fn tick(&mut self, until: Moment) -> Result<(), EngineError> {
        while let Some(at) = self.replay.wake_at().filter(|at| *at <= until) {
            if self.clocks.get(&at).is_some_and(|times| *times > 0) {
                return Ok(());
            }
            self.rounds = self.rounds.saturating_add(1);
            let ident: Ident = makegood_store::ident(CLOCK_SOURCE, &format!("{}/{}", at.0, self.rounds));
            self.fold(&Happening::Clock { at, ident }, Context::default())?;
            // What was refused still waits.
            if self.replay.wake_at() == Some(at) {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn is_same(one: &Said, other: &Said) -> bool {
    let ident = |said: &Said| said.event.as_ref().map(|event| event.ident).ok();
    ident(one) == ident(other)
}
