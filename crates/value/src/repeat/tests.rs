use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::rows::Row;
use super::*;
use crate::testing::{cdnow, simulate};
use crate::{Fault, ValueError};

const MODELS: [RepeatModel; 3] = [RepeatModel::BgNbd, RepeatModel::MbgNbd, RepeatModel::ParetoNbd];

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: found {found}, expected {expected} ± {tolerance}");
}

fn customer(repeats: u32, last: f64, age: f64) -> Summary {
    Summary { repeats, last, age, spend: 0.0 }
}

/// Parameters like those of CDNOW.
fn typical(model: RepeatModel) -> Repeat {
    let parameters = match model {
        RepeatModel::BgNbd => [0.243, 4.414, 0.793, 2.426],
        RepeatModel::MbgNbd => [0.525, 6.183, 0.891, 1.614],
        RepeatModel::ParetoNbd => [0.553, 10.578, 0.606, 11.669],
    };
    Repeat::new(model, parameters).expect("valid parameters")
}

/// The published figures of the three models on the 2,357 CDNOW customers.
#[test]
fn cdnow_gives_the_published_parameters() {
    // BG/NBD and Pareto/NBD: FHL 2005, table 2 (their β of 11.669 is 11.6679 at the exact maximum). MBG/NBD: `lifetimes` 0.11.3.
    for (model, parameters, log_likelihood) in [
        (RepeatModel::BgNbd, [0.243, 4.414, 0.793, 2.426], -9582.4),
        (RepeatModel::ParetoNbd, [0.553, 10.578, 0.606, 11.669], -9595.0),
        (RepeatModel::MbgNbd, [0.525, 6.183, 0.891, 1.614], -9582.13),
    ] {
        let fit = fit(model, &cdnow(), FitOptions::default()).expect("a fit");
        for ((found, expected), name) in
            fit.repeat.parameters().into_iter().zip(parameters).zip(model.parameter_names())
        {
            near(found, expected, 0.0015, &format!("{model} {name}"));
        }
        near(fit.log_likelihood, log_likelihood, 0.05, model.name());
        assert_eq!(fit.customers, 2357);
        assert!(fit.warnings.is_empty(), "{:?}", fit.warnings);
        let each: f64 = cdnow().iter().map(|customer| fit.repeat.log_likelihood(customer)).sum();
        near(each, fit.log_likelihood, 1e-6, "the sum over customers");
    }
}

#[test]
fn standard_errors_agree_with_lifetimes() {
    for (model, expected) in [
        (RepeatModel::BgNbd, [0.012_557_3, 0.378_221_5, 0.185_719_1, 0.705_345_3]),
        (RepeatModel::MbgNbd, [0.083_263_9, 0.695_597_2, 0.154_785_3, 0.537_472_4]),
    ] {
        let fit = fit(model, &cdnow(), FitOptions::default()).expect("a fit");
        for (found, expected) in fit.standard_errors.into_iter().zip(expected) {
            near(found / expected, 1.0, 0.01, model.name());
        }
    }
}

/// Reference values by mpmath (50 digits) from the closed forms of the papers: log-likelihood, P(alive), purchases expected
/// in 52 periods; and DERT at δ = 0.0027: for Pareto/NBD over all of the future by Tricomi's function (RFM 2005, eq. 2), for
/// the others over 200 periods by Gauss quadrature over the two mixing distributions.
#[test]
fn one_customer_agrees_with_the_closed_forms() {
    for line in include_str!("../../tests/data/repeat_reference.csv").lines().skip(1) {
        let (name, figures) = line.split_once(',').expect("a model");
        let model = MODELS.into_iter().find(|model| format!("{model:?}") == name).expect("a known model");
        let figures: Vec<f64> = figures.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
        let &[x, t_x, t, log_likelihood, p_alive, purchases, residual] = figures.as_slice() else { panic!("{line}") };
        let (repeat, customer) = (typical(model), customer(x as u32, t_x, t));
        let what = format!("{model} {customer:?}");
        near(repeat.log_likelihood(&customer) / log_likelihood, 1.0, 1e-12, &what);
        near(repeat.p_alive(&customer) / p_alive, 1.0, 1e-10, &what);
        near(repeat.expected_purchases(&customer, 52.0) / purchases, 1.0, 1e-9, &what);
        if !residual.is_nan() {
            let horizon = if model == RepeatModel::ParetoNbd { f64::INFINITY } else { 200.0 };
            near(repeat.discounted_purchases(&customer, 0.0, horizon, 0.0027) / residual, 1.0, 1e-7, &what);
        }
    }
}

