use serde::{Deserialize, Serialize};

use super::{Cause, Course, PartyRow};
use crate::error::above_zero;
use crate::gamma_gamma::GammaGamma;
use crate::lifetime::{Terms, score};
use crate::limits::CHUNK_ROWS;
use crate::numeric::parallel;
use crate::repeat::{Rates, Repeat};
use crate::{BadRows, Summary, ValueError};

/// All that a valuation needs: the two models and the terms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Valuation {
    /// Repeat buying.
    pub repeat: Repeat,
    /// Spend, in minor units.
    pub spend: GammaGamma,
    /// Discount, horizon and margin, the cost in minor units.
    pub terms: Terms,
}

impl Valuation {
    /// The value of a customer at the end of observation, in whole minor units.
    ///
    /// # Errors
    /// As [`score`], and [`ValueError::NotFinite`] when it does not fit 64 bits.
    pub fn value_minor(&self, customer: &Summary) -> Result<i64, ValueError> {
        to_minor(score(&self.repeat, &self.spend, customer, &self.terms)?.value)
    }
}

/// A valuation with the tables that all customers share.
struct Appraiser<'a> {
    valuation: &'a Valuation,
    rates: Rates,
    periods: f64,
}

impl<'a> Appraiser<'a> {
    fn new(valuation: &'a Valuation, customers: &[Summary], periods: f64, threads: usize) -> Self {
        let Terms { horizon, discount, .. } = valuation.terms;
        let range = (periods, periods + horizon);
        let rates = Rates::new(&valuation.repeat, customers, range, discount.delta(), threads);
        Self { valuation, rates, periods }
    }

    /// The margin expected of a customer between two times ahead, discounted at `delta`.
    fn margin(&self, customer: &Summary, range: (f64, f64), delta: f64) -> Result<f64, ValueError> {
        let Valuation { repeat, spend, terms } = self.valuation;
        let margin = terms.margin.mul_add(spend.expected_spend(customer)?, -terms.cost_per_purchase);
        Ok(margin * repeat.p_alive(customer) * repeat.discounted_with(&self.rates, customer, range, delta))
    }

    fn value(&self, customer: &Summary) -> Result<i64, ValueError> {
        let Terms { horizon, discount, .. } = self.valuation.terms;
        to_minor(self.margin(customer, (0.0, horizon), discount.delta())?)
    }

    /// m and E(V₁): the margin expected between the dates, and the value expected at the closing one.
    ///
    /// With V the value function, `E(V₁) = e^{δΔ} · (D(Δ + h) − D(Δ))` where `D(t)` is the discounted margin up to t, Δ the
    /// time between the dates and h the horizon; for an infinite horizon that is `e^{δΔ} (V₀ − D(Δ))`.
    fn expected(&self, customer: &Summary) -> Result<(i64, i64), ValueError> {
        let Terms { horizon, discount, .. } = self.valuation.terms;
        let (delta, end) = (discount.delta(), self.periods + horizon);
        let soon = self.margin(customer, (0.0, self.periods), 0.0)?;
        let later = self.margin(customer, (self.periods, end), delta)?;
        Ok((to_minor(soon)?, to_minor(later * (delta * self.periods).exp())?))
    }
}

/// A model's amount as whole minor units, to the nearest, a half away from zero.
///
/// # Errors
/// [`ValueError::NotFinite`] when it is not a number or does not fit 64 bits.
pub fn to_minor(amount: f64) -> Result<i64, ValueError> {
    let rounded = amount.round();
    // 2^63 is the first value that does not fit.
    if rounded.is_nan() || rounded.abs() >= 9_223_372_036_854_775_808.0 {
        return Err(ValueError::NotFinite { what: "an amount in minor units", row: 1 });
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number inside the range of i64")]
    let minor = rounded as i64;
    Ok(minor)
}

/// What is known of one party at the two dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<'a> {
    /// The party.
    pub party: &'a str,
    /// The currency of its amounts.
    pub currency: &'a str,
    /// Its segments at the opening and the closing date.
    pub segments: (&'a str, &'a str),
    /// Its summary at the opening date; nothing if it was not yet a customer.
    pub opening: Option<Summary>,
    /// Its summary at the closing date.
    pub closing: Summary,
    /// Whether it counted as lost at the opening date.
    pub was_lost: bool,
    /// Why it counts as lost at the closing date, if it does.
    pub lost: Option<Cause>,
    /// Margin received between the dates, before goodwill.
    pub margin_minor: i64,
    /// Goodwill and remedies spent between the dates.
    pub goodwill_minor: i64,
}

