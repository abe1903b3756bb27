use crate::ValueError;
use crate::limits::{MAX_COEFFICIENT, MAX_ITERATIONS, MAX_LOG, MAX_STEP};

/// A function of `n` parameters at one point: value, gradient, and the Hessian row by row.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) hessian: Vec<f64>,
}

impl Evaluation {
    pub(crate) fn zero(n: usize) -> Self {
        Self { value: 0.0, gradient: vec![0.0; n], hessian: vec![0.0; n * n] }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.value += other.value;
        self.gradient.iter_mut().zip(&other.gradient).for_each(|(mine, theirs)| *mine += theirs);
        self.hessian.iter_mut().zip(&other.hessian).for_each(|(mine, theirs)| *mine += theirs);
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().chain(&self.hessian).all(|cell| cell.is_finite())
    }
}

/// What is maximised: the model's name and its parameters', for messages.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) model: &'static str,
    pub(crate) names: Vec<String>,
    /// How many of the parameters are logarithms; the rest are coefficients.
    pub(crate) logs: usize,
    pub(crate) iterations: u32,
    /// The precision of a normal prior about the first starting point; zero for none.
    pub(crate) prior: f64,
}

impl Problem {
    /// `½ · prior · |at − centre|²`.
    fn penalty(&self, centre: &[f64], at: &[f64]) -> f64 {
        0.5 * self.prior * at.iter().zip(centre).map(|(at, centre)| (at - centre).powi(2)).sum::<f64>()
    }

    /// The evaluation with the logarithm of the prior added.
    fn with_prior(&self, centre: &[f64], at: &[f64], mut here: Evaluation) -> Evaluation {
        here.value -= self.penalty(centre, at);
        for (slope, (at, centre)) in here.gradient.iter_mut().zip(at.iter().zip(centre)) {
            *slope -= self.prior * (at - centre);
        }
        here.hessian.iter_mut().step_by(at.len() + 1).for_each(|curve| *curve -= self.prior);
        here
    }

    /// The error naming the parameter that has left the range which the starting point allows, if one has.
    fn runaway(&self, start: &[f64], at: &[f64], log_likelihood: f64) -> Option<ValueError> {
        let gone = |(index, (from, to)): (usize, (&f64, &f64))| {
            let most = if index < self.logs { MAX_LOG } else { MAX_COEFFICIENT };
            ((to - from).abs() > most).then_some((index, to < from))
        };
        let (index, down) = start.iter().zip(at).enumerate().find_map(gone)?;
        let toward = match (down, index < self.logs) {
            (true, true) => "zero",
            (true, false) => "minus infinity",
            (false, _) => "infinity",
        };
        let parameter = self.names.get(index).cloned().unwrap_or_default();
        Some(ValueError::Diverged { model: self.model, parameter, toward, log_likelihood })
    }
}

/// A maximum: where, how high (without the prior), and the inverse of the negative Hessian there.
#[derive(Debug, Clone)]
pub(crate) struct Optimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) covariance: Vec<f64>,
    pub(crate) iterations: u32,
}

/// Maximises from each starting point in turn until one succeeds; the first one is plain, on the scale of the data, and is
/// what the prior is about.
///
/// # Errors
/// The error of the first starting point when none succeeds.
pub(crate) fn climb(
    problem: &Problem,
    starts: &[Vec<f64>],
    mut evaluate: impl FnMut(&[f64]) -> Evaluation,
) -> Result<Optimum, ValueError> {
    let centre = starts.first().map(Vec::as_slice).unwrap_or_default();
    let mut outcome = None;
    for start in starts {
        match maximise(problem, centre, start, &mut evaluate) {
            Ok(optimum) => return Ok(optimum),
            Err(error) => outcome = outcome.or(Some(error)),
        }
    }
    Err(outcome.unwrap_or(ValueError::NotConverged { model: problem.model, iterations: 0, slope: f64::NAN }))
}

