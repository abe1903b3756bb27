//! Things: what is said of one reaches everyone who holds an interest in it, whichever was heard of first.

use std::collections::BTreeSet;
use std::sync::Arc;

use makegood_core::id::hex;
use makegood_core::{Event, Happening, Ident, Needs, Rulebook};
use makegood_store::{Body, EventRow, FanoutRow, InboxRow, InterestRow, slot_of};

use super::{Entry, Folder};
use crate::intake::{Incoming, Logged, reread, told};
use crate::{EngineError, Newcomers, Work, limits};

/// Rows of things whose number is this or larger stand for those who came to hold an interest while others may have said more. No log is
/// that long.
pub(super) const NEWCOMERS: u64 = 1 << 62;

impl Folder {
    pub(super) fn thing_arrived(&mut self, incoming: &Incoming) -> Result<(), EngineError> {
        let event = Arc::new(incoming.event.clone());
        let (thing, now, batch) = (&*event.subject, self.now, self.batch);
        let Some(at_hand) = self.working.thing(thing) else { return Ok(()) };
        let body = Body::Own(incoming.body.clone());
        let row = at_hand.log.append(thing, (event.ident, event.time, now), 0, (body, None), batch);
        if !std::mem::replace(&mut at_hand.log.dirty, true) {
            self.dirty_things.push(thing.into());
        }
        let seq = row.seq;
        self.commit.events.push(row);
        at_hand.recent.push((seq, event.clone()));
        if let Some(events) = &mut at_hand.events {
            events.push((seq, event.clone()));
        }
        if self.book.listens_to(&event.kind) {
            let row = FanoutRow { slot: slot_of(thing), thing: thing.into(), seq, after: "".into() };
            if self.shared && self.stage(&row, &event.ident) {
                self.commit.fanouts.push(row);
                return Ok(());
            }
            let told = Arc::new(if self.shared { self.tell_at_once(&row, &event)? } else { BTreeSet::new() });
            let left = if self.shared { Some("".into()) } else { self.fan_out(&row, &told)? };
            if let Some(after) = left {
                let row = FanoutRow { after, ..row };
                self.commit.fanouts.push(row.clone());
                self.again.push(Work::Fanout { row, told });
            }
        }
        Ok(())
    }

    /// Where others write too, everyone is told once the event is durable: whoever came to hold an interest until then is found, and
    /// whoever comes later finds the event. Those who are known only here, and about whom nothing need be read, are told at once, so
    /// that they are written once. Gives them.
    fn tell_at_once(&mut self, row: &FanoutRow, event: &Event) -> Result<BTreeSet<Box<str>>, EngineError> {
        let mut told = BTreeSet::new();
        if let Some(newcomers) = self.newcomers.get_mut(&row.thing)
            && newcomers.known.saturating_add(1) == row.seq
        {
            // They are told of what is said here as everyone is.
            newcomers.known = row.seq;
        }
        let Some(at_hand) = self.working.thing(&row.thing) else { return Ok(told) };
        if at_hand.interests.len() <= self.bounds.fanout_portion {
            told.extend(at_hand.interests.iter().cloned());
        }
        let working = &mut self.working;
        told.retain(|party| working.party(party).is_some_and(|at_hand| at_hand.log.fresh));
        for party in &told {
            self.deliver(party, &row.thing, row.seq, event)?;
        }
        Ok(told)
    }

