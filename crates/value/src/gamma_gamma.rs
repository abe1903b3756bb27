//! How much customers spend: the Gamma-Gamma model.
//!
//! **FH 2013**: Fader & Hardie, "The Gamma-Gamma Model of Monetary Value"; first used in Fader, Hardie & Lee, "RFM and CLV",
//! *Journal of Marketing Research* 42(4), 2005.

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::limits::{CHUNK_ROWS, MIN_CUSTOMERS};
use crate::numeric::moments::Moments;
use crate::numeric::newton::{Evaluation, Optimum, Problem, climb};
use crate::numeric::parallel;
use crate::numeric::rising::{digamma, ln_gamma, trigamma};
use crate::repeat::{FitOptions, Warning, weak};
use crate::{BadRows, Summary, ValueError};

const NAME: &str = "Gamma-Gamma";

/// The Gamma-Gamma model of spend with known parameters.
///
/// A customer's purchases vary by a gamma distribution with shape p and a rate that itself varies between customers by a
/// gamma distribution with shape q and rate v. p and q have no unit; v is an amount.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

impl GammaGamma {
    /// A model with these parameters.
    ///
    /// # Errors
    /// [`ValueError::Argument`] unless each is a number above zero.
    pub fn new(p: f64, q: f64, v: f64) -> Result<Self, ValueError> {
        Ok(Self { p: above_zero("p", p)?, q: above_zero("q", q)?, v: above_zero("v", v)? })
    }

    /// p, q and v.
    #[must_use]
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.v]
    }

    /// The mean spend of the population, `pv/(q−1)` (FH 2013).
    ///
    /// # Errors
    /// [`ValueError::InfiniteMean`] when q is at most 1.
    pub fn population_mean(&self) -> Result<f64, ValueError> {
        if self.q > 1.0 { Ok(self.p * self.v / (self.q - 1.0)) } else { Err(ValueError::InfiniteMean { q: self.q }) }
    }

    /// The spend expected of this customer's next purchases, in the unit of the data:
    /// `p(v + x z̄)/(px + q − 1)` (FH 2013, eq. 5).
    ///
    /// A customer without repeat purchases gets the population mean. A customer whose refunds exceed their repeat purchases
    /// (z̄ below zero) lies outside the model; the formula, a weighted mean of theirs and the population's, is then still
    /// the best linear guess and may be negative.
    ///
    /// # Errors
    /// [`ValueError::InfiniteMean`] when q is at most 1: then the answer for customers without repeat purchases does not
    /// exist, and no figure is given for anybody.
    pub fn expected_spend(&self, customer: &Summary) -> Result<f64, ValueError> {
        let mean = self.population_mean()?;
        if customer.repeats == 0 {
            return Ok(mean);
        }
        let x = f64::from(customer.repeats);
        Ok(self.p * (self.v + x * customer.spend) / (self.p * x + self.q - 1.0))
    }
}

/// A fitted spend model with how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpendFit {
    /// The model.
    pub gamma_gamma: GammaGamma,
    /// Standard errors of p, q and v, from the observed information by the delta method.
    pub standard_errors: [f64; 3],
    /// The covariance of the logarithms of p, q and v, row by row.
    pub log_covariance: Vec<f64>,
    /// The maximised log-likelihood (FH 2013, eq. 1a), in the unit of the data.
    pub log_likelihood: f64,
    /// Customers fitted: those with repeat purchases and a mean spend above zero.
    pub customers: usize,
    /// Customers left out because they bought once. They are valued by the population mean.
    pub bought_once: usize,
    /// Customers left out because their repeat purchases net to zero or less (gifts, refunds).
    pub not_positive: usize,
    /// The correlation of number and mean spend of repeat purchases; the model assumes it near zero.
    pub correlation: f64,
    /// Iterations needed.
    pub iterations: u32,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// Customers with the same number of repeat purchases: their totals, and the sum of their logarithms.
struct Run {
    x: f64,
    totals: Vec<f64>,
    log_totals: f64,
    log_means: f64,
}

impl Run {
    fn of(rows: &[(u32, f64)]) -> Option<Self> {
        let x = f64::from(rows.first()?.0);
        let totals: Vec<f64> = rows.iter().map(|(_, mean)| mean * x).collect();
        let log_totals = totals.iter().map(|total| total.ln()).sum::<f64>();
        let log_means = rows.iter().map(|(_, mean)| mean.ln()).sum();
        Some(Self { x, totals, log_totals, log_means })
    }

    /// The log-likelihood of FH 2013, eq. (1a), with derivatives by p, q and v.
    fn moments(&self, [p, q, v]: [f64; 3]) -> Moments<3> {
        let (mut logs, mut inverses, mut squares, mut n) = (0.0, 0.0, 0.0, 0.0);
        for total in &self.totals {
            let inverse = 1.0 / (total + v);
            logs += (total + v).ln();
            inverses += inverse;
            squares += inverse * inverse;
            n += 1.0;
        }
        let x = self.x;
        let shape = p * x;
        let both = shape + q;
        let (psi, psi_one) = (digamma(both), trigamma(both));
        let value = n * (ln_gamma(both) - ln_gamma(shape) - ln_gamma(q) + q * v.ln()) + shape * self.log_totals
            - self.log_means
            - both * logs;
        let gradient = [
            x * (n * (psi - digamma(shape)) + self.log_totals - logs),
            n * (psi - digamma(q) + v.ln()) - logs,
            n * q / v - both * inverses,
        ];
        let (p_q, p_v, q_v) = (n * x * psi_one, -x * inverses, n / v - inverses);
        let hessian = [
            [n * x * x * (psi_one - trigamma(shape)), p_q, p_v],
            [p_q, n * (psi_one - trigamma(q)), q_v],
            [p_v, q_v, both * squares - n * q / (v * v)],
        ];
        Moments { value, gradient, hessian }
    }
}

