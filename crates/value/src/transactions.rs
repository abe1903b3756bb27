use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::numeric::approximate;
use crate::{BadRows, Fault, Summary, ValueError};

/// One row of a transaction log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction<'a> {
    /// Who bought.
    pub customer: &'a str,
    /// When: days since any fixed day, the same for every row.
    pub day: i32,
    /// How much, in minor units; a refund is negative. A free purchase is 0 and counts as a purchase.
    pub amount_minor: i64,
    /// The currency, the same for every row.
    pub currency: &'a str,
}

/// What one customer did on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Day {
    day: i32,
    /// Whether anything was bought, rather than only refunded.
    bought: bool,
    amount_minor: i64,
}

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

    fn observe_net(&mut self, day: i32, amount_minor: i64, bought: bool) -> Result<(), Fault> {
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

/// What one customer did, day by day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Days {
    days: Vec<Day>,
    /// All amounts without their signs: as long as it fits, so does any sum of some of them.
    moved_minor: u64,
}

impl Days {
    fn take(&mut self, row: &Transaction<'_>, bought: bool) -> Result<(), Fault> {
        let moved = self.moved_minor.checked_add(row.amount_minor.unsigned_abs());
        self.moved_minor = moved.filter(|moved| i64::try_from(*moved).is_ok()).ok_or(Fault::Overflow)?;
        self.days.push(Day { day: row.day, bought, amount_minor: row.amount_minor });
        Ok(())
    }

    /// Puts the days in order and adds up the rows of each.
    fn merge(&mut self) {
        self.days.sort_unstable_by_key(|day| day.day);
        self.days.dedup_by(|next, kept| {
            let same = next.day == kept.day;
            if same {
                kept.bought |= next.bought;
                kept.amount_minor = kept.amount_minor.saturating_add(next.amount_minor);
            }
            same
        });
    }

    /// The history up to and including `until`.
    fn history(&self, until: i32) -> Option<PurchaseHistory> {
        let mut known = self.days.iter().take_while(|day| day.day <= until);
        let first = known.next()?;
        let mut history = PurchaseHistory::new(first.day, first.amount_minor);
        for day in known {
            // Neither can fail: the days are in order, and their sums were seen to fit when they were taken in.
            history.observe_net(day.day, day.amount_minor, day.bought).ok()?;
        }
        Some(history)
    }

    fn bought(&self) -> impl Iterator<Item = i32> + '_ {
        self.days.iter().filter(|day| day.bought).map(|day| day.day)
    }
}

/// A transaction log by customer and day, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Histories {
    currency: String,
    customers: BTreeMap<String, Days>,
}

impl Histories {
    /// Reads a log in any order. Rows of one customer and day are added up.
    ///
    /// # Errors
    /// [`ValueError::BadRows`] naming the rows (counted from 1): another currency than the first row's, a refund before the
    /// customer's first purchase, or sums too large.
    pub fn read<'a>(transactions: impl IntoIterator<Item = Transaction<'a>>) -> Result<Self, ValueError> {
        let mut bad = BadRows::default();
        let mut histories = Self::default();
        let mut refunds = Vec::new();
        for (index, row) in transactions.into_iter().enumerate() {
            if index == 0 {
                row.currency.clone_into(&mut histories.currency);
            }
            if row.currency != histories.currency {
                let (found, expected) = (row.currency.to_owned(), histories.currency.clone());
                bad.note(index, Fault::MixedCurrency { found, expected });
                continue;
            }
            if row.amount_minor < 0 {
                refunds.push((index, row));
                continue;
            }
            if let Err(fault) = histories.take(&row, true) {
                bad.note(index, fault);
            }
        }
        histories.customers.values_mut().for_each(Days::merge);
        for (index, row) in refunds {
            if let Err(fault) = histories.refund(&row) {
                bad.note(index, fault);
            }
        }
        histories.customers.values_mut().for_each(Days::merge);
        bad.into_result()?;
        Ok(histories)
    }

    fn take(&mut self, row: &Transaction<'_>, bought: bool) -> Result<(), Fault> {
        if let Some(days) = self.customers.get_mut(row.customer) {
            return days.take(row, bought);
        }
        self.customers.entry(row.customer.to_owned()).or_default().take(row, bought)
    }

    /// Takes in a refund once every purchase is known and in order.
    fn refund(&mut self, row: &Transaction<'_>) -> Result<(), Fault> {
        let first = self.customers.get(row.customer).and_then(|days| days.days.first());
        match first {
            Some(first) if first.day <= row.day => self.take(row, false),
            _ => Err(Fault::RefundFirst { amount_minor: row.amount_minor }),
        }
    }

    /// The currency of every amount; empty when there are no rows.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there is no customer at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The first and the last day of the log.
    #[must_use]
    pub fn span(&self) -> Option<(i32, i32)> {
        let days = || self.customers.values().flat_map(|days| &days.days).map(|day| day.day);
        Some((days().min()?, days().max()?))
    }

    /// The history of each customer acquired on or before `day`, as known at the end of that day.
    pub fn until(&self, day: i32) -> impl Iterator<Item = (&str, PurchaseHistory)> + '_ {
        self.customers.iter().filter_map(move |(customer, days)| Some((customer.as_str(), days.history(day)?)))
    }

    /// The summary at the end of `day` of each customer acquired before it, in the order of the customers' names.
    ///
    /// Customers acquired on the day itself have not been observed for any time and are left out, as the literature does.
    ///
    /// # Errors
    /// [`ValueError::Argument`] unless `days_per_period` is above zero.
    pub fn summaries(&self, day: i32, days_per_period: f64) -> Result<Vec<(&str, Summary)>, ValueError> {
        above_zero("days per period", days_per_period)?;
        let summary =
            |(customer, history): (_, PurchaseHistory)| Some((customer, history.summary(day, days_per_period).ok()?));
        Ok(self.until(day).filter_map(summary).collect())
    }

    /// The days on which a customer bought, in order; nothing for an unknown customer.
    pub fn purchase_days(&self, customer: &str) -> impl Iterator<Item = i32> + '_ {
        self.customers.get(customer).into_iter().flat_map(Days::bought)
    }

    /// For every customer the days of purchases, the first being the day acquired.
    pub(crate) fn purchases(&self) -> impl Iterator<Item = impl Iterator<Item = i32>> {
        self.customers.values().map(Days::bought)
    }
}

#[cfg(test)]
mod tests;
