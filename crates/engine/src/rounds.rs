//! Rounds: where others work too, much work is gathered and worked a share of the slots at a time, so that two processes fold different
//! parties and neither makes the other fold again.
//!
//! First what is said of things is recorded and made durable. Then whoever must hear of it is looked up, and round after round this
//! process claims a share of the slots and folds what the parties in them said and must hear, in the order in which it was taken. Nothing
//! is correct only because of a claim: the version of each head decides.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use makegood_store::{FanoutRow, Queue, Slot, slot_of};

use crate::claims::{group, in_turn};
use crate::folder::Tellings;
use crate::session::Placed;
use crate::{EngineError, Session, Work, limits};

/// The pause before slots that others hold are asked for again.
const PAUSE: Duration = Duration::from_millis(20);
/// Pauses in a row: five minutes.
const PAUSES: u32 = 15_000;
/// The seat beyond the others, of whoever records what is said of things.
const RECORDING: Slot = Slot(limits::SEATS);
/// The pause before it is looked again whether somebody else still records, and how many in a row: five seconds.
const RECORDING_PAUSE: Duration = Duration::from_millis(5);
const RECORDING_PAUSES: u32 = 1_000;

/// What is gathered, and what is held.
#[derive(Default)]
pub(crate) struct Rounds {
    gathered: Vec<Placed>,
    /// Things' events whose tellings were all folded.
    told: Vec<FanoutRow>,
    /// The groups of slots of the round at work, and of the one before, whose commit is on its way.
    held: BTreeSet<Slot>,
    before: BTreeSet<Slot>,
    /// True from when rounds begin until nothing that came of them is left.
    under_way: bool,
    /// The seat by which others see that things' events are on their way here.
    seat: Option<Slot>,
    /// Who recorded last what is said of things, as far as it was looked at: see [`Reader::claim_stamp`].
    ///
    /// [`Reader::claim_stamp`]: makegood_store::Reader::claim_stamp
    recorded: Option<i64>,
}

/// How many groups of slots one round after another works: few at first, so that there is soon something to write.
fn shares() -> impl Iterator<Item = usize> {
    let begin = std::iter::successors(Some(limits::FIRST_GROUPS), |share| Some(share.saturating_mul(2)));
    begin.map(|share| share.min(limits::CLAIMED_GROUPS))
}

/// All seats.
fn seats() -> Vec<Slot> {
    (0..limits::SEATS).map(Slot).collect()
}

/// The party in whose slot a piece of work is folded; `None` where that is no party.
fn party(work: &Work) -> Option<&str> {
    match work {
        Work::Event(incoming) if incoming.event.about.as_deref() == Some(&*incoming.event.subject) => None,
        Work::Event(incoming) => Some(&incoming.event.subject),
        Work::Clock { party, .. } => Some(party),
        Work::Deliver(row) | Work::Tell(row) => Some(&row.party),
        Work::Introduce(row) => Some(&row.party),
        Work::Fanout { .. } | Work::Newcomers(_) | Work::Told(_) | Work::SetAside(_) => None,
    }
}

impl Session {
    /// True when work is gathered: there is much of it, or what came before it is gathered.
    pub(crate) fn gather(&self, work: &[Placed]) -> bool {
        !self.rounds.gathered.is_empty() || work.len() >= self.bounds().gather_from
    }

    /// Takes work to what is gathered, and works it when it is much.
    pub(crate) fn gathered(&mut self, work: Vec<Placed>) -> Result<(), EngineError> {
        self.rounds.gathered.extend(work);
        if self.rounds.gathered.len() >= self.bounds().gathered { self.work_gathered() } else { Ok(()) }
    }

    /// Works what is gathered.
    pub(crate) fn work_gathered(&mut self) -> Result<(), EngineError> {
        if self.rounds.gathered.is_empty() { Ok(()) } else { self.work_in_rounds() }
    }

    /// True while much is taken in: what newcomers missed is told in rounds, too.
    pub(crate) fn in_rounds(&self) -> bool {
        self.rounds.under_way
    }

