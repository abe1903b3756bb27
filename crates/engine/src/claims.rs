//! Claims: of several processes one at a time works a slot's timers, deliveries or messages.
//!
//! Nothing is correct only because of a claim (the version of each head decides who wins); it keeps two from doing the same at once.
//! The thread that writes renews what is held, so that a claim outlives slow work and runs out once its holder has died.

use std::collections::BTreeSet;
use std::time::Duration;

use makegood_store::{Queue, Slot};

use crate::{EngineError, Session, limits};

/// The pauses before work that another process holds is looked at again, in milliseconds; the last of them from then on.
const PAUSES: [u64; 4] = [10, 20, 50, 100];
/// Pauses until what waits is looked at again while others take in much: a second.
const LOOKS: u32 = 10;

/// Rounds in a row in which all that waits was held by others.
#[derive(Default)]
pub(crate) struct Held(u32);

impl Held {
    /// Waits a little; fails after [`limits::HELD_ROUNDS`] in a row.
    pub fn wait(&mut self, what: &'static str) -> Result<(), EngineError> {
        self.0 = self.0.saturating_add(1);
        if self.0 > limits::HELD_ROUNDS {
            return Err(EngineError::Held { what });
        }
        let mut pauses = PAUSES.into_iter().take(usize::try_from(self.0).unwrap_or(usize::MAX));
        std::thread::sleep(Duration::from_millis(pauses.next_back().unwrap_or(0)));
        Ok(())
    }

    /// Something was got.
    pub fn over(&mut self) {
        self.0 = 0;
    }
}

impl Session {
    /// While others take in much, what waits may be theirs: waits a little for them, as long as there is patience. False: nobody was
    /// waited for.
    pub(crate) fn await_feeders(&mut self, held: &mut Held, patience: &mut u32) -> Result<bool, EngineError> {
        let before = *patience;
        while *patience > 0 && before.saturating_sub(*patience) < LOOKS && self.others_feed()? {
            *patience = patience.saturating_sub(1);
            held.wait("deliveries")?;
        }
        Ok(*patience < before)
    }

    /// Claims some of these slots, with their groups. Where others work too it takes a share at a time, and not every process begins
    /// with the same.
    pub(crate) fn claim_some(&mut self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, EngineError> {
        let groups = groups(slots);
        let share = if self.shared() { limits::CLAIMED_GROUPS } else { groups.len().max(1) };
        for portion in in_turn(groups, share).chunks(share) {
            let got = self.claim(queue, portion)?;
            if !got.is_empty() {
                return Ok(slots.iter().copied().filter(|slot| got.contains(&group(*slot))).collect());
            }
        }
        Ok(Vec::new())
    }

    /// Gives back slots that were claimed with their groups.
    pub(crate) fn give_up(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), EngineError> {
        self.release(queue, &groups(slots))
    }
}

/// The slot under which a slot is claimed: the first of its group.
pub(crate) fn group(slot: Slot) -> Slot {
    Slot(slot.0 & !limits::GROUP.saturating_sub(1))
}

pub(crate) fn groups(slots: &[Slot]) -> Vec<Slot> {
    let groups: BTreeSet<Slot> = slots.iter().copied().map(group).collect();
    groups.into_iter().collect()
}

/// Turned by some shares, so that where several processes begin at once each begins with others.
pub(crate) fn in_turn(mut groups: Vec<Slot>, share: usize) -> Vec<Slot> {
    if let Some(turn) = (std::process::id() as usize).wrapping_mul(share).checked_rem(groups.len()) {
        groups.rotate_left(turn);
    }
    groups
}