/// The parties' rows for the statement, in their order, on up to `threads` threads.
///
/// `periods` is the time between the two dates in the fits' unit of time. The opening model is applied to both dates, so that
/// the change of model stands on its own line. A party that counts as lost is worth nothing: that is the write-down.
///
/// # Errors
/// [`ValueError::Argument`] unless `periods` is above zero and the terms give finite values, [`ValueError::BadRows`] for
/// summaries that cannot be true, [`ValueError::InfiniteMean`], and [`ValueError::NotFinite`] with the row (counted from 1)
/// whose value cannot be computed or does not fit 64 bits.
pub fn appraise(
    known: &[Known<'_>],
    opening_model: &Valuation,
    closing_model: &Valuation,
    periods: f64,
    threads: usize,
) -> Result<Vec<PartyRow>, ValueError> {
    above_zero("periods between the dates", periods)?;
    opening_model.terms.check()?;
    closing_model.terms.check()?;
    check(known)?;
    let summaries: Vec<Summary> = known.iter().filter_map(|known| known.opening).collect();
    let closings: Vec<Summary> = known.iter().map(|known| known.closing).collect();
    let both: Vec<Summary> = summaries.iter().chain(&closings).copied().collect();
    let opening = Appraiser::new(opening_model, &both, periods, threads);
    let closing = Appraiser::new(closing_model, &closings, periods, threads);
    let chunks: Vec<&[Known<'_>]> = known.chunks(CHUNK_ROWS).collect();
    let part = |chunk: usize| {
        let first = chunk.saturating_mul(CHUNK_ROWS);
        let parties = chunks.get(chunk).copied().unwrap_or_default().iter().zip(first..);
        parties
            .map(|(known, index)| party(known, &opening, &closing).map_err(|error| at(error, index)))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut rows = Vec::with_capacity(known.len());
    for part in parallel::map(chunks.len(), threads, part) {
        rows.extend(part?);
    }
    Ok(rows)
}

/// The error with the row it belongs to.
fn at(error: ValueError, index: usize) -> ValueError {
    match error {
        ValueError::NotFinite { what, .. } => ValueError::NotFinite { what, row: index.saturating_add(1) },
        other => other,
    }
}

fn check(known: &[Known<'_>]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    for (index, party) in known.iter().enumerate() {
        let opening = party.opening.and_then(|summary| summary.scoring_fault().or_else(|| summary.spend_fault()));
        let fault = opening.or_else(|| party.closing.scoring_fault()).or_else(|| party.closing.spend_fault());
        if let Some(fault) = fault {
            bad.note(index, fault);
        }
    }
    bad.into_result()
}

fn party(
    known: &Known<'_>,
    opening_model: &Appraiser<'_>,
    closing_model: &Appraiser<'_>,
) -> Result<PartyRow, ValueError> {
    let (mut opening, mut expected) = (0, (0, 0));
    if let Some(summary) = known.opening.filter(|_| !known.was_lost) {
        opening = opening_model.value(&summary)?;
        expected = opening_model.expected(&summary)?;
    }
    let (mut same, mut closing) = (0, 0);
    if known.lost.is_none() {
        same = opening_model.value(&known.closing)?;
        closing = closing_model.value(&known.closing)?;
    }
    Ok(PartyRow {
        party: known.party.to_owned(),
        currency: known.currency.to_owned(),
        opening_segment: known.segments.0.to_owned(),
        closing_segment: known.segments.1.to_owned(),
        course: course(known),
        opening_minor: opening,
        expected_margin_minor: expected.0,
        expected_closing_minor: expected.1,
        margin_minor: known.margin_minor,
        goodwill_minor: known.goodwill_minor,
        closing_same_model_minor: same,
        closing_minor: closing,
    })
}

fn course(known: &Known<'_>) -> Course {
    match (&known.lost, known.opening.is_some(), known.was_lost) {
        (_, false, _) => Course::New,
        (Some(cause), true, false) => Course::Lost(cause.clone()),
        (None, true, true) => Course::Regained,
        (Some(_), true, true) => Course::Gone,
        (None, true, false) => Course::Stayed,
    }
}
