//! Data shared by the tests.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand_distr::{Beta, Distribution as _, Exp1, Gamma};

use crate::Summary;
use crate::repeat::{Repeat, RepeatModel};

/// The 2,357 CDNOW customers as used in the literature, in weeks and dollars.
pub(crate) fn cdnow() -> Vec<Summary> {
    include_str!("../tests/data/cdnow_summary.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cell: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
            Summary { repeats: cell[1] as u32, last: cell[2], age: cell[3], spend: cell[4] }
        })
        .collect()
}

/// Customers of a known model, each observed for between half and all of `longest` periods.
pub(crate) fn simulate(truth: &Repeat, customers: usize, longest: f64, rng: &mut StdRng) -> Vec<Summary> {
    let [r, alpha, third, fourth] = truth.parameters();
    let gamma = |shape: f64, rate: f64| Gamma::new(shape, 1.0 / rate).expect("a gamma distribution");
    let (rates, lives) = (gamma(r, alpha), gamma(third, fourth));
    let leaving = Beta::new(third, fourth).expect("a beta distribution");
    let unit = Exp1;
    let mut draw = || {
        let rate = rates.sample(rng).max(1e-300);
        let age = longest * (0.5 + 0.5 * rng.random::<f64>());
        let (mut life, mut chance) = (f64::INFINITY, 0.0);
        match truth.model() {
            RepeatModel::ParetoNbd => {
                let exponential: f64 = unit.sample(rng);
                life = exponential / lives.sample(rng).max(1e-300);
            }
            RepeatModel::BgNbd | RepeatModel::MbgNbd => chance = leaving.sample(rng),
        }
        let mut customer = Summary { repeats: 0, last: 0.0, age, spend: 0.0 };
        let mut gone = truth.model() == RepeatModel::MbgNbd && rng.random::<f64>() < chance;
        while !gone {
            let wait: f64 = unit.sample(rng);
            let next = customer.last + wait / rate;
            if next > age.min(life) {
                break;
            }
            (customer.repeats, customer.last) = (customer.repeats + 1, next);
            gone = rng.random::<f64>() < chance;
        }
        customer
    };
    (0..customers).map(|_| draw()).collect()
}
