//! Folding: work goes in, one commit comes out.

mod ahead;
mod staged;
mod things;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_core::{
    BesideKind, Budget, Context, Event, FoldError, Happening, Ident, Loaded, Party, Rulebook, fold, needs,
    not_their_role, whose_role,
};
use makegood_store::{Body, Commit, FanoutRow, InterestRow, PartKind, Reader, Slot, TallyRow, slot_of};
use sha2::{Digest, Sha256};

use crate::intake::{CLOCK_REACHED, CLOCK_SOURCE, Incoming, Reject};
use crate::limits::Bounds;
use crate::session::Placed;
use crate::working::{OwnAbout, Part, Taken, Working, said_by};
use crate::{Counts, EngineError, Newcomers, Work, limits, rows};
use ahead::Ahead;
use staged::Staged;
pub(crate) use staged::Tellings;

/// The name of the tally that holds what was spent of each day's budget.
pub(crate) const BUDGET: &str = "budget";
/// The bit of [`EventRow::context`] that says the budget was spent.
const BUDGET_SPENT: u8 = 1;

/// What the fold was told from outside, as it is kept with the event.
pub(crate) fn context_byte(context: Context) -> u8 {
    if context.budget_spent { BUDGET_SPENT } else { 0 }
}

/// What the fold was told from outside, read back.
pub(crate) fn context_of(byte: u8) -> Context {
    Context { budget_spent: byte & BUDGET_SPENT != 0 }
}

/// Folds work into commits. Everything it reads comes through its reader or is still at hand.
pub(crate) struct Folder {
    book: Arc<Rulebook>,
    reader: Box<dyn Reader>,
    shared: bool,
    /// What is recorded as the time of learning.
    pub now: Moment,
    working: Working,
    commit: Commit,
    batch: u64,
    dirty_parties: Vec<Box<str>>,
    dirty_things: Vec<Box<str>>,
    /// What was spent of the budgets of these days.
    spent: BTreeMap<(i32, Box<str>), i64>,
    spent_days: BTreeSet<i32>,
    tallies: BTreeMap<(Slot, i32, Box<str>), i64>,
    day: Option<Budget>,
    /// What must be looked at again once the commit at work is durable.
    again: Vec<Work>,
    /// Parties that the commit at work brings to things, by the thing.
    newcomers: BTreeMap<Box<str>, Newcomers>,
    /// All batches up to this one are in the database.
    durable: u64,
    ahead: Ahead,
    /// The place of the work that is being folded.
    place: u64,
    /// Events of things that were recorded before their turn among the work that was gathered.
    staged: Staged,
    bounds: Bounds,
    pub counts: Counts,
}

/// What matters of a log for taking an event: among it, what an event of the same identity said, if one was taken lately.
#[derive(Clone, Copy)]
struct Glance {
    slot: Slot,
    seq: u64,
    fresh: bool,
    /// Where the database holds the event, if it was asked.
    asked: Option<Option<u64>>,
    wake_at: Option<i64>,
    taken: Option<Taken>,
}

/// An event on its way into one log.
struct Entry<'e> {
    happening: Happening<'e>,
    ident: Ident,
    time: Moment,
    body: Body,
    /// See [`makegood_store::EventRow::about`].
    about: Option<Box<str>>,
}

impl Folder {
    pub fn new(book: Arc<Rulebook>, reader: Box<dyn Reader>, shared: bool, now: Moment, bounds: Bounds) -> Self {
        Self {
            book,
            reader,
            shared,
            now,
            working: Working::default(),
            commit: Commit::default(),
            batch: 1,
            dirty_parties: Vec::new(),
            dirty_things: Vec::new(),
            spent: BTreeMap::new(),
            spent_days: BTreeSet::new(),
            tallies: BTreeMap::new(),
            day: None,
            again: Vec::new(),
            newcomers: BTreeMap::new(),
            durable: 0,
            ahead: Ahead::default(),
            place: 0,
            staged: Staged::default(),
            bounds,
            counts: Counts::default(),
        }
    }

    /// Lines of logs that the commit at work holds.
    pub fn pending(&self) -> usize {
        self.commit
            .events
            .len()
            .saturating_add(self.commit.quarantine.len())
            .saturating_add(self.commit.inbox_add.len())
    }

