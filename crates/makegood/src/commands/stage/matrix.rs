use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_charter::model::Stage;
use makegood_core::stage::{Move, stage_word, stages_at};
use makegood_engine::{EngineError, each_slot, moves_of_slot, standings_of_slot};
use makegood_store::{Reader, SLOTS, Slot};
use serde_json::json;

use super::Staged;
use crate::Failure;
use crate::arguments::{Known, Output, Scope};
use crate::language::Language;
use crate::open::threads;
use crate::output::{bar, grouped};
use crate::value::{Cell, Report, Table};

/// How many parties went from one stage (none: not there yet) to another.
type Counts = BTreeMap<(Option<Stage>, Option<Stage>), u64>;

/// `makegood stage matrix`: who moved from where to where between two dates.
pub(super) fn run(
    scope: &Scope,
    (from, to): (&str, &str),
    known: Known,
    language: Language,
    output: &Output,
) -> Result<bool, Failure> {
    let staged = Staged::open(scope)?;
    let (opening, closing) = (staged.moment(from)?, staged.moment(to)?);
    if opening >= closing {
        let message = format!("the matrix opens on {from} and closes on {to}");
        return Err(Failure::new("M044", message, "let `--to` be later than `--from`"));
    }
    let progress = bar(u64::from(SLOTS), "reading stages");
    let slot = |reader: &mut dyn Reader, slot: Slot| match known {
        Known::Now => by_evidence(reader, slot, &staged, opening, closing),
        Known::Then => by_moves(reader, slot, &staged, opening, closing),
    };
    let found = each_slot(&*staged.opened.store, threads(), &slot, &|| progress.inc(1))?;
    progress.finish_and_clear();
    let mut counts = Counts::new();
    for (pair, count) in found.into_iter().flatten() {
        let sum = counts.entry(pair).or_default();
        *sum = sum.saturating_add(count);
    }
    report(&staged, &counts, (from, to), (known, output.spoken(language)), output).write(output)?;
    Ok(true)
}

fn add(counts: &mut Counts, pair: (Option<Stage>, Option<Stage>)) {
    if pair != (None, None) {
        let count = counts.entry(pair).or_default();
        *count = count.saturating_add(1);
    }
}

/// What the evidence that is known now says of both dates.
fn by_evidence(
    reader: &mut dyn Reader,
    slot: Slot,
    staged: &Staged,
    opening: Moment,
    closing: Moment,
) -> Result<Counts, EngineError> {
    let mut counts = Counts::new();
    let stages = |at: Moment| stages_at(&staged.opened.book, &staged.name, at).map(|(_, stages)| stages);
    let (first, last) = (stages(opening), stages(closing));
    standings_of_slot(reader, slot, &staged.name, &mut |_, standing| {
        let before = first.and_then(|stages| standing.on(stages, opening)).map(|stand| stand.stage);
        let after = last.and_then(|stages| standing.on(stages, closing)).map(|stand| stand.stage);
        add(&mut counts, (before, after));
    })?;
    Ok(counts)
}

/// What had been written down by both dates.
fn by_moves(
    reader: &mut dyn Reader,
    slot: Slot,
    staged: &Staged,
    opening: Moment,
    closing: Moment,
) -> Result<Counts, EngineError> {
    let mut counts = Counts::new();
    let believed = |moves: &[(Moment, Move)], at: Moment| {
        moves.iter().rev().find(|(recorded, _)| *recorded <= at).map(|(_, one)| one.to)
    };
    for moves in moves_of_slot(reader, slot, &staged.name)?.values() {
        add(&mut counts, (believed(moves, opening), believed(moves, closing)));
    }
    Ok(counts)
}

/// The name of a stage for programs.
fn word(stage: Option<Stage>) -> &'static str {
    stage.map_or("none", Stage::word)
}

/// The name of a stage for people; in English the word itself.
fn shown(stage: Option<Stage>, language: Language) -> &'static str {
    match (stage, language.0) {
        (Some(stage), "zh" | "nb") => stage_word(stage, language.0),
        (None, "zh") => "无",
        (None, "nb") => "ingen",
        _ => word(stage),
    }
}

