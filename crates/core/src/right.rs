//! From an event to what is owed: which rights it triggers, which exceptions are shown, and how rights combine.

use std::borrow::Cow;

use makegood_charter::expr::Scope;
use makegood_charter::model::{
    Amount, Award, Charter, Exception, OnRequest, OrIn, Reduction, Right, RightId, ShapeId, Stack, Stacking, Trigger,
};
use makegood_charter::text::Texts;
use makegood_charter::value::{Fields, Moment, Type, Value};
use makegood_money::{Money, MoneyError};

use crate::award::{Unreckonable, in_charter_money, reckon};
use crate::because::{Shown, Step};
use crate::fold::{FoldError, Folding};
use crate::promise::holds;
use crate::remedy::{self, Owed};
use crate::{
    CharterTag, Claim, Clause, Denied, DeniedBy, Event, Ident, Promise, Proof, RemedyKind, Rules, limits, message,
    tally,
};

/// Raises the claims that an event about the promise's thing triggers, and decides those that need not wait.
pub(crate) fn on_event(folding: &mut Folding, promise: &mut Promise, event: &Event) -> Result<(), FoldError> {
    asked(folding, promise, event)?;
    let mut claims = Vec::new();
    for (version, rules) in judges(folding, promise, event.time) {
        let Some(form) = event.form(version) else { continue };
        let triggers = rules.uses(form.shape).map(|uses| uses.triggers.as_slice()).unwrap_or_default();
        claims.extend(raise(promise, rules, triggers, (event.ident, event.time), &form.data, folding));
    }
    settle(folding, promise, claims)
}

/// Raises the claims that silence triggers: those of the charter, and the penalty of a remedy that was not paid in time.
pub(crate) fn on_overdue(folding: &mut Folding, promise: &mut Promise) -> Result<(), FoldError> {
    if let Clause::Pay { .. } = promise.clause {
        return penalise(folding, promise);
    }
    let mut claims = Vec::new();
    for (_, rules) in judges(folding, promise, folding.at) {
        let rights = rules.charter.rights.iter().enumerate();
        let triggers: Vec<_> = rights.filter(|(_, right)| right.on == Trigger::Overdue).map(|(id, _)| id).collect();
        claims.extend(raise(promise, rules, &triggers, (folding.cause, folding.at), &Fields::new(), folding));
    }
    settle(folding, promise, claims)
}

/// The version a promise was made under, and the version of the same charter now in force if that is a later one: the party gets
/// whichever gives more.
fn judges<'b>(folding: &Folding<'b>, promise: &Promise, at: Moment) -> Vec<(usize, &'b Rules)> {
    let book = folding.book;
    let Some((own, rules)) = book.by_tag(promise.charter) else { return Vec::new() };
    let later = book.in_force(at).find(|(position, later)| *position > own && later.charter.name == rules.charter.name);
    std::iter::once((own, rules)).chain(later).collect()
}

fn raise(
    promise: &Promise,
    rules: &Rules,
    triggers: &[RightId],
    (trigger, at): (Ident, Moment),
    data: &Fields,
    folding: &Folding,
) -> Vec<Claim> {
    let Some(clause_name) =
        folding.book.by_tag(promise.charter).and_then(|(_, own)| promise.clause_of(own)).map(|c| &c.name)
    else {
        return Vec::new();
    };
    if triggers.is_empty() {
        return Vec::new();
    }
    let seen = as_read_by(folding, promise, rules);
    let counts = tally::counts(folding, rules, at);
    let scope = Scope { counts: &counts, ..seen.scope(data, at) };
    let claim = |id: RightId| {
        let right = rules.charter.rights.get(id)?;
        let behind = rules.charter.promises.get(right.promise)?;
        if behind.name != *clause_name || !holds(right.when.as_ref(), &scope) {
            return None;
        }
        // An event may be told again for the sake of a promise made later: it claims nothing twice.
        let same = |right: RightId, charter: CharterTag, by: Ident| (right, charter, by) == (id, rules.tag, trigger);
        let waits = promise.claims.iter().any(|claim| same(claim.right, claim.charter, claim.trigger));
        if waits || promise.denied.iter().any(|denied| same(denied.right, denied.charter, denied.trigger)) {
            return None;
        }
        let wait = right.unless.iter().map(|exception| exception.within).max().unwrap_or_default();
        let decided = right.decided_at.as_ref().and_then(|decided| decided.number(&scope).ok()).map(Moment);
        let decide_at = at.plus(wait).max(decided.unwrap_or(at));
        let claim = Claim { right: id, charter: rules.tag, trigger, at, data: data.clone(), decide_at, ask_by: None };
        match &right.on_request {
            Some(request) if holds(request.when.as_ref(), &scope) => {
                on_request(folding, promise, rules, right, request, claim)
            }
            _ => Some(claim),
        }
    };
    triggers.iter().filter_map(|id| claim(*id)).collect()
}

