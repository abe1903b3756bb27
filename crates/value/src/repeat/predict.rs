use super::rates::Rates;
use super::{Repeat, RepeatModel, geometric, pareto};
use crate::Summary;
use crate::numeric::logistic;

impl Repeat {
    /// The chance that this customer has not left for good at the end of observation.
    ///
    /// BG/NBD: FH 2008, `1 / (1 + a/(b+x−1) · ((α+T)/(α+t_x))^{r+x})`. MBG/NBD: BDF 2007, appendix A, eq. (5), the same with
    /// b + x for b + x − 1, for x = 0 too. Pareto/NBD: FH 2005, eq. (36)-(37). Taken as a logistic function of the log-odds, so no history overflows. Under BG/NBD a customer who never
    /// bought again is alive by assumption: the answer is 1.
    #[must_use]
    pub fn p_alive(&self, customer: &Summary) -> f64 {
        let Summary { repeats, last, age, .. } = *customer;
        let odds = match self.model {
            RepeatModel::BgNbd => geometric::log_odds_gone(false, &self.parameters, repeats, last, age),
            RepeatModel::MbgNbd => geometric::log_odds_gone(true, &self.parameters, repeats, last, age),
            RepeatModel::ParetoNbd => pareto::log_odds_gone(&self.parameters, repeats, last, age),
        };
        logistic(-odds)
    }

    /// The purchases expected of this customer within `time` from the end of observation.
    ///
    /// BG/NBD: FHL 2005, eq. (10). MBG/NBD: BDF 2007 with its erratum. Pareto/NBD: FH 2005, eq. (41). All
    /// three are computed as [`discounted_purchases`](Self::discounted_purchases) without a discount.
    #[must_use]
    pub fn expected_purchases(&self, customer: &Summary, time: f64) -> f64 {
        self.discounted_purchases(customer, 0.0, time, 0.0)
    }

    /// The purchases expected of a customer just acquired within `time` of the first purchase, the first not counted.
    ///
    /// BG/NBD: FHL 2005, eq. (9). MBG/NBD: BDF 2007 with its erratum. Pareto/NBD: FH 2005, eq. (27).
    #[must_use]
    pub fn expected_of_new(&self, time: f64) -> f64 {
        self.expected_purchases(&Summary::NEW, time)
    }

    /// Discounted expected residual transactions (DERT, RFM 2005): the purchases expected between `from` and `to` after the
    /// end of observation, each worth `e^{−δ·t}` of a purchase now. `to` may be infinite when δ is above zero.
    ///
    /// `delta` is the continuous rate per unit of time; see [`crate::lifetime::Discount`] for yearly rates.
    ///
    /// For Pareto/NBD this is RFM 2005, eq. (2), whose confluent hypergeometric function is the integral of the discounted
    /// survival curve; for BG/NBD and MBG/NBD the same integral of the rate at which an active customer is expected to buy,
    /// `E[λ e^{−λpt}] = (r+x)/(α+T) · ₂F₁(r+x+1, a; a+b+k; −t/(α+T))`, with k occasions to leave (x, or x+1 for MBG/NBD). That
    /// is the derivative of FHL 2005, eq. (10); integrating the positive rate avoids its singularity at a = 1 and its
    /// overflow for many purchases. Zero for an empty range; NaN where the series does not settle, which
    /// [`crate::lifetime`] turns into an error.
    #[must_use]
    pub fn discounted_purchases(&self, customer: &Summary, from: f64, to: f64, delta: f64) -> f64 {
        self.p_alive(customer) * self.discounted_if_alive(customer, from, to, delta)
    }

    /// The same for a customer known to be active at the end of observation.
    #[must_use]
    pub fn discounted_if_alive(&self, customer: &Summary, from: f64, to: f64, delta: f64) -> f64 {
        self.discounted_with(&Rates::default(), customer, (from, to), delta)
    }

    /// The same with tables that many customers share.
    pub(crate) fn discounted_with(&self, rates: &Rates, customer: &Summary, range: (f64, f64), delta: f64) -> f64 {
        if self.model != RepeatModel::ParetoNbd {
            return rates.expected(self, customer, range, delta);
        }
        rates.expected_by_survival(self, customer, range, delta)
    }

    /// P(alive) of one customer at each of `times` (since the first purchase), given when the repeat purchases were.
    ///
    /// `repeats` and `times` are in the same unit as the fit; purchases after a time are not known at that time.
    #[must_use]
    pub fn p_alive_over_time(&self, repeats: &[f64], times: &[f64]) -> Vec<f64> {
        times
            .iter()
            .map(|&age| {
                let known = repeats.iter().filter(|&&time| time <= age);
                let last = known.clone().fold(0.0, |latest: f64, &time| latest.max(time));
                let repeats = u32::try_from(known.count()).unwrap_or(u32::MAX);
                self.p_alive(&Summary { repeats, last, age, spend: 0.0 })
            })
            .collect()
    }
}
