//! The stages of a relationship: the evidence that leads to each, its strategy and its next action.

use std::collections::BTreeMap;

use super::context::{Context, Reach, constant};
use super::promises::transposed;
use super::{literal, texts, valuation};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::model::{Disqualified, Regular, ShapeId, Sign, Silence, Stage, StageClause, Stages, Valuation};
use crate::syntax::Node;
use crate::value::NUMBER_SCALE;

/// `None` outside when it has a fault, inside when the charter knows no stages.
pub(super) fn read(root: &Node, valued: Option<&Valuation>, context: &mut Context<'_>) -> Option<Option<Stages>> {
    let Some(node) = root.get("stages") else { return Some(None) };
    let purchases = purchases(node, valued, context);
    let kinds: Vec<Option<(Stage, StageClause)>> = Stage::ALL
        .into_iter()
        .filter_map(|stage| node.get(stage.word()).map(|node| (stage, node)))
        .map(|(stage, node)| clause(stage, node, context).map(|clause| (stage, clause)))
        .collect();
    let client = node.get("client").map(|node| regular(node, context));
    let lost = node.get("lost");
    let silence = lost.and_then(|lost| lost.get("silence")).map(|node| silence(node, context));
    let judged = lost.and_then(|lost| lost.get("judged")).and_then(Node::text) == Some("true");
    let disqualified = node.get("disqualified").map(|node| disqualified(node, context));
    if let Some(lost) = lost
        && lost.get("shown_by").is_none()
        && lost.get("silence").is_none()
        && !judged
    {
        let never = Diagnostic::error(Code::NeverApplies, &lost.span, "nothing shows that a party is lost");
        context.out.push(never.help("write `silence: {times: 3, at_least: 60d}`, `judged: true` or `shown_by:`"));
    }
    falls_back(node, context);
    Some(Some(Stages {
        purchases: purchases?,
        kinds: kinds.into_iter().collect::<Option<BTreeMap<_, _>>>()?,
        client: transposed(client)?.flatten(),
        silence: transposed(silence)?,
        judged,
        disqualified: transposed(disqualified)?,
    }))
}

/// A prospect of whom nothing was heard for long is a suspect again, so there must be suspects.
fn falls_back(node: &Node, context: &mut Context<'_>) {
    let prospect = node.get("prospect").and_then(|prospect| prospect.get("within"));
    if let (Some(within), None) = (prospect, node.get("suspect")) {
        let nowhere =
            Diagnostic::error(Code::MissingKey, &within.span, "a prospect that nothing is heard of becomes a suspect");
        context.out.push(nowhere.help("write `suspect:` with its strategy and next action, or take `within` out"));
    }
}

/// The section's own purchases; unless said, those of `value:`.
fn purchases(node: &Node, valued: Option<&Valuation>, context: &mut Context<'_>) -> Option<Vec<Sign>> {
    if let Some(own) = node.get("purchases") {
        return signs(Some(own), context);
    }
    let Some(valued) = valued else {
        let none = Diagnostic::error(Code::MissingKey, &node.span, "nothing says which events are purchases");
        return context.fail(none.help("write `purchases: {on: order.placed}`, or a section `value:`"));
    };
    let sign = |purchase: &crate::model::Purchase| Sign { on: purchase.on, when: purchase.when.clone(), because: None };
    Some(valued.purchases.iter().map(sign).collect())
}

fn clause(stage: Stage, node: &Node, context: &mut Context<'_>) -> Option<StageClause> {
    let shown_by = signs(node.get("shown_by"), context);
    let within = match stage {
        // Of a client, `within` belongs to the purchases that are counted.
        Stage::Client if node.get("purchases").is_some() => None,
        _ => node.get("within").map(|node| length(node, context)),
    };
    let strategy = texts::read(node.get("strategy"), &[], Reach::default(), context);
    let next = texts::read(node.get("next"), &[], Reach::default(), context);
    Some(StageClause { shown_by: shown_by?, within: transposed(within)?, strategy, next })
}

