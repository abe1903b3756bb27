//! Reading ahead: where each question travels to a server and back, what a portion of work will ask is asked together.

use std::collections::{BTreeMap, BTreeSet};

use makegood_core::{Ident, Needs};
use makegood_store::{PartKind, Slot, slot_of};

use super::Folder;
use super::things::{NEWCOMERS, logged_events};
use crate::intake::told;
use crate::session::Placed;
use crate::working::Read;
use crate::{EngineError, Work};

/// Parts of a party that are read ahead at most; of one that has more, those that are needed are asked for one by one.
const PARTS: usize = 64;
/// Lines of a thing's log that are read ahead, if it has no more.
const SAID: usize = 32;
/// Parties of fan-outs that are read ahead for one portion of work, at most about this many.
const LISTENERS: usize = 32_768;

/// A thing, and the key after which its listeners were asked for.
type Asked = (Box<str>, Box<str>);

/// An event that the log of a party will be asked for.
struct Sought {
    party: Box<str>,
    ident: Ident,
    /// The thing that said it; none if the party did.
    of: Option<Box<str>>,
}

/// What was read ahead of things.
#[derive(Default)]
pub(super) struct Ahead {
    /// Who must hear of a thing, with the number asked for.
    pub listed: BTreeMap<Asked, (usize, Vec<Box<str>>)>,
    /// How long the logs of things are.
    pub said: BTreeMap<Box<str>, u64>,
}

/// The things that parties come to.
fn come_to<'w>(work: impl IntoIterator<Item = &'w Placed>) -> impl Iterator<Item = &'w str> {
    let event = |(_, one): &'w Placed| if let Work::Event(incoming) = one { Some(&incoming.event) } else { None };
    let events = work.into_iter().filter_map(event);
    events.filter_map(|event| event.about.as_deref().filter(|thing| **thing != *event.subject))
}

impl Folder {
    /// Asks together what `work`, whose heads are at hand, will ask.
    pub(super) fn read_ahead(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        self.ahead = Ahead::default();
        self.list_listeners(work)?;
        self.look_at_things(work)?;
        self.read_said(work)?;
        let sought = self.sought(work)?;
        let parties: BTreeSet<&str> = sought.iter().map(|one| &*one.party).collect();
        let clocks =
            work.iter().filter_map(|(_, one)| if let Work::Clock { party, .. } = one { Some(&**party) } else { None });
        let parties: Vec<&str> = parties.into_iter().chain(clocks).collect();
        self.working.fetch(&mut *self.reader, &parties, &[])?;
        self.read_parts(PartKind::Promise, &parties)?;
        self.read_parts(PartKind::Remedy, &parties)?;
        self.read_places(sought.iter().map(|one| (&*one.party, one.ident)))?;
        self.read_causes(&sought)?;
        self.read_own(work)
    }

    /// Who must hear of the things whose events are fanned out.
    fn list_listeners(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        let mut asked: Vec<(Slot, &str, &str)> = Vec::new();
        for (_, one) in work {
            if let Work::Fanout { row, .. } = one {
                asked.push((row.slot, &row.thing, &row.after));
            }
        }
        asked.sort_unstable();
        asked.dedup();
        let portion = self.bounds.fanout_portion;
        let mut listed = 0_usize;
        for asked in asked.chunks(LISTENERS.checked_div(portion).unwrap_or(1).max(256)) {
            if listed > LISTENERS {
                break;
            }
            for ((_, thing, after), parties) in asked.iter().zip(self.reader.interested_in(asked, portion)?) {
                listed = listed.saturating_add(parties.len());
                self.ahead.listed.insert(((*thing).into(), (*after).into()), (portion, parties));
            }
        }
        Ok(())
    }

