use crate::limits::MAX_TERMS;

/// `₂F₁(A, a; c; −y)` for `A > 0`, `c > a > 0` and `y ≥ 0`, or NaN when the series does not settle within
/// [`MAX_TERMS`].
///
/// The argument is carried into `z = y/(1+y) ∈ [0, 1)` by one of Pfaff's two transformations (DLMF 15.8.1), whichever
/// sums without cancellation, so that nothing overflows however many purchases `A` and `c` stand for (the untransformed
/// series overflows in published code).
pub(crate) fn negative(big_a: f64, a: f64, c: f64, y: f64) -> f64 {
    if y == 0.0 {
        return 1.0;
    }
    let z = y / (1.0 + y);
    let rest = c - big_a;
    let log = y.ln_1p();
    let gentle = rest >= -2.0 || a * -rest * z < c;
    if gentle {
        let (value, scale) = unit(a, rest, c, z);
        value * (scale - a * log).exp()
    } else {
        let (value, scale) = unit(big_a, c - a, c, z);
        value * (scale - big_a * log).exp()
    }
}

/// The same function at ascending y: each value is carried on from the one before, which costs a dozen terms instead of
/// hundreds.
#[derive(Debug, Clone)]
pub(crate) struct Ascending {
    big_a: f64,
    a: f64,
    c: f64,
    /// z, value, slope and scale of the last one.
    last: Option<(f64, f64, f64, f64)>,
}

impl Ascending {
    /// The function with these parameters, before any value.
    pub(crate) fn new(big_a: f64, a: f64, c: f64) -> Self {
        Self { big_a, a, c, last: None }
    }

    /// `₂F₁(A, a; c; −y)` for a y not below the one before.
    pub(crate) fn next(&mut self, y: f64) -> f64 {
        let Self { big_a, a, c, last } = self;
        let z = y / (1.0 + y);
        if z <= CARRIED || *c > LARGE {
            return negative(*big_a, *a, *c, y);
        }
        let rest = *c - *big_a;
        let gentle = rest >= -2.0 || *a * -rest < *c;
        let (p, q) = if gentle { (*a, rest) } else { (*big_a, *c - *a) };
        let (at, value, slope, scale) = last.unwrap_or_else(|| {
            let (value, slope, scale) = about_zero(p, q, *c, CARRIED, true);
            (CARRIED, value, slope, scale)
        });
        let (value, slope, scale) = carry((p, q, *c), at, z, (value, slope, scale));
        *last = Some((z, value, slope, scale));
        value * (scale - p * y.ln_1p()).exp()
    }
}

/// From here on [`Ascending`] carries values on; below, the series about zero is short.
const CARRIED: f64 = 0.5;
/// Where Taylor steps replace the series about zero: beyond it the series needs hundreds of terms.
const NEAR_ONE: f64 = 0.85;
/// Above this `c` the equation's other solution, `z^{1−c}`, swamps the Taylor steps with rounding, and the series about zero is
/// short enough by itself.
const LARGE: f64 = 40.0;
/// The share of the distance to 1 that one Taylor step covers.
const STRIDE: f64 = 0.6;

/// `₂F₁(p, q; c; z) = value · e^scale` for `z ∈ [0, 1)`.
fn unit(p: f64, q: f64, c: f64, z: f64) -> (f64, f64) {
    if z <= NEAR_ONE || c > LARGE {
        let (value, _, scale) = about_zero(p, q, c, z, false);
        return (value, scale);
    }
    let start = about_zero(p, q, c, NEAR_ONE, true);
    let (value, _, scale) = carry((p, q, c), NEAR_ONE, z, start);
    (value, scale)
}

/// Value, slope and scale carried from `at` to `z` by Taylor steps.
fn carry(
    (p, q, c): (f64, f64, f64),
    mut at: f64,
    z: f64,
    (mut value, mut slope, mut scale): (f64, f64, f64),
) -> (f64, f64, f64) {
    while at < z {
        let step = (z - at).min(STRIDE * (1.0 - at));
        (value, slope) = taylor(p, q, c, at, step, value, slope);
        at = if z - at <= step { z } else { at + step };
        if value.abs() > 1e100 {
            (value, slope, scale) = (value * 1e-100, slope * 1e-100, scale + 100.0 * std::f64::consts::LN_10);
        }
    }
    (value, slope, scale)
}

/// The Gauss series (DLMF 15.2.1): value and derivative at `z`, both to be multiplied by `e^scale`.
fn about_zero(p: f64, q: f64, c: f64, z: f64, with_slope: bool) -> (f64, f64, f64) {
    let (mut value, mut slope, mut scale, mut term) = (1.0_f64, 0.0_f64, 0.0, 1.0_f64);
    let mut n = 0.0;
    for _ in 0..MAX_TERMS {
        let ratio = (p + n) * (q + n) / ((c + n) * (n + 1.0)) * z;
        n += 1.0;
        term *= ratio;
        value += term;
        slope += term * n;
        let size = if with_slope { term.abs() * n } else { term.abs() };
        let reference = if with_slope { value.abs().min(slope.abs().max(value.abs())) } else { value.abs() };
        if size <= 1e-16 * reference && ratio.abs() < 1.0 {
            return (value, slope / z, scale);
        }
        if value.abs() > 1e200 {
            (value, slope, term) = (value * 1e-200, slope * 1e-200, term * 1e-200);
            scale += 200.0 * std::f64::consts::LN_10;
        }
    }
    (f64::NAN, f64::NAN, 0.0)
}

/// One Taylor step of the hypergeometric equation (DLMF 15.10.1) from `at` to `at + step`.
fn taylor(p: f64, q: f64, c: f64, at: f64, step: f64, value: f64, slope: f64) -> (f64, f64) {
    let spread = at * (1.0 - at);
    // Coefficients are carried multiplied by step^n, so that they are the terms themselves.
    let (mut before, mut last) = (value, slope * step);
    let (mut sum, mut derivative) = (before + last, last);
    let mut n = 0.0;
    for _ in 0..MAX_TERMS {
        let down = (n + p) * (n + q) * before * step * step;
        let across = (n + 1.0) * (n * (1.0 - 2.0 * at) + c - (p + q + 1.0) * at) * last * step;
        let next = (down - across) / ((n + 2.0) * (n + 1.0) * spread);
        sum += next;
        derivative += (n + 2.0) * next;
        (before, last) = (last, next);
        n += 1.0;
        if (next.abs() + before.abs()) * n <= 1e-16 * sum.abs().max(derivative.abs()) {
            return (sum, derivative / step);
        }
    }
    (f64::NAN, f64::NAN)
}
