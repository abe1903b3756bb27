//! Promises that people make: to whom they are handed on, how they were found, how they come back.
//!
//! A delegation is a promise of its own to whoever delegated, about the same thing and in the same party, so that one fold sees
//! the whole tree. What follows from how a promise now stands is done once, when the fold ends ([`follow_through`]), whatever
//! moved it: evidence, the clock or a person.

mod delegate;
mod made;
mod rhythm;
mod verdict;
mod words;

use std::collections::BTreeSet;

use makegood_charter::clock::{Clock, ClockError};
use makegood_charter::model::Charter;
use makegood_charter::value::Moment;

use crate::fold::{FoldError, Folding};
use crate::invariant::{self, Broken};
use crate::promise::no_actor;
use crate::{Acceptance, Clause, Event, PartId, Promise, PromiseState, Rules, Said};

pub(crate) use delegate::{fits, lets_go, root};
pub(crate) use made::{hands, on_made};
pub(crate) use rhythm::catch_up;

/// `promise.delegated`, `promise.accepted`, `promise.refused`, `promise.acknowledged`, `promise.confirmed`.
pub(crate) fn on_command(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    match event.kind.as_ref() {
        "promise.delegated" => delegate::delegated(folding, event, promise),
        "promise.accepted" => delegate::accepted(folding, event, promise),
        "promise.refused" => delegate::refused(folding, event, promise),
        "promise.acknowledged" => acknowledged(folding, event, promise),
        _ => verdict::confirmed(folding, event, promise),
    }
}

/// The promisee's written word that this is what was promised. The first one stands.
fn acknowledged(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    let said = said(folding, event, "text", "what they wrote")?;
    let word = promise.word_mut();
    if word.acknowledged.as_ref().is_none_or(|known| said.at < known.at) {
        word.acknowledged = Some(said);
    }
    Ok(())
}

/// What a person says in a field that may not be empty.
pub(crate) fn said(folding: &Folding, event: &Event, field: &'static str, what: &str) -> Result<Said, FoldError> {
    let text = event.text(folding.book, field).unwrap_or_default().trim();
    if text.is_empty() {
        return folding.refuse(
            "nothing-said",
            format!("`{}` needs to say {what}, and `{field}` is empty", event.kind),
            "say it in the person's own words",
        );
    }
    Ok(Said { at: event.time, by: folding.actor.clone().unwrap_or_default(), text: text.into() })
}

/// Notes who showed that a promise with people in it was kept.
pub(crate) fn done_by(folding: &Folding, promise: &mut Promise) {
    if let (Some(hands), Some(actor)) = (&mut promise.hands, &folding.actor) {
        hands.done_by = actor.clone();
    }
}

/// The person whose word an event is; refuses one that does not say.
fn actor(folding: &Folding) -> Result<Box<str>, FoldError> {
    match &folding.actor {
        Some(actor) => Ok(actor.clone()),
        None => {
            no_actor(folding)?;
            Ok(Box::default())
        }
    }
}

/// What the clock does for a promise in which people have a part: it reminds, asks again, and makes the next.
pub(crate) fn on_clock(folding: &mut Folding, promise: &mut Promise, rules: &Rules) -> Result<(), FoldError> {
    let at = folding.at;
    let Some(word) = promise.word() else { return Ok(()) };
    let (acknowledged, open) = (word.acknowledged.is_some(), promise.state.is_open());
    if word.remind_at.is_some_and(|remind_at| remind_at <= at) {
        promise.word_mut().remind_at = None;
        if open && !acknowledged {
            words::not_acknowledged(folding, promise, rules);
        }
    }
    if promise.word().and_then(|word| word.ask_at).is_some_and(|ask_at| ask_at <= at) {
        promise.word_mut().ask_at = None;
        words::ask_verdict(folding, promise, rules, true);
    }
    if open && at > promise.due {
        rhythm::next(folding, promise, rules);
    }
    Ok(())
}

/// Does what follows from how promises now stand: for each once, until nothing more follows.
pub(crate) fn follow_through(folding: &mut Folding) -> Result<(), FoldError> {
    let mut seen: BTreeSet<(PartId, PromiseState)> = BTreeSet::new();
    loop {
        let moved = folding.moved(&seen);
        if moved.is_empty() {
            return Ok(());
        }
        let ids: Vec<PartId> = moved.iter().map(|(id, _)| *id).collect();
        let replacements: BTreeSet<PartId> = ids.iter().filter_map(|id| folding.promise(id)?.replaced_by).collect();
        for (id, was) in moved {
            let Some(promise) = folding.promise(&id) else { continue };
            let state = promise.state;
            seen.insert((id, state));
            let rules = folding.book.by_tag(promise.charter).map(|(_, rules)| rules);
            if let Some(rules) = rules.filter(|rules| has_no_people(promise, rules)) {
                if !state.is_open() && state != PromiseState::Released {
                    folding.set_wake(&id, rules);
                }
                continue;
            }
            let promise = promise.clone();
            stands(folding, promise, was, replacements.contains(&id))?;
        }
    }
}