/// Figures printed in the walk-through of the R package BTYD for its CDNOW customer 1516 (x = 26, t_x = 30.86, T = 31).
#[test]
fn customer_1516_is_forecast_as_published() {
    for (model, purchases, p_alive) in [(RepeatModel::BgNbd, 25.76, 0.9689), (RepeatModel::ParetoNbd, 25.46, 0.9979)] {
        let best = customer(26, 30.86, 31.0);
        near(typical(model).expected_purchases(&best, 52.0), purchases, 0.006, model.name());
        near(typical(model).p_alive(&best), p_alive, 0.0001, model.name());
    }
}

#[test]
fn gradients_and_hessians_are_those_of_the_likelihood() {
    let rows: Vec<Row> = [(0, 0.0, 38.86), (1, 1.7, 38.0), (3, 12.0, 20.0), (3, 20.0, 20.0), (26, 30.86, 31.0)]
        .map(|(x, t_x, t)| Row { x, count: x + 1, t_x, t })
        .to_vec();
    for model in MODELS {
        let at = typical(model).parameters();
        let exact = model.moments(&at, &rows);
        for i in 0..4 {
            let step = at[i] * 1e-5;
            let moved = |sign: f64| {
                let mut moved = at;
                moved[i] += sign * step;
                model.moments(&moved, &rows)
            };
            let (up, down) = (moved(1.0), moved(-1.0));
            let slope = (up.value - down.value) / (2.0 * step);
            near(exact.gradient[i], slope, 1e-5 * slope.abs().max(1.0), &format!("{model} gradient {i}"));
            for j in 0..4 {
                let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                near(exact.hessian[i][j], curve, 1e-5 * curve.abs().max(1.0), &format!("{model} hessian {i} {j}"));
            }
        }
    }
}

#[test]
fn extreme_histories_and_parameters_give_numbers() {
    let histories = [
        customer(0, 0.0, 1e-9),
        customer(0, 0.0, 1e6),
        customer(100_000, 52.0, 52.0),
        customer(100_000, 1e-3, 52.0),
        customer(5_000_000, 51.9, 52.0),
        customer(1, 1e-9, 1e4),
    ];
    let shapes = [1e-5, 0.05, 1.0, 500.0];
    for model in MODELS {
        for first in [1e-5, 1.0, 500.0] {
            for third in shapes {
                let repeat = Repeat::new(model, [first, 1.0 / first, third, 1.0]).expect("valid parameters");
                for customer in &histories {
                    let what = format!("{repeat:?} {customer:?}");
                    assert!(repeat.log_likelihood(customer).is_finite(), "{what}");
                    let p_alive = repeat.p_alive(customer);
                    assert!((0.0..=1.0).contains(&p_alive), "{what} {p_alive}");
                    let expected = repeat.discounted_purchases(customer, 0.0, 52.0, 0.002);
                    let most = (first + f64::from(customer.repeats)) / (1.0 / first + customer.age) * 52.0;
                    assert!((0.0..=most * 1.000_001).contains(&expected), "{what} {expected}");
                }
            }
        }
    }
}

#[test]
fn a_purchase_just_now_means_alive_where_leaving_takes_time() {
    near(typical(RepeatModel::ParetoNbd).p_alive(&customer(3, 10.0, 10.0)), 1.0, 0.0, "T = t_x");
    near(typical(RepeatModel::BgNbd).p_alive(&customer(0, 0.0, 10.0)), 1.0, 0.0, "no repeat purchase");
}

#[test]
fn horizons_add_up_and_discounts_reduce() {
    for model in MODELS {
        let (repeat, customer) = (typical(model), customer(4, 20.0, 30.0));
        let whole = repeat.discounted_purchases(&customer, 0.0, 80.0, 0.01);
        let parts = repeat.discounted_purchases(&customer, 0.0, 30.0, 0.01)
            + repeat.discounted_purchases(&customer, 30.0, 80.0, 0.01);
        near(parts / whole, 1.0, 1e-9, model.name());
        assert!(whole < repeat.expected_purchases(&customer, 80.0));
        near(repeat.discounted_purchases(&customer, 5.0, 5.0, 0.01), 0.0, 0.0, "an empty range");
    }
}