/// A claim that the party must ask for: decided as any other when it has asked already, kept until it does otherwise. Nothing is
/// kept where nothing would be owed.
fn on_request(
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

/// True of a shape of the promise's own charter version with this name.
fn is_named(folding: &Folding, promise: &Promise, shape: ShapeId, name: &str) -> bool {
    let own = folding.book.by_tag(promise.charter).map(|(_, rules)| rules);
    own.and_then(|own| own.charter.shapes.get(shape)).is_some_and(|shape| &*shape.name == name)
}

/// The party asks for what it may claim: what it asked for in time is decided, however late that is learnt.
fn asked(folding: &mut Folding, promise: &mut Promise, event: &Event) -> Result<(), FoldError> {
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
    promise.claims.extend(later);
    put_in_order(folding, promise, &mut now);
    now.into_iter().try_for_each(|claim| decide(folding, promise, claim))
}

/// The promise with its data as `rules` reads it.
fn as_read_by<'p>(folding: &Folding, promise: &'p Promise, rules: &Rules) -> Cow<'p, Promise> {
    if rules.tag != promise.charter
        && let Some((_, own)) = folding.book.by_tag(promise.charter)
        && let Some(clause) = promise.clause_of(own)
    {
        let made = rules.reread(own, clause.on, &promise.made);
        return Cow::Owned(Promise { made, ..promise.clone() });
    }
    Cow::Borrowed(promise)
}

/// Decides claims that need not wait, the highest first, and keeps the others. What finds no place any more is a question for a
/// person.
fn settle(folding: &mut Folding, promise: &mut Promise, claims: Vec<Claim>) -> Result<(), FoldError> {
    let ready = |claim: &Claim| claim.ask_by.is_none() && claim.decide_at <= claim.at;
    let (mut now, mut later): (Vec<_>, Vec<_>) = claims.into_iter().partition(ready);
    let places = limits::CLAIMS.saturating_sub(promise.claims.len());
    for claim in later.drain(later.len().min(places)..) {
        let Some((_, rules)) = folding.book.by_tag(claim.charter) else { continue };
        let right = rules.charter.rights.get(claim.right).map_or("", |right| &right.name);
        let trouble = format!("{} claims of this promise wait to be decided already", limits::CLAIMS);
        message::ask_about(folding, promise, rules, right, &trouble);
    }
    for claim in &later {
        invite(folding, promise, claim);
    }
    promise.claims.extend(later);
    // In the order in which what triggered them happened, whichever was learnt of first.
    promise.claims.sort_by_key(|claim| (claim.at, claim.trigger, claim.charter, claim.right));
    put_in_order(folding, promise, &mut now);
    now.into_iter().try_for_each(|claim| decide(folding, promise, claim))
}

