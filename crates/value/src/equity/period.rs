use std::collections::BTreeMap;

use super::{Cause, Known, PartyRow, Valuation, appraise};
use crate::rhythm::{Rhythm, check_threshold};
use crate::transactions::Customer;
use crate::{BadRows, Fault, Histories, ValueError};

/// The time between the two dates, and when a party counts as lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// The opening date: what was known at the end of this day.
    pub from: i32,
    /// The closing date, later.
    pub to: i32,
    /// Days in a period of the fits (7 for weeks).
    pub days_per_period: f64,
    /// A party whose chance of being a customer is below this counts as lost.
    pub lost_below: f64,
    /// The most threads to use.
    pub threads: usize,
}

/// What is known of a party beside its purchases, each with its day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// When it was seen to leave, and why.
    pub left: Vec<(i32, Cause)>,
    /// When it was let down, and by which promise.
    pub let_down: Vec<(i32, String)>,
    /// Goodwill and remedies, in minor units; what was waived or corrected is below zero.
    pub spent: Vec<(i32, i64)>,
}

impl Circumstances {
    /// The last time before the end of `day` at which it was seen to leave and has not bought since, and why.
    fn left_for_good(&self, last_purchase: Option<i32>, day: i32) -> Option<&Cause> {
        let since = self.left.iter().filter(|(left, _)| *left <= day && last_purchase.is_none_or(|last| *left >= last));
        since.max_by_key(|(left, _)| *left).map(|(_, why)| why)
    }

    /// The promise that let it down last, after (or on the day of) its last purchase and up to `day`: what it was let down by
    /// before it bought again it has forgiven.
    fn last_straw(&self, last_purchase: Option<i32>, day: i32) -> Option<&String> {
        let since =
            self.let_down.iter().filter(|(down, _)| *down <= day && last_purchase.is_none_or(|last| *down >= last));
        since.max_by_key(|(down, promise)| (*down, promise)).map(|(_, promise)| promise)
    }

    fn spent_between(&self, from: i32, to: i32) -> Option<i64> {
        let spent = self.spent.iter().filter(|(day, _)| *day > from && *day <= to);
        i64::try_from(spent.map(|(_, amount)| i128::from(*amount)).sum::<i128>()).ok()
    }
}

/// Whether a party counts as lost at the end of `day`, and why.
fn lost(model: &Valuation, customer: &Customer, around: &Circumstances, period: &Period, day: i32) -> Option<Cause> {
    let last = customer.last_purchase(day);
    let left = around.left_for_good(last, day);
    let silent = || {
        let known = customer.known_at(day, period.days_per_period);
        known.is_some_and(|known| Rhythm::of(&model.repeat, &known).is_lost(period.lost_below))
    };
    match left {
        // A reason that somebody stated counts before one that is only likely.
        Some(stated) if *stated != Cause::Unknown => Some(stated.clone()),
        Some(_) => Some(likely(around, last, day)),
        None => silent().then(|| likely(around, last, day)),
    }
}

fn likely(around: &Circumstances, last_purchase: Option<i32>, day: i32) -> Cause {
    let promise = around.last_straw(last_purchase, day);
    promise.map_or(Cause::Unknown, |promise| Cause::BrokenPromise(promise.clone()))
}

/// The rows of a statement between two dates, one for each customer of the closing date, in the order of their names.
///
/// A party is lost when it was seen to leave and has not bought since, or when its silence, held against its own rhythm, makes
/// the chance that it is still a customer fall below the period's threshold. The cause is the one that was stated; else the
/// promise that let it down last since its last purchase; else unknown.
///
/// # Errors
/// [`ValueError::Argument`] when the dates are in the wrong order or the threshold is no share, [`ValueError::BadRows`] for sums
/// too large, and all errors of [`appraise`].
pub fn party_rows(
    histories: &Histories,
    circumstances: &BTreeMap<String, Circumstances>,
    period: &Period,
    opening_model: &Valuation,
    closing_model: &Valuation,
) -> Result<Vec<PartyRow>, ValueError> {
    check_threshold(period.lost_below)?;
    let days = f64::from(period.to) - f64::from(period.from);
    crate::error::above_zero("days between the dates", days)?;
    let nothing = Circumstances::default();
    let mut bad = BadRows::default();
    let mut all = Vec::new();
    for (index, (party, customer)) in histories.customers().enumerate() {
        let Some(closing) = customer.known_at(period.to, period.days_per_period) else { continue };
        let around = circumstances.get(party).unwrap_or(&nothing);
        let sums = customer.sums(period.from, period.to);
        let margin = i64::try_from(sums.margin_minor - sums.cost_minor).ok();
        let (Some(margin_minor), Some(goodwill_minor)) = (margin, around.spent_between(period.from, period.to)) else {
            bad.note(index, Fault::Overflow);
            continue;
        };
        let segment = |day| histories.segment_name(customer.segment_at(day)).unwrap_or("(no segment)");
        let opening = customer.known_at(period.from, period.days_per_period);
        let last = segment(period.to);
        all.push(Known {
            party,
            currency: histories.currency(),
            segments: (if opening.is_some() { segment(period.from) } else { last }, last),
            was_lost: opening.is_some() && lost(opening_model, customer, around, period, period.from).is_some(),
            opening,
            closing,
            lost: lost(closing_model, customer, around, period, period.to),
            margin_minor,
            goodwill_minor,
        });
    }
    bad.into_result()?;
    appraise(&all, opening_model, closing_model, days / period.days_per_period, period.threads)
}