#[test]
fn p_alive_falls_while_silent_and_rises_with_a_purchase() {
    for model in MODELS {
        let chances = typical(model).p_alive_over_time(&[2.0, 4.0, 20.0], &[4.0, 12.0, 19.9, 20.1]);
        assert!(chances[0] > chances[1] && chances[1] > chances[2] && chances[3] > chances[2], "{model} {chances:?}");
    }
}

#[test]
fn neither_order_nor_threads_change_a_fit() {
    let customers = cdnow();
    let mut turned = customers.clone();
    turned.reverse();
    for model in MODELS {
        let one = fit(model, &customers, FitOptions::default()).expect("a fit");
        let many = fit(model, &turned, FitOptions { threads: 4, ..FitOptions::default() }).expect("a fit");
        assert_eq!(one.repeat, many.repeat, "{model}");
        assert_eq!(one.standard_errors, many.standard_errors, "{model}");
    }
}

#[test]
fn the_unit_of_time_does_not_matter() {
    let days: Vec<Summary> =
        cdnow().into_iter().map(|row| Summary { last: row.last * 7.0, age: row.age * 7.0, ..row }).collect();
    for model in MODELS {
        let weeks = fit(model, &cdnow(), FitOptions::default()).expect("a fit").repeat.parameters();
        let days = fit(model, &days, FitOptions::default()).expect("a fit").repeat.parameters();
        let beta = if model == RepeatModel::ParetoNbd { 7.0 } else { 1.0 };
        for ((week, day), factor) in weeks.into_iter().zip(days).zip([1.0, 7.0, 1.0, beta]) {
            near(day / week / factor, 1.0, 1e-4, model.name());
        }
    }
}

#[test]
fn parameters_of_simulated_customers_are_recovered() {
    for model in MODELS {
        let truth = typical(model);
        let customers = simulate(&truth, 5_000, 52.0, &mut StdRng::seed_from_u64(7));
        let fit = fit(model, &customers, FitOptions { threads: 2, ..FitOptions::default() }).expect("a fit");
        let found = fit.repeat.parameters().into_iter().zip(truth.parameters()).zip(fit.standard_errors);
        for (((found, truth), error), name) in found.zip(model.parameter_names()) {
            near(found, truth, 3.5 * error, &format!("{model} {name}"));
        }
    }
}

#[test]
fn the_effect_of_covariates_is_recovered() {
    let mut rng = StdRng::seed_from_u64(11);
    for model in MODELS {
        let base = typical(model).parameters();
        let (mut customers, mut values) = (Vec::new(), Vec::new());
        for group in [0.0, 1.0] {
            let mut parameters = base;
            parameters[1] *= f64::exp(-0.6 * group);
            parameters[3] *= f64::exp(0.5 * group);
            let truth = Repeat::new(model, parameters).expect("valid parameters");
            customers.extend(simulate(&truth, 3_000, 52.0, &mut rng));
            values.extend(std::iter::repeat_n(group, 3_000));
        }
        let covariates = Covariates { names: vec!["member".to_owned()], values };
        let fit =
            fit_with_covariates(model, &customers, &covariates, &covariates, FitOptions::default()).expect("a fit");
        for effect in &fit.effects {
            let truth = match effect.parameter.as_str() {
                "alpha" => -0.6,
                "a" => 0.0,
                _ => 0.5,
            };
            near(effect.coefficient, truth, 3.5 * effect.standard_error, &format!("{model} {effect:?}"));
        }
        let member = fit.for_customer(&[1.0], &[1.0]).expect("a model").parameters();
        let plain = fit.for_customer(&[0.0], &[0.0]).expect("a model").parameters();
        near(member[1] / plain[1], fit.effects[0].coefficient.exp(), 1e-12, "alpha of a member");
        assert!(matches!(fit.for_customer(&[], &[1.0]), Err(ValueError::Lengths { expected: 1, found: 0, .. })));
    }
}

