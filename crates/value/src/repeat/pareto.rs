//! The likelihood of the Pareto/NBD model, in which customers leave at any moment.

use super::rows::Row;
use crate::numeric::moments::{Mixture, Moments};
use crate::numeric::quadrature::gauss;
use crate::numeric::rising::{Rising, rising};

/// Beyond e^-42 of the largest value nothing is left that a double could hold.
const FADED: f64 = 42.0;

/// The branch in which the customer is still here at T, with derivatives by r, α, s and β.
///
/// `(α+T)^{−(r+x)} (β+T)^{−s}`, the first term of FH 2005, eq. (18).
fn here(parameters: &[f64; 4], row: &Row) -> Moments<4> {
    let [r, alpha, s, beta] = *parameters;
    powers(r + f64::from(row.x), alpha + row.t, s, beta + row.t)
}

/// `−p ln u − q ln v` with derivatives by p, u, q and v.
#[inline]
fn powers(p: f64, u: f64, q: f64, v: f64) -> Moments<4> {
    let (log_u, log_v, over_u, over_v) = (u.ln(), v.ln(), 1.0 / u, 1.0 / v);
    Moments {
        value: -p * log_u - q * log_v,
        gradient: [-log_u, -p * over_u, -log_v, -q * over_v],
        hessian: [
            [0.0, -over_u, 0.0, 0.0],
            [-over_u, p * over_u * over_u, 0.0, 0.0],
            [0.0, 0.0, 0.0, -over_v],
            [0.0, 0.0, -over_v, q * over_v * over_v],
        ],
    }
}

/// Visits the nodes of `∫ (α+τ)^{−(r+x)} (β+τ)^{−(s+1)} dτ` over `[t_x, T]` with `(τ − t_x, weight)`.
///
/// FH 2005, eq. (18)-(20), write this integral as a difference of two Gauss hypergeometric functions, which cancels or
/// overflows for many purchases. Here it is summed as the positive quantity it is: in `ln(m + τ)`, m the smaller of α and β,
/// where the integrand falls about exponentially, on at most a few panels of twelve nodes.
fn each_node(parameters: &[f64; 4], row: &Row, mut visit: impl FnMut(f64, f64)) {
    let [r, alpha, s, beta] = *parameters;
    let base = alpha.min(beta) + row.t_x;
    let end = ((row.t - row.t_x) / base).ln_1p();
    let mut left = 0.0;
    let mut faded = 0.0;
    while left < end && faded < FADED {
        // How steeply the integrand falls at the left edge of the panel.
        let at = base * f64::exp_m1(left);
        let shift = base + at;
        let steep =
            (r + f64::from(row.x)) * shift / (alpha + row.t_x + at) + (s + 1.0) * shift / (beta + row.t_x + at) - 1.0;
        let width = ((8.0 + 0.5 * faded) / steep.max(1e-3)).min(1.5);
        let right = (left + width).min(end);
        gauss(left, right, |v, weight| {
            let growth = v.exp();
            visit(base * v.exp_m1(), weight * base * growth);
        });
        faded += steep.max(0.0) * (right - left);
        left = right;
    }
}

/// The branch in which the customer left between t_x and T: the logarithm of the integral above times s.
fn gone(parameters: &[f64; 4], row: &Row) -> Option<Moments<4>> {
    let [r, alpha, s, beta] = *parameters;
    let power = r + f64::from(row.x);
    let start = powers(power, alpha + row.t_x, s + 1.0, beta + row.t_x).value;
    let (mut mass, mut sums) = (0.0, Moments::<4>::default());
    each_node(parameters, row, |elapsed, weight| {
        let node = powers(power, alpha + row.t_x + elapsed, s + 1.0, beta + row.t_x + elapsed);
        let weight = weight * (node.value - start).exp();
        mass += weight;
        sums.add(weight, &node);
        sums.add_square(weight, &node.gradient);
    });
    if mass <= 0.0 {
        return None;
    }
    let mut out = Moments::default();
    out.add(1.0 / mass, &sums);
    let mean = out.gradient;
    out.add_square(-1.0, &mean);
    out.value = start + mass.ln() + s.ln();
    let [_, _, by_s, _] = &mut out.gradient;
    *by_s += 1.0 / s;
    let [_, _, [_, _, s_s, _], _] = &mut out.hessian;
    *s_s -= 1.0 / (s * s);
    Some(out)
}

/// The log-odds of having left between t_x and T against still being here (FH 2005, eq. 36-37: P(alive) is its
/// logistic function). `−∞` when T = t_x.
pub(super) fn log_odds_gone(parameters: &[f64; 4], x: u32, t_x: f64, t: f64) -> f64 {
    let [r, alpha, s, beta] = *parameters;
    let row = Row { x, count: 1, t_x, t };
    let power = r + f64::from(x);
    let (then_alpha, then_beta) = (alpha + t_x, beta + t_x);
    let mut mass = 0.0;
    each_node(parameters, &row, |elapsed, weight| {
        mass += weight * (-power * (elapsed / then_alpha).ln_1p() - (s + 1.0) * (elapsed / then_beta).ln_1p()).exp();
    });
    let since = t - t_x;
    (s * mass / then_beta).ln() + power * (since / then_alpha).ln_1p() + s * (since / then_beta).ln_1p()
}

/// The log-likelihood of rows sorted by x, with derivatives by r, α, s and β.
pub(super) fn moments(parameters: &[f64; 4], rows: &[Row]) -> Moments<4> {
    let mut total = Moments::default();
    for run in rows.chunk_by(|left, right| left.x == right.x) {
        let Some(first) = run.first() else { continue };
        let buying = rising(parameters.first().copied().unwrap_or_default(), first.x);
        let mut count = 0.0;
        for row in run {
            let mut branches = Mixture::new();
            branches.branch(&here(parameters, row));
            if let Some(gone) = gone(parameters, row) {
                branches.branch(&gone);
            }
            total.add(f64::from(row.count), &branches.finish());
            count += f64::from(row.count);
        }
        total.add(count, &prior(parameters, buying));
    }
    total
}

/// `ln[(r)_x α^r β^s]`, which every history with x repeat purchases shares.
fn prior(parameters: &[f64; 4], buying: Rising) -> Moments<4> {
    let [r, alpha, s, beta] = *parameters;
    Moments {
        value: buying.value + r * alpha.ln() + s * beta.ln(),
        gradient: [buying.first + alpha.ln(), r / alpha, beta.ln(), s / beta],
        hessian: [
            [buying.second, 1.0 / alpha, 0.0, 0.0],
            [1.0 / alpha, -r / (alpha * alpha), 0.0, 0.0],
            [0.0, 0.0, 0.0, 1.0 / beta],
            [0.0, 0.0, 1.0 / beta, -s / (beta * beta)],
        ],
    }
}
