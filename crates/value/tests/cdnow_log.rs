//! The CDNOW log itself (Fader & Hardie 2001), found through `MAKEGOOD_DATA`: summaries, hold-out calibration and plots.
//!
//! Skipped with a message when the data are not at hand.
#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests fail the test")]

use std::io::Read as _;

use flate2::read::GzDecoder;
use makegood_value::calibration::{Split, calibrate};
use makegood_value::repeat::{FitOptions, RepeatModel};
use makegood_value::{Histories, Transaction, gamma_gamma, plot};

/// Days from 1 January 1997.
fn day(date: &str) -> i32 {
    let number: i32 = date.parse().expect("a date");
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][usize::try_from(month).expect("a month") - 1];
    (year - 1997) * 365 + before + day - 1
}

/// The text of a file of the CDNOW folder, or nothing with a message.
fn read(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("MAKEGOOD_DATA") else {
        println!("skipped: set MAKEGOOD_DATA to the folder that holds cdnow/{name}");
        return None;
    };
    let path = std::path::Path::new(&folder).join("cdnow").join(name);
    let mut text = String::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    GzDecoder::new(file).read_to_string(&mut text).expect("a readable file");
    Some(text)
}

/// A transaction log whose customer is in the given column, followed by date, quantity and dollars.
fn log(text: &str, column: usize) -> Histories {
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let dollars = cells.last()?.parse::<f64>().ok()?;
        let amount_minor = (dollars * 100.0).round() as i64;
        Some(Transaction::new(cells[column], day(cells[column + 1]), amount_minor, "USD"))
    });
    Histories::read(rows).expect("a log")
}

/// 30 September 1997 and 30 June 1998: 39 weeks to fit and 39 to check.
const SPLIT: Split = Split { fit_until: 272, check_until: 545, days_per_period: 7.0 };

#[test]
fn the_log_gives_the_published_summaries() {
    let Some(text) = read("CDNOW_sample.txt.gz") else { return };
    let histories = log(&text, 1);
    let summaries = histories.summaries(SPLIT.fit_until, SPLIT.days_per_period).expect("summaries");
    assert_eq!(summaries.len(), 2357);
    let published = include_str!("data/cdnow_summary.csv").lines().skip(1);
    for ((customer, found), line) in summaries.iter().zip(published) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        assert_eq!(f64::from(found.repeats), cells[1], "{customer}");
        assert!(
            (found.last - cells[2]).abs() < 0.0051 && (found.age - cells[3]).abs() < 0.0051,
            "{customer} {found:?}"
        );
        assert!((found.spend / 100.0 - cells[4]).abs() < 0.0051, "{customer} {found:?} {line}");
    }
}

#[test]
fn the_second_half_is_forecast_as_in_the_literature() {
    let Some(text) = read("CDNOW_sample.txt.gz") else { return };
    let histories = log(&text, 1);
    for (model, worst) in [(RepeatModel::BgNbd, 0.05), (RepeatModel::MbgNbd, 0.07), (RepeatModel::ParetoNbd, 0.03)] {
        let result = calibrate(model, &histories, SPLIT, FitOptions::default()).expect("a calibration");
        println!(
            "{model}: {} purchases, {:.1} forecast ({:+.2} %), worst tracking error {:.2} %, mean absolute error {:.3}",
            result.actual,
            result.forecast,
            100.0 * result.relative_error,
            100.0 * result.worst_tracking_error,
            result.mean_absolute_error
        );
        for group in &result.groups {
            println!(
                "  {:>2}: {} customers, actual {:.3}, forecast {:.3}",
                group.repeats, group.customers, group.actual, group.forecast
            );
        }
        // FHL 2005, section 5: BG/NBD under-forecasts cumulative sales at week 78 by 4 %, Pareto/NBD by 2 %.
        assert!(result.worst_tracking_error < worst, "{model} {}", result.worst_tracking_error);
        for svg in [plot::calibration(&result), plot::tracking(&result, SPLIT.fit_until)] {
            assert!(svg.starts_with("<svg") && !svg.contains("NaN"), "{svg}");
            if let Some(folder) = std::env::var_os("MAKEGOOD_PLOTS") {
                let name = format!("{}-{}.svg", model.name().replace('/', "-"), svg.len());
                std::fs::write(std::path::Path::new(&folder).join(name), svg).expect("a written plot");
            }
        }
    }
}

#[test]
fn the_whole_log_of_23570_customers_is_fitted() {
    let Some(text) = read("CDNOW_master.txt.gz") else { return };
    let histories = log(&text, 0);
    assert_eq!(histories.len(), 23_570);
    let rows = histories.summaries(SPLIT.check_until, SPLIT.days_per_period).expect("summaries");
    let customers: Vec<_> = rows.into_iter().map(|row| row.1).collect();
    let fit = makegood_value::repeat::fit(RepeatModel::BgNbd, &customers, FitOptions::default()).expect("a fit");
    let spend = gamma_gamma::fit(&customers, FitOptions::default()).expect("a fit");
    println!("{:?}\n{:?}", fit.repeat, spend);
    assert!(fit.warnings.is_empty() && spend.warnings.is_empty());
    assert_eq!(spend.customers + spend.bought_once + spend.not_positive, 23_570);
}