    /// Carries a thing's event to the next portion of those who must hear it. Gives the last of them if others may follow.
    pub(super) fn fan_out(
        &mut self,
        row: &FanoutRow,
        told: &BTreeSet<Box<str>>,
    ) -> Result<Option<Box<str>>, EngineError> {
        let events = if row.seq >= NEWCOMERS {
            self.working.forget_thing(&row.thing, self.durable);
            self.working.fetch(&mut *self.reader, &[], &[&row.thing])?;
            self.events_of(&row.thing)?
        } else {
            self.thing_event(&row.thing, row.seq)?.map(|event| (row.seq, event)).into_iter().collect()
        };
        if events.is_empty() {
            return Ok(None);
        }
        let portion = self.bounds.fanout_portion;
        let kept = match self.ahead.listed.remove(&(row.thing.clone(), row.after.clone())) {
            Some((asked, kept)) if asked == portion => kept,
            _ => self.reader.interested(row.slot, &row.thing, &row.after, portion)?,
        };
        let last = (kept.len() >= portion).then(|| kept.last().cloned()).flatten();
        let mut parties = kept;
        if let Some(at_hand) = self.working.thing(&row.thing) {
            let new = at_hand.interests.iter().filter(|party| **party > row.after);
            parties.extend(new.filter(|party| last.as_ref().is_none_or(|last| *party <= last)).cloned());
        }
        parties.retain(|party| !told.contains(party));
        parties.sort_unstable();
        parties.dedup();
        let keys: Vec<&str> = parties.iter().map(|party| &**party).collect();
        self.working.fetch(&mut *self.reader, &keys, &[])?;
        for party in &parties {
            for (seq, event) in &events {
                self.deliver(party, &row.thing, *seq, event)?;
            }
        }
        Ok(last)
    }

    /// Tells newcomers what others said of the thing while they came.
    pub(super) fn tell_newcomers(&mut self, newcomers: &Newcomers) -> Result<(), EngineError> {
        let thing = &*newcomers.row.thing;
        self.commit.fanouts_done.push(newcomers.row.clone());
        let said = match self.ahead.said.get(thing) {
            Some(said) => *said,
            None => {
                let head = self.reader.heads(&[(newcomers.row.slot, thing)])?.into_iter().next().flatten();
                head.map_or(0, |head| head.seq)
            }
        };
        if said <= newcomers.known {
            return Ok(());
        }
        // What is at hand of it is older than that.
        self.working.forget_thing(thing, self.durable);
        self.working.fetch(&mut *self.reader, &[], &[thing])?;
        let events = self.events_of(thing)?;
        let keys: Vec<&str> = newcomers.parties.iter().map(|party| &**party).collect();
        self.working.fetch(&mut *self.reader, &keys, &[])?;
        for party in &newcomers.parties {
            for (seq, event) in events.iter().filter(|(seq, _)| *seq > newcomers.known) {
                self.deliver(party, thing, *seq, event)?;
            }
        }
        Ok(())
    }

    /// Notes that a party holds an interest in a thing, and tells it what was already said.
    pub(super) fn introduce(&mut self, party: &str, thing: &str, from_store: bool) -> Result<(), EngineError> {
        let slot = slot_of(thing);
        self.commit.interests.push(InterestRow { slot, thing: thing.into(), party: party.into(), heard: true });
        self.working.fetch(&mut *self.reader, &[], &[thing])?;
        let batch = self.batch;
        if let Some(at_hand) = self.working.thing(thing)
            && !from_store
        {
            // It must stay at hand until this batch is durable: until then only memory knows who is interested.
            at_hand.log.touched = batch;
            at_hand.interests.push(party.into());
            if self.shared {
                let known = at_hand.log.seq;
                self.note_newcomer(party, thing, known)?;
            }
        }
        for (seq, event) in self.events_of(thing)? {
            // What comes later among the work that was gathered is told when its turn comes.
            if !self.comes_later(party, thing, seq) {
                self.working.fetch(&mut *self.reader, &[party], &[])?;
                self.deliver(party, thing, seq, &event)?;
            }
        }
        Ok(())
    }

    /// Delivers the event that a row names.
    pub(super) fn deliver_row(&mut self, row: &InboxRow) -> Result<(), EngineError> {
        match self.thing_event(&row.thing, row.seq)? {
            Some(event) => self.deliver(&row.party, &row.thing, row.seq, &event),
            None => Ok(()),
        }
    }

