use makegood_charter::builtin::REPAIR_DECIDED;
use makegood_core::Ident;
use makegood_core::id::about;
use makegood_engine::rows;
use makegood_store::{PartKind, Reader, slot_of};
use serde_json::json;

use super::moment;
use super::send::{Said, send};
use crate::arguments::Repair;
use crate::output::{counter, grouped, put_line};
use crate::{Failure, open};

/// Where the command's events come from.
const SOURCE: &str = "urn:makegood:command";
/// Parties read at once.
const PARTIES: usize = 5_000;

/// `makegood repair`: takes the decision about a thing as an event like any other; everyone it hit is credited by the fold.
pub fn run(arguments: &Repair) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let at = moment(&arguments.at)?;
    let mut data = json!({
        "amount": arguments.amount, "asked_by": arguments.asked_by, "reason": arguments.reason,
    });
    if let Some(fields) = data.as_object_mut() {
        let other = [("reason_zh", &arguments.reason_zh), ("reason_nb", &arguments.reason_nb)];
        fields.extend(other.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.clone()?.into()))));
    }
    // The same decision taken twice is one decision.
    let id = format!("{}/{}/{}", arguments.thing, arguments.asked_by, arguments.reason);
    let ident = makegood_store::ident(SOURCE, &format!("{REPAIR_DECIDED}/{id}"));
    let known = (slot_of(&arguments.thing), &*arguments.thing, ident);
    let before = opened.store.reader()?.places(&[known])?.iter().any(Option::is_some);
    if !before {
        let (party, by) = (&*arguments.thing, &*arguments.approved_by);
        send(&opened, &Said { kind: REPAIR_DECIDED, party, about: None, by, at, data, id: Some(&id) })?;
    }
    let credited = grouped(credited(&mut *opened.store.reader()?, &arguments.thing, &ident)?);
    let language = arguments.spoken.language();
    let decided = if before {
        language.of([
            " (decided before: nothing was done again)",
            "（此前已决定，未重复执行）",
            " (bestemt før: ingenting ble gjort på nytt)",
        ])
    } else {
        ""
    };
    let (thing, amount) = (&arguments.thing, &arguments.amount);
    match language.0 {
        "zh" => put_line!("{thing}：每人 {amount}，已补偿 {credited} 人{decided}"),
        "nb" => put_line!("{thing}: {amount} til hver, {credited} godskrevet{decided}"),
        _ => put_line!("{thing}: {amount} each, {credited} credited{decided}"),
    }
    Ok(true)
}

/// How many were credited by this decision.
fn credited(reader: &mut dyn Reader, thing: &str, ident: &Ident) -> Result<u64, Failure> {
    let progress = counter("counting");
    let (mut count, mut after) = (0_u64, Box::<str>::from(""));
    loop {
        let parties = reader.interested(slot_of(thing), thing, &after, PARTIES)?;
        let Some(last) = parties.last().cloned() else { break };
        for party in &parties {
            for row in reader.parts_about(slot_of(party), party, PartKind::Remedy, about(thing))? {
                let given = rows::remedy(&row)?.reason.cause == *ident;
                count = count.saturating_add(u64::from(given));
            }
            progress.inc(1);
        }
        after = last;
    }
    progress.finish_and_clear();
    Ok(count)
}
