use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::RemedyKind;
use makegood_engine::{Side, Simulated, Simulation, Sum, simulate, simulate_files};
use makegood_store::SLOTS;

use crate::arguments::{Format, Simulate};
use crate::output::{amount, bar, grouped, put, put_line, table};
use crate::{Failure, clock, open};

/// `makegood charter simulate`: judges the recorded history under a draft, beside what was in force. Nothing is written.
pub fn run(arguments: &Simulate) -> Result<bool, Failure> {
    let (name, text) = open::charter_file(&arguments.draft)?;
    let mut draft = open::draft(&name, &text)?;
    if let Some(from) = &arguments.from {
        draft.from = super::moment_in(from, &draft.zone)?;
    }
    let until = super::moment_in(&arguments.to, &draft.zone)?;
    if let Some(field) = &arguments.segment
        && !knows(&draft, field)
    {
        return Err(Failure::new(
            "M028",
            format!("no promise of `{}` is made by an event with the field `{field}`", draft.name),
            "name a field of the event that makes a promise, as the charter declares it: `channel`",
        ));
    }
    let segment = arguments.segment.as_deref().map(Into::into);
    let simulation = Simulation { draft: Arc::new(draft), until, segment };
    let threads = open::threads();
    let found = match &arguments.history {
        Some(folder) => {
            let history = super::history::whole(folder)?;
            let progress = bar(history.parties().len() as u64, "judging history again");
            let found = simulate_files(&history, &simulation, threads, &|| progress.inc(1))?;
            progress.finish_and_clear();
            found
        }
        None => {
            let opened = open::database(&arguments.database.db)?;
            let progress = bar(u64::from(SLOTS), "judging history again");
            let found = simulate(&*opened.store, &opened.book, &simulation, threads, &|| progress.inc(1))?;
            progress.finish_and_clear();
            found
        }
    };
    match arguments.format {
        Format::Json => put_line!("{:#}", json(&simulation.draft, &found)),
        Format::Text => put!("{}", text_of(&simulation, &found)),
    }
    Ok(true)
}

fn knows(draft: &Charter, field: &str) -> bool {
    let made_by = draft.promises.iter().filter_map(|promise| draft.shapes.get(promise.on));
    made_by.into_iter().any(|shape| shape.positions.contains_key(field))
}

fn text_of(simulation: &Simulation, found: &Simulated) -> String {
    let draft = &simulation.draft;
    let day = |moment: Moment| makegood_charter::words::show_moment(moment, &draft.zone, "en");
    let mut text = format!(
        "`{}` {} as a draft from {} until {}, beside what was in force\n{} parties, {} events judged again; nothing was written\n",
        draft.name,
        draft.version,
        day(draft.from),
        day(simulation.until.min(clock::now())),
        grouped(found.parties),
        grouped(found.events),
    );
    let rights = |side: &Side| -> BTreeMap<String, Sum> {
        side.rights
            .iter()
            .map(|((right, kind), sum)| (format!("{right} ({})", kind_word(*kind)), sum.clone()))
            .collect()
    };
    let named = |sums: &BTreeMap<Box<str>, Sum>| -> BTreeMap<String, Sum> {
        sums.iter().map(|(name, sum)| (name.to_string(), sum.clone())).collect()
    };
    let (was, would) = (&found.was, &found.would);
    text.push_str(&section(draft, "By right", &rights(was), &rights(would), Some((&was.whole, &would.whole))));
    text.push_str(&section(draft, "By month", &named(&was.months), &named(&would.months), None));
    text.push_str(&tenders(&was.whole, &would.whole));
    if !(was.segments.is_empty() && would.segments.is_empty()) {
        text.push_str(&section(draft, "By segment", &named(&was.segments), &named(&would.segments), None));
    }
    let same = found.parties.saturating_sub(found.better).saturating_sub(found.worse);
    let rows = [
        ("parties better off", grouped(found.better)),
        ("parties worse off", grouped(found.worse)),
        ("parties as well off", grouped(same)),
        ("remedies that reach a cap", format!("{}, before {}", grouped(would.capped), grouped(was.capped))),
        ("remedies held for approval", format!("{}, before {}", grouped(would.held), grouped(was.held))),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(what, figure)| vec![what.to_owned(), figure]).collect();
    text.push_str(&format!("\nFor whom\n{}", table(&rows, &[1])));
    if !found.largest.is_empty() {
        let money = |minor| amount(minor, draft.money.decimals());
        let row = |one: &makegood_engine::Difference| {
            vec![
                one.party.to_string(),
                one.thing.to_string(),
                one.right.to_string(),
                money(one.was),
                money(one.would),
                signed(one.would.saturating_sub(one.was), draft),
            ]
        };
        let mut rows = vec![["party", "thing", "right", "was", "would be", "change"].map(str::to_owned).to_vec()];
        rows.extend(found.largest.iter().map(row));
        text.push_str(&format!("\nLargest changes, in {}\n{}", draft.money, table(&rows, &[3, 4, 5])));
    }
    if !found.refused.is_empty() {
        text.push_str("\nNot judged under the draft\n");
        let rows: Vec<_> = found.refused.iter().map(|(code, count)| vec![code.to_string(), grouped(*count)]).collect();
        text.push_str(&table(&rows, &[1]));
    }
    if found.differ == 0 {
        text.push_str("\nEvery remedy is the same, to its reason.\n");
    }
    text
}

