//! The parties and things at hand: what was read, folded and not yet seen durable.
//!
//! They are looked up by key and never walked in an order that anyone could see, so that a hash map is safe here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::convert::Infallible;
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_core::{Beside, BesideKind, Event, Ident, Needs, PartId, Party, Promise, Remedy, with_ties};
use makegood_store::{Body, EventRow, Hash, HeadRow, PartKind, PartRow, Reader, Slot, StoreError, chain, slot_of};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::{EngineError, rows};

/// How far a log has come in memory, and in the database once everything in flight is durable.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub slot: Slot,
    pub seq: u64,
    pub hash: Hash,
    /// The version that the next commit must find.
    pub base: u64,
    /// When it must next be looked at, as of the last commit.
    pub wake_at: Option<i64>,
    /// True when the database held nothing of it, so that all of it is in memory.
    pub fresh: bool,
    /// The batch that last touched it.
    pub touched: u64,
    /// True while the batch at work has changed it.
    pub dirty: bool,
    /// The portion of work that last asked for it.
    pub wanted: u64,
    /// Events taken since it was read.
    pub taken: FxHashMap<Ident, Taken>,
    /// Events that the database was asked about: their places in the log, of those that it held.
    pub asked: FxHashMap<Ident, Option<u64>>,
}

impl Log {
    fn new(key: &str, head: Option<&HeadRow>, wanted: u64) -> Self {
        Self {
            slot: slot_of(key),
            seq: head.map_or(0, |head| head.seq),
            hash: head.map_or([0; 32], |head| head.hash),
            base: head.map_or(0, |head| head.seq),
            wake_at: head.and_then(|head| head.wake_at),
            fresh: head.is_none(),
            touched: 0,
            dirty: false,
            wanted,
            taken: FxHashMap::default(),
            asked: FxHashMap::default(),
        }
    }

    /// Adds a line.
    pub fn append(
        &mut self,
        key: &str,
        (ident, time, recorded): (Ident, Moment, Moment),
        context: u8,
        (body, about): (Body, Option<Box<str>>),
        batch: u64,
    ) -> EventRow {
        let said = match &body {
            Body::Own(bytes) => said_by(bytes),
            Body::Heard { .. } | Body::Erased(_) => 0,
        };
        self.seq = self.seq.saturating_add(1);
        self.touched = batch;
        self.taken.insert(ident, Taken { said, seq: self.seq, batch });
        let mut row = EventRow {
            slot: self.slot,
            key: key.into(),
            seq: self.seq,
            ident,
            time: time.0,
            recorded: recorded.0,
            context,
            body,
            about,
            hash: Hash::default(),
        };
        row.hash = chain(&self.hash, &row);
        self.hash = row.hash;
        row
    }

    /// Follows the database to where others have brought a log to which nothing was added here. False: they have not.
    pub fn catch_up(&mut self, head: &HeadRow) -> bool {
        let behind = !self.dirty && head.seq > self.seq;
        if behind {
            (self.seq, self.hash, self.base, self.wake_at) = (head.seq, head.hash, head.seq, head.wake_at);
            self.fresh = false;
            self.asked.clear();
        }
        behind
    }

    /// The head for the commit at work, with the version that it must find.
    pub fn head(&mut self, key: Box<str>, wake_at: Option<i64>, state: Box<[u8]>) -> (HeadRow, u64) {
        let base = std::mem::replace(&mut self.base, self.seq);
        self.dirty = false;
        self.wake_at = wake_at;
        (HeadRow { slot: self.slot, key, seq: self.seq, hash: self.hash, wake_at, state }, base)
    }
}

/// The first bytes of the hash of what an event said, enough to tell a repeat from another content under the same id.
pub(crate) fn said_by(body: &[u8]) -> u64 {
    Sha256::digest(body).iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// An event taken a moment ago.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// The first bytes of the hash of what it said.
    pub said: u64,
    /// Its place in the log.
    pub seq: u64,
    /// The batch that took it.
    pub batch: u64,
}

/// A part at hand, and the batch that last changed it; 0 when it is as the database has it.
#[derive(Debug)]
pub(crate) struct Part<T> {
    /// Apart from the map, which keeps room for eleven of them and most parties have one or two; shared with a fold that only looks.
    pub part: Arc<T>,
    pub batch: u64,
}

