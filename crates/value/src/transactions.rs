use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::limits::MAX_SEGMENTS;
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
    /// The margin in the amount, in minor units; of a refund, negative as a rule.
    pub margin_minor: i64,
    /// What serving the customer cost beyond the margin, in minor units.
    pub cost_minor: i64,
    /// The customer's segment from this purchase on; empty when there are none. A refund tells none.
    pub segment: &'a str,
}

impl<'a> Transaction<'a> {
    /// A transaction of which only the essentials are known: all of the amount is margin, serving cost nothing, and there are
    /// no segments.
    #[must_use]
    pub fn new(customer: &'a str, day: i32, amount_minor: i64, currency: &'a str) -> Self {
        Self { customer, day, amount_minor, currency, margin_minor: amount_minor, cost_minor: 0, segment: "" }
    }
}

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
    /// The segment told on this day, by [`Histories::segment`]; zero when none was.
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
    fn add(&mut self, day: &Day) {
        self.occasions = self.occasions.saturating_add(u64::from(day.purchases > 0));
        self.amount_minor += i128::from(day.amount_minor);
        self.margin_minor += i128::from(day.margin_minor);
        self.cost_minor += i128::from(day.cost_minor);
    }
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

/// What one customer did, day by day, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    days: Vec<Day>,
    /// All amounts without their signs: as long as it fits, so does any sum of some of them.
    moved_minor: u64,
}

impl Customer {
    fn take(&mut self, row: Day) -> Result<(), Fault> {
        let size = [row.amount_minor, row.margin_minor, row.cost_minor].map(i64::unsigned_abs).into_iter().max();
        let moved = self.moved_minor.checked_add(size.unwrap_or_default());
        self.moved_minor = moved.filter(|moved| i64::try_from(*moved).is_ok()).ok_or(Fault::Overflow)?;
        self.days.push(row);
        Ok(())
    }

    /// Puts the days in order and adds up the rows of each. Of several segments told on one day the greatest counts.
    fn merge(&mut self) {
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

    /// The segment last told on or before `day`, by [`Histories::segment`].
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

/// A log on its way in, row by row, in any order. Rows of one customer and day are added up.
#[derive(Debug, Default)]
pub struct Reading {
    histories: Histories,
    /// They wait until every purchase is known: the row's index, the customer and the day.
    refunds: Vec<(usize, String, Day)>,
    bad: BadRows,
    rows: usize,
}

impl Reading {
    /// Takes in a row. What is wrong with it is told at the end.
    pub fn push(&mut self, row: &Transaction<'_>) {
        let (index, histories) = (self.rows, &mut self.histories);
        self.rows = self.rows.saturating_add(1);
        if index == self.bad.total {
            // The first row that can be read tells the currency.
            row.currency.clone_into(&mut histories.currency);
        }
        if row.currency != histories.currency {
            let (found, expected) = (row.currency.to_owned(), histories.currency.clone());
            self.bad.note(index, Fault::MixedCurrency { found, expected });
        } else if !histories.has_room_for(row.segment) {
            let what = "the segment is one too many: name a column with at most 1,000 of them";
            self.bad.note(index, Fault::Contradiction { what });
        } else if row.amount_minor < 0 {
            let day = histories.day(row, 0);
            self.refunds.push((index, row.customer.to_owned(), day));
        } else {
            let day = histories.day(row, 1);
            if let Err(fault) = histories.take(row.customer, day) {
                self.bad.note(index, fault);
            }
        }
    }

    /// Counts a row that could not be read.
    pub fn note(&mut self, fault: Fault) {
        self.bad.note(self.rows, fault);
        self.rows = self.rows.saturating_add(1);
    }

    /// The rows so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The log, when no row was bad.
    ///
    /// # Errors
    /// [`ValueError::BadRows`] naming the rows (counted from 1): those noted, another currency than the first row's, a refund
    /// before the customer's first purchase, or sums too large.
    pub fn finish(self) -> Result<Histories, ValueError> {
        let Self { mut histories, mut refunds, mut bad, .. } = self;
        refunds.iter_mut().for_each(|(_, _, day)| day.segment = 0);
        histories.order_segments();
        histories.customers.values_mut().for_each(Customer::merge);
        for (index, customer, day) in refunds {
            if let Err(fault) = histories.refund(&customer, day) {
                bad.note(index, fault);
            }
        }
        histories.customers.values_mut().for_each(Customer::merge);
        bad.into_result()?;
        Ok(histories)
    }
}

/// A transaction log by customer and day, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Histories {
    currency: String,
    customers: BTreeMap<String, Customer>,
    /// The names of segments; a [`Day`] holds the place in it, counted from 1.
    segments: Vec<String>,
}

impl Histories {
    /// Reads a log in any order. Rows of one customer and day are added up.
    ///
    /// # Errors
    /// [`ValueError::BadRows`] naming the rows (counted from 1): another currency than the first row's, a refund before the
    /// customer's first purchase, or sums too large.
    pub fn read<'a>(transactions: impl IntoIterator<Item = Transaction<'a>>) -> Result<Self, ValueError> {
        let mut reading = Reading::default();
        transactions.into_iter().for_each(|row| reading.push(&row));
        reading.finish()
    }

