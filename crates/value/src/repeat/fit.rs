use serde::{Deserialize, Serialize};

use super::covariates::{CovariateEffect, Covariates, Kind, moved, patterns};
use super::rows::{Pattern, Piece, check_population, chunks, rescale, totals};
use super::{Repeat, RepeatModel};
use crate::error::at_least;
use crate::limits::MAX_ITERATIONS;
use crate::numeric::newton::{Evaluation, Optimum, Problem, climb};
use crate::numeric::parallel;
use crate::{Summary, ValueError};

/// How a fit is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitOptions {
    /// Threads to use, at least one. The result does not depend on it.
    pub threads: usize,
    /// The most iterations, at most [`MAX_ITERATIONS`].
    pub iterations: u32,
    /// The weight of a prior for populations too small or too even for plain maximum likelihood: the precision of a normal
    /// distribution of each log-parameter (and coefficient) about a plain value on the scale of the data. 0 is maximum
    /// likelihood, as published; 0.1 hardly moves what the data know and keeps the rest from running away. Parameters are
    /// then posterior modes, and standard errors posterior ones; log-likelihoods are reported without the prior.
    pub prior: f64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { threads: 1, iterations: MAX_ITERATIONS, prior: 0.0 }
    }
}

impl FitOptions {
    /// Refuses a prior that is not a number of at least zero.
    pub(crate) fn check(&self) -> Result<(), ValueError> {
        at_least("the weight of the prior", self.prior, 0.0, "it must be a number of at least 0").map(|_| ())
    }
}

/// Something the reader of a converged fit must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Warning {
    /// The data hardly tell this parameter: its standard error is as large as the parameter itself. Predictions stand, for
    /// they depend on combinations that are known better; the parameter by itself means little.
    Weak {
        /// The parameter.
        parameter: String,
        /// Its standard error as a share of the parameter.
        relative_error: f64,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Weak { parameter, relative_error } = self;
        write!(f, "`{parameter}` is hardly known by itself (standard error {:.0} % of it)", relative_error * 100.0)
    }
}

/// Warnings for parameters whose standard error is at least as large as they are.
pub(crate) fn weak(names: &[String], relative_errors: &[f64]) -> Vec<Warning> {
    names
        .iter()
        .zip(relative_errors)
        .filter(|(_, error)| **error >= 1.0)
        .map(|(parameter, error)| Warning::Weak { parameter: parameter.clone(), relative_error: *error })
        .collect()
}

/// A fitted repeat-buying model with how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatFit {
    /// The model; with covariates, that of a customer whose covariates are all zero.
    pub repeat: Repeat,
    /// Standard errors of the four parameters, from the observed information by the delta method.
    pub standard_errors: [f64; 4],
    /// What the covariates do, if there are any.
    pub effects: Vec<CovariateEffect>,
    /// How many covariates purchasing has.
    pub purchase_covariates: usize,
    /// How many covariates leaving has.
    pub dropout_covariates: usize,
    /// The covariance of the logarithms of the four parameters and then the coefficients, row by row.
    pub log_covariance: Vec<f64>,
    /// The maximised log-likelihood, as the papers report it (constants of the data included).
    pub log_likelihood: f64,
    /// Customers fitted.
    pub customers: usize,
    /// Distinct histories among them.
    pub histories: usize,
    /// Iterations needed.
    pub iterations: u32,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// Fits a model by maximum likelihood.
///
/// `customers` are in any order; times in any one unit. Equal histories are merged, times are scaled to their mean while
/// fitting, derivatives are exact, and the sums are made in a fixed order so that the result is the same on every machine
/// with the same arithmetic, whatever the number of threads.
///
/// # Errors
/// Rows that cannot be true, too few customers, no repeat buyer, identical customers, or a likelihood without a maximum.
pub fn fit(model: RepeatModel, customers: &[Summary], options: FitOptions) -> Result<RepeatFit, ValueError> {
    fit_with_covariates(model, customers, &Covariates::default(), &Covariates::default(), options)
}

