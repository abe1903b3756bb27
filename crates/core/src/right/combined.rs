//! What is owed beside what was granted before: under the same right, under others, in other charters, and in a year.

use makegood_charter::expr::Scope;
use makegood_charter::model::{Award, Charter, Reduction, Right, RightId, Stacking};
use makegood_charter::value::Moment;
use makegood_money::{Money, MoneyError};

use crate::award::{Unreckonable, reckon};
use crate::because::Step;
use crate::fold::{FoldError, Folding};
use crate::{Claim, Promise, RemedyKind, Rules, Stands, Weighed, limits, tally};

/// Whether a right has been given as often as one party gets it in this time.
pub(super) fn spent(folding: &Folding, rules: &Rules, right: &Right, claim: &Claim) -> Result<bool, FoldError> {
    let Some(limited) = right.limited else { return Ok(false) };
    let commodity = limited.at_most.map_or(rules.charter.money, |most| most.commodity);
    let used = tally::used(folding, rules, &right.name, limited, (&claim.trigger, claim.at), commodity)?;
    let over = limited.at_most.is_some_and(|most| used.amount.minor >= most.minor);
    Ok(over || limited.times.is_some_and(|times| used.times >= times))
}

pub(super) type Arithmetic = Option<(Money, Vec<Step>)>;

/// Holds an amount to what one party gets under the right in a time.
pub(super) fn limited(
    folding: &Folding,
    rules: &Rules,
    right: &Right,
    claim: &Claim,
    owed: Arithmetic,
) -> Result<Arithmetic, Unreckonable> {
    let (Some((amount, mut steps)), Some(limited)) = (owed.clone(), right.limited) else { return Ok(owed) };
    let Some(most) = limited.at_most else { return Ok(owed) };
    let used = tally::used(folding, rules, &right.name, limited, (&claim.trigger, claim.at), most.commodity)?.amount;
    let rest = most.minus(used)?;
    if amount.smaller(rest)? == amount {
        return Ok(owed);
    }
    steps.push(Step::Limited { used, to: rest });
    Ok((rest.minor > 0).then_some((rest, steps)))
}

/// What rights of other charters gave this party for the same thing, where a rule names them.
pub(super) fn granted_elsewhere(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    right_id: RightId,
) -> Vec<(Stacking, Money)> {
    let gave = |weighed: &Weighed| match weighed.stands {
        Stands::Gave(amount) => Some(amount),
        Stands::Waits(_) => None,
    };
    elsewhere(folding, promise, rules, right_id, gave)
}

/// Until when a right waits that must be decided before this one: another charter's that a rule names, for the same thing.
pub(super) fn waits_for(folding: &Folding, promise: &Promise, rules: &Rules, right_id: RightId) -> Option<Moment> {
    let waits = |weighed: &Weighed| match weighed.stands {
        Stands::Waits(until) => Some(until),
        Stands::Gave(_) => None,
    };
    let until = elsewhere(folding, promise, rules, right_id, waits).into_iter();
    let bound = until.filter(|(rule, _)| *rule != Stacking::Sum).map(|(_, until)| until);
    bound.max().filter(|until| *until > folding.at)
}

fn elsewhere<T>(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    right_id: RightId,
    read: impl Fn(&Weighed) -> Option<T>,
) -> Vec<(Stacking, T)> {
    let mut found = Vec::new();
    for stack in rules.charter.stacking.iter().filter(|stack| stack.rights.contains(&right_id)) {
        let named = folding.party.weighed.iter().filter(|weighed| {
            weighed.thing == promise.thing && weighed.promise != promise.id && stack.elsewhere.contains(&weighed.right)
        });
        found.extend(named.filter_map(|weighed| Some((stack.rule, read(weighed)?))));
    }
    found
}

/// Notes how a right stands that other charters weigh: it waits, or gave so much.
pub(super) fn weigh(folding: &mut Folding, promise: &Promise, rules: &Rules, right: &str, stands: Stands) {
    let name = format!("{}/{right}", rules.charter.name);
    if !folding.book.is_weighed(&name) {
        return;
    }
    let list = &mut folding.party.weighed;
    list.push(Weighed { thing: promise.thing.clone(), right: name.into(), promise: promise.id, stands });
    if list.len() > limits::WEIGHED {
        list.remove(0);
    }
}

/// A right that waited is decided.
pub(super) fn decided(folding: &mut Folding, promise: &Promise, rules: &Rules, right: &str, at: Moment) {
    if folding.party.weighed.is_empty() {
        return;
    }
    let name = format!("{}/{right}", rules.charter.name);
    let waited = |weighed: &Weighed| {
        weighed.promise == promise.id && *weighed.right == *name && weighed.stands == Stands::Waits(at)
    };
    if let Some(place) = folding.party.weighed.iter().position(waited) {
        folding.party.weighed.remove(place);
    }
}

/// Whether another right gave something for the same, and the rule is that one excludes the other.
pub(super) fn excluded(rules: &Rules, right_id: RightId, promise: &Promise, elsewhere: &[(Stacking, Money)]) -> bool {
    if elsewhere.iter().any(|(rule, amount)| *rule == Stacking::First && amount.minor > 0) {
        return true;
    }
    let stacks = rules.charter.stacking.iter();
    let first = stacks.filter(|stack| stack.rule == Stacking::First && stack.rights.contains(&right_id));
    let others = first.flat_map(|stack| &stack.rights).filter(|other| **other != right_id);
    let names: Vec<&str> = others.filter_map(|id| rules.charter.rights.get(*id)).map(|right| &*right.name).collect();
    promise.granted.iter().any(|granted| names.contains(&&*granted.right))
}

/// What is still owed under one award, with its arithmetic: the amount less what was granted for the same.
pub(super) fn owed_under(
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
pub(super) fn already(
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