    /// No customer yet, in this currency; [`insert`](Self::insert) adds them.
    #[must_use]
    pub fn new(currency: &str) -> Self {
        Self { currency: currency.to_owned(), ..Self::default() }
    }

    /// Adds a customer whose days are known already: each once, in any order.
    ///
    /// # Errors
    /// [`Fault::Overflow`] when the amounts are too large to add up; [`Fault::Duplicate`] for a customer who is there already.
    pub fn insert(&mut self, customer: &str, days: impl IntoIterator<Item = Day>) -> Result<(), Fault> {
        if self.customers.contains_key(customer) {
            return Err(Fault::Duplicate { party: customer.to_owned() });
        }
        let mut known = Customer::default();
        for day in days {
            known.take(day)?;
        }
        known.merge();
        self.customers.insert(customer.to_owned(), known);
        Ok(())
    }

    /// The number by which a [`Day`] tells a segment; zero for the empty name.
    pub fn segment(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return 0;
        }
        let place = self.segments.iter().position(|known| known == name).unwrap_or_else(|| {
            self.segments.push(name.to_owned());
            self.segments.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn has_room_for(&self, segment: &str) -> bool {
        self.segments.len() < MAX_SEGMENTS || segment.is_empty() || self.segments.iter().any(|known| known == segment)
    }

    /// The name of a segment by its number; nothing for zero.
    #[must_use]
    pub fn segment_name(&self, number: u32) -> Option<&str> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.segments.get(place).map(String::as_str)
    }

    /// Numbers the segments by name, so that neither the order of rows nor that of segments makes a difference.
    fn order_segments(&mut self) {
        let mut sorted = self.segments.clone();
        sorted.sort_unstable();
        let place = |name: &String| sorted.binary_search(name).ok().and_then(|place| u32::try_from(place + 1).ok());
        let moved: Vec<u32> = self.segments.iter().map(|name| place(name).unwrap_or_default()).collect();
        for day in self.customers.values_mut().flat_map(|customer| &mut customer.days) {
            let old = usize::try_from(day.segment).ok().and_then(|number| number.checked_sub(1));
            day.segment = old.and_then(|old| moved.get(old)).copied().unwrap_or_default();
        }
        self.segments = sorted;
    }

    fn day(&mut self, row: &Transaction<'_>, purchases: u32) -> Day {
        let Transaction { day, amount_minor, margin_minor, cost_minor, .. } = *row;
        Day { day, purchases, amount_minor, margin_minor, cost_minor, segment: self.segment(row.segment) }
    }

    fn take(&mut self, customer: &str, day: Day) -> Result<(), Fault> {
        if let Some(known) = self.customers.get_mut(customer) {
            return known.take(day);
        }
        self.customers.entry(customer.to_owned()).or_default().take(day)
    }

    /// Takes in a refund once every purchase is known and in order.
    fn refund(&mut self, customer: &str, day: Day) -> Result<(), Fault> {
        let first = self.customers.get(customer).and_then(|known| known.days.first());
        match first {
            Some(first) if first.day <= day.day => self.take(customer, day),
            _ => Err(Fault::RefundFirst { amount_minor: day.amount_minor }),
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
        let days = || self.customers.values().flat_map(Customer::days).map(|day| day.day);
        Some((days().min()?, days().max()?))
    }

    /// Everybody, in the order of names.
    pub fn customers(&self) -> impl Iterator<Item = (&str, &Customer)> + '_ {
        self.customers.iter().map(|(name, customer)| (name.as_str(), customer))
    }

    /// One customer.
    #[must_use]
    pub fn customer(&self, name: &str) -> Option<&Customer> {
        self.customers.get(name)
    }

    /// The sums over all customers up to and including `until`.
    #[must_use]
    pub fn sums(&self, until: i32) -> Sums {
        let mut sums = Sums::default();
        let days = self.customers.values().flat_map(Customer::days);
        days.filter(|day| day.day <= until).for_each(|day| sums.add(day));
        sums
    }

    /// The history of each customer acquired on or before `day`, as known at the end of that day.
    pub fn until(&self, day: i32) -> impl Iterator<Item = (&str, PurchaseHistory)> + '_ {
        self.customers().filter_map(move |(name, customer)| Some((name, customer.history(day)?)))
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
        self.customers.get(customer).into_iter().flat_map(Customer::bought)
    }

    /// For every customer the days of purchases, the first being the day acquired.
    pub(crate) fn purchases(&self) -> impl Iterator<Item = impl Iterator<Item = i32>> {
        self.customers.values().map(Customer::bought)
    }
}

#[cfg(test)]
mod tests;
