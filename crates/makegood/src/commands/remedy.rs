use makegood_core::id::{Kind, Name};
use makegood_core::{Remedy, RemedyState};
use makegood_engine::rows;
use makegood_store::{PartId, PartKind, Reader, SLOTS, Slot};

use super::send::{Said, party_of, send};
use crate::arguments::{Decision, RemedyCommand, StateFilter};
use crate::output::table;
use crate::output::{put, put_line};
use crate::{Failure, clock, open};

/// Rows read at once.
const ROWS: usize = 5_000;

/// `makegood remedy`: lists remedies, and takes what people decide of them as events like any other.
pub fn run(arguments: &RemedyCommand) -> Result<bool, Failure> {
    match arguments {
        RemedyCommand::List { database, state, limit } => {
            list(&mut *open::database(&database.db)?.store.reader()?, state.map(wanted), *limit)
        }
        RemedyCommand::Approve(decision) => decide(decision, "remedy.approved", Some("note")),
        RemedyCommand::Paid(decision) => decide(decision, "remedy.paid", Some("reference")),
        RemedyCommand::Failed(decision) => decide(decision, "remedy.failed", Some("reason")),
        RemedyCommand::Waived(decision) => decide(decision, "remedy.waived", Some("consent")),
    }
}

fn wanted(filter: StateFilter) -> RemedyState {
    match filter {
        StateFilter::Held => RemedyState::Held,
        StateFilter::Approved => RemedyState::Approved,
        StateFilter::Paid => RemedyState::Paid,
        StateFilter::Failed => RemedyState::Failed,
        StateFilter::Waived => RemedyState::Waived,
    }
}

fn list(reader: &mut dyn Reader, state: Option<RemedyState>, limit: usize) -> Result<bool, Failure> {
    let mut found: Vec<(Option<i64>, String, Remedy)> = Vec::new();
    for slot in (0..SLOTS).map(Slot) {
        let mut after: Option<(Box<str>, PartId)> = None;
        loop {
            let from = after.as_ref().map(|(party, id)| (&**party, id));
            let page = reader.parts_of_slot(slot, PartKind::Remedy, from, ROWS)?;
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            for row in page.iter().filter(|row| state.is_none_or(|state| row.state == state as u8)) {
                found.push((row.due, row.party.to_string(), rows::remedy(row)?));
            }
            // Only the soonest are shown: what cannot be among them is let go.
            if found.len() > limit.saturating_add(ROWS) {
                soonest(&mut found, limit);
            }
        }
    }
    soonest(&mut found, limit);
    let lines = found.iter().map(|(_, party, remedy)| {
        let name = Name::new(Kind::Remedy, party, remedy.id).to_string();
        let due = remedy.pay_by.map_or_else(|| "-".to_owned(), |due| due.to_string());
        vec![
            due,
            remedy.amounts.to_string(),
            remedy.right.to_string(),
            party.clone(),
            name,
            remedy.state.word().to_owned(),
        ]
    });
    put!("{}", table(&lines.collect::<Vec<_>>(), &[]));
    Ok(true)
}

fn soonest(found: &mut Vec<(Option<i64>, String, Remedy)>, limit: usize) {
    found.sort_by(|a, b| (a.0.is_none(), a.0, &a.1, a.2.id).cmp(&(b.0.is_none(), b.0, &b.1, b.2.id)));
    found.truncate(limit);
}

fn decide(decision: &Decision, kind: &str, noted_as: Option<&str>) -> Result<bool, Failure> {
    let opened = open::database(&decision.database.db)?;
    let name = &decision.remedy;
    let party = party_of(&opened, name, Kind::Remedy).unwrap_or_else(|| {
        Err(Failure::new(
            "M022",
            format!("there is no remedy `{name}`"),
            "`makegood remedy list` names those there are",
        ))
    })?;
    let mut data = serde_json::json!({ "remedy": name });
    if let (Some(field), Some(fields)) = (noted_as, data.as_object_mut()) {
        fields.insert(field.to_owned(), decision.note.clone().unwrap_or_default().into());
    }
    let said = Said { kind, party: &party, about: None, by: &decision.by, at: clock::now(), data, id: None };
    send(&opened, &said)?;
    put_line!("{kind}: {name}");
    Ok(true)
}
