use super::*;
use crate::Transaction;

/// Two kinds of customers over 60 weeks: one buys every week, the other stopped after three weeks.
fn histories() -> Histories {
    let names: Vec<String> = (0..60).map(|number| format!("customer-{number:02}")).collect();
    let mut log = Vec::new();
    for (number, customer) in (0_i32..).zip(&names) {
        let (start, step) = (number % 7, 5 + number % 9);
        let last = if number % 3 == 0 { 420 } else { 21 + 3 * number };
        let days = (start..=last).step_by(step as usize);
        log.extend(days.map(|day| Transaction::new(customer, day, 1000, "USD")));
    }
    Histories::read(log).expect("a log")
}

const SPLIT: Split = Split { fit_until: 210, check_until: 420, days_per_period: 7.0 };

#[test]
fn the_groups_and_the_lines_add_up() {
    let histories = histories();
    for model in [RepeatModel::BgNbd, RepeatModel::MbgNbd] {
        let result = calibrate(model, &histories, SPLIT, FitOptions::default()).expect("a calibration");
        let customers = |value: fn(&CalibrationGroup) -> f64| -> f64 {
            result
                .groups
                .iter()
                .map(|group| value(group) * f64::from(u32::try_from(group.customers).expect("few")))
                .sum()
        };
        assert!((customers(|group| group.actual) - real(result.actual)).abs() < 1e-9);
        assert!((customers(|group| group.forecast) / result.forecast - 1.0).abs() < 1e-9);
        assert_eq!(result.groups.iter().map(|group| group.customers).sum::<usize>(), 60);
        let last = result.tracking.last().expect("points");
        assert_eq!((last.period, last.day), (60, 419));
        let fitted = result.tracking.iter().find(|point| point.day == 209).expect("the end of the fitted part");
        let all: usize = histories.purchases().map(|days| days.count() - 1).sum();
        let all = u64::try_from(all).expect("few");
        assert!(last.actual <= all && last.actual > fitted.actual);
        assert!(result.tracking.windows(2).all(|pair| pair[0].forecast <= pair[1].forecast));
        assert!(result.relative_error.is_finite() && result.worst_tracking_error.is_finite());
    }
}

#[test]
fn a_split_without_a_checked_part_is_refused() {
    let split = Split { check_until: 210, ..SPLIT };
    let error = calibrate(RepeatModel::BgNbd, &histories(), split, FitOptions::default()).expect_err("refused");
    assert!(matches!(error, ValueError::Argument { name: "days in the checked part", .. }), "{error}");
}

#[test]
fn a_fit_that_fails_is_not_checked() {
    // The moments of leaving are too even in these few customers: Pareto/NBD has no best fit, and says so.
    let error = calibrate(RepeatModel::ParetoNbd, &histories(), SPLIT, FitOptions::default()).expect_err("no fit");
    assert!(matches!(error, ValueError::Diverged { toward: "infinity", .. }), "{error}");
}