    /// Where others write too, what they said of the thing while this was being committed is looked for once it is durable: for each
    /// thing a row stands in the database until that was done, and if this process dies, whoever finds it tells everyone everything.
    fn note_newcomer(&mut self, party: &str, thing: &str, known: u64) -> Result<(), EngineError> {
        if let Some(newcomers) = self.newcomers.get_mut(thing) {
            newcomers.known = newcomers.known.min(known);
            newcomers.parties.push(party.into());
            return Ok(());
        }
        let Some(at_hand) = self.working.party(party) else { return Err(EngineError::Lost { key: party.into() }) };
        // The line that made the interest is committed once, so that no other process has a row of the same number.
        let line = at_hand.log.hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let row =
            FanoutRow { slot: slot_of(thing), thing: thing.into(), seq: NEWCOMERS | (line >> 2), after: "".into() };
        self.newcomers.insert(thing.into(), Newcomers { row, known, parties: vec![party.into()] });
        Ok(())
    }

    /// A thing's events that a clause listens to.
    pub(super) fn events_of(&mut self, thing: &str) -> Result<Vec<(u64, Arc<Event>)>, EngineError> {
        let Some(at_hand) = self.working.thing(thing) else { return Ok(Vec::new()) };
        if at_hand.log.seq == 0 {
            return Ok(Vec::new());
        }
        // Where others say things too, what they say since is looked for once what rests on this is durable.
        if at_hand.events.is_none() {
            let (mut events, mut durable) = (Vec::new(), 0);
            if !at_hand.log.fresh {
                loop {
                    let rows = self.reader.log(at_hand.log.slot, thing, durable, limits::SLOT_ROWS)?;
                    let Some(last) = rows.last() else { break };
                    durable = last.seq;
                    for row in &rows {
                        events.extend(logged_event(&self.book, row)?.map(|event| (row.seq, event)));
                    }
                }
            }
            events.extend(at_hand.recent.iter().filter(|(seq, _)| *seq > durable).cloned());
            at_hand.events = Some(events);
        }
        let events = at_hand.events.iter().flatten();
        Ok(events.filter(|(_, event)| self.book.listens_to(&event.kind)).cloned().collect())
    }

    pub(super) fn thing_event(&mut self, thing: &str, seq: u64) -> Result<Option<Arc<Event>>, EngineError> {
        self.working.fetch(&mut *self.reader, &[], &[thing])?;
        let Some(at_hand) = self.working.thing(thing) else { return Ok(None) };
        let at_once = at_hand.recent.iter().chain(&at_hand.looked_up).chain(at_hand.events.iter().flatten());
        if let Some((_, event)) = at_once.into_iter().find(|(known, _)| *known == seq) {
            return Ok(Some(event.clone()));
        }
        let row = self.reader.log(at_hand.log.slot, thing, seq.saturating_sub(1), 1)?.into_iter().next();
        let event = row.map(|row| logged_event(&self.book, &row)).transpose()?.flatten();
        at_hand.looked_up = event.clone().map(|event| (seq, event));
        Ok(event)
    }

    /// Folds a thing's event into one party. A delivery made before is nothing new, except to promises made since: to those the
    /// event is told again, as a line of its own.
    pub(super) fn deliver(&mut self, party: &str, thing: &str, seq: u64, event: &Event) -> Result<(), EngineError> {
        let told = told(&event.ident, thing);
        let Some(heard) = self.heard(party, &told)? else {
            return self.tell(party, (thing, seq), Happening::Event(event), told);
        };
        let about = Needs { about: Some(thing.into()), ..Needs::default() };
        let Some(at_hand) = self.working.party(party) else { return Err(EngineError::Lost { key: party.into() }) };
        at_hand.load(&mut *self.reader, party, &about)?;
        let causes: BTreeSet<Ident> =
            at_hand.needed(&about).promises.into_iter().map(|promise| promise.cause).collect();
        for cause in causes {
            let made_since = self.heard(party, &cause)?.is_some_and(|made| made > heard);
            let ident = told_again(&told, &cause);
            if made_since && self.heard(party, &ident)?.is_none() {
                self.tell(party, (thing, seq), Happening::Again(event), ident)?;
            }
        }
        Ok(())
    }

