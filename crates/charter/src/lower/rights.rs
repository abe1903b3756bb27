//! Rights: what makes them apply, what takes them away, what they owe and how soon.

use super::awards::{self, Terms};
use super::context::{Context, Reach, constant};
use super::promises::{heard, transposed};
use super::{literal, pay, terms, texts};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::expr::Expr;
use crate::model::{Award, AwardKind, Exception, PromiseId, Right, ShapeId, Trigger};
use crate::syntax::{Entry, Node};

/// A right, and where it stands.
pub(super) struct Lowered {
    pub right: Right,
    pub span: Span,
    pub on_span: Span,
}

const SLOTS: [&str; 4] = ["thing", "due", "worth", "paid"];
const TELLING_SLOTS: [&str; 7] = ["thing", "due", "worth", "paid", "amount", "pay_by", "because"];

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Vec<Option<Lowered>> {
    let entries = root.get("rights").map(Node::entries).unwrap_or_default();
    context.rights = entries.iter().map(|entry| (entry.key.as_str().into(), entry.key_span.clone())).collect();
    entries.iter().map(|entry| right(entry, context)).collect()
}

fn right(entry: &Entry, context: &mut Context<'_>) -> Option<Lowered> {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let promise = promise_of(entry, context);
    let made = promise.and_then(|promise| context.promise(promise)?.on);
    let on_node = node.get("on");
    let trigger = on_node.and_then(|on| trigger(on, made, context));
    let said = Reach { made, data: data_of(trigger), ..Reach::default() };
    let says = texts::read(node.get("says"), &SLOTS, said, context);
    let (Some(promise), Some(_), Some(on), Some(on_node)) = (promise, made, trigger, on_node) else { return None };
    let reach = Reach { promise: Some(promise), party: true, ..said };
    let when = when(node, reach, context);
    let unless: Vec<Option<Exception>> =
        items(node, "unless").iter().map(|node| exception(node, reach, context)).collect();
    let decided_at = terms::decided_at(node, reach, context);
    let on_request = terms::on_request(node, reach, context);
    let limited = terms::limited(node, context);
    let not_enforced = terms::not_enforced(node, context);
    let awards = awards(entry, &Terms { promise, reach }, context);
    let pay_within = pay::read(node.get("pay_within"), reach, context);
    let if_late = if_late(node, promise, context);
    let tells = texts::read(node.get("tells"), &TELLING_SLOTS, reach, context);
    let right = Right {
        name: name?,
        says,
        promise,
        on,
        when: when?,
        unless: unless.into_iter().collect::<Option<_>>()?,
        decided_at: decided_at?,
        on_request: on_request?,
        limited: limited?,
        not_enforced: not_enforced?,
        awards: awards?,
        pay_within: pay_within?,
        if_late: if_late?,
        tells,
    };
    Some(Lowered { right, span: entry.key_span.clone(), on_span: on_node.span.clone() })
}

/// What stands under a key: one, or a list.
fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

fn data_of(trigger: Option<Trigger>) -> Option<ShapeId> {
    match trigger {
        Some(Trigger::Event(id)) => Some(id),
        Some(Trigger::Overdue) | None => None,
    }
}

/// The promise the right stands behind: the one it names, or the only one that an event of a party makes.
fn promise_of(entry: &Entry, context: &mut Context<'_>) -> Option<PromiseId> {
    if let Some(node) = entry.value.get("promise") {
        return context.promise_named(node);
    }
    // Those that follow another one, and the steps of playbooks, are named where they are meant.
    let made = |promise: &super::context::PromiseHead| promise.follows.is_none() && !promise.step;
    let mut first = context.promises.iter().enumerate().filter(|(_, promise)| made(promise)).map(|(id, _)| id);
    match (first.next(), first.next()) {
        (None, _) if context.promises.is_empty() => None,
        (Some(only), None) => Some(only),
        _ => {
            let names: Vec<&str> = context.promises.iter().map(|promise| promise.name.as_ref()).collect();
            let help = format!("write `promise:` and {}", crate::grammar::one_of(&names));
            let fault =
                Diagnostic::error(Code::MissingKey, &entry.key_span, format!("`{}` lacks `promise`", entry.key));
            context.fail(fault.saying("the charter has several promises").help(help))
        }
    }
}

