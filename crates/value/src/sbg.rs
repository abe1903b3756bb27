//! Contracts that are renewed or not: the shifted beta-geometric model.
//!
//! - **FH 2007**: Fader & Hardie, "How to Project Customer Retention", *Journal of Interactive Marketing* 21(1), 76-90.
//! - **FH 2010**: Fader & Hardie, "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring Heterogeneity",
//!   *Marketing Science* 29(1), 85-93.

use serde::{Deserialize, Serialize};

use crate::error::{above_zero, at_least};
use crate::limits::{MAX_OPPORTUNITIES, MAX_TERMS, MIN_CUSTOMERS};
use crate::numeric::moments::Moments;
use crate::numeric::newton::{Evaluation, Problem, climb};
use crate::numeric::rising::rising;
use crate::repeat::{FitOptions, Warning, weak};
use crate::{BadRows, Fault, ValueError};

const NAME: &str = "sBG";
const NAMES: [&str; 2] = ["alpha", "beta"];

/// Customers who signed at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// How many signed.
    pub signed: u32,
    /// How many did not renew after the first period, after the second, and so on up to now.
    pub lost: Vec<u32>,
}

/// The shifted beta-geometric model with known parameters: the chance not to renew varies between customers by a beta
/// distribution (α, β).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sbg {
    alpha: f64,
    beta: f64,
}

impl Sbg {
    /// A model with these parameters.
    ///
    /// # Errors
    /// [`ValueError::Argument`] unless each is a number above zero.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, ValueError> {
        Ok(Self { alpha: above_zero("alpha", alpha)?, beta: above_zero("beta", beta)? })
    }

    /// α and β.
    #[must_use]
    pub fn parameters(&self) -> [f64; 2] {
        [self.alpha, self.beta]
    }

    /// The share of those who signed that is still there after `periods` renewals: `B(α, β+t)/B(α, β)` (the survivor function of FH 2007).
    #[must_use]
    pub fn survival(&self, periods: u32) -> f64 {
        (rising(self.beta, periods).value - rising(self.alpha + self.beta, periods).value).exp()
    }

    /// The share of those there after `period − 1` renewals who renew once more: `(β+t−1)/(α+β+t−1)` (the
    /// retention rate of FH 2007).
    #[must_use]
    pub fn retention(&self, period: u32) -> f64 {
        let before = f64::from(period.saturating_sub(1));
        (self.beta + before) / (self.alpha + self.beta + before)
    }

    /// Discounted expected residual lifetime, in periods paid: of a customer who has renewed `renewals` times and is about
    /// to decide again, the payments expected, the next undiscounted and each later one discounted by `rate` more
    /// (DERL of FH 2010, `(β+n)/(α+β+n) · ₂F₁(1, β+n+1; α+β+n+1; 1/(1+d))` for n renewals, as the sum that its
    /// hypergeometric function stands for).
    ///
    /// # Errors
    /// [`ValueError::Argument`] when the rate is below 0.01 %, for which the sum has too many terms.
    pub fn residual_lifetime(&self, renewals: u32, rate: f64) -> Result<f64, ValueError> {
        let rate = at_least("the discount rate", rate, 1e-4, "it must be at least 0.01 % a period")?;
        let (mut payment, mut sum, mut step) = (1.0 + rate, 0.0, f64::from(renewals));
        for _ in 0..MAX_TERMS {
            payment *= (self.beta + step) / (self.alpha + self.beta + step) / (1.0 + rate);
            sum += payment;
            step += 1.0;
            if payment <= 1e-17 * sum * rate {
                break;
            }
        }
        Ok(sum)
    }
}

/// A fitted sBG model with how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SbgFit {
    /// The model.
    pub sbg: Sbg,
    /// Standard errors of α and β.
    pub standard_errors: [f64; 2],
    /// The maximised log-likelihood.
    pub log_likelihood: f64,
    /// Customers fitted.
    pub customers: u64,
    /// Iterations needed.
    pub iterations: u32,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// How many left after each period, and how many were still there after each number of periods observed.
#[derive(Default)]
struct Counts {
    lost: std::collections::BTreeMap<u32, f64>,
    stayed: std::collections::BTreeMap<u32, f64>,
}

