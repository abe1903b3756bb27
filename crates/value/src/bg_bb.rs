//! Repeat buying at discrete opportunities (yearly donations, fairs, seasons): the BG/BB model.
//!
//! **FHS 2010**: Fader, Hardie & Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting",
//! *Marketing Science* 29(6), 1086-1108.

use serde::{Deserialize, Serialize};

use crate::error::{above_zero, at_least};
use crate::limits::{MAX_OPPORTUNITIES, MAX_TERMS, MIN_CUSTOMERS};
use crate::numeric::moments::{Mixture, Moments};
use crate::numeric::newton::{Evaluation, Optimum, Problem, climb};
use crate::numeric::rising::rising;
use crate::repeat::{FitOptions, Warning, weak};
use crate::{BadRows, Fault, ValueError};

const NAME: &str = "BG/BB";
const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Customers with the same history over discrete opportunities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opportunities {
    /// x: opportunities taken after the first purchase.
    pub repeats: u32,
    /// t_x: the number of the last one taken, counted from 1; 0 if none.
    pub last: u32,
    /// n: opportunities there were.
    pub opportunities: u32,
    /// How many customers have this history.
    pub customers: u32,
}

impl Opportunities {
    fn fault(&self) -> Option<Fault> {
        let Self { repeats, last, opportunities, .. } = *self;
        let fits = opportunities > 0
            && opportunities <= MAX_OPPORTUNITIES
            && last <= opportunities
            && repeats <= last
            && (repeats == 0) == (last == 0);
        (!fits).then_some(Fault::Opportunities { repeats, last, opportunities })
    }
}

/// The BG/BB model with known parameters: taking an opportunity varies between customers by a beta distribution (α, β),
/// leaving before one by a beta distribution (γ, δ).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgBb {
    parameters: [f64; 4],
}

impl BgBb {
    /// A model with α, β, γ and δ.
    ///
    /// # Errors
    /// [`ValueError::Argument`] unless each is a number above zero.
    pub fn new(parameters: [f64; 4]) -> Result<Self, ValueError> {
        for (name, value) in NAMES.into_iter().zip(parameters) {
            above_zero(name, value)?;
        }
        Ok(Self { parameters })
    }

    /// α, β, γ and δ.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        self.parameters
    }

    /// The log-likelihood of one customer with this history (FHS 2010, the likelihood
    /// function): `[B(α+x, β+n−x) B(γ, δ+n) + Σ_i B(α+x, β+t_x−x+i) B(γ+1, δ+t_x+i)] / [B(α, β) B(γ, δ)]`, i from 0 to
    /// n − t_x − 1.
    #[must_use]
    pub fn log_likelihood(&self, history: &Opportunities) -> f64 {
        moments(&self.parameters, history).value
    }

    /// The chance to be still there `ahead` opportunities after the last observed one (the P(alive at n + 1) of
    /// FHS 2010 is `ahead` = 1).
    #[must_use]
    pub fn p_alive(&self, history: &Opportunities, ahead: u32) -> f64 {
        let [_, _, gamma, delta] = self.parameters;
        let stayed = history.opportunities.saturating_add(ahead);
        let value =
            taking(&self.parameters, history.repeats, history.opportunities).value + staying(gamma, delta, stayed);
        (value - self.log_likelihood(history)).exp()
    }

    /// The purchases expected of this customer at the next `opportunities` (the conditional expectation of
    /// FHS 2010).
    #[must_use]
    pub fn expected_purchases(&self, history: &Opportunities, opportunities: u32) -> f64 {
        self.sum(history, opportunities.min(MAX_OPPORTUNITIES), 0.0)
    }

    /// Discounted expected residual transactions (DERT of FHS 2010): every future opportunity, each discounted by
    /// `rate` (above zero) per opportunity.
    ///
    /// # Errors
    /// [`ValueError::Argument`] when the rate is below 0.01 %, for which the sum has too many terms.
    pub fn discounted_purchases(&self, history: &Opportunities, rate: f64) -> Result<f64, ValueError> {
        let rate = at_least("the discount rate", rate, 1e-4, "it must be at least 0.01 % for each opportunity")?;
        Ok(self.sum(history, u32::MAX, rate))
    }

    /// The purchases expected of a customer just acquired within `opportunities` (the mean of
    /// X(n) in FHS 2010).
    #[must_use]
    pub fn expected_of_new(&self, opportunities: u32) -> f64 {
        let new = Opportunities { repeats: 0, last: 0, opportunities: 0, customers: 1 };
        self.expected_purchases(&new, opportunities)
    }

    /// `E[p | history] Σ P(alive at n+k) (1+d)^{−k}`, each factor a ratio of beta functions taken one step at a time.
    fn sum(&self, history: &Opportunities, terms: u32, rate: f64) -> f64 {
        let [alpha, beta, gamma, delta] = self.parameters;
        let n = f64::from(history.opportunities);
        let taken = (alpha + f64::from(history.repeats)) / (alpha + beta + n);
        let (mut alive, mut sum, mut step) = (self.p_alive(history, 0), 0.0, n);
        for _ in 0..terms.min(u32::try_from(MAX_TERMS).unwrap_or(u32::MAX)) {
            alive *= (delta + step) / (gamma + delta + step) / (1.0 + rate);
            sum += alive;
            step += 1.0;
            if rate > 0.0 && alive <= 1e-17 * sum * rate {
                break;
            }
        }
        taken * sum
    }
}

