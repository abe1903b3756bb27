//! A share that was counted, as a range: promises kept out of those that came to their end.

use special::Beta;

/// Where the share behind `kept` of `all` lies with a chance of `within` (0.9: nine in ten): the equal-tailed interval of the Beta
/// distribution with Jeffreys' prior, Beta(½ + kept, ½ + all − kept). See Brown, Cai and DasGupta, "Interval estimation for a
/// binomial proportion", Statistical Science 16 (2001), section 4.1.2; as there, the interval reaches 0 where nothing was kept and
/// 1 where all was.
///
/// Halves may be counted. `None` when nothing was counted, or the counts are none.
pub fn range(kept: f64, all: f64, within: f64) -> Option<(f64, f64)> {
    let sound = kept.is_finite() && all.is_finite() && kept >= 0.0 && all > 0.0 && kept <= all;
    if !sound || !(0.0..1.0).contains(&within) {
        return None;
    }
    let (a, b) = (0.5 + kept, 0.5 + (all - kept));
    let ln_beta = a.ln_beta(b);
    let tail = (1.0 - within) / 2.0;
    let low = if kept == 0.0 { 0.0 } else { tail.inv_inc_beta(a, b, ln_beta) };
    let high = if kept == all { 1.0 } else { (1.0 - tail).inv_inc_beta(a, b, ln_beta) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use special::Beta;

    use super::range;

    #[test]
    fn the_range_leaves_out_equal_chances_on_both_sides() {
        for (kept, all) in [(8.0, 10.0), (1.0, 40.0), (0.5, 3.0), (500.0, 1000.0), (39.0, 40.0)] {
            let (low, high) = range(kept, all, 0.9).unwrap();
            let (a, b): (f64, f64) = (0.5 + kept, 0.5 + all - kept);
            let below = |x: f64| x.inc_beta(a, b, a.ln_beta(b));
            assert!((below(low) - 0.05).abs() < 1e-6 && (below(high) - 0.95).abs() < 1e-6, "{kept} of {all}");
            assert!(low < kept / all && kept / all < high, "{kept} of {all}: {low} to {high}");
        }
    }

    #[test]
    fn it_is_the_published_interval() {
        // Table of the 95 % limits of the Jeffreys interval in the appendix of Brown, Cai and DasGupta (2001): x = 1, 2 of n = 7.
        for (kept, low, high) in [(1.0, 0.016, 0.501), (2.0, 0.065, 0.648)] {
            let found = range(kept, 7.0, 0.95).unwrap();
            assert!((found.0 - low).abs() < 6e-4 && (found.1 - high).abs() < 6e-4, "{found:?}");
        }
    }

    #[test]
    fn more_counted_is_narrower_and_nothing_counted_is_no_range() {
        let width = |kept, all| range(kept, all, 0.9).map(|(low, high)| high - low).unwrap();
        assert!(width(4.0, 5.0) > width(40.0, 50.0));
        assert_eq!(range(3.0, 3.0, 0.9).unwrap().1, 1.0);
        assert_eq!(range(0.0, 3.0, 0.9).unwrap().0, 0.0);
        for (kept, all) in [(0.0, 0.0), (2.0, 1.0), (-1.0, 3.0), (f64::NAN, 3.0)] {
            assert_eq!(range(kept, all, 0.9), None);
        }
    }
}
