//! `makegood stage`: where parties stand.

mod list;
mod matrix;
mod review;

use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_core::Rules;

use crate::arguments::{Scope, StageCommand};
use crate::open::{self, Opened};
use crate::{Failure, story};

/// `makegood stage`.
pub fn run(arguments: &StageCommand) -> Result<bool, Failure> {
    match arguments {
        StageCommand::Show { party, database, at, language } => {
            story::stage(&database.db, party, at.as_deref(), language)
        }
        StageCommand::List { scope, stage, phase, at, language, top, output } => {
            let only = list::Only { stage: stage.map(|name| name.stage()), phase: phase.map(|name| name.phase()) };
            list::run(scope, only, at.as_deref(), language, (*top, output))
        }
        StageCommand::Matrix { scope, from, to, known, spoken, output } => {
            matrix::run(scope, (from, to), *known, spoken.language(), output)
        }
        StageCommand::Review { base, model, by, dry_run, top, output } => {
            review::run(base, model, by, *dry_run, (*top, output))
        }
    }
}

/// A database, and the name of the charter in it whose stages count.
struct Staged {
    opened: Opened,
    name: Box<str>,
}

impl Staged {
    fn open(scope: &Scope) -> Result<Self, Failure> {
        let opened = open::database(&scope.database.db)?;
        let name = choose(&opened, scope.charter.as_deref(), &scope.database.db)?;
        Ok(Self { opened, name })
    }

    /// The latest version that knows stages.
    fn rules(&self) -> Option<&Rules> {
        let versions = self.opened.book.versions().iter().rev();
        let mut staged = versions.filter(|rules| rules.charter.name == self.name && rules.charter.stages.is_some());
        staged.next()
    }

    /// The moment that an argument means; a date means its end in the charter's zone.
    fn moment(&self, text: &str) -> Result<Moment, Failure> {
        let zone = self.rules().map_or(jiff::tz::TimeZone::UTC, |rules| rules.charter.zone.clone());
        end_of(text, &zone)
    }
}

/// The moment that an argument means; a date means its end in a zone.
pub(crate) fn end_of(text: &str, zone: &jiff::tz::TimeZone) -> Result<Moment, Failure> {
    let date: Option<jiff::civil::Date> = if text.len() == 10 { text.parse().ok() } else { None };
    match date.and_then(|date| date.tomorrow().ok()) {
        Some(next) => super::moment_in(&next.to_string(), zone).map(|moment| moment.plus(-1)),
        None => super::moment_in(text, zone),
    }
}

/// The charter whose stages count.
fn choose(opened: &Opened, name: Option<&str>, url: &str) -> Result<Box<str>, Failure> {
    let staged = opened.book.versions().iter().filter(|rules| rules.charter.stages.is_some());
    let names: BTreeMap<Box<str>, ()> = staged.map(|rules| (rules.charter.name.clone(), ())).collect();
    let listed = names.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let shown = makegood_store::shown(url);
    match (name, names.len()) {
        (_, 0) => Err(Failure::new(
            "M049",
            format!("no charter of `{shown}` knows stages"),
            "give the charter a section `stages:` in a new version",
        )),
        (Some(name), _) if names.contains_key(name) => Ok(name.into()),
        (Some(name), _) => Err(Failure::new(
            "M049",
            format!("no charter `{name}` of `{shown}` knows stages"),
            format!("those that do: {listed}"),
        )),
        (None, 1) => names.into_keys().next().ok_or_else(|| Failure::new("M049", "no charter", "")),
        (None, _) => Err(Failure::new(
            "M049",
            format!("several charters of `{shown}` know stages: {listed}"),
            "name one of them with `--charter NAME`",
        )),
    }
}
