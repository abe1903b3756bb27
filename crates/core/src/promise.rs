//! How a promise is made and how it stands.

mod follow;

use makegood_charter::expr::{EvalError, Expr, Scope};
use makegood_charter::model::{Promise as PromiseClause, PromiseId, Shows};
use makegood_charter::value::{Fields, Moment, Value};
use makegood_money::{Money, Tenders};

use crate::fold::{FoldError, Folding};
use crate::id::{Kind, Name, part_id};
use crate::invariant::{self, Broken};
use crate::{
    Clause, Event, Form, PartId, Party, Promise, PromiseState, Proof, Rulebook, Rules, custody, dealings, limits,
    message, people, play, right, stage, tally,
};
use follow::follow;

impl Promise {
    /// What the charter's expressions read of this promise, beside an event's `data` at `at`.
    pub(crate) fn scope<'s>(&'s self, data: &'s [Value], at: Moment) -> Scope<'s> {
        Scope {
            data,
            at,
            made: &self.made,
            evidence: &[],
            evidence_at: at,
            due: self.due,
            made_at: self.made_at,
            worth: self.worth,
            paid: Some(&self.paid),
            counts: &[],
            ..Scope::default()
        }
    }

    /// The clause it was made under, if that is a clause of the charter.
    pub fn clause_of<'r>(&self, rules: &'r Rules) -> Option<&'r PromiseClause> {
        match self.clause {
            Clause::Promise(id) => rules.charter.promises.get(id),
            Clause::Delegated(_) | Clause::Pay { .. } => None,
        }
    }

    /// From when on silence means that it is overdue.
    fn overdue_at(&self, clause: Option<&PromiseClause>) -> Moment {
        self.due.plus(clause.map_or(0, |clause| clause.silent_after).max(1))
    }

    /// From when on silence means that it is at risk, where the charter says so.
    fn at_risk_at(&self, clause: Option<&PromiseClause>) -> Option<Moment> {
        self.at_risk_before(clause).map(|before| self.due.plus(before.saturating_neg()))
    }

    /// Works out when it must next be looked at.
    pub(crate) fn set_wake(&mut self, clause: Option<&PromiseClause>) {
        let overdue_at = self.overdue_at(clause);
        let rung = self.hands.as_ref().map_or(0, |hands| usize::from(hands.rungs));
        let rung_at = clause.and_then(|clause| clause.escalates.get(rung)).map(|rung| self.due.plus(rung.after));
        let by_silence = match self.state {
            PromiseState::Open => Some(self.at_risk_at(clause).map_or(overdue_at, |at_risk| at_risk.min(overdue_at))),
            PromiseState::AtRisk => Some(overdue_at),
            PromiseState::Overdue => rung_at,
            _ => None,
        };
        let decided = self.claims.iter().filter(|claim| claim.ask_by.is_none());
        let by_claim = decided.map(|claim| claim.decide_at).min();
        self.wake_at = by_silence.into_iter().chain(by_claim).chain(self.by_word()).min();
    }
}

/// Whether `condition` holds; one that reads an absent field does not, nor does one that has no value.
pub(crate) fn holds(condition: Option<&Expr>, scope: &Scope) -> bool {
    condition.is_none_or(|condition| condition.holds(scope).unwrap_or(false))
}

/// An event about the party or about a thing it holds an interest in: it may make promises, prove exceptions, settle promises
/// and trigger rights, in this order.
pub(crate) fn on_event(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    tally::event(folding, event);
    on_again(folding, event)?;
    if &*event.subject == folding.key {
        make(folding, event)?;
        if folding.book.has_beside() {
            play::begin(folding, event);
        }
    }
    Ok(())
}