fn report(
    staged: &Staged,
    counts: &Counts,
    (from, to): (&str, &str),
    (known, language): (Known, Language),
    output: &Output,
) -> Report {
    let stages = || std::iter::once(None).chain(Stage::ALL.into_iter().map(Some));
    let of = |before: Option<Stage>, after: Option<Stage>| counts.get(&(before, after)).copied().unwrap_or_default();
    let (from_word, in_all) = (language.of(["from", "原阶段", "fra"]), language.of(["in all", "合计", "i alt"]));
    let mut columns = vec![(from_word, false)];
    columns.extend(stages().skip(1).map(|stage| (shown(stage, language), true)));
    columns.push((in_all, true));
    let cell = |count: u64| Cell {
        shown: if count == 0 { "·".to_owned() } else { grouped(count) },
        plain: count.to_string(),
    };
    let line = |name: &str, sum: &dyn Fn(Option<Stage>) -> u64| {
        let each: Vec<u64> = stages().skip(1).map(sum).collect();
        let total = each.iter().copied().fold(0_u64, u64::saturating_add);
        std::iter::once(Cell::text(name)).chain(each.into_iter().map(cell)).chain([Cell::count(total)]).collect()
    };
    let mut rows: Vec<Vec<Cell>> =
        stages().map(|before| line(shown(before, language), &|after| of(before, after))).collect();
    rows.push(line(in_all, &|after| stages().map(|before| of(before, after)).sum()));
    let sums = vec![rows.len().saturating_sub(1)];
    let sum = |fits: &dyn Fn(Option<Stage>, Option<Stage>) -> bool| -> u64 {
        counts.iter().filter(|((before, after), _)| fits(*before, *after)).map(|(_, count)| *count).sum()
    };
    let (lost, back) = (Some(Stage::Lost), Some(Stage::Lost));
    let became_lost = sum(&|before, after| before != lost && after == lost);
    let regained = sum(&|before, after| before == back && after != back);
    let all: u64 = counts.values().sum();
    let stayed = sum(&|before, after| before == after);
    let basis = match known {
        Known::Now => [
            "By all that is known now of both dates.",
            "按目前对这两个日期所知的一切。",
            "Etter alt som nå er kjent om begge datoene.",
        ],
        Known::Then => [
            "As it stood written at both dates: what was recorded later was not known, imported history neither.",
            "按当时的记录：之后才记录的（包括后来导入的历史）当时并不知道。",
            "Slik det sto skrevet på begge datoene: det som ble ført senere, var ikke kjent, heller ikke importert historikk.",
        ],
    };
    let title = [
        "From the stage in the row to the stage in the column",
        "从所在行的阶段到所在列的阶段",
        "Fra stadiet i raden til stadiet i kolonnen",
    ];
    let table = Table { sums, ..Table::new(language.of(title), columns, rows) };
    let [all_shown, stayed_shown, lost_shown, back_shown] = [all, stayed, became_lost, regained].map(grouped);
    let (named, lead) = match language.0 {
        "zh" => (
            format!("{} 的阶段变化，{from} 至 {to}", staged.name),
            format!("共 {all_shown} 方：{stayed_shown} 方阶段未变，{lost_shown} 方流失，{back_shown} 方赢回。"),
        ),
        "nb" => (
            format!("Stadier i {}, fra {from} til {to}", staged.name),
            format!(
                "{all_shown} parter: {stayed_shown} ble i sitt stadium, {lost_shown} gikk tapt, {back_shown} kom tilbake."
            ),
        ),
        _ => (
            format!("Stages of {}, from {from} to {to}", staged.name),
            format!(
                "{all_shown} {}: {stayed_shown} stayed in their stage, {lost_shown} were lost, {back_shown} were regained.",
                if all == 1 { "party" } else { "parties" },
            ),
        ),
    };
    Report {
        title: named,
        lead: vec![lead, language.of(basis).to_owned()],
        tables: vec![table],
        plots: Vec::new(),
        notes: Vec::new(),
        data: output.data(|| {
            let moves = counts
                .iter()
                .map(|((before, after), count)| json!({ "from": word(*before), "to": word(*after), "parties": count }));
            json!({
                "charter": *staged.name, "from": from, "to": to,
                "known": if known == Known::Now { "now" } else { "then" }, "parties": all, "stayed": stayed,
                "lost": became_lost, "regained": regained, "moves": moves.collect::<Vec<_>>(),
            })
        }),
    }
}
