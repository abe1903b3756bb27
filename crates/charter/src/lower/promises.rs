//! Promises: how they are made, and which events show how they stand.

use super::context::{Context, PromiseHead, Reach, constant};
use super::{literal, pay, texts};
use crate::builtin;
use crate::clock::{Clock, Unit};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::expr::{Expr, Want};
use crate::limits;
use crate::model::{Follows, Outcome, PlaybookId, Promise, PromiseId, Rung, ShapeId, Shows, StepId};
use crate::syntax::{Entry, Node};

/// The keys of the outcomes, in the order in which they are tried.
const OUTCOMES: [(&str, Shows); 5] = [
    ("kept", Shows::Kept),
    ("late", Shows::Late),
    ("broken", Shows::Broken),
    ("released", Shows::Released),
    ("at_risk", Shows::AtRisk),
];

/// The slots of a promise's words.
const SLOTS: [&str; 4] = ["thing", "due", "worth", "paid"];

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Vec<Option<Promise>> {
    let entries = root.get("promises").map(Node::entries).unwrap_or_default();
    if entries.is_empty() && root.get("playbooks").is_none() {
        let place = root.entry("promises").map_or(0..0, |entry| entry.key_span.clone());
        let none = Diagnostic::error(Code::MissingKey, &place, "the charter promises nothing");
        context.out.push(none.help("write at least one promise or playbook"));
    }
    for entry in entries {
        let head = head(entry, context);
        context.promises.push(head);
    }
    for (id, entry) in entries.iter().enumerate() {
        follow(id, entry, context);
    }
    entries.iter().map(|entry| promise(entry, context)).collect()
}

fn head(entry: &Entry, context: &mut Context<'_>) -> PromiseHead {
    let made = entry.value.get("made");
    let on = made.and_then(|made| made.get("on"));
    let has = |key: &str| made.is_some_and(|made| made.get(key).is_some());
    PromiseHead {
        name: entry.key.as_str().into(),
        span: entry.key_span.clone(),
        on: on.filter(|_| !has("follows")).and_then(|on| made_on(on, context)),
        follows: None,
        step: false,
        has_worth: has("worth"),
        has_paid: has("paid"),
    }
}

/// A promise that follows another keeps what made that one; the event that makes it is heard about that one's thing.
fn follow(id: PromiseId, entry: &Entry, context: &mut Context<'_>) {
    let Some(made) = entry.value.get("made") else { return };
    if let Some((base, follows)) = followed(made, Some(id), context)
        && let Some(head) = context.promises.get_mut(id)
    {
        head.on = Some(base);
        head.follows = Some(follows);
    }
}

/// What `{follows: PROMISE, on: EVENT}` names: the event that made the promise, and the following itself.
pub(super) fn followed(made: &Node, id: Option<PromiseId>, context: &mut Context<'_>) -> Option<(ShapeId, Follows)> {
    let (node, on_node) = (made.get("follows")?, made.get("on")?);
    let promise = context.promise_named(node)?;
    let follows_another = context.promise(promise).is_some_and(|head| head.on.is_none() || head.follows.is_some());
    if Some(promise) == id || follows_another {
        let message = format!("`{}` cannot be followed", node.text().unwrap_or_default());
        let fault = Diagnostic::error(Code::NeverApplies, &node.span, message);
        return context.fail(fault.help("name a promise that an event about a party makes"));
    }
    let base = context.promise(promise).and_then(|head| head.on);
    let on = context.event(on_node)?;
    heard(on, base?, on_node, context)?;
    Some((base?, Follows { promise, on }))
}

/// The event that makes a promise: it must be about a party.
pub(super) fn made_on(node: &Node, context: &mut Context<'_>) -> Option<ShapeId> {
    let id = context.event(node)?;
    let shape = context.shape(id)?;
    let begins = context.plays && *shape.name == *builtin::STAGE_MOVED;
    if builtin::is_builtin(&shape.name) && *shape.name != *builtin::PROMISE_MADE && !begins {
        let message = format!("`{}` makes no promise: it says what becomes of one", shape.name);
        let help = format!("name an event of your own, or `{}`, by which a person makes one", builtin::PROMISE_MADE);
        return context.fail(Diagnostic::error(Code::NeverApplies, &node.span, message).help(help));
    }
    if shape.party.is_none() && !context.faulty.contains(&id) {
        let message = format!("`{}` is about no party, and a promise is made to one", shape.name);
        let help = "name an event about a party, or declare the event with `party:`";
        return context.fail(Diagnostic::error(Code::NeverApplies, &node.span, message).help(help));
    }
    Some(id)
}

