//! The numerics that no lean library has: derivatives of rising factorials, the Gauss hypergeometric function for the
//! arguments these models need, a fixed quadrature, and a Newton maximiser with exact second derivatives.

pub(crate) mod hypergeometric;
pub(crate) mod moments;
pub(crate) mod newton;
pub(crate) mod parallel;
pub(crate) mod quadrature;
pub(crate) mod rising;

#[cfg(test)]
mod tests;

/// `ln(1 + e^x)` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// `1 / (1 + e^-x)` without overflow.
pub(crate) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// A count as a floating-point number; exact below 2^53.
pub(crate) fn real(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "models work in floating point")]
    let real = count as f64;
    real
}

/// An amount as a floating-point number, for models and shares only; exact below 2^53 minor units.
pub(crate) fn approximate(amount_minor: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "models work in floating point; sums of money never pass here")]
    let amount = amount_minor as f64;
    amount
}
