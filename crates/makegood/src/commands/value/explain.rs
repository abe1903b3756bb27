use makegood_value::equity::Circumstances;
use makegood_value::lifetime::{Score, score};
use makegood_value::plot;
use makegood_value::repeat::RepeatModel;
use makegood_value::rhythm::Rhythm;
use makegood_value::{Customer, Day, Summary};
use serde_json::json;

use super::currency;
use crate::Failure;
use crate::arguments::{self, Model, Output};
use crate::output::amount;
use crate::value::{Base, Cell, Fitted, Report, Table, date_of, for_day, refused};

/// How many days of dealings are shown.
const SHOWN: usize = 12;

/// `makegood value explain`: one customer.
pub(super) fn run(party: &str, base: &arguments::Base, model: &Model, output: &Output) -> Result<bool, Failure> {
    let base = Base::open(base, true)?;
    let unit = base.terms.unit.days();
    let known =
        base.histories.customer(party).and_then(|customer| Some((customer, customer.known_at(base.day, unit)?)));
    let Some((customer, summary)) = known else {
        let message = format!("`{party}` had bought nothing by {}", date_of(base.day));
        return Err(Failure::new("M048", message, "copy the name whole, as `makegood value predict` shows it"));
    };
    let mut notes = base.notes.clone();
    let fitted = for_day(&base, model, base.day, &mut notes)?;
    let valuation = fitted.valuation();
    let score =
        score(&valuation.repeat, &valuation.spend, &summary, &valuation.terms).map_err(|error| refused(&error))?;
    let story = Story { party, base: &base, customer, summary, fitted: &fitted, score };
    story.report(notes, output).write(output)?;
    Ok(true)
}

/// One customer with all that is known.
struct Story<'a> {
    party: &'a str,
    base: &'a Base,
    customer: &'a Customer,
    summary: Summary,
    fitted: &'a Fitted,
    score: Score,
}