pub fn kind_word(kind: RemedyKind) -> &'static str {
    match kind {
        RemedyKind::Restitution => "restitution",
        RemedyKind::Compensation => "compensation",
        RemedyKind::Penalty => "penalty",
        RemedyKind::Goodwill => "goodwill",
    }
}

fn signed(minor: i128, draft: &Charter) -> String {
    let text = amount(minor, draft.money.decimals());
    if minor > 0 { format!("+{text}") } else { text }
}

/// Remedies and their worth, side by side.
fn section(
    draft: &Charter,
    title: &str,
    was: &BTreeMap<String, Sum>,
    would: &BTreeMap<String, Sum>,
    whole: Option<(&Sum, &Sum)>,
) -> String {
    let none = Sum::default();
    let row = |name: &str, was: &Sum, would: &Sum| {
        vec![
            name.to_owned(),
            grouped(was.remedies),
            amount(was.worth, draft.money.decimals()),
            grouped(would.remedies),
            amount(would.worth, draft.money.decimals()),
            signed(would.worth.saturating_sub(was.worth), draft),
        ]
    };
    let mut rows = vec![["", "were", "worth", "would be", "worth", "change"].map(str::to_owned).to_vec()];
    let names: std::collections::BTreeSet<&String> = was.keys().chain(would.keys()).collect();
    rows.extend(
        names.into_iter().map(|name| row(name, was.get(name).unwrap_or(&none), would.get(name).unwrap_or(&none))),
    );
    rows.extend(whole.map(|(was, would)| row("together", was, would)));
    format!("\n{title}, in {}\n{}", draft.money, table(&rows, &[1, 2, 3, 4, 5]))
}

/// What is paid in each tender, side by side.
fn tenders(was: &Sum, would: &Sum) -> String {
    let codes: std::collections::BTreeSet<&Box<str>> = was.amounts.keys().chain(would.amounts.keys()).collect();
    let mut rows = vec![["", "was", "would be"].map(str::to_owned).to_vec()];
    for code in codes {
        let written =
            |sum: &Sum| sum.amounts.get(code).map_or("0".to_owned(), |(decimals, minor)| amount(*minor, *decimals));
        rows.push(vec![code.to_string(), written(was), written(would)]);
    }
    format!("\nBy tender\n{}", table(&rows, &[1, 2]))
}

fn json(draft: &Charter, found: &Simulated) -> serde_json::Value {
    let sum = |sum: &Sum| {
        let amounts: BTreeMap<&str, String> =
            sum.amounts.iter().map(|(code, (decimals, minor))| (&**code, plain(*minor, *decimals))).collect();
        serde_json::json!({ "remedies": sum.remedies, "amounts": amounts, "worth": plain(sum.worth, draft.money.decimals()) })
    };
    let named = |sums: &BTreeMap<Box<str>, Sum>| -> BTreeMap<String, serde_json::Value> {
        sums.iter().map(|(name, one)| (name.to_string(), sum(one))).collect()
    };
    let side = |side: &Side| {
        let rights: BTreeMap<String, _> = side
            .rights
            .iter()
            .map(|((right, kind), one)| (format!("{right}/{}", kind_word(*kind)), sum(one)))
            .collect();
        serde_json::json!({
            "whole": sum(&side.whole), "rights": rights, "months": named(&side.months),
            "segments": named(&side.segments), "capped": side.capped, "held": side.held,
        })
    };
    let largest = found.largest.iter().map(|one| {
        serde_json::json!({
            "party": &*one.party, "thing": &*one.thing, "right": &*one.right,
            "was": plain(one.was, draft.money.decimals()), "would": plain(one.would, draft.money.decimals()),
        })
    });
    serde_json::json!({
        "charter": &*draft.name, "version": &*draft.version, "money": draft.money.code(), "from": draft.from.to_string(),
        "parties": found.parties, "events": found.events, "was": side(&found.was), "would": side(&found.would),
        "better": found.better, "worse": found.worse, "differ": found.differ, "largest": largest.collect::<Vec<_>>(),
        "refused": found.refused,
    })
}

/// An amount for programs: `-1449549.00`.
pub fn plain(minor: i128, decimals: u8) -> String {
    amount(minor, decimals).replace(|letter: char| letter.is_whitespace(), "")
}
