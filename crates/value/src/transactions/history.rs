use serde::{Deserialize, Serialize};

use crate::numeric::approximate;
use crate::{Fault, Summary};

/// The static summary of one customer's purchases: what a party's state keeps so that fitting never reads the log.
///
/// Days on which nothing was bought do not count as purchases. Refunds on the day of the first purchase reduce the first
/// purchase, later ones the repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseHistory {
    /// The day of the first purchase.
    pub first_day: i32,
    /// The day of the last purchase.
    pub last_day: i32,
    /// The last day taken in, purchase or refund.
    pub seen_day: i32,
    /// Days with a purchase, the first not counted.
    pub repeats: u32,
    /// What was paid on the first day, net of refunds, in minor units.
    pub first_minor: i64,
    /// What was paid since, net of refunds, in minor units.
    pub repeat_minor: i64,
}

impl PurchaseHistory {
    /// The history of a first purchase.
    #[must_use]
    pub fn new(day: i32, amount_minor: i64) -> Self {
        Self { first_day: day, last_day: day, seen_day: day, repeats: 0, first_minor: amount_minor, repeat_minor: 0 }
    }

    /// Takes in one more amount: a purchase (zero or more) or a refund (negative).
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] for a day before one already taken in (the days themselves are not kept, so the summary must
    /// then be made again from the log), [`Fault::Overflow`] when the sum leaves 64 bits. The history is unchanged then.
    pub fn observe(&mut self, day: i32, amount_minor: i64) -> Result<(), Fault> {
        self.observe_net(day, amount_minor, amount_minor >= 0)
    }

    pub(super) fn observe_net(&mut self, day: i32, amount_minor: i64, bought: bool) -> Result<(), Fault> {
        if day < self.seen_day {
            return Err(Fault::OutOfOrder { day, last: self.seen_day });
        }
        let sum = if day == self.first_day { &mut self.first_minor } else { &mut self.repeat_minor };
        *sum = sum.checked_add(amount_minor).ok_or(Fault::Overflow)?;
        self.seen_day = day;
        if bought && day > self.last_day {
            self.last_day = day;
            self.repeats = self.repeats.saturating_add(1);
        }
        Ok(())
    }

    /// The summary at the end of `day`, in periods of `days_per_period` days (7 for weeks). The mean spend is in minor
    /// units.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] when `day` is before the last day taken in; [`Fault::NoAge`] when it is the day of the first
    /// purchase.
    pub fn summary(&self, day: i32, days_per_period: f64) -> Result<Summary, Fault> {
        if day < self.seen_day {
            return Err(Fault::OutOfOrder { day, last: self.seen_day });
        }
        if day == self.first_day {
            return Err(Fault::NoAge);
        }
        let since = |later: i32| (f64::from(later) - f64::from(self.first_day)) / days_per_period;
        let spend = if self.repeats == 0 { 0.0 } else { approximate(self.repeat_minor) / f64::from(self.repeats) };
        Ok(Summary { repeats: self.repeats, last: since(self.last_day), age: since(day), spend })
    }
}
