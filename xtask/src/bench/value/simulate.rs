//! Customers of a BG/NBD and Gamma-Gamma population like CDNOW's, the same every time.

use anyhow::{Context, Result};
use makegood_value::Summary;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Beta, Distribution as _, Exp1, Gamma};

/// So many customers, each observed day by day for one to two years, in weeks and dollars.
pub(super) fn customers(count: usize) -> Result<Vec<Summary>> {
    let mut dice = Dice::new().context("the parameters are sound")?;
    Ok((0..count).map(|_| dice.customer()).collect())
}

struct Dice {
    rng: StdRng,
    rates: Gamma<f64>,
    leaving: Beta<f64>,
    spends: Gamma<f64>,
}

impl Dice {
    /// The parameters of CDNOW (Fader, Hardie & Lee 2005; Fader & Hardie 2013).
    fn new() -> Option<Self> {
        Some(Self {
            rng: StdRng::seed_from_u64(1),
            rates: Gamma::new(0.243, 1.0 / 4.414).ok()?,
            leaving: Beta::new(0.793, 2.426).ok()?,
            spends: Gamma::new(3.74, 1.0 / 15.44).ok()?,
        })
    }

    fn customer(&mut self) -> Summary {
        let rng = &mut self.rng;
        let (rate, chance): (f64, f64) = (self.rates.sample(rng), self.leaving.sample(rng));
        let age = f64::from(rng.random_range(365..730)) / 7.0;
        let (mut repeats, mut last, mut now) = (0_u32, 0.0, 0.0);
        loop {
            let wait: f64 = Exp1.sample(rng);
            now += wait / rate.max(1e-300);
            // Purchases of one day count as one.
            let day = (now * 7.0).ceil() / 7.0;
            if day > age {
                break;
            }
            if day > last {
                (repeats, last) = (repeats.saturating_add(1), day);
            }
            if rng.random::<f64>() < chance {
                break;
            }
        }
        let mean = self.spends.sample(rng);
        let shape = 6.25 * f64::from(repeats.max(1));
        let spend = Gamma::new(shape, 6.25 / (mean * shape)).map_or(0.0, |spend| spend.sample(rng));
        Summary { repeats, last, age, spend: if repeats == 0 { 0.0 } else { spend } }
    }
}