    /// Works what is gathered, if anything, and what is to be looked at again.
    pub(crate) fn work_in_rounds(&mut self) -> Result<(), EngineError> {
        self.rounds.under_way = true;
        self.take_seat()?;
        if self.others_feed()? {
            // What is at hand is older than what they wrote.
            self.settle_taken()?;
            self.look_afresh();
        }
        let gathered = std::mem::take(&mut self.rounds.gathered);
        let (mut rest, things): (Vec<Placed>, Vec<Placed>) =
            gathered.into_iter().partition(|(_, work)| party(work).is_some());
        let mut newcomers = self.newcomers();
        self.record(things)?;
        self.finish_told();
        let Tellings { tellings, mut few, many } = self.folder().tellings()?;
        rest.extend(tellings);
        newcomers.extend(self.newcomers());
        self.folder().begin_rounds();
        let missed = self.folder().missed(&newcomers)?;
        rest.extend(self.placed(missed));
        few.extend(newcomers.into_iter().map(|newcomers| newcomers.row.clone()));
        for row in many {
            self.then(Work::Fanout { row, told: Default::default() });
        }
        self.fold_in_turns(rest)?;
        self.folder().end_rounds();
        self.rounds.told.extend(few);
        Ok(())
    }

    /// Makes durable what is said of things, one process after another: two that add to the same logs at once would make each other fold
    /// again.
    fn record(&mut self, things: Vec<Placed>) -> Result<(), EngineError> {
        let takes_turns = self.store_is_shared() && !things.is_empty();
        for _ in 0..RECORDING_PAUSES {
            if !takes_turns || !self.claim(Queue::Feeding, &[RECORDING])?.is_empty() {
                break;
            }
            std::thread::sleep(RECORDING_PAUSE);
        }
        self.look_again_if_recorded()?;
        self.folder().stage_things(&things);
        self.fold(things)?;
        self.settle_taken()?;
        if takes_turns {
            self.release(Queue::Feeding, &[RECORDING])?;
            // This was nobody else.
            self.others_recorded()?;
        }
        Ok(())
    }

    /// Waits while another process records what is said of things.
    fn await_recording(&mut self) -> Result<(), EngineError> {
        for _ in 0..RECORDING_PAUSES {
            if !self.store_is_shared() || self.reader().claimed(Queue::Feeding, &[RECORDING])?.is_empty() {
                break;
            }
            std::thread::sleep(RECORDING_PAUSE);
        }
        Ok(())
    }

    /// Looks whether more was said of the things at hand, if others recorded any since.
    fn look_again_if_recorded(&mut self) -> Result<(), EngineError> {
        if self.others_recorded()? { self.folder().look_again_at_things() } else { Ok(()) }
    }

    /// True when others recorded what is said of things since this was asked last, or have begun to.
    fn others_recorded(&mut self) -> Result<bool, EngineError> {
        if !self.store_is_shared() {
            return Ok(false);
        }
        let last = self.reader().claim_stamp(Queue::Feeding, RECORDING)?;
        Ok(std::mem::replace(&mut self.rounds.recorded, last) != last)
    }

    /// Folds work of parties, a share of the slots at a time.
    fn fold_in_turns(&mut self, work: Vec<Placed>) -> Result<(), EngineError> {
        let mut by_group: BTreeMap<Slot, Vec<Placed>> = BTreeMap::new();
        for (place, work) in work {
            if let Some(slot) = party(&work).map(slot_of) {
                by_group.entry(group(slot)).or_default().push((place, work));
            }
        }
        if by_group.is_empty() {
            return Ok(());
        }
        // Whoever records now is awaited: what they say of the things that parties come to is then told at once, and not afterwards.
        self.await_recording()?;
        self.look_again_if_recorded()?;
        self.folder().fetch_come_to(by_group.values().flatten())?;
        for share in shares() {
            if by_group.is_empty() {
                break;
            }
            let mine = self.turn(&by_group, share)?;
            let mut round: Vec<Placed> = mine.iter().filter_map(|group| by_group.remove(group)).flatten().collect();
            round.sort_by_key(|(place, _)| *place);
            self.look_again_if_recorded()?;
            self.fold_only(round)?;
            self.close()?;
            if self.was_overtaken_lately() {
                // What the round before folded is being written again: its slots are held until it is durable.
                self.settle_taken()?;
            }
            self.end_round()?;
        }
        Ok(())
    }

