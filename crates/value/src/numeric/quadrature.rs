/// Positive nodes and their weights of the 12-point Gauss-Legendre rule on `[-1, 1]` (Abramowitz & Stegun, table 25.4).
const NODES: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_23),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
];

/// Calls `visit(node, weight)` for the 12 Gauss-Legendre nodes of `[from, to]`; the weights sum to `to − from`.
///
/// Exact for polynomials up to degree 23. Callers keep the interval short enough for their integrand.
#[inline]
pub(crate) fn gauss(from: f64, to: f64, mut visit: impl FnMut(f64, f64)) {
    let half = 0.5 * (to - from);
    let middle = 0.5 * (to + from);
    for (node, weight) in NODES {
        visit(middle - half * node, half * weight);
        visit(middle + half * node, half * weight);
    }
}

/// Barycentric weights of the nodes in the order in which [`gauss`] visits them: `(−1)^j √((1 − x²) w)` (Wang & Xiang,
/// *Mathematics of Computation* 81, 2012, theorem 3.1).
fn barycentric() -> [(f64, f64); 12] {
    let mut all = [(0.0, 0.0); 12];
    for (pair, (position, (node, weight))) in all.chunks_exact_mut(2).zip(NODES.iter().enumerate()) {
        let size = ((1.0 - node * node) * weight).sqrt();
        // Counted from the middle outward the signs alternate, and mirror nodes have opposite ones.
        let sign = if position % 2 == 0 { size } else { -size };
        if let [left, right] = pair {
            *left = (-node, -sign);
            *right = (*node, sign);
        }
    }
    all
}

/// The polynomial through `values` at the twelve nodes on `[-1, 1]`, in the order of [`gauss`], at `x`.
pub(crate) fn interpolate(values: &[f64; 12], x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for ((node, weight), value) in barycentric().into_iter().zip(values) {
        let distance = x - node;
        if distance == 0.0 {
            return *value;
        }
        above += weight / distance * value;
        below += weight / distance;
    }
    above / below
}

/// `∫ e^{−δt} f(t) dt` over `[from, to]` for an `f` that is analytic in `ln(scale + t)` and decays like a power with
/// about the exponent `decay`.
///
/// The integral is taken in `u = ln(1 + t/scale)`, where such a function has its nearest singularity at distance π from the
/// real axis, so twelve nodes on panels of at most unit length, over which neither
/// factor falls by much more than e^-8, give about twelve digits. Beyond `δ(t − from) = 40` nothing
/// is left that a double could hold.
pub(crate) fn discounted(scale: f64, decay: f64, from: f64, to: f64, delta: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let end = if delta > 0.0 { to.min(from + 40.0 / delta) } else { to };
    // An empty or an undefined range both hold nothing.
    if end.partial_cmp(&from) != Some(std::cmp::Ordering::Greater) {
        return 0.0;
    }
    let high = (end / scale).ln_1p();
    let mut left = (from / scale).ln_1p();
    let mut sum = 0.0;
    for _ in 0..MAX_PANELS {
        let start = scale * left.exp_m1();
        let fading = (8.0 + 0.5 * delta * (start - from)) / (delta * (scale + start));
        let right = (left + (8.0 / decay).min(fading.ln_1p()).min(1.0)).min(high);
        gauss(left, right, |u, weight| {
            let t = scale * u.exp_m1();
            sum += weight * (-delta * t).exp() * (scale + t) * f(t);
        });
        if right >= high {
            return sum;
        }
        left = right;
    }
    f64::NAN
}

/// More panels than any horizon needs: the range is logarithmic.
const MAX_PANELS: usize = 4_096;
