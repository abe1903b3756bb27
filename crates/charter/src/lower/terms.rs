//! What a right says beside what it owes: who must ask, when it is decided, how much in a year, and when it is not enforced.

use super::context::{Context, Reach, constant};
use super::promises::{heard, transposed};
use super::{literal, pay, texts};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Want};
use crate::limits;
use crate::model::{Limited, NotEnforced, OnRequest, Window};
use crate::syntax::Node;

/// The slots of what is said to a party who must ask.
const SLOTS: [&str; 5] = ["thing", "due", "worth", "paid", "ask_by"];

/// `None` inside when it was not written, outside when it has a fault; so too below.
pub(super) fn on_request(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Option<OnRequest>> {
    let Some(node) = node.get("on_request") else { return Some(None) };
    let by = node.get("by").and_then(|by| {
        let on = context.event(by)?;
        heard(on, reach.made?, by, context).map(|()| on)
    });
    let within = node.get("within").and_then(|within| pay::clock(within, node.get("calendar"), context));
    let when = context.condition(node.get("if"), reach).lowered();
    let says = texts::read(node.get("says"), &SLOTS, reach, context);
    let when = when?;
    if constant(when.as_ref()) == Some(false) {
        let place = node.get("if").map_or(&node.span, |node| &node.span);
        let never = Diagnostic::error(Code::NeverApplies, place, "nobody ever has to ask: this condition never holds");
        return context.fail(never.help("write a condition that reads the event's data, or take `on_request` out"));
    }
    Some(Some(OnRequest { when, by: by?, within: within?, says }))
}

pub(super) fn decided_at(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Option<Expr>> {
    transposed(node.get("decided_at").map(|node| context.expression(node, reach, Want::Time)))
}

pub(super) fn limited(node: &Node, context: &mut Context<'_>) -> Option<Option<Limited>> {
    let Some(node) = node.get("limited") else { return Some(None) };
    let within = node.get("within").and_then(|within| match within.text()? {
        "year" => Some(Window::Year),
        "event" => Some(Window::Event),
        _ => literal::duration(within, context).map(Window::Trailing),
    });
    let at_most = node.get("at_most").map(|amount| literal::amount(amount, context));
    let times = node.get("times").map(|times| whole(times, "times", context));
    if node.get("at_most").is_none() && node.get("times").is_none() {
        let nothing = Diagnostic::error(Code::MissingKey, &node.span, "nothing says how much or how often");
        return context.fail(nothing.help("write `at_most: 2500 USD`, `times: 2`, or both"));
    }
    Some(Some(Limited { within: within?, at_most: transposed(at_most)?, times: transposed(times)? }))
}

/// How often something may be.
pub(super) fn whole(node: &Node, key: &str, context: &mut Context<'_>) -> Option<u32> {
    let text = node.text()?;
    if let Some(count) = text.parse::<u32>().ok().filter(|count| (1..=limits::TIMES).contains(count)) {
        return Some(count);
    }
    let message = format!("`{key}` must be a whole number from 1 to {}", limits::TIMES);
    context.fail(
        Diagnostic::error(Code::BadWhole, &node.span, message).help(format!("write how often, such as `{key}: 2`")),
    )
}

pub(super) fn not_enforced(node: &Node, context: &mut Context<'_>) -> Option<Vec<NotEnforced>> {
    let nodes = node.get("not_enforced").map(Node::items).unwrap_or_default();
    nodes.iter().map(|node| pause(node, context)).collect()
}

fn pause(node: &Node, context: &mut Context<'_>) -> Option<NotEnforced> {
    let zone = context.zone.clone();
    let from = node.get("from").map(|from| literal::moment(from, &zone, context.out));
    let until = node.get("until").map(|until| literal::moment(until, &zone, context.out));
    let says = texts::read(node.get("says"), &[], Reach::default(), context);
    let (from, until) = (transposed(from)?, transposed(until)?);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        let place = node.get("until").map_or(&node.span, |until| &until.span);
        let never = Diagnostic::error(Code::BadTime, place, "this ends before it begins");
        return context.fail(never.help("let `until` be later than `from`"));
    }
    Some(NotEnforced { from, until, says })
}
