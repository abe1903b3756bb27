//! Events of custody as a document of EPCIS 2.0.

use makegood_charter::value::Moment;
use serde_json::{Map, Value as Json, json};

use super::{CONTEXT, OURS, UNITS, to_uri};

/// A document of these events.
pub(crate) fn document(events: Vec<Json>, now: Moment) -> Json {
    json!({
        "@context": [CONTEXT, { "makegood": OURS }],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now.to_string(),
        "epcisBody": { "eventList": events },
    })
}

/// One event: `body` is the line as it was received, `recorded` when it was learnt. `None` for what is no event of custody.
pub(crate) fn event(body: &[u8], recorded: Moment) -> Option<Json> {
    let line: Json = serde_json::from_slice(body).ok()?;
    let text = |name: &str| line.get(name).and_then(Json::as_str);
    let data = line.get("data").and_then(Json::as_object).cloned().unwrap_or_default();
    let said = |field: &str| data.get(field).and_then(Json::as_str);
    let measured = match text("type")? {
        "custody.handed_over" => false,
        "custody.measured" => true,
        _ => return None,
    };
    let mut event = Map::new();
    event.insert("type".to_owned(), "ObjectEvent".into());
    event.insert("eventID".to_owned(), to_uri(&format!("event:{}#{}", text("source")?, text("id")?)).into());
    let time = text("time")?;
    event.insert("eventTime".to_owned(), time.into());
    event.insert("eventTimeZoneOffset".to_owned(), offset(time).into());
    event.insert("recordTime".to_owned(), recorded.to_string().into());
    event.insert("action".to_owned(), "OBSERVE".into());
    event.insert("bizStep".to_owned(), said("step").unwrap_or(if measured { "inspecting" } else { "other" }).into());
    if let Some(disposition) = said("disposition") {
        event.insert("disposition".to_owned(), disposition.into());
    }
    let thing = thing_uri(text("subject")?);
    match quantity(&data, "quantity", &thing) {
        Some(quantity) => event.insert("quantityList".to_owned(), json!([quantity])),
        None => event.insert("epcList".to_owned(), json!([thing])),
    };
    if let Some(place) = said("place") {
        event.insert("readPoint".to_owned(), json!({ "id": to_uri(place) }));
    }
    if !measured {
        let giver = json!({ "type": "possessing_party", "source": to_uri(said("giver")?) });
        event.insert("sourceList".to_owned(), json!([giver]));
        let mut takers = vec![json!({ "type": "possessing_party", "destination": to_uri(said("taker")?) })];
        let owner = said("on_behalf_of").map(to_uri);
        takers.extend(owner.map(|owner| json!({ "type": "owning_party", "destination": owner })));
        event.insert("destinationList".to_owned(), takers.into());
    }
    if let Some(accepted) = quantity(&data, "accepted", &thing) {
        event.insert("makegood:accepted".to_owned(), accepted);
    }
    for field in ["signature", "photo", "document", "note"] {
        if let Some(value) = said(field) {
            event.insert(format!("makegood:{field}"), value.into());
        }
    }
    if let Some(actor) = text("actor") {
        event.insert("makegood:actor".to_owned(), actor.into());
    }
    Some(Json::Object(event))
}

/// The offset from UTC with which a time was written.
fn offset(time: &str) -> &str {
    let start = time.len().saturating_sub(6);
    time.get(start..).filter(|end| end.starts_with(['+', '-'])).unwrap_or("+00:00")
}

/// A thing's key as an identifier: its name where that is one already.
fn thing_uri(key: &str) -> String {
    let name = key.split_once(':').map_or(key, |(_, name)| name);
    if super::is_uri(name) { name.to_owned() } else { to_uri(key) }
}

fn quantity(data: &Map<String, Json>, field: &str, thing: &str) -> Option<Json> {
    let value = data.get(field)?;
    // A number that was written as text, to be exact, is a number again.
    let number: Json = match value.as_str() {
        Some(text) => serde_json::from_str(text).ok()?,
        None => value.clone(),
    };
    let unit = data.get("unit").and_then(Json::as_str).unwrap_or_default();
    let code = UNITS.iter().find(|(ours, _)| *ours == unit).map_or(unit, |(_, code)| code);
    Some(json!({ "epcClass": thing, "quantity": number, "uom": code }))
}
