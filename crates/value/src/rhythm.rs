//! A party's silence against the party's own rhythm: is it still a customer?
//!
//! The usual time between two purchases is that of the party itself, drawn towards everybody's as far as little is known of
//! it: with x repeat purchases in t_x the purchase rate has the mean `(r+x)/(α+t_x)` (the posterior of a gamma distribution of
//! rates, Fader, Hardie & Lee 2005, sect. 4), and the usual time is its inverse. A silence of three months means nothing of one
//! who comes once a year and much of one who came every week; P(alive) is the model's measure of that.
//!
//! Which party counts as lost is decided here and nowhere else, by [`Rhythm::is_lost`].

use serde::{Deserialize, Serialize};

use crate::repeat::Repeat;
use crate::{Summary, ValueError};

/// How a party's silence compares with its own rhythm, in the fit's unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// The usual time between two purchases of this party.
    pub usual: f64,
    /// How long it has been silent.
    pub silent: f64,
    /// How many of its usual times that is.
    pub times: f64,
    /// The chance that it is still a customer.
    pub p_alive: f64,
}

impl Rhythm {
    /// The rhythm of a party with this history.
    #[must_use]
    pub fn of(repeat: &Repeat, customer: &Summary) -> Self {
        let [r, alpha, _, _] = repeat.parameters();
        let usual = (alpha + customer.last) / (r + f64::from(customer.repeats));
        let silent = customer.age - customer.last;
        Self { usual, silent, times: silent / usual, p_alive: repeat.p_alive(customer) }
    }

    /// True when the chance that the party is still a customer is below `threshold`.
    #[must_use]
    pub fn is_lost(&self, threshold: f64) -> bool {
        self.p_alive < threshold
    }
}

/// Refuses a threshold under which nobody or everybody is lost.
///
/// # Errors
/// [`ValueError::Argument`] unless it lies between 0 and 1.
pub fn check_threshold(threshold: f64) -> Result<f64, ValueError> {
    if threshold > 0.0 && threshold < 1.0 {
        return Ok(threshold);
    }
    let rule = "it must lie between 0 and 1, such as 0.5";
    Err(ValueError::Argument { name: "the chance below which a party is lost", value: threshold, rule })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeat::RepeatModel;

    fn model() -> Repeat {
        Repeat::new(RepeatModel::ParetoNbd, [0.553, 10.578, 0.606, 11.669]).expect("valid parameters")
    }

    #[test]
    fn the_same_silence_means_more_of_one_who_came_often() {
        let silence = |repeats, last| Rhythm::of(&model(), &Summary { repeats, last, age: last + 12.0, spend: 0.0 });
        let (weekly, rarely) = (silence(30, 30.0), silence(2, 30.0));
        assert!((weekly.silent - 12.0).abs() < 1e-12 && (rarely.silent - 12.0).abs() < 1e-12);
        assert!((weekly.usual - (10.578 + 30.0) / 30.553).abs() < 1e-12);
        assert!(weekly.times > 8.0 && rarely.times < 1.0, "{weekly:?} {rarely:?}");
        assert!(weekly.is_lost(0.5) && !rarely.is_lost(0.5), "{weekly:?} {rarely:?}");
    }

    #[test]
    fn a_party_just_heard_of_is_not_lost() {
        for customer in [Summary::NEW, Summary { repeats: 4, last: 9.0, age: 9.0, spend: 1.0 }] {
            let rhythm = Rhythm::of(&model(), &customer);
            assert_eq!((rhythm.silent, rhythm.times), (0.0, 0.0));
            assert!(!rhythm.is_lost(0.99), "{rhythm:?}");
        }
    }

    #[test]
    fn thresholds_lie_between_nothing_and_the_whole() {
        assert_eq!(check_threshold(0.5), Ok(0.5));
        for bad in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
            assert!(check_threshold(bad).is_err(), "{bad}");
        }
    }
}
