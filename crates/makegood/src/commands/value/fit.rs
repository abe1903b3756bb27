use std::collections::BTreeMap;
use std::path::Path;

use makegood_value::repeat::{Covariates, RepeatFit, fit_with_covariates};
use serde_json::{Value as Json, json};

use super::currency;
use crate::Failure;
use crate::arguments::{self, CovariateRows, Model, Output};
use crate::output::{counter, grouped};
use crate::value::{Base, Cell, Fitted, Report, Sheet, Table, compare, date_of, fit_now, options, record, refused};

/// `makegood value fit`: fits the models, and records them where there is a database.
pub(super) fn run(
    base: &arguments::Base,
    model: &Model,
    (others, covariates): (bool, &CovariateRows),
    output: &Output,
) -> Result<bool, Failure> {
    let base = Base::open(base, false)?;
    let fitted = fit_now(&base, model, base.day)?;
    let recorded = record(&base, &fitted)?;
    let mut report = report(&base, &fitted, recorded);
    if others {
        let (table, data) = comparison(&base, model)?;
        report.tables.push(table);
        if let Some(fields) = report.data.as_object_mut() {
            fields.insert("comparison".to_owned(), data);
        }
    }
    if let Some(file) = &covariates.covariates {
        let rows = (file.as_path(), covariates.covariates_of.as_str());
        let (table, notes, data) = effects(&base, model, rows, fitted.repeat.log_likelihood)?;
        report.tables.push(table);
        report.notes.extend(notes);
        if let Some(fields) = report.data.as_object_mut() {
            fields.insert("covariates".to_owned(), data);
        }
    }
    report.write(output)?;
    Ok(true)
}

/// What facts of each customer do to how often it buys and when it leaves. Nothing else is valued by it.
fn effects(
    base: &Base,
    how: &Model,
    (file, of): (&Path, &str),
    without: f64,
) -> Result<(Table, Vec<String>, Json), Failure> {
    let sheet = Sheet::read(file)?;
    let who = sheet.column("--covariates-of", of)?;
    let columns = sheet.others(who);
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|number| number.is_finite());
    let help = "write a number, with 1 and 0 for yes and no; rows are counted from 1";
    let numbers = columns.iter().map(|(place, _)| sheet.numbers(*place, number, help));
    let numbers: Vec<Vec<f64>> = numbers.collect::<Result<_, _>>()?;
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, name) in sheet.words(who).enumerate() {
        if known.insert(name, row).is_some() {
            let message = format!("`{}`: `{name}` stands twice", sheet.name);
            return Err(Failure::new("M041", message, "write one row for each customer"));
        }
    }
    let unit = base.terms.unit.days();
    let (mut customers, mut values, mut missing) = (Vec::new(), Vec::new(), 0_usize);
    for (name, customer) in base.histories.customers() {
        let Some(summary) = customer.known_at(base.day, unit).filter(|summary| summary.age > 0.0) else { continue };
        let Some(row) = known.get(name) else {
            missing = missing.saturating_add(1);
            continue;
        };
        customers.push(summary);
        values.extend(numbers.iter().filter_map(|column| column.get(*row).copied()));
    }
    let covariates = Covariates { names: columns.into_iter().map(|(_, name)| name).collect(), values };
    let progress = counter("fitting with covariates");
    let fitted = fit_with_covariates(how.model.model(), &customers, &covariates, &covariates, options(how));
    progress.finish_and_clear();
    let fitted = fitted.map_err(|error| refused(&error))?;
    let cells = fitted.effects.iter().map(|effect| {
        vec![
            Cell::text(&effect.parameter),
            Cell::text(&effect.covariate),
            Cell::number(effect.coefficient, 3),
            Cell::number(effect.standard_error, 3),
            Cell::number(effect.coefficient / effect.standard_error, 1),
        ]
    });
    let columns = vec![
        ("parameter", false),
        ("covariate", false),
        ("coefficient", true),
        ("standard error", true),
        ("ratio", true),
    ];
    let title = format!("What the facts of each customer do, {} customers", grouped(fitted.customers as i128));
    let table = Table::new(title, columns, cells.collect());
    let mut notes = vec![
        "A parameter of a customer is the base times e to the sum of coefficient times value: a positive one on `alpha` means slower buying.".to_owned(),
        format!(
            "With covariates the log-likelihood of repeat buying is {}, without {}; values and the statement are reckoned without.",
            Cell::number(fitted.log_likelihood, 1).shown,
            Cell::number(without, 1).shown
        ),
    ];
    if missing > 0 {
        let count = grouped(missing as i128);
        notes.push(format!("{count} customers do not stand in `{}` and are left out of it.", sheet.name));
    }
    notes.extend(fitted.warnings.iter().map(|warning| format!("With covariates, {warning}.")));
    let data = json!({
        "effects": fitted.effects, "parameters": fitted.repeat.parameters(), "log_likelihood": fitted.log_likelihood,
        "customers": fitted.customers, "left_out": missing,
    });
    Ok((table, notes, data))
}

