//! The results as SVG text: self-contained pictures of 640 by 360, in light and dark, with a title and a description.
//!
//! A charting library was looked at and not taken: the lean ones need fonts or a canvas to measure text, and these five
//! pictures are lines, bars and labels.

mod canvas;
mod waterfall;

pub use waterfall::waterfall;

use canvas::{Axis, Canvas, short};

use crate::calibration::Calibration;
use crate::concentration::CurvePoint;
use crate::limits::MAX_POINTS;
use crate::numeric::real;

/// Actual and forecast purchases per customer in the checked part, by purchases in the fitted part.
#[must_use]
pub fn calibration(result: &Calibration) -> String {
    let y = Axis::over(result.groups.iter().flat_map(|group| [group.actual, group.forecast]));
    let mut canvas = Canvas::new(Axis::over(std::iter::once(1.0)), y);
    canvas.y_axis(|tick| short(tick, y.step));
    let (left, right) = Canvas::span();
    let count = f64::from(u32::try_from(result.groups.len()).unwrap_or(1).max(1));
    let slot = (right - left) / count;
    let mut x = left;
    for group in &result.groups {
        let width = 0.36 * slot;
        let name = format!("{}{}", group.repeats, if group.or_more { "+" } else { "" });
        let tip = |what, value: f64| format!("{name}: {what} {value:.3}, {} customers", group.customers);
        canvas.bar("bar-a", (x + 0.12 * slot, width), (0.0, group.actual), &tip("actual", group.actual));
        canvas.bar("bar-b", (x + 0.52 * slot, width), (0.0, group.forecast), &tip("forecast", group.forecast));
        canvas.x_label(x + 0.5 * slot, &name);
        x += slot;
    }
    canvas.x_name("repeat purchases in the fitted part");
    canvas.legend("actual", "forecast", true);
    let title = format!("Purchases per customer afterwards, {}", result.fit.repeat.model());
    canvas.finish(&title, &sentence(result))
}

/// Cumulative repeat purchases, actual and forecast, over both parts of the log; `unit` is the unit of time, as `weeks`.
#[must_use]
pub fn tracking(result: &Calibration, fit_until: i32, unit: &str) -> String {
    let points = &result.tracking;
    let y = Axis::over(points.iter().flat_map(|point| [real(point.actual), point.forecast]));
    let x = Axis::over(points.iter().map(|point| f64::from(point.period)));
    let mut canvas = Canvas::new(x, y);
    canvas.y_axis(|tick| short(tick, y.step));
    canvas.x_axis(unit, |tick| short(tick, x.step));
    let cut =
        points.iter().filter(|point| point.day <= fit_until).map(|point| f64::from(point.period)).fold(0.0, f64::max);
    canvas.mark(cut, y.high, y.low);
    canvas.line("a", points.iter().map(|point| (f64::from(point.period), real(point.actual))));
    canvas.line("b", points.iter().map(|point| (f64::from(point.period), point.forecast)));
    canvas.legend("actual", "forecast", false);
    let title = format!("Cumulative repeat purchases, {}", result.fit.repeat.model());
    canvas.finish(&title, &sentence(result))
}

fn sentence(result: &Calibration) -> String {
    format!(
        "{} purchases were made in the checked part, {:.0} were forecast ({:+.1} %).",
        result.actual,
        result.forecast,
        100.0 * result.relative_error
    )
}

/// P(alive) of one party over time, with its purchases marked.
///
/// `times` and `chances` go together (see [`crate::repeat::Repeat::p_alive_over_time`]); `purchases` are in the same `unit`, such
/// as `weeks`.
#[must_use]
pub fn p_alive(party: &str, unit: &str, times: &[f64], chances: &[f64], purchases: &[f64]) -> String {
    let x = Axis::over(times.iter().chain(purchases).copied());
    let y = Axis { low: 0.0, high: 1.0, step: 0.2 };
    let mut canvas = Canvas::new(x, y);
    canvas.y_axis(|tick| format!("{:.0} %", tick * 100.0));
    canvas.x_axis(&format!("{unit} since the first purchase"), |tick| short(tick, x.step));
    for purchase in purchases.iter().take(MAX_POINTS) {
        canvas.mark(*purchase, 0.06, 0.0);
    }
    let every = times.len().div_ceil(MAX_POINTS).max(1);
    canvas.line("a", times.iter().copied().zip(chances.iter().copied()).step_by(every));
    let last = chances.last().copied().unwrap_or(f64::NAN);
    let description = format!(
        "After {} repeat purchases the chance that {party} is still a customer is {:.0} %.",
        purchases.len(),
        100.0 * last
    );
    canvas.finish(&format!("Still a customer? {party}"), &description)
}

/// A Pareto or whale curve: the share of value by the share of customers, the best first.
#[must_use]
pub fn concentration(title: &str, points: &[CurvePoint]) -> String {
    let y = Axis::over(points.iter().map(|point| point.share_of_value).chain(std::iter::once(1.0)));
    let x = Axis { low: 0.0, high: 1.0, step: 0.2 };
    let mut canvas = Canvas::new(x, y);
    canvas.y_axis(|tick| format!("{:.0} %", tick * 100.0));
    canvas.x_axis("customers, the best first", |tick| format!("{:.0} %", tick * 100.0));
    canvas.mark(0.2, y.high, y.low);
    canvas.line("b", [(0.0, 0.0), (1.0, 1.0)].into_iter());
    let curve = points.iter().map(|point| (point.share_of_customers, point.share_of_value));
    canvas.line("a", std::iter::once((0.0, 0.0)).chain(curve));
    let fifth =
        points.iter().find(|point| point.share_of_customers >= 0.2).map_or(f64::NAN, |point| point.share_of_value);
    let says = match fifth.is_finite() {
        true => format!("The best fifth of customers bring {:.0} % of the value.", 100.0 * fifth),
        false => "All of it together is not above zero, so nobody has a share of it.".to_owned(),
    };
    canvas.finish(title, &says)
}

#[cfg(test)]
mod tests;
