//! How a remedy comes to be owed, and how it is held, approved, paid, failed, waived or corrected.

mod credit;
mod repair;

use makegood_charter::expr::Scope;
use makegood_charter::model::{Award, OrIn, RightId};
use makegood_charter::value::{Moment, Value};
use makegood_money::{Money, Tenders};
use sha2::{Digest, Sha256};

use crate::award::{in_chosen, in_tenders, worth_of};
use crate::because::{Reason, Shown, Step};
use crate::fold::{FoldError, Folding};
use crate::id::{Kind, Name, hex, part_id};
use crate::invariant::{self, Broken};
use crate::ledger::{self, Entry};
use crate::promise::{consented, holds, show};
use crate::{
    Clause, Event, Granted, Held, Ident, PartId, Promise, PromiseState, Remedy, RemedyKind, RemedyState, Rules,
    message, right,
};

pub use repair::refusal;
pub(crate) use repair::{on_repair, remedy_id};

/// What is to be owed under one award.
pub(crate) struct Owed<'r> {
    pub rules: &'r Rules,
    pub right_id: RightId,
    pub award: &'r Award,
    pub kind: RemedyKind,
    pub amount: Money,
    pub steps: Vec<Step>,
    pub inputs: Vec<(Box<str>, Shown)>,
    pub cause: Ident,
    pub at: Moment,
    /// True when paying it late owes the right's penalty.
    pub penalty: bool,
    /// The tender that the party agreed to instead.
    pub chosen: Option<OrIn>,
    /// The data of the event, and the party's counts at its time.
    pub data: &'r [Value],
    pub counts: &'r [i64],
    /// When the party asked for it, where it must: the time to pay runs from then.
    pub asked: Option<Moment>,
}

/// The promise to pay a remedy, derived from the remedy so that either finds the other.
pub(crate) fn pay_promise_id(party: &str, remedy: &PartId) -> PartId {
    let mut id = *remedy;
    let own = Sha256::new().chain_update(b"pay").chain_update(party).chain_update(remedy).finalize();
    for (place, byte) in id.iter_mut().skip(4).zip(own) {
        *place = byte;
    }
    id
}

/// Makes a remedy owed: the debt in the books, the promise to pay it, and unless it is held the payout and the notice.
/// `seen` is the promise with its data as `owed.rules` reads it.
pub(crate) fn owe(folding: &mut Folding, promise: &mut Promise, seen: &Promise, owed: Owed) -> Result<(), FoldError> {
    let charter = &owed.rules.charter;
    let Some(right) = charter.rights.get(owed.right_id) else { return Ok(()) };
    let (amounts, step) = match owed.chosen {
        Some(other) => {
            let (amounts, step) = in_chosen(charter, other, owed.amount)?;
            (amounts, Some(step))
        }
        None => in_tenders(charter, owed.award.pays_in, owed.amount, promise.worth, &promise.paid)?,
    };
    let clause = format!("{}/{:?}/{}/{}", right.name, owed.kind, hex(&promise.id), hex(&owed.rules.tag));
    // Told again, an event may owe more under the same right: that is a remedy of its own.
    let number = |number| part_id(folding.key, &promise.thing, &owed.cause, &clause, number);
    let is_free = |id: &PartId| !promise.granted.iter().any(|granted| granted.remedy == *id);
    let id = (0..=u32::MAX).map(number).find(is_free).unwrap_or_else(|| number(0));
    let pay_by = pay_by(&owed, seen);
    // What leaves is weighed, not what it was reckoned from.
    let worth = worth_of(charter, &amounts);
    let held_for = held_for(folding, &owed, worth);
    let reason = Reason {
        cause: owed.cause,
        at: owed.at,
        charter: owed.rules.tag,
        inputs: owed.inputs,
        steps: owed.steps.into_iter().chain(step).collect(),
    };
    let remedy = Remedy {
        id,
        promise: Some(promise.id),
        thing: promise.thing.clone(),
        right: right.name.clone(),
        kind: owed.kind,
        amounts,
        state: if held_for.is_some() { RemedyState::Held } else { RemedyState::Approved },
        owed_at: owed.at,
        pay_by,
        pay_promise: pay_by.map(|_| pay_promise_id(folding.key, &id)),
        reason,
        held_for,
        asked_by: None,
        paid: None,
        sent: 0,
    };
    promise.granted.push(Granted { right: right.name.clone(), kind: owed.kind, amount: owed.amount, remedy: id });
    let movement = ledger::owed(&remedy)?;
    post(folding, &remedy, "owed", movement);
    if let (Some(due), Some(pay_promise)) = (pay_by, remedy.pay_promise) {
        let clause = Clause::Pay { remedy: id, right: owed.right_id, penalty: owed.penalty };
        folding.put_promise(promise_to_pay(pay_promise, due, clause, &remedy, seen, owed.amount));
    }
    // What is held for a person does not leave by itself: the budget bounds what does.
    folding.out.spent.extend(worth.filter(|_| remedy.state == RemedyState::Approved));
    let remedy = if remedy.state == RemedyState::Approved {
        send(folding, remedy)
    } else {
        message::approval(folding, &remedy);
        remedy
    };
    folding.put_remedy(remedy);
    Ok(())
}