/// What an event means for the promises there are.
pub(crate) fn on_again(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    people::catch_up(folding, event)?;
    let play = play::named(folding.book, event);
    for id in in_order(folding) {
        let Some(promise) = folding.promise(&id) else { continue };
        // Who was found for a role in one play says nothing of another one.
        if play.is_some() && promise.play() != play {
            continue;
        }
        if event.thing().unwrap_or_default() != &*promise.thing {
            continue;
        }
        if !promise.is_in_turn(event.time) {
            continue;
        }
        // What a party itself did before it was promised anything was about something else.
        if &*event.subject == folding.key && event.time < promise.made_at {
            continue;
        }
        let Some((version, rules)) = folding.book.by_tag(promise.charter) else { continue };
        let Clause::Promise(clause_id) = promise.clause else { continue };
        let Some(form) = event.form(version) else { continue };
        if !concerns(folding.book, event, (rules, form), clause_id) {
            continue;
        }
        let mut promise = promise.clone();
        hear(folding, &mut promise, rules, clause_id, event, form)?;
        if !let_go_before(&promise, event) {
            right::on_event(folding, &mut promise, event)?;
            let duty = custody::judge(&promise, rules, clause_id, event, form);
            follow(folding, &promise, (rules, clause_id), (event, form), duty)?;
            play::begin_after(folding, &promise, rules, clause_id, (event, form), duty);
            if let Some(unmet) = duty {
                custody::note(folding, &promise, (rules, clause_id), (event, form), unmet);
            }
        }
        promise.set_wake(promise.clause_of(rules));
        folding.put_promise(promise);
    }
    play::on_event(folding, event)
}

/// True when something may follow from an event for a promise of this clause: by its own version, or by a later one's right that may
/// be better for the party.
fn concerns(book: &Rulebook, event: &Event, (rules, form): (&Rules, &Form), clause: PromiseId) -> bool {
    let of_clause = rules.uses(form.shape).is_some_and(|uses| {
        let follows = [&uses.follows, &uses.begins, &uses.duties].into_iter().any(|list| !list.is_empty());
        follows || uses.settles.contains(&clause) || uses.proves.contains(&clause)
    });
    let triggers = |(version, other): (usize, &Rules)| {
        let uses = event.form(version).and_then(|form| other.uses(form.shape));
        other.charter.name == rules.charter.name && uses.is_some_and(|uses| !uses.triggers.is_empty())
    };
    of_clause || book.versions().iter().enumerate().any(triggers)
}

/// The promises in hand, those last whose charter weighs what another charter gave: it must be known by then.
fn in_order(folding: &Folding) -> Vec<PartId> {
    let mut ids = folding.promise_ids();
    if ids.len() < 2 || !folding.book.versions().iter().any(Rules::crosses) {
        return ids;
    }
    let crosses = |id: &PartId| {
        let rules = folding.promise(id).and_then(|promise| folding.book.by_tag(promise.charter));
        rules.is_some_and(|(_, rules)| rules.crosses())
    };
    ids.sort_by_cached_key(|id| (crosses(id), *id));
    ids
}

/// Moves a promise by the first outcome of its clause that an event shows.
pub(crate) fn shown_by(
    promise: &mut Promise,
    clause: &PromiseClause,
    form: (usize, &Fields),
    at: Moment,
    ident: crate::Ident,
) {
    let (shape, data) = form;
    let scope = promise.scope(data, at);
    let outcomes = clause.outcomes.iter().filter(|outcome| outcome.on == shape);
    let mut shown = outcomes.filter(|outcome| holds(outcome.when.as_ref(), &scope));
    if let Some(outcome) = shown.next() {
        // Without a condition of its own, "kept" means kept by the time it was due.
        let late = outcome.state == Shows::Kept && outcome.when.is_none() && at > promise.due;
        let shows = if late { Shows::Late } else { outcome.state };
        show(promise, shows, at, ident);
    }
}

/// True when the party had let the promise go before `event` happened, or another promise has taken its place.
fn let_go_before(promise: &Promise, event: &Event) -> bool {
    match promise.state {
        PromiseState::Renegotiated => true,
        PromiseState::Released => promise.settled.is_some_and(|(at, by)| by != event.ident && at <= event.time),
        _ => false,
    }
}

