//! Measures fitting and scoring on simulated customers: `cargo run --release -p makegood-value --example measure [customers] [fit]`.
#![expect(clippy::disallowed_methods, reason = "this program measures")]
#![expect(clippy::unwrap_used, reason = "a failure ends the measurement")]

use std::time::Instant;

use makegood_value::lifetime::{Discount, Terms, score_all};
use makegood_value::repeat::{FitOptions, RepeatModel, fit};
use makegood_value::{Summary, gamma_gamma};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Beta, Distribution as _, Exp1, Gamma};

/// Customers of a BG/NBD and Gamma-Gamma population like CDNOW's, observed day by day for one to two years.
fn simulate(customers: usize) -> Vec<Summary> {
    let mut rng = StdRng::seed_from_u64(1);
    let (rates, leaving) = (Gamma::new(0.243, 1.0 / 4.414).unwrap(), Beta::new(0.793, 2.426).unwrap());
    let spends = Gamma::new(3.74, 1.0 / 15.44).unwrap();
    let mut draw = || {
        let (rate, chance): (f64, f64) = (rates.sample(&mut rng), leaving.sample(&mut rng));
        let age = f64::from(rng.random_range(365..730)) / 7.0;
        let (mut repeats, mut last, mut now) = (0, 0.0, 0.0);
        loop {
            let wait: f64 = Exp1.sample(&mut rng);
            now += wait / rate.max(1e-300);
            let day = (now * 7.0).ceil() / 7.0;
            if day > age {
                break;
            }
            if day > last {
                (repeats, last) = (repeats + 1, day);
            }
            if rng.random::<f64>() < chance {
                break;
            }
        }
        let mean = spends.sample(&mut rng);
        let shape = 6.25 * f64::from(repeats.max(1));
        let spend =
            if repeats == 0 { 0.0 } else { Gamma::new(shape, 1.0 / (mean * shape / 6.25)).unwrap().sample(&mut rng) };
        Summary { repeats, last, age, spend }
    };
    (0..customers).map(|_| draw()).collect()
}

fn cdnow() -> Vec<Summary> {
    let cells = |line: &str| line.split(',').map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>();
    let lines = include_str!("../tests/data/cdnow_summary.csv").lines().skip(1);
    lines
        .map(cells)
        .map(|cell| Summary { repeats: cell[1] as u32, last: cell[2], age: cell[3], spend: cell[4] })
        .collect()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}

fn measure(name: &str, customers: &[Summary], threads: usize) {
    let options = FitOptions { threads, ..FitOptions::default() };
    let repeat = timed(&format!("{name}: BG/NBD"), || fit(RepeatModel::BgNbd, customers, options).unwrap());
    println!("  {:?} {} iterations, {} histories", repeat.repeat.parameters(), repeat.iterations, repeat.histories);
    let spend = timed(&format!("{name}: Gamma-Gamma"), || gamma_gamma::fit(customers, options).unwrap());
    println!("  {:?} {} iterations", spend.gamma_gamma.parameters(), spend.iterations);
    if std::env::args().nth(2).is_some() {
        return;
    }
    for model in [RepeatModel::MbgNbd, RepeatModel::ParetoNbd] {
        let found = timed(&format!("{name}: {model}"), || fit(model, customers, options));
        println!("  {:?}", found.map(|fit| (fit.repeat.parameters(), fit.iterations)));
    }
    for horizon in [52.0, f64::INFINITY] {
        let discount = Discount::yearly(0.1, 52.18).unwrap();
        let terms = Terms { discount, horizon, margin: 0.3, cost_per_purchase: 0.0 };
        let scores = timed(&format!("{name}: scoring, horizon {horizon}"), || {
            score_all(&repeat.repeat, &spend.gamma_gamma, customers, &terms, threads).unwrap()
        });
        println!("  total value {:.2}", scores.iter().map(|score| score.value).sum::<f64>());
    }
}

fn main() {
    let customers: usize = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().unwrap());
    let small = cdnow();
    for _ in 0..3 {
        measure("CDNOW", &small, 1);
    }
    let many = timed("simulating", || simulate(customers));
    measure(&format!("{customers} customers, 1 thread"), &many, 1);
    measure(&format!("{customers} customers, 2 threads"), &many, 2);
}
