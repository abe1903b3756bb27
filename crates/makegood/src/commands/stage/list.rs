use std::cmp::Reverse;
use std::collections::BTreeMap;

use makegood_charter::model::{Phase, Stage};
use makegood_charter::{Charter, Moment};
use makegood_core::stage::{Standing, stages_at};
use makegood_engine::{each_slot, standings_of_slot};
use makegood_store::{Reader, SLOTS, Slot};
use serde_json::json;

use super::Staged;
use crate::Failure;
use crate::arguments::{Output, Scope};
use crate::open::threads;
use crate::output::{bar, grouped};
use crate::value::{Cell, Report, Table};

/// Who is listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Only {
    pub stage: Option<Stage>,
    pub phase: Option<Phase>,
}

impl Only {
    fn fits(self, stage: Stage) -> bool {
        self.stage.is_none_or(|only| only == stage) && self.phase.is_none_or(|only| only == stage.phase())
    }
}

/// A party in its stage.
struct Row {
    party: String,
    stage: Stage,
    since: Moment,
    disqualified: bool,
}

/// `makegood stage list`: who is in which stage, with the next action.
pub(super) fn run(
    scope: &Scope,
    only: Only,
    at: Option<&str>,
    language: &str,
    (top, output): (usize, &Output),
) -> Result<bool, Failure> {
    let staged = Staged::open(scope)?;
    let at = at.map(|at| staged.moment(at)).transpose()?;
    let book = &staged.opened.book;
    let row = |party: &str, standing: &Standing| {
        let (stage, since) = match at {
            None => (standing.stage?, standing.since),
            Some(at) => {
                let (_, stages) = stages_at(book, &staged.name, at)?;
                let last = standing.history(stages, at).into_iter().next_back()?;
                (last.stage, last.since)
            }
        };
        let disqualified = standing.disqualified(at.unwrap_or(standing.looked_at)).is_some();
        Some(Row { party: party.to_owned(), stage, since, disqualified })
    };
    let progress = bar(u64::from(SLOTS), "reading stages");
    let slot = |reader: &mut dyn Reader, slot: Slot| {
        let mut rows = Vec::new();
        standings_of_slot(reader, slot, &staged.name, &mut |party, standing| rows.extend(row(party, standing)))?;
        Ok(rows)
    };
    let found = each_slot(&*staged.opened.store, threads(), &slot, &|| progress.inc(1))?;
    progress.finish_and_clear();
    let mut rows: Vec<Row> = found.into_iter().flatten().collect();
    let mut counts: BTreeMap<Stage, u64> = BTreeMap::new();
    for row in &rows {
        let count = counts.entry(row.stage).or_default();
        *count = count.saturating_add(1);
    }
    rows.retain(|row| only.fits(row.stage));
    rows.sort_by(|one, next| (Reverse(one.since), &one.party).cmp(&(Reverse(next.since), &next.party)));
    let Some(rules) = staged.rules() else { return Ok(true) };
    let listing = Listing { charter: &rules.charter, language, counts, rows, at };
    listing.report(top, output).write(output)?;
    Ok(true)
}

struct Listing<'a> {
    charter: &'a Charter,
    language: &'a str,
    counts: BTreeMap<Stage, u64>,
    rows: Vec<Row>,
    at: Option<Moment>,
}

impl Listing<'_> {
    fn next(&self, stage: Stage) -> String {
        let clause = self.charter.stages.as_ref().and_then(|stages| stages.clause(stage));
        let next = clause.and_then(|clause| clause.next.get(self.language));
        next.map(|next| next.render(&|_| None)).unwrap_or_default()
    }

    fn date(&self, moment: Moment) -> String {
        let date = jiff::Timestamp::from_millisecond(moment.0).map(|at| self.charter.zone.to_datetime(at).date());
        date.map(|date| date.to_string()).unwrap_or_default()
    }

    fn report(&self, top: usize, output: &Output) -> Report {
        let row = |row: &Row| {
            vec![
                Cell::text(&row.party),
                Cell::text(row.stage.word()),
                Cell::text(row.stage.phase().word()),
                Cell::text(self.date(row.since)),
                Cell::text(if row.disqualified { "disqualified" } else { "" }),
                Cell::text(self.next(row.stage)),
            ]
        };
        let columns = vec![
            ("party", false),
            ("stage", false),
            ("phase", false),
            ("since", false),
            ("beside", false),
            ("next", false),
        ];
        let total: u64 = self.counts.values().sum();
        let by_stage: Vec<String> =
            self.counts.iter().map(|(stage, count)| format!("{} {}", grouped(*count), stage.word())).collect();
        let when = self.at.map_or_else(|| "as recorded".to_owned(), |at| format!("at the end of {}", self.date(at)));
        let noun = if total == 1 { "party" } else { "parties" };
        let lead = match total {
            0 => "Nobody is in a stage yet: no event that the charter's stages name was heard.".to_owned(),
            _ => format!("{} {noun}: {}.", grouped(total), by_stage.join(", ")),
        };
        let counts: serde_json::Map<String, serde_json::Value> =
            self.counts.iter().map(|(stage, count)| (stage.word().to_owned(), (*count).into())).collect();
        Report {
            title: format!("Stages of {}, {when}", self.charter.name),
            lead: vec![lead],
            tables: vec![Table::first(
                "The latest to come into their stage first",
                columns,
                &self.rows,
                output.rows(top),
                row,
            )],
            plots: Vec::new(),
            notes: Vec::new(),
            data: output.data(|| {
                let parties = self.rows.iter().map(|row| {
                    json!({
                        "party": row.party, "stage": row.stage.word(), "phase": row.stage.phase().word(),
                        "since": row.since.to_string(), "disqualified": row.disqualified, "next": self.next(row.stage),
                    })
                });
                json!({ "charter": *self.charter.name, "counts": counts, "parties": parties.collect::<Vec<_>>() })
            }),
        }
    }
}