impl Story<'_> {
    fn rhythm(&self) -> Rhythm {
        Rhythm::of(&self.fitted.repeat.repeat, &self.summary)
    }

    fn major(&self, minor: f64) -> String {
        format!("{}{}", Cell::number(minor / self.base.scale(), 2).shown, currency(self.base))
    }

    fn lead(&self) -> Vec<String> {
        let (unit, rhythm, score) = (self.base.terms.unit.word(), self.rhythm(), self.score);
        let terms = self.fitted.terms;
        let verdict =
            if rhythm.is_lost(self.base.terms.lost_below) { "it counts as lost" } else { "it counts as a customer" };
        let once = self.summary.repeats == 0 && self.fitted.repeat.repeat.model() == RepeatModel::BgNbd;
        let mut lead = vec![
            format!(
                "Bought on {} occasions; usually every {} {unit}, silent for {} {unit}: {} of its usual times.",
                u64::from(self.summary.repeats) + 1,
                Cell::number(rhythm.usual, 1).shown,
                Cell::number(rhythm.silent, 1).shown,
                Cell::number(rhythm.times, 1).shown,
            ),
            format!(
                "The chance that it is still a customer is {}, against a threshold of {}: {verdict}.",
                Cell::share(score.p_alive).shown,
                Cell::share(self.base.terms.lost_below).shown
            ),
        ];
        if once {
            lead.push("Under BG/NBD a customer who bought once is there by assumption.".to_owned());
        }
        lead.push(format!(
            "Value {} = {} discounted purchases × ({} spent × {} margin − {} cost).",
            self.major(score.value),
            Cell::number(score.discounted_purchases, 3).shown,
            self.major(score.expected_spend),
            Cell::share(terms.margin).shown,
            self.major(terms.cost_per_purchase),
        ));
        if rhythm.is_lost(self.base.terms.lost_below) {
            lead.push("In the statement of equity a lost party stands at nothing.".to_owned());
        }
        lead.push(self.fitted.origin());
        lead
    }

    fn dealings(&self, most: usize) -> Table {
        let decimals = self.base.decimals;
        let days: Vec<&Day> = self.customer.days().iter().filter(|day| day.day <= self.base.day).rev().collect();
        let row = |day: &&Day| {
            vec![
                Cell::text(date_of(day.day).to_string()),
                Cell::count(i128::from(day.purchases)),
                Cell::money(day.amount_minor, decimals),
                Cell::money(day.margin_minor, decimals),
                Cell::money(day.cost_minor, decimals),
                Cell::text(self.base.histories.segment_name(day.segment).unwrap_or_default()),
            ]
        };
        let columns = vec![
            ("day", false),
            ("purchases", true),
            ("paid", true),
            ("margin", true),
            ("cost", true),
            ("segment", false),
        ];
        Table::first("Dealings, the latest first", columns, &days, most, row)
    }

    /// What it was let down by, given, and why it left.
    fn events(&self, most: usize) -> Option<Table> {
        let around = self.base.circumstances.get(self.party)?;
        let Circumstances { left, let_down, spent, lost } = around;
        let decimals = self.base.decimals;
        let mut rows: Vec<(i32, String)> = Vec::new();
        rows.extend(let_down.iter().map(|down| (down.day, format!("let down: {}", down.cause))));
        for spell in lost.iter().flatten() {
            rows.push((spell.from, "lost, by the charter's stages".to_owned()));
            rows.extend(spell.until.map(|until| (until, "a customer again, by the charter's stages".to_owned())));
        }
        rows.extend(left.iter().map(|(day, why)| (*day, format!("left: {why}"))));
        rows.extend(spent.iter().map(|(day, minor)| {
            (*day, format!("goodwill or remedy: {}{}", amount(i128::from(*minor), decimals), currency(self.base)))
        }));
        rows.retain(|(day, _)| *day <= self.base.day);
        if rows.is_empty() {
            return None;
        }
        rows.sort_by(|one, next| next.cmp(one));
        let row = |(day, what): &(i32, String)| vec![Cell::text(date_of(*day).to_string()), Cell::text(what)];
        let columns = vec![("day", false), ("what", false)];
        Some(Table::first("What else happened, the latest first", columns, &rows, most, row))
    }

    /// P(alive) at every tenth of a unit of time since the first purchase.
    fn picture(&self) -> String {
        let unit = self.base.terms.unit.days();
        let first = self.customer.bought().next().unwrap_or(self.base.day);
        let since = |day: i32| (f64::from(day) - f64::from(first)) / unit;
        let repeats: Vec<f64> = self.customer.bought().skip(1).filter(|day| *day <= self.base.day).map(since).collect();
        let times: Vec<f64> = (first..=self.base.day).map(since).collect();
        let chances = self.fitted.repeat.repeat.p_alive_over_time(&repeats, &times);
        plot::p_alive(self.party, self.base.terms.unit.word(), &times, &chances, &repeats)
    }

    fn report(&self, notes: Vec<String>, output: &Output) -> Report {
        let (rhythm, score, scale) = (self.rhythm(), self.score, self.base.scale());
        Report {
            title: format!("{} on {}", self.party, date_of(self.base.day)),
            lead: self.lead(),
            tables: std::iter::once(self.dealings(output.rows(SHOWN))).chain(self.events(output.rows(SHOWN))).collect(),
            plots: vec![("p-alive".to_owned(), self.picture())],
            notes,
            data: json!({
                "party": self.party, "as_of": date_of(self.base.day).to_string(), "currency": self.base.histories.currency(),
                "summary": self.summary, "rhythm": rhythm, "lost": rhythm.is_lost(self.base.terms.lost_below),
                "p_alive": score.p_alive, "discounted_purchases": score.discounted_purchases,
                "expected_spend": score.expected_spend / scale, "value": score.value / scale,
                "model": self.fitted.repeat.repeat.model().name(), "parameters": self.fitted.repeat.repeat.parameters(),
            }),
        }
    }
}
