//! How earlier forecasts turned out: fit on one part of the log, check on the rest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::limits::MAX_POINTS;
use crate::numeric::real;
use crate::repeat::{FitOptions, Repeat, RepeatFit, RepeatModel, fit};
use crate::transactions::Histories;
use crate::{Summary, ValueError};

/// Where the log is cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The last day of the part that the model is fitted on.
    pub fit_until: i32,
    /// The last day of the part that it is checked on; later.
    pub check_until: i32,
    /// Days in a period (7 for weeks).
    pub days_per_period: f64,
}

/// Customers with the same number of repeat purchases in the fitted part, and what they bought in the checked part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationGroup {
    /// Repeat purchases in the fitted part.
    pub repeats: u32,
    /// Whether customers with more are in this group too (the last one).
    pub or_more: bool,
    /// Customers.
    pub customers: usize,
    /// Purchases per customer that were made.
    pub actual: f64,
    /// Purchases per customer that were forecast.
    pub forecast: f64,
}

/// Cumulative repeat purchases of all customers of the fitted part at the end of one period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackingPoint {
    /// Periods since the day before the first purchase of the log.
    pub period: u32,
    /// The last day of the period.
    pub day: i32,
    /// Repeat purchases made so far.
    pub actual: u64,
    /// Repeat purchases forecast so far.
    pub forecast: f64,
}

/// A forecast checked against what happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The fit on the first part.
    pub fit: RepeatFit,
    /// By number of repeat purchases; the last group gathers those with [`MOST_REPEATS`] or more.
    pub groups: Vec<CalibrationGroup>,
    /// Period by period over both parts.
    pub tracking: Vec<TrackingPoint>,
    /// Purchases made in the checked part.
    pub actual: u64,
    /// Purchases forecast for the checked part, each customer's history taken into account.
    pub forecast: f64,
    /// `forecast / actual − 1`: below zero means too low. NaN if nothing was bought.
    pub relative_error: f64,
    /// The mean absolute error per customer.
    pub mean_absolute_error: f64,
    /// The root of the mean squared error per customer.
    pub root_mean_square_error: f64,
    /// The largest difference of the tracking lines in the checked part, as a share of the actual one.
    pub worst_tracking_error: f64,
}

/// Customers with at least this many repeat purchases form the last group, as in the literature.
pub const MOST_REPEATS: u32 = 7;

/// Fits on the first part and checks on the second (as the
/// empirical section of Fader, Hardie & Lee 2005 does: conditional expectations and cumulative tracking).
///
/// # Errors
/// A split without a checked part, and all errors of [`fit`].
pub fn calibrate(
    model: RepeatModel,
    histories: &Histories,
    split: Split,
    options: FitOptions,
) -> Result<Calibration, ValueError> {
    above_zero("days per period", split.days_per_period)?;
    let checked = f64::from(split.check_until) - f64::from(split.fit_until);
    above_zero("days in the checked part", checked)?;
    let rows = histories.summaries(split.fit_until, split.days_per_period)?;
    let customers: Vec<Summary> = rows.iter().map(|row| row.1).collect();
    let fit = fit(model, &customers, options)?;
    let mut tally = Tally::default();
    for (customer, summary) in &rows {
        let later = histories.purchase_days(customer).filter(|day| *day > split.fit_until && *day <= split.check_until);
        let actual = u32::try_from(later.count()).unwrap_or(u32::MAX);
        tally.add(summary.repeats, actual, fit.repeat.expected_purchases(summary, checked / split.days_per_period));
    }
    let tracking = track(&fit.repeat, histories, split);
    Ok(tally.finish(fit, tracking, split))
}

/// Sums over customers.
#[derive(Default)]
struct Tally {
    groups: BTreeMap<u32, (usize, f64, f64)>,
    customers: f64,
    actual: u64,
    forecast: f64,
    absolute: f64,
    squared: f64,
}

impl Tally {
    fn add(&mut self, repeats: u32, actual: u32, forecast: f64) {
        let error = forecast - f64::from(actual);
        let (count, made, expected) = self.groups.entry(repeats.min(MOST_REPEATS)).or_default();
        *count += 1;
        *made += f64::from(actual);
        *expected += forecast;
        self.customers += 1.0;
        self.actual += u64::from(actual);
        self.forecast += forecast;
        self.absolute += error.abs();
        self.squared += error * error;
    }

    fn finish(self, fit: RepeatFit, tracking: Vec<TrackingPoint>, split: Split) -> Calibration {
        let group = |(repeats, (customers, actual, forecast)): (u32, (usize, f64, f64))| {
            let each = 1.0 / f64::from(u32::try_from(customers).unwrap_or(u32::MAX));
            let (actual, forecast) = (actual * each, forecast * each);
            CalibrationGroup { repeats, or_more: repeats == MOST_REPEATS, customers, actual, forecast }
        };
        let checked = tracking.iter().filter(|point| point.day > split.fit_until && point.actual > 0);
        let errors = checked.map(|point| (point.forecast / real(point.actual) - 1.0).abs());
        Calibration {
            groups: self.groups.into_iter().map(group).collect(),
            relative_error: self.forecast / real(self.actual) - 1.0,
            worst_tracking_error: errors.fold(0.0, f64::max),
            mean_absolute_error: self.absolute / self.customers,
            root_mean_square_error: (self.squared / self.customers).sqrt(),
            actual: self.actual,
            forecast: self.forecast,
            tracking,
            fit,
        }
    }
}

/// The tracking lines: repeat purchases made, and `Σ E[X(t − acquired)]` (FHL 2005), of the customers fitted on.
fn track(repeat: &Repeat, histories: &Histories, split: Split) -> Vec<TrackingPoint> {
    let Some((first, _)) = histories.span() else { return Vec::new() };
    let mut acquired: BTreeMap<i32, f64> = BTreeMap::new();
    let mut bought: BTreeMap<i32, u64> = BTreeMap::new();
    for mut days in histories.purchases() {
        let Some(birth) = days.next().filter(|birth| *birth < split.fit_until) else { continue };
        *acquired.entry(birth).or_default() += 1.0;
        days.for_each(|day| *bought.entry(day).or_default() += 1);
    }
    let mut known: BTreeMap<i32, f64> = BTreeMap::new();
    let mut expected =
        |age: i32| *known.entry(age).or_insert_with(|| repeat.expected_of_new(f64::from(age) / split.days_per_period));
    let start = f64::from(first) - 1.0;
    let mut points = Vec::new();
    for period in 1..=u32::try_from(MAX_POINTS).unwrap_or(u32::MAX) {
        let end = (start + f64::from(period) * split.days_per_period).round();
        if end > f64::from(split.check_until) {
            break;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a whole number between two days that are i32")]
        let day = end as i32;
        let actual = bought.range(..=day).map(|(_, count)| count).sum();
        let forecast = acquired.range(..day).map(|(birth, count)| count * expected(day.saturating_sub(*birth))).sum();
        points.push(TrackingPoint { period, day, actual, forecast });
    }
    points
}

#[cfg(test)]
mod tests;
