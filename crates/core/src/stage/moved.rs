//! A move to another stage as an event: said by the fold itself, heard by playbooks alone. It stands in no log, because it follows
//! from what does: folded again, the same moves are said again.

use makegood_charter::builtin::STAGE_MOVED;
use makegood_charter::model::Stage;
use makegood_charter::value::{Fields, Value};
use sha2::{Digest, Sha256};

use super::{Grounds, Move};
use crate::fold::Folding;
use crate::{Event, Form, Ident, play, promise};

/// The event that a move is.
fn event(folding: &Folding, one: &Move) -> Event {
    let stage = |stage: Stage| Value::Choice(stage as u16);
    let why = match &one.because.grounds {
        Grounds::Seen(seen) if !seen.why.is_empty() => Value::Text(seen.why.clone()),
        _ => Value::Absent,
    };
    let data: Fields = [Value::Text(one.name.clone()), one.from.map_or(Value::Absent, stage), stage(one.to), why]
        .into_iter()
        .collect();
    let form = |rules: &crate::Rules| {
        let shape = *rules.charter.shape_ids.get(STAGE_MOVED)?;
        Some(Form { shape, data: data.clone() })
    };
    Event {
        ident: ident(folding.key, one),
        kind: STAGE_MOVED.into(),
        subject: folding.key.into(),
        about: None,
        time: one.known_at,
        actor: None,
        forms: folding.book.versions().iter().map(form).collect(),
    }
}

fn ident(party: &str, one: &Move) -> Ident {
    let hash = Sha256::new().chain_update(STAGE_MOVED).chain_update(party).chain_update(one.id).finalize();
    let mut ident = Ident::default();
    ident.iter_mut().zip(hash).for_each(|(place, byte)| *place = byte);
    ident
}

/// Says the moves of this fold to the plays that run and to those that begin by them.
pub(crate) fn say(folding: &mut Folding) -> Result<(), crate::FoldError> {
    for one in std::mem::take(&mut folding.moves) {
        let event = event(folding, &one);
        if play::is_heard(folding, &event) {
            promise::on_again(folding, &event)?;
        }
        play::begin(folding, &event);
    }
    Ok(())
}

/// Keeps a move to be said, where a playbook hears of moves.
pub(super) fn note(folding: &mut Folding, one: &Move) {
    if folding.book.hears_moves() {
        folding.moves.push(one.clone());
    }
}
