use makegood_value::calibration::{self, Calibration, Split};
use makegood_value::plot;
use serde_json::json;

use crate::Failure;
use crate::arguments::{self, Model, Output};
use crate::output::{counter, grouped};
use crate::value::{Base, Cell, Report, Table, date_of, options, refused};

/// `makegood value calibrate`: how a forecast made then would have turned out by now.
pub(super) fn run(
    base: &arguments::Base,
    model: &Model,
    fit_until: Option<&str>,
    output: &Output,
) -> Result<bool, Failure> {
    let base = Base::open(base, false)?;
    let first = base.histories.span().map_or(base.day, |(first, _)| first);
    let half = first.saturating_add(base.day.saturating_sub(first).div_euclid(2));
    let fit_until = fit_until.map(|date| base.date(date)).transpose()?.unwrap_or(half);
    if fit_until <= first || fit_until >= base.day {
        let (first, last) = (date_of(first), date_of(base.day));
        let message = format!("{} does not lie between {first} and {last}", date_of(fit_until));
        return Err(Failure::new(
            "M044",
            message,
            "name a day with data before and after it, or leave `--fit-until` out",
        ));
    }
    let split = Split { fit_until, check_until: base.day, days_per_period: base.terms.unit.days() };
    let progress = counter("fitting and checking");
    let result = calibration::calibrate(model.model.model(), &base.histories, split, options(model));
    progress.finish_and_clear();
    report(&base, &result.map_err(|error| refused(&error))?, split).write(output)?;
    Ok(true)
}

fn report(base: &Base, result: &Calibration, split: Split) -> Report {
    let model = result.fit.repeat.model();
    let group = |group: &calibration::CalibrationGroup| {
        let name = format!("{}{}", group.repeats, if group.or_more { " or more" } else { "" });
        vec![
            Cell { shown: name, plain: group.repeats.to_string() },
            Cell::count(group.customers as i128),
            Cell::number(group.actual, 3),
            Cell::number(group.forecast, 3),
            Cell::number(group.forecast - group.actual, 3),
        ]
    };
    let groups = vec![
        ("repeat purchases before", true),
        ("customers", true),
        ("bought afterwards", true),
        ("forecast", true),
        ("error", true),
    ];
    let named = model.parameter_names().into_iter().zip(result.fit.repeat.parameters());
    let named: Vec<String> = named.map(|(name, value)| format!("{name} {value:.3}")).collect();
    let errors = vec![
        vec![Cell::text("purchases made afterwards"), Cell::count(i128::from(result.actual))],
        vec![Cell::text("purchases forecast"), Cell::number(result.forecast, 1)],
        vec![Cell::text("error of the sum"), signed(result.relative_error)],
        vec![Cell::text("worst error of the cumulative line afterwards"), Cell::share(result.worst_tracking_error)],
        vec![Cell::text("mean absolute error for each customer"), Cell::number(result.mean_absolute_error, 3)],
        vec![Cell::text("root mean square error for each customer"), Cell::number(result.root_mean_square_error, 3)],
    ];
    let tracking = result.tracking.iter().map(|point| {
        json!({ "period": point.period, "date": date_of(point.day).to_string(), "actual": point.actual, "forecast": point.forecast })
    });
    Report {
        title: format!("How a forecast of {} turned out by {}", date_of(split.fit_until), date_of(split.check_until)),
        lead: vec![
            format!(
                "{model} was fitted to {} customers as they were known on {} ({}).",
                grouped(result.fit.customers as i128),
                date_of(split.fit_until),
                named.join(", ")
            ),
            format!(
                "Afterwards they bought {} times; {} was forecast: {}.",
                grouped(i128::from(result.actual)),
                Cell::number(result.forecast, 0).shown,
                signed(result.relative_error).shown
            ),
        ],
        tables: vec![
            Table::new("Purchases of each customer afterwards", groups, result.groups.iter().map(group).collect()),
            Table::new("The errors", vec![("what", false), ("figure", true)], errors),
        ],
        plots: vec![
            ("calibration".to_owned(), plot::calibration(result)),
            ("tracking".to_owned(), plot::tracking(result, split.fit_until)),
        ],
        notes: base.notes.clone(),
        data: json!({
            "model": model.name(), "fit_until": date_of(split.fit_until).to_string(),
            "check_until": date_of(split.check_until).to_string(), "parameters": result.fit.repeat.parameters(),
            "log_likelihood": result.fit.log_likelihood, "actual": result.actual, "forecast": result.forecast,
            "relative_error": result.relative_error, "worst_tracking_error": result.worst_tracking_error,
            "mean_absolute_error": result.mean_absolute_error, "root_mean_square_error": result.root_mean_square_error,
            "groups": result.groups, "tracking": tracking.collect::<Vec<_>>(),
        }),
    }
}

/// An error with its sign.
fn signed(share: f64) -> Cell {
    let cell = Cell::share(share);
    if share.is_finite() { Cell { shown: format!("{:+.1} %", 100.0 * share), ..cell } } else { cell }
}
