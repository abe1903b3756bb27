use super::hypergeometric::{Ascending, negative};
use super::newton::{Evaluation, Problem, maximise};
use super::quadrature::{discounted, gauss, interpolate};
use super::rising::{rising, rising_by};
use crate::ValueError;

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-300), "found {found}, expected {expected}");
}

#[test]
fn gauss_is_exact_for_polynomials() {
    for power in 0..24 {
        let mut sum = 0.0;
        gauss(0.0, 2.0, |x, weight| sum += weight * x.powi(power));
        close(sum, 2f64.powi(power + 1) / f64::from(power + 1), 1e-14);
    }
}

#[test]
fn interpolation_is_exact_for_polynomials() {
    let (mut values, mut number) = ([0.0; 12], 0);
    gauss(-1.0, 1.0, |x, _| {
        values[number] = x.powi(11) - 2.0 * x.powi(4) + 3.0;
        number += 1;
    });
    for x in [-1.0, -0.99, -0.125_233_408_511_468_9, 0.0, 0.3, 1.0f64] {
        let expected = x.powi(11) - 2.0 * x.powi(4) + 3.0;
        assert!((interpolate(&values, x) - expected).abs() < 1e-13, "{x}");
    }
}

#[test]
fn the_discounted_integral_of_a_constant_is_an_annuity() {
    for (delta, to, expected) in
        [(0.0, 10.0, 10.0), (0.1, f64::INFINITY, 10.0), (0.0027, 52.0, (1.0 - (-0.0027f64 * 52.0).exp()) / 0.0027)]
    {
        for scale in [0.01, 1.0, 50.0, 1e4] {
            close(discounted(scale, 1.0, 0.0, to, delta, |_| 1.0), expected, 1e-10);
        }
    }
}

#[test]
fn rising_factorials_agree_with_gamma_functions() {
    for z in [1e-6, 0.243, 1.0, 7.5, 1234.5] {
        for n in [0, 1, 5, 16] {
            let (exact, gamma) = (rising(z, n), rising_by(z, f64::from(n)));
            assert!((exact.value - gamma.value).abs() < 1e-9 * gamma.value.abs().max(1.0), "{z} {n}");
            assert!((exact.first - gamma.first).abs() < 1e-12 * (1.0 / z).max(1.0), "{z} {n}");
            assert!((exact.second - gamma.second).abs() < 1e-12 * (1.0 / z / z).max(1.0), "{z} {n}");
        }
    }
}

/// Reference values by mpmath (40 digits): `hyp2f1(A, a, c, -y)`.
#[test]
fn the_hypergeometric_function_agrees_with_forty_digits() {
    for line in include_str!("../../tests/data/hypergeometric.csv").lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        let &[big_a, a, c, y, expected] = row.as_slice() else { panic!("{line}") };
        let found = negative(big_a, a, c, y);
        assert!((found / expected - 1.0).abs() < 2e-11, "2F1({big_a}, {a}; {c}; -{y}) is {found}, expected {expected}");
    }
}

#[test]
fn ascending_values_are_the_same() {
    for (big_a, a, c) in
        [(1.243, 0.793, 3.219), (27.243, 0.793, 29.219), (51.0, 0.8, 2.8), (1.01, 0.01, 0.02), (800.0, 0.8, 803.0)]
    {
        let mut ascending = Ascending::new(big_a, a, c);
        for step in 0..120 {
            let y = f64::exp_m1(0.06 * f64::from(step) + 0.01);
            let found = ascending.next(y);
            assert!((found / negative(big_a, a, c, y) - 1.0).abs() < 1e-10, "{big_a} {a} {c} {y}");
        }
    }
}

fn problem() -> Problem {
    Problem { model: "test", names: vec!["first".into(), "second".into()], logs: 2, iterations: 100, prior: 0.0 }
}

#[test]
fn newton_finds_the_top_of_rosenbrock_and_its_covariance() {
    let found = maximise(&problem(), &[], &[-1.2, 1.0], |at| {
        let &[x, y] = at else { panic!("two parameters") };
        Evaluation {
            value: -(1.0 - x).powi(2) - 100.0 * (y - x * x).powi(2),
            gradient: vec![2.0 * (1.0 - x) + 400.0 * x * (y - x * x), -200.0 * (y - x * x)],
            hessian: vec![-2.0 + 400.0 * (y - 3.0 * x * x), 400.0 * x, 400.0 * x, -200.0],
        }
    })
    .expect("a maximum");
    close(found.at[0], 1.0, 1e-4);
    close(found.at[1], 1.0, 1e-4);
    // The inverse of [[802, -400], [-400, 200]].
    for (cell, expected) in found.covariance.iter().zip([0.5, 1.0, 1.0, 2.005]) {
        close(*cell, expected, 1e-2);
    }
}

#[test]
fn newton_names_the_parameter_that_runs_away() {
    let gone = maximise(&problem(), &[], &[0.0, 0.0], |at| {
        let &[x, y] = at else { panic!("two parameters") };
        Evaluation {
            value: -(-x).exp() - y * y,
            gradient: vec![(-x).exp(), -2.0 * y],
            hessian: vec![-(-x).exp(), 0.0, 0.0, -2.0],
        }
    });
    // Rises for ever, ever more slowly: either it is named as running away, or its decrement is below the tolerance.
    assert!(matches!(gone, Err(ValueError::Diverged { toward: "infinity", .. })), "{gone:?}");
}
