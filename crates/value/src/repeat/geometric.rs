//! The likelihood of the two models in which customers leave after a purchase: BG/NBD and MBG/NBD.

use super::rows::Row;
use crate::numeric::moments::Moments;
use crate::numeric::rising::{Rising, rising};
use crate::numeric::{logistic, softplus};

/// How many occasions to leave x repeat purchases have passed: x, or x + 1 where the first purchase is one too.
pub(super) fn occasions(at_first: bool, x: u32) -> u32 {
    x.saturating_add(u32::from(at_first))
}

/// The log-odds of having left at the last purchase against still being here.
///
/// `a/(b+k−1) · ((α+T)/(α+t_x))^{r+x}` for k occasions to leave: FH 2008 (BG/NBD), and BDF 2007, appendix A, eq. (5). `−∞` where leaving was not possible.
pub(super) fn log_odds_gone(at_first: bool, parameters: &[f64; 4], x: u32, t_x: f64, t: f64) -> f64 {
    let [r, alpha, a, b] = *parameters;
    let occasions = occasions(at_first, x);
    if occasions == 0 {
        return f64::NEG_INFINITY;
    }
    (a / (b + f64::from(occasions) - 1.0)).ln() + (r + f64::from(x)) * ((t - t_x) / (alpha + t_x)).ln_1p()
}

/// What all rows with the same x share.
struct Shared {
    /// `r + x`.
    power: f64,
    /// `ln (r)_x`, `ln (b)_k`, `ln (a+b)_k` for k occasions to leave.
    buying: Rising,
    staying: Rising,
    any: Rising,
    /// `b + k − 1` and whether leaving was possible.
    denominator: f64,
    possible: bool,
    log_ratio: f64,
}

impl Shared {
    fn of(at_first: bool, parameters: &[f64; 4], x: u32) -> Self {
        let [r, _, a, b] = *parameters;
        let occasions = occasions(at_first, x);
        // Where leaving was not possible nothing is multiplied by it but zero.
        let denominator = if occasions > 0 { b + f64::from(occasions) - 1.0 } else { 1.0 };
        Self {
            power: r + f64::from(x),
            buying: rising(r, x),
            staying: rising(b, occasions),
            any: rising(a + b, occasions),
            denominator,
            possible: occasions > 0,
            log_ratio: (a / denominator).ln(),
        }
    }
}

/// Sums over the rows of one x that the derivatives are made of.
#[derive(Default)]
struct Sums {
    count: f64,
    value: f64,
    /// The chance of having left, and its variance.
    gone: f64,
    spread: f64,
    by_r: f64,
    by_alpha: f64,
    r_r: f64,
    r_alpha: f64,
    alpha_alpha: f64,
    /// The spread times the derivatives of the log-odds, which cross with those by a and b.
    cross_r: f64,
    cross_alpha: f64,
}

impl Sums {
    /// Adds one row. With `A₃ = −(r+x) ln(α+T)` and `d` the log-odds of having left, its log-likelihood is
    /// `A₃ + ln(1 + e^d)` besides what all rows of this x share (FHL 2005, eq. 6, as arranged in its section 7).
    #[inline]
    fn row(&mut self, shared: &Shared, alpha: f64, row: &Row) {
        let count = f64::from(row.count);
        let (power, now) = (shared.power, alpha + row.t);
        let (log_now, now_inverse) = (now.ln(), 1.0 / now);
        let mut value = -power * log_now;
        let mut by_r = -log_now;
        let mut by_alpha = -power * now_inverse;
        let mut r_alpha = -now_inverse;
        let mut alpha_alpha = power * now_inverse * now_inverse;
        if shared.possible {
            let then = alpha + row.t_x;
            let then_inverse = 1.0 / then;
            let (odds_r, inverses) = (log_now - then.ln(), now_inverse - then_inverse);
            let (odds, odds_alpha) = (shared.log_ratio + power * odds_r, power * inverses);
            let gone = logistic(odds);
            let spread = gone * (1.0 - gone);
            value += softplus(odds);
            by_r += gone * odds_r;
            by_alpha += gone * odds_alpha;
            r_alpha += gone * inverses + spread * odds_r * odds_alpha;
            alpha_alpha += spread * odds_alpha * odds_alpha - gone * odds_alpha * (now_inverse + then_inverse);
            self.r_r += count * spread * odds_r * odds_r;
            self.gone += count * gone;
            self.spread += count * spread;
            self.cross_r += count * spread * odds_r;
            self.cross_alpha += count * spread * odds_alpha;
        }
        self.count += count;
        self.value += count * value;
        self.by_r += count * by_r;
        self.by_alpha += count * by_alpha;
        self.r_alpha += count * r_alpha;
        self.alpha_alpha += count * alpha_alpha;
    }

    /// The run's log-likelihood with its derivatives by r, α, a and b.
    fn finish(&self, shared: &Shared, parameters: &[f64; 4]) -> Moments<4> {
        let [r, alpha, a, _] = *parameters;
        let Shared { buying, staying, any, .. } = shared;
        let n = self.count;
        let (odds_a, odds_b) = (1.0 / a, -1.0 / shared.denominator);
        let value = n * (buying.value + r * alpha.ln() + staying.value - any.value) + self.value;
        let gradient = [
            n * (buying.first + alpha.ln()) + self.by_r,
            n * r / alpha + self.by_alpha,
            self.gone * odds_a - n * any.first,
            n * (staying.first - any.first) + self.gone * odds_b,
        ];
        let r_alpha = n / alpha + self.r_alpha;
        let a_b = self.spread * odds_a * odds_b - n * any.second;
        let hessian = [
            [n * buying.second + self.r_r, r_alpha, self.cross_r * odds_a, self.cross_r * odds_b],
            [r_alpha, self.alpha_alpha - n * r / (alpha * alpha), self.cross_alpha * odds_a, self.cross_alpha * odds_b],
            [
                self.cross_r * odds_a,
                self.cross_alpha * odds_a,
                (self.spread - self.gone) * odds_a * odds_a - n * any.second,
                a_b,
            ],
            [
                self.cross_r * odds_b,
                self.cross_alpha * odds_b,
                a_b,
                (self.spread + self.gone) * odds_b * odds_b + n * (staying.second - any.second),
            ],
        ];
        Moments { value, gradient, hessian }
    }
}

/// The log-likelihood of rows sorted by x, with derivatives by r, α, a and b.
pub(super) fn moments(at_first: bool, parameters: &[f64; 4], rows: &[Row]) -> Moments<4> {
    let [_, alpha, ..] = *parameters;
    let mut total = Moments::default();
    for run in rows.chunk_by(|left, right| left.x == right.x) {
        let Some(first) = run.first() else { continue };
        let shared = Shared::of(at_first, parameters, first.x);
        let mut sums = Sums::default();
        for row in run {
            sums.row(&shared, alpha, row);
        }
        total.add(1.0, &sums.finish(&shared, parameters));
    }
    total
}