/// True of a promise from whose standing nothing follows: nobody has a part in it, and its clause gives nobody one. Most are such.
fn has_no_people(promise: &Promise, rules: &Rules) -> bool {
    let clause = promise.clause_of(rules);
    let gives = clause
        .is_some_and(|clause| clause.acknowledged.is_some() || clause.confirmed.is_some() || clause.repeats.is_some());
    promise.hands.is_none() && !gives && promise.state != PromiseState::Renegotiated
}

/// What follows from how one promise now stands.
fn stands(folding: &mut Folding, promise: Promise, was: Option<PromiseState>, replaces: bool) -> Result<(), FoldError> {
    let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return Ok(()) };
    if was.is_none() && !replaces {
        begin(folding, promise.id, rules)?;
    }
    match promise.state {
        PromiseState::Open => Ok(()),
        PromiseState::AtRisk | PromiseState::Overdue => {
            delegate::warn(folding, &promise, rules);
            Ok(())
        }
        PromiseState::Renegotiated => delegate::moved_on(folding, &promise, rules),
        PromiseState::Kept | PromiseState::KeptLate | PromiseState::Broken | PromiseState::Released => {
            delegate::ended(folding, &promise, rules);
            verdict::ask(folding, promise.id, rules);
            if let Some(mut promise) = folding.promise(&promise.id).cloned()
                && promise.state != PromiseState::Released
            {
                rhythm::next(folding, &mut promise, rules);
                promise.set_wake(promise.clause_of(rules));
                folding.put_promise(promise);
            }
            Ok(())
        }
    }
}

/// What begins with a promise: its acknowledgement is awaited, its rhythm counted.
fn begin(folding: &mut Folding, id: PartId, rules: &Rules) -> Result<(), FoldError> {
    let Some(mut promise) = folding.promise(&id).cloned() else { return Ok(()) };
    let Some(clause) = promise.clause_of(rules) else { return Ok(()) };
    // What comes back, or puts another right, goes on with what was agreed.
    let goes_on = promise
        .word()
        .is_some_and(|word| word.puts_right.is_some() || word.rhythm.is_some_and(|rhythm| rhythm.nth > 0));
    if goes_on || clause.acknowledged.is_none() && clause.repeats.is_none() {
        return Ok(());
    }
    let charter = &rules.charter;
    if let Some(within) = clause.acknowledged.as_ref().filter(|_| promise.state.is_open()) {
        promise.word_mut().remind_at = due(charter, within, promise.made_at).ok();
        words::ask_acknowledgement(folding, &promise, rules);
    }
    if clause.repeats.is_some() && promise.word().is_none_or(|word| word.rhythm.is_none()) {
        promise.word_mut().rhythm = Some(crate::Rhythm { first: promise.due, nth: 0, next: None });
    }
    promise.set_wake(Some(clause));
    folding.put_promise(promise);
    Ok(())
}

/// When a length of time of the charter has run out.
fn due(charter: &Charter, clock: &Clock, from: Moment) -> Result<Moment, ClockError> {
    let calendar = clock.calendar.as_ref().and_then(|name| charter.calendars.get(name));
    clock.due(from, &charter.zone, calendar.map(AsRef::as_ref))
}

/// The same time of day, so many lengths of time later.
fn later(charter: &Charter, clock: &Clock, from: Moment, times: u32) -> Result<Moment, ClockError> {
    let calendar = clock.calendar.as_ref().and_then(|name| charter.calendars.get(name));
    clock.later(from, times, &charter.zone, calendar.map(AsRef::as_ref))
}

/// Asserts invariant 10 of a promise that changed.
pub(crate) fn assert_sound(folding: &Folding, was: Option<&Promise>, is: &Promise) -> Result<(), Broken> {
    if let Some(was) = was.filter(|was| !was.carried_by().is_empty()) {
        let owner = |promise: &Promise| promise.hands.as_ref().map(|hands| hands.owner.clone());
        invariant::check(invariant::DELEGATION, owner(was) == owner(is), || {
            "the owner of a promise changed while it was delegated".to_owned()
        })?;
    }
    let Some(delegation) = is.delegation().filter(|_| is.state.is_open()) else { return Ok(()) };
    let carried = folding.promise(&delegation.of);
    let sound = carried.is_some_and(|carried| {
        let listed = carried.carried_by().contains(&is.id);
        // What was overdue when another time was agreed for what it carries stays overdue.
        listed && (is.due <= carried.due || is.state == PromiseState::Overdue)
    });
    let promised = matches!(is.clause, Clause::Delegated(_)) && !delegation.from.is_empty();
    let answered = !matches!(delegation.accepted, Acceptance::Refused(..));
    invariant::check(invariant::DELEGATION, sound && promised && answered, || {
        "a delegation does not follow up the promise that it carries".to_owned()
    })
}
