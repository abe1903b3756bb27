//! Playbooks: what begins them, their steps, and what ends them.

use super::context::{Context, PromiseHead, Reach, StepHead};
use super::promises::{self, Made, heard, made_on};
use super::{literal, pay, stages, texts};
use crate::clock::Clock;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::expr::{Expr, Want};
use crate::limits;
use crate::model::{Aim, Ending, Playbook, PlaybookId, Promise, PromiseId, ShapeId, Sign, Step, StepId};
use crate::syntax::{Entry, Node};

/// The slots of a playbook's words.
const SLOTS: [&str; 1] = ["thing"];

/// Playbooks, and the promises that their steps are, which follow those of the section `promises`.
pub(super) fn read(root: &Node, context: &mut Context<'_>) -> (Vec<Option<Playbook>>, Vec<Option<Promise>>) {
    let mut promises = Vec::new();
    let entries = root.get("playbooks").map(Node::entries).unwrap_or_default();
    context.plays = true;
    let read = entries.iter().enumerate().map(|(id, entry)| playbook(id, entry, &mut promises, context)).collect();
    context.plays = false;
    (read, promises)
}

fn playbook(
    id: PlaybookId,
    entry: &Entry,
    promises: &mut Vec<Option<Promise>>,
    context: &mut Context<'_>,
) -> Option<Playbook> {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let beginnings = node.get("begins").map(Node::items).unwrap_or_default();
    let begins = beginnings.first();
    let follows = begins.filter(|begins| begins.get("follows").is_some());
    let follows = follows.map(|begins| promises::followed(begins, None, context));
    let (on, follows) = match follows {
        Some(Some((base, follows))) => (Some(base), Some(follows)),
        Some(None) => (None, None),
        None => (begins.and_then(|begins| begins.get("on")).and_then(|on| made_on(on, context)), None),
    };
    let begun = match follows {
        Some(follows) => promises::following(follows, on, context),
        None => Reach { data: on, ..Reach::default() },
    };
    let when = context.condition(begins.and_then(|begins| begins.get("if")).filter(|_| on.is_some()), begun).lowered();
    let also: Vec<Option<Sign>> =
        beginnings.iter().skip(1).map(|node| another(node, on, follows.is_some(), context)).collect();
    let says = texts::read(node.get("says"), &SLOTS, Reach { made: on, ..Reach::default() }, context);
    let control = node.get("control").map(|share| literal::share(share, context));
    let aim = node.get("aim").map(|node| aim(node, on, context));
    if let (Some(control), None) = (node.entry("control"), node.get("aim")) {
        let lacks = Diagnostic::error(
            Code::MissingKey,
            &control.key_span,
            "nothing says what those left alone are compared by",
        );
        context.out.push(lacks.help("write `aim: {shown_by: {on: EVENT}, within: 365d}`: what the playbook is for"));
    }
    let entries = node.get("steps").map(Node::entries).unwrap_or_default();
    if entries.is_empty() || entries.len() > limits::STEPS {
        let message = format!("a playbook has between 1 and {} steps", limits::STEPS);
        let place = node.entry("steps").map_or(&entry.key_span, |steps| &steps.key_span);
        return context.fail(Diagnostic::error(Code::TooLarge, place, message).help("split what is too long"));
    }
    let first = context.promises.len();
    heads(entry, on, entries, context);
    let steps: Vec<Option<Step>> = entries
        .iter()
        .enumerate()
        .map(|(position, step)| {
            let place = StepPlace { playbook: id, step: position, promise: first.saturating_add(position), on };
            let (step, promise) = self::step(step, entry, &place, context);
            promises.push(promise);
            step
        })
        .collect();
    let endings: Vec<Option<Ending>> = node
        .get("ends")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|end| ending(end, id, on, context))
        .collect();
    Some(Playbook {
        name: name?,
        says,
        on: on?,
        follows,
        when: when?,
        also: also.into_iter().collect::<Option<_>>()?,
        published: node.get("published").and_then(Node::text) == Some("true"),
        speaks_for_them: node.get("speaks_for_them").and_then(Node::text).map(Into::into),
        control: promises::transposed(control)?,
        aim: promises::transposed(aim)?,
        steps: steps.into_iter().collect::<Option<_>>()?,
        endings: endings.into_iter().collect::<Option<_>>()?,
    })
}

