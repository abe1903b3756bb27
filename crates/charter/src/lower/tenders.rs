//! Tenders of the charter's own.

use std::collections::BTreeMap;

use makegood_money::{Commodity, Money, Ratio};

use super::context::{Context, Reach};
use super::{literal, pay, texts};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Expires, Tender};
use crate::syntax::{Entry, Node};

pub(super) fn read(root: &Node, context: &mut Context<'_>) -> BTreeMap<Box<str>, Tender> {
    let entries = root.get("tenders").map(Node::entries).unwrap_or_default();
    let commodities: Vec<Option<Commodity>> = entries.iter().map(|entry| commodity(entry, context)).collect();
    for declared in commodities.iter().flatten() {
        context.commodities.declare(*declared);
        context.tenders.insert(declared.code().into());
    }
    let mut tenders = BTreeMap::new();
    for (entry, commodity) in entries.iter().zip(commodities) {
        let name = texts::read(entry.value.get("name"), &[], Reach::default(), context);
        let worth = entry.value.get("worth").and_then(|node| worth(node, context));
        if let (Some(commodity), Some(worth)) = (commodity, worth) {
            let expires = entry.value.get("expires").and_then(|node| expires(node, context));
            tenders.insert(entry.key.as_str().into(), Tender { commodity, name, worth, expires });
        }
    }
    tenders
}

/// `never`, or a length of time.
fn expires(node: &Node, context: &mut Context<'_>) -> Option<Expires> {
    if node.text()? == "never" {
        return Some(Expires::Never);
    }
    pay::clock(node, None, context).map(Expires::After)
}

fn commodity(entry: &Entry, context: &mut Context<'_>) -> Option<Commodity> {
    let decimals = match entry.value.get("decimals") {
        None => 0,
        Some(node) => match node.text()?.parse::<u8>() {
            Ok(decimals @ 0..=9) => decimals,
            _ => {
                let bad =
                    Diagnostic::error(Code::BadWhole, &node.span, "`decimals` must be a whole number from 0 to 9");
                return context.fail(bad.help("write `decimals: 0` for points, `decimals: 2` for a credit in dollars"));
            }
        },
    };
    if context.commodities.get(&entry.key).is_ok() {
        let message = format!("`{}` is a currency already", entry.key);
        return context.fail(Diagnostic::error(Code::BadName, &entry.key_span, message).help("choose another name"));
    }
    match Commodity::new(&entry.key, decimals) {
        Ok(commodity) => Some(commodity),
        Err(error) => context.fail(
            Diagnostic::error(Code::BadName, &entry.key_span, error.to_string()).help("choose a name such as `points`"),
        ),
    }
}

/// What one unit is worth, in units of the charter's currency.
fn worth(node: &Node, context: &mut Context<'_>) -> Option<Ratio> {
    let amount: Money = literal::amount_in_money(node, context)?;
    if amount.is_zero() {
        let nothing = Diagnostic::error(Code::BadAmount, &node.span, "a tender that is worth nothing pays nothing");
        return context.fail(nothing.help("write what one unit is worth, such as `0.01 USD`"));
    }
    Ratio::new(amount.minor, amount.commodity.scale()).ok()
}
