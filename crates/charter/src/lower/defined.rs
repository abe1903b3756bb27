//! Terms: what a charter defines once and its expressions then name as `term.NAME`.

use super::context::{Context, Reach};
use super::{literal, texts};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::limits;
use crate::model::Term;
use crate::syntax::{Entry, Node};

pub(super) fn read(root: &Node, context: &mut Context<'_>) {
    for entry in root.get("terms").map(Node::entries).unwrap_or_default() {
        if let Some((name, term)) = term(entry, context) {
            context.terms.insert(name, term);
        }
    }
}

fn term(entry: &Entry, context: &mut Context<'_>) -> Option<(Box<str>, Term)> {
    let name = literal::field_name(&entry.key, &entry.key_span, context.out);
    let says = texts::read(entry.value.get("says"), &[], Reach::default(), context);
    let node = entry.value.get("is")?;
    let is = expanded(node.text()?, node, context)?;
    Some((name?, Term { is: is.into(), says }))
}

/// The expression with its terms written out; `None` when it names one that is not known.
pub(super) fn expanded(source: &str, node: &Node, context: &mut Context<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = source;
    while let Some(at) = next(rest) {
        let (before, named) = rest.split_at_checked(at)?;
        let named = named.strip_prefix("term.")?;
        let end = named.find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).unwrap_or(named.len());
        let (name, after) = named.split_at_checked(end)?;
        context.used.insert(format!("term {name}"));
        let Some(term) = context.terms.get(name) else {
            let help = suggestion(name, context.terms.keys().map(AsRef::as_ref));
            let message = format!("unknown term `{name}`");
            return context.fail(Diagnostic::error(Code::UnknownTerm, &node.span, message).help(help));
        };
        out.push_str(before);
        out.push('(');
        out.push_str(term.is.trim());
        out.push(')');
        if out.len() > limits::EXPANDED_BYTES {
            let message = format!("with its terms written out it is longer than {} bytes", limits::EXPANDED_BYTES);
            return context.fail(Diagnostic::error(Code::BadExpression, &node.span, message).help("split it"));
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Where the next term stands, outside quotes and not in the middle of a word.
fn next(source: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, sign) in source.char_indices() {
        match quote {
            Some(open) if sign == open => quote = None,
            Some(_) => {}
            None if matches!(sign, '\'' | '"') => quote = Some(sign),
            None if !(before.is_ascii_alphanumeric() || matches!(before, '_' | '.'))
                && source.get(at..).is_some_and(|rest| rest.starts_with("term.")) =>
            {
                return Some(at);
            }
            None => {}
        }
        before = sign;
    }
    None
}