fn trigger(node: &Node, made: Option<ShapeId>, context: &mut Context<'_>) -> Option<Trigger> {
    if node.text() == Some("overdue") {
        return Some(Trigger::Overdue);
    }
    let on = context.event(node)?;
    heard(on, made?, node, context)?;
    Some(Trigger::Event(on))
}

fn when(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Option<Expr>> {
    let when = context.condition(node.get("if"), reach).lowered()?;
    if when.is_some() && constant(when.as_ref()) == Some(false) {
        let place = node.get("if").map_or(&node.span, |node| &node.span);
        let never = Diagnostic::error(Code::NeverApplies, place, "the right never applies: this condition never holds");
        return context.fail(never.help("write a condition that reads the event's data, or take the right out"));
    }
    Some(when)
}

fn exception(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Exception> {
    let shown_node = node.get("shown_by");
    let shown_by = shown_node.map(|shown| {
        let on = context.event(shown)?;
        heard(on, reach.made?, shown, context)?;
        Some(on)
    });
    let shown_by = transposed(shown_by)?;
    let reach = Reach { evidence: shown_by, ..reach };
    let within = node.get("within").map(|node| literal::duration(node, context));
    let says = texts::read(node.get("says"), &SLOTS, reach, context);
    if node.entries().iter().any(|entry| !["if", "shown_by", "within", "says"].contains(&entry.key.as_str())) {
        return None; // A misspelt key: what the condition may read is not known.
    }
    let when = context.condition(node.get("if"), reach).lowered()?;
    let within = transposed(within)?;
    let place = node.get("if").map_or(&node.span, |node| &node.span);
    let wrong = match (constant(when.as_ref()), shown_by) {
        (Some(false), _) => Some((place, "the exception never counts: this condition never holds")),
        (Some(true), None) => Some((place, "the exception always counts: the right would never apply")),
        _ if within.is_some() && shown_by.is_none() => {
            Some((&node.span, "`within` waits for a proof, and no `shown_by` names one"))
        }
        _ => None,
    };
    if let Some((place, message)) = wrong {
        let fault = Diagnostic::error(Code::ExceptionWrong, place, message);
        return context.fail(
            fault.help("write `if:` with a condition on the event, or `shown_by:` with the event that proves it"),
        );
    }
    Some(Exception { when, shown_by, within: within.unwrap_or(0), says })
}

fn awards(entry: &Entry, terms: &Terms, context: &mut Context<'_>) -> Option<Vec<Award>> {
    let kinds = [("restitution", AwardKind::Restitution), ("compensation", AwardKind::Compensation)];
    let written: Vec<(AwardKind, &Node)> =
        kinds.iter().filter_map(|(key, kind)| Some((*kind, entry.value.get(key)?))).collect();
    if written.is_empty() {
        let nothing = Diagnostic::error(Code::MissingKey, &entry.key_span, format!("`{}` owes nothing", entry.key));
        return context
            .fail(nothing.help("write `restitution:` for what is given back, `compensation:` for the harm, or both"));
    }
    let read: Vec<Option<Award>> =
        written.iter().map(|(kind, node)| awards::read(node, *kind, terms, context)).collect();
    read.into_iter().collect()
}

/// A penalty is reckoned when the payment falls due, without an event: it reads no data. `None` inside when there is none.
fn if_late(node: &Node, promise: PromiseId, context: &mut Context<'_>) -> Option<Option<Award>> {
    let Some(late) = node.entry("if_late") else { return Some(None) };
    if node.get("pay_within").is_none() {
        let message = "`if_late` can never apply: no `pay_within` says when the payment is late";
        let never = Diagnostic::error(Code::NeverApplies, &late.key_span, message);
        context.out.push(never.help("write `pay_within: 7 days`, or take `if_late` out"));
    }
    let terms = Terms { promise, reach: Reach::default() };
    awards::read(late.value.get("compensation")?, AwardKind::Compensation, &terms, context).map(Some)
}
