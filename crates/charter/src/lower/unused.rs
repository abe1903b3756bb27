//! Things that are declared and never used: seldom a wish, often a slip.

use super::context::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::Node;

pub(super) fn warn(root: &Node, context: &mut Context<'_>) {
    if context.out.has_errors() {
        return;
    }
    for (section, what) in [
        ("events", "event"),
        ("values", "value"),
        ("calendars", "calendar"),
        ("counts", "count"),
        ("indices", "index"),
        ("terms", "term"),
    ] {
        for entry in root.get(section).map(Node::entries).unwrap_or_default() {
            if !context.used.contains(&format!("{what} {}", entry.key)) {
                let message = format!("the {what} `{}` is never used", entry.key);
                let unused = Diagnostic::warning(Code::Unused, &entry.key_span, message);
                context.out.push(unused.help("use it in a clause, or take it out"));
            }
        }
    }
}