/// Tells a party that must ask that it can, once for each event and right.
fn invite(folding: &mut Folding, promise: &Promise, claim: &Claim) {
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

/// The order in which claims are decided together: those that are taken off one another as the charter names them, otherwise the
/// highest first.
fn put_in_order(folding: &Folding, promise: &Promise, claims: &mut [Claim]) {
    if claims.len() > 1 {
        let key = |claim: &Claim| (place_in_offset(folding, claim), std::cmp::Reverse(weight(folding, promise, claim)));
        claims.sort_by_cached_key(key);
    }
}

fn place_in_offset(folding: &Folding, claim: &Claim) -> usize {
    let Some((_, rules)) = folding.book.by_tag(claim.charter) else { return 0 };
    let named = |stack: &&Stack| matches!(stack.rule, Stacking::Offset | Stacking::First);
    let offsets = rules.charter.stacking.iter().filter(named);
    let places = offsets.filter_map(|stack| stack.rights.iter().position(|right| *right == claim.right));
    places.max().unwrap_or_default()
}

/// What a claim would give, in the charter's money; nothing where that cannot be said.
fn weight(folding: &Folding, promise: &Promise, claim: &Claim) -> i64 {
    let Some((_, rules)) = folding.book.by_tag(claim.charter) else { return 0 };
    let Some(right) = rules.charter.rights.get(claim.right) else { return 0 };
    let seen = as_read_by(folding, promise, rules);
    let counts = tally::counts(folding, rules, claim.at);
    let scope = Scope { counts: &counts, ..seen.scope(&claim.data, claim.at) };
    let awards = right.awards.iter().filter_map(|award| {
        let reduced = reduced(folding, rules, promise, claim, award, scope);
        reckon(&rules.charter, award, reduced, &scope).ok().flatten()
    });
    let worth = awards.filter_map(|reckoned| in_charter_money(&rules.charter, reckoned.amount).ok());
    worth.fold(0, |sum, money| sum.saturating_add(money.minor))
}

/// Decides the claims whose time has come.
pub(crate) fn decide_due(folding: &mut Folding, promise: &mut Promise) -> Result<(), FoldError> {
    let at = folding.at;
    let (mut due, waiting): (Vec<_>, Vec<_>) =
        std::mem::take(&mut promise.claims).into_iter().partition(|c| c.ask_by.is_none() && c.decide_at <= at);
    promise.claims = waiting;
    put_in_order(folding, promise, &mut due);
    due.into_iter().try_for_each(|claim| decide(folding, promise, claim))
}

fn decide(folding: &mut Folding, promise: &mut Promise, claim: Claim) -> Result<(), FoldError> {
    let Some((_, rules)) = folding.book.by_tag(claim.charter) else { return Ok(()) };
    let Some(right) = rules.charter.rights.get(claim.right) else { return Ok(()) };
    let seen = as_read_by(folding, promise, rules).into_owned();
    let counts = tally::counts(folding, rules, claim.at);
    let scope = Scope { counts: &counts, ..seen.scope(&claim.data, claim.at) };
    let mut unproven = Vec::new();
    let asked = asked_at(folding, promise, rules, right, &claim);
    unproven.extend(asked.map(|at| Step::Asked { at }));
    for (position, exception) in right.unless.iter().enumerate() {
        match shown(folding, rules, promise, &claim, exception, scope) {
            Ok(shown_by) => {
                deny(promise, &claim, DeniedBy::Exception(position), shown_by);
                return Ok(());
            }
            Err(step) => unproven.extend(step.map(|step| *step)),
        }
    }
    // Of what one event makes owed under one right, paying late owes the penalty once.
    let mut penalty = true;
    let granted = granted_elsewhere(folding, promise, rules, claim.right);
    if excluded(rules, claim.right, promise, &granted) {
        deny(promise, &claim, DeniedBy::Excluded, None);
        return Ok(());
    }
    if spent(folding, rules, right, claim.at)? {
        deny(promise, &claim, DeniedBy::Limit, None);
        return Ok(());
    }
    for award in &right.awards {
        let reduced = reduced(folding, rules, promise, &claim, award, scope);
        let owed = owed_under(rules, claim.right, right, (award, reduced), promise, &granted, &scope);
        match owed.and_then(|owed| limited(folding, rules, right, claim.at, owed)) {
            Ok(None) => {}
            Ok(Some((amount, mut steps))) => {
                let times = u32::from(penalty);
                if let Some(limited) = right.limited {
                    tally::give(folding, rules, &right.name, limited, (claim.at, amount, times))?;
                }
                let chosen = award.or_in.filter(|other| agreed(folding, promise, rules, *other));
                steps.extend(unproven.iter().cloned());
                let inputs = inputs(&rules.charter, right, award, &scope);
                let kind = award.kind.into();
                let owed = Owed {
                    rules,
                    right_id: claim.right,
                    award,
                    kind,
                    amount,
                    steps,
                    inputs,
                    cause: claim.trigger,
                    at: claim.at,
                    penalty,
                    chosen,
                    data: &claim.data,
                    counts: &counts,
                    asked,
                };
                owe_or_ask(folding, promise, &seen, owed)?;
                penalty = false;
            }
            Err(trouble) => message::ask_about(folding, promise, rules, &right.name, &trouble.to_string()),
        }
    }
    Ok(())
}

/// Keeps what took a claim away, once for each reason.
fn deny(promise: &mut Promise, claim: &Claim, by: DeniedBy, shown_by: Option<Ident>) {
    let (right, charter, trigger) = (claim.right, claim.charter, claim.trigger);
    let denied = Denied { right, charter, by, trigger, shown_by };
    let said = |before: &Denied| Denied { trigger, ..before.clone() } == denied;
    if !promise.denied.iter().any(said) {
        promise.denied.push(denied);
    }
}

/// When the party asked for what it must ask for.
fn asked_at(folding: &Folding, promise: &Promise, rules: &Rules, right: &Right, claim: &Claim) -> Option<Moment> {
    let request = right.on_request.as_ref()?;
    let by = &rules.charter.shapes.get(request.by)?.name;
    let asked = promise.proofs.iter().filter(|proof| is_named(folding, promise, proof.shape, by));
    asked.map(|proof| proof.at).filter(|at| *at >= claim.at).min()
}

/// The case in which an award is lessened: the first that holds and, where it needs proof, is shown.
fn reduced<'r>(
    folding: &Folding,
    rules: &Rules,
    promise: &Promise,
    claim: &Claim,
    award: &'r Award,
    scope: Scope,
) -> Option<&'r Reduction> {
    award.reduced.iter().find(|case| {
        let exception =
            Exception { when: case.when.clone(), shown_by: case.shown_by, within: 0, says: Texts::default() };
        shown(folding, rules, promise, claim, &exception, scope).is_ok()
    })
}