fn hear(
    folding: &mut Folding,
    promise: &mut Promise,
    rules: &Rules,
    clause_id: PromiseId,
    event: &Event,
    form: &Form,
) -> Result<(), FoldError> {
    let Some(uses) = rules.uses(form.shape) else { return Ok(()) };
    // An event may be told again for the sake of a promise made later: it proves nothing twice.
    let new = !promise.proofs.iter().any(|proof| proof.ident == event.ident);
    if new && uses.proves.contains(&clause_id) && promise.proofs.len() < limits::PROOFS {
        // In the order in which they happened, so that what they show does not depend on which was learnt of first.
        let place = promise.proofs.partition_point(|proof| (proof.at, proof.ident) < (event.time, event.ident));
        let proof = Proof { shape: form.shape, at: event.time, ident: event.ident, data: form.data.clone() };
        promise.proofs.insert(place, proof);
        if promise.proofs.len() == limits::PROOFS {
            message::ask_about_proofs(folding, promise, rules);
        }
    }
    if uses.settles.contains(&clause_id)
        && let Some(clause) = rules.charter.promises.get(clause_id)
    {
        let (state, settled) = (promise.state, promise.settled);
        shown_by(promise, clause, (form.shape, &form.data), event.time, event.ident);
        if promise.state == state || !done(folding, promise, rules, event)? {
            (promise.state, promise.settled) = (state, settled);
        }
    }
    Ok(())
}

/// Notes who did a step that was just shown to be done. False: it must be done by another person than this one, so it was not.
fn done(folding: &mut Folding, promise: &mut Promise, rules: &Rules, event: &Event) -> Result<bool, FoldError> {
    if !matches!(promise.state, PromiseState::Kept | PromiseState::KeptLate) {
        return Ok(true);
    }
    let actor = event.actor.as_deref().unwrap_or_default();
    let others = play::done_by_others(folding, &rules.charter, promise);
    if !others.is_empty() && (actor.is_empty() || others.contains(&actor)) {
        let clause = promise.clause_of(rules).map_or("", |clause| &clause.name);
        let what = format!("`{clause}` must be done by another person than {}", others.join(", "));
        if &*event.subject == folding.key {
            return folding.refuse(
                "same-person",
                what,
                "let somebody else do it, and say who in the attribute `actor`",
            );
        }
        message::ask_about_duty(folding, promise, rules, clause, &what);
        return Ok(false);
    }
    if let Some(hands) = promise.hands.as_mut() {
        hands.done_by = actor.into();
    }
    Ok(true)
}

/// Moves a promise as evidence shows it, where that helps: a settled promise never gets worse.
pub(crate) fn show(promise: &mut Promise, shows: Shows, at: Moment, ident: crate::Ident) {
    use PromiseState as S;
    let next = match (promise.state, shows) {
        (S::Open, Shows::AtRisk) => S::AtRisk,
        (_, Shows::AtRisk) | (S::Released | S::Renegotiated | S::Kept, _) => return,
        (_, Shows::Kept) => S::Kept,
        (S::KeptLate, _) => return,
        (_, Shows::Late) => S::KeptLate,
        (S::Broken, _) => return,
        (_, Shows::Broken) => S::Broken,
        (_, Shows::Released) => S::Released,
    };
    promise.state = next;
    if !next.is_open() {
        promise.settled = Some((at, ident));
    }
}

fn make(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let book = folding.book;
    for (version, rules) in book.in_force(event.time) {
        let Some(form) = event.form(version) else { continue };
        if rules.uses(form.shape).is_some_and(|uses| uses.values) {
            dealings::on_event(&mut folding.party, event, rules, form);
        }
        if rules.uses(form.shape).is_some_and(|uses| uses.stages) {
            stage::on_event(folding, event, rules, form)?;
        }
        let makes = rules.uses(form.shape).map(|uses| uses.makes.as_slice()).unwrap_or_default();
        for (index, clause_id) in makes.iter().enumerate() {
            let Some(clause) = rules.charter.promises.get(*clause_id) else { continue };
            if let Some(mut promise) = made(folding, event, rules, (*clause_id, clause), &form.data, index)? {
                // Another charter may promise something of the same name for the same event.
                if folding.promise(&promise.id).is_some_and(|other| other.charter != promise.charter) {
                    let name = format!("{}/{}", rules.charter.name, clause.name);
                    promise.id = part_id(folding.key, &promise.thing, &event.ident, &name, 0);
                }
                if !promise.thing.is_empty() {
                    folding.out.interests.push(promise.thing.clone());
                }
                folding.put_promise(promise);
            }
        }
    }
    Ok(())
}

