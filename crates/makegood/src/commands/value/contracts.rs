use std::collections::BTreeMap;

use makegood_value::sbg::{Cohort, SbgFit, fit};
use serde_json::json;

use crate::Failure;
use crate::arguments::{ContractRows, Output};
use crate::output::{counter, grouped};
use crate::value::{Cell, Report, Sheet, Table, refused, sheet_options};

/// `makegood value contracts`: sBG, for contracts that are renewed or not.
pub(super) fn run(rows: &ContractRows, prior: f64, output: &Output) -> Result<bool, Failure> {
    let sheet = Sheet::read(&rows.file)?;
    let whole = |cell: &str| cell.parse::<u32>().ok();
    let help = "write whole numbers from 0";
    let periods = sheet.numbers(sheet.column("--period", &rows.period)?, whole, help)?;
    let left = sheet.numbers(sheet.column("--customers", &rows.customers)?, whole, help)?;
    let names: Vec<&str> = match &rows.cohort {
        Some(name) => sheet.words(sheet.column("--cohort", name)?).collect(),
        None => vec![""; periods.len()],
    };
    let mut by_cohort: BTreeMap<&str, BTreeMap<u32, u32>> = BTreeMap::new();
    for (row, ((name, period), customers)) in (1_usize..).zip(names.into_iter().zip(periods).zip(left)) {
        if by_cohort.entry(name).or_default().insert(period, customers).is_some() {
            let message = format!("`{}`: row {row}: period {period} of the cohort `{name}` stands twice", sheet.name);
            return Err(Failure::new("M041", message, "write each period of a cohort once"));
        }
    }
    let cohorts = by_cohort.iter().map(|(name, counts)| cohort(&sheet, name, counts)).collect::<Result<Vec<_>, _>>()?;
    let progress = counter("fitting sBG");
    let fitted = fit(&cohorts, sheet_options(prior));
    progress.finish_and_clear();
    let fitted = fitted.map_err(|error| refused(&error))?;
    report(&sheet, &fitted, &cohorts, (rows, output))?.write(output)?;
    Ok(true)
}

/// A cohort from how many were there in each period: period 0 is when they signed.
fn cohort(sheet: &Sheet, name: &str, counts: &BTreeMap<u32, u32>) -> Result<Cohort, Failure> {
    let bad = |what: String| {
        let message = format!("`{}`: the cohort `{name}` {what}", sheet.name);
        Failure::new("M041", message, "write one row for each period from 0, with the customers still there")
    };
    if let Some((expected, (found, _))) = (0_u32..).zip(counts).find(|(expected, (found, _))| expected != *found) {
        return Err(bad(format!("has no period {expected}: {found} follows")));
    }
    let there: Vec<u32> = counts.values().copied().collect();
    let mut lost = Vec::new();
    for (period, pair) in (1_u32..).zip(there.windows(2)) {
        let [before, after] = pair else { continue };
        let gone = before.checked_sub(*after);
        lost.push(gone.ok_or_else(|| bad(format!("grows in period {period}: from {before} to {after}")))?);
    }
    Ok(Cohort { signed: there.first().copied().unwrap_or_default(), lost })
}

fn report(
    sheet: &Sheet,
    fitted: &SbgFit,
    cohorts: &[Cohort],
    (rows, output): (&ContractRows, &Output),
) -> Result<Report, Failure> {
    let model = fitted.sbg;
    let named = ["alpha", "beta"].into_iter().zip(model.parameters()).zip(fitted.standard_errors);
    let parameters: Vec<Vec<Cell>> = named
        .map(|((name, value), error)| vec![Cell::text(name), Cell::number(value, 3), Cell::number(error, 3)])
        .collect();
    let observed = cohorts.iter().map(|cohort| cohort.lost.len()).max().unwrap_or_default();
    let last = u32::try_from(observed).unwrap_or(u32::MAX).saturating_add(rows.ahead);
    let (mut lines, mut data) = (Vec::new(), Vec::new());
    for period in 0..=last {
        let (there, renews) = (model.survival(period), model.retention(period.saturating_add(1)));
        let seen = seen(cohorts, period);
        let residual = rows.discount.map(|rate| model.residual_lifetime(period, rate)).transpose();
        let residual = residual.map_err(|error| refused(&error))?;
        lines.push(vec![
            Cell::count(period),
            Cell::share(seen.unwrap_or(f64::NAN)),
            Cell::share(there),
            Cell::share(renews),
            Cell::number(residual.unwrap_or(f64::NAN), 2),
        ]);
        data.push(json!({
            "period": period, "observed": seen, "survival": there, "renews": renews, "residual_lifetime": residual,
        }));
    }
    let columns = vec![
        ("renewals", true),
        ("there, observed", true),
        ("there, by the model", true),
        ("renew once more", true),
        ("payments to come", true),
    ];
    let mut notes: Vec<String> = fitted.warnings.iter().map(|warning| format!("{warning}.")).collect();
    notes.push(format!("Read from `{}`: {} cohorts.", sheet.name, grouped(cohorts.len() as i128)));
    Ok(Report {
        title: "sBG: contracts that are renewed or not".to_owned(),
        lead: vec![
            format!(
                "Fitted to {} customers; log-likelihood {}.",
                grouped(fitted.customers),
                Cell::number(fitted.log_likelihood, 1).shown
            ),
            "Payments to come are those of a customer about to decide after so many renewals, discounted by `--discount` a period."
                .to_owned(),
        ],
        tables: vec![
            Table::new("Period by period", columns, lines),
            Table::new("Parameters", vec![("parameter", false), ("value", true), ("standard error", true)], parameters),
        ],
        plots: Vec::new(),
        notes,
        data: output.data(|| json!({
            "model": "sBG", "parameters": model.parameters(), "standard_errors": fitted.standard_errors,
            "log_likelihood": fitted.log_likelihood, "customers": fitted.customers, "discount": rows.discount,
            "periods": data,
        })),
    })
}

/// The share still there after so many renewals, of the cohorts that were observed for so long.
fn seen(cohorts: &[Cohort], period: u32) -> Option<f64> {
    let (mut signed, mut there) = (0_u64, 0_u64);
    for cohort in cohorts {
        let periods = usize::try_from(period).ok()?;
        if let Some(lost) = cohort.lost.get(..periods) {
            let lost: u64 = lost.iter().map(|count| u64::from(*count)).sum();
            signed = signed.saturating_add(u64::from(cohort.signed));
            there = there.saturating_add(u64::from(cohort.signed).saturating_sub(lost));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "numbers of customers")]
    let share = there as f64 / signed as f64;
    (signed > 0).then_some(share)
}