    /// Forgets everything at hand, after another process has written.
    pub fn forget(&mut self) {
        self.working.clear();
        self.commit = Commit::default();
        self.again.clear();
        self.newcomers.clear();
        self.staged.forget(self.durable);
        self.dirty_parties.clear();
        self.dirty_things.clear();
        self.forget_budgets();
        self.tallies.clear();
    }

    /// Forgets what was read of parties and things: all of it is durable, and others may have written since.
    pub fn look_afresh(&mut self) {
        self.working.clear();
    }

    fn forget_budgets(&mut self) {
        self.spent.clear();
        self.spent_days.clear();
    }

    /// True when the commit at work would change anything.
    pub fn has_changes(&self) -> bool {
        self.commit != Commit::default() || !self.dirty_parties.is_empty() || !self.dirty_things.is_empty()
    }

    /// From here on others may write between a read and the commit that rests on it.
    pub fn share(&mut self) {
        self.shared = true;
    }

    /// How many parties an event about a thing reaches at once from here on.
    pub fn set_fanout_portion(&mut self, parties: usize) {
        self.bounds.fanout_portion = parties;
    }

    /// Lets go of what is durable and not needed.
    pub fn durable(&mut self, batch: u64) {
        self.durable = self.durable.max(batch);
        self.working.trim(batch, self.bounds.at_hand, self.bounds.parts_at_hand);
    }

    /// Reads ahead what `work` will need.
    pub fn fetch(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        self.working.portion = self.working.portion.saturating_add(1);
        let (mut parties, mut things) = (Vec::new(), Vec::new());
        for (_, one) in work {
            match one {
                Work::Event(incoming) => {
                    let event = &incoming.event;
                    if event.about.as_deref() != Some(&*event.subject) {
                        parties.push(&*event.subject);
                    }
                    things.extend(event.about.as_deref());
                }
                Work::Clock { party, .. } => parties.push(party),
                Work::Deliver(row) | Work::Tell(row) => {
                    parties.push(&row.party);
                    things.push(&row.thing);
                }
                Work::Fanout { row: FanoutRow { thing, .. }, .. } | Work::Introduce(InterestRow { thing, .. }) => {
                    things.push(thing)
                }
                Work::Newcomers(_) | Work::Told(_) | Work::SetAside(_) => {}
            }
        }
        self.working.fetch(&mut *self.reader, &parties, &things)?;
        if self.shared { self.read_ahead(work) } else { Ok(()) }
    }

    /// Folds one piece of work into the commit at work. False: it can only be judged once everything taken is durable; nothing
    /// has changed.
    pub fn work(&mut self, (place, work): &Placed) -> Result<bool, EngineError> {
        self.place = *place;
        if let Work::Event(incoming) = work {
            return Ok(!self.must_settle_before(&incoming.event, &incoming.body)? && self.take_or_set_aside(incoming)?);
        }
        self.carry_out(work).map(|()| true)
    }

    /// True of an event whose identity was taken a moment ago with other bytes: whether it says the same is judged by what is in
    /// the database.
    fn must_settle_before(&mut self, event: &Event, body: &[u8]) -> Result<bool, EngineError> {
        let to_thing = event.about.as_deref() == Some(&*event.subject);
        let log = self.glance(&event.subject, to_thing, &event.ident)?;
        match log.taken {
            Some(taken) if taken.said != said_by(body) => {
                Ok(self.reader.event(log.slot, &event.subject, &event.ident)?.is_none())
            }
            _ => Ok(false),
        }
    }

    fn carry_out(&mut self, work: &Work) -> Result<(), EngineError> {
        match work {
            Work::Event(incoming) => self.take_or_set_aside(incoming).map(|_| ()),
            Work::Clock { party, at } => self.clock(party, *at),
            Work::Deliver(row) => {
                self.commit.inbox_done.push(row.clone());
                self.deliver_row(row)
            }
            Work::Tell(row) => self.deliver_row(row),
            Work::Told(rows) => {
                self.commit.fanouts_done.extend(rows.iter().cloned());
                Ok(())
            }
            Work::Fanout { row, told } => {
                match self.fan_out(row, told)? {
                    Some(after) => {
                        let row = FanoutRow { after, ..row.clone() };
                        self.commit.fanouts.push(row.clone());
                        self.again.push(Work::Fanout { row, told: told.clone() });
                    }
                    None => self.commit.fanouts_done.push(row.clone()),
                }
                Ok(())
            }
            Work::Newcomers(newcomers) => self.tell_newcomers(newcomers),
            Work::Introduce(row) => self.introduce(&row.party, &row.thing, true),
            Work::SetAside(row) => {
                self.counts.set_aside = self.counts.set_aside.saturating_add(1);
                self.commit.quarantine.push(row.clone());
                Ok(())
            }
        }
    }

