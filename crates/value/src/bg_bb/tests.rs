use super::*;

/// The 11,104 supporters first acquired in 1995 (FHS 2010).
fn donations() -> Vec<Opportunities> {
    include_str!("../../tests/data/donations.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cell: Vec<u32> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
            Opportunities { repeats: cell[0], last: cell[1], opportunities: cell[2], customers: cell[3] }
        })
        .collect()
}

#[test]
fn donations_give_the_published_parameters() {
    let fit = fit(&donations(), FitOptions::default()).expect("a fit");
    for (found, expected) in fit.bg_bb.parameters().into_iter().zip([1.204, 0.750, 0.657, 2.783]) {
        assert!((found - expected).abs() < 0.001, "{found} {expected}");
    }
    // FHS 2010.
    assert!((fit.log_likelihood + 33_225.6).abs() < 0.05, "{}", fit.log_likelihood);
    assert_eq!(fit.customers, 11_104);
}

fn published() -> BgBb {
    BgBb::new([1.204, 0.750, 0.657, 2.783]).expect("valid parameters")
}

fn history(repeats: u32, last: u32, opportunities: u32) -> Opportunities {
    Opportunities { repeats, last, opportunities, customers: 1 }
}

#[test]
fn predictions_are_the_published_ones() {
    let model = fit(&donations(), FitOptions::default()).expect("a fit").bg_bb;
    // The authors' spreadsheet: donations expected of all supporters in 2002 to 2006.
    let total: f64 = donations().iter().map(|row| f64::from(row.customers) * model.expected_purchases(row, 5)).sum();
    assert!((total - 12_884.2).abs() < 0.5, "{total}");
    // FHS 2010: who gave every year, and who never gave again.
    for (row, expected) in [(history(6, 6, 6), 3.75), (history(0, 0, 6), 0.07)] {
        let found = model.expected_purchases(&row, 5);
        assert!((found - expected).abs() < 0.006, "{row:?} {found}");
    }
    // The walk-through of the R package BTYD: ten opportunities ahead.
    for (found, expected) in [
        (model.expected_of_new(10), 3.179),
        (model.expected_purchases(&history(0, 0, 6), 10), 0.1302),
        (model.expected_purchases(&history(4, 5, 6), 10), 3.627),
    ] {
        assert!((found / expected - 1.0).abs() < 0.001, "{found} {expected}");
    }
}

#[test]
fn the_chances_of_all_histories_sum_to_one() {
    // C(t_x − 1, x − 1) paths lead to each history (FHS 2010).
    let binomial = |n: u32, k: u32| (1..=k).fold(1.0, |product, i| product * f64::from(n - k + i) / f64::from(i));
    let mut sum = published().log_likelihood(&history(0, 0, 8)).exp();
    for last in 1..=8 {
        for repeats in 1..=last {
            sum += binomial(last - 1, repeats - 1) * published().log_likelihood(&history(repeats, last, 8)).exp();
        }
    }
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
}

#[test]
fn a_purchase_at_the_last_opportunity_means_alive_there() {
    assert!((published().p_alive(&history(3, 6, 6), 0) - 1.0).abs() < 1e-12);
    let ahead = published().p_alive(&history(3, 4, 6), 1);
    assert!(ahead > 0.0 && ahead < published().p_alive(&history(3, 4, 6), 0));
}

#[test]
fn the_discounted_sum_agrees_with_its_terms() {
    let row = history(4, 5, 6);
    let step = |k: u32| published().expected_purchases(&row, k) - published().expected_purchases(&row, k - 1);
    let sum: f64 = (1..2_000).map(|k| step(k) / 1.1f64.powi(i32::try_from(k).expect("small"))).sum();
    let found = published().discounted_purchases(&row, 0.1).expect("a rate");
    assert!((found / sum - 1.0).abs() < 1e-9, "{found} {sum}");
    assert!(published().discounted_purchases(&row, 0.0).is_err());
}

#[test]
fn bad_histories_are_named() {
    for row in
        [history(7, 6, 6), history(1, 7, 6), history(0, 3, 6), history(2, 0, 6), history(0, 0, 0), history(3, 2, 6)]
    {
        match fit(&[history(1, 1, 6), row], FitOptions::default()) {
            Err(ValueError::BadRows(bad)) => assert_eq!((bad.total, bad.listed[0].0), (1, 2)),
            other => panic!("{row:?} {other:?}"),
        }
    }
    for (rows, what) in [
        (vec![Opportunities { customers: 50, ..history(0, 0, 6) }], "none of 50 customers bought again"),
        (vec![Opportunities { customers: 50, ..history(2, 3, 6) }], "all 50 customers are identical"),
        (vec![history(2, 3, 6)], "1 customers are too few for BG/BB"),
    ] {
        let error = fit(&rows, FitOptions::default()).expect_err("refused").to_string();
        assert!(error.starts_with(what), "{error}");
    }
}
