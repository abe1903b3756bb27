use super::*;
use crate::testing::cdnow;

#[test]
fn cdnow_gives_the_published_parameters_and_first_ten_averages() {
    let customers = cdnow();
    let fit = fit(&customers, FitOptions::default()).expect("a fit");
    // FH 2013 and the `lifetimes` documentation.
    for (found, expected) in fit.gamma_gamma.parameters().into_iter().zip([6.25, 3.74, 15.44]) {
        assert!((found - expected).abs() < 0.0101, "{found} {expected}");
    }
    // Standard errors of `lifetimes` 0.11.3 (numerical Hessian).
    for (found, expected) in fit.standard_errors.into_iter().zip([1.1897, 0.2902, 4.1600]) {
        assert!((found / expected - 1.0).abs() < 0.002, "{found} {expected}");
    }
    assert!((fit.log_likelihood + 4055.92324).abs() < 1e-3, "{}", fit.log_likelihood);
    assert_eq!((fit.customers, fit.bought_once, fit.not_positive), (946, 1411, 0));
    let published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17];
    for (customer, expected) in customers.iter().zip(published) {
        let found = fit.gamma_gamma.expected_spend(customer).expect("a mean");
        // The published figures are cut off, not rounded (24.6586 is printed as 24.65).
        assert!((found - expected).abs() < 0.01, "{found} {expected}");
    }
}

#[test]
fn the_unit_of_money_does_not_matter() {
    let cents: Vec<Summary> = cdnow().into_iter().map(|row| Summary { spend: row.spend * 100.0, ..row }).collect();
    let dollars = fit(&cdnow(), FitOptions::default()).expect("a fit");
    let cents = fit(&cents, FitOptions { threads: 3, ..FitOptions::default() }).expect("a fit");
    let factors = [1.0, 1.0, 100.0];
    for ((cent, dollar), factor) in
        cents.gamma_gamma.parameters().into_iter().zip(dollars.gamma_gamma.parameters()).zip(factors)
    {
        assert!((cent / dollar / factor - 1.0).abs() < 1e-6);
    }
    assert!((cents.correlation - dollars.correlation).abs() < 1e-12 && dollars.correlation.abs() < 0.2);
}

#[test]
fn derivatives_are_those_of_the_likelihood() {
    let run = Run::of(&[(3, 20.0), (3, 35.0), (3, 4.0)]).expect("rows");
    let at = [6.25, 3.74, 15.44];
    let exact = run.moments(at);
    for i in 0..3 {
        let step = at[i] * 1e-5;
        let moved = |sign: f64| {
            let mut moved = at;
            moved[i] += sign * step;
            run.moments(moved)
        };
        let (up, down) = (moved(1.0), moved(-1.0));
        assert!((exact.gradient[i] - (up.value - down.value) / (2.0 * step)).abs() < 1e-6);
        for j in 0..3 {
            assert!((exact.hessian[i][j] - (up.gradient[j] - down.gradient[j]) / (2.0 * step)).abs() < 1e-6);
        }
    }
}

#[test]
fn customers_who_net_to_nothing_are_left_out_and_still_valued() {
    let mut customers = cdnow();
    customers.push(Summary { repeats: 2, last: 3.0, age: 9.0, spend: 0.0 });
    customers.push(Summary { repeats: 2, last: 3.0, age: 9.0, spend: -4.0 });
    let fit = fit(&customers, FitOptions::default()).expect("a fit");
    assert_eq!((fit.customers, fit.bought_once, fit.not_positive), (946, 1411, 2));
    let mean = fit.gamma_gamma.population_mean().expect("a mean");
    for customer in customers.iter().rev().take(2) {
        assert!(fit.gamma_gamma.expected_spend(customer).expect("a mean") < mean);
    }
}

#[test]
fn bad_input_is_refused_in_words() {
    let row = |repeats, spend| Summary { repeats, last: 1.0, age: 9.0, spend };
    for (customers, says) in [
        (vec![row(1, 5.0), row(1, f64::NAN)], "1 bad row: row 2: the mean spend is not a number"),
        (vec![row(0, 0.0); 40], "0 customers with repeat purchases of more than nothing are too few for Gamma-Gamma"),
        (vec![row(2, 7.5); 40], "all 40 customers are identical"),
    ] {
        let error = fit(&customers, FitOptions::default()).expect_err("refused").to_string();
        assert!(error.starts_with(says), "{error}");
    }
    // Spend that varies within customers not more than between them cannot be told apart: it says so.
    let alike: Vec<Summary> = (0..40).map(|number| row(1 + number % 3, 10.0 + f64::from(number) * 1e-7)).collect();
    assert!(fit(&alike, FitOptions::default()).expect_err("no fit").to_string().contains("do not use this fit"));
}