/// `ln B(α+x, β+m−x) / B(α, β)` with derivatives by α and β.
fn taking(parameters: &[f64; 4], x: u32, m: u32) -> Moments<4> {
    let [alpha, beta, ..] = *parameters;
    let (taken, missed, both) = (rising(alpha, x), rising(beta, m.saturating_sub(x)), rising(alpha + beta, m));
    let mut out = Moments { value: taken.value + missed.value - both.value, ..Moments::default() };
    out.gradient = [taken.first - both.first, missed.first - both.first, 0.0, 0.0];
    out.hessian = [
        [taken.second - both.second, -both.second, 0.0, 0.0],
        [-both.second, missed.second - both.second, 0.0, 0.0],
        [0.0; 4],
        [0.0; 4],
    ];
    out
}

/// `ln B(γ, δ+m) / B(γ, δ)`.
fn staying(gamma: f64, delta: f64, m: u32) -> f64 {
    rising(delta, m).value - rising(gamma + delta, m).value
}

/// `ln B(γ+g, δ+m) / B(γ, δ)` for g = 0 or 1, with derivatives by γ and δ, added to `out`.
fn add_leaving(out: &mut Moments<4>, parameters: &[f64; 4], leaves: bool, m: u32) {
    let [_, _, gamma, delta] = *parameters;
    let left = rising(gamma, u32::from(leaves));
    let (stayed, both) = (rising(delta, m), rising(gamma + delta, m.saturating_add(u32::from(leaves))));
    out.value += left.value + stayed.value - both.value;
    let [_, _, by_gamma, by_delta] = &mut out.gradient;
    *by_gamma += left.first - both.first;
    *by_delta += stayed.first - both.first;
    let [_, _, [_, _, gg, gd], [_, _, dg, dd]] = &mut out.hessian;
    *gg += left.second - both.second;
    *gd -= both.second;
    *dg -= both.second;
    *dd += stayed.second - both.second;
}

/// The log-likelihood of one history (see [`BgBb::log_likelihood`]) with its derivatives: still here, or gone after any of the
/// opportunities since the last one taken.
fn moments(parameters: &[f64; 4], history: &Opportunities) -> Moments<4> {
    let Opportunities { repeats, last, opportunities, .. } = *history;
    let mut branches = Mixture::new();
    let mut here = taking(parameters, repeats, opportunities);
    add_leaving(&mut here, parameters, false, opportunities);
    branches.branch(&here);
    for stayed in last..opportunities {
        let mut gone = taking(parameters, repeats, stayed);
        add_leaving(&mut gone, parameters, true, stayed);
        branches.branch(&gone);
    }
    branches.finish()
}

