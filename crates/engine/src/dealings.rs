//! What every party bought, slot by slot: what the models of value read. The log is never looked at.

use makegood_core::{Dealings, Trade};
use makegood_store::{Reader, Slot};

use crate::{EngineError, limits, rows};

/// The trades of one party in one slot: its key, and what it bought under each charter and in each currency.
pub type Dealer = (Box<str>, Vec<(Trade, Dealings)>);

/// Everyone of a slot who dealt, in the order of keys.
///
/// # Errors
/// When the store fails, or a state cannot be read.
pub fn dealers_of_slot(reader: &mut dyn Reader, slot: Slot) -> Result<Vec<Dealer>, EngineError> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { return Ok(found) };
        after = last.key.to_string();
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            let party = rows::party(&head.state)?;
            if !party.dealings.is_empty() {
                found.push((head.key.clone(), party.dealings.into_iter().collect()));
            }
        }
    }
}