/// Fits a model whose purchase and dropout rates depend on facts of each customer (FH 2007).
///
/// For BG/NBD and MBG/NBD `α = α₀ e^{γ₁·z₁}`, `a = a₀ e^{γ₂·z₂}`, `b = b₀ e^{γ₃·z₂}`; for Pareto/NBD `α = α₀ e^{γ₁·z₁}`,
/// `β = β₀ e^{γ₂·z₂}` (the paper writes the coefficients of α and β with a minus sign). `purchase` and `dropout` hold one row
/// a customer, or no names at all.
///
/// # Errors
/// As [`fit`], and covariates that are not numbers, constant, too many, or not one row a customer.
pub fn fit_with_covariates(
    model: RepeatModel,
    customers: &[Summary],
    purchase: &Covariates,
    dropout: &Covariates,
    options: FitOptions,
) -> Result<RepeatFit, ValueError> {
    options.check()?;
    check_population(model, customers)?;
    purchase.check(customers.len())?;
    dropout.check(customers.len())?;
    let mut patterns = patterns(customers, purchase, dropout);
    let totals = totals(&patterns);
    let scale = totals.age / totals.customers;
    rescale(&mut patterns, scale);
    let problem = Problem {
        model: model.name(),
        names: names(model, purchase, dropout),
        logs: 4,
        iterations: options.iterations,
        prior: options.prior,
    };
    let chunks = chunks(&patterns);
    let starts = starts(problem.names.len(), totals.repeats / totals.customers);
    let optimum = climb(&problem, &starts, |at| evaluate(model, &patterns, &chunks, options.threads, at))?;
    let mut fit = describe(model, &problem, &optimum, scale, (purchase, dropout));
    fit.customers = customers.len();
    fit.histories = patterns.iter().map(|pattern| pattern.rows.len()).sum();
    // Scaling the times shifted the density of every repeat purchase by the same factor.
    fit.log_likelihood -= totals.repeats * scale.ln();
    Ok(fit)
}

/// A few starting points of `n` parameters for customers with so many repeat purchases in the mean.
fn starts(n: usize, repeats: f64) -> Vec<Vec<f64>> {
    let start = |(shape, leaving, staying): (f64, f64, f64)| {
        let mut start = vec![0.0; n];
        let base = [shape, shape / repeats.clamp(1e-3, 1e3), leaving, staying];
        start.iter_mut().zip(base).for_each(|(log, natural)| *log = natural.ln());
        start
    };
    [(0.5, 0.5, 1.0), (1.0, 1.0, 3.0), (3.0, 0.2, 0.5)].map(start).to_vec()
}

/// The log-likelihood of everybody at these log-parameters and coefficients.
fn evaluate(model: RepeatModel, patterns: &[Pattern], chunks: &[Vec<Piece>], threads: usize, at: &[f64]) -> Evaluation {
    let sum = |chunk: usize| {
        let mut total = Evaluation::zero(at.len());
        for &(index, from, to) in chunks.get(chunk).map(Vec::as_slice).unwrap_or_default() {
            let Some(pattern) = patterns.get(index) else { continue };
            let parameters = pattern.parameters(model, at);
            let rows = pattern.rows.get(from..to).unwrap_or_default();
            pattern.add_to(model, &mut total, &model.moments(&parameters, rows).in_logs(&parameters));
        }
        total
    };
    let mut total = Evaluation::zero(at.len());
    parallel::map(chunks.len(), threads, sum).iter().for_each(|part| total.add(part));
    total
}

fn names(model: RepeatModel, purchase: &Covariates, dropout: &Covariates) -> Vec<String> {
    let base = model.parameter_names();
    let mut names: Vec<String> = base.iter().map(ToString::to_string).collect();
    for &(parameter, kind) in moved(model) {
        let covariates = if kind == Kind::Purchase { purchase } else { dropout };
        let parameter = base.get(parameter).copied().unwrap_or_default();
        names.extend(covariates.names.iter().map(|name| format!("{parameter}:{name}")));
    }
    names
}

/// The fit in natural parameters and the unit of time of the data.
fn describe(
    model: RepeatModel,
    problem: &Problem,
    optimum: &Optimum,
    scale: f64,
    (purchase, dropout): (&Covariates, &Covariates),
) -> RepeatFit {
    let n = problem.names.len();
    let errors: Vec<f64> = optimum.covariance.iter().step_by(n + 1).map(|variance| variance.sqrt()).collect();
    let mut parameters = [0.0; 4];
    parameters.iter_mut().zip(&optimum.at).for_each(|(natural, log)| *natural = log.exp());
    let times: &[usize] = if model == RepeatModel::ParetoNbd { &[1, 3] } else { &[1] };
    times.iter().filter_map(|index| parameters.get_mut(*index).map(|time| *time *= scale)).count();
    let mut standard_errors = parameters;
    standard_errors.iter_mut().zip(&errors).for_each(|(error, relative)| *error *= relative);
    let effect = |((name, coefficient), standard_error): ((&String, &f64), &f64)| {
        let (parameter, covariate) = name.split_once(':').unwrap_or((name, ""));
        CovariateEffect {
            parameter: parameter.to_owned(),
            covariate: covariate.to_owned(),
            coefficient: *coefficient,
            standard_error: *standard_error,
        }
    };
    RepeatFit {
        repeat: Repeat { model, parameters },
        standard_errors,
        effects: problem.names.iter().zip(&optimum.at).zip(&errors).skip(4).map(effect).collect(),
        purchase_covariates: purchase.names.len(),
        dropout_covariates: dropout.names.len(),
        log_covariance: optimum.covariance.clone(),
        log_likelihood: optimum.value,
        customers: 0,
        histories: 0,
        iterations: optimum.iterations,
        warnings: weak(problem.names.get(..4).unwrap_or_default(), errors.get(..4).unwrap_or_default()),
    }
}
