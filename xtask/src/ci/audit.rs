//! The audit that never saw our code: the demonstration's statement against the recomputation from the raw tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{Run, demonstration};
use crate::place::Place;
use crate::shell::{program, read, run as carry_out};
use crate::table::{row, table};

/// The clause of the charter that promises the departure.
const PROMISE: &str = "departure";
/// How the audit calls the states, and how the statement does.
const STATES: &[(&str, &str)] =
    &[("kept", "kept"), ("kept_late", "kept late"), ("broken", "broken"), ("overdue", "overdue")];
/// Events that answer a remedy: they come after the fact, and the audit needs none of them.
const ANSWERS: &[&str] = &["\"type\":\"remedy.paid\"", "\"type\":\"remedy.approved\""];

/// What is compared, by name: figures and sums in minor units.
type Totals = BTreeMap<String, i128>;

pub fn compare(place: &Place, _: &mut Run) -> Result<()> {
    carry_out(&mut program(place, "python3", ["-m", "unittest", "discover", "--start-directory", "tests/airline"]))?;
    let facts = demonstration::folder(place)?.join("facts.jsonl");
    without_answers(place, &facts)?;
    let mut audit = program(place, "python3", ["tests/airline/audit.py", "--events"]);
    audit.arg(&facts);
    match place.data().map(|data| data.join("nycflights13")).filter(|data| data.is_dir()) {
        Some(data) => {
            for name in ["flights", "weather", "planes"] {
                audit.arg(format!("--{name}")).arg(data.join(format!("{name}.csv.gz")));
            }
        }
        None => {
            println!("the raw tables are not at hand (MAKEGOOD_DATA names their folder): the committed extract is used")
        }
    }
    let audited: Value = serde_json::from_str(&read(&mut audit)?).context("the audit wrote no JSON")?;
    println!("facts from {}", audited.get("facts_from").unwrap_or(&Value::Null));
    agree(&totals_of_statement(&demonstration::statement(place)?)?, &totals_of_audit(&audited)?)
}

fn without_answers(place: &Place, facts: &std::path::Path) -> Result<()> {
    let mut out = BufWriter::new(File::create(facts)?);
    for line in BufReader::new(File::open(demonstration::events(place)?)?).lines() {
        let line = line?;
        if !ANSWERS.iter().any(|answer| line.contains(answer)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

fn totals_of_statement(statement: &Value) -> Result<Totals> {
    let mut totals = Totals::new();
    let states = statement.pointer(&format!("/promises/{PROMISE}")).and_then(Value::as_object);
    let states = states.context("the statement has no departures")?;
    let known: BTreeSet<&str> = STATES.iter().map(|(_, ours)| *ours).collect();
    ensure!(states.keys().all(|state| known.contains(state.as_str())), "departures stand otherwise: {states:?}");
    let mut made = 0;
    for (name, ours) in STATES {
        let count = states.get(*ours).map_or(Some(0), whole).context("a count is not a number")?;
        made += count;
        totals.insert(format!("promises {name}"), count);
    }
    totals.insert("promises made".into(), made);
    for (right, owed) in statement.get("rights").and_then(Value::as_object).context("the statement has no rights")? {
        totals.insert(format!("{right}: remedies"), owed.get("remedies").and_then(whole).context("no count")?);
        for (commodity, sum) in owed.get("amounts").and_then(Value::as_object).context("no amounts")? {
            totals.insert(format!("{right}: {commodity}"), sum.get(1).and_then(whole).context("no sum")?);
        }
    }
    Ok(totals)
}

fn totals_of_audit(audited: &Value) -> Result<Totals> {
    let mut totals = Totals::new();
    for (state, count) in audited.get("promises").and_then(Value::as_object).context("the audit has no promises")? {
        totals.insert(format!("promises {state}"), whole(count).context("a count is not a number")?);
    }
    for (right, owed) in audited.get("remedies").and_then(Value::as_object).context("the audit has no remedies")? {
        totals.insert(format!("{right}: remedies"), owed.get("remedies").and_then(whole).context("no count")?);
        for (commodity, sum) in owed.get("owed_minor").and_then(Value::as_object).context("no sums")? {
            totals.insert(format!("{right}: {commodity}"), whole(sum).context("a sum is not a number")?);
        }
    }
    Ok(totals)
}

fn whole(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from)
}

fn agree(ours: &Totals, theirs: &Totals) -> Result<()> {
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut rows = vec![row(["", "demonstration", "audit", ""])];
    let mut differ = 0;
    for name in names {
        let (our, their) = (ours.get(name).unwrap_or(&0), theirs.get(name).unwrap_or(&0));
        differ += usize::from(our != their);
        let verdict = if our == their { "" } else { "DIFFERS" };
        rows.push(row([name.clone(), our.to_string(), their.to_string(), verdict.to_owned()]));
    }
    print!("{}", table(&rows, &[]));
    let broken = theirs.get("promises broken").is_some_and(|count| *count > 0);
    ensure!(broken, "no flight was cancelled in these days: the audit proves too little");
    if differ > 0 {
        bail!("{differ} totals differ (sums in minor units)");
    }
    println!("all {} totals agree, sums to the minor unit", rows.len().saturating_sub(1));
    Ok(())
}