fn signs(node: Option<&Node>, context: &mut Context<'_>) -> Option<Vec<Sign>> {
    let items = node.map(Node::items).unwrap_or_default();
    if let Some(node) = node
        && items.is_empty()
    {
        let none = Diagnostic::error(Code::MissingKey, &node.span, "no event is named");
        return context.fail(none.help("name at least one, such as `{on: enquiry.made}`, or take the key out"));
    }
    let read: Vec<Option<Sign>> = items.iter().map(|node| sign(node, context)).collect();
    read.into_iter().collect()
}

fn sign(node: &Node, context: &mut Context<'_>) -> Option<Sign> {
    let place = node.get("on")?;
    let on = context.event(place)?;
    let shape = context.shape(on)?;
    if shape.party.is_none() && !context.faulty.contains(&on) {
        let message = format!("`{}` is about no party, and it is parties that are in a stage", shape.name);
        let help = "name an event about a party, or declare the event with `party:`";
        return context.fail(Diagnostic::error(Code::NeverApplies, &place.span, message).help(help));
    }
    let when = context.condition(node.get("if"), reach(on)).lowered()?;
    if constant(when.as_ref()) == Some(false) {
        let never = Diagnostic::error(Code::NeverApplies, &place.span, "this never shows anything");
        return context.fail(never.help("write a condition that reads the event's data, or take it out"));
    }
    let because = node.get("because").map(|node| valuation::word(node, on, "the reason", context));
    Some(Sign { on, when, because: transposed(because)? })
}

fn reach(on: ShapeId) -> Reach {
    Reach { data: Some(on), ..Reach::default() }
}

/// A client buys regularly, or an event shows it.
fn regular(node: &Node, context: &mut Context<'_>) -> Option<Option<Regular>> {
    let Some(count) = node.get("purchases") else {
        if node.get("shown_by").is_some() {
            return Some(None);
        }
        let never = Diagnostic::error(Code::NeverApplies, &node.span, "nothing shows that a party is a client");
        return context.fail(never.help("write `purchases: 4` and `within: 365d`, or `shown_by:`"));
    };
    let text = count.text()?;
    let purchases = text.parse::<u32>().ok().filter(|count| (2..=limits::TIMES).contains(count));
    if purchases.is_none() {
        let message = format!("`{text}` is not a number of purchases");
        let bad = Diagnostic::error(Code::BadWhole, &count.span, message);
        context.out.push(bad.help(format!("write a whole number from 2 to {}", limits::TIMES)));
    }
    let Some(within) = node.get("within") else {
        let lacks = Diagnostic::error(Code::MissingKey, &count.span, "purchases are counted within a time");
        return context.fail(lacks.help("write `within: 365d`"));
    };
    let within = length(within, context);
    Some(Some(Regular { purchases: purchases?, within: within? }))
}

/// A length of time above zero.
pub(super) fn length(node: &Node, context: &mut Context<'_>) -> Option<i64> {
    let length = literal::duration(node, context)?;
    if length > 0 {
        return Some(length);
    }
    let bad = Diagnostic::error(Code::BadDuration, &node.span, "a length of time above zero is needed");
    context.fail(bad.help("write how long, such as `90d`"))
}

fn silence(node: &Node, context: &mut Context<'_>) -> Option<Silence> {
    let times = node.get("times").and_then(|node| {
        let text = node.text()?;
        match literal::decimal(text).filter(|times| *times >= NUMBER_SCALE) {
            Some(times) => Some(times),
            None => {
                let bad = Diagnostic::error(Code::BadWhole, &node.span, format!("`{text}` is not so many times"));
                context.fail(bad.help("write a number of one or more, such as `3` or `2.5`"))
            }
        }
    });
    let at_least = node.get("at_least").and_then(|node| length(node, context));
    let once = node.get("once").map(|node| length(node, context));
    Some(Silence { times: times?, at_least: at_least?, once: transposed(once)? })
}

fn disqualified(node: &Node, context: &mut Context<'_>) -> Option<Disqualified> {
    let shown_by = signs(node.get("shown_by"), context);
    let lifted_by = signs(node.get("lifted_by"), context);
    let says = texts::read(node.get("says"), &[], Reach::default(), context);
    Some(Disqualified { shown_by: shown_by?, lifted_by: lifted_by?, says })
}