fn made(
    folding: &Folding,
    event: &Event,
    rules: &Rules,
    (clause_id, clause): (PromiseId, &PromiseClause),
    data: &Fields,
    index: usize,
) -> Result<Option<Promise>, FoldError> {
    let nothing = Tenders::default();
    let scope = Scope {
        data,
        at: event.time,
        made: data,
        evidence: &[],
        evidence_at: event.time,
        due: event.time,
        made_at: event.time,
        worth: None,
        paid: Some(&nothing),
        counts: &[],
        ..Scope::default()
    };
    if !holds(clause.when.as_ref(), &scope) {
        return Ok(None);
    }
    let (due, worth, paid) = terms(folding, rules, clause, &scope)?;
    let thing = event.thing().unwrap_or_default();
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let id = part_id(folding.key, thing, &event.ident, &clause.name, index);
    let mut promise = Promise {
        made_at: event.time,
        cause: event.ident,
        worth,
        paid,
        made: data.clone(),
        hands: people::hands(folding, rules, clause, event),
        ..Promise::new(id, thing, rules.tag, Clause::Promise(clause_id), due)
    };
    promise.set_wake(Some(clause));
    Ok(Some(promise))
}

/// When a promise is due, what it is worth, and what was paid for it.
fn terms(
    folding: &Folding,
    rules: &Rules,
    clause: &PromiseClause,
    scope: &Scope,
) -> Result<(Moment, Option<Money>, Tenders), FoldError> {
    let unclear = |what: &str, error: &dyn std::fmt::Display| {
        folding.refuse(
            "unclear-promise",
            format!("the promise `{}` cannot be made: {what}: {error}", clause.name),
            "send the event with the fields that the charter's promise reads",
        )
    };
    let due = match clause.due.number(scope) {
        Ok(due) => Moment(due),
        Err(error) => return unclear("when it is due", &error),
    };
    let worth = match clause.worth.as_ref().map(|worth| worth.money(scope)).transpose() {
        Ok(worth) => worth,
        // A person need not say what their word is worth.
        Err(EvalError::Absent) if clause.by_hand(&rules.charter) => None,
        Err(error) => return unclear("what it is worth", &error),
    };
    let paid = match clause.paid.as_ref().map(|paid| paid.tenders(scope)).transpose() {
        Ok(paid) => paid.unwrap_or_default(),
        Err(error) => return unclear("what was paid", &error),
    };
    Ok((due, worth, paid))
}

/// The clock has come to a moment some promises wait for.
pub(crate) fn on_clock(folding: &mut Folding) -> Result<(), FoldError> {
    let at = folding.at;
    for id in in_order(folding) {
        let Some(mut promise) = folding.promise(&id).cloned() else { continue };
        if promise.wake_at.is_none_or(|wake_at| wake_at > at) {
            continue;
        }
        let Some((_, rules)) = folding.book.by_tag(promise.charter) else {
            return folding.refuse(
                "unknown-charter",
                "a promise was made under a charter version that is not kept".to_owned(),
                "put that version in force again, as it was",
            );
        };
        let clause = promise.clause_of(rules);
        right::decide_due(folding, &mut promise)?;
        people::on_clock(folding, &mut promise, rules)?;
        if promise.state.is_open() && promise.state != PromiseState::Overdue {
            let overdue = at >= promise.overdue_at(clause);
            if overdue && goes_on(rules, &promise) {
                show(&mut promise, Shows::Released, at, folding.cause);
            } else if overdue {
                promise.state = PromiseState::Overdue;
                right::on_overdue(folding, &mut promise)?;
                if promise.delegation().is_none() {
                    message::ask_owner(folding, &promise, rules);
                }
            } else if promise.state == PromiseState::Open
                && promise.at_risk_at(clause).is_some_and(|at_risk| at_risk <= at)
            {
                promise.state = PromiseState::AtRisk;
            }
        }
        if let Some(clause) = clause {
            escalate(folding, &mut promise, clause, at);
        }
        promise.set_wake(clause);
        folding.put_promise(promise);
    }
    Ok(())
}

