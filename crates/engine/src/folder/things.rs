//! Things: what is said of one reaches everyone who holds an interest in it, whichever was heard of first.

use std::collections::BTreeSet;
use std::sync::Arc;

use makegood_core::id::hex;
use makegood_core::{Event, Happening, Ident, Needs, Rulebook};
use makegood_store::{Body, EventRow, FanoutRow, InboxRow, InterestRow, slot_of};

use super::{Entry, Folder};
use crate::intake::{Incoming, Logged, reread, told};
use crate::{EngineError, limits};

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
            let left = if self.shared { Some("".into()) } else { self.fan_out(&row)? };
            self.left_over |= left.is_some();
            self.commit.fanouts.extend(left.map(|after| FanoutRow { after, ..row }));
        }
        Ok(())
    }

    /// Carries a thing's event to the next portion of those who must hear it. Gives the last of them if others may follow.
    pub(super) fn fan_out(&mut self, row: &FanoutRow) -> Result<Option<Box<str>>, EngineError> {
        let Some(event) = self.thing_event(&row.thing, row.seq)? else { return Ok(None) };
        let kept = self.reader.interested(row.slot, &row.thing, &row.after, self.bounds.fanout_portion)?;
        let last = (kept.len() >= self.bounds.fanout_portion).then(|| kept.last().cloned()).flatten();
        let mut parties = kept;
        if let Some(at_hand) = self.working.thing(&row.thing) {
            let new = at_hand.interests.iter().filter(|party| **party > row.after);
            parties.extend(new.filter(|party| last.as_ref().is_none_or(|last| *party <= last)).cloned());
        }
        parties.sort_unstable();
        parties.dedup();
        if self.shared {
            let slot_row =
                |party: Box<str>| InboxRow { slot: slot_of(&party), party, thing: row.thing.clone(), seq: row.seq };
            self.commit.inbox_add.extend(parties.into_iter().map(slot_row));
        } else {
            let keys: Vec<&str> = parties.iter().map(|party| &**party).collect();
            self.working.fetch(&mut *self.reader, &keys, &[])?;
            for party in &parties {
                self.deliver(party, &row.thing, row.seq, &event)?;
            }
        }
        Ok(last)
    }

    /// Notes that a party holds an interest in a thing, and tells it what was already said.
    pub(super) fn introduce(&mut self, party: &str, thing: &str, from_store: bool) -> Result<(), EngineError> {
        let slot = slot_of(thing);
        // Where others write too, the sweep looks once more at what was said while this was being committed.
        let heard = from_store || !self.shared;
        self.commit.interests.push(InterestRow { slot, thing: thing.into(), party: party.into(), heard });
        self.working.fetch(&mut *self.reader, &[], &[thing])?;
        let batch = self.batch;
        if let Some(at_hand) = self.working.thing(thing)
            && !from_store
        {
            // It must stay at hand until this batch is durable: until then only memory knows who is interested.
            at_hand.log.touched = batch;
            at_hand.interests.push(party.into());
        }
        for (seq, event) in self.events_of(thing)? {
            if self.shared {
                self.commit.inbox_add.push(InboxRow {
                    slot: slot_of(party),
                    party: party.into(),
                    thing: thing.into(),
                    seq,
                });
            } else {
                self.working.fetch(&mut *self.reader, &[party], &[])?;
                self.deliver(party, thing, seq, &event)?;
            }
        }
        Ok(())
    }

    /// A thing's events that a clause listens to.
    fn events_of(&mut self, thing: &str) -> Result<Vec<(u64, Arc<Event>)>, EngineError> {
        let Some(at_hand) = self.working.thing(thing) else { return Ok(Vec::new()) };
        if at_hand.log.seq == 0 && !self.shared {
            return Ok(Vec::new());
        }
        // Where others say things too, they are read once for each portion of work. What is said since is delivered by whoever fans
        // it out: before this portion is durable, which is then stale and folded again, or after it, to what it made.
        let known = !self.shared || at_hand.read_in == self.portion;
        if at_hand.events.is_none() || !known {
            at_hand.read_in = self.portion;
            let (mut events, mut durable) = (Vec::new(), 0);
            if !at_hand.log.fresh || self.shared {
                // All of them: after what was taken here lately, others may have said more.
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
        let at_once = at_hand.recent.iter().chain(&at_hand.looked_up);
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
        let (mut events, mut durable) = (Vec::new(), 0);
        for row in self.reader.own_about(at_hand.log.slot, party, thing)? {
            durable = row.seq;
            events.extend(logged_event(&self.book, &row)?.map(|event| (row.seq, event)));
        }
        events.extend(recent.into_iter().filter(|(seq, _)| *seq > durable));
        Ok(events)
    }

    /// The place in a party's log of the event it took under this identity.
    fn heard(&mut self, party: &str, ident: &Ident) -> Result<Option<u64>, EngineError> {
        let log = self.glance(party, false, ident)?;
        if let Some(taken) = log.taken {
            return Ok(Some(taken.seq));
        }
        if log.fresh || !self.reader.known(&[(log.slot, party, *ident)])?.contains(&true) {
            return Ok(None);
        }
        Ok(self.reader.event(log.slot, party, ident)?.map(|row| row.seq))
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

fn logged_event(book: &Rulebook, row: &EventRow) -> Result<Option<Arc<Event>>, EngineError> {
    let Body::Own(bytes) = &row.body else { return Ok(None) };
    match reread(book, bytes) {
        Ok(Logged::Event(event)) => Ok(Some(Arc::from(event))),
        Ok(Logged::Again(_) | Logged::Clock { .. }) => Ok(None),
        Err(reject) => Err(EngineError::Unreadable { key: row.key.clone(), seq: row.seq, reason: reject.reason }),
    }
}
