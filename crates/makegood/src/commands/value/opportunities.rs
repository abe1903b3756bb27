use makegood_value::bg_bb::{BgBbFit, Opportunities, fit};
use serde_json::json;

use crate::Failure;
use crate::arguments::{OpportunityRows, Output};
use crate::output::{counter, grouped};
use crate::value::{Cell, Report, Sheet, Table, refused, sheet_options};

/// `makegood value opportunities`: BG/BB, for buying at discrete opportunities.
pub(super) fn run(rows: &OpportunityRows, prior: f64, output: &Output) -> Result<bool, Failure> {
    let sheet = Sheet::read(&rows.file)?;
    let whole = |cell: &str| cell.parse::<u32>().ok();
    let help = "write whole numbers from 0";
    let column = |argument: &str, name: &str| sheet.numbers(sheet.column(argument, name)?, whole, help);
    let repeats = column("--repeats", &rows.repeats)?;
    let last = column("--last", &rows.last)?;
    let opportunities = column("--opportunities", &rows.opportunities)?;
    let customers = match &rows.customers {
        Some(name) => column("--customers", name)?,
        None => vec![1; repeats.len()],
    };
    let histories: Vec<Opportunities> = repeats
        .into_iter()
        .zip(last)
        .zip(opportunities)
        .zip(customers)
        .map(|(((repeats, last), opportunities), customers)| Opportunities { repeats, last, opportunities, customers })
        .collect();
    let progress = counter("fitting BG/BB");
    let fitted = fit(&histories, sheet_options(prior));
    progress.finish_and_clear();
    let fitted = fitted.map_err(|error| refused(&error))?;
    report(&sheet, &fitted, merged(histories), (rows, output))?.write(output)?;
    Ok(true)
}

/// Equal histories once, with their customers; those who bought most and last first.
fn merged(mut histories: Vec<Opportunities>) -> Vec<Opportunities> {
    let key = |row: &Opportunities| (row.opportunities, row.repeats, row.last);
    histories.sort_by_key(|row| std::cmp::Reverse(key(row)));
    let mut merged: Vec<Opportunities> = Vec::new();
    for row in histories {
        match merged.last_mut().filter(|known| key(known) == key(&row)) {
            Some(known) => known.customers = known.customers.saturating_add(row.customers),
            None => merged.push(row),
        }
    }
    merged
}

fn report(
    sheet: &Sheet,
    fitted: &BgBbFit,
    histories: Vec<Opportunities>,
    (rows, output): (&OpportunityRows, &Output),
) -> Result<Report, Failure> {
    let model = fitted.bg_bb;
    let named = ["alpha", "beta", "gamma", "delta"].into_iter().zip(model.parameters()).zip(fitted.standard_errors);
    let parameters: Vec<Vec<Cell>> = named
        .map(|((name, value), error)| vec![Cell::text(name), Cell::number(value, 3), Cell::number(error, 3)])
        .collect();
    let discounted = |row: &Opportunities| {
        let rate = rows.discount;
        rate.map(|rate| model.discounted_purchases(row, rate)).transpose().map_err(|error| refused(&error))
    };
    let mut lines = Vec::new();
    let mut data = Vec::new();
    for row in &histories {
        let (alive, expected) = (model.p_alive(row, 1), model.expected_purchases(row, rows.ahead));
        let value = discounted(row)?;
        lines.push(vec![
            Cell::count(row.repeats),
            Cell::count(row.last),
            Cell::count(row.opportunities),
            Cell::count(row.customers),
            Cell::share(alive),
            Cell::number(expected, 2),
            Cell::number(value.unwrap_or(f64::NAN), 2),
        ]);
        data.push(json!({
            "repeats": row.repeats, "last": row.last, "opportunities": row.opportunities, "customers": row.customers,
            "p_alive": alive, "expected": expected, "discounted": value,
        }));
    }
    let columns = vec![
        ("repeats", true),
        ("last", true),
        ("opportunities", true),
        ("customers", true),
        ("P(alive)", true),
        ("expected", true),
        ("discounted", true),
    ];
    let mut notes: Vec<String> = fitted.warnings.iter().map(|warning| format!("{warning}.")).collect();
    notes.push(format!("Read from `{}`.", sheet.name));
    Ok(Report {
        title: "BG/BB: buying at discrete opportunities".to_owned(),
        lead: vec![
            format!(
                "Fitted to {} customers; log-likelihood {}.",
                grouped(fitted.customers),
                Cell::number(fitted.log_likelihood, 1).shown
            ),
            format!(
                "P(alive) is at the next opportunity; expected are purchases at the next {}; discounted are all of the future's, by `--discount` an opportunity.",
                rows.ahead
            ),
        ],
        tables: vec![
            Table::new("Each history", columns, lines),
            Table::new("Parameters", vec![("parameter", false), ("value", true), ("standard error", true)], parameters),
        ],
        plots: Vec::new(),
        notes,
        data: output.data(|| {
            json!({
                "model": "BG/BB", "parameters": model.parameters(), "standard_errors": fitted.standard_errors,
                "log_likelihood": fitted.log_likelihood, "customers": fitted.customers, "ahead": rows.ahead,
                "discount": rows.discount, "histories": data,
            })
        }),
    })
}
