//! Series of figures, and the amounts that follow them.

use std::collections::BTreeMap;

use makegood_money::{Money, Rounding};

use super::context::Context;
use super::literal;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::model::Indexed;
use crate::syntax::{Entry, Node};

/// A series: each period with its figure in millionths, and as written.
pub(super) type Index = BTreeMap<Box<str>, (i64, Box<str>)>;

pub(super) fn read(root: &Node, context: &mut Context<'_>) {
    for entry in root.get("indices").map(Node::entries).unwrap_or_default() {
        if let Some(name) = literal::name(&entry.key, &entry.key_span, context.out) {
            let index = index(entry, context);
            context.indices.insert(name, index);
        }
    }
}

fn index(entry: &Entry, context: &mut Context<'_>) -> Index {
    let mut index = Index::new();
    for point in entry.value.get("points").map(Node::entries).unwrap_or_default() {
        let Some(text) = point.value.text() else { continue };
        let period = literal::code(&point.key, &point.key_span, context.out);
        match (period, literal::decimal(text).filter(|figure| *figure > 0)) {
            (Some(period), Some(figure)) => {
                index.insert(period, (figure, text.into()));
            }
            (_, Some(_)) => {}
            (_, None) => {
                let bad = Diagnostic::error(Code::BadIndex, &point.value.span, format!("`{text}` is not a figure"));
                context.out.push(bad.help("write a number above zero with at most six decimals, such as `130.2`"));
            }
        }
    }
    index
}

/// The amount carried forward as `node` says, and how.
pub(super) fn carried(base: Money, node: &Node, context: &mut Context<'_>) -> Option<(Money, Indexed)> {
    let of = node.get("of")?;
    let name = of.text()?;
    context.used.insert(format!("index {name}"));
    let Some(index) = context.indices.get(name).cloned() else {
        let help = suggestion(name, context.indices.keys().map(AsRef::as_ref));
        return context.fail(Diagnostic::error(Code::BadIndex, &of.span, format!("unknown index `{name}`")).help(help));
    };
    let from = period(node.get("from")?, name, &index, context);
    let to = period(node.get("to")?, name, &index, context);
    let round_to = match node.get("round_to") {
        None => Some(Money::new(1, base.commodity)),
        Some(step) => literal::amount(step, context).filter(|step| step.minor > 0),
    };
    let ((from_period, from), (to_period, to), step) = (from?, to?, round_to?);
    if step.commodity != base.commodity {
        let span = node.get("round_to").map_or(&node.span, |step| &step.span);
        let message = format!("this is in {}, and the amount in {}", step.commodity, base.commodity);
        let fault = Diagnostic::error(Code::WrongCommodity, span, message);
        return context.fail(fault.help(format!("write it in {}", base.commodity)));
    }
    let rounding = match node.get("rounding").and_then(Node::text) {
        Some("up") => Rounding::Up,
        Some("down") => Rounding::Down,
        _ => Rounding::Nearest,
    };
    let Some(minor) = scaled(base.minor, to.0, from.0, step.minor, rounding) else {
        let large = Diagnostic::error(Code::BadIndex, &node.span, "the amount becomes too large");
        return context.fail(large.help("check the figures of the index"));
    };
    let indexed = Indexed { base, index: name.into(), from: (from_period, from.1), to: (to_period, to.1) };
    Some((Money::new(minor, base.commodity), indexed))
}

type Figure = (Box<str>, (i64, Box<str>));

fn period(node: &Node, name: &str, index: &Index, context: &mut Context<'_>) -> Option<Figure> {
    let text = node.text()?;
    if let Some(figure) = index.get(text) {
        return Some((text.into(), figure.clone()));
    }
    let help = suggestion(text, index.keys().map(AsRef::as_ref));
    let message = format!("the index `{name}` has no figure for `{text}`");
    context.fail(Diagnostic::error(Code::BadIndex, &node.span, message).help(help))
}

/// `amount * to / from`, rounded once, to a multiple of `step`.
fn scaled(amount: i64, to: i64, from: i64, step: i64, rounding: Rounding) -> Option<i64> {
    let numerator = i128::from(amount).checked_mul(i128::from(to))?;
    let denominator = i128::from(from).checked_mul(i128::from(step))?;
    let whole = numerator.checked_div(denominator)?;
    let rest = numerator.checked_rem(denominator)?;
    let up = match rounding {
        Rounding::Up => rest > 0,
        Rounding::Down => false,
        Rounding::Nearest => rest.checked_mul(2)? >= denominator,
    };
    i64::try_from(whole.checked_add(i128::from(up))?.checked_mul(i128::from(step))?).ok()
}