/// True of a step that is let go when nothing is heard, so that the play goes on.
fn goes_on(rules: &Rules, promise: &Promise) -> bool {
    let Clause::Promise(clause) = promise.clause else { return false };
    let step = rules.charter.step_of(clause);
    step.and_then(|(playbook, step)| rules.charter.playbooks.get(playbook)?.steps.get(step))
        .is_some_and(|step| step.goes_on)
}

/// Tells those whose turn has come that a promise stays overdue.
fn escalate(folding: &mut Folding, promise: &mut Promise, clause: &PromiseClause, at: Moment) {
    if promise.state != PromiseState::Overdue {
        return;
    }
    let climbed = promise.hands.as_ref().map_or(0, |hands| hands.rungs);
    let rungs = clause.escalates.iter().skip(usize::from(climbed));
    for rung in rungs.take_while(|rung| promise.due.plus(rung.after) <= at) {
        let hands = promise.hands.get_or_insert_default();
        hands.rungs = hands.rungs.saturating_add(1);
        let number = hands.rungs;
        message::escalate(folding, promise, clause, (&rung.to, number));
    }
}

/// A person says how a promise stands, hands it on, or agrees another.
pub(crate) fn on_command(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let named = event.text(folding.book, "promise").unwrap_or_default();
    let found = Name::parse(named).filter(|name| name.kind == Kind::Promise).and_then(|name| folding.promise(&name.id));
    let Some(mut promise) = found.cloned() else {
        return folding.refuse(
            "unknown-promise",
            format!("`{}` has no promise `{named}`", folding.key),
            "name a promise of this party, as `makegood explain PARTY` lists them",
        );
    };
    if matches!(promise.clause, Clause::Pay { .. }) {
        return folding.refuse(
            "kept-by-paying",
            "the promise to pay a remedy is kept by paying it".to_owned(),
            "note with `remedy.paid` that it was paid, or with `remedy.waived` that the party lets it go",
        );
    }
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    if let Some(play) = event.text(folding.book, "play")
        && Name::parse(play).map(|name| name.id) != promise.play()
    {
        return folding.refuse(
            "other-play",
            format!("`{named}` is not a step of the play `{play}`"),
            "name a step of this play, as `makegood play show PLAY` lists them",
        );
    }
    let rules = folding.book.by_tag(promise.charter).map(|(_, rules)| rules);
    if rules.is_none() && promise.play().is_some() {
        return folding.refuse(
            "unknown-charter",
            "a play runs under a charter version that is not kept".to_owned(),
            "put that version in force again, as it was",
        );
    }
    match event.kind.as_ref() {
        "promise.kept" => {
            let shows = if event.time > promise.due { Shows::Late } else { Shows::Kept };
            people::done_by(folding, &mut promise);
            show(&mut promise, shows, event.time, event.ident);
            if let Some(rules) = rules {
                done(folding, &mut promise, rules, event)?;
            }
        }
        "promise.broken" => {
            people::said(folding, event, "because", "why it cannot be kept")?;
            show(&mut promise, Shows::Broken, event.time, event.ident);
        }
        "promise.released" => {
            consented(folding, event, "a promise is released")?;
            people::lets_go(folding, &promise)?;
            show(&mut promise, Shows::Released, event.time, event.ident);
        }
        "promise.renegotiated" => renegotiate(folding, event, &mut promise)?,
        _ => people::on_command(folding, event, &mut promise)?,
    }
    promise.set_wake(rules.and_then(|rules| promise.clause_of(rules)));
    folding.put_promise(promise);
    Ok(())
}

