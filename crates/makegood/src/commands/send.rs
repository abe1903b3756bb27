//! What a person decides by command goes through intake like any event.

use makegood_charter::Moment;
use makegood_core::id::{Kind, Name};
use makegood_engine::{Origin, read};
use makegood_store::{PartKind, Slot};
use serde_json::Value as Json;

use crate::open::Opened;
use crate::{Failure, clock};

/// An event as a person gives it.
pub struct Said<'s> {
    /// Its type.
    pub kind: &'s str,
    /// The party it is about.
    pub party: &'s str,
    /// The thing concerned, if there is one.
    pub about: Option<&'s str>,
    /// Whose word it is.
    pub by: &'s str,
    /// When it happened.
    pub at: Moment,
    /// Its data.
    pub data: Json,
    /// What it answers, where the same may be said once only.
    pub id: Option<&'s str>,
}

/// Sends an event. Refused, it says why, and nothing has changed.
pub fn send(opened: &Opened, said: &Said) -> Result<(), Failure> {
    let now = clock::now();
    let id = said.id.map_or_else(|| identity(said, now), str::to_owned);
    let mut event = serde_json::json!({
        "specversion": "1.0", "id": format!("{}/{id}", said.kind), "source": "urn:makegood:command",
        "type": said.kind, "subject": said.party, "time": said.at.to_string(), "actor": said.by, "data": said.data,
    });
    if let (Some(about), Some(fields)) = (said.about, event.as_object_mut()) {
        fields.insert("about".to_owned(), about.into());
    }
    let refused = |reason: String, help: String| Failure::new("M021", reason, help);
    let origin = Origin { name: "command".into(), line: 1 };
    let incoming =
        read(&opened.book, event.to_string().as_bytes(), origin, now).map_err(|no| refused(no.reason, no.help))?;
    let verdict = opened.session()?.command(incoming)?;
    verdict.map_err(|no| refused(no.reason, no.help))
}

/// What tells two sayings of one moment apart: what is named, or whom it is about.
fn identity(said: &Said, now: Moment) -> String {
    let named = ["remedy", "promise"].iter().find_map(|field| said.data.get(*field)?.as_str());
    format!("{}/{}", named.unwrap_or(said.party), now.0)
}

/// Whose part this is, by its name.
pub fn party_of(opened: &Opened, name: &str, kind: Kind) -> Option<Result<String, Failure>> {
    let parsed = Name::parse(name).filter(|name| name.kind == kind)?;
    let part = match kind {
        Kind::Promise => PartKind::Promise,
        Kind::Remedy => PartKind::Remedy,
        Kind::Suggestion | Kind::Play => return None,
    };
    let slot = Slot(u16::from_be_bytes(parsed.place) >> 6);
    let found = match opened.store.reader().and_then(|mut reader| reader.parts_by_id(slot, part, &parsed.id)) {
        Ok(found) => found,
        Err(error) => return Some(Err(error.into())),
    };
    let mut parties = found.into_iter().map(|row| row.party.to_string());
    parties.find(|party| Name::new(kind, party, parsed.id) == parsed).map(Ok)
}
