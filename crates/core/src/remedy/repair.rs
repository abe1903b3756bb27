//! What went wrong with a thing is made good for everyone it hit, whether they complained or not.

use makegood_charter::builtin::REPAIR_DECIDED;
use makegood_charter::value::{Moment, Value};
use makegood_money::Tenders;

use super::{post, send};
use crate::award::worth_of;
use crate::because::{Reason, Step};
use crate::fold::{FoldError, Folding};
use crate::id::part_id;
use crate::play::plays;
use crate::{Event, PartId, Refusal, Remedy, RemedyKind, RemedyState, Rulebook, ledger};

/// Why a decision about a thing cannot be taken. It is judged once, where it arrives: nothing said of a thing can be refused by
/// one party and taken by another.
pub fn refusal(book: &Rulebook, event: &Event) -> Option<Refusal> {
    if &*event.kind != REPAIR_DECIDED {
        return None;
    }
    let refuse = |code, message: String, help| Some(Refusal { code, message, help });
    let Some(actor) = event.actor.as_deref().filter(|actor| !actor.trim().is_empty()) else {
        return refuse("no-actor", "a repair needs to say who approves it".to_owned(), "send the attribute `actor`");
    };
    let asked_by = event.text(book, "asked_by").unwrap_or_default().trim();
    if asked_by.is_empty() || asked_by == actor.trim() {
        return refuse(
            "own-approval",
            format!("`{actor}` asked for this repair and cannot approve it"),
            "somebody else approves what one person asks for: say who asked in `asked_by`",
        );
    }
    match event.field(book, "amount") {
        Some(Value::Money(amount)) if amount.minor > 0 => None,
        _ => refuse("no-amount", "a repair gives nothing to nobody".to_owned(), "give an amount above zero"),
    }
}

/// The remedy that a repair gives a party: always the same one, however often it is told.
pub(crate) fn remedy_id(party: &str, event: &Event) -> PartId {
    part_id(party, event.thing().unwrap_or_default(), &event.ident, "repair", 0)
}

/// `repair.decided`, heard by one of those who hold an interest in the thing.
pub(crate) fn on_repair(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let thing = event.thing().unwrap_or_default();
    let id = remedy_id(folding.key, event);
    let Some(Value::Money(amount)) = event.field(folding.book, "amount") else { return Ok(()) };
    if folding.remedy(&id).is_some() || !was_hit(folding, thing, event.time) {
        return Ok(());
    }
    let said = |field: &str| event.text(folding.book, field).filter(|text| !text.trim().is_empty());
    let reason = said("reason").unwrap_or_default();
    let step = Step::Repaired {
        by: event.actor.clone().unwrap_or_default(),
        asked_by: said("asked_by").unwrap_or_default().into(),
        why: [reason, said("reason_zh").unwrap_or(reason), said("reason_nb").unwrap_or(reason)].map(Into::into),
    };
    let rules = folding.book.in_force(event.time).next().map(|(_, rules)| rules);
    let remedy = Remedy {
        id,
        promise: None,
        thing: thing.into(),
        right: "goodwill".into(),
        kind: RemedyKind::Goodwill,
        amounts: Tenders::new([*amount])?,
        state: RemedyState::Approved,
        owed_at: event.time,
        pay_by: None,
        pay_promise: None,
        reason: Reason {
            cause: event.ident,
            at: event.time,
            charter: rules.map(|rules| rules.tag).unwrap_or_default(),
            inputs: Vec::new(),
            steps: vec![step],
        },
        held_for: None,
        asked_by: said("asked_by").map(Into::into),
        paid: None,
        sent: 0,
    };
    let movement = ledger::owed(&remedy)?;
    post(folding, &remedy, "owed", movement);
    folding.out.spent.extend(rules.and_then(|rules| worth_of(&rules.charter, &remedy.amounts)));
    let remedy = send(folding, remedy);
    folding.put_remedy(remedy);
    Ok(())
}

/// True when the party had to do with the thing by then: whoever comes to it later was not hit.
fn was_hit(folding: &Folding, thing: &str, by: Moment) -> bool {
    let promised = folding
        .promise_ids()
        .iter()
        .filter_map(|id| folding.promise(id))
        .any(|promise| *promise.thing == *thing && promise.made_at <= by);
    promised || plays(folding).any(|play| *play.thing == *thing && play.began_at <= by)
}