/// An event of a party's own about a thing, taken lately.
#[derive(Debug)]
pub(crate) struct OwnAbout {
    pub thing: Box<str>,
    pub seq: u64,
    pub event: Arc<Event>,
    /// The batch that took it.
    pub batch: u64,
}

/// A party at hand.
#[derive(Debug)]
pub(crate) struct PartyAtHand {
    pub log: Log,
    pub state: Party,
    pub promises: BTreeMap<PartId, Part<Promise>>,
    pub remedies: BTreeMap<PartId, Part<Remedy>>,
    /// Its other parts, by id, so that those about one thing stand together.
    pub beside: BTreeMap<(PartId, BesideKind), Part<Beside>>,
    /// Its own events that may concern a promise made later, taken since it was read: see [`EventRow::about`].
    pub own_about: Vec<OwnAbout>,
    /// Those that the database holds about some things, as they were read ahead.
    pub own_read: FxHashMap<Box<str>, Vec<(u64, Arc<Event>)>>,
    /// Whether all its promises, and all its remedies, were read.
    pub whole: Whole,
    /// Parts that the batch at work has changed.
    pub changed: Vec<(PartKind, PartId)>,
    /// True while it is listed as one with many parts at hand.
    pub large: bool,
}

/// How many parts of a kind were read ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Read {
    /// None, or some.
    #[default]
    Some,
    /// More than are read ahead.
    Many,
    /// All of them.
    All,
}

/// How many parts of each kind were read ahead.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Whole {
    pub promises: Read,
    pub remedies: Read,
}

/// A thing at hand.
#[derive(Debug)]
pub(crate) struct ThingAtHand {
    pub log: Log,
    /// Its events that a clause listens to, once they were needed; later ones are added as they come.
    pub events: Option<Vec<(u64, Arc<Event>)>>,
    /// Events taken since it was read.
    pub recent: Vec<(u64, Arc<Event>)>,
    /// An older event that was asked for, for the next party that asks.
    pub looked_up: Option<(u64, Arc<Event>)>,
    /// Parties whose interest may not be in the database yet.
    pub interests: Vec<Box<str>>,
}

/// Everything at hand.
#[derive(Default)]
pub(crate) struct Working {
    /// Parties with many parts at hand.
    large: Vec<Box<str>>,
    parties: FxHashMap<Box<str>, PartyAtHand>,
    things: FxHashMap<Box<str>, ThingAtHand>,
    /// Counts the portions of work: what the one at work asked for is kept at hand.
    pub portion: u64,
}

impl Working {
    pub fn party(&mut self, key: &str) -> Option<&mut PartyAtHand> {
        self.parties.get_mut(key)
    }

    pub fn thing(&mut self, key: &str) -> Option<&mut ThingAtHand> {
        self.things.get_mut(key)
    }

    /// The things at hand, in the order of their keys.
    pub fn things(&self) -> Vec<Box<str>> {
        let mut things: Vec<Box<str>> = self.things.keys().cloned().collect();
        things.sort_unstable();
        things
    }

    /// Lets go of a party.
    pub fn let_go(&mut self, party: &str) {
        self.parties.remove(party);
        self.large.retain(|large| **large != *party);
    }

    /// Reads what is not at hand of these parties and things, in one pass over the database.
    pub fn fetch(&mut self, reader: &mut dyn Reader, parties: &[&str], things: &[&str]) -> Result<(), EngineError> {
        let wanted = self.portion;
        for key in parties {
            if let Some(party) = self.parties.get_mut(*key) {
                party.log.wanted = wanted;
            }
        }
        for key in things {
            if let Some(thing) = self.things.get_mut(*key) {
                thing.log.wanted = wanted;
            }
        }
        let parties: Vec<&str> = missing(parties, |key| self.parties.contains_key(key));
        let keys: Vec<_> = parties.iter().map(|key| (slot_of(key), *key)).collect();
        for (key, head) in parties.iter().zip(reader.heads(&keys)?) {
            let state = rows::party(head.as_ref().map(|head| &*head.state).unwrap_or_default())?;
            let log = Log::new(key, head.as_ref(), wanted);
            let at_hand = PartyAtHand {
                log,
                state,
                promises: BTreeMap::new(),
                remedies: BTreeMap::new(),
                beside: BTreeMap::new(),
                own_about: Vec::new(),
                own_read: FxHashMap::default(),
                whole: Whole::default(),
                changed: Vec::new(),
                large: false,
            };
            self.parties.insert((*key).into(), at_hand);
        }
        let things: Vec<&str> = missing(things, |key| self.things.contains_key(key));
        let keys: Vec<_> = things.iter().map(|key| (slot_of(key), *key)).collect();
        for (key, head) in things.iter().zip(reader.heads(&keys)?) {
            let log = Log::new(key, head.as_ref(), wanted);
            let at_hand = ThingAtHand { log, events: None, recent: Vec::new(), looked_up: None, interests: Vec::new() };
            self.things.insert((*key).into(), at_hand);
        }
        Ok(())
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        *self = Self { portion: self.portion, ..Self::default() };
    }

