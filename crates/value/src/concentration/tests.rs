use super::*;

fn worth(party: &str, value_minor: i64, cost_to_serve_minor: i64) -> Worth {
    Worth {
        party: party.to_owned(),
        currency: "USD".to_owned(),
        value_minor,
        cost_to_serve_minor,
        last_cared_day: None,
    }
}

#[test]
fn the_top_fifth_and_the_whale_are_found() {
    let rows = [worth("e", 10, 0), worth("a", 600, 100), worth("b", 200, 50), worth("c", 100, 20), worth("d", 90, 190)];
    let found = concentration(&rows).expect("curves");
    assert_eq!((found.total_minor, found.profit_minor, found.unprofitable), (1000, 640, 1));
    assert_eq!(found.top_fifth.iter().map(|row| row.party.as_str()).collect::<Vec<_>>(), ["a"]);
    assert!((found.top_fifth_share - 0.6).abs() < 1e-12);
    let pareto: Vec<i128> = found.pareto.iter().map(|point| point.sum_minor).collect();
    assert_eq!(pareto, [600, 800, 900, 990, 1000]);
    let whale: Vec<i128> = found.whale.iter().map(|point| point.sum_minor).collect();
    assert_eq!(whale, [500, 650, 730, 740, 640]);
    let peak = found.peak.expect("a peak");
    assert_eq!((peak.customers, peak.sum_minor), (4, 740));
    assert!((peak.share_of_value - 740.0 / 640.0).abs() < 1e-12);
    // All differences of two customers add up to 2,580; over five times the total that is 0.516.
    assert!((found.gini - 0.516).abs() < 1e-12, "{}", found.gini);
}

#[test]
fn equal_customers_have_no_concentration() {
    let rows: Vec<Worth> = (0..100).map(|number| worth(&number.to_string(), 7, 0)).collect();
    let found = concentration(&rows).expect("curves");
    assert!((found.top_fifth_share - 0.2).abs() < 1e-12 && found.gini.abs() < 1e-12);
}

#[test]
fn a_long_curve_is_thinned_but_ends_at_the_whole() {
    let rows: Vec<Worth> = (0..5_003).map(|number| worth(&number.to_string(), number, 0)).collect();
    let found = concentration(&rows).expect("curves");
    assert!(found.pareto.len() <= MAX_POINTS);
    assert_eq!(found.pareto.last().map(|point| (point.customers, point.sum_minor)), Some((5_003, 5_002 * 5_003 / 2)));
    assert_eq!(found.top_fifth.len(), 1_001);
}

#[test]
fn nobody_and_nothing_have_no_shares() {
    let found = concentration(&[]).expect("curves");
    assert!(found.top_fifth_share.is_nan() && found.pareto.is_empty() && found.peak.is_none());
    let found = concentration(&[worth("a", -5, 0), worth("b", 5, 0)]).expect("curves");
    assert!(found.top_fifth_share.is_nan() && found.gini.is_nan());
}

#[test]
fn bad_rows_are_named() {
    let pound = Worth { currency: "GBP".to_owned(), ..worth("b", 1, 0) };
    let error = concentration(&[worth("a", 1, 0), pound, worth("a", 2, 0)]).expect_err("refused").to_string();
    assert!(error.contains("row 2: the amount is in `GBP`") && error.contains("row 3: `a` occurs twice"), "{error}");
}