    /// Claims so many of these groups of slots, and awaits others that hold all of them.
    fn turn(&mut self, wanted: &BTreeMap<Slot, Vec<Placed>>, share: usize) -> Result<Vec<Slot>, EngineError> {
        let order = in_turn(wanted.keys().copied().collect(), share);
        for pause in 0..PAUSES {
            if pause > 0 && self.reader().claimed(Queue::Deliveries, &order)?.len() == order.len() {
                std::thread::sleep(PAUSE);
                continue;
            }
            for portion in order.chunks(share) {
                let got = self.claim(Queue::Deliveries, portion)?;
                if !got.is_empty() {
                    self.rounds.held.extend(&got);
                    return Ok(got);
                }
            }
            // What others wait for is not held meanwhile.
            self.settle_taken()?;
            self.give_back()?;
            std::thread::sleep(PAUSE);
        }
        Err(EngineError::Held { what: "slots" })
    }

    /// The round before the one that ends is durable: its slots are given back.
    fn end_round(&mut self) -> Result<(), EngineError> {
        let held = std::mem::take(&mut self.rounds.held);
        let before = std::mem::replace(&mut self.rounds.before, held);
        let over: Vec<Slot> = before.difference(&self.rounds.before).copied().collect();
        if over.is_empty() { Ok(()) } else { self.release(Queue::Deliveries, &over) }
    }

    /// Gives back every slot: all that was folded in them is durable.
    pub(crate) fn give_back(&mut self) -> Result<(), EngineError> {
        self.end_round()?;
        self.end_round()
    }

    /// Takes a seat that is free, so that others leave what is on its way here to this session. Not everyone asks for the same first.
    pub(crate) fn take_seat(&mut self) -> Result<(), EngineError> {
        if self.rounds.seat.is_none() && self.store_is_shared() {
            for seat in in_turn(seats(), 1) {
                if !self.claim(Queue::Feeding, &[seat])?.is_empty() {
                    self.rounds.seat = Some(seat);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Ends what rounds began and gives the seat back, once nothing is on its way.
    pub(crate) fn leave_seat(&mut self) -> Result<(), EngineError> {
        self.rounds.under_way = false;
        match self.rounds.seat.take() {
            Some(seat) => self.release(Queue::Feeding, &[seat]),
            None => Ok(()),
        }
    }

    /// True while others take in much at once: what waits may be theirs.
    pub(crate) fn others_feed(&mut self) -> Result<bool, EngineError> {
        if !self.store_is_shared() {
            return Ok(false);
        }
        let mine = self.rounds.seat;
        let taken = self.reader().claimed(Queue::Feeding, &seats())?;
        Ok(taken.into_iter().any(|seat| Some(seat) != mine))
    }

    /// The rows may go that stand for newcomers who missed nothing.
    pub(crate) fn dismiss_newcomers(&mut self) -> Result<(), EngineError> {
        let newcomers = self.newcomers();
        for (newcomers, missed) in self.folder().who_missed(newcomers)? {
            if missed {
                self.then(Work::Newcomers(newcomers));
            } else {
                self.rounds.told.push(newcomers.row.clone());
            }
        }
        Ok(())
    }

    /// Notes that what was told is durable, so that the rows that stood for it may go.
    pub(crate) fn finish_told(&mut self) {
        let told = std::mem::take(&mut self.rounds.told);
        if !told.is_empty() {
            self.then(Work::Told(told));
        }
    }
}
