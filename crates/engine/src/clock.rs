//! The clock: parties are looked at when a moment they wait for has come. A moment that comes is an event like any other.

use std::collections::BTreeSet;

use makegood_charter::Moment;
use makegood_store::{Queue, SLOTS, Slot, slot_of};

use crate::claims::{Held, group, groups, in_turn};
use crate::{EngineError, Session, Work, limits};

/// The slots in which a moment had come.
#[derive(Default)]
struct Due {
    /// Those whose parties were looked at.
    mine: Vec<Slot>,
    /// Those that others hold.
    others: Vec<Slot>,
}

impl Session {
    /// Moves the clock to `until`: every party that waits for that moment or an earlier one is looked at, in the order of the
    /// moments, and again if it then waits for another that has come. Whoever begins to wait meanwhile because of what another process
    /// wrote is looked at by that one, or the next time. `progress` is told how many were looked at so far. Gives their number.
    pub fn advance(&mut self, until: Moment, progress: &mut dyn FnMut(u64)) -> Result<u64, EngineError> {
        self.flush()?;
        if self.shared() {
            self.sweep_all()?;
            // What is at hand is older than what others may have written.
            self.look_afresh();
        }
        let (mut woken, mut idle, mut held) = (0_u64, 0_u32, Held::default());
        let mut asked: Vec<Slot> = (0..SLOTS).map(Slot).collect();
        loop {
            let before = self.counts().clock;
            let looked = |now: u64| progress(woken.saturating_add(now.saturating_sub(before)));
            let due = self.look_at_due(until, &asked, looked)?;
            if due.mine.is_empty() {
                if due.others.is_empty() {
                    return Ok(woken);
                }
                held.wait("timers")?;
                asked = self.reader().waiting(Queue::Timers, until.0, &due.others)?;
                continue;
            }
            held.over();
            self.flush()?;
            self.give_up(Queue::Timers, &due.mine)?;
            let looked_at = self.counts().clock.saturating_sub(before);
            woken = woken.saturating_add(looked_at);
            idle = if looked_at == 0 { idle.saturating_add(1) } else { 0 };
            if idle > limits::IDLE_ROUNDS {
                return Err(EngineError::Idle { until });
            }
            if idle > 0 {
                // What is at hand of these parties is older than what another process wrote.
                self.look_afresh();
            }
            // Whoever was looked at may wait for another moment that has come.
            asked = due.mine.into_iter().chain(due.others).collect();
        }
    }

    /// Looks at everyone whose moment has come in these slots: where others work too a share of them at a time, while the share before
    /// is written. `progress` is told how often the clock was noted so far.
    fn look_at_due(
        &mut self,
        until: Moment,
        slots: &[Slot],
        mut progress: impl FnMut(u64),
    ) -> Result<Due, EngineError> {
        let groups_asked = groups(slots);
        let share = if self.shared() { limits::CLAIMED_GROUPS } else { groups_asked.len().max(1) };
        let mut due = Due::default();
        for portion in in_turn(groups_asked, share).chunks(share) {
            let asked: Vec<Slot> = slots.iter().copied().filter(|slot| portion.contains(&group(*slot))).collect();
            let mut waiting = self.reader().due_in(&asked, until.0, limits::SLOT_ROWS)?;
            if waiting.is_empty() {
                continue;
            }
            let found: BTreeSet<Slot> = waiting.iter().map(|(party, _)| slot_of(party)).collect();
            let found: Vec<Slot> = found.into_iter().collect();
            let got = self.claim(Queue::Timers, &groups(&found))?;
            let (mine, others): (Vec<Slot>, Vec<Slot>) =
                found.into_iter().partition(|slot| got.contains(&group(*slot)));
            due.mine.extend(mine);
            due.others.extend(others);
            // What others did since these were found is seen when they are looked at.
            waiting.retain(|(party, _)| got.contains(&group(slot_of(party))));
            waiting.sort_unstable_by(|(a, at_a), (b, at_b)| (at_a, a).cmp(&(at_b, b)));
            for portion in waiting.chunks(limits::COMMIT_LINES) {
                let clock = |(party, at): &(Box<str>, i64)| Work::Clock { party: party.clone(), at: Moment(*at) };
                self.work(portion.iter().map(clock).collect())?;
                self.hand_over()?;
                progress(self.counts().clock);
            }
        }
        Ok(due)
    }
}
