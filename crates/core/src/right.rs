//! From an event to what is owed: which rights it triggers, which exceptions are shown, and how rights combine.

mod combined;
mod proof;
mod request;
mod told;

use std::borrow::Cow;

use makegood_charter::expr::Scope;
use makegood_charter::model::{RightId, Stack, Stacking, Trigger};
use makegood_charter::value::{Fields, Moment, Value};

use crate::award::{Unreckonable, in_charter_money, reckon};
use crate::because::Step;
use crate::fold::{FoldError, Folding};
use crate::promise::holds;
use crate::remedy::{self, Owed};
use crate::{
    CharterTag, Claim, Clause, Denied, DeniedBy, Event, Ident, Promise, RemedyKind, Rules, Stands, limits, message,
    tally,
};
use combined::{decided, excluded, granted_elsewhere, limited, owed_under, spent, waits_for, weigh};
use proof::{agreed, reduced, shown};
use request::{asked, asked_at, invite, on_request};
use told::inputs;

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
        wait(folding, promise, claim);
    }
    promise.claims.extend(later);
    // In the order in which what triggered them happened, whichever was learnt of first.
    promise.claims.sort_by_key(|claim| (claim.at, claim.trigger, claim.charter, claim.right));
    put_in_order(folding, promise, &mut now);
    now.into_iter().try_for_each(|claim| decide(folding, promise, claim))
}

/// Notes that a claim waits to be decided, for the charters that weigh its right.
fn wait(folding: &mut Folding, promise: &Promise, claim: &Claim) {
    let book = folding.book;
    let Some((_, rules)) = book.by_tag(claim.charter).filter(|_| claim.ask_by.is_none()) else { return };
    let Some(right) = rules.charter.rights.get(claim.right) else { return };
    weigh(folding, promise, rules, &right.name, Stands::Waits(claim.decide_at));
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
    decided(folding, promise, rules, &right.name, claim.decide_at);
    if let Some(until) = waits_for(folding, promise, rules, claim.right) {
        let claim = Claim { decide_at: until, ..claim };
        wait(folding, promise, &claim);
        promise.claims.push(claim);
        return Ok(());
    }
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
    // Of what one promise's failure makes owed under one right, paying late owes the penalty once, in however many steps it was
    // learnt how bad it was.
    let mut penalty = !promise.granted.iter().any(|granted| granted.right == right.name);
    let granted = granted_elsewhere(folding, promise, rules, claim.right);
    if excluded(rules, claim.right, promise, &granted) {
        deny(promise, &claim, DeniedBy::Excluded, None);
        return Ok(());
    }
    if spent(folding, rules, right, &claim)? {
        deny(promise, &claim, DeniedBy::Limit, None);
        return Ok(());
    }
    for award in &right.awards {
        let reduced = reduced(folding, rules, promise, &claim, award, scope);
        let owed = owed_under(rules, claim.right, right, (award, reduced), promise, &granted, &scope);
        match owed.and_then(|owed| limited(folding, rules, right, &claim, owed)) {
            Ok(None) => {}
            Ok(Some((amount, mut steps))) => {
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
                let granted = promise.granted.len();
                owe_or_ask(folding, promise, &seen, owed)?;
                if promise.granted.len() > granted {
                    weigh(folding, promise, rules, &right.name, Stands::Gave(amount));
                }
                if let Some(limited) = right.limited.filter(|_| promise.granted.len() > granted) {
                    let times = u32::from(penalty);
                    tally::give(folding, rules, &right.name, limited, &claim.trigger, (claim.at, amount, times))?;
                }
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