fn parameters(fit: &RepeatFit, rows: &mut Vec<Vec<Cell>>) {
    let model = fit.repeat.model();
    let named = model.parameter_names().into_iter().zip(fit.repeat.parameters()).zip(fit.standard_errors);
    rows.extend(named.map(|((name, value), error)| row(model.name(), name, value, error)));
}

fn row(model: &str, name: &str, value: f64, error: f64) -> Vec<Cell> {
    vec![Cell::text(model), Cell::text(name), Cell::number(value, 3), Cell::number(error, 3)]
}

fn report(base: &Base, fitted: &Fitted, recorded: bool) -> Report {
    let Fitted { repeat, spend, terms, .. } = fitted;
    let (unit, scale) = (base.terms.unit, base.scale());
    let mut rows = Vec::new();
    parameters(repeat, &mut rows);
    // v is an amount: shown in major units, like everything that is read.
    let units = [1.0, 1.0, scale];
    for ((name, value), (error, unit)) in ["p", "q", "v"]
        .into_iter()
        .zip(spend.gamma_gamma.parameters())
        .zip(spend.standard_errors.into_iter().zip(units))
    {
        rows.push(row("Gamma-Gamma", name, value / unit, error / unit));
    }
    let columns = vec![("model", false), ("parameter", false), ("value", true), ("standard error", true)];
    let spend_likelihood = spend_likelihood(fitted, scale);
    let quality = vec![
        fact("customers", Cell::count(repeat.customers as i128)),
        fact("of them bought again", Cell::count(repeat.customers.saturating_sub(spend.bought_once) as i128)),
        fact("distinct histories", Cell::count(repeat.histories as i128)),
        fact("log-likelihood of repeat buying", Cell::number(repeat.log_likelihood, 1)),
        fact("log-likelihood of spend", Cell::number(spend_likelihood, 1)),
        fact("iterations", Cell::text(format!("{} and {}", repeat.iterations, spend.iterations))),
        fact("correlation of number and amount", Cell::number(spend.correlation, 3)),
        fact("left out of spend: bought once", Cell::count(spend.bought_once as i128)),
        fact("left out of spend: nothing on balance", Cell::count(spend.not_positive as i128)),
        fact("margin, of spend", Cell::share(terms.margin)),
        fact("cost to serve, each occasion", Cell::number(terms.cost_per_purchase / scale, 2)),
    ];
    let mut notes = base.notes.clone();
    notes.extend(repeat.warnings.iter().chain(&spend.warnings).map(|warning| format!("{warning}.")));
    if recorded {
        notes.push(format!("Recorded in the database as of {}.", date_of(fitted.day)));
    }
    let model = repeat.repeat.model();
    Report {
        title: format!("{model} and Gamma-Gamma as of {}", date_of(fitted.day)),
        lead: vec![
            format!("Both converged. Times are in {}, amounts in{}.", unit.word(), or_file(&currency(base))),
            "One-time buyers say nothing of how spend varies and are left out of that model; they are valued all the same.".to_owned(),
        ],
        tables: vec![
            Table::new("Parameters", columns, rows),
            Table::new("The fit", vec![("what", false), ("figure", true)], quality),
        ],
        plots: Vec::new(),
        notes,
        data: data(base, fitted, spend_likelihood, recorded),
    }
}