#[test]
fn bad_rows_are_named() {
    let fine = customer(1, 2.0, 3.0);
    for (row, fault) in [
        (customer(1, f64::NAN, 3.0), Fault::NotANumber { field: "the time of the last purchase" }),
        (customer(1, 2.0, f64::INFINITY), Fault::NotANumber { field: "the age" }),
        (customer(0, 0.0, -1.0), Fault::Negative { field: "the age", value: -1.0 }),
        (customer(1, 4.0, 3.0), Fault::LastAfterAge { last: 4.0, age: 3.0 }),
        (customer(0, 1.0, 3.0), Fault::LastWithoutRepeat { last: 1.0 }),
        (customer(2, 0.0, 3.0), Fault::RepeatWithoutLast { repeats: 2 }),
        (customer(0, 0.0, 0.0), Fault::NoAge),
    ] {
        match fit(RepeatModel::BgNbd, &[fine, fine, row], FitOptions::default()) {
            Err(ValueError::BadRows(bad)) => assert_eq!(bad.listed, [(3, fault)]),
            other => panic!("{row:?} gave {other:?}"),
        }
    }
    let many = vec![customer(1, 9.0, 3.0); 25];
    let error = fit(RepeatModel::BgNbd, &many, FitOptions::default()).expect_err("bad rows").to_string();
    assert!(error.starts_with("25 bad rows: row 1: the last purchase (9) is later than the age (3)"), "{error}");
    assert!(error.ends_with("; and 15 more"), "{error}");
}

#[test]
fn hopeless_populations_are_refused_in_words() {
    let one = customer(1, 2.0, 3.0);
    let single: Vec<Summary> = (1..=50).map(|age| customer(0, 0.0, f64::from(age))).collect();
    for model in MODELS {
        for (customers, message) in [
            (
                vec![],
                format!(
                    "0 customers are too few for {model}: it needs at least 10; take a longer period or a larger segment"
                ),
            ),
            (
                vec![one],
                format!(
                    "1 customers are too few for {model}: it needs at least 10; take a longer period or a larger segment"
                ),
            ),
            (
                single.clone(),
                "none of 50 customers bought again: nothing can be learnt of their rhythm; take a longer period"
                    .to_owned(),
            ),
            (
                vec![one; 50],
                format!(
                    "all 50 customers are identical: their differences, which {model} describes, cannot be estimated"
                ),
            ),
        ] {
            let error = fit(model, &customers, FitOptions::default()).expect_err("no fit");
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn a_likelihood_without_a_maximum_is_not_used() {
    // Everybody buys every week to the end: nobody leaves, so the chance of leaving runs to zero.
    let regular: Vec<Summary> =
        (20..70).map(|weeks| customer(weeks, f64::from(weeks), f64::from(weeks) + 0.5)).collect();
    for model in MODELS {
        let error = fit(model, &regular, FitOptions::default()).expect_err("no fit");
        assert!(error.to_string().contains("do not use this fit"), "{error}");
    }
    let few = FitOptions { iterations: 2, ..FitOptions::default() };
    let error = fit(RepeatModel::BgNbd, &cdnow(), few).expect_err("no fit");
    assert!(matches!(error, ValueError::NotConverged { iterations: 2, .. }), "{error}");
}

#[test]
fn a_prior_helps_where_the_data_are_silent_and_hardly_moves_what_they_say() {
    let regular: Vec<Summary> =
        (20..70).map(|weeks| customer(weeks, f64::from(weeks), f64::from(weeks) + 0.5)).collect();
    let weak = FitOptions { prior: 0.1, ..FitOptions::default() };
    for model in MODELS {
        let helped = fit(model, &regular, weak).expect("a fit");
        let best = regular.last().expect("customers");
        let week = helped.repeat.expected_purchases(best, 1.0);
        assert!((0.8..1.1).contains(&week), "{model} {week}");
        let (plain, weak) = (fit(model, &cdnow(), FitOptions::default()), fit(model, &cdnow(), weak));
        let (plain, weak) = (plain.expect("a fit"), weak.expect("a fit"));
        assert!(weak.log_likelihood <= plain.log_likelihood && weak.log_likelihood > plain.log_likelihood - 0.5);
    }
    let bad = FitOptions { prior: f64::NAN, ..FitOptions::default() };
    assert!(matches!(fit(RepeatModel::BgNbd, &cdnow(), bad), Err(ValueError::Argument { .. })));
}

#[test]
fn parameters_must_be_above_zero() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Repeat::new(RepeatModel::ParetoNbd, [1.0, 1.0, bad, 1.0]).expect_err("refused");
        assert!(matches!(error, ValueError::Argument { name: "s", .. }), "{error}");
    }
}
