//! What a customer is worth: the margin expected of future purchases, discounted.
//!
//! **RFM 2005**: Fader, Hardie & Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis",
//! *Journal of Marketing Research* 42(4), 415-430: `CLV = margin × E(spend) × DERT`
//! (eq. 1).

use serde::{Deserialize, Serialize};

use crate::error::at_least;
use crate::gamma_gamma::GammaGamma;
use crate::limits::CHUNK_ROWS;
use crate::numeric::parallel;
use crate::repeat::{Rates, Repeat};
use crate::{BadRows, Summary, ValueError};

/// A discount rate, continuous and per period of the fit's unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Discount {
    delta: f64,
}

impl Discount {
    /// A yearly effective rate (0.10 is 10 % a year) for periods of which a year has `periods_per_year` (52.18 for weeks):
    /// `δ = ln(1 + rate) / periods`. 15 % a year is the 0.0027 a week of RFM 2005.
    ///
    /// # Errors
    /// [`ValueError::Argument`] when the rate is negative, or the periods not above zero.
    pub fn yearly(rate: f64, periods_per_year: f64) -> Result<Self, ValueError> {
        at_least("the yearly discount rate", rate, 0.0, "it must be a number of at least 0, such as 0.10 for 10 %")?;
        crate::error::above_zero("periods per year", periods_per_year)?;
        Ok(Self { delta: rate.ln_1p() / periods_per_year })
    }

    /// A continuous rate per period.
    ///
    /// # Errors
    /// [`ValueError::Argument`] when it is negative or not a number.
    pub fn continuous(delta: f64) -> Result<Self, ValueError> {
        Ok(Self { delta: at_least("the discount rate", delta, 0.0, "it must be a number of at least 0")? })
    }

    /// The continuous rate per period.
    #[must_use]
    pub fn delta(&self) -> f64 {
        self.delta
    }
}

/// On which terms customers are valued.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The discount.
    pub discount: Discount,
    /// How far ahead, in periods; infinite for all of the future, for which the discount must be above zero.
    pub horizon: f64,
    /// The share of spend that is margin. It may be negative: then customers who buy more are worth less.
    pub margin: f64,
    /// What serving one purchase costs beyond the margin share, in the unit of spend; zero if the share covers it.
    pub cost_per_purchase: f64,
}

impl Terms {
    /// Refuses terms that give no finite value.
    ///
    /// # Errors
    /// [`ValueError::Argument`].
    pub fn check(&self) -> Result<(), ValueError> {
        let finite = "it must be a number";
        for (name, value) in [("the margin share", self.margin), ("the cost per purchase", self.cost_per_purchase)] {
            if !value.is_finite() {
                return Err(ValueError::Argument { name, value, rule: finite });
            }
        }
        let horizon = self.horizon;
        if horizon.is_nan() || horizon <= 0.0 {
            return Err(ValueError::Argument { name: "the horizon", value: horizon, rule: "it must be above zero" });
        }
        if horizon.is_infinite() && self.discount.delta <= 0.0 {
            let rule = "without a discount the future has no finite value: give a rate above 0 or a finite horizon";
            return Err(ValueError::Argument { name: "the horizon", value: horizon, rule });
        }
        Ok(())
    }
}

/// One customer's forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The chance that the customer has not left for good.
    pub p_alive: f64,
    /// Purchases expected within the horizon, discounted (DERT).
    pub discounted_purchases: f64,
    /// Spend expected of a purchase, in the unit of the data.
    pub expected_spend: f64,
    /// The value: discounted purchases × (margin × spend − cost), in the unit of the data. It may be negative.
    pub value: f64,
}

/// The forecast of one customer.
///
/// # Errors
/// Terms without a finite value, an infinite mean spend, or a figure outside floating point ([`ValueError::NotFinite`], row 1).
pub fn score(repeat: &Repeat, spend: &GammaGamma, customer: &Summary, terms: &Terms) -> Result<Score, ValueError> {
    terms.check()?;
    Scoring { repeat, spend, terms, rates: Rates::default() }.score(customer, 0)
}

/// Everything that scoring one customer needs.
struct Scoring<'a> {
    repeat: &'a Repeat,
    spend: &'a GammaGamma,
    terms: &'a Terms,
    rates: Rates,
}

impl Scoring<'_> {
    fn score(&self, customer: &Summary, index: usize) -> Result<Score, ValueError> {
        let Terms { discount, horizon, margin, cost_per_purchase } = *self.terms;
        let p_alive = self.repeat.p_alive(customer);
        let alive = self.repeat.discounted_with(&self.rates, customer, (0.0, horizon), discount.delta);
        let discounted_purchases = p_alive * alive;
        let expected_spend = self.spend.expected_spend(customer)?;
        let value = discounted_purchases * margin.mul_add(expected_spend, -cost_per_purchase);
        if !value.is_finite() || !p_alive.is_finite() {
            return Err(ValueError::NotFinite { what: "the lifetime value", row: index.saturating_add(1) });
        }
        Ok(Score { p_alive, discounted_purchases, expected_spend, value })
    }
}

/// The forecasts of many customers, in their order, on up to `threads` threads.
///
/// # Errors
/// As [`score`], with the number of the first row that fails, and [`ValueError::BadRows`] for rows that cannot be true.
pub fn score_all(
    repeat: &Repeat,
    spend: &GammaGamma,
    customers: &[Summary],
    terms: &Terms,
    threads: usize,
) -> Result<Vec<Score>, ValueError> {
    terms.check()?;
    let mut bad = BadRows::default();
    for (index, customer) in customers.iter().enumerate() {
        if let Some(fault) = customer.scoring_fault().or_else(|| customer.spend_fault()) {
            bad.note(index, fault);
        }
    }
    bad.into_result()?;
    let rates = Rates::new(repeat, customers, (0.0, terms.horizon), terms.discount.delta, threads);
    let scoring = Scoring { repeat, spend, terms, rates };
    let chunks: Vec<&[Summary]> = customers.chunks(CHUNK_ROWS).collect();
    let part = |chunk: usize| {
        let first = chunk.saturating_mul(CHUNK_ROWS);
        let rows = chunks.get(chunk).copied().unwrap_or_default();
        rows.iter().zip(first..).map(|(row, index)| scoring.score(row, index)).collect::<Result<Vec<_>, _>>()
    };
    let mut scores = Vec::with_capacity(customers.len());
    for part in parallel::map(chunks.len(), threads, part) {
        scores.extend(part?);
    }
    Ok(scores)
}

#[cfg(test)]
mod tests;