    /// False: a refusal would rest on what is not durable yet, and may have been overtaken; nothing has changed.
    fn take_or_set_aside(&mut self, incoming: &Incoming) -> Result<bool, EngineError> {
        match self.take(incoming)? {
            Ok(()) => {
                let freed = incoming.freed.map(|id| (slot_of(&incoming.origin.name), id));
                self.commit.quarantine_done.extend(freed);
            }
            Err(_) if self.is_under_way(&incoming.event.subject) => return Ok(false),
            Err(reject) => {
                self.counts.set_aside = self.counts.set_aside.saturating_add(1);
                // What was tried again from the quarantine stands there already: it takes the new reason.
                self.commit.quarantine.push(reject.row(&incoming.origin, &incoming.body, self.now));
            }
        }
        Ok(true)
    }

    /// True of a party with lines that are not known to be durable.
    fn is_under_way(&mut self, party: &str) -> bool {
        let durable = self.durable;
        self.working.party(party).is_some_and(|at_hand| at_hand.log.touched > durable)
    }

    /// Lets go of a party at hand that another process has written to since it was read. False: nobody has, or what is at hand is not
    /// durable itself.
    fn let_go_if_overtaken(&mut self, party: &str) -> Result<bool, EngineError> {
        if self.is_under_way(party) {
            return Ok(false);
        }
        let Some((slot, seq)) = self.working.party(party).map(|at_hand| (at_hand.log.slot, at_hand.log.seq)) else {
            return Ok(false);
        };
        let kept = self.reader.heads(&[(slot, party)])?.into_iter().flatten().next().map_or(0, |head| head.seq);
        if kept != seq {
            self.working.let_go(party);
        }
        Ok(kept != seq)
    }

    /// Takes one event, or says why not; then nothing has changed. What is refused is refused by what is kept now: nothing that is at
    /// hand from before another process wrote makes a refusal.
    pub fn take(&mut self, incoming: &Incoming) -> Result<Result<(), Reject>, EngineError> {
        let verdict = self.judge(incoming)?;
        if verdict.is_err() && self.let_go_if_overtaken(&incoming.event.subject)? {
            return self.judge(incoming);
        }
        Ok(verdict)
    }

    /// Takes one event, or says why not by what is at hand; then nothing has changed.
    fn judge(&mut self, incoming: &Incoming) -> Result<Result<(), Reject>, EngineError> {
        let event = &incoming.event;
        let to_thing = event.about.as_deref() == Some(&*event.subject);
        let log = self.glance(&event.subject, to_thing, &event.ident)?;
        match self.known(&event.subject, log, incoming)? {
            Some(true) => {
                self.counts.known = self.counts.known.saturating_add(1);
                Ok(Ok(()))
            }
            Some(false) => Ok(Err(Reject::new(
                "same-id-other-content",
                format!("the event `{}` of this subject was taken before with other content", cut(&incoming.body)),
                "an event never changes: send what is new under an id of its own",
            ))),
            None if to_thing => {
                self.counts.events = self.counts.events.saturating_add(1);
                self.thing_arrived(incoming)?;
                Ok(Ok(()))
            }
            None => self.party_arrived(incoming),
        }
    }

