use makegood_value::concentration::{Concentration, CurvePoint, Worth, concentration};
use makegood_value::equity::to_minor;
use makegood_value::plot;
use serde_json::json;

use super::{currency, scored};
use crate::Failure;
use crate::arguments::{self, Model, Output};
use crate::output::{amount, grouped};
use crate::value::{Base, Cell, Report, Table, date_of, for_day, refused};

/// `makegood value concentration`: on how few customers it rests.
pub(super) fn run(
    base: &arguments::Base,
    model: &Model,
    of: arguments::Worth,
    top: usize,
    output: &Output,
) -> Result<bool, Failure> {
    let base = Base::open(base, true)?;
    let mut notes = base.notes.clone();
    let rows = match of {
        arguments::Worth::Margin => margins(&base)?,
        arguments::Worth::Value => {
            let fitted = for_day(&base, model, base.day, &mut notes)?;
            notes.push(fitted.origin());
            values(&base, &fitted)?
        }
    };
    let found = concentration(&rows).map_err(|error| refused(&error))?;
    if base.database.is_none() {
        notes.push("A file of transactions does not tell when somebody was last cared for.".to_owned());
    }
    report(&base, of, &found, (top, output), notes).write(output)?;
    Ok(true)
}

/// What each brought so far, and what serving each cost.
fn margins(base: &Base) -> Result<Vec<Worth>, Failure> {
    let worth = |(party, customer): (&str, &makegood_value::Customer)| {
        let sums = customer.sums(i32::MIN, base.day);
        let whole = |sum: i128| {
            i64::try_from(sum).map_err(|_| {
                Failure::new("M041", format!("`{party}`: its amounts are too large to add up"), "look at its purchases")
            })
        };
        Ok(worth(base, party, whole(sums.margin_minor)?, whole(sums.cost_minor)?))
    };
    base.histories.customers().filter(|(_, customer)| customer.last_purchase(base.day).is_some()).map(worth).collect()
}

/// What each is expected to bring; the cost to serve is taken off already.
fn values(base: &Base, fitted: &crate::value::Fitted) -> Result<Vec<Worth>, Failure> {
    let scored = scored(base, fitted)?;
    let worth = |(party, _, score): &(&str, _, makegood_value::lifetime::Score)| {
        to_minor(score.value).map(|minor| worth(base, party, minor, 0)).map_err(|error| refused(&error))
    };
    scored.iter().map(worth).collect()
}

fn worth(base: &Base, party: &str, value_minor: i64, cost_to_serve_minor: i64) -> Worth {
    let last_cared_day =
        base.cared.get(party).and_then(|days| days.iter().copied().filter(|day| *day <= base.day).max());
    let currency = base.histories.currency().to_owned();
    Worth { party: party.to_owned(), currency, value_minor, cost_to_serve_minor, last_cared_day }
}

fn report(
    base: &Base,
    of: arguments::Worth,
    found: &Concentration,
    (top, output): (usize, &Output),
    notes: Vec<String>,
) -> Report {
    let (what, decimals, code) = (word(of), base.decimals, currency(base));
    let cared = |worth: &Worth| worth.last_cared_day.map_or_else(|| "never".to_owned(), |day| date_of(day).to_string());
    // A file tells nothing of care.
    let caring = base.database.is_some();
    let row = |worth: &Worth| {
        let mut row = vec![
            Cell::text(&worth.party),
            Cell::money(worth.value_minor, decimals),
            Cell::money(worth.cost_to_serve_minor, decimals),
        ];
        if caring {
            let plain = worth.last_cared_day.map(|day| date_of(day).to_string()).unwrap_or_default();
            row.push(Cell { shown: cared(worth), plain });
        }
        row
    };
    let mut columns = vec![("party", false), (what, true), ("cost to serve", true)];
    if caring {
        columns.push(("last given a remedy", false));
    }
    let mut lead = vec![format!(
        "The most valuable fifth of {} customers bring {} of the {what}.",
        grouped(found.pareto.last().map_or(0, |point| i128::from(point.customers))),
        Cell::share(found.top_fifth_share).shown
    )];
    if let Some(peak) = found.peak
        && found.unprofitable > 0
    {
        lead.push(format!(
            "{} customers cost more than they bring: the best {} brought {}{code}, all together {}{code}.",
            grouped(i128::from(found.unprofitable)),
            grouped(i128::from(peak.customers)),
            amount(peak.sum_minor, decimals),
            amount(found.profit_minor, decimals)
        ));
    }
    let never = found.top_fifth.iter().filter(|worth| worth.last_cared_day.is_none()).count();
    if caring && never > 0 {
        lead.push(format!("{} of the top fifth were never given a remedy or goodwill.", grouped(never as i128)));
    }
    let figures = vec![
        vec![Cell::text(format!("{what}, in all")), Cell::money(found.total_minor, decimals)],
        vec![Cell::text(format!("{what} less cost to serve")), Cell::money(found.profit_minor, decimals)],
        vec![Cell::text("share of the top fifth"), Cell::share(found.top_fifth_share)],
        vec![Cell::text("Gini coefficient"), Cell::number(found.gini, 3)],
        vec![Cell::text("customers who cost more than they bring"), Cell::count(i128::from(found.unprofitable))],
    ];
    let points = |curve: &[CurvePoint]| {
        let point = |point: &CurvePoint| json!([point.customers, point.share_of_customers, point.share_of_value]);
        curve.iter().map(point).collect::<Vec<_>>()
    };
    Report {
        title: format!("On how few customers it rests: {what} up to {}", date_of(base.day)),
        lead,
        tables: vec![
            Table::first("The top fifth, the most valuable first", columns, &found.top_fifth, output.rows(top), row),
            Table::new("The figures", vec![("what", false), ("figure", true)], figures),
        ],
        plots: vec![
            ("pareto".to_owned(), plot::concentration(&format!("Pareto curve of {what}"), &found.pareto)),
            (
                "whale".to_owned(),
                plot::concentration(&format!("Whale curve of {what} less cost to serve"), &found.whale),
            ),
        ],
        notes,
        data: output.data(|| json!({
            "as_of": date_of(base.day).to_string(), "of": what, "currency": found.currency, "decimals": decimals,
            "total_minor": i64::try_from(found.total_minor).ok(), "profit_minor": i64::try_from(found.profit_minor).ok(),
            "top_fifth_share": found.top_fifth_share, "gini": found.gini, "unprofitable": found.unprofitable,
            "top_fifth": found.top_fifth.iter().map(|worth| json!({
                "party": worth.party, "value_minor": worth.value_minor, "cost_to_serve_minor": worth.cost_to_serve_minor,
                "last_cared": worth.last_cared_day.map(|day| date_of(day).to_string()),
            })).collect::<Vec<_>>(),
            "pareto": points(&found.pareto), "whale": points(&found.whale),
        })),
    }
}

fn word(of: arguments::Worth) -> &'static str {
    match of {
        arguments::Worth::Margin => "margin received",
        arguments::Worth::Value => "expected value",
    }
}
