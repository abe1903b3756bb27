//! Promises that come back: the next one is made when this one is settled or due.

use crate::fold::{FoldError, Folding};
use crate::id::{hex, part_id};
use crate::{Clause, Event, Promise, Rhythm, Rules, limits};

/// Makes the promise that comes after this one, once.
pub(super) fn next(folding: &mut Folding, promise: &mut Promise, rules: &Rules) {
    let Clause::Promise(clause_id) = promise.clause else { return };
    let Some(clause) = rules.charter.promises.get(clause_id) else { return };
    let Some(rhythm) = promise.word().and_then(|word| word.rhythm).filter(|rhythm| rhythm.next.is_none()) else {
        return;
    };
    let Some(every) = &clause.repeats else { return };
    let nth = rhythm.nth.saturating_add(1);
    // Beyond the years that are dealt with there is no next.
    let Ok(due) = super::later(&rules.charter, every, rhythm.first, nth) else { return };
    let id = part_id(folding.key, &promise.thing, &promise.cause, &format!("next/{}", hex(&promise.id)), 0);
    let mut next = Promise {
        made_at: folding.at.min(due),
        cause: folding.cause,
        worth: promise.worth,
        made: promise.made.clone(),
        ..Promise::new(id, &promise.thing, promise.charter, promise.clause, due)
    };
    if let Some(hands) = &promise.hands {
        let own = next.hands_mut();
        (own.what, own.owner, own.doer) = (hands.what.clone(), hands.owner.clone(), hands.doer.clone());
    }
    next.word_mut().rhythm = Some(Rhythm { first: rhythm.first, nth, next: None });
    next.set_wake(Some(clause));
    promise.word_mut().rhythm = Some(Rhythm { next: Some(id), ..rhythm });
    folding.put_promise(next);
}

/// Makes what should be there by the time of an event, where the clock has not come so far: what happens then is evidence for the
/// promise whose turn it is.
pub(crate) fn catch_up(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let about = event.thing().unwrap_or_default();
    for _ in 0..limits::CATCH_UP {
        let behind = |promise: &&Promise| {
            // Only what the event is about: what else is in hand is not the same whichever charters there are.
            if *promise.thing != *about {
                return false;
            }
            let rhythm = promise.word().and_then(|word| word.rhythm);
            rhythm.is_some_and(|rhythm| rhythm.next.is_none()) && promise.state.is_open() && promise.due < event.time
        };
        let ids = folding.promise_ids();
        let found = ids.iter().filter_map(|id| folding.promise(id)).find(behind).cloned();
        let Some(mut promise) = found else { return Ok(()) };
        let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return Ok(()) };
        let before = promise.word().and_then(|word| word.rhythm);
        next(folding, &mut promise, rules);
        if promise.word().and_then(|word| word.rhythm) == before {
            return Ok(());
        }
        promise.set_wake(promise.clause_of(rules));
        folding.put_promise(promise);
    }
    Ok(())
}
