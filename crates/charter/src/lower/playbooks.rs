//! Playbooks: what begins them, their steps, and what ends them.

use super::context::{Context, PromiseHead, Reach, StepHead};
use super::promises::{self, Made, heard, made_on};
use super::{literal, pay, texts};
use crate::clock::Clock;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::expr::{Expr, Want};
use crate::limits;
use crate::model::{Ending, Playbook, PlaybookId, Promise, PromiseId, ShapeId, Step, StepId};
use crate::syntax::{Entry, Node};

/// The slots of a playbook's words.
const SLOTS: [&str; 1] = ["thing"];

/// Playbooks, and the promises that their steps are, which follow those of the section `promises`.
pub(super) fn read(root: &Node, context: &mut Context<'_>) -> (Vec<Option<Playbook>>, Vec<Option<Promise>>) {
    let mut promises = Vec::new();
    let entries = root.get("playbooks").map(Node::entries).unwrap_or_default();
    let read = entries.iter().enumerate().map(|(id, entry)| playbook(id, entry, &mut promises, context)).collect();
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
    let begins = node.get("begins");
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
    let says = texts::read(node.get("says"), &SLOTS, Reach { made: on, ..Reach::default() }, context);
    let control = node.get("control").map(|share| literal::share(share, context));
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
        published: node.get("published").and_then(Node::text) == Some("true"),
        speaks_for_them: node.get("speaks_for_them").and_then(Node::text).map(Into::into),
        control: promises::transposed(control)?,
        steps: steps.into_iter().collect::<Option<_>>()?,
        endings: endings.into_iter().collect::<Option<_>>()?,
    })
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
    let read =
        || Some(Step { name: name?, promise: promised, within, after: after?, when: when?, unlike: unlike?, goes_on });
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