fn promise(entry: &Entry, context: &mut Context<'_>) -> Option<Promise> {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let id = context.promises.iter().position(|promise| *promise.name == *entry.key)?;
    let on = context.promise(id).and_then(|promise| promise.on);
    let follows = context.promise(id).and_then(|promise| promise.follows);
    let reach = match follows {
        Some(follows) => following(follows, on, context),
        None => Reach { data: on, ..Reach::default() },
    };
    let made = node.get("made");
    let part = |key: &str| made.and_then(|made| made.get(key)).filter(|_| on.is_some());
    let when = context.condition(part("if"), reach).lowered();
    let due = part("due").and_then(|node| context.expression(node, reach, Want::Time));
    let worth = part("worth").map(|node| context.expression(node, reach, Want::Money));
    let paid = part("paid").map(|node| context.expression(node, reach, Want::Tenders));
    let made = Made { name, on, follows, step: None, when, due, worth: transposed(worth), paid: transposed(paid) };
    clause(entry, id, made, context)
}

/// What may be read where an event about the thing of a promise makes something: of a hand-off also whether it met its duty.
pub(super) fn following(follows: Follows, made: Option<ShapeId>, context: &Context<'_>) -> Reach {
    let shape = context.shape(follows.on).map(|shape| &*shape.name);
    let duty =
        context.has_duties && shape.is_some_and(|name| [builtin::HANDED_OVER, builtin::MEASURED].contains(&name));
    Reach { data: Some(follows.on), made, promise: Some(follows.promise), duty, ..Reach::default() }
}

/// How a promise comes to be, as far as it could be read.
pub(super) struct Made {
    pub name: Option<Box<str>>,
    pub on: Option<ShapeId>,
    pub follows: Option<Follows>,
    pub step: Option<(PlaybookId, StepId)>,
    pub when: Option<Option<Expr>>,
    pub due: Option<Expr>,
    pub worth: Option<Option<Expr>>,
    pub paid: Option<Option<Expr>>,
}

/// What a promise says and what shows how it stands: the same for one that an event makes and for a step of a playbook.
pub(super) fn clause(entry: &Entry, id: PromiseId, made: Made, context: &mut Context<'_>) -> Option<Promise> {
    let (node, on) = (&entry.value, made.on);
    let says = texts::read(node.get("says"), &SLOTS, Reach { made: on, ..Reach::default() }, context);
    let (outcomes, at_risk_before) = outcomes(node, id, on, context);
    let (silent_after, silent_asks) = silent(node.get("silent"), made.step.is_some(), context);
    let escalates = escalates(node.get("escalates"), context);
    let acknowledged = clock(node, "acknowledged", "within", context);
    let confirmed = clock(node, "confirmed", "again", context);
    let repeats = clock(node, "repeats", "every", context);
    let by_hand = on.is_some_and(|on| is_by_hand(on, context));
    let by_state = made.step.is_some() && node.get("once").is_some();
    if !by_hand && !by_state && !OUTCOMES.iter().any(|(key, shows)| *shows != Shows::AtRisk && node.get(key).is_some())
    {
        let never =
            Diagnostic::error(Code::NeverApplies, &entry.key_span, format!("nothing shows how `{}` stands", entry.key));
        context.out.push(never.help("write at least `kept: {on: EVENT}`: which event shows that it was kept"));
    }
    Some(Promise {
        name: made.name?,
        on: on?,
        follows: made.follows,
        step: made.step,
        when: made.when?,
        due: made.due?,
        worth: made.worth?,
        paid: made.paid?,
        owner: node.get("owner").and_then(Node::text).map(Into::into),
        doer: node.get("doer").and_then(Node::text).map(Into::into),
        acknowledged: acknowledged?,
        confirmed: confirmed?,
        repeats: repeats?,
        says,
        outcomes: outcomes?,
        at_risk_before: at_risk_before?,
        silent_after: silent_after?,
        silent_asks,
        escalates: escalates?,
    })
}

