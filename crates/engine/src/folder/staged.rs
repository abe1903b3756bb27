//! Events of things that are recorded before their turn: of the work that is gathered, what is said of things is made durable first, so
//! that whoever is interested is known; each party hears it in its turn, among the party's own events.

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_core::Ident;
use makegood_store::{FanoutRow, HeadRow, InboxRow, slot_of};

use super::Folder;
use crate::session::Placed;
use crate::{EngineError, Newcomers, Work};

/// Whom events concern that were recorded.
pub(crate) struct Tellings {
    /// What the parties that are interested in them must be told, each at its place.
    pub tellings: Vec<Placed>,
    /// The events of which everyone is told so.
    pub few: Vec<FanoutRow>,
    /// Those of which so many must be told that it is done in portions.
    pub many: Vec<FanoutRow>,
}

/// Places of events, by thing and number in its log.
type Said = BTreeMap<(Box<str>, u64), u64>;

/// What was recorded before its turn.
#[derive(Default)]
pub(super) struct Staged {
    /// The places of the events of things, and once they are recorded their numbers in the logs, by thing and identity.
    events: BTreeMap<(Box<str>, Ident), (u64, Option<u64>)>,
    /// Their places, by thing and number.
    said: Said,
    /// The same of what was gathered before, which may not be durable yet and is then folded again.
    said_before: Said,
    /// True while rounds are folded.
    gathering: bool,
    /// The rows that stand for newcomers to things since work was gathered last.
    marks: BTreeMap<Box<str>, FanoutRow>,
    /// What parties must be told when its turn comes, each with the batch that it follows from.
    pub scheduled: BTreeMap<(u64, Box<str>), (InboxRow, u64)>,
}

impl Staged {
    /// Forgets what rests on batches that were not kept: a mark among them would never be written. What follows from batches up to
    /// `durable` still has its turn: nothing that is folded again gives it.
    pub fn forget(&mut self, durable: u64) {
        self.scheduled.retain(|_, (_, batch)| *batch <= durable);
        self.marks.clear();
    }
}

impl Folder {
    /// Notes the places of things' events, which are folded next, before all the other work.
    pub fn stage_things(&mut self, things: &[Placed]) {
        self.staged.events.clear();
        self.staged.said_before = std::mem::take(&mut self.staged.said);
        for (place, work) in things {
            if let Work::Event(incoming) = work {
                let event = (incoming.event.subject.clone(), incoming.event.ident);
                self.staged.events.entry(event).or_insert((*place, None));
            }
        }
    }

    /// True of an event whose place was noted: it is told to everyone in its turn.
    pub(super) fn stage(&mut self, row: &FanoutRow, ident: &Ident) -> bool {
        let Some((_, seq)) = self.staged.events.get_mut(&(row.thing.clone(), *ident)) else { return false };
        *seq = Some(row.seq);
        true
    }

    /// Looks up whom the events that were recorded concern.
    pub fn tellings(&mut self) -> Result<Tellings, EngineError> {
        let events = std::mem::take(&mut self.staged.events).into_iter();
        let said: Vec<((Box<str>, u64), u64)> =
            events.filter_map(|((thing, _), (place, seq))| Some(((thing, seq?), place))).collect();
        self.staged.said = said.iter().cloned().collect();
        let portion = self.bounds.fanout_portion;
        let (mut tellings, mut few, mut many) = (Vec::new(), Vec::new(), Vec::new());
        let asked: Vec<_> = said.iter().map(|((thing, _), _)| (slot_of(thing), &**thing, "")).collect();
        let listed = self.reader.interested_in(&asked, portion)?;
        for (((thing, seq), place), parties) in said.iter().zip(listed) {
            let row = FanoutRow { slot: slot_of(thing), thing: thing.clone(), seq: *seq, after: "".into() };
            if parties.len() >= portion {
                many.push(row);
                continue;
            }
            for party in parties {
                let row = InboxRow { slot: slot_of(&party), party, thing: thing.clone(), seq: *seq };
                tellings.push((*place, Work::Tell(row)));
            }
            few.push(row);
        }
        Ok(Tellings { tellings, few, many })
    }

