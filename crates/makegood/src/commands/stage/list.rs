use std::cmp::Reverse;
use std::collections::BTreeMap;

use makegood_charter::model::{Phase, Stage};
use makegood_charter::{Charter, Moment};
use makegood_core::stage::{Standing, phase_word, stage_word, stages_at};
use makegood_engine::{each_slot, standings_of_slot};
use makegood_store::{Reader, SLOTS, Slot};
use serde_json::json;

use super::Staged;
use crate::Failure;
use crate::arguments::{Output, Scope};
use crate::language::Language;
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

    /// The name of a stage: in English the word itself.
    fn stage(&self, stage: Stage, language: Language) -> &'static str {
        if matches!(language.0, "zh" | "nb") { stage_word(stage, language.0) } else { stage.word() }
    }

    /// The title, and how many are in which stage.
    fn heading(&self, language: Language, total: u64, by_stage: &str) -> (String, String) {
        let (name, date) = (&self.charter.name, self.at.map(|at| self.date(at)));
        let title = match (language.0, date) {
            ("zh", Some(date)) => format!("{name} 的阶段，{date} 日终"),
            ("zh", None) => format!("{name} 的阶段，按记录"),
            ("nb", Some(date)) => format!("Stadier i {name}, ved utgangen av {date}"),
            ("nb", None) => format!("Stadier i {name}, slik de er ført"),
            (_, Some(date)) => format!("Stages of {name}, at the end of {date}"),
            (_, None) => format!("Stages of {name}, as recorded"),
        };
        let nobody = [
            "Nobody is in a stage yet: no event that the charter's stages name was heard.",
            "尚无任何一方处于某个阶段：没有听到条款中阶段所列的事件。",
            "Ingen er i et stadium ennå: ingen hendelse som charterets stadier nevner, er hørt.",
        ];
        let noun = match (language.0, total) {
            ("zh", _) => "方",
            ("nb", 1) => "part",
            ("nb", _) => "parter",
            (_, 1) => "party",
            _ => "parties",
        };
        let lead = match total {
            0 => language.of(nobody).to_owned(),
            _ => format!("{} {noun}: {by_stage}.", grouped(total)),
        };
        (title, lead)
    }

    fn report(&self, top: usize, output: &Output) -> Report {
        let words = output.spoken(Language(self.language));
        let row = |row: &Row| {
            vec![
                Cell::text(&row.party),
                Cell::text(self.stage(row.stage, words)),
                Cell::text(phase_word(row.stage.phase(), words.0)),
                Cell::text(self.date(row.since)),
                Cell::text(if row.disqualified {
                    words.of(["disqualified", "不符合条件", "diskvalifisert"])
                } else {
                    ""
                }),
                Cell::text(self.next(row.stage)),
            ]
        };
        let columns = vec![
            (words.of(["party", "对象", "part"]), false),
            (words.of(["stage", "阶段", "stadium"]), false),
            (words.of(["phase", "时期", "fase"]), false),
            (words.of(["since", "起始", "siden"]), false),
            (words.of(["beside", "附注", "ved siden av"]), false),
            (words.of(["next", "下一步", "neste"]), false),
        ];
        let total: u64 = self.counts.values().sum();
        let by_stage: Vec<String> = self
            .counts
            .iter()
            .map(|(stage, count)| format!("{} {}", grouped(*count), self.stage(*stage, words)))
            .collect();
        let (title, lead) = self.heading(words, total, &by_stage.join(", "));
        let counts: serde_json::Map<String, serde_json::Value> =
            self.counts.iter().map(|(stage, count)| (stage.word().to_owned(), (*count).into())).collect();
        Report {
            title,
            lead: vec![lead],
            tables: vec![Table::first(
                words.of([
                    "The latest to come into their stage first",
                    "最近进入阶段的排在前面",
                    "De som sist kom inn i sitt stadium, først",
                ]),
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