    fn party_arrived(&mut self, incoming: &Incoming) -> Result<Result<(), Reject>, EngineError> {
        let event = &incoming.event;
        let happening = Happening::Event(event);
        let body = Body::Own(incoming.body.clone());
        let about = event.about.clone().filter(|_| self.book.listens_to(&event.kind));
        let entry = Entry { happening, ident: event.ident, time: event.time, body, about: about.clone() };
        let interests = match self.fold(&event.subject, entry)? {
            Ok(interests) => interests,
            Err(reject) => return Ok(Err(reject)),
        };
        self.counts.events = self.counts.events.saturating_add(1);
        let batch = self.batch;
        if let (Some(thing), Some(at_hand)) = (about, self.working.party(&event.subject)) {
            let (seq, event) = (at_hand.log.seq, Arc::new(event.clone()));
            at_hand.own_about.push(OwnAbout { thing, seq, event, batch });
        }
        for thing in interests {
            self.remind(&event.subject, &thing, event)?;
            self.working.fetch(&mut *self.reader, &[], &[&thing])?;
            self.introduce(&event.subject, &thing, false)?;
        }
        Ok(Ok(()))
    }

    fn clock(&mut self, party: &str, at: Moment) -> Result<(), EngineError> {
        let log = self.glance(party, false, &Ident::default())?;
        if log.wake_at.is_none_or(|wake_at| wake_at > at.0) {
            return Ok(());
        }
        let id = format!("{}.{}", at.0, log.seq);
        let ident = makegood_store::ident(CLOCK_SOURCE, &id);
        let body = serde_json::json!({
            "specversion": "1.0", "id": id, "source": CLOCK_SOURCE, "type": CLOCK_REACHED, "subject": party, "time": at.to_string(),
        });
        let body = Body::Own(body.to_string().into_bytes().into());
        let entry = Entry { happening: Happening::Clock { at, ident }, ident, time: at, body, about: None };
        self.counts.clock = self.counts.clock.saturating_add(1);
        match self.fold(party, entry)? {
            Ok(_) => Ok(()),
            Err(reject) => Err(EngineError::Refused { what: format!("the clock of `{party}`"), reason: reject.reason }),
        }
    }

    /// What matters of a log for taking an event.
    fn glance(&mut self, key: &str, thing: bool, ident: &Ident) -> Result<Glance, EngineError> {
        let (parties, things): (&[&str], &[&str]) = if thing { (&[], &[key]) } else { (&[key], &[]) };
        self.working.fetch(&mut *self.reader, parties, things)?;
        let log = if thing { self.working.thing(key).map(|t| &t.log) } else { self.working.party(key).map(|p| &p.log) };
        let log = log.ok_or_else(|| EngineError::Lost { key: key.into() })?;
        let taken = log.taken.get(ident).copied();
        let asked = log.asked.get(ident).copied();
        Ok(Glance { slot: log.slot, seq: log.seq, fresh: log.fresh, asked, wake_at: log.wake_at, taken })
    }

    /// The place of an event in the log that was glanced at, if it was taken.
    fn place_of(&mut self, key: &str, log: Glance, ident: &Ident) -> Result<Option<u64>, EngineError> {
        match (log.taken, log.asked) {
            (Some(taken), _) => Ok(Some(taken.seq)),
            (None, _) if log.fresh => Ok(None),
            (None, Some(place)) => Ok(place),
            (None, None) => Ok(self.reader.places(&[(log.slot, key, *ident)])?.into_iter().next().flatten()),
        }
    }

    /// Whether the log holds the event already, and with the same content.
    fn known(&mut self, key: &str, log: Glance, incoming: &Incoming) -> Result<Option<bool>, EngineError> {
        let ident = incoming.event.ident;
        if log.taken.is_some_and(|taken| taken.said == said_by(&incoming.body)) {
            return Ok(Some(true));
        }
        if self.place_of(key, log, &ident)?.is_none() {
            return Ok(None);
        }
        let row = self.reader.event(log.slot, key, &ident)?;
        Ok(row.map(|row| match row.body {
            Body::Own(bytes) => bytes == incoming.body || same_json(&bytes, &incoming.body),
            Body::Heard { .. } => false,
            Body::Erased(digest) => digest == <[u8; 32]>::from(Sha256::digest(&incoming.body)),
        }))
    }

