//! How a promise is handed on: delegated, accepted, given back, and what that means for those above.

use makegood_charter::model::Shows;
use makegood_charter::value::{Moment, Value};

use super::words;
use crate::fold::{FoldError, Folding};
use crate::id::{hex, part_id};
use crate::promise::show;
use crate::{Acceptance, Clause, Delegation, Event, Hands, PartId, Promise, PromiseState, Rules, Word, limits};

/// `promise.delegated`: whoever does it hands it on. They are promised that it will be done, and stay bound themselves.
pub(super) fn delegated(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    let actor = super::actor(folding)?;
    let to = super::said(folding, event, "to", "to whom")?.text;
    is_open(folding, promise, "delegated")?;
    let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return Ok(()) };
    let Some(clause_id) = clause_id(promise) else { return Ok(()) };
    may_delegate(folding, promise, rules, &actor)?;
    let chain = chain(folding, promise, rules);
    fits_chain(folding, promise, &chain, (&actor, &to))?;
    let due = match event.field(folding.book, "due") {
        Some(Value::Time(due)) => *due,
        _ => promise.due,
    };
    no_later(folding, due, promise)?;
    if due <= event.time {
        return folding.refuse(
            "due-before-agreed",
            format!("it would be due at {due}, and was delegated at {}", event.time),
            "agree a time that lies ahead; what was not kept is made good instead",
        );
    }
    let what = event.text(folding.book, "what").unwrap_or_default().trim();
    let own = promise.hands.as_ref().map(|hands| &*hands.what).unwrap_or_default();
    let owner = root(folding, promise).owner(rules.charter.promises.get(clause_id)).unwrap_or("owner").into();
    let id = part_id(folding.key, &promise.thing, &event.ident, &format!("delegated/{}", hex(&promise.id)), 0);
    let delegation = Delegation {
        of: promise.id,
        from: actor,
        accepted: Acceptance::Awaited,
        at_risk_before: promise.at_risk_before(promise.clause_of(rules)),
    };
    let hands = Hands {
        what: if what.is_empty() { own.into() } else { what.into() },
        owner,
        doer: to,
        word: Some(Box::new(Word { delegation: Some(delegation), ..Word::default() })),
        ..Hands::default()
    };
    let mut carries = Promise {
        made_at: event.time,
        cause: event.ident,
        made: promise.made.clone(),
        hands: Some(Box::new(hands)),
        ..Promise::new(id, &promise.thing, promise.charter, Clause::Delegated(clause_id), due)
    };
    carries.set_wake(None);
    words::asked(folding, &carries, rules);
    promise.word_mut().carried_by.push(id);
    folding.put_promise(carries);
    Ok(())
}

fn clause_id(promise: &Promise) -> Option<usize> {
    match promise.clause {
        Clause::Promise(id) | Clause::Delegated(id) => Some(id),
        Clause::Pay { .. } => None,
    }
}

fn is_open(folding: &Folding, promise: &Promise, what: &str) -> Result<(), FoldError> {
    if promise.state.is_open() {
        return Ok(());
    }
    folding.refuse(
        "already-settled",
        format!("the promise is {}, and cannot be {what}", promise.state.word()),
        "look at it with `makegood explain`; what was put off stands under the promise that replaced it",
    )
}

/// Whoever does it delegates, or who is accountable. Where a charter names only a role, the program does not know who holds it.
fn may_delegate(folding: &Folding, promise: &Promise, rules: &Rules, actor: &str) -> Result<(), FoldError> {
    if let Some(delegation) = promise.delegation()
        && !matches!(delegation.accepted, Acceptance::Accepted(_))
    {
        return folding.refuse(
            "not-accepted",
            "what was delegated and not accepted cannot be delegated onward".to_owned(),
            "send `promise.accepted` first, or give it back with `promise.refused`",
        );
    }
    let clause = promise.clause_of(rules);
    let (owner, doer) = (promise.owner(clause), promise.doer(clause));
    let somebody = promise.hands.as_ref().is_some_and(|hands| !hands.owner.is_empty() || !hands.doer.is_empty());
    if !somebody || owner == Some(actor) || doer == Some(actor) {
        return Ok(());
    }
    folding.refuse(
        "not-yours-to-delegate",
        format!("`{actor}` neither does it nor is accountable for it"),
        "whoever does it delegates it, or its owner: `makegood explain PROMISE` names both",
    )
}

/// Everybody who is bound by this promise or by what it carries, and how often it was delegated.
struct Chain {
    people: Vec<Box<str>>,
    depth: usize,
}