/// Maximises by damped Newton steps (Levenberg-Marquardt on the exact Hessian; Nocedal & Wright, *Numerical Optimization*,
/// algorithm 4.1) from `start`.
///
/// A general optimiser from the registry was looked at and not taken: with at most some dozens of parameters and exact
/// second derivatives this converges in about ten evaluations, where quasi-Newton libraries need forty and bring their own
/// linear algebra.
///
/// # Errors
/// [`ValueError::Diverged`] when a parameter leaves the range that the data's scale allows, [`ValueError::NotConverged`]
/// when the bound on iterations is reached or no step improves.
pub(crate) fn maximise(
    problem: &Problem,
    centre: &[f64],
    start: &[f64],
    mut likelihood: impl FnMut(&[f64]) -> Evaluation,
) -> Result<Optimum, ValueError> {
    let mut evaluate = |at: &[f64]| problem.with_prior(centre, at, likelihood(at));
    let mut at = start.to_vec();
    let mut here = evaluate(&at);
    let mut damping = 0.0;
    let bound = problem.iterations.clamp(1, MAX_ITERATIONS);
    let failed = |iterations: u32, here: &Evaluation| ValueError::NotConverged {
        model: problem.model,
        iterations,
        slope: here.gradient.iter().fold(0.0, |most: f64, slope| most.max(slope.abs())),
    };
    if !here.is_finite() {
        return Err(failed(0, &here));
    }
    for iteration in 1..=bound {
        let Some((step, factor)) = damped_step(&here, &mut damping) else { return Err(failed(iteration, &here)) };
        let decrement = 0.5 * dot(&here.gradient, &step);
        if damping == 0.0 && decrement <= 1e-9 + 1e-13 * here.value.abs() {
            let value = here.value + problem.penalty(centre, &at);
            return Ok(Optimum { value, covariance: invert(&factor), at, iterations: iteration });
        }
        let step = shortened(step);
        let trial: Vec<f64> = at.iter().zip(&step).map(|(position, change)| position + change).collect();
        if let Some(error) = problem.runaway(start, &trial, here.value) {
            return Err(error);
        }
        let there = evaluate(&trial);
        let promised = dot(&here.gradient, &step) + 0.5 * curvature(&here.hessian, &step);
        let gained = (there.value - here.value) / promised.abs().max(f64::MIN_POSITIVE);
        // Near the top the gain drowns in rounding; the slope still tells.
        let at_rounding = promised.abs() <= 1e-11 * here.value.abs();
        if there.is_finite() && (gained > 1e-4 || at_rounding) {
            damping = adapted(damping, gained);
            (at, here) = (trial, there);
        } else {
            damping = (damping * 6.0_f64).max(1e-3);
            if damping > 1e12 {
                return Err(failed(iteration, &here));
            }
        }
    }
    Err(failed(bound, &here))
}

/// The damping for the next step, by how well the last one kept its promise.
fn adapted(damping: f64, gained: f64) -> f64 {
    if gained < 0.25 {
        (damping * 4.0).max(1e-3)
    } else if gained > 0.6 {
        if damping < 1e-4 { 0.0 } else { damping / 8.0 }
    } else {
        damping
    }
}

/// Solves `(−H + damping·D) step = gradient`, raising the damping until the matrix is positive definite.
fn damped_step(here: &Evaluation, damping: &mut f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let n = here.gradient.len();
    for _ in 0..60 {
        let mut matrix: Vec<f64> = here.hessian.iter().map(|cell| -cell).collect();
        for diagonal in matrix.iter_mut().step_by(n + 1) {
            *diagonal += *damping * diagonal.abs().max(1e-6);
        }
        if let Some(factor) = cholesky(&matrix, n) {
            return Some((solve(&factor, &here.gradient), factor));
        }
        *damping = (*damping * 6.0).max(1e-3);
    }
    None
}

/// The step scaled down so that no log-parameter moves by more than [`MAX_STEP`].
fn shortened(mut step: Vec<f64>) -> Vec<f64> {
    let longest = step.iter().fold(0.0, |most: f64, change| most.max(change.abs()));
    if longest > MAX_STEP {
        step.iter_mut().for_each(|change| *change *= MAX_STEP / longest);
    }
    step
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// `vᵀ M v`.
fn curvature(matrix: &[f64], v: &[f64]) -> f64 {
    matrix.chunks(v.len().max(1)).zip(v).map(|(row, left)| left * dot(row, v)).sum()
}

/// The lower Cholesky factor of a symmetric matrix, or nothing if it is not positive definite.
fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let (done, open) = factor.split_at_mut(i * n);
            let earlier = if j == i { open.get(..j)? } else { done.get(j * n..j * n + j)? };
            let sum = matrix.get(i * n + j)? - dot(open.get(..j)?, earlier);
            let cell = if j == i {
                // A pivot lost to cancellation means the data do not tell the parameters apart.
                (sum > 1e-13 * matrix.get(i * n + i)?.abs()).then(|| sum.sqrt())?
            } else {
                sum / done.get(j * n + j)?
            };
            *open.get_mut(j)? = cell;
        }
    }
    Some(factor)
}

/// Solves `L Lᵀ x = b`.
fn solve(factor: &[f64], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut x = b.to_vec();
    let cell = |i: usize, j: usize| factor.get(i * n + j).copied().unwrap_or_default();
    let value = |x: &[f64], i: usize| x.get(i).copied().unwrap_or_default();
    for i in 0..n {
        let sum = value(&x, i) - (0..i).map(|j| cell(i, j) * value(&x, j)).sum::<f64>();
        if let Some(slot) = x.get_mut(i) {
            *slot = sum / cell(i, i);
        }
    }
    for i in (0..n).rev() {
        let sum = value(&x, i) - (i + 1..n).map(|j| cell(j, i) * value(&x, j)).sum::<f64>();
        if let Some(slot) = x.get_mut(i) {
            *slot = sum / cell(i, i);
        }
    }
    x
}

/// The inverse of the matrix whose Cholesky factor this is, row by row.
fn invert(factor: &[f64]) -> Vec<f64> {
    let n = (0..=factor.len()).find(|n| n * n >= factor.len()).unwrap_or_default();
    let unit = |column: usize| (0..n).map(|row| f64::from(u8::from(row == column))).collect::<Vec<f64>>();
    (0..n).flat_map(|column| solve(factor, &unit(column))).collect()
}