/// True of the event by which a person makes a promise.
fn is_by_hand(on: ShapeId, context: &Context<'_>) -> bool {
    context.shape(on).is_some_and(|shape| *shape.name == *builtin::PROMISE_MADE)
}

/// The length of time that stands under `key` of a part of the clause.
fn clock(node: &Node, part: &str, key: &str, context: &mut Context<'_>) -> Option<Option<Clock>> {
    let Some(part) = node.get(part) else { return Some(None) };
    let written = part.get(key)?;
    let clock = pay::clock(written, part.get("calendar"), context)?;
    if key == "every" && too_often(&clock) {
        let often = Diagnostic::error(Code::BadDuration, &written.span, "a promise comes back after an hour at least");
        return context.fail(often.help("write a longer time, such as `1 day`"));
    }
    Some(Some(clock))
}

fn too_often(every: &Clock) -> bool {
    every.count == 0 || (every.unit == Unit::Minutes && every.count < 60)
}

/// The ladder of escalation: each rung later than the one before.
fn escalates(node: Option<&Node>, context: &mut Context<'_>) -> Option<Vec<Rung>> {
    let mut rungs: Vec<Rung> = Vec::new();
    let mut sound = true;
    for item in node.map(Node::items).unwrap_or_default() {
        let after = item.get("after").and_then(|after| literal::duration(after, context));
        let to = item.get("to").and_then(Node::text);
        let (Some(after), Some(to)) = (after, to) else {
            sound = false;
            continue;
        };
        if rungs.last().is_some_and(|last| last.after >= after) {
            let fault =
                Diagnostic::error(Code::NeverApplies, &item.span, "this rung does not lie after the one before");
            context.out.push(fault.help("write the rungs in the order in which they are climbed"));
            sound = false;
        }
        if rungs.len() == limits::RUNGS {
            let message = format!("a ladder has at most {} rungs", limits::RUNGS);
            return context.fail(Diagnostic::error(Code::TooLarge, &item.span, message).help("leave some out"));
        }
        rungs.push(Rung { after, to: to.into() });
    }
    sound.then_some(rungs)
}

/// `None` inside when it was not written, outside when it has a fault.
pub(super) fn transposed<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}

/// An outcome and where it stands, to find those that are never reached.
struct Placed {
    outcome: Outcome,
    span: Span,
}

fn outcomes(
    node: &Node,
    id: PromiseId,
    made: Option<ShapeId>,
    context: &mut Context<'_>,
) -> (Option<Vec<Outcome>>, Option<Option<i64>>) {
    let mut placed: Vec<Placed> = Vec::new();
    let mut before = Some(None);
    let mut sound = true;
    for (key, state) in OUTCOMES {
        for item in node.get(key).map(Node::items).unwrap_or_default() {
            if let Some(lead) = item.get("before") {
                before = literal::duration(lead, context).map(Some);
                if item.get("on").is_none() {
                    continue;
                }
            }
            match outcome(item, state, (id, made), context) {
                Some(outcome) => {
                    let place = Placed { outcome, span: item.span.clone() };
                    reached(&placed, &place, context);
                    placed.push(place);
                }
                None => sound = false,
            }
        }
    }
    (sound.then(|| placed.into_iter().map(|placed| placed.outcome).collect()), before)
}

fn outcome(
    node: &Node,
    state: Shows,
    (id, made): (PromiseId, Option<ShapeId>),
    context: &mut Context<'_>,
) -> Option<Outcome> {
    let Some(on_node) = node.get("on") else {
        if state == Shows::AtRisk && !node.entries().is_empty() {
            let neither =
                Diagnostic::error(Code::MissingKey, &node.span, "this says nothing of what puts the promise in danger");
            return context.fail(neither.help("write `before: 2h`, or `on:` and an event"));
        }
        return None;
    };
    let on = context.event(on_node)?;
    let made = made?;
    heard(on, made, on_node, context)?;
    let reach = Reach { data: Some(on), made: Some(made), promise: Some(id), ..Reach::default() };
    let when: Option<Expr> = context.condition(node.get("if"), reach).lowered()?;
    if constant(when.as_ref()) == Some(false) {
        let place = node.get("if").map_or(&node.span, |node| &node.span);
        let never = Diagnostic::error(Code::NeverApplies, place, "this condition never holds");
        return context.fail(never.help("write a condition that reads the event's data, or take the outcome out"));
    }
    Some(Outcome { state, on, when })
}