/// Whether the party agreed to another tender before it was decided.
fn agreed(folding: &Folding, promise: &Promise, rules: &Rules, other: OrIn) -> bool {
    let name = rules.charter.shapes.get(other.agreed).map(|shape| &shape.name);
    name.is_some_and(|name| promise.proofs.iter().any(|proof| is_named(folding, promise, proof.shape, name)))
}

/// Whether a right has been given as often as one party gets it in this time.
fn spent(folding: &Folding, rules: &Rules, right: &Right, at: Moment) -> Result<bool, FoldError> {
    let Some(limited) = right.limited else { return Ok(false) };
    let commodity = limited.at_most.map_or(rules.charter.money, |most| most.commodity);
    let used = tally::used(folding, rules, &right.name, limited, at, commodity)?;
    let over = limited.at_most.is_some_and(|most| used.amount.minor >= most.minor);
    Ok(over || limited.times.is_some_and(|times| used.times >= times))
}

type Arithmetic = Option<(Money, Vec<Step>)>;

/// Holds an amount to what one party gets under the right in a time.
fn limited(
    folding: &Folding,
    rules: &Rules,
    right: &Right,
    at: Moment,
    owed: Arithmetic,
) -> Result<Arithmetic, Unreckonable> {
    let (Some((amount, mut steps)), Some(limited)) = (owed.clone(), right.limited) else { return Ok(owed) };
    let Some(most) = limited.at_most else { return Ok(owed) };
    let used = tally::used(folding, rules, &right.name, limited, at, most.commodity)?.amount;
    let rest = most.minus(used)?;
    if amount.smaller(rest)? == amount {
        return Ok(owed);
    }
    steps.push(Step::Limited { used, to: rest });
    Ok((rest.minor > 0).then_some((rest, steps)))
}

/// What rights of other charters gave this party for the same thing, where a rule names them.
fn granted_elsewhere(folding: &Folding, promise: &Promise, rules: &Rules, right_id: RightId) -> Vec<(Stacking, Money)> {
    let mut granted = Vec::new();
    for stack in rules.charter.stacking.iter().filter(|stack| stack.rights.contains(&right_id)) {
        for name in &stack.elsewhere {
            let Some((charter, right)) = name.split_once('/') else { continue };
            for id in folding.promise_ids() {
                let Some(other) = folding.promise(&id).filter(|other| other.thing == promise.thing) else { continue };
                let of = folding.book.by_tag(other.charter).is_some_and(|(_, own)| &*own.charter.name == charter);
                if of && other.id != promise.id && matches!(other.clause, Clause::Promise(_)) {
                    let same = other.granted.iter().filter(|granted| &*granted.right == right);
                    granted.extend(same.map(|granted| (stack.rule, granted.amount)));
                }
            }
        }
    }
    granted
}

/// Whether another right gave something for the same, and the rule is that one excludes the other.
fn excluded(rules: &Rules, right_id: RightId, promise: &Promise, elsewhere: &[(Stacking, Money)]) -> bool {
    if elsewhere.iter().any(|(rule, amount)| *rule == Stacking::First && amount.minor > 0) {
        return true;
    }
    let stacks = rules.charter.stacking.iter();
    let first = stacks.filter(|stack| stack.rule == Stacking::First && stack.rights.contains(&right_id));
    let others = first.flat_map(|stack| &stack.rights).filter(|other| **other != right_id);
    let names: Vec<&str> = others.filter_map(|id| rules.charter.rights.get(*id)).map(|right| &*right.name).collect();
    promise.granted.iter().any(|granted| names.contains(&&*granted.right))
}

