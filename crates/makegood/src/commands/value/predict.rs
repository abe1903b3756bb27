use makegood_value::Summary;
use makegood_value::lifetime::Score;
use makegood_value::rhythm::Rhythm;
use serde_json::{Value as Json, json};

use super::{currency, scored};
use crate::Failure;
use crate::arguments::{self, Model, Output, ReportFormat};
use crate::output::grouped;
use crate::value::{Base, Cell, Fitted, Report, Table, date_of, for_day};

/// `makegood value predict`: what each customer is expected to buy, and is worth.
pub(super) fn run(base: &arguments::Base, model: &Model, top: usize, output: &Output) -> Result<bool, Failure> {
    let base = Base::open(base, false)?;
    let mut notes = base.notes.clone();
    let fitted = for_day(&base, model, base.day, &mut notes)?;
    let mut scored = scored(&base, &fitted)?;
    scored.sort_by(|(one, _, a), (next, _, b)| b.value.total_cmp(&a.value).then(one.cmp(next)));
    answer(&base, &fitted, &scored, (top, output), notes)?;
    Ok(true)
}

/// Writes the forecast: to people the first of them, to programs all, one after the other.
fn answer(
    base: &Base,
    fitted: &Fitted,
    scored: &[(&str, Summary, Score)],
    (top, output): (usize, &Output),
    notes: Vec<String>,
) -> Result<(), Failure> {
    let scale = base.scale();
    let rhythm = |summary: &Summary| Rhythm::of(&fitted.repeat.repeat, summary);
    let lost = |summary: &Summary| rhythm(summary).is_lost(base.terms.lost_below);
    let row = |(name, summary, score): &(&str, Summary, Score)| {
        let rhythm = rhythm(summary);
        let last = base.histories.customer(name).and_then(|customer| customer.last_purchase(base.day));
        vec![
            Cell::text(*name),
            Cell::number(score.value / scale, 2),
            Cell::share(score.p_alive),
            Cell::text(if rhythm.is_lost(base.terms.lost_below) { "lost" } else { "" }),
            Cell::number(score.discounted_purchases, 2),
            Cell::number(score.expected_spend / scale, 2),
            Cell::text(last.map(|day| date_of(day).to_string()).unwrap_or_default()),
            Cell::count(i128::from(summary.repeats).saturating_add(1)),
            Cell::number(rhythm.times, 1),
        ]
    };
    let columns = vec![
        ("party", false),
        ("value", true),
        ("P(alive)", true),
        ("counts as", false),
        ("expected purchases", true),
        ("expected spend", true),
        ("last purchase", false),
        ("occasions", true),
        ("silence", true),
    ];
    let total: f64 = scored.iter().map(|(_, _, score)| score.value).sum();
    let gone = scored.iter().filter(|(_, summary, _)| lost(summary)).count();
    let horizon =
        base.terms.horizon_years.map_or("over all of the future".to_owned(), |years| format!("over {years} years"));
    let party = |(name, summary, score): &(&str, Summary, Score)| {
        json!({
            "party": name, "repeats": summary.repeats, "p_alive": score.p_alive, "lost": lost(summary),
            "silence": rhythm(summary).times, "discounted_purchases": score.discounted_purchases,
            "expected_spend": score.expected_spend / scale, "value": score.value / scale,
        })
    };
    match output.format {
        ReportFormat::Csv => return output.stream_csv(&columns, scored, row),
        ReportFormat::Json => {
            let head = json!({
                "as_of": date_of(base.day).to_string(), "currency": base.histories.currency(), "total": total / scale,
                "lost": gone, "model": fitted.repeat.repeat.model().name(),
                "fitted_as_of": date_of(fitted.day).to_string(), "notes": notes,
            });
            return output.stream_json(&head, "parties", scored, party);
        }
        ReportFormat::Text | ReportFormat::Html => {}
    }
    let report = Report {
        title: format!("What customers are worth on {}", date_of(base.day)),
        lead: vec![
            format!(
                "{} customers are worth {}{} in all, {horizon}, at {} a year.",
                grouped(scored.len() as i128),
                Cell::number(total / scale, 2).shown,
                currency(base),
                Cell::share(base.terms.discount).shown,
            ),
            format!(
                "{} of them count as lost: their chance of being there is below {}. The statement of equity holds them at nothing.",
                grouped(gone as i128),
                Cell::share(base.terms.lost_below).shown
            ),
            "Silence is counted in each party's own usual time between purchases; expected purchases are discounted."
                .to_owned(),
            fitted.origin(),
        ],
        tables: vec![Table::first("Customers, the most valuable first", columns, scored, top, row)],
        plots: Vec::new(),
        notes,
        data: Json::Null,
    };
    report.write(output)
}