/// An event must be able to reach the promise: it is about the same kind of thing, or, when the promise is about no thing,
/// about the same kind of party.
pub(super) fn heard(on: ShapeId, made: ShapeId, node: &Node, context: &mut Context<'_>) -> Option<()> {
    let (event, maker) = (context.shape(on)?, context.shape(made)?);
    let builtin = builtin::is_builtin(&event.name);
    // A person may promise something about any thing, to any kind of party.
    if is_by_hand(made, context) && (!builtin || event.about.is_some()) {
        return Some(());
    }
    let any_thing = event.about.as_deref() == Some(builtin::ANY_THING) && maker.about.is_some();
    let same_thing = event.about == maker.about || any_thing;
    let same_party = event.party.is_none() && event.about.is_some() || event.party == maker.party;
    let faulty = context.faulty.contains(&on) || context.faulty.contains(&made);
    let assigned = *event.name == *crate::builtin::PLAY_ASSIGNED;
    // A move is said of the party alone, of whatever kind it is.
    let moves = [event, maker].iter().any(|shape| *shape.name == *builtin::STAGE_MOVED);
    let moved = moves && event.about.is_none() && maker.about.is_none();
    if (same_thing && same_party) || assigned || moved || faulty {
        return Some(());
    }
    let message = if moves {
        format!("`{}` never reaches this: a move to another stage is about the party alone", event.name)
    } else if builtin {
        format!("`{}` is built in and heard without being named", event.name)
    } else {
        format!(
            "`{}` never reaches this promise: it is about {}, and the promise about {}",
            event.name,
            subject(event),
            subject(maker)
        )
    };
    let help = "name an event about the same kind of thing as the event that makes the promise";
    context.fail(Diagnostic::error(Code::NeverApplies, &node.span, message).help(help))
}

/// What an event is about, in words.
fn subject(shape: &crate::value::Shape) -> String {
    match (&shape.party, &shape.about) {
        (Some(party), Some(about)) => format!("a {party} and a {about}"),
        (Some(kind), None) | (None, Some(kind)) => format!("a {kind}"),
        (None, None) => "nothing".to_owned(),
    }
}

/// Says when an earlier outcome takes every such event before this one.
fn reached(earlier: &[Placed], this: &Placed, context: &mut Context<'_>) {
    let takes_all =
        |placed: &&Placed| placed.outcome.on == this.outcome.on && constant(placed.outcome.when.as_ref()) == Some(true);
    if let Some(first) = earlier.iter().find(takes_all) {
        let fault = Diagnostic::error(Code::NeverApplies, &this.span, "this is never reached")
            .with(&first.span, "this one takes every such event before it")
            .help("add an `if` to the earlier one, or take this one out");
        context.out.push(fault);
    }
}

/// What `silent: {then: …}` says of a step that does not hold up the play.
pub(super) const GO_ON: &str = "go on";

fn silent(node: Option<&Node>, step: bool, context: &mut Context<'_>) -> (Option<i64>, Option<Box<str>>) {
    let Some(node) = node else { return (Some(0), None) };
    let after = node.get("after").and_then(|node| literal::duration(node, context));
    let asks = node.get("then").and_then(|then| {
        let text = then.text()?;
        match text.strip_prefix("ask ").map(str::trim) {
            Some("owner") => None,
            _ if step && text == GO_ON => None,
            Some(role) if !role.is_empty() => Some(role.into()),
            _ => {
                let bad = Diagnostic::error(Code::BadWord, &then.span, format!("`then` cannot be `{text}`"));
                context.fail(bad.help("write `ask owner`, or `ask` and a role; a step may also `go on`"))
            }
        }
    });
    (after, asks)
}