    /// Tells a party's own events about a thing, taken before, to the promises about it that `making` has made.
    pub(super) fn remind(&mut self, party: &str, thing: &str, making: &Event) -> Result<(), EngineError> {
        for (seq, event) in self.own_about(party, thing)? {
            if event.ident != making.ident {
                let ident = told_again(&told(&event.ident, party), &making.ident);
                self.tell(party, (party, seq), Happening::Again(&event), ident)?;
            }
        }
        Ok(())
    }

    /// A party's own events about a thing that a clause listens to, in the order of its log.
    fn own_about(&mut self, party: &str, thing: &str) -> Result<Vec<(u64, Arc<Event>)>, EngineError> {
        let Some(at_hand) = self.working.party(party) else { return Err(EngineError::Lost { key: party.into() }) };
        let recent = at_hand.own_about.iter().filter(|own| &*own.thing == thing);
        let recent: Vec<(u64, Arc<Event>)> = recent.map(|own| (own.seq, own.event.clone())).collect();
        if at_hand.log.fresh {
            return Ok(recent);
        }
        let mut events = match at_hand.own_read.get(thing) {
            Some(read) => read.clone(),
            None => logged_events(&self.book, &self.reader.own_about(at_hand.log.slot, party, thing)?)?,
        };
        let durable = events.last().map_or(0, |(seq, _)| *seq);
        events.extend(recent.into_iter().filter(|(seq, _)| *seq > durable));
        Ok(events)
    }

    /// The place in a party's log of the event it took under this identity.
    fn heard(&mut self, party: &str, ident: &Ident) -> Result<Option<u64>, EngineError> {
        let log = self.glance(party, false, ident)?;
        self.place_of(party, log, ident)
    }

    fn tell(
        &mut self,
        party: &str,
        (thing, seq): (&str, u64),
        happening: Happening,
        ident: Ident,
    ) -> Result<(), EngineError> {
        let body = Body::Heard { thing: thing.into(), seq };
        let (Happening::Event(&Event { time, .. }) | Happening::Again(&Event { time, .. })) = happening else {
            return Ok(());
        };
        match self.fold(party, Entry { happening, ident, time, body, about: None })? {
            Ok(_) => self.counts.delivered = self.counts.delivered.saturating_add(1),
            // Nothing that is said of a thing asks for anything: there is nothing in it to refuse.
            Err(reject) => {
                return Err(EngineError::Refused {
                    what: format!("event {seq} of `{thing}`, heard by `{party}`,"),
                    reason: reject.reason,
                });
            }
        }
        Ok(())
    }
}

/// The identity of an event told again to the promises that `cause` made.
fn told_again(told: &Ident, cause: &Ident) -> Ident {
    makegood_store::ident(&hex(told), &hex(cause))
}

/// The events of these lines, each with its place.
pub(super) fn logged_events(book: &Rulebook, rows: &[EventRow]) -> Result<Vec<(u64, Arc<Event>)>, EngineError> {
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.extend(logged_event(book, row)?.map(|event| (row.seq, event)));
    }
    Ok(events)
}

fn logged_event(book: &Rulebook, row: &EventRow) -> Result<Option<Arc<Event>>, EngineError> {
    let Body::Own(bytes) = &row.body else { return Ok(None) };
    match reread(book, bytes) {
        Ok(Logged::Event(event)) => Ok(Some(Arc::from(event))),
        Ok(Logged::Again(_) | Logged::Clock { .. }) => Ok(None),
        Err(reject) => Err(EngineError::Unreadable { key: row.key.clone(), seq: row.seq, reason: reject.reason }),
    }
}
