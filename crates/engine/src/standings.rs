//! Where every party stands with a charter, slot by slot: from the states and the moves written down. The log is never looked at.

use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_core::Beside;
use makegood_core::stage::{Move, Standing};
use makegood_store::{PartId, PartKind, Reader, Slot};

use crate::{EngineError, limits, rows};

/// Hands everyone of a slot who stands somewhere with the charter `name` to `take`, in the order of keys.
///
/// # Errors
/// When the store fails, or a state cannot be read.
pub fn standings_of_slot(
    reader: &mut dyn Reader,
    slot: Slot,
    name: &str,
    take: &mut dyn FnMut(&str, &Standing),
) -> Result<(), EngineError> {
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(()) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            if let Some(standing) = rows::party(&head.state)?.stages.get(name) {
                take(&head.key, standing);
            }
        }
    }
}

/// Moves, each with the moment at which it was written down.
pub type RecordedMoves = Vec<(Moment, Move)>;

/// The moves of everyone of a slot under the charter `name`, by party, in the order in which they were written down, each with the
/// moment at which that was: when the event that made it known was recorded.
///
/// # Errors
/// When the store fails, or a move cannot be read.
pub fn moves_of_slot(
    reader: &mut dyn Reader,
    slot: Slot,
    name: &str,
) -> Result<BTreeMap<Box<str>, RecordedMoves>, EngineError> {
    let mut moves: BTreeMap<Box<str>, RecordedMoves> = BTreeMap::new();
    let mut after: Option<(Box<str>, PartId)> = None;
    loop {
        let from = after.as_ref().map(|(party, id)| (&**party, id));
        let page = reader.parts_of_slot(slot, PartKind::Stage, from, limits::SLOT_ROWS)?;
        let Some(last) = page.last() else { break };
        after = Some((last.party.clone(), last.id));
        for row in page.iter().filter(|row| *row.clause == *name) {
            if let Some(Beside::Move(one)) = rows::beside(row)? {
                let said = reader.event(slot, &row.party, &one.cause)?;
                let recorded = said.map_or(one.known_at, |line| Moment(line.recorded));
                moves.entry(row.party.clone()).or_default().push((recorded, one));
            }
        }
    }
    moves.values_mut().for_each(|moves| moves.sort_by_key(|(_, one)| one.number));
    Ok(moves)
}

/// The moves of one party under every charter, in the order in which they were known.
///
/// # Errors
/// When the store fails, or a move cannot be read.
pub fn moves_of(reader: &mut dyn Reader, slot: Slot, party: &str) -> Result<Vec<Move>, EngineError> {
    let mut moves = Vec::new();
    for row in reader.parts_of(slot, party, PartKind::Stage)? {
        if let Some(Beside::Move(one)) = rows::beside(&row)? {
            moves.push(one);
        }
    }
    moves.sort_by(|one, next| (one.known_at, &one.name, one.number).cmp(&(next.known_at, &next.name, next.number)));
    Ok(moves)
}
