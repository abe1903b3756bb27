//! `makegood promise`: promises that people make. What they say goes through intake as events like any other.

mod list;
mod rates;
mod suggest;

use makegood_charter::builtin::PROMISE_MADE;
use makegood_core::id::Kind;
use serde_json::{Map, Value as Json, json};

use super::moment;
use super::send::{Said, party_of, send};
use crate::arguments::{Answer, Make, PromiseCommand};
use crate::open::Opened;
use crate::output::put_line;
use crate::{Failure, open};

/// Carries out one of the commands.
pub fn run(arguments: &PromiseCommand) -> Result<bool, Failure> {
    use PromiseCommand as C;
    match arguments {
        C::Make(make) => self::make(make),
        C::Delegate { answer, to, what, due } => {
            let due = due.as_deref().map(moment).transpose()?.map(|due| due.to_string());
            say(answer, "promise.delegated", [("to", Some(to.clone())), ("what", what.clone()), ("due", due)])
        }
        C::Accept(answer) => say(answer, "promise.accepted", []),
        C::Refuse { answer, because } => say(answer, "promise.refused", [("because", Some(because.clone()))]),
        C::Kept { answer, note } => say(answer, "promise.kept", [("note", note.clone())]),
        C::Broken { answer, because } => say(answer, "promise.broken", [("because", Some(because.clone()))]),
        C::Renegotiate { answer, due, consent } => {
            let due = moment(due)?.to_string();
            say(answer, "promise.renegotiated", [("due", Some(due)), ("consent", Some(consent.clone()))])
        }
        C::Release { answer, consent, reason } => {
            say(answer, "promise.released", [("consent", Some(consent.clone())), ("reason", reason.clone())])
        }
        C::Acknowledge { answer, text } => say(answer, "promise.acknowledged", [("text", Some(text.clone()))]),
        C::Confirm { answer, verdict, words } => {
            let verdict = verdict.word().to_owned();
            say(answer, "promise.confirmed", [("verdict", Some(verdict)), ("words", words.clone())])
        }
        C::List(list) => list::run(list),
        C::Rates(rates) => rates::run(rates),
        C::Suggest(suggest) => suggest::suggest(suggest),
        C::ConfirmSuggestion(confirm) => suggest::confirm(confirm),
    }
}

fn make(make: &Make) -> Result<bool, Failure> {
    let opened = open::database(&make.database.db)?;
    let at = moment(&make.at)?;
    let due = moment(&make.due)?.to_string();
    let data = fields([
        ("kind", Some(make.kind.clone())),
        ("what", Some(make.what.clone())),
        ("due", Some(due)),
        ("owner", make.owner.clone()),
        ("doer", make.doer.clone()),
        ("worth", make.worth.clone()),
    ]);
    let (party, about) = (&*make.party, make.about.as_deref());
    promised(&opened, &Said { kind: PROMISE_MADE, party, about, by: &make.by, at, data, id: None })
}

/// Sends `promise.made`, and names the promises that it made.
fn promised(opened: &Opened, said: &Said) -> Result<bool, Failure> {
    let before = list::names_of(opened, said.party)?;
    send(opened, said)?;
    // A step of a play that comes with it is no promise of this person.
    for (name, clause) in list::names_of(opened, said.party)?.difference(&before) {
        if !clause.contains('/') {
            put_line!("{PROMISE_MADE}: {name}");
        }
    }
    Ok(true)
}

/// Says something of a promise.
fn say<const N: usize>(answer: &Answer, kind: &str, said: [(&str, Option<String>); N]) -> Result<bool, Failure> {
    let opened = open::database(&answer.database.db)?;
    let name = &answer.promise;
    let party = party_of(&opened, name, Kind::Promise).unwrap_or_else(|| {
        Err(Failure::new(
            "M023",
            format!("there is no promise `{name}`"),
            "copy the name whole, with its dashes; `makegood promise list` names those there are",
        ))
    })?;
    let mut data = fields(said);
    if let Some(fields) = data.as_object_mut() {
        fields.insert("promise".to_owned(), name.as_str().into());
    }
    let before = list::names_of(&opened, &party)?;
    let at = moment(&answer.at)?;
    send(&opened, &Said { kind, party: &party, about: None, by: &answer.by, at, data, id: None })?;
    put_line!("{kind}: {name}");
    for (new, clause) in list::names_of(&opened, &party)?.difference(&before) {
        put_line!("  {clause}: {new}");
    }
    Ok(true)
}

/// An event's data: what was given of it.
fn fields<const N: usize>(given: [(&str, Option<String>); N]) -> Json {
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    Json::Object(given.collect::<Map<_, _>>())
}