fn chain(folding: &Folding, promise: &Promise, rules: &Rules) -> Chain {
    let mut chain = Chain { people: Vec::new(), depth: 0 };
    for one in upward(folding, promise) {
        let clause = one.clause_of(rules);
        let delegation = one.delegation();
        chain.depth = chain.depth.saturating_add(usize::from(delegation.is_some()));
        let people = [one.owner(clause), one.doer(clause), delegation.map(|delegation| &*delegation.from)];
        chain.people.extend(people.into_iter().flatten().map(Into::into));
    }
    chain
}

/// A promise, what it carries, what that carries, up to what was promised first.
fn upward(folding: &Folding, promise: &Promise) -> Vec<Promise> {
    let mut found = vec![promise.clone()];
    let mut above = promise.delegation().map(|delegation| delegation.of);
    while let Some(one) = above.and_then(|id| folding.promise(&id)) {
        if found.len() > limits::DELEGATION_DEPTH {
            break;
        }
        above = one.delegation().map(|delegation| delegation.of);
        found.push(one.clone());
    }
    found
}

/// What was promised first.
pub(crate) fn root(folding: &Folding, promise: &Promise) -> Promise {
    upward(folding, promise).pop().unwrap_or_else(|| promise.clone())
}

fn fits_chain(folding: &Folding, promise: &Promise, chain: &Chain, (actor, to): (&str, &str)) -> Result<(), FoldError> {
    if to == actor || chain.people.iter().any(|person| **person == *to) {
        return folding.refuse(
            "delegation-loop",
            format!("`{to}` is bound by this promise already"),
            "delegate to somebody who is not above it; who took it on hands it back with `promise.refused`",
        );
    }
    if chain.depth >= limits::DELEGATION_DEPTH || promise.carried_by().len() >= limits::DELEGATIONS {
        return folding.refuse(
            "delegated-too-often",
            format!(
                "a promise is delegated {} deep and to {} people at most",
                limits::DELEGATION_DEPTH,
                limits::DELEGATIONS
            ),
            "let its owner find out who really does it, and delegate to them",
        );
    }
    Ok(())
}

fn no_later(folding: &Folding, due: Moment, carried: &Promise) -> Result<(), FoldError> {
    if due <= carried.due {
        return Ok(());
    }
    folding.refuse(
        "due-after-carried",
        format!("it would be due at {due}, after what it carries, which is due at {}", carried.due),
        "give a due time no later than that, or agree another time with whom it was promised to first",
    )
}

/// Refuses a new due time of a delegation that is later than what it carries.
pub(crate) fn fits(folding: &Folding, promise: &Promise, due: Moment) -> Result<(), FoldError> {
    match promise.delegation().and_then(|delegation| folding.promise(&delegation.of)) {
        Some(carried) => no_later(folding, due, carried),
        None => Ok(()),
    }
}

/// Refuses to let a delegation go or put it off, but by whoever delegated it or is accountable.
pub(crate) fn lets_go(folding: &Folding, promise: &Promise) -> Result<(), FoldError> {
    let Some(delegation) = promise.delegation() else { return Ok(()) };
    let actor = folding.actor.as_deref().unwrap_or_default();
    if *delegation.from == *actor || promise.owner(None) == Some(actor) {
        return Ok(());
    }
    folding.refuse(
        "not-whom-it-was-promised-to",
        format!("it was promised to `{}`, and `{actor}` cannot let it go", delegation.from),
        "whoever delegated it agrees to another time or lets it go, or the owner does",
    )
}

/// `promise.accepted`.
pub(super) fn accepted(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    let actor = answering(folding, promise, "accepted")?;
    promise.hands_mut().doer = actor;
    match &mut promise.word_mut().delegation {
        Some(delegation) if delegation.accepted == Acceptance::Awaited => {
            delegation.accepted = Acceptance::Accepted(event.time);
            Ok(())
        }
        _ => folding.refuse(
            "already-answered",
            "this delegation was accepted before".to_owned(),
            "give it back with `promise.refused` if it cannot be done after all",
        ),
    }
}

/// `promise.refused`: it goes back to whoever delegated it. What was accepted can still be given back, and it is said.
pub(super) fn refused(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    answering(folding, promise, "refused")?;
    let said = super::said(folding, event, "because", "why it is given back")?;
    if let Some(delegation) = &mut promise.word_mut().delegation {
        delegation.accepted = Acceptance::Refused(event.time, said.text.clone());
    }
    show(promise, Shows::Released, event.time, event.ident);
    let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return Ok(()) };
    words::given_back(folding, promise, rules, &said.text);
    Ok(())
}