fn pay_by(owed: &Owed, seen: &Promise) -> Option<Moment> {
    let charter = &owed.rules.charter;
    let right = charter.rights.get(owed.right_id)?;
    let scope = Scope { counts: owed.counts, ..seen.scope(owed.data, owed.at) };
    let term = right.pay_within.iter().find(|term| holds(term.when.as_ref(), &scope))?;
    let calendar = term.within.calendar.as_ref().and_then(|name| charter.calendars.get(name));
    // What is decided later is not owed before: the time to pay runs from then.
    let decided = right.decided_at.as_ref().and_then(|decided| decided.number(&scope).ok()).map(Moment);
    let from = owed.asked.unwrap_or(owed.at);
    let from = decided.map_or(from, |decided| from.max(decided));
    term.within.due(from, &charter.zone, calendar.map(AsRef::as_ref)).ok()
}

/// Whom a day's budget concerns.
const FINANCE: &str = "finance";

fn held_for(folding: &Folding, owed: &Owed, worth: Option<Money>) -> Option<Held> {
    let limits = &owed.rules.charter.limits;
    match (&limits.approve_over, limits.per_day, worth) {
        (Some((_, role)), _, None) => Some(Held::Unweighed { role: role.clone() }),
        (None, Some(_), None) => Some(Held::Unweighed { role: FINANCE.into() }),
        (Some((limit, role)), _, Some(worth)) if worth.commodity == limit.commodity && worth.minor > limit.minor => {
            Some(Held::Over { limit: *limit, role: role.clone() })
        }
        // What alone is more than a whole day may cost is held on any day.
        (_, Some(day), Some(worth)) if worth.commodity == day.commodity && worth.minor > day.minor => {
            Some(Held::Budget)
        }
        _ => folding.context.budget_spent.then_some(Held::Budget),
    }
}

fn promise_to_pay(id: PartId, due: Moment, clause: Clause, remedy: &Remedy, seen: &Promise, amount: Money) -> Promise {
    let mut promise = Promise {
        made_at: remedy.owed_at,
        cause: remedy.reason.cause,
        worth: Some(amount),
        made: seen.made.clone(),
        ..Promise::new(id, &remedy.thing, remedy.reason.charter, clause, due)
    };
    promise.set_wake(None);
    promise
}

fn post(folding: &mut Folding, remedy: &Remedy, what: &str, movement: makegood_money::Movement) {
    credit::note(folding, remedy, &movement);
    let id = part_id(folding.key, &remedy.thing, &folding.cause, &format!("{what}/{}", hex(&remedy.id)), 0);
    folding.out.entries.push(Entry { id, remedy: remedy.id, time: folding.at, movement });
}

/// Sends a remedy to be paid, and tells the party the first time.
fn send(folding: &mut Folding, mut remedy: Remedy) -> Remedy {
    remedy.state = RemedyState::Approved;
    message::payout(folding, &remedy);
    if remedy.sent == 0 {
        message::notice(folding, &remedy);
    }
    remedy.sent = remedy.sent.saturating_add(1);
    remedy
}

/// `remedy.approved`, `remedy.paid`, `remedy.failed`, `remedy.waived`, `remedy.corrected`, `goodwill.approved`.
pub(crate) fn on_event(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let named = event.text(folding.book, "remedy").unwrap_or_default();
    let found = Name::parse(named).filter(|name| name.kind == Kind::Remedy).and_then(|name| folding.remedy(&name.id));
    let Some(remedy) = found.cloned() else {
        return folding.refuse(
            "unknown-remedy",
            format!("`{}` has no remedy `{named}`", folding.key),
            "name a remedy of this party, as `makegood explain PARTY` lists them",
        );
    };
    match event.kind.as_ref() {
        "remedy.paid" => paid(folding, event, remedy),
        "remedy.failed" => failed(folding, event, remedy),
        "remedy.waived" => waived(folding, event, remedy),
        "remedy.corrected" => corrected(folding, event, remedy),
        _ => approved(folding, remedy),
    }
}