    /// Folds one entry into a party. `Ok(Err(..))`: it was refused, and nothing changed.
    fn fold(&mut self, key: &str, entry: Entry) -> Result<Result<Vec<Box<str>>, Reject>, EngineError> {
        let context = self.context(entry.time)?;
        let needs = needs(&self.book, key, &entry.happening);
        let (now, batch) = (self.now, self.batch);
        let Some(at_hand) = self.working.party(key) else { return Err(EngineError::Lost { key: key.into() }) };
        at_hand.load(&mut *self.reader, key, &needs)?;
        let loaded = at_hand.needed(&needs);
        // The roles of whoever acts stand in a state of their own, so that they are asked about here, once the fold has taken the event.
        let asks = match &entry.happening {
            Happening::Event(event) if &*event.subject == key => {
                whose_role(&self.book, &loaded, event).map(|_| loaded.clone())
            }
            _ => None,
        };
        let folded = match fold(&self.book, key, at_hand.state.clone(), loaded, &entry.happening, context) {
            Ok(folded) => folded,
            Err(FoldError::Refused(refusal)) => {
                return Ok(Err(Reject::new(refusal.code, refusal.message, refusal.help)));
            }
            Err(error) => return Err(EngineError::Fold { key: key.into(), error: Box::new(error) }),
        };
        if let (Happening::Event(event), Some(loaded)) = (&entry.happening, asks)
            && let Some(reject) = self.judge_role(key, &loaded, event)?
        {
            return Ok(Err(reject));
        }
        let Some(at_hand) = self.working.party(key) else { return Err(EngineError::Lost { key: key.into() }) };
        let row = at_hand.log.append(
            key,
            (entry.ident, entry.time, now),
            context_byte(context),
            (entry.body, entry.about),
            batch,
        );
        self.commit.events.push(row);
        if !std::mem::replace(&mut at_hand.log.dirty, true) {
            self.dirty_parties.push(key.into());
        }
        at_hand.state = folded.party;
        for promise in folded.promises {
            at_hand.changed.push((PartKind::Promise, promise.id));
            at_hand.promises.insert(promise.id, Part { part: Arc::new(promise), batch });
        }
        for remedy in folded.remedies {
            at_hand.changed.push((PartKind::Remedy, remedy.id));
            at_hand.remedies.insert(remedy.id, Part { part: Arc::new(remedy), batch });
        }
        for part in folded.beside {
            let (id, kind) = (part.id(), part.kind());
            at_hand.changed.push((rows::part_kind(kind), id));
            at_hand.beside.insert((id, kind), Part { part: Arc::new(part), batch });
        }
        let large = at_hand.parts() > self.bounds.parts_at_hand && !std::mem::replace(&mut at_hand.large, true);
        if large {
            self.working.note_large(key);
        }
        self.commit.postings.extend(folded.entries.iter().flat_map(|entry| rows::posting_rows(key, entry)));
        let slot = slot_of(key);
        self.commit.outbox_withdrawn.extend(folded.withdrawn.iter().map(|id| (slot, key.into(), *id)));
        self.commit.outbox.extend(folded.messages.iter().map(|message| rows::outbox_row(key, message, now)));
        if let Some(day) = self.day {
            for amount in folded.spent {
                let commodity: Box<str> = amount.commodity.code().into();
                let spent = self.spent.entry((day.day, commodity.clone())).or_default();
                *spent = spent.saturating_add(amount.minor);
                let tally = self.tallies.entry((slot_of(key), day.day, commodity)).or_default();
                *tally = tally.saturating_add(amount.minor);
            }
        }
        Ok(Ok(folded.interests))
    }

    /// Refuses what its actor, of whom it is known which roles they have, has no role for.
    fn judge_role(&mut self, key: &str, loaded: &Loaded, event: &Event) -> Result<Option<Reject>, EngineError> {
        let Some(actor) = whose_role(&self.book, loaded, event) else { return Ok(None) };
        let own = self.state_of(actor)?;
        let Some(at_hand) = self.working.party(key) else { return Err(EngineError::Lost { key: key.into() }) };
        let refusal = not_their_role(&self.book, &at_hand.state, loaded, event, &own);
        Ok(refusal.map(|refusal| Reject::new(refusal.code, refusal.message, refusal.help)))
    }

    /// The state of a party that is only looked at: as it is at hand where that is sure to be the latest, otherwise as it is kept.
    fn state_of(&mut self, key: &str) -> Result<Party, EngineError> {
        let latest = !self.shared || self.is_under_way(key);
        if let Some(at_hand) = self.working.party(key).filter(|_| latest) {
            return Ok(at_hand.state.clone());
        }
        let head = self.reader.heads(&[(slot_of(key), key)])?.into_iter().flatten().next();
        Ok(rows::party(head.as_ref().map(|head| &*head.state).unwrap_or_default())?)
    }

