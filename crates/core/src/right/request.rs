//! Rights that the party must ask for: told that it can, asked in time, and decided then.

use makegood_charter::expr::Scope;
use makegood_charter::model::{Award, OnRequest, Right};
use makegood_charter::value::Moment;

use super::proof::{is_named, reduced};
use super::told::told;
use super::{as_read_by, decide, put_in_order, wait};
use crate::award::reckon;
use crate::fold::{FoldError, Folding};
use crate::{Claim, Event, Promise, Rules, message, tally};

/// A claim that the party must ask for: decided as any other when it has asked already, kept until it does otherwise. Nothing is
/// kept where nothing would be owed.
pub(super) fn on_request(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    right: &Right,
    request: &OnRequest,
    claim: Claim,
) -> Option<Claim> {
    let calendar = request.within.calendar.as_ref().and_then(|name| rules.charter.calendars.get(name));
    let ask_by = request.within.due(claim.at, &rules.charter.zone, calendar.map(AsRef::as_ref)).ok()?;
    let by = &rules.charter.shapes.get(request.by)?.name;
    let asked = promise.proofs.iter().any(|proof| proof.at <= ask_by && is_named(folding, promise, proof.shape, by));
    if asked {
        return Some(claim);
    }
    let seen = as_read_by(folding, promise, rules);
    let counts = tally::counts(folding, rules, claim.at);
    let scope = Scope { counts: &counts, ..seen.scope(&claim.data, claim.at) };
    let gives = |award: &Award| {
        let reduced = reduced(folding, rules, promise, &claim, award, scope);
        !matches!(reckon(&rules.charter, award, reduced, &scope), Ok(None))
    };
    right.awards.iter().any(gives).then_some(Claim { ask_by: Some(ask_by), ..claim })
}

/// The party asks for what it may claim: what it asked for in time is decided, however late that is learnt.
pub(super) fn asked(folding: &mut Folding, promise: &mut Promise, event: &Event) -> Result<(), FoldError> {
    let by = |claim: &Claim| {
        let (_, rules) = folding.book.by_tag(claim.charter)?;
        let request = rules.charter.rights.get(claim.right)?.on_request.as_ref()?;
        let shape = rules.charter.shapes.get(request.by)?;
        (shape.name == event.kind).then_some(())
    };
    let asks = |claim: &Claim| claim.ask_by.is_some_and(|ask_by| event.time <= ask_by) && by(claim).is_some();
    let (asked, others): (Vec<_>, Vec<_>) = std::mem::take(&mut promise.claims).into_iter().partition(asks);
    promise.claims = others;
    let (mut now, later): (Vec<_>, Vec<_>) = asked
        .into_iter()
        .map(|claim| Claim { ask_by: None, ..claim })
        .partition(|claim| claim.decide_at <= event.time.max(claim.at));
    for claim in &later {
        wait(folding, promise, claim);
    }
    promise.claims.extend(later);
    put_in_order(folding, promise, &mut now);
    now.into_iter().try_for_each(|claim| decide(folding, promise, claim))
}

/// Tells a party that must ask that it can, once for each event and right.
pub(super) fn invite(folding: &mut Folding, promise: &Promise, claim: &Claim) {
    let book = folding.book;
    let Some(ask_by) = claim.ask_by else { return };
    let Some((_, rules)) = book.by_tag(claim.charter) else { return };
    let Some(right) = rules.charter.rights.get(claim.right) else { return };
    let Some(request) = right.on_request.as_ref().filter(|request| !request.says.is_empty()) else { return };
    let own = book.by_tag(promise.charter).map(|(_, own)| own.tag);
    let known = |own: &Rules| own.charter.rights.iter().any(|known| known.name == right.name);
    // The version the promise was made under speaks first, so that the party is told once.
    if own != Some(rules.tag) && book.by_tag(promise.charter).is_some_and(|(_, own)| known(own)) {
        return;
    }
    let seen = as_read_by(folding, promise, rules).into_owned();
    let scope = seen.scope(&claim.data, claim.at);
    let read = |slot: &str| told(&rules.charter, right, slot, &scope).map(|(_, shown)| shown);
    message::invitation(folding, promise, rules, (right, request), ask_by, &read);
}

/// When the party asked for what it must ask for.
pub(super) fn asked_at(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    right: &Right,
    claim: &Claim,
) -> Option<Moment> {
    let request = right.on_request.as_ref()?;
    let by = &rules.charter.shapes.get(request.by)?.name;
    let asked = promise.proofs.iter().filter(|proof| is_named(folding, promise, proof.shape, by));
    asked.map(|proof| proof.at).filter(|at| *at >= claim.at).min()
}