/// Makes it owed; what no tender can hold is a question for a person.
fn owe_or_ask(folding: &mut Folding, promise: &mut Promise, seen: &Promise, owed: Owed) -> Result<(), FoldError> {
    let (rules, right_id) = (owed.rules, owed.right_id);
    match remedy::owe(folding, promise, seen, owed) {
        Err(FoldError::Money(trouble)) => {
            let right = rules.charter.rights.get(right_id).map_or("", |right| &right.name);
            message::ask_about(folding, promise, rules, right, &Unreckonable::Money(trouble).to_string());
            Ok(())
        }
        other => other,
    }
}

/// Whether an exception is shown, and by which event; if not, the step that says so.
fn shown(
    folding: &Folding,
    rules: &Rules,
    promise: &Promise,
    claim: &Claim,
    exception: &Exception,
    scope: Scope,
) -> Result<Option<Ident>, Option<Box<Step>>> {
    let Some(wanted) = exception.shown_by else {
        return if holds(exception.when.as_ref(), &scope) { Ok(None) } else { Err(None) };
    };
    let by: Box<str> = rules.charter.shapes.get(wanted).map(|shape| shape.name.clone()).unwrap_or_default();
    let mut missing = Step::NotShown { by: by.clone() };
    let deadline = claim.at.plus(exception.within);
    for proof in promise.proofs.iter().filter(|proof| exception.within == 0 || proof.at <= deadline) {
        let Some(evidence) = proof_as_read_by(folding, promise, rules, proof, &by) else { continue };
        let scope = Scope { evidence: &evidence, evidence_at: proof.at, ..scope };
        if holds(exception.when.as_ref(), &scope) {
            return Ok(Some(proof.ident));
        }
        let inputs = exception.when.as_ref().map(|when| Shown::inputs(when, &scope)).unwrap_or_default();
        let inputs =
            inputs.into_iter().filter(|(path, input)| path.starts_with("evidence") && input.value != Value::Absent);
        missing = Step::NotSevere { by: by.clone(), inputs: inputs.collect() };
    }
    Err(Some(Box::new(missing)))
}

fn proof_as_read_by(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    proof: &Proof,
    wanted: &str,
) -> Option<Fields> {
    let (_, own) = folding.book.by_tag(promise.charter)?;
    if &*own.charter.shapes.get(proof.shape)?.name != wanted {
        return None;
    }
    if own.tag == rules.tag { Some(proof.data.clone()) } else { Some(rules.reread(own, proof.shape, &proof.data)) }
}

/// What is still owed under one award, with its arithmetic: the amount less what was granted for the same.
fn owed_under(
    rules: &Rules,
    right_id: RightId,
    right: &Right,
    (award, reduced): (&Award, Option<&Reduction>),
    promise: &Promise,
    elsewhere: &[(Stacking, Money)],
    scope: &Scope,
) -> Result<Arithmetic, Unreckonable> {
    let Some(mut reckoned) = reckon(&rules.charter, award, reduced, scope)? else { return Ok(None) };
    let here = already(&rules.charter, right_id, right, award.kind.into(), promise, reckoned.amount)?;
    let taken_off = |rule: &Stacking| matches!(rule, Stacking::Highest | Stacking::Offset);
    let elsewhere = elsewhere.iter().filter(|(rule, _)| taken_off(rule));
    let granted = elsewhere.map(|(_, amount)| *amount).try_fold(here, Money::plus)?;
    let rest = reckoned.amount.minus(granted)?;
    if rest.minor <= 0 {
        return Ok(None);
    }
    if !granted.is_zero() {
        reckoned.steps.push(Step::Already { granted, leaves: rest });
    }
    Ok(Some((rest, reckoned.steps)))
}