    /// What the fold is told from outside: whether the budget of the day in which `time` falls is spent.
    fn context(&mut self, time: Moment) -> Result<Context, EngineError> {
        if !self.day.is_some_and(|day| day.from <= time && time < day.until) {
            self.day = self.book.budget(time);
        }
        let Some(day) = self.day else { return Ok(Context::default()) };
        let commodity = day.limit.commodity.code();
        let key = (day.day, commodity.into());
        if !self.spent_days.contains(&day.day) {
            // Days come near each other, mostly: those around it are read with it.
            let days = day.day.saturating_sub(limits::BUDGET_DAYS)..day.day.saturating_add(limits::BUDGET_DAYS);
            let sums = self.reader.tallies(BUDGET, days.clone())?;
            // A day that was read before holds what is not in the database yet.
            self.spent.extend(sums.into_iter().filter(|((day, _), _)| !self.spent_days.contains(day)));
            self.spent_days.extend(days);
        }
        let spent = self.spent.get(&key).copied().unwrap_or(0);
        Ok(Context { budget_spent: day.is_spent(spent) })
    }

    /// Ends the commit at work: its number, everything it changes, and what must be looked at again once it is durable.
    pub fn close(&mut self) -> Result<(u64, Commit, Vec<Work>), EngineError> {
        let mut commit = std::mem::take(&mut self.commit);
        let mut again = std::mem::take(&mut self.again);
        for mut newcomers in std::mem::take(&mut self.newcomers).into_values() {
            let (row, new) = self.mark(&newcomers.row);
            newcomers.row = row.clone();
            commit.fanouts.extend(new.then_some(row));
            again.push(Work::Newcomers(Arc::new(newcomers)));
        }
        for key in std::mem::take(&mut self.dirty_parties) {
            let Some(at_hand) = self.working.party(&key) else { return Err(EngineError::Lost { key }) };
            let slot = at_hand.log.slot;
            let wake_at = at_hand.wake_at(&mut *self.reader, &key)?;
            let state = makegood_core::encode(&at_hand.state)?.into();
            let mut changed = std::mem::take(&mut at_hand.changed);
            changed.sort_unstable();
            changed.dedup();
            for (kind, id) in changed {
                commit.parts.extend(
                    match kind {
                        PartKind::Promise => at_hand.promises.get(&id).map(|Part { part, .. }| {
                            let rules = self.book.by_tag(part.charter).map(|(_, rules)| rules);
                            rows::promise_row(slot, &key, part, rules)
                        }),
                        PartKind::Remedy => {
                            at_hand.remedies.get(&id).map(|remedy| rows::remedy_row(slot, &key, &remedy.part))
                        }
                        PartKind::Play | PartKind::Custody | PartKind::Stage => {
                            let beside = BesideKind::ALL.into_iter().find(|beside| rows::part_kind(*beside) == kind);
                            let part = beside.and_then(|beside| at_hand.beside.get(&(id, beside)));
                            part.map(|part| rows::beside_row(slot, &key, &part.part, &self.book))
                        }
                    }
                    .transpose()?,
                );
            }
            commit.heads.push(at_hand.log.head(key, wake_at, state));
        }
        for key in std::mem::take(&mut self.dirty_things) {
            let Some(at_hand) = self.working.thing(&key) else { return Err(EngineError::Lost { key }) };
            commit.heads.push(at_hand.log.head(key, None, Box::default()));
        }
        commit.tallies = std::mem::take(&mut self.tallies)
            .into_iter()
            .map(|((slot, day, commodity), amount)| TallyRow { slot, name: BUDGET.into(), day, commodity, amount })
            .collect();
        let batch = self.batch;
        self.batch = batch.saturating_add(1);
        if self.shared && batch.is_multiple_of(limits::BUDGET_COMMITS) {
            // Others spend too.
            self.forget_budgets();
        }
        Ok((batch, commit, again))
    }
}

fn same_json(left: &[u8], right: &[u8]) -> bool {
    let read = |bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    read(left).is_some_and(|left| Some(left) == read(right))
}

fn cut(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(80).collect()
}
