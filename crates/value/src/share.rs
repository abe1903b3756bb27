//! A share and how sure one may be of it, and the difference between two.
//!
//! Jeffreys' interval (L. Brown, T. Cai, A. DasGupta, *Interval Estimation for a Binomial Proportion*, Statistical Science 16
//! (2001), section 4.1.2): the 2.5 % and 97.5 % points of Beta(k + ½, n − k + ½), with 0 below for k = 0 and 1 above for k = n.
//! The difference takes the two intervals together (G. Y. Zou, A. Donner, *Construction of confidence limits about effect
//! measures: a general approach*, Statistics in Medicine 27 (2008), equation 2).

use special::Beta;

/// So many of so many, as a share between 0 and 1, with the interval that holds it 95 times in 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many …
    pub count: u64,
    /// … of how many.
    pub of: u64,
    /// The share found.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The difference of two shares, with the interval that holds it 95 times in 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// One less the other.
    pub difference: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What is left out on either side.
const TAIL: f64 = 0.025;

impl Share {
    /// `count` of `of`; `None` of none, or where there are more than all.
    #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^53")]
    pub fn new(count: u64, of: u64) -> Option<Self> {
        if of == 0 || count > of {
            return None;
        }
        let (successes, all) = (count as f64, of as f64);
        let (p, q) = (successes + 0.5, all - successes + 0.5);
        let ln_beta = p.ln_beta(q);
        let low = if count == 0 { 0.0 } else { TAIL.inv_inc_beta(p, q, ln_beta) };
        let high = if count == of { 1.0 } else { (1.0 - TAIL).inv_inc_beta(p, q, ln_beta) };
        Some(Self { count, of, share: successes / all, low, high })
    }

    /// This share less `other`.
    #[must_use]
    pub fn less(&self, other: &Self) -> Difference {
        let difference = self.share - other.share;
        let below = (self.share - self.low).hypot(other.high - other.share);
        let above = (self.high - self.share).hypot(other.share - other.low);
        Difference { difference, low: (difference - below).max(-1.0), high: (difference + above).min(1.0) }
    }
}

#[cfg(test)]
mod tests;