/// A fitted BG/BB model with how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BgBbFit {
    /// The model.
    pub bg_bb: BgBb,
    /// Standard errors of α, β, γ and δ.
    pub standard_errors: [f64; 4],
    /// The maximised log-likelihood.
    pub log_likelihood: f64,
    /// Customers fitted.
    pub customers: u64,
    /// Iterations needed.
    pub iterations: u32,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// Fits the model by maximum likelihood; equal histories may be given once with their count, or row by row.
///
/// # Errors
/// Histories that cannot be true, too few customers, no repeat buyer, identical customers, or a likelihood without a maximum.
pub fn fit(histories: &[Opportunities], options: FitOptions) -> Result<BgBbFit, ValueError> {
    options.check()?;
    check(histories)?;
    let mut merged: std::collections::BTreeMap<(u32, u32, u32), f64> = std::collections::BTreeMap::new();
    for row in histories {
        *merged.entry((row.repeats, row.last, row.opportunities)).or_default() += f64::from(row.customers);
    }
    let names = NAMES.map(str::to_owned).to_vec();
    let problem = Problem { model: NAME, names, logs: 4, iterations: options.iterations, prior: options.prior };
    let evaluate = |at: &[f64]| {
        let mut natural = [0.0; 4];
        natural.iter_mut().zip(at).for_each(|(value, log)| *value = log.exp());
        let mut total = Moments::default();
        for (&(repeats, last, opportunities), count) in &merged {
            let row = Opportunities { repeats, last, opportunities, customers: 1 };
            total.add(*count, &moments(&natural, &row));
        }
        let total = total.in_logs(&natural);
        let hessian = total.hessian.as_flattened().to_vec();
        Evaluation { value: total.value, gradient: total.gradient.to_vec(), hessian }
    };
    let starts = [[1.0_f64, 1.0, 1.0, 1.0], [1.0, 1.0, 0.5, 3.0], [0.5, 2.0, 1.0, 10.0]];
    let optimum = climb(&problem, &starts.map(|start| start.map(f64::ln).to_vec()), evaluate)?;
    Ok(describe(&optimum, histories))
}

fn describe(optimum: &Optimum, histories: &[Opportunities]) -> BgBbFit {
    let mut parameters = [0.0; 4];
    parameters.iter_mut().zip(&optimum.at).for_each(|(value, log)| *value = log.exp());
    let relative: Vec<f64> = optimum.covariance.iter().step_by(5).map(|variance| variance.sqrt()).collect();
    let mut standard_errors = parameters;
    standard_errors.iter_mut().zip(&relative).for_each(|(error, share)| *error *= share);
    BgBbFit {
        bg_bb: BgBb { parameters },
        standard_errors,
        log_likelihood: optimum.value,
        customers: histories.iter().map(|row| u64::from(row.customers)).sum(),
        iterations: optimum.iterations,
        warnings: weak(&NAMES.map(str::to_owned), &relative),
    }
}

fn check(histories: &[Opportunities]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    for (index, row) in histories.iter().enumerate() {
        if let Some(fault) = row.fault() {
            bad.note(index, fault);
        }
    }
    bad.into_result()?;
    let customers: u64 = histories.iter().map(|row| u64::from(row.customers)).sum();
    let found = usize::try_from(customers).unwrap_or(usize::MAX);
    if found < MIN_CUSTOMERS {
        return Err(ValueError::TooFew { model: NAME, what: "customers", found, needed: MIN_CUSTOMERS });
    }
    let mut present = histories.iter().filter(|row| row.customers > 0);
    if present.clone().all(|row| row.repeats == 0) {
        return Err(ValueError::NoRepeatBuyers { customers: found });
    }
    let first = present.next().map(|row| (row.repeats, row.last, row.opportunities));
    if present.all(|row| Some((row.repeats, row.last, row.opportunities)) == first) {
        return Err(ValueError::AllIdentical { model: NAME, customers: found });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