/// Fits the model by maximum likelihood to any number of cohorts (the likelihood of FH 2007, appendix B, with a
/// survivor term for each cohort).
///
/// # Errors
/// Cohorts that lost more than they signed, too few customers, nobody lost or nobody left, or a likelihood without a maximum
/// (cohorts observed for a single period cannot tell the two parameters apart).
pub fn fit(cohorts: &[Cohort], options: FitOptions) -> Result<SbgFit, ValueError> {
    options.check()?;
    let counts = check(cohorts)?;
    let problem = Problem {
        model: NAME,
        names: NAMES.map(str::to_owned).to_vec(),
        logs: 2,
        iterations: options.iterations,
        prior: options.prior,
    };
    let evaluate = |at: &[f64]| {
        let mut natural = [0.0; 2];
        natural.iter_mut().zip(at).for_each(|(value, log)| *value = log.exp());
        let mut total = Moments::default();
        for (period, count) in &counts.lost {
            total.add(*count, &moments(natural, true, period.saturating_sub(1)));
        }
        for (periods, count) in &counts.stayed {
            total.add(*count, &moments(natural, false, *periods));
        }
        let total = total.in_logs(&natural);
        let hessian = total.hessian.as_flattened().to_vec();
        Evaluation { value: total.value, gradient: total.gradient.to_vec(), hessian }
    };
    let optimum = climb(&problem, &[vec![0.0, 1.0]], evaluate)?;
    let mut parameters = [0.0; 2];
    parameters.iter_mut().zip(&optimum.at).for_each(|(value, log)| *value = log.exp());
    let relative: Vec<f64> = optimum.covariance.iter().step_by(3).map(|variance| variance.sqrt()).collect();
    let mut standard_errors = parameters;
    standard_errors.iter_mut().zip(&relative).for_each(|(error, share)| *error *= share);
    let [alpha, beta] = parameters;
    Ok(SbgFit {
        sbg: Sbg { alpha, beta },
        standard_errors,
        log_likelihood: optimum.value,
        customers: cohorts.iter().map(|cohort| u64::from(cohort.signed)).sum(),
        iterations: optimum.iterations,
        warnings: weak(&problem.names, &relative),
    })
}

/// `ln B(α+g, β+m)/B(α, β)` with derivatives: leaving after m renewals (g = 1, the
/// churn probability of FH 2007) or not (g = 0, its survivor function).
fn moments([alpha, beta]: [f64; 2], leaves: bool, m: u32) -> Moments<2> {
    let left = rising(alpha, u32::from(leaves));
    let (stayed, both) = (rising(beta, m), rising(alpha + beta, m.saturating_add(u32::from(leaves))));
    Moments {
        value: left.value + stayed.value - both.value,
        gradient: [left.first - both.first, stayed.first - both.first],
        hessian: [[left.second - both.second, -both.second], [-both.second, stayed.second - both.second]],
    }
}

fn check(cohorts: &[Cohort]) -> Result<Counts, ValueError> {
    let mut bad = BadRows::default();
    let mut counts = Counts::default();
    for (index, cohort) in cohorts.iter().enumerate() {
        let lost: u64 = cohort.lost.iter().map(|count| u64::from(*count)).sum();
        let periods = u32::try_from(cohort.lost.len()).unwrap_or(u32::MAX);
        let Some(stayed) = u64::from(cohort.signed).checked_sub(lost).and_then(|left| u32::try_from(left).ok()) else {
            bad.note(index, Fault::Contradiction { what: "the cohort lost more customers than had signed" });
            continue;
        };
        if periods == 0 || periods > MAX_OPPORTUNITIES {
            bad.note(index, Fault::Contradiction { what: "the cohort needs between 1 and 10000 periods" });
            continue;
        }
        *counts.stayed.entry(periods).or_default() += f64::from(stayed);
        for (period, count) in (1..=periods).zip(&cohort.lost) {
            *counts.lost.entry(period).or_default() += f64::from(*count);
        }
    }
    bad.into_result()?;
    let signed: u64 = cohorts.iter().map(|cohort| u64::from(cohort.signed)).sum();
    let found = usize::try_from(signed).unwrap_or(usize::MAX);
    if found < MIN_CUSTOMERS {
        return Err(ValueError::TooFew { model: NAME, what: "customers", found, needed: MIN_CUSTOMERS });
    }
    let none_lost = counts.lost.values().all(|count| *count == 0.0);
    let none_stayed = counts.stayed.values().all(|count| *count == 0.0)
        && counts.lost.values().filter(|count| **count > 0.0).count() <= 1;
    if none_lost || none_stayed {
        return Err(ValueError::AllIdentical { model: NAME, customers: found });
    }
    Ok(counts)
}

#[cfg(test)]
mod tests;
