/// A weighted sum of log-likelihoods with its gradient and Hessian by `N` parameters.
///
/// Only the upper triangle of the Hessian is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Default for Moments<N> {
    fn default() -> Self {
        Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }
}

impl<const N: usize> Moments<N> {
    /// Adds `weight · other`.
    pub(crate) fn add(&mut self, weight: f64, other: &Self) {
        self.value += weight * other.value;
        for (mine, theirs) in self.gradient.iter_mut().zip(other.gradient) {
            *mine += weight * theirs;
        }
        for (mine, theirs) in self.hessian.iter_mut().zip(&other.hessian) {
            for (cell, value) in mine.iter_mut().zip(theirs) {
                *cell += weight * value;
            }
        }
    }

    /// Adds `weight · v vᵀ` to the Hessian.
    pub(crate) fn add_square(&mut self, weight: f64, v: &[f64; N]) {
        for (row, left) in self.hessian.iter_mut().zip(v) {
            for (cell, right) in row.iter_mut().zip(v) {
                *cell += weight * left * right;
            }
        }
    }

    /// The derivatives by the logarithms of the parameters: `∂/∂ln θ = θ ∂/∂θ`.
    pub(crate) fn in_logs(mut self, parameters: &[f64; N]) -> Self {
        for (i, (row, left)) in self.hessian.iter_mut().zip(parameters).enumerate() {
            for (j, (cell, right)) in row.iter_mut().zip(parameters).enumerate() {
                *cell *= left * right;
                if i == j {
                    *cell += left * self.gradient.get(i).copied().unwrap_or_default();
                }
            }
        }
        for (slope, parameter) in self.gradient.iter_mut().zip(parameters) {
            *slope *= parameter;
        }
        self
    }
}

/// `ln Σ e^{ℓ_k}` of several branches, with gradient and Hessian, kept at the scale of the largest branch so that nothing
/// overflows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mixture<const N: usize> {
    largest: f64,
    mass: f64,
    /// `Σ w g` and `Σ w (H + g gᵀ)`.
    sums: Moments<N>,
}

impl<const N: usize> Mixture<N> {
    /// No branch yet: the logarithm of zero.
    pub(crate) fn new() -> Self {
        Self { largest: f64::NEG_INFINITY, mass: 0.0, sums: Moments::default() }
    }

    /// Adds one branch `ℓ` with its gradient and Hessian.
    pub(crate) fn branch(&mut self, branch: &Moments<N>) {
        if branch.value > self.largest {
            let shrink = (self.largest - branch.value).exp();
            let shrink = if shrink.is_nan() { 0.0 } else { shrink };
            let mut shrunk = Moments::default();
            shrunk.add(shrink, &self.sums);
            self.sums = shrunk;
            self.mass *= shrink;
            self.largest = branch.value;
        }
        let weight = (branch.value - self.largest).exp();
        self.mass += weight;
        self.sums.add(weight, &Moments { value: 0.0, ..*branch });
        self.sums.add_square(weight, &branch.gradient);
    }

    /// The logarithm of the sum with its derivatives.
    pub(crate) fn finish(&self) -> Moments<N> {
        let mut out = Moments::default();
        out.add(1.0 / self.mass, &self.sums);
        let gradient = out.gradient;
        out.add_square(-1.0, &gradient);
        out.value = self.largest + self.mass.ln();
        out
    }
}