    /// The row that stands for those who came to a thing, and whether it has to be written. While gathered work is folded one row stands
    /// for all rounds: what came of them is looked at together.
    pub(super) fn mark(&mut self, row: &FanoutRow) -> (FanoutRow, bool) {
        if !self.staged.gathering {
            return (row.clone(), true);
        }
        match self.staged.marks.get(&row.thing) {
            Some(mark) => (mark.clone(), false),
            None => {
                self.staged.marks.insert(row.thing.clone(), row.clone());
                (row.clone(), true)
            }
        }
    }

    /// Rounds begin: from here on those who come to a thing need another row.
    pub fn begin_rounds(&mut self) {
        self.staged.marks.clear();
        self.staged.gathering = true;
    }

    /// Rounds are over.
    pub fn end_rounds(&mut self) {
        self.staged.marks.clear();
        self.staged.gathering = false;
    }

    /// Of which newcomers others said more of the thing while they came.
    pub fn who_missed(&mut self, newcomers: Vec<Arc<Newcomers>>) -> Result<Vec<(Arc<Newcomers>, bool)>, EngineError> {
        let asked: Vec<_> = newcomers.iter().map(|new| (new.row.slot, &*new.row.thing)).collect();
        let heads = self.reader.heads(&asked)?;
        let more = |head: Option<HeadRow>, known| head.is_some_and(|head| head.seq > known);
        let each = newcomers.into_iter().zip(heads);
        Ok(each
            .map(|(new, head)| {
                let missed = more(head, new.known);
                (new, missed)
            })
            .collect())
    }

    /// What newcomers must be told of what others said while they came.
    pub fn missed(&mut self, newcomers: &[Arc<Newcomers>]) -> Result<Vec<Work>, EngineError> {
        let missed = self.who_missed(newcomers.to_vec())?;
        let missed: Vec<Arc<Newcomers>> =
            missed.into_iter().filter_map(|(new, missed)| missed.then_some(new)).collect();
        let things: Vec<&str> = missed.iter().map(|new| &*new.row.thing).collect();
        for thing in &things {
            self.working.forget_thing(thing, self.durable);
        }
        self.working.fetch(&mut *self.reader, &[], &things)?;
        self.read_logs(&things)?;
        let mut tellings = Vec::new();
        for new in &missed {
            let thing = &new.row.thing;
            let events = self.events_of(thing)?;
            for party in &new.parties {
                for (seq, _) in events.iter().filter(|(seq, _)| *seq > new.known) {
                    let row = InboxRow { slot: slot_of(party), party: party.clone(), thing: thing.clone(), seq: *seq };
                    tellings.push(Work::Tell(row));
                }
            }
        }
        Ok(tellings)
    }

    /// True of a thing's event that comes later than what is being folded: the party is told in its turn.
    pub(super) fn comes_later(&mut self, party: &str, thing: &str, seq: u64) -> bool {
        let of = (thing.into(), seq);
        let place = self.staged.said.get(&of).or_else(|| self.staged.said_before.get(&of)).copied();
        let place = place.filter(|place| *place > self.place);
        if let Some(place) = place {
            let row = InboxRow { slot: slot_of(party), party: party.into(), thing: thing.into(), seq };
            self.staged.scheduled.entry((place, party.into())).or_insert((row, self.batch));
        }
        place.is_some()
    }

    /// What parties must be told when its turn comes because of what a batch holds.
    pub fn tellings_after(&self, batch: u64) -> Vec<Work> {
        let of_batch = self.staged.scheduled.values().filter(|(_, of)| *of == batch);
        of_batch.map(|(row, _)| Work::Tell(row.clone())).collect()
    }

    /// The next of what parties must be told before this place.
    pub fn telling_before(&mut self, until: u64) -> Option<Placed> {
        let first = self.staged.scheduled.first_entry().filter(|entry| entry.key().0 <= until)?;
        let ((place, _), (row, _)) = first.remove_entry();
        Some((place, Work::Tell(row)))
    }
}