fn wrong_state(folding: &Folding, remedy: &Remedy, wanted: &str) -> Result<(), FoldError> {
    folding.refuse(
        "wrong-remedy-state",
        format!("the remedy is {}, and cannot be {wanted}", remedy.state.word()),
        "look at the remedy with `makegood explain`: what is paid or waived stays so; a correction is a new remedy",
    )
}

fn approved(folding: &mut Folding, remedy: Remedy) -> Result<(), FoldError> {
    if !matches!(remedy.state, RemedyState::Held | RemedyState::Failed) {
        return wrong_state(folding, &remedy, "approved");
    }
    let Some(actor) = folding.actor.clone() else {
        return folding.refuse(
            "no-actor",
            "an approval needs to say whose it is".to_owned(),
            "send the attribute `actor`",
        );
    };
    let asked = |step: &Step| match step {
        Step::Given { by, .. } | Step::Corrected { by, .. } => *by == actor,
        Step::Repaired { asked_by, .. } => *asked_by == actor,
        _ => false,
    };
    if remedy.asked_by.as_ref() == Some(&actor) || remedy.reason.steps.iter().any(asked) {
        return folding.refuse(
            "own-approval",
            format!("`{actor}` asked for this remedy and cannot approve it"),
            "somebody else approves what one person asks for",
        );
    }
    if remedy.kind == RemedyKind::Goodwill && remedy.sent == 0 {
        let movement = ledger::owed(&remedy)?;
        post(folding, &remedy, "owed", movement);
    }
    let remedy = send(folding, remedy);
    folding.put_remedy(remedy);
    Ok(())
}

fn paid(folding: &mut Folding, event: &Event, mut remedy: Remedy) -> Result<(), FoldError> {
    let movement = match remedy.state {
        RemedyState::Approved | RemedyState::Failed => ledger::paid(&remedy)?,
        // The payment was under way when the customer let it go: the books say what happened to the money.
        RemedyState::Waived if remedy.sent > 0 => ledger::paid_though_waived(&remedy)?,
        _ => return wrong_state(folding, &remedy, "paid"),
    };
    let reference = event.text(folding.book, "reference").unwrap_or_default();
    remedy.state = RemedyState::Paid;
    remedy.paid = Some((event.time, reference.into()));
    post(folding, &remedy, "paid", movement);
    settle_pay_promise(folding, &remedy, event)?;
    folding.put_remedy(remedy);
    Ok(())
}

/// Paying keeps the promise to pay; paying late owes the penalty, whether or not the clock has said so before.
fn settle_pay_promise(folding: &mut Folding, remedy: &Remedy, event: &Event) -> Result<(), FoldError> {
    use makegood_charter::model::Shows;
    let Some(mut promise) = remedy.pay_promise.and_then(|id| folding.promise(&id).cloned()) else { return Ok(()) };
    let shows = match remedy.state {
        RemedyState::Waived => Shows::Released,
        _ if event.time > promise.due => Shows::Late,
        _ => Shows::Kept,
    };
    show(&mut promise, shows, event.time, event.ident);
    if promise.state == PromiseState::KeptLate {
        right::penalise(folding, &mut promise)?;
    }
    promise.set_wake(None);
    folding.put_promise(promise);
    Ok(())
}

impl Remedy {
    /// True once it stands in the books: goodwill when it was approved, everything else from the start.
    pub fn is_in_books(&self) -> bool {
        self.kind != RemedyKind::Goodwill || self.sent > 0
    }
}

fn failed(folding: &mut Folding, event: &Event, mut remedy: Remedy) -> Result<(), FoldError> {
    if remedy.state != RemedyState::Approved {
        return wrong_state(folding, &remedy, "failed");
    }
    remedy.state = RemedyState::Failed;
    let why = event.text(folding.book, "reason").unwrap_or_default();
    message::payment_failed(folding, &remedy, why);
    folding.put_remedy(remedy);
    Ok(())
}

fn waived(folding: &mut Folding, event: &Event, mut remedy: Remedy) -> Result<(), FoldError> {
    if matches!(remedy.state, RemedyState::Paid | RemedyState::Waived) {
        return wrong_state(folding, &remedy, "waived");
    }
    consented(folding, event, "a remedy is waived")?;
    if remedy.state == RemedyState::Approved {
        message::withdraw_payout(folding, &remedy);
    }
    remedy.state = RemedyState::Waived;
    if remedy.is_in_books() {
        let movement = ledger::waived(&remedy)?;
        post(folding, &remedy, "waived", movement);
    }
    settle_pay_promise(folding, &remedy, event)?;
    folding.put_remedy(remedy);
    Ok(())
}

