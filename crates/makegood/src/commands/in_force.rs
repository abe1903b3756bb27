use makegood_charter::{Charter, Moment, builtin, words};
use makegood_engine::{Act, ActKind, Decided, charter_log, decide, withdraw};
use makegood_store::{CharterRow, Reader};

use crate::arguments::{CharterHistory, PutInForce};
use crate::output::{put, put_line, table};
use crate::{Failure, clock, open};

/// Digits of a digest that are shown: enough to tell two texts apart by eye.
const DIGITS: usize = 12;

/// `makegood charter put-in-force`: one person proposes a version, another one approves it.
pub fn run(arguments: &PutInForce) -> Result<bool, Failure> {
    let (file, text) = open::charter_file(&arguments.file)?;
    let charter = open::compile(&file, &text)?;
    open::is_decided(&charter)?;
    if let Some(from) = &arguments.from {
        counts_from(&charter, super::moment_in(from, &charter.zone)?)?;
    }
    let url = &arguments.database.db;
    let opened = open::database(url)?;
    let (person, now) = (&arguments.person, clock::now());
    let what = format!("version {} of `{}`", charter.version, charter.name);
    let from = words::show_moment(charter.from, &charter.zone, "en");
    if arguments.withdraw {
        let proposal = withdraw(&*opened.store, &charter.name, &charter.version, person, now);
        let Act { person: by, .. } = proposal.map_err(open::not_in_force)?;
        put_line!("withdrawn: {what}, which {by} had proposed");
        return Ok(true);
    }
    match decide(&*opened.store, &charter, person, now).map_err(open::not_in_force)? {
        Decided::Proposed => put!(
            "proposed: {what}, to count from {from}; nothing has changed yet\n\
             another person approves it with this very file: `makegood charter put-in-force {} --as PERSON --db {}`\n",
            arguments.file.display(),
            makegood_store::shown(url),
        ),
        Decided::Approved { proposed_by } => {
            put_line!("in force: {what} counts from {from}; proposed by {proposed_by}, approved by {}", person.trim())
        }
        Decided::InForce => put_line!("{what} is in force already, with this text; nothing has changed"),
    }
    Ok(true)
}

/// The day that a person has in mind must be the one that the published text names.
fn counts_from(charter: &Charter, from: Moment) -> Result<(), Failure> {
    if charter.from == from {
        return Ok(());
    }
    let day = |moment| words::show_moment(moment, &charter.zone, "en");
    Err(Failure::new(
        "M072",
        format!(
            "version {} of `{}` counts from {}, not {}",
            charter.version,
            charter.name,
            day(charter.from),
            day(from)
        ),
        "what is published is what runs: change `in_force: {from: …}` in the file, or leave `--from` out",
    ))
}

/// `makegood charter history`: who put which version of a charter in force, and when.
pub fn history(arguments: &CharterHistory) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    put!("{}", told(&mut *opened.store.reader()?, &arguments.name)?);
    Ok(true)
}

/// The story of a charter's versions.
pub fn told(reader: &mut dyn Reader, name: &str) -> Result<String, Failure> {
    let name = name.strip_prefix(builtin::CHARTER).and_then(|name| name.strip_prefix(':')).unwrap_or(name);
    let acts = charter_log(reader, name).map_err(open::not_in_force)?;
    let kept: Vec<CharterRow> = reader.charters()?.into_iter().filter(|row| &*row.name == name).collect();
    if acts.is_empty() && kept.is_empty() {
        return Err(Failure::new(
            "M073",
            format!("nothing is in force or proposed of a charter `{name}`"),
            "name it as its file does: `charter: NAME`",
        ));
    }
    let mut lines: Vec<(Moment, Vec<String>)> = Vec::new();
    let short = |digest: &str| digest.chars().take(DIGITS).collect::<String>();
    let line = |at: Moment, version: &str, what: &str, person: &str, from: Moment, digest: &str| {
        let cells = [at.to_string(), version.to_owned(), what.to_owned(), person.to_owned(), from.to_string()];
        (at, cells.into_iter().chain([short(digest)]).collect())
    };
    for row in &kept {
        // A version that two persons put in force stands in the log.
        if !acts.iter().any(|act| act.kind == ActKind::Approved && act.version == row.version) {
            let charter = open::compile(&row.name, &row.text)?;
            let digest = makegood_core::id::hex(&row.digest);
            lines.push(line(Moment(row.recorded), &row.version, "in force, as the first", "", charter.from, &digest));
        }
    }
    for act in &acts {
        let what = match act.kind {
            ActKind::Proposed => "proposed by",
            ActKind::Approved => "in force, approved by",
            ActKind::Withdrawn => "withdrawn by",
        };
        lines.push(line(act.at, &act.version, what, &act.person, act.from, &act.digest));
    }
    lines.sort_by_key(|(at, _)| *at);
    let head = ["at", "version", "", "", "counts from", "text"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(lines.into_iter().map(|(_, row)| row)).collect();
    Ok(format!("charter:{name}\n{}", table(&rows, &[])))
}
