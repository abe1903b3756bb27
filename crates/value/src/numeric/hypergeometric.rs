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
    let form = Form::of(big_a, a, c);
    let z = y / (1.0 + y);
    if z <= NEAR_ONE || form.short {
        let (value, _, scale) = form.about_zero(z, false);
        return form.whole(y, value, scale);
    }
    let (value, slope, scale) = form.about_zero(NEAR_ONE, true);
    let (value, _, scale) = form.carry(NEAR_ONE, z, (value, slope, scale));
    form.whole(y, value, scale)
}

/// The same function at ascending y: each value is carried on from the one before, which costs a dozen terms instead of
/// hundreds.
#[derive(Debug, Clone)]
pub(crate) struct Ascending {
    form: Form,
    /// z, and value, slope and scale there, of the last one.
    last: Option<(f64, (f64, f64, f64))>,
}

impl Ascending {
    /// The function with these parameters, before any value.
    pub(crate) fn new(big_a: f64, a: f64, c: f64) -> Self {
        Self { form: Form::of(big_a, a, c), last: None }
    }

    /// `₂F₁(A, a; c; −y)` for a y not below the one before.
    pub(crate) fn next(&mut self, y: f64) -> f64 {
        let z = y / (1.0 + y);
        if z <= CARRIED || self.form.short {
            let (value, _, scale) = self.form.about_zero(z, false);
            return self.form.whole(y, value, scale);
        }
        let (at, start) = self.last.unwrap_or_else(|| (CARRIED, self.form.about_zero(CARRIED, true)));
        let (value, slope, scale) = self.form.carry(at, z, start);
        self.last = Some((z, (value, slope, scale)));
        self.form.whole(y, value, scale)
    }
}

/// From here on [`Ascending`] carries values on; below, the series about zero is short.
const CARRIED: f64 = 0.5;
/// Where Taylor steps replace the series about zero, which would need hundreds of terms beyond it.
const NEAR_ONE: f64 = 0.85;
/// The share of the distance to 1 that one Taylor step covers.
const STRIDE: f64 = 0.6;
/// The largest factor, as a logarithm, by which one Taylor step may raise rounding, which brings in the equation's other
/// solutions, `z^{1−c}` and `(1−z)^{c−p−q}` times something smooth.
const NOISE: f64 = 8.0;
/// Above this c a step so limited would be too short to be worth taking.
const LARGE: f64 = 10_000.0;

/// The transformed function `(1 + y)^{−p} ₂F₁(p, q; c; z)`.
#[derive(Debug, Clone, Copy)]
struct Form {
    p: f64,
    q: f64,
    c: f64,
    /// Whether the series about zero is the best way for every z.
    short: bool,
}

impl Form {
    /// With `q = c − A` the terms fall from the first one on, unless A is much larger than c; then they alternate and grow, and
    /// the other transformation, whose terms are all positive, is taken.
    fn of(big_a: f64, a: f64, c: f64) -> Self {
        let rest = c - big_a;
        let gentle = rest >= -2.0 || a.max(1.0) * -rest < c;
        let (p, q) = if gentle { (a, rest) } else { (big_a, c - a) };
        let short = c > LARGE || (gentle && c > 40.0 && a.max(1.0) * rest.abs() <= 0.5 * c);
        Self { p, q, c, short }
    }

    fn whole(&self, y: f64, value: f64, scale: f64) -> f64 {
        value * (scale - self.p * y.ln_1p()).exp()
    }

    fn about_zero(&self, z: f64, with_slope: bool) -> (f64, f64, f64) {
        about_zero(self.p, self.q, self.c, z, with_slope)
    }

    /// Value, slope and scale carried from `at` to `z` by Taylor steps.
    fn carry(&self, mut at: f64, z: f64, (mut value, mut slope, mut scale): (f64, f64, f64)) -> (f64, f64, f64) {
        while at < z {
            let exponent = (self.c - self.p - self.q).abs();
            let longest = ((1.0 - at) * STRIDE.min(NOISE / exponent)).min(NOISE * at / self.c);
            let step = (z - at).min(longest);
            (value, slope) = taylor(self.p, self.q, self.c, at, step, value, slope);
            at = if z - at <= step { z } else { at + step };
            if value.abs() > 1e100 {
                let size = value.abs();
                (value, slope, scale) = (value / size, slope / size, scale + size.ln());
            }
        }
        (value, slope, scale)
    }
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