/// A person says what is really owed, before it is paid out: the difference is a movement of its own.
fn corrected(folding: &mut Folding, event: &Event, mut remedy: Remedy) -> Result<(), FoldError> {
    if !matches!(remedy.state, RemedyState::Held | RemedyState::Failed) {
        return wrong_state(folding, &remedy, "corrected");
    }
    let (Some(Value::Money(amount)), Some(actor)) = (event.field(folding.book, "amount"), folding.actor.clone()) else {
        return folding.refuse(
            "no-actor",
            "a correction needs an amount and whose it is".to_owned(),
            "send `amount` and the attribute `actor`",
        );
    };
    if remedy.amounts.iter().count() > 1 || remedy.amounts.iter().any(|owed| owed.commodity != amount.commodity) {
        return folding.refuse(
            "other-tender",
            format!("{} is owed, which cannot be corrected to {amount}", remedy.amounts),
            "correct an amount in the tender in which it is owed",
        );
    }
    if amount.minor <= 0 {
        return folding.refuse(
            "no-amount",
            format!("what is owed cannot be corrected to {amount}"),
            "give an amount above zero, or note with `remedy.waived` that the customer lets it go",
        );
    }
    let mut differences = vec![*amount];
    for owed in remedy.amounts.iter() {
        differences = vec![amount.minus(owed)?];
    }
    let why = event.text(folding.book, "reason").unwrap_or_default();
    if remedy.is_in_books() {
        let movement = ledger::corrected(&remedy, differences)?;
        post(folding, &remedy, "corrected", movement);
    }
    remedy.amounts = Tenders::new([*amount])?;
    remedy.asked_by = Some(actor.clone());
    remedy.reason.steps.push(Step::Corrected { by: actor, why: why.into(), to: remedy.amounts.clone() });
    folding.put_remedy(remedy);
    Ok(())
}

/// `goodwill.given`: a person gives something without a right; another approves it.
pub(crate) fn on_goodwill(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let (Some(Value::Money(amount)), Some(actor)) = (event.field(folding.book, "amount"), folding.actor.clone()) else {
        return folding.refuse(
            "no-actor",
            "goodwill needs an amount and who gives it".to_owned(),
            "send `amount` and the attribute `actor`",
        );
    };
    if amount.minor <= 0 {
        return folding.refuse("no-amount", format!("{amount} cannot be given"), "give an amount above zero");
    }
    let charter = folding.book.in_force(event.time).next().map(|(_, rules)| rules.tag).unwrap_or_default();
    let why = event.text(folding.book, "reason").unwrap_or_default();
    let thing = event.thing().unwrap_or_default();
    let step = Step::Given { by: actor.clone(), why: why.into() };
    let remedy = Remedy {
        id: part_id(folding.key, thing, &event.ident, "goodwill", 0),
        promise: None,
        thing: thing.into(),
        right: "goodwill".into(),
        kind: RemedyKind::Goodwill,
        amounts: Tenders::new([*amount])?,
        state: RemedyState::Held,
        owed_at: event.time,
        pay_by: None,
        pay_promise: None,
        reason: Reason { cause: event.ident, at: event.time, charter, inputs: Vec::new(), steps: vec![step] },
        held_for: Some(Held::Asked),
        asked_by: Some(actor),
        paid: None,
        sent: 0,
    };
    message::approval(folding, &remedy);
    folding.put_remedy(remedy);
    Ok(())
}

/// Asserts invariants 3 to 5 of a remedy that changed.
pub(crate) fn assert_sound(was: Option<&Remedy>, is: &Remedy) -> Result<(), Broken> {
    invariant::check(invariant::MONEY, !is.amounts.is_empty(), || {
        format!("a remedy under `{}` owes nothing", is.right)
    })?;
    invariant::check(invariant::BECAUSE, !is.reason.steps.is_empty(), || {
        format!("a remedy under `{}` has no reason", is.right)
    })?;
    let undone = was.is_some_and(|was| was.state == RemedyState::Paid && is.state != RemedyState::Paid);
    invariant::check(invariant::LATE_EVIDENCE, !undone, || {
        format!("a paid remedy under `{}` became {:?}", is.right, is.state)
    })
}
