mod customer;
mod history;

pub use customer::{Customer, Day, Sums};
pub use history::PurchaseHistory;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::limits::MAX_SEGMENTS;
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
