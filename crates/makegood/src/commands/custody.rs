//! `makegood custody`: who handed what to whom; import and export in the words of EPCIS.

use std::path::Path;

use makegood_charter::value::Moment;
use makegood_core::Beside;
use makegood_engine::{FeedError, feed, rows};
use makegood_store::{Body, PartKind, SLOTS, Slot, slot_of};

use super::run::taken;
use crate::arguments::{CustodyCommand, Database};
use crate::language::Language;
use crate::output::{bar, put, put_line};
use crate::{Failure, clock, epcis, open, story};

/// Lines of a log read at once.
const LINES: usize = 10_000;

pub fn run(arguments: &CustodyCommand) -> Result<bool, Failure> {
    match arguments {
        CustodyCommand::Show { thing, spoken, database } => show(thing, spoken.language(), database),
        CustodyCommand::Export { to, things, database } => export(to, things, database),
        CustodyCommand::Import { file, kind, lines, database } => import(file, kind, *lines, database.as_ref()),
    }
}

/// The chain of a thing as each party who was promised something of it may know it.
fn show(thing: &str, language: Language, database: &Database) -> Result<bool, Failure> {
    let opened = open::database(&database.db)?;
    let mut reader = opened.store.reader()?;
    let slot = slot_of(thing);
    let mut found = false;
    let mut after = String::new();
    loop {
        let parties = reader.interested(slot, thing, &after, LINES)?;
        let Some(last) = parties.last() else { break };
        after = last.to_string();
        for party in &parties {
            for row in reader.parts_about(slot_of(party), party, PartKind::Custody, makegood_core::id::about(thing))? {
                if let Some(Beside::Custody(chain)) = rows::beside(&row)?
                    && &*chain.thing == thing
                {
                    put!("{party}\n{}", story::chain(&chain, &opened, &mut *reader, language.0)?);
                    found = true;
                }
            }
        }
    }
    if !found {
        match language.0 {
            "zh" => put_line!("获得 `{thing}` 承诺的各方均未得知任何交接"),
            "nb" => put_line!("ingen som ble lovet `{thing}`, har hørt om en overlevering"),
            _ => put_line!("nobody who was promised `{thing}` has heard of a hand-off"),
        }
    }
    Ok(found)
}

fn export(to: &Path, things: &[String], database: &Database) -> Result<bool, Failure> {
    let opened = open::database(&database.db)?;
    let mut reader = opened.store.reader()?;
    let mut events: Vec<(i64, Vec<u8>, serde_json::Value)> = Vec::new();
    let mut take = |row: &makegood_store::EventRow| {
        if let Body::Own(bytes) = &row.body
            && let Some(event) = epcis::event(bytes, Moment(row.recorded))
        {
            events.push((row.time, bytes.to_vec(), event));
        }
    };
    let progress = bar(u64::from(SLOTS), "reading the log");
    if things.is_empty() {
        for slot in (0..SLOTS).map(Slot) {
            let mut after = (String::new(), 0);
            loop {
                let page = reader.lines_of_slot(slot, (&after.0, after.1), LINES)?;
                let Some(last) = page.last() else { break };
                after = (last.key.to_string(), last.seq);
                page.iter().for_each(&mut take);
            }
            progress.inc(1);
        }
    }
    for thing in things {
        let mut after = 0;
        loop {
            let page = reader.log(slot_of(thing), thing, after, LINES)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            page.iter().for_each(&mut take);
        }
    }
    progress.finish_and_clear();
    events.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let count = events.len();
    let document = epcis::document(events.into_iter().map(|(_, _, event)| event).collect(), clock::now());
    // A dash is standard output, so that another program can read on.
    if to == Path::new("-") {
        put_line!("{document:#}");
        return Ok(true);
    }
    std::fs::write(to, format!("{document:#}\n"))
        .map_err(|error| Failure::from_error("M060", &error, format!("`{}` cannot be written", to.display())))?;
    put_line!("{count} events of custody written to {}", to.display());
    Ok(true)
}

fn import(file: &Path, kind: &str, lines: bool, database: Option<&Database>) -> Result<bool, Failure> {
    let read = std::fs::read_to_string(file).map_err(|error| {
        Failure::from_error(
            "M060",
            &error,
            format!("`{}` cannot be read: name a document of EPCIS 2.0", file.display()),
        )
    })?;
    let import = epcis::import(&read, kind)?;
    for passed in &import.passed {
        eprintln!("passed over: {passed}");
    }
    let mut text = import.lines.join("\n");
    text.push('\n');
    if lines {
        put!("{text}");
        return Ok(import.passed.is_empty());
    }
    let Some(database) = database else {
        return Err(Failure::new(
            "M060",
            "no database is named",
            "name one with `--db`, or ask for the lines with `--lines`",
        ));
    };
    let opened = open::database(&database.db)?;
    let mut session = opened.session()?;
    let name = file.display().to_string();
    let fed = feed(&mut session, &opened.book, &name, std::io::Cursor::new(text.into_bytes()), &mut |_| {});
    match fed {
        Ok(_) => {}
        Err(FeedError::Engine(error)) => return Err(error.into()),
        Err(input) => return Err(input.into()),
    }
    put!("{}", taken(&session.counts()));
    Ok(import.passed.is_empty() && session.counts().set_aside == 0)
}
