use super::*;

#[test]
fn the_interval_is_jeffreys() {
    // The points of Beta(k + ½, n − k + ½) worked out by integrating its density.
    for (count, of, low, high) in
        [(0, 10, 0.0, 0.217_2), (5, 10, 0.223_5, 0.776_5), (10, 10, 0.782_8, 1.0), (30, 39, 0.621_0, 0.879_2)]
    {
        let share = Share::new(count, of).unwrap();
        assert!((share.low - low).abs() < 0.001 && (share.high - high).abs() < 0.001, "{share:?}");
    }
    assert_eq!((Share::new(0, 0), Share::new(3, 2)), (None, None));
}

#[test]
fn more_cases_make_surer() {
    let widths: Vec<f64> = [4, 40, 400, 4_000].map(|of| Share::new(of / 4, of).unwrap()).map(|s| s.high - s.low).into();
    assert!(widths.is_sorted_by(|wider, narrower| wider > narrower), "{widths:?}");
}

#[test]
fn a_difference_holds_nothing_where_there_is_none() {
    let one = Share::new(30, 100).unwrap();
    let same = one.less(&one);
    assert!(same.difference == 0.0 && same.low < 0.0 && same.high > 0.0 && (same.low + same.high).abs() < 1e-9);
    let none = Share::new(2, 100).unwrap();
    let far = one.less(&none);
    assert!(far.low > 0.1 && far.high < 0.4, "{far:?}");
    let turned = none.less(&one);
    assert!((turned.low + far.high).abs() < 1e-12 && (turned.high + far.low).abs() < 1e-12);
}
