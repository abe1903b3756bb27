//! Bounds on what leaves without a person.

use super::context::Context;
use super::{literal, terms};
use crate::model::Limits;
use crate::syntax::Node;

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Limits {
    let Some(node) = root.get("limits") else { return Limits::default() };
    let mut amount = |node: Option<&Node>| node.and_then(|node| literal::amount_in_money(node, context));
    let notify_from = amount(node.get("notify_from"));
    let per_day = amount(node.get("per_day").and_then(|day| day.get("budget")));
    let approve = node.get("approve_over");
    let over = amount(approve.and_then(|approve| approve.get("amount")));
    let by = approve.and_then(|approve| approve.get("by")).and_then(Node::text);
    let notices_per_day = node.get("notices_per_day").and_then(|node| terms::whole(node, "notices_per_day", context));
    Limits { notify_from, notices_per_day, per_day, approve_over: over.zip(by.map(Into::into)) }
}
