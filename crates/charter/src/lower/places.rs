//! Where places lie.

use std::collections::BTreeMap;

use super::context::Context;
use super::literal;
use crate::diagnostic::{Code, Diagnostic};
use crate::place::{Places, Point};
use crate::syntax::Node;

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> Places {
    let Some(node) = root.get("places") else { return Places::default() };
    let mut points = BTreeMap::new();
    for entry in node.get("points").map(Node::entries).unwrap_or_default() {
        let Some(text) = entry.value.text() else { continue };
        let code = literal::code(&entry.key, &entry.key_span, context.out);
        match (code, Point::parse(text)) {
            (Some(code), Some(point)) => {
                points.insert(code, point);
            }
            (_, Some(_)) => {}
            (_, None) => {
                let message = format!("`{text}` is not a latitude and a longitude");
                let bad = Diagnostic::error(Code::BadPlace, &entry.value.span, message);
                let help =
                    "write degrees with at most six decimals, north and east above zero, such as `60.1939 11.1004`";
                context.out.push(bad.help(help));
            }
        }
    }
    let source = node.get("source").and_then(Node::text).unwrap_or_default();
    Places { source: source.into(), points }
}