pub(crate) fn no_actor(folding: &Folding) -> Result<(), FoldError> {
    folding.refuse(
        "no-actor",
        "what a person says of a promise or a remedy needs to say whose word it is".to_owned(),
        "send the attribute `actor`",
    )
}

/// Refuses what needs whose word it is and the party's consent, where either is missing.
pub(crate) fn consented(folding: &Folding, event: &Event, what: &str) -> Result<(), FoldError> {
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    if event.text(folding.book, "consent").is_some_and(|consent| !consent.trim().is_empty()) {
        return Ok(());
    }
    folding.refuse(
        "no-consent",
        format!("{what} only with the party's consent"),
        "say in `consent` who agreed, when and how",
    )
}

fn renegotiate(folding: &mut Folding, event: &Event, promise: &mut Promise) -> Result<(), FoldError> {
    let book = folding.book;
    if !promise.state.is_open() || event.time > promise.due {
        return folding.refuse(
            "too-late-to-renegotiate",
            format!("the promise is {} and was due at {}", promise.state.word(), promise.due),
            "a promise is renegotiated before it is due; what was not kept is made good instead",
        );
    }
    let Some(Value::Time(due)) = event.field(book, "due") else {
        return folding.refuse("no-new-due", "a renegotiation needs a new due time".to_owned(), "give `due`");
    };
    if *due <= event.time {
        return folding.refuse(
            "due-before-agreed",
            format!("the new promise would be due at {due}, and was agreed at {}", event.time),
            "agree a time that lies ahead; what was not kept is made good instead",
        );
    }
    consented(folding, event, "a promise is renegotiated")?;
    people::lets_go(folding, promise)?;
    people::fits(folding, promise, *due)?;
    let mut replacement = promise.clone();
    replacement.id = part_id(folding.key, &promise.thing, &event.ident, "renegotiated", 0);
    replacement.state = PromiseState::Open;
    replacement.made_at = event.time;
    replacement.cause = event.ident;
    replacement.due = *due;
    replacement.set_wake(book.by_tag(promise.charter).and_then(|(_, rules)| promise.clause_of(rules)));
    promise.state = PromiseState::Renegotiated;
    promise.settled = Some((event.time, event.ident));
    promise.claims.clear();
    promise.replaced_by = Some(replacement.id);
    folding.put_promise(replacement);
    Ok(())
}

/// Counts a promise that changed from `was` to `is` in its party's state, and asserts invariant 3.
pub(crate) fn count(party: &mut Party, was: Option<&Promise>, is: &Promise) -> Result<(), Broken> {
    use PromiseState as S;
    let before = was.map(|was| was.state);
    let worse = match before {
        Some(S::Kept) => is.state != S::Kept,
        Some(S::KeptLate) => !matches!(is.state, S::Kept | S::KeptLate),
        Some(S::Broken) => is.state.is_open(),
        _ => false,
    };
    let granted_shrank = was.is_some_and(|was| !is.granted.starts_with(&was.granted));
    invariant::check(invariant::LATE_EVIDENCE, !worse && !granted_shrank, || {
        format!("a promise that was {:?} became {:?}", before, is.state)
    })?;
    if let Some(was) = was {
        party.weigh(was, u32::saturating_sub);
    }
    party.weigh(is, u32::saturating_add);
    Ok(())
}

impl Party {
    /// Counts one more promise.
    pub fn tally(&mut self, promise: &Promise) {
        self.weigh(promise, u32::saturating_add);
    }

    fn weigh(&mut self, promise: &Promise, change: fn(u32, u32) -> u32) {
        self.made = change(self.made, 1);
        self.waiting = change(self.waiting, u32::from(promise.wake_at.is_some()));
        let place = match promise.state {
            PromiseState::Open | PromiseState::AtRisk => return,
            PromiseState::Overdue => &mut self.overdue,
            PromiseState::Kept => &mut self.kept,
            PromiseState::KeptLate => &mut self.kept_late,
            PromiseState::Broken => &mut self.broken,
            PromiseState::Released | PromiseState::Renegotiated => &mut self.let_go,
        };
        *place = change(*place, 1);
    }
}
