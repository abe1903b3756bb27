//! Duties: what a hand-off must carry.

use makegood_money::Ratio;

use super::context::{Context, Reach};
use super::promises::transposed;
use super::{literal, texts};
use crate::builtin;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Want;
use crate::model::{Consequence, Duty, Evidence, Quantity};
use crate::syntax::{Entry, Node};
use crate::value::Type;

/// The slots of what the customer is told.
const SLOTS: [&str; 1] = ["thing"];

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Vec<Option<Duty>> {
    root.get("duties").map(Node::entries).unwrap_or_default().iter().map(|entry| duty(entry, context)).collect()
}

fn duty(entry: &Entry, context: &mut Context<'_>) -> Option<Duty> {
    let node = &entry.value;
    let name = literal::name(&entry.key, &entry.key_span, context.out);
    let promise_node = node.get("promise")?;
    let promise = context.promise_named(promise_node)?;
    let made = context.promise(promise).and_then(|head| head.on)?;
    if context.shape(made).is_some_and(|shape| shape.about.is_none()) {
        let message =
            format!("`{}` is about no thing that could be handed over", promise_node.text().unwrap_or_default());
        let fault = Diagnostic::error(Code::NeverApplies, &promise_node.span, message);
        return context.fail(fault.help("name a promise about a thing, such as an order"));
    }
    let reach = Reach {
        data: context.shape_ids.get(builtin::HANDED_OVER).copied(),
        made: Some(made),
        promise: Some(promise),
        ..Reach::default()
    };
    let when = context.condition(node.get("if"), reach).lowered();
    let carried = node.get("carries").map(Node::items).unwrap_or_default().iter();
    let carries = carried.filter_map(|item| {
        let word = item.text()?;
        Evidence::ALL.into_iter().find(|evidence| evidence.field() == word)
    });
    let carries = carries.collect();
    let quantity = node.get("quantity").map(|quantity| self::quantity(quantity, reach, context));
    let mut consequence = |key: &str| node.get(key).map(|node| consequence(node, reach, context));
    let (missing, by_proxy, differs) = (consequence("missing"), consequence("by_proxy"), consequence("differs"));
    if let (Some(_), None) = (&differs, &quantity) {
        let place = node.entry("differs").map_or(&entry.key_span, |entry| &entry.key_span);
        let never = Diagnostic::error(Code::NeverApplies, place, "nothing says how much was promised");
        context.out.push(never.help("write `quantity: {promised: made.ordered, tolerance: 1%}`"));
    }
    Some(Duty {
        name: name?,
        promise,
        when: when?,
        carries,
        quantity: transposed(quantity)?,
        missing,
        by_proxy,
        differs,
    })
}

fn quantity(node: &Node, reach: Reach, context: &mut Context<'_>) -> Option<Quantity> {
    let promised_node = node.get("promised")?;
    let promised = context.expression(promised_node, Reach { data: None, ..reach }, Want::Count)?;
    let tolerance = node.get("tolerance").map(|share| literal::share(share, context));
    let tolerance = transposed(tolerance)?.unwrap_or(Ratio::percent(0));
    let Type::Number { unit: Some(unit) } = promised.kind() else {
        let message = "the quantity that was promised has no unit";
        let fault = Diagnostic::error(Code::BadExpression, &promised_node.span, message);
        return context.fail(fault.help("declare the field with its unit: `ordered: number L`"));
    };
    Some(Quantity { unit: unit.clone(), promised, tolerance })
}

fn consequence(node: &Node, reach: Reach, context: &mut Context<'_>) -> Consequence {
    let tells = texts::read(node.get("tells"), &SLOTS, Reach { promise: None, ..reach }, context);
    Consequence { tells, asks: node.get("asks").and_then(Node::text).map(Into::into) }
}
