use serde::{Deserialize, Serialize};

use super::PurchaseHistory;
use crate::{Fault, Summary};

/// What one customer did on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Day {
    /// Days since any fixed day, the same for all.
    pub day: i32,
    /// Purchases; zero on a day of refunds or costs alone.
    pub purchases: u32,
    /// Paid less refunded, in minor units.
    pub amount_minor: i64,
    /// The margin of it.
    pub margin_minor: i64,
    /// What serving the customer cost beyond the margin.
    pub cost_minor: i64,
    /// The segment told on this day, by [`crate::Histories::segment`]; zero when none was.
    pub segment: u32,
}

/// Sums over some days, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Days with a purchase.
    pub occasions: u64,
    /// Paid less refunded.
    pub amount_minor: i128,
    /// The margin of it.
    pub margin_minor: i128,
    /// What serving cost.
    pub cost_minor: i128,
}

impl Sums {
    pub(super) fn add(&mut self, day: &Day) {
        self.occasions = self.occasions.saturating_add(u64::from(day.purchases > 0));
        self.amount_minor += i128::from(day.amount_minor);
        self.margin_minor += i128::from(day.margin_minor);
        self.cost_minor += i128::from(day.cost_minor);
    }
}

/// What one customer did, day by day, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    pub(super) days: Vec<Day>,
    /// All amounts without their signs: as long as it fits, so does any sum of some of them.
    moved_minor: u64,
}

impl Customer {
    pub(super) fn take(&mut self, row: Day) -> Result<(), Fault> {
        let size = [row.amount_minor, row.margin_minor, row.cost_minor].map(i64::unsigned_abs).into_iter().max();
        let moved = self.moved_minor.checked_add(size.unwrap_or_default());
        self.moved_minor = moved.filter(|moved| i64::try_from(*moved).is_ok()).ok_or(Fault::Overflow)?;
        self.days.push(row);
        Ok(())
    }

    /// Puts the days in order and adds up the rows of each. Of several segments told on one day the greatest counts.
    pub(super) fn merge(&mut self) {
        self.days.sort_unstable_by_key(|day| day.day);
        self.days.dedup_by(|next, kept| {
            let same = next.day == kept.day;
            if same {
                kept.purchases = kept.purchases.saturating_add(next.purchases);
                kept.amount_minor = kept.amount_minor.saturating_add(next.amount_minor);
                kept.margin_minor = kept.margin_minor.saturating_add(next.margin_minor);
                kept.cost_minor = kept.cost_minor.saturating_add(next.cost_minor);
                kept.segment = kept.segment.max(next.segment);
            }
            same
        });
        self.days.shrink_to_fit();
    }

    /// The days from the first purchase on. What comes before it (a cost, a refund) is no dealing of a customer yet.
    pub fn days(&self) -> &[Day] {
        let first = self.days.iter().position(|day| day.purchases > 0).unwrap_or(self.days.len());
        self.days.get(first..).unwrap_or_default()
    }

    /// The history up to and including `until`.
    #[must_use]
    pub fn history(&self, until: i32) -> Option<PurchaseHistory> {
        let mut known = self.days().iter().take_while(|day| day.day <= until);
        let first = known.next()?;
        let mut history = PurchaseHistory::new(first.day, first.amount_minor);
        for day in known {
            // Neither can fail: the days are in order, and their sums were seen to fit when they were taken in.
            history.observe_net(day.day, day.amount_minor, day.purchases > 0).ok()?;
        }
        Some(history)
    }

    /// The summary at the end of `day`, in periods of `days_per_period` days; of a customer acquired on the day itself one of age
    /// zero, which is scored but not fitted on.
    #[must_use]
    pub fn known_at(&self, day: i32, days_per_period: f64) -> Option<Summary> {
        let history = self.history(day)?;
        Some(history.summary(day, days_per_period).unwrap_or(Summary::NEW))
    }

    /// The sums over the days after `after` up to and including `until`.
    #[must_use]
    pub fn sums(&self, after: i32, until: i32) -> Sums {
        let mut sums = Sums::default();
        self.days().iter().filter(|day| day.day > after && day.day <= until).for_each(|day| sums.add(day));
        sums
    }

    /// The segment last told on or before `day`, by [`crate::Histories::segment`].
    #[must_use]
    pub fn segment_at(&self, day: i32) -> u32 {
        let told = self.days().iter().take_while(|known| known.day <= day).filter(|known| known.segment > 0);
        told.last().map_or(0, |known| known.segment)
    }

    /// The last day of a purchase on or before `day`.
    #[must_use]
    pub fn last_purchase(&self, day: i32) -> Option<i32> {
        self.bought().take_while(|bought| *bought <= day).last()
    }

    /// The days on which the customer bought, in order.
    pub fn bought(&self) -> impl Iterator<Item = i32> + '_ {
        self.days().iter().filter(|day| day.purchases > 0).map(|day| day.day)
    }
}