/// Fits the spend model by maximum likelihood to the customers who bought again.
///
/// One-time buyers say nothing of how repeat purchases vary and are left out, as the paper does; they are counted, and still
/// valued. The unit of spend does not matter to the fit (it is scaled to its mean).
///
/// # Errors
/// Rows that cannot be true, too few customers with repeat spend, identical spend, or a likelihood without a maximum.
pub fn fit(customers: &[Summary], options: FitOptions) -> Result<SpendFit, ValueError> {
    options.check()?;
    check(customers)?;
    let bought_once = customers.iter().filter(|customer| customer.repeats == 0).count();
    let mut rows: Vec<(u32, f64)> = customers
        .iter()
        .filter(|customer| customer.repeats > 0 && customer.spend > 0.0)
        .map(|customer| (customer.repeats, customer.spend))
        .collect();
    let found = rows.len();
    if found < MIN_CUSTOMERS {
        let what = "customers with repeat purchases of more than nothing";
        return Err(ValueError::TooFew { model: NAME, what, found, needed: MIN_CUSTOMERS });
    }
    let first = rows.first().map(|row| row.1.to_bits());
    if rows.iter().all(|row| Some(row.1.to_bits()) == first) {
        return Err(ValueError::AllIdentical { model: NAME, customers: found });
    }
    let n = rows.iter().map(|_| 1.0).sum::<f64>();
    let scale = rows.iter().map(|row| row.1).sum::<f64>() / n;
    let correlation = correlation(&rows);
    rows.iter_mut().for_each(|row| row.1 /= scale);
    let optimum = maximum(rows, options)?;
    let mut fit = describe(&optimum, scale);
    fit.customers = found;
    fit.bought_once = bought_once;
    fit.not_positive = customers.len() - bought_once - found;
    fit.correlation = correlation;
    fit.log_likelihood -= n * scale.ln();
    Ok(fit)
}

fn check(customers: &[Summary]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    for (index, customer) in customers.iter().enumerate() {
        if let Some(fault) = customer.spend_fault() {
            bad.note(index, fault);
        }
    }
    bad.into_result()
}

/// Maximises over rows whose mean spend is 1.
fn maximum(mut rows: Vec<(u32, f64)>, options: FitOptions) -> Result<Optimum, ValueError> {
    rows.sort_unstable_by_key(|row| (row.0, row.1.to_bits()));
    let by_repeats = rows.chunk_by(|left, right| left.0 == right.0);
    let runs: Vec<Run> = by_repeats.flat_map(|run| run.chunks(CHUNK_ROWS)).filter_map(Run::of).collect();
    drop(rows);
    let names = ["p", "q", "v"].map(str::to_owned).to_vec();
    let problem = Problem { model: NAME, names, logs: 3, iterations: options.iterations, prior: options.prior };
    let evaluate = |at: &[f64]| {
        let mut natural = [0.0; 3];
        natural.iter_mut().zip(at).for_each(|(value, log)| *value = log.exp());
        let part = |run: usize| runs.get(run).map(|run| run.moments(natural)).unwrap_or_default();
        let mut total = Moments::default();
        parallel::map(runs.len(), options.threads, part).iter().for_each(|part| total.add(1.0, part));
        let total = total.in_logs(&natural);
        let hessian = total.hessian.as_flattened().to_vec();
        Evaluation { value: total.value, gradient: total.gradient.to_vec(), hessian }
    };
    let starts = [[2.0_f64, 3.0_f64], [6.0, 4.0], [1.0, 1.5], [20.0, 10.0]];
    climb(&problem, &starts.map(|[p, q]| vec![p.ln(), q.ln(), ((q - 1.0) / p).ln()]), evaluate)
}

fn describe(optimum: &Optimum, scale: f64) -> SpendFit {
    let mut parameters = [0.0; 3];
    parameters.iter_mut().zip(&optimum.at).for_each(|(value, log)| *value = log.exp());
    let [p, q, v] = parameters;
    let relative: Vec<f64> = optimum.covariance.iter().step_by(4).map(|variance| variance.sqrt()).collect();
    let mut standard_errors = [p, q, v * scale];
    standard_errors.iter_mut().zip(&relative).for_each(|(error, share)| *error *= share);
    SpendFit {
        gamma_gamma: GammaGamma { p, q, v: v * scale },
        standard_errors,
        log_covariance: optimum.covariance.clone(),
        log_likelihood: optimum.value,
        customers: 0,
        bought_once: 0,
        not_positive: 0,
        correlation: 0.0,
        iterations: optimum.iterations,
        warnings: weak(&["p", "q", "v"].map(str::to_owned), &relative),
    }
}

/// Pearson's correlation of the two columns; 0 where one does not vary.
fn correlation(rows: &[(u32, f64)]) -> f64 {
    let n = rows.iter().map(|_| 1.0).sum::<f64>();
    let mean_x = rows.iter().map(|row| f64::from(row.0)).sum::<f64>() / n;
    let mean_y = rows.iter().map(|row| row.1).sum::<f64>() / n;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in rows {
        let (dx, dy) = (f64::from(*x) - mean_x, y - mean_y);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests;