/// What was granted before and counts against this award: under the same right, and under those it is stacked with.
fn already(
    charter: &Charter,
    right_id: RightId,
    right: &Right,
    kind: RemedyKind,
    promise: &Promise,
    amount: Money,
) -> Result<Money, MoneyError> {
    let name = |id: &RightId| charter.rights.get(*id).map(|right| &*right.name);
    let mut against: Vec<&str> = Vec::new();
    for stack in charter.stacking.iter().filter(|stack| stack.rights.contains(&right_id)) {
        let others = stack.rights.iter().filter(|other| **other != right_id);
        match stack.rule {
            Stacking::Sum | Stacking::First => {}
            // Whichever was granted first is taken off the other: the order of arrival must not decide the sum.
            Stacking::Highest | Stacking::Offset => against.extend(others.filter_map(name)),
        }
    }
    let counts = |granted: &&crate::Granted| {
        (granted.right == right.name && granted.kind == kind) || against.contains(&&*granted.right)
    };
    let zero = Money::zero(amount.commodity);
    promise.granted.iter().filter(counts).try_fold(zero, |sum, granted| sum.plus(granted.amount))
}

/// What a right's clause and award read and what its message tells, for the reason.
fn inputs(charter: &Charter, right: &Right, award: &Award, scope: &Scope) -> Vec<(Box<str>, Shown)> {
    let by = match &award.amount {
        Amount::Bands { by, .. } => Some(by),
        Amount::Share { of, .. } => Some(of),
        Amount::Each { count, .. } => Some(count),
        Amount::Fixed(_) => None,
    };
    let read = right.when.iter().chain(by).flat_map(|expr| Shown::inputs(expr, scope));
    let slots = right.tells.iter().flat_map(|(_, tells)| tells.slots());
    let told = slots.filter_map(|slot| told(charter, right, slot, scope));
    let mut inputs: Vec<(Box<str>, Shown)> = Vec::new();
    for (path, value) in read.chain(told) {
        if !inputs.iter().any(|(known, _)| *known == path) {
            inputs.push((path, value));
        }
    }
    inputs
}

/// What a slot of a message stands for, by its path.
fn told(charter: &Charter, right: &Right, slot: &str, scope: &Scope) -> Option<(Box<str>, Shown)> {
    let field = |shape: ShapeId, data: &[Value], name: &str| {
        let shape = charter.shapes.get(shape)?;
        let position = *shape.positions.get(name)?;
        Some(Shown::new(data.get(position)?.clone(), &shape.fields.get(position)?.kind))
    };
    let shown = match (slot.split_once('.'), right.on) {
        (Some(("data", name)), Trigger::Event(shape)) => field(shape, scope.data, name)?,
        (Some(("made", name)), _) => field(charter.promises.get(right.promise)?.on, scope.made, name)?,
        (None, _) => match slot {
            "due" => Shown::new(Value::Time(scope.due), &Type::Time),
            "worth" => Shown::new(Value::Money(scope.worth?), &Type::Money),
            "paid" => Shown::new(Value::Tenders(scope.paid?.clone()), &Type::Tenders),
            _ => return None,
        },
        _ => return None,
    };
    let path = if slot.contains('.') { slot.into() } else { format!("promise.{slot}").into() };
    Some((path, shown))
}

/// A remedy was not paid in time: what more is owed for that, once.
pub(crate) fn penalise(folding: &mut Folding, promise: &mut Promise) -> Result<(), FoldError> {
    let Clause::Pay { right: right_id, penalty: true, .. } = promise.clause else { return Ok(()) };
    let Some((_, rules)) = folding.book.by_tag(promise.charter) else { return Ok(()) };
    let Some(right) = rules.charter.rights.get(right_id) else { return Ok(()) };
    let Some(award) = right.if_late.as_ref().filter(|_| promise.granted.is_empty()) else { return Ok(()) };
    let seen = promise.clone();
    let scope = seen.scope(&[], promise.due);
    match reckon(&rules.charter, award, None, &scope) {
        Ok(None) => Ok(()),
        Ok(Some(reckoned)) => {
            let mut steps = vec![Step::PaidLate { due: promise.due }];
            steps.extend(reckoned.steps);
            let (kind, amount) = (RemedyKind::Penalty, reckoned.amount);
            let (cause, at) = (folding.cause, promise.due.plus(1));
            let (inputs, chosen, data, counts): (_, _, &[Value], &[i64]) = (Vec::new(), None, &[], &[]);
            let (penalty, asked) = (false, None);
            let owed = Owed {
                rules,
                right_id,
                award,
                kind,
                amount,
                steps,
                inputs,
                cause,
                at,
                penalty,
                chosen,
                data,
                counts,
                asked,
            };
            owe_or_ask(folding, promise, &seen, owed)
        }
        Err(trouble) => {
            message::ask_about(folding, promise, rules, &right.name, &trouble.to_string());
            Ok(())
        }
    }
}
