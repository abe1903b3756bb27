//! How rights combine, and rights that clash because nothing says how.

use super::context::Context;
use super::rights::Lowered;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::model::{RightId, Stack, Stacking};
use crate::syntax::Node;

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Vec<Stack> {
    let nodes = root.get("stacking").map(Node::items).unwrap_or_default();
    nodes.iter().filter_map(|node| stack(node, context)).collect()
}

fn stack(node: &Node, context: &mut Context<'_>) -> Option<Stack> {
    let items = node.get("rights")?.items();
    let mut rights: Vec<RightId> = Vec::new();
    let mut elsewhere: Vec<Box<str>> = Vec::new();
    for item in items {
        if let Some(other) = item.text().filter(|name| name.contains('/')) {
            elsewhere.push(foreign(other, item, &elsewhere, context)?);
            continue;
        }
        let id = right_named(item, context)?;
        if rights.contains(&id) {
            let message = format!("`{}` stands twice in one rule", item.text().unwrap_or_default());
            return context.fail(Diagnostic::error(Code::Stacking, &item.span, message).help("name it once"));
        }
        rights.push(id);
    }
    if rights.is_empty() || rights.len().saturating_add(elsewhere.len()) < 2 {
        let alone = Diagnostic::error(
            Code::Stacking,
            &node.span,
            "a stacking rule needs two rights, one of them of this charter",
        );
        return context.fail(alone.help("name the rights that are combined, or take the rule out"));
    }
    let rule = match node.get("rule").and_then(Node::text)? {
        "highest" => Stacking::Highest,
        "sum" => Stacking::Sum,
        "offset" => Stacking::Offset,
        "first" => Stacking::First,
        _ => return None,
    };
    Some(Stack { rights, elsewhere, rule })
}

/// A right of another charter: `charter/right`. Whether that charter has it cannot be known here.
fn foreign(text: &str, node: &Node, earlier: &[Box<str>], context: &mut Context<'_>) -> Option<Box<str>> {
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let sound = text.split_once('/').is_some_and(|(charter, right)| plain(charter) && plain(right));
    if sound && !earlier.iter().any(|known| **known == *text) {
        return Some(text.into());
    }
    let message = if sound { format!("`{text}` stands twice in one rule") } else { format!("`{text}` names no right") };
    let fault = Diagnostic::error(Code::Stacking, &node.span, message);
    context.fail(fault.help("write each right of another charter once, as `charter/right`"))
}

fn right_named(node: &Node, context: &mut Context<'_>) -> Option<RightId> {
    let name = node.text()?;
    if let Some(id) = context.rights.iter().position(|(right, _)| **right == *name) {
        return Some(id);
    }
    let help = suggestion(name, context.rights.iter().map(|(name, _)| name.as_ref()));
    context.fail(Diagnostic::error(Code::UnknownRight, &node.span, format!("unknown right `{name}`")).help(help))
}

/// Finds rights that owe the same kind of thing for the same event without a rule, and rules over rights that never meet.
pub(super) fn clashes(rights: &[Option<Lowered>], stacks: &[Stack], context: &mut Context<'_>) {
    for (later_id, later) in rights.iter().enumerate() {
        for (earlier_id, earlier) in rights.iter().enumerate().take(later_id) {
            let (Some(earlier), Some(later)) = (earlier, later) else { continue };
            let ruled =
                stacks.iter().any(|stack| stack.rights.contains(&earlier_id) && stack.rights.contains(&later_id));
            if !ruled && clash(earlier, later) {
                context.out.push(clashing(earlier, later));
            }
        }
    }
    for stack in stacks {
        let promises: Vec<_> = stack.rights.iter().filter_map(|id| rights.get(*id)?.as_ref()).collect();
        let Some((first, rest)) = promises.split_first() else { continue };
        if let Some(other) = rest.iter().find(|right| right.right.promise != first.right.promise) {
            let fault = Diagnostic::error(
                Code::Stacking,
                &other.span,
                "these rights stand behind different promises and never meet",
            )
            .with(&first.span, "the other promise's right");
            context.out.push(fault.help("combine only rights behind one promise"));
        }
    }
}

fn clash(earlier: &Lowered, later: &Lowered) -> bool {
    let (a, b) = (&earlier.right, &later.right);
    let same_kind = a.awards.iter().any(|award| b.awards.iter().any(|other| award.kind == other.kind));
    a.promise == b.promise && a.on == b.on && same_kind
}

fn clashing(earlier: &Lowered, later: &Lowered) -> Diagnostic {
    let (a, b) = (&earlier.right.name, &later.right.name);
    Diagnostic::error(
        Code::RightsClash,
        &later.on_span,
        format!("`{a}` and `{b}` clash: both owe the same kind of thing for the same event"),
    )
    .saying(format!("`{b}` applies on this"))
    .with(&earlier.on_span, format!("`{a}` applies on this too"))
    .help(format!("say how they combine: `stacking: [{{rights: [{a}, {b}], rule: highest}}]`, or `sum`, or `offset`"))
}
