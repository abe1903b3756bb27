//! The clock: parties are looked at when a moment they wait for has come. A moment that comes is an event like any other.

use makegood_charter::Moment;
use makegood_store::{SLOTS, Slot};

use crate::{EngineError, Session, Work, limits};

impl Session {
    /// Moves the clock to `until`: every party that waits for that moment or an earlier one is looked at, in the order of the
    /// moments, until none is left. `progress` is told how many were looked at so far. Gives their number.
    pub fn advance(&mut self, until: Moment, progress: &mut dyn FnMut(u64)) -> Result<u64, EngineError> {
        self.flush()?;
        let (mut woken, mut idle) = (0_u64, 0_u32);
        while self.reader().earliest_wake()?.is_some_and(|earliest| earliest <= until.0) {
            let before = self.counts().clock;
            let mut due: Vec<(i64, Box<str>)> = Vec::new();
            for slot in (0..SLOTS).map(Slot) {
                let rows = self.reader().due(slot, until.0, limits::SLOT_ROWS)?;
                due.extend(rows.into_iter().map(|(party, at)| (at, party)));
            }
            due.sort_unstable();
            for portion in due.chunks(limits::COMMIT_LINES) {
                let clock = |(at, party): &(i64, Box<str>)| Work::Clock { party: party.clone(), at: Moment(*at) };
                self.work(portion.iter().map(clock).collect())?;
                progress(woken.saturating_add(self.counts().clock.saturating_sub(before)));
            }
            self.flush()?;
            let looked_at = self.counts().clock.saturating_sub(before);
            woken = woken.saturating_add(looked_at);
            idle = if looked_at == 0 { idle.saturating_add(1) } else { 0 };
            if idle > limits::IDLE_ROUNDS {
                return Err(EngineError::Idle { until });
            }
            if idle > 0 {
                // What is at hand of these parties is older than what another process wrote.
                self.forget();
            }
        }
        Ok(woken)
    }
}
