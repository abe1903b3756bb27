//! How often something happened to a party.

use super::context::{Context, Reach, constant};
use super::literal;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Count;
use crate::syntax::{Entry, Node};

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Vec<Option<Count>> {
    root.get("counts").map(Node::entries).unwrap_or_default().iter().map(|entry| count(entry, context)).collect()
}

fn count(entry: &Entry, context: &mut Context<'_>) -> Option<Count> {
    let name = literal::field_name(&entry.key, &entry.key_span, context.out);
    let on = entry.value.get("on").and_then(|on| context.event(on));
    let within = entry.value.get("within").and_then(|within| literal::duration(within, context));
    let reach = Reach { data: on, ..Reach::default() };
    let when = context.condition(entry.value.get("if").filter(|_| on.is_some()), reach).lowered()?;
    if constant(when.as_ref()) == Some(false) {
        let never = Diagnostic::error(Code::NeverApplies, &entry.key_span, "nothing is ever counted");
        return context.fail(never.help("write a condition that reads the event's data, or take it out"));
    }
    Some(Count { name: name?, on: on?, when, within: within? })
}
