use std::collections::BTreeMap;

use super::{Cause, Known, PartyRow, Valuation, appraise};
use crate::limits::CHUNK_ROWS;
use crate::numeric::parallel;
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
    /// When it was let down, and by which promise: as the cause of a loss that may follow.
    pub let_down: Vec<LetDown>,
    /// The times in which it was lost, where somebody else than the model decides that: then silence does not. In order.
    pub lost: Option<Vec<LostSpell>>,
    /// Goodwill and remedies, in minor units; what was waived or corrected is below zero.
    pub spent: Vec<(i32, i64)>,
}

/// A promise that let a party down, for as long as it stood so: *overdue* ends where it is *kept late*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetDown {
    /// From this day on.
    pub day: i32,
    /// Until this day, on which it stood otherwise.
    pub until: Option<i32>,
    /// What it was.
    pub cause: Cause,
}

/// A time in which a party was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostSpell {
    /// From this day on.
    pub from: i32,
    /// Until this day, on which it was a customer again.
    pub until: Option<i32>,
    /// Why, where that was stated.
    pub stated: Option<Cause>,
}

impl Circumstances {
    /// The time in which the party was lost at the end of `day`.
    fn spell(spells: &[LostSpell], day: i32) -> Option<&LostSpell> {
        spells.iter().rev().find(|spell| spell.from <= day && spell.until.is_none_or(|until| until > day))
    }

    /// The last time before the end of `day` at which it was seen to leave and has not bought since, and why.
    fn left_for_good(&self, last_purchase: Option<i32>, day: i32) -> Option<&Cause> {
        let since = self.left.iter().filter(|(left, _)| *left <= day && last_purchase.is_none_or(|last| *left >= last));
        since.max_by_key(|(left, _)| *left).map(|(_, why)| why)
    }

    /// The promise that let it down last, after (or on the day of) its last purchase and up to `day`: what it was let down by
    /// before it bought again it has forgiven.
    fn last_straw(&self, last_purchase: Option<i32>, day: i32) -> Option<&Cause> {
        // As it stood at the end of the day: what became of it later was not known.
        let stood = |down: &&LetDown| down.day <= day && down.until.is_none_or(|until| until > day);
        let since = self.let_down.iter().filter(stood).filter(|down| last_purchase.is_none_or(|last| down.day >= last));
        // Of several on one day the first in the order of causes: broken comes before kept late.
        let latest = since.max_by(|one, next| one.day.cmp(&next.day).then_with(|| next.cause.cmp(&one.cause)));
        latest.map(|down| &down.cause)
    }

    fn spent_between(&self, from: i32, to: i32) -> Option<i64> {
        let spent = self.spent.iter().filter(|(day, _)| *day > from && *day <= to);
        i64::try_from(spent.map(|(_, amount)| i128::from(*amount)).sum::<i128>()).ok()
    }
}

/// Whether a party counts as lost at the end of `day`, and why.
fn lost(model: &Valuation, customer: &Customer, around: &Circumstances, period: &Period, day: i32) -> Option<Cause> {
    let last = customer.last_purchase(day);
    if let Some(spells) = &around.lost {
        let spell = Circumstances::spell(spells, day)?;
        let stated = spell.stated.clone().filter(|stated| *stated != Cause::Unknown);
        return Some(stated.unwrap_or_else(|| likely(around, last, day)));
    }
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
    around.last_straw(last_purchase, day).cloned().unwrap_or(Cause::Unknown)
}

/// The rows of a statement between two dates, one for each customer of the closing date, in the order of their names.
///
/// Where the times in which a party was lost are given ([`Circumstances::lost`]), they decide. Otherwise a party is lost when it was
/// seen to leave and has not bought since, or when its silence, held against its own rhythm, makes
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
    let customers: Vec<(&str, &Customer)> = histories.customers().collect();
    let chunks: Vec<&[(&str, &Customer)]> = customers.chunks(CHUNK_ROWS).collect();
    let look = Look { histories, circumstances, period, models: (opening_model, closing_model) };
    let part = |chunk: usize| {
        let parties = chunks.get(chunk).copied().unwrap_or_default();
        parties.iter().filter_map(|(party, customer)| look.at(party, customer)).collect::<Vec<_>>()
    };
    let mut bad = BadRows::default();
    let mut all = Vec::with_capacity(customers.len());
    for (index, known) in parallel::map(chunks.len(), period.threads, part).into_iter().flatten().enumerate() {
        match known {
            Ok(known) => all.push(known),
            Err(fault) => bad.note(index, fault),
        }
    }
    bad.into_result()?;
    appraise(&all, opening_model, closing_model, days / period.days_per_period, period.threads)
}

/// Looks at one party after the other.
struct Look<'a> {
    histories: &'a Histories,
    circumstances: &'a BTreeMap<String, Circumstances>,
    period: &'a Period,
    /// The opening and the closing one.
    models: (&'a Valuation, &'a Valuation),
}

impl<'a> Look<'a> {
    /// What is known of a party at the two dates; nothing when it was no customer at the closing date yet.
    fn at(&self, party: &'a str, customer: &Customer) -> Option<Result<Known<'a>, Fault>> {
        let Period { from, to, days_per_period, .. } = *self.period;
        let closing = customer.known_at(to, days_per_period)?;
        let opening = customer.known_at(from, days_per_period);
        let nothing = Circumstances::default();
        let around = self.circumstances.get(party).unwrap_or(&nothing);
        let sums = customer.sums(from, to);
        let margin = i64::try_from(sums.margin_minor - sums.cost_minor).ok();
        let (Some(margin_minor), Some(goodwill_minor)) = (margin, around.spent_between(from, to)) else {
            return Some(Err(Fault::Overflow));
        };
        let segment = |day| self.histories.segment_name(customer.segment_at(day)).unwrap_or("(no segment)");
        let last = segment(to);
        let lost = |model, day| lost(model, customer, around, self.period, day);
        Some(Ok(Known {
            party,
            currency: self.histories.currency(),
            segments: (if opening.is_some() { segment(from) } else { last }, last),
            was_lost: opening.is_some() && lost(self.models.0, from).is_some(),
            opening,
            closing,
            lost: lost(self.models.1, to),
            margin_minor,
            goodwill_minor,
        }))
    }
}
