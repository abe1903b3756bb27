//! The promisee's own verdict: asked for once a promise is shown kept, and once more when it has had time to prove itself.

use makegood_charter::model::Shows;
use makegood_charter::value::Value;

use super::words;
use crate::fold::{FoldError, Folding};
use crate::id::{hex, part_id};
use crate::promise::show;
use crate::{Clause, Event, Finding, PartId, Promise, PromiseState, Rules, Said, Verdict, limits};

/// An hour, in milliseconds: the least time in which something is put right.
const HOUR: i64 = 3_600_000;

/// Asks the promisee whether a promise was kept, where its clause says so.
pub(super) fn ask(folding: &mut Folding, id: PartId, rules: &Rules) {
    let Some(mut promise) = folding.promise(&id).cloned() else { return };
    let kept = matches!(promise.state, PromiseState::Kept | PromiseState::KeptLate);
    let Some(clause) = promise.clause_of(rules).filter(|_| kept) else { return };
    let Some(again) = clause.confirmed.as_ref().filter(|_| promise.word().is_none_or(|word| !word.asked)) else {
        return;
    };
    let ask_at = super::later(&rules.charter, again, folding.at, 1).ok();
    let word = promise.word_mut();
    word.asked = true;
    word.ask_at = ask_at;
    // Who has just said it themselves is not asked at once.
    if word.verdicts.is_empty() {
        words::ask_verdict(folding, &promise, rules, false);
    }
    promise.set_wake(Some(clause));
    folding.put_promise(promise);
}

/// `promise.confirmed`: the promisee says whether it was kept.
pub(super) fn confirmed(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    let actor = super::actor(folding)?;
    if !promise.is_promisee(folding.key, &actor) {
        return folding.refuse(
            "not-the-promisee",
            format!("`{actor}` gives a verdict on someone else's promise"),
            "whom it was promised to gives it: the party itself, a contact of it (`customer:42/anna`), or of a delegation whoever delegated",
        );
    }
    let Some(finding) = finding(folding, event) else { return Ok(()) };
    if matches!(promise.state, PromiseState::Released | PromiseState::Renegotiated) {
        return folding.refuse(
            "let-go",
            format!("the promise is {}: there is nothing to give a verdict on", promise.state.word()),
            "name the promise that replaced it, as `makegood explain` shows it",
        );
    }
    if promise.state.is_open() && finding != Finding::Kept && event.time <= promise.due {
        return folding.refuse(
            "verdict-before-due",
            format!("the promise is due at {}, and not yet kept or broken", promise.due),
            "wait until it is due; what is in danger is said to the owner",
        );
    }
    if promise.word().is_some_and(|word| word.verdicts.len() >= limits::VERDICTS) {
        return folding.refuse(
            "too-many-verdicts",
            format!("{} verdicts were given on this promise", limits::VERDICTS),
            "speak with the party, and write a new promise",
        );
    }
    let text = event.text(folding.book, "words").unwrap_or_default().trim().into();
    let said = Said { at: event.time, by: actor, text };
    promise.word_mut().verdicts.push(Verdict { finding, said });
    let late = event.time > promise.due;
    // The promisee's own word is the best evidence there is; what is settled already never gets worse by it.
    match finding {
        Finding::Kept if promise.state.is_open() => {
            show(promise, if late { Shows::Late } else { Shows::Kept }, event.time, event.ident);
        }
        Finding::NotKept if promise.state.is_open() => show(promise, Shows::Broken, event.time, event.ident),
        _ => {}
    }
    if finding != Finding::Kept {
        not_kept(folding, promise, finding);
    }
    Ok(())
}

fn finding(folding: &Folding, event: &Event) -> Option<Finding> {
    match event.field(folding.book, "verdict")? {
        Value::Choice(position) => Finding::ALL.get(usize::from(*position)).copied(),
        _ => None,
    }
}

/// The owner is warned, and what was not kept is promised anew, once.
fn not_kept(folding: &mut Folding, promise: &mut Promise, finding: Finding) {
    let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return };
    promise.word_mut().ask_at = None;
    if finding == Finding::NotKept {
        put_right(folding, promise, rules);
    }
    words::found_wanting(folding, promise, rules);
}

fn put_right(folding: &mut Folding, promise: &mut Promise, rules: &Rules) {
    let Clause::Promise(_) = promise.clause else { return };
    if promise.word().is_some_and(|word| word.put_right_by.is_some()) {
        return;
    }
    let length = promise.due.0.saturating_sub(promise.made_at.0).max(HOUR);
    let id = part_id(folding.key, &promise.thing, &folding.cause, &format!("right/{}", hex(&promise.id)), 0);
    // What was paid was paid once: it stands by the first promise.
    let mut anew = Promise {
        made_at: folding.at,
        cause: folding.cause,
        worth: promise.worth,
        made: promise.made.clone(),
        ..Promise::new(id, &promise.thing, promise.charter, promise.clause, folding.at.plus(length))
    };
    if let Some(hands) = &promise.hands {
        let own = anew.hands_mut();
        (own.what, own.owner, own.doer) = (hands.what.clone(), hands.owner.clone(), hands.doer.clone());
    }
    // It puts one right; it does not come back.
    anew.word_mut().puts_right = Some(promise.id);
    anew.set_wake(anew.clause_of(rules));
    promise.word_mut().put_right_by = Some(id);
    folding.put_promise(anew);
}
