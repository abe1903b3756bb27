use makegood_charter::Moment;
use makegood_charter::builtin::PROMISE_MADE;
use makegood_core::Topic;
use makegood_core::id::{Kind, Name};
use makegood_store::{Slot, slot_of};
use serde_json::Value as Json;

use super::super::send::{Said, send};
use super::{fields, promised};
use crate::arguments::{ConfirmSuggestion, Suggest};
use crate::commands::moment;
use crate::language::Language;
use crate::open::Opened;
use crate::output::put_line;
use crate::{Failure, open};

/// The longest text that is read, in bytes: as long as an event's field may be.
const TEXT: u64 = makegood_charter::limits::FIELD_TEXT_BYTES as u64;

/// `makegood promise suggest`: looks for promises in a text.
pub fn suggest(arguments: &Suggest) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let language = Language(arguments.language.as_deref().unwrap_or("en"));
    let text = match (&arguments.text, &arguments.file) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => read(path)?,
        (None, None) => String::new(),
    };
    let at = moment(&arguments.at)?;
    let data =
        fields([("text", Some(text)), ("language", arguments.language.clone()), ("by", arguments.said_by.clone())]);
    let before: Vec<Json> = suggested(&opened, &arguments.party)?;
    let (party, about) = (&*arguments.party, arguments.about.as_deref());
    send(&opened, &Said { kind: "text.heard", party, about, by: &arguments.by, at, data, id: None })?;
    let found: Vec<Json> =
        suggested(&opened, party)?.into_iter().filter(|suggestion| !before.contains(suggestion)).collect();
    if found.is_empty() {
        let nothing = [
            "nothing in it sounds like a promise",
            "其中没有听起来像承诺的话",
            "ingenting i det høres ut som et løfte",
        ];
        put_line!("{}", language.of(nothing));
    }
    for suggestion in &found {
        let text = |field: &str| suggestion.get(field).and_then(Json::as_str).unwrap_or_default();
        put_line!("“{}”", text("said"));
        let due = if text("due").is_empty() {
            language.of(["no time is said", "未说明时间", "ingen tid er sagt"])
        } else {
            text("due")
        };
        let kind = suggestion.pointer("/event/data/kind").and_then(Json::as_str).unwrap_or_default();
        put_line!("  {kind}: {} · {due} · {}", text("what"), text("to"));
        put_line!("  makegood promise confirm-suggestion {} --by {}", text("suggestion"), arguments.by);
    }
    Ok(true)
}

fn read(path: &std::path::Path) -> Result<String, Failure> {
    let shown = path.display();
    let failed = |error: &std::io::Error| {
        Failure::from_error("M010", error, format!("name a text file: `{shown}` cannot be read"))
    };
    let size = std::fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > TEXT {
        return Err(Failure::new(
            "M010",
            format!("`{shown}` has {size} bytes, and {TEXT} are read at once"),
            "give the part in which something is promised",
        ));
    }
    std::fs::read_to_string(path).map_err(|error| failed(&error))
}

/// The suggestions that left, or wait to leave, for a party.
fn suggested(opened: &Opened, party: &str) -> Result<Vec<Json>, Failure> {
    let messages = opened.store.reader()?.outbox_of(slot_of(party), party)?;
    let suggestions = messages.iter().filter(|message| &*message.topic == Topic::Suggestion.word());
    Ok(suggestions.filter_map(|message| serde_json::from_slice(&message.body).ok()).collect())
}

/// `makegood promise confirm-suggestion`: a person says that it is a promise.
pub fn confirm(arguments: &ConfirmSuggestion) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let unknown = || {
        Failure::new(
            "M023",
            format!("there is no suggestion `{}`", arguments.suggestion),
            "`makegood promise suggest` names what it finds; a party's suggestions stand in its messages",
        )
    };
    let name = Name::parse(&arguments.suggestion).filter(|name| name.kind == Kind::Suggestion).ok_or_else(unknown)?;
    let (party, body) = find(&opened, &name)?.ok_or_else(unknown)?;
    let event = body.get("event").cloned().unwrap_or_default();
    let text = |pointer: &str| event.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
    let due =
        arguments.due.as_deref().map(moment).transpose()?.map(|due| due.to_string()).or_else(|| text("/data/due"));
    let Some(due) = due else {
        return Err(Failure::new("M021", "the text does not say by when", "say it: `--due 2026-03-05T17:00:00+01:00`"));
    };
    let at = match text("/time") {
        Some(at) => moment(&at)?,
        None => Moment::default(),
    };
    let data = fields([
        ("kind", arguments.kind.clone().or_else(|| text("/data/kind"))),
        ("what", arguments.what.clone().or_else(|| text("/data/what"))),
        ("due", Some(due)),
        ("owner", arguments.owner.clone().or_else(|| text("/data/owner"))),
    ]);
    let (about, id) = (text("/about"), Some(&*arguments.suggestion));
    promised(
        &opened,
        &Said { kind: PROMISE_MADE, party: &party, about: about.as_deref(), by: &arguments.by, at, data, id },
    )
}

/// The suggestion of this name, and whose party it is about: its first bytes say in which slot to look.
fn find(opened: &Opened, name: &Name) -> Result<Option<(String, Json)>, Failure> {
    let slot = Slot(u16::from_be_bytes(name.place) >> 6);
    let mut reader = opened.store.reader()?;
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, 1_000)?;
        let Some(last) = heads.last() else { return Ok(None) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| Name::new(name.kind, &head.key, name.id) == *name) {
            let found = reader.outbox_of(slot, &head.key)?.into_iter().find(|message| message.id == name.id);
            if let Some(body) = found.and_then(|message| serde_json::from_slice(&message.body).ok()) {
                return Ok(Some((head.key.to_string(), body)));
            }
        }
    }
}