    /// Lets go of a thing of which others have said more, unless what is not durable yet rests on it.
    pub fn forget_thing(&mut self, key: &str, durable: u64) {
        if self.things.get(key).is_some_and(|thing| thing.log.touched <= durable) {
            self.things.remove(key);
        }
    }

    /// Notes a party that has many parts at hand.
    pub fn note_large(&mut self, key: &str) {
        self.large.push(key.into());
    }

    /// Lets go of what is not needed, once all batches up to `durable` are in the database.
    pub fn trim(&mut self, durable: u64, at_hand: usize, parts_at_hand: usize) {
        let parties = &mut self.parties;
        self.large.retain(|key| {
            let Some(party) = parties.get_mut(key) else { return false };
            if party.parts() > parts_at_hand {
                party.let_go(durable);
            }
            party.large = party.parts() > parts_at_hand;
            party.large
        });
        if self.parties.len().saturating_add(self.things.len()) > at_hand {
            let portion = self.portion;
            let kept = |log: &Log| log.touched > durable || log.wanted == portion;
            self.parties.retain(|_, party| kept(&party.log));
            self.things.retain(|_, thing| kept(&thing.log));
        }
    }
}

fn missing<'k>(keys: &[&'k str], at_hand: impl Fn(&str) -> bool) -> Vec<&'k str> {
    let mut missing: Vec<&str> = keys.iter().copied().filter(|key| !at_hand(key)).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