fn or_file(currency: &str) -> &str {
    if currency.is_empty() { " the unit of the file" } else { currency }
}

fn fact(what: &str, figure: Cell) -> Vec<Cell> {
    vec![Cell::text(what), figure]
}

/// The log-likelihood of spend counted in major units, as the literature does: each mean's density shifts by the scale.
fn spend_likelihood(fitted: &Fitted, scale: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of customers")]
    let customers = fitted.spend.customers as f64;
    fitted.spend.log_likelihood + customers * scale.ln()
}

fn data(base: &Base, fitted: &Fitted, spend_likelihood: f64, recorded: bool) -> Json {
    let Fitted { repeat, spend, terms, .. } = fitted;
    let [p, q, v] = spend.gamma_gamma.parameters();
    let [p_error, q_error, v_error] = spend.standard_errors;
    let scale = base.scale();
    let model = repeat.repeat.model();
    let pairs =
        model.parameter_names().into_iter().zip(repeat.repeat.parameters().into_iter().zip(repeat.standard_errors));
    let named: serde_json::Map<String, Json> = pairs
        .map(|(name, (value, error))| (name.to_owned(), json!({ "value": value, "standard_error": error })))
        .collect();
    json!({
        "as_of": date_of(fitted.day).to_string(), "currency": base.histories.currency(), "unit": base.terms.unit.word(),
        "recorded": recorded, "converged": true,
        "repeat": {
            "model": model.name(), "parameters": named, "log_likelihood": repeat.log_likelihood,
            "customers": repeat.customers, "histories": repeat.histories, "iterations": repeat.iterations,
        },
        "spend": {
            "model": "Gamma-Gamma",
            "parameters": {
                "p": { "value": p, "standard_error": p_error }, "q": { "value": q, "standard_error": q_error },
                "v": { "value": v / scale, "standard_error": v_error / scale },
            },
            "log_likelihood": spend_likelihood, "customers": spend.customers, "bought_once": spend.bought_once,
            "not_positive": spend.not_positive, "correlation": spend.correlation, "iterations": spend.iterations,
        },
        "terms": {
            "discount_a_year": base.terms.discount, "horizon_years": base.terms.horizon_years, "margin": terms.margin,
            "cost_per_purchase": terms.cost_per_purchase / scale,
        },
    })
}

/// The models of repeat buying side by side: four parameters each, so the likelihoods compare as they are.
fn comparison(base: &Base, how: &Model) -> Result<(Table, Json), Failure> {
    let mut rows = Vec::new();
    let mut data = Vec::new();
    for (model, fitted) in compare(base, how, base.day)? {
        let (words, likelihood, json) = match &fitted {
            Ok(fit) => {
                let named = model.parameter_names().into_iter().zip(fit.repeat.parameters());
                let named: Vec<String> = named.map(|(name, value)| format!("{name} {value:.3}")).collect();
                let json = json!({ "model": model.name(), "converged": true, "parameters": fit.repeat.parameters(), "log_likelihood": fit.log_likelihood });
                (named.join(", "), fit.log_likelihood, json)
            }
            Err(error) => (
                format!("not used: {error}"),
                f64::NAN,
                json!({ "model": model.name(), "converged": false, "error": error.to_string() }),
            ),
        };
        rows.push(vec![Cell::text(model.name()), Cell::text(words), Cell::number(likelihood, 1)]);
        data.push(json);
    }
    let columns = vec![("model", false), ("parameters", false), ("log-likelihood", true)];
    let title = format!("Models of repeat buying, {} customers", grouped(base.histories.len() as i128));
    Ok((Table::new(title, columns, rows), data.into()))
}