/// Who answers a delegation: whom it was delegated to, or one of that team.
fn answering(folding: &Folding, promise: &Promise, what: &str) -> Result<Box<str>, FoldError> {
    let actor = super::actor(folding)?;
    is_open(folding, promise, what)?;
    let doer = promise.doer(None).unwrap_or_default();
    let theirs = actor.strip_prefix(doer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if promise.delegation().is_none() {
        return folding.refuse(
            "not-delegated",
            format!("the promise was not delegated, and is not {what}"),
            "name the promise that `promise.delegated` made, as `makegood promise list --doer NAME` shows it",
        );
    }
    if !theirs {
        return folding.refuse(
            "not-the-doer",
            format!("it was delegated to `{doer}`, and `{actor}` cannot answer in their name"),
            "whom it was delegated to answers themselves",
        );
    }
    Ok(actor)
}

/// A delegation is in danger: whoever stands above it is told, and what it carries is in danger too.
pub(super) fn warn(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    if promise.delegation().is_none() {
        return;
    }
    let below = promise.carried_by().iter().filter_map(|id| folding.promise(id));
    let from_below = below
        .filter(|below| matches!(below.state, PromiseState::AtRisk | PromiseState::Overdue | PromiseState::Broken));
    // What is in danger only because of what carries it was said with that.
    if promise.state == PromiseState::AtRisk && from_below.count() > 0 {
        return;
    }
    let above = upward(folding, promise);
    words::in_danger(folding, promise, &above, rules);
    for mut one in above.into_iter().skip(1).filter(|one| one.state == PromiseState::Open) {
        one.state = PromiseState::AtRisk;
        one.set_wake(one.clause_of(rules));
        folding.put_promise(one);
    }
}

/// A promise came to its end: what carries it ends with it, and whoever delegated it is told.
pub(super) fn ended(folding: &mut Folding, promise: &Promise, rules: &Rules) {
    let Some((at, by)) = promise.settled else { return };
    for id in promise.carried_by().to_vec() {
        let Some(mut carries) = folding.promise(&id).filter(|carries| carries.state.is_open()).cloned() else {
            continue;
        };
        let shows = match (promise.state, carries.state) {
            (PromiseState::Kept | PromiseState::KeptLate, _) if at <= carries.due => Shows::Kept,
            (PromiseState::Kept | PromiseState::KeptLate, _) => Shows::Late,
            (PromiseState::Broken, PromiseState::Overdue) => Shows::Broken,
            _ => Shows::Released,
        };
        show(&mut carries, shows, at, by);
        carries.set_wake(None);
        folding.put_promise(carries);
    }
    let Some(delegation) = promise.delegation() else { return };
    let relied_on = folding.promise(&delegation.of).is_some_and(|carried| carried.state.is_open());
    match promise.state {
        PromiseState::Kept | PromiseState::KeptLate if relied_on => words::done(folding, promise, rules),
        PromiseState::Broken if relied_on => warn(folding, promise, rules),
        _ => {}
    }
}

/// Another time was agreed for a promise: what carries it carries the new one from here on.
pub(super) fn moved_on(folding: &mut Folding, promise: &Promise, rules: &Rules) -> Result<(), FoldError> {
    let Some(new) = promise.replaced_by.and_then(|id| folding.promise(&id).cloned()) else { return Ok(()) };
    let mut old = promise.clone();
    if let Some(word) = old.hands.as_mut().and_then(|hands| hands.word.as_mut()) {
        (word.carried_by, word.ask_at, word.remind_at) = (Vec::new(), None, None);
    }
    old.set_wake(old.clause_of(rules));
    folding.put_promise(old);
    if let Some(mut carried) = new.delegation().and_then(|delegation| folding.promise(&delegation.of)).cloned() {
        for id in carried.word_mut().carried_by.iter_mut().filter(|id| **id == promise.id) {
            *id = new.id;
        }
        folding.put_promise(carried);
    }
    let later_by = new.due.0.saturating_sub(promise.due.0);
    for id in new.carried_by().to_vec() {
        if let Some(mut carries) = folding.promise(&id).cloned()
            && let Some(delegation) = &mut carries.word_mut().delegation
        {
            delegation.of = new.id;
            folding.put_promise(carries);
            move_along(folding, id, later_by, new.due, rules);
        }
    }
    Ok(())
}

/// Moves what carries a promise along with it. More time is given to whoever has accepted; less is asked for again.
fn move_along(folding: &mut Folding, id: PartId, later_by: i64, latest: Moment, rules: &Rules) {
    let Some(mut carries) = folding.promise(&id).cloned() else { return };
    if carries.state.is_open() && carries.state != PromiseState::Overdue {
        if later_by > 0 {
            carries.due = carries.due.plus(later_by);
            carries.state = PromiseState::Open;
        }
        if carries.due > latest {
            carries.due = latest;
            if let Some(delegation) = &mut carries.word_mut().delegation {
                delegation.accepted = Acceptance::Awaited;
            }
            words::asked(folding, &carries, rules);
        }
        carries.set_wake(None);
        folding.put_promise(carries.clone());
    }
    for below in carries.carried_by().to_vec() {
        move_along(folding, below, later_by, carries.due, rules);
    }
}