impl PartyAtHand {
    /// Reads the parts that a fold needs and that are not at hand.
    pub fn load(&mut self, reader: &mut dyn Reader, key: &str, needs: &Needs) -> Result<(), EngineError> {
        if self.log.fresh {
            return Ok(());
        }
        let slot = self.log.slot;
        if self.whole.promises != Read::All {
            let mut found = Vec::new();
            if let Some(thing) = &needs.about {
                found.extend(reader.parts_about(slot, key, PartKind::Promise, makegood_core::id::about(thing))?);
            }
            for about in &needs.around {
                found.extend(reader.parts_about(slot, key, PartKind::Promise, *about)?);
            }
            if let Some(until) = needs.due {
                found.extend(reader.parts_due(slot, key, PartKind::Promise, until.0)?);
            }
            for id in needs.promises.iter().filter(|id| !self.promises.contains_key(*id)) {
                found.extend(reader.part(slot, key, PartKind::Promise, id)?);
            }
            self.take_up(found)?;
        }
        for id in &needs.remedies {
            if self.whole.remedies != Read::All
                && !self.remedies.contains_key(id)
                && let Some(row) = reader.part(slot, key, PartKind::Remedy, id)?
            {
                self.remedies.insert(*id, Part { part: Arc::new(rows::remedy(&row)?), batch: 0 });
            }
        }
        let mut wanted = self.wanted_first(needs);
        let (known, whole) = (&mut self.promises, self.whole.promises);
        with_ties(&mut wanted, |id| {
            if whole != Read::All
                && let Entry::Vacant(place) = known.entry(*id)
                && let Some(row) = reader.part(slot, key, PartKind::Promise, id)?
            {
                place.insert(Part { part: Arc::new(rows::promise(&row)?), batch: 0 });
            }
            Ok::<_, EngineError>(known.get(id).map(|at_hand| Arc::clone(&at_hand.part)))
        })?;
        let about: Vec<[u8; 4]> = needs.beside_of(&wanted).collect();
        for about in about {
            for kind in BesideKind::ALL.into_iter().filter(|kind| kind.is_loaded()) {
                for row in reader.parts_about(slot, key, rows::part_kind(kind), about)? {
                    if let (Entry::Vacant(place), Some(part)) = (self.beside.entry((row.id, kind)), rows::beside(&row)?)
                    {
                        place.insert(Part { part: Arc::new(part), batch: 0 });
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes promises or remedies to hand that were read, unless they are at hand already.
    pub fn take_up(&mut self, found: Vec<PartRow>) -> Result<(), EngineError> {
        for row in found {
            match row.kind {
                PartKind::Promise => {
                    if let Entry::Vacant(place) = self.promises.entry(row.id) {
                        place.insert(Part { part: Arc::new(rows::promise(&row)?), batch: 0 });
                    }
                }
                PartKind::Remedy => {
                    if let Entry::Vacant(place) = self.remedies.entry(row.id) {
                        place.insert(Part { part: Arc::new(rows::remedy(&row)?), batch: 0 });
                    }
                }
                PartKind::Play | PartKind::Custody | PartKind::Stage => {}
            }
        }
        Ok(())
    }

    /// The parts at hand that a fold needs.
    pub fn needed(&self, needs: &Needs) -> makegood_core::Loaded {
        let promises = self.wanted(needs);
        let remedies = needs.remedies.iter().filter_map(|id| self.remedies.get(id));
        let beside = needs.beside_of(&promises).flat_map(|about| {
            let first = (makegood_core::id::first_about(about), BesideKind::FIRST);
            let about = self.beside.range(first..).take_while(move |((id, _), _)| id.starts_with(&about));
            about.filter(|((_, kind), _)| kind.is_loaded())
        });
        makegood_core::Loaded {
            remedies: remedies.map(|remedy| Arc::clone(&remedy.part)).collect(),
            beside: beside.map(|(_, at_hand)| Arc::clone(&at_hand.part)).collect(),
            promises,
        }
    }

    /// What the fold needs, with what is tied to it.
    fn wanted(&self, needs: &Needs) -> Vec<Arc<Promise>> {
        let mut wanted = self.wanted_first(needs);
        let found =
            with_ties(&mut wanted, |id| Ok::<_, Infallible>(self.promises.get(id).map(|at| Arc::clone(&at.part))));
        match found {
            Ok(()) => wanted,
            Err(never) => match never {},
        }
    }

    fn wanted_first(&self, needs: &Needs) -> Vec<Arc<Promise>> {
        let wanted = |at_hand: &Part<Promise>| needs.wants(&at_hand.part).then(|| Arc::clone(&at_hand.part));
        needs.among(&self.promises).into_iter().filter_map(wanted).collect()
    }

    /// Promises, remedies and idents at hand.
    pub fn parts(&self) -> usize {
        self.promises
            .len()
            .saturating_add(self.remedies.len())
            .saturating_add(self.beside.len())
            .saturating_add(self.log.taken.len())
            .saturating_add(self.own_about.len())
    }

    /// Lets go of the parts that the database has as they are, once all batches up to `durable` are in it.
    fn let_go(&mut self, durable: u64) {
        self.promises.retain(|_, promise| promise.batch > durable);
        self.remedies.retain(|_, remedy| remedy.batch > durable);
        self.beside.retain(|_, part| part.batch > durable);
        self.log.taken.retain(|_, taken| taken.batch > durable);
        self.own_about.retain(|own| own.batch > durable);
        self.own_read.clear();
        self.log.asked.clear();
        self.log.fresh = false;
        self.whole = Whole::default();
    }

    /// When the party must next be looked at.
    pub fn wake_at(&self, reader: &mut dyn Reader, key: &str) -> Result<Option<i64>, StoreError> {
        let own = self.state.wake_at().map(|moment| moment.0);
        if self.state.waiting == 0 {
            return Ok(own);
        }
        let at_hand = self.promises.values().filter_map(|promise| promise.part.wake_at).min().map(|moment| moment.0);
        let at_hand = at_hand.into_iter().chain(own).min();
        if self.log.fresh || self.whole.promises == Read::All {
            return Ok(at_hand);
        }
        let ids: Vec<PartId> = self.promises.keys().copied().collect();
        let kept = reader.next_wake(self.log.slot, key, PartKind::Promise, &ids)?;
        Ok(at_hand.into_iter().chain(kept).min())
    }
}
