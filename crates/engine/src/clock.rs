//! The clock: parties are looked at when a moment they wait for has come. A moment that comes is an event like any other.

use makegood_charter::Moment;
use makegood_store::{Queue, SLOTS, Slot};

use crate::claims::Held;
use crate::{EngineError, Session, Work, limits};

impl Session {
    /// Moves the clock to `until`: every party that waits for that moment or an earlier one is looked at, in the order of the
    /// moments, until none is left. `progress` is told how many were looked at so far. Gives their number.
    pub fn advance(&mut self, until: Moment, progress: &mut dyn FnMut(u64)) -> Result<u64, EngineError> {
        self.flush()?;
        if self.shared() {
            self.sweep_all()?;
            // What is at hand is older than what others may have written.
            self.look_afresh();
        }
        let slots: Vec<Slot> = (0..SLOTS).map(Slot).collect();
        let (mut woken, mut idle, mut held) = (0_u64, 0_u32, Held::default());
        // Those in which something was found, and those of them that were not looked at yet.
        let (mut found, mut left): (Vec<Slot>, Vec<Slot>) = Default::default();
        loop {
            if left.is_empty() {
                // Whoever was looked at may wait for a moment that has come as well; and others may have written.
                for asked in [&found, &slots] {
                    left = self.reader().waiting(Queue::Timers, until.0, asked)?;
                    if !left.is_empty() {
                        break;
                    }
                }
                if left.is_empty() {
                    return Ok(woken);
                }
                found.clone_from(&left);
            }
            let before = self.counts().clock;
            let looked = |now: u64| progress(woken.saturating_add(now.saturating_sub(before)));
            let mine = self.look_at_due(until, &mut left, looked)?;
            if mine.is_empty() {
                held.wait("timers")?;
                left = self.reader().waiting(Queue::Timers, until.0, &left)?;
                continue;
            }
            held.over();
            self.flush()?;
            self.give_up(Queue::Timers, &mine)?;
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
        }
    }

    /// Looks at everyone whose moment has come in these slots, a share at a time, while the share before is written. Leaves the slots
    /// that others hold, and gives those that it claimed. `progress` is told how often the clock was noted so far.
    fn look_at_due(
        &mut self,
        until: Moment,
        left: &mut Vec<Slot>,
        mut progress: impl FnMut(u64),
    ) -> Result<Vec<Slot>, EngineError> {
        let mut claimed = Vec::new();
        loop {
            let mine = self.claim_some(Queue::Timers, left)?;
            if mine.is_empty() {
                return Ok(claimed);
            }
            left.retain(|slot| !mine.contains(slot));
            let rows = self.reader().due_in(&mine, until.0, limits::SLOT_ROWS)?;
            claimed.extend(mine);
            let mut due: Vec<(i64, Box<str>)> = rows.into_iter().map(|(party, at)| (at, party)).collect();
            due.sort_unstable();
            for portion in due.chunks(limits::COMMIT_LINES) {
                let clock = |(at, party): &(i64, Box<str>)| Work::Clock { party: party.clone(), at: Moment(*at) };
                self.work(portion.iter().map(clock).collect())?;
                progress(self.counts().clock);
            }
        }
    }
}