    /// How much was said of the things that have newcomers.
    fn look_at_things(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        let new = |(_, one): &Placed| if let Work::Newcomers(new) = one { Some(new.row.thing.clone()) } else { None };
        let things: BTreeSet<Box<str>> = work.iter().filter_map(new).collect();
        let asked: Vec<(Slot, &str)> = things.iter().map(|thing| (slot_of(thing), &**thing)).collect();
        for (thing, head) in things.iter().zip(self.reader.heads(&asked)?) {
            self.ahead.said.insert(thing.clone(), head.map_or(0, |head| head.seq));
        }
        Ok(())
    }

    /// What was said of the things that parties come to, where it is little.
    fn read_said(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        self.read_logs(&come_to(work).collect::<Vec<&str>>())
    }

    /// Takes the things to hand that parties come to, and what was said of them.
    pub fn fetch_come_to<'w>(&mut self, work: impl IntoIterator<Item = &'w Placed>) -> Result<(), EngineError> {
        let things: Vec<&str> = come_to(work).collect();
        self.working.fetch(&mut *self.reader, &[], &things)?;
        self.read_logs(&things)
    }

    /// Looks whether others have said more of the things at hand.
    pub fn look_again_at_things(&mut self) -> Result<(), EngineError> {
        let things: Vec<Box<str>> = self.working.things();
        let asked: Vec<(Slot, &str)> = things.iter().map(|thing| (slot_of(thing), &**thing)).collect();
        for (thing, head) in things.iter().zip(self.reader.heads(&asked)?) {
            if let (Some(at_hand), Some(head)) = (self.working.thing(thing), head)
                && at_hand.log.catch_up(&head)
            {
                at_hand.events = None;
            }
        }
        Ok(())
    }

    /// What was said of these things, where it is little and not at hand.
    pub(super) fn read_logs(&mut self, things: &[&str]) -> Result<(), EngineError> {
        let mut asked: Vec<(Slot, &str, u64)> = Vec::new();
        for thing in things {
            let unread = self.working.thing(thing).filter(|at_hand| at_hand.events.is_none() && !at_hand.log.fresh);
            asked.extend(unread.map(|at_hand| (at_hand.log.slot, *thing, 0)));
        }
        asked.sort_unstable();
        asked.dedup();
        for ((_, thing, _), rows) in asked.iter().zip(self.reader.logs(&asked, SAID)?) {
            if rows.len() < SAID {
                let durable = rows.last().map_or(0, |row| row.seq);
                let mut events = logged_events(&self.book, &rows)?;
                if let Some(at_hand) = self.working.thing(thing) {
                    events.extend(at_hand.recent.iter().filter(|(seq, _)| *seq > durable).cloned());
                    at_hand.events = Some(events);
                }
            }
        }
        Ok(())
    }

    /// The events that the logs of parties will be asked for.
    fn sought(&mut self, work: &[Placed]) -> Result<Vec<Sought>, EngineError> {
        let mut sought = Vec::new();
        for (_, one) in work {
            match one {
                Work::Event(incoming) if incoming.event.about.as_deref() != Some(&*incoming.event.subject) => {
                    let (party, ident) = (incoming.event.subject.clone(), incoming.event.ident);
                    sought.push(Sought { party, ident, of: None });
                }
                Work::Fanout { row, told: before } if row.seq < NEWCOMERS => {
                    let Some(at_hand) = self.working.thing(&row.thing) else { continue };
                    let Some((_, event)) = at_hand.recent.iter().find(|(seq, _)| *seq == row.seq) else { continue };
                    let ident = told(&event.ident, &row.thing);
                    let listed = self.ahead.listed.get(&(row.thing.clone(), row.after.clone()));
                    let parties = listed.into_iter().flat_map(|(_, parties)| parties);
                    let parties = parties.filter(|party| !before.contains(*party)).cloned();
                    sought.extend(parties.map(|party| Sought { party, ident, of: Some(row.thing.clone()) }));
                }
                Work::Tell(row) | Work::Deliver(row) => {
                    let event = self.thing_event(&row.thing, row.seq)?;
                    sought.extend(event.map(|event| Sought {
                        party: row.party.clone(),
                        ident: told(&event.ident, &row.thing),
                        of: Some(row.thing.clone()),
                    }));
                }
                _ => {}
            }
        }
        Ok(sought)
    }

    /// Parts of a kind of these parties, where there are few.
    fn read_parts(&mut self, kind: PartKind, parties: &[&str]) -> Result<(), EngineError> {
        let mut asked = Vec::new();
        for party in parties {
            let Some(at_hand) = self.working.party(party) else { continue };
            let (read, none) = match kind {
                PartKind::Remedy => (&mut at_hand.whole.remedies, at_hand.state.remedies == 0),
                _ => (&mut at_hand.whole.promises, false),
            };
            if none {
                *read = Read::All;
            }
            if !at_hand.log.fresh && *read == Read::Some {
                asked.push((at_hand.log.slot, *party));
            }
        }
        let found = self.reader.parts_of_each(kind, &asked, PARTS)?;
        for ((_, party), parts) in asked.iter().zip(found) {
            let Some(at_hand) = self.working.party(party) else { continue };
            let read = if parts.len() < PARTS { Read::All } else { Read::Many };
            match kind {
                PartKind::Remedy => at_hand.whole.remedies = read,
                _ => at_hand.whole.promises = read,
            }
            at_hand.take_up(parts)?;
        }
        Ok(())
    }

    /// Where the logs of parties hold these events, if they do.
    fn read_places<'s>(&mut self, events: impl Iterator<Item = (&'s str, Ident)>) -> Result<(), EngineError> {
        let mut asked: Vec<(Slot, &str, Ident)> = Vec::new();
        for (party, ident) in events {
            let Some(at_hand) = self.working.party(party) else { continue };
            let log = &at_hand.log;
            if !log.fresh && !log.taken.contains_key(&ident) && !log.asked.contains_key(&ident) {
                asked.push((log.slot, party, ident));
            }
        }
        for ((_, party, ident), place) in asked.iter().zip(self.reader.places(&asked)?) {
            if let Some(at_hand) = self.working.party(party) {
                at_hand.log.asked.insert(*ident, place);
            }
        }
        Ok(())
    }

    /// Where the logs of parties that heard something before hold what made the promises it is about: promises made since must hear it
    /// again.
    fn read_causes(&mut self, sought: &[Sought]) -> Result<(), EngineError> {
        let mut causes: Vec<(&str, Ident)> = Vec::new();
        for Sought { party, ident, of } in sought {
            let (Some(thing), Some(at_hand)) = (of, self.working.party(party)) else { continue };
            if matches!(at_hand.log.asked.get(ident), Some(Some(_))) && at_hand.whole.promises == Read::All {
                let about = Needs { about: Some(thing.clone()), ..Needs::default() };
                causes.extend(at_hand.needed(&about).promises.iter().map(|promise| (&**party, promise.cause)));
            }
        }
        causes.sort_unstable();
        causes.dedup();
        self.read_places(causes.into_iter())
    }

    /// What parties said before of the things that their events are about.
    fn read_own(&mut self, work: &[Placed]) -> Result<(), EngineError> {
        let mut asked: Vec<(Slot, &str, &str)> = Vec::new();
        for (_, one) in work {
            let Work::Event(incoming) = one else { continue };
            let (party, Some(thing)) = (&*incoming.event.subject, incoming.event.about.as_deref()) else { continue };
            if let Some(at_hand) = self.working.party(party).filter(|at_hand| !at_hand.log.fresh && party != thing)
                && !at_hand.own_read.contains_key(thing)
            {
                asked.push((at_hand.log.slot, party, thing));
            }
        }
        asked.sort_unstable();
        asked.dedup();
        for ((_, party, thing), rows) in asked.iter().zip(self.reader.own_about_each(&asked)?) {
            let events = logged_events(&self.book, &rows)?;
            if let Some(at_hand) = self.working.party(party) {
                at_hand.own_read.insert((*thing).into(), events);
            }
        }
        Ok(())
    }
}