/// A further event that begins a playbook.
fn another(node: &Node, on: Option<ShapeId>, follows: bool, context: &mut Context<'_>) -> Option<Sign> {
    if follows || node.get("follows").is_some() {
        let alone =
            Diagnostic::error(Code::NeverApplies, &node.span, "a play that follows a promise begins with one event");
        return context.fail(alone.help("write a playbook of its own for the other event"));
    }
    let place = node.get("on")?;
    let also = made_on(place, context)?;
    heard(also, on?, place, context)?;
    let when = context.condition(node.get("if"), Reach { data: Some(also), ..Reach::default() }).lowered();
    Some(Sign { on: also, when: when?, because: None })
}

/// What a playbook is for: events that reach its plays, and how long they count.
fn aim(node: &Node, on: Option<ShapeId>, context: &mut Context<'_>) -> Option<Aim> {
    let items = node.get("shown_by").map(Node::items).unwrap_or_default();
    if let Some(none) = node.get("shown_by").filter(|_| items.is_empty()) {
        let none = Diagnostic::error(Code::MissingKey, &none.span, "no event is named");
        return context.fail(none.help("name at least one, such as `{on: customer.returned}`"));
    }
    let shown_by: Vec<Option<Sign>> = items.iter().map(|item| sign(item, on, context)).collect();
    let within = node.get("within").and_then(|node| stages::length(node, context));
    Some(Aim { shown_by: shown_by.into_iter().collect::<Option<_>>()?, within: within? })
}

/// An event that shows that what a playbook is for came about.
fn sign(node: &Node, begins: Option<ShapeId>, context: &mut Context<'_>) -> Option<Sign> {
    let place = node.get("on")?;
    let on = context.event(place)?;
    heard(on, begins?, place, context)?;
    let when = context.condition(node.get("if"), Reach { data: Some(on), ..Reach::default() }).lowered();
    Some(Sign { on, when: when?, because: None })
}

/// Makes the steps known by name before any of them is read.
fn heads(playbook: &Entry, on: Option<ShapeId>, entries: &[Entry], context: &mut Context<'_>) {
    let mut known = Vec::new();
    for entry in entries {
        let shows = ["kept", "late"].iter().flat_map(|key| entry.value.get(key).map(Node::items).unwrap_or_default());
        let names = shows.filter_map(|outcome| outcome.get("on").and_then(Node::text));
        let mut shapes: Vec<ShapeId> = names.filter_map(|name| context.shape_ids.get(name).copied()).collect();
        shapes.dedup();
        let shape = if let [shape] = shapes.as_slice() { Some(*shape) } else { None };
        known.push(StepHead { name: entry.key.replace('-', "_").into(), shape });
        context.promises.push(PromiseHead {
            name: format!("{}/{}", playbook.key, entry.key).into(),
            span: entry.key_span.clone(),
            on,
            follows: None,
            step: true,
            has_worth: false,
            has_paid: false,
        });
    }
    context.playbooks.push(known);
}

/// Where a step stands.
struct StepPlace {
    playbook: PlaybookId,
    step: StepId,
    promise: PromiseId,
    on: Option<ShapeId>,
}

