use special::Gamma;

/// The logarithm of a rising factorial and its first two derivatives by the base.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Rising {
    /// `ln[Γ(z+n)/Γ(z)]`.
    pub(crate) value: f64,
    /// `ψ(z+n) − ψ(z)`.
    pub(crate) first: f64,
    /// `ψ′(z+n) − ψ′(z)`.
    pub(crate) second: f64,
}

/// Up to here the product is taken factor by factor, which is exact where the differences of gamma functions cancel.
const FACTORS: u32 = 16;

/// `ln (z)_n` for `z > 0`, with derivatives by `z`.
pub(crate) fn rising(z: f64, n: u32) -> Rising {
    if n > FACTORS {
        return rising_by(z, f64::from(n));
    }
    let mut sum = Rising::default();
    let mut product = 1.0;
    for step in 0..n {
        let factor = z + f64::from(step);
        let inverse = 1.0 / factor;
        product *= factor;
        sum.first += inverse;
        sum.second -= inverse * inverse;
        // Sixteen factors of parameters within e^±25 stay far inside the range of f64.
    }
    sum.value = product.ln();
    sum
}

/// `ln[Γ(z+y)/Γ(z)]` for real `z, y > 0`, with derivatives by `z`.
pub(crate) fn rising_by(z: f64, y: f64) -> Rising {
    Rising {
        value: ln_gamma(z + y) - ln_gamma(z),
        first: (z + y).digamma() - z.digamma(),
        second: (z + y).trigamma() - z.trigamma(),
    }
}

/// `ln Γ(z)` for `z > 0`.
pub(crate) fn ln_gamma(z: f64) -> f64 {
    Gamma::ln_gamma(z).0
}

/// `ψ(z)` for `z > 0`.
pub(crate) fn digamma(z: f64) -> f64 {
    z.digamma()
}

/// `ψ′(z)` for `z > 0`.
pub(crate) fn trigamma(z: f64) -> f64 {
    z.trigamma()
}
