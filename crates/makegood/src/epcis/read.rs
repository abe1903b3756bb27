//! A document of EPCIS 2.0 as lines of events.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::{UNITS, bare, from_uri, is_uri};
use crate::Failure;

/// What a document was read as.
#[derive(Debug, Default)]
pub(crate) struct Import {
    /// Lines of events, as `makegood run` takes them.
    pub lines: Vec<String>,
    /// What was passed over, and why.
    pub passed: Vec<String>,
}

/// Reads a document, a list of events, or one event. What has another identity than ours becomes a thing of `kind`.
pub(crate) fn import(text: &str, kind: &str) -> Result<Import, Failure> {
    let document: Json = serde_json::from_str(text).map_err(|error| {
        Failure::from_error("M060", &error, "give a document of EPCIS 2.0 in JSON; XML is not read")
    })?;
    let listed = document
        .pointer("/epcisBody/eventList")
        .or_else(|| document.pointer("/epcisBody/queryResults/resultsBody/eventList"));
    let events: Vec<&Json> = match (listed, &document) {
        (Some(Json::Array(events)), _) | (None, Json::Array(events)) => events.iter().collect(),
        (None, Json::Object(event)) if event.contains_key("eventTime") => vec![&document],
        _ => {
            return Err(Failure::new(
                "M060",
                "the file holds no list of EPCIS events".to_owned(),
                "give a document of EPCIS 2.0 in JSON, with its events under `epcisBody.eventList`",
            ));
        }
    };
    let mut import = Import::default();
    for (event, position) in events.into_iter().zip(1_usize..) {
        match lines(event, kind) {
            Ok(lines) => import.lines.extend(lines),
            Err(why) => import.passed.push(format!("event {position}: {why}")),
        }
    }
    Ok(import)
}

/// The lines of one event: one for each object that it names.
fn lines(event: &Json, kind: &str) -> Result<Vec<String>, String> {
    let text = |name: &str| event.get(name).and_then(Json::as_str);
    let type_ = text("type").ok_or("it has no `type`")?;
    if !["ObjectEvent", "AggregationEvent", "TransactionEvent"].contains(&type_) {
        return Err(format!("`{type_}` hands nothing over"));
    }
    if event.get("errorDeclaration").is_some() {
        return Err("its source has declared it an error".to_owned());
    }
    let time = text("eventTime").ok_or("it has no `eventTime`")?;
    let time: jiff::Timestamp = time.parse().map_err(|_| format!("`{time}` is not a time"))?;
    let parties = |list: &str, end: &str| {
        let items = event.get(list).and_then(Json::as_array).into_iter().flatten();
        items.map(|item| (bare_party(item), item.get(end).and_then(Json::as_str))).collect::<Vec<_>>()
    };
    let of = |found: &[(String, Option<&str>)], wanted: &str| {
        found.iter().find(|(kind, _)| kind == wanted).and_then(|(_, uri)| uri.map(from_uri))
    };
    let (sources, destinations) = (parties("sourceList", "source"), parties("destinationList", "destination"));
    let (giver, taker) = (of(&sources, "possessing_party"), of(&destinations, "possessing_party"));
    let id = match text("eventID") {
        Some(id) => from_uri(id),
        None => format!("sha256:{}", makegood_core::id::hex(&Sha256::digest(event.to_string()))),
    };
    let mut common = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            common.insert(name.to_owned(), value.into());
        }
    };
    let measured = match (&giver, &taker) {
        (Some(_), Some(_)) => false,
        (None, None) => true,
        _ => return Err("it names a possessing party at one end only".to_owned()),
    };
    if !measured {
        put("giver", giver);
        put("taker", taker);
        put("on_behalf_of", of(&destinations, "owning_party"));
        put("step", text("bizStep").map(bare).map(str::to_owned));
        put("disposition", text("disposition").map(bare).map(str::to_owned));
        put("place", event.pointer("/readPoint/id").and_then(Json::as_str).map(from_uri));
    }
    let kept: &[&str] = if measured { &["document", "note"] } else { &["signature", "photo", "document", "note"] };
    for field in kept {
        put(field, text(&format!("makegood:{field}")).map(str::to_owned));
    }
    let accepted = event.get("makegood:accepted");
    let objects = objects(event);
    if objects.is_empty() {
        return Err("it names no object".to_owned());
    }
    let several = objects.len() > 1;
    let line = |((uri, quantity), number): ((&str, Option<&Json>), usize)| {
        let mut data = common.clone();
        for (field, element) in [("quantity", quantity), ("accepted", accepted.filter(|_| !measured))] {
            let Some(element) = element else { continue };
            let Some(value) = element.get("quantity") else { continue };
            data.insert(field.to_owned(), value.clone());
            let code = element.get("uom").and_then(Json::as_str).unwrap_or("H87");
            let unit = UNITS.iter().find(|(_, known)| *known == code).map_or(code, |(ours, _)| ours);
            data.insert("unit".to_owned(), unit.into());
        }
        if measured && !data.contains_key("quantity") {
            return Err(
                "it names no possessing parties and no quantity: nothing was handed over or measured".to_owned()
            );
        }
        let subject = from_uri(uri);
        let subject = if is_uri(&subject) { format!("{kind}:{subject}") } else { subject };
        let mut line = json!({
            "specversion": "1.0",
            "id": if several { format!("{id}#{number}") } else { id.clone() },
            "source": "urn:makegood:epcis",
            "type": if measured { "custody.measured" } else { "custody.handed_over" },
            "subject": subject,
            "time": time.to_string(),
            "data": data,
        });
        if let (Some(actor), Json::Object(fields)) = (text("makegood:actor"), &mut line) {
            fields.insert("actor".to_owned(), actor.into());
        }
        Ok(line.to_string())
    };
    objects.into_iter().zip(1_usize..).map(line).collect()
}

/// The type of a source or destination without its prefix.
fn bare_party(item: &Json) -> String {
    let written = item.get("type").and_then(Json::as_str).unwrap_or_default();
    let word = bare(written);
    word.strip_prefix("SDT-").unwrap_or(word).to_owned()
}

/// What an event is about: instances, and classes with their quantity.
fn objects(event: &Json) -> Vec<(&str, Option<&Json>)> {
    let list = |name: &str| event.get(name).and_then(Json::as_array).into_iter().flatten();
    let instances = ["epcList", "childEPCs"].into_iter().flat_map(list).filter_map(Json::as_str).map(|uri| (uri, None));
    let classes = ["quantityList", "childQuantityList"].into_iter().flat_map(list);
    let classes = classes.filter_map(|element| Some((element.get("epcClass")?.as_str()?, Some(element))));
    instances.chain(classes).collect()
}