fn step(
    entry: &Entry,
    playbook: &Entry,
    place: &StepPlace,
    context: &mut Context<'_>,
) -> (Option<Step>, Option<Promise>) {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let reach = Reach { made: place.on, playbook: Some(place.playbook), ..Reach::default() };
    let when = context.condition(node.get("if").filter(|_| place.on.is_some()), reach).lowered();
    let once = node.get("once").filter(|_| place.on.is_some());
    let once = once.map(|node| context.expression(node, reach, Want::Bool));
    if let (Some(by_state), Some(not_by)) = (node.entry("once"), node.entry("not_by")) {
        let both = Diagnostic::error(
            Code::KeysExclude,
            &not_by.key_span,
            "what is kept as soon as something holds is nobody's act",
        )
        .with(&by_state.key_span, "kept as soon as this holds");
        context.out.push(both.help("take `not_by` out, or let an event show it: `kept: {on: EVENT}`"));
    }
    let (due, within) = due(entry, reach, context).map_or((None, None), |(due, within)| (Some(due), within));
    let after = earlier(node.get("after"), playbook, place.step, context);
    let unlike = earlier(node.get("not_by"), playbook, place.step, context);
    let made = Made {
        name: Some(format!("{}/{}", playbook.key, entry.key).into()),
        on: place.on,
        follows: None,
        step: Some((place.playbook, place.step)),
        when: Some(None),
        due,
        worth: Some(None),
        paid: Some(None),
    };
    let promise = promises::clause(entry, place.promise, made, context);
    let goes_on =
        node.get("silent").and_then(|silent| silent.get("then")).and_then(Node::text) == Some(promises::GO_ON);
    let promised = place.promise;
    let read = || {
        let once = promises::transposed(once)?;
        let (name, after, when, unlike) = (name?, after?, when?, unlike?);
        Some(Step { name, promise: promised, within, after, when, once, unlike, goes_on })
    };
    (read(), promise)
}

/// When a step is due: so long after it is entered, or at a time.
fn due(entry: &Entry, reach: Reach, context: &mut Context<'_>) -> Option<(Expr, Option<Clock>)> {
    let node = &entry.value;
    match (node.get("within"), node.get("due")) {
        (Some(within), None) => {
            let clock = pay::clock(within, node.get("calendar"), context)?;
            let calendar = clock.calendar.as_ref().map(|name| format!(", '{name}'")).unwrap_or_default();
            let source = format!("deadline(at, '{}'{calendar})", within.text()?);
            Some((context.compiled(&source, within, reach, Want::Time)?, Some(clock)))
        }
        (None, Some(due)) => Some((context.expression(due, reach, Want::Time)?, None)),
        (Some(_), Some(due)) => {
            let both = Diagnostic::error(Code::KeysExclude, &due.span, "a step is due `within` a time or `due` at one");
            context.fail(both.help("keep one of the two"))
        }
        (None, None) => {
            let message = format!("nothing says when `{}` is due", entry.key);
            let none = Diagnostic::error(Code::MissingKey, &entry.key_span, message);
            context.fail(none.help("write `within: 2 working days`, or `due:` and a time"))
        }
    }
}

/// Steps that stand before this one.
fn earlier(node: Option<&Node>, playbook: &Entry, step: StepId, context: &mut Context<'_>) -> Option<Vec<StepId>> {
    let entries = playbook.value.get("steps").map(Node::entries).unwrap_or_default();
    let before: Vec<&str> = entries.iter().take(step).map(|entry| entry.key.as_str()).collect();
    let mut found = Vec::new();
    let mut sound = true;
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(name) = item.text() else { continue };
        match before.iter().position(|known| *known == name) {
            Some(position) => found.push(position),
            None => {
                let later = entries.iter().any(|entry| entry.key == name);
                let (message, help) = match later {
                    true => (
                        format!("`{name}` does not stand before this step"),
                        "a step comes after steps above it".to_owned(),
                    ),
                    false => (format!("unknown step `{name}`"), suggestion(name, before.iter().copied())),
                };
                context.out.push(Diagnostic::error(Code::UnknownStep, &item.span, message).help(help));
                sound = false;
            }
        }
    }
    sound.then_some(found)
}

fn ending(entry: &Entry, playbook: PlaybookId, begins: Option<ShapeId>, context: &mut Context<'_>) -> Option<Ending> {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let on_node = node.get("on")?;
    let on = context.event(on_node)?;
    heard(on, begins?, on_node, context)?;
    let reach = Reach { data: Some(on), made: begins, playbook: Some(playbook), ..Reach::default() };
    let when = context.condition(node.get("if"), reach).lowered();
    let says =
        texts::read(node.get("says"), &SLOTS, Reach { data: Some(on), made: begins, ..Reach::default() }, context);
    Some(Ending { name: name?, on, when: when?, says })
}
