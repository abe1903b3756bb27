//! Dated values: amounts, and tables of bands.

use std::collections::{BTreeMap, BTreeSet};

use super::bands::{self, RawBand};
use super::context::{Context, Reach};
use super::head::Head;
use super::{indices, literal};
use crate::diagnostic::{Code, Diagnostic, Span, suggestion};
use crate::limits;
use crate::model::{DatedValue, Entry as ModelEntry, Indexed, ValueId};
use crate::syntax::{Entry, Node};
use crate::value::Moment;

/// The dated values read so far. Amounts are ready; a table of bands is made ready for each measure it is laid on, because
/// the shares in it read that clause's data.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub lowered: Vec<DatedValue>,
    pub amounts: BTreeMap<Box<str>, ValueId>,
    pub tables: BTreeMap<Box<str>, Table>,
    /// The tables made ready: by name, by what their shares may read, by what is measured.
    pub ready: BTreeMap<(Box<str>, Option<Reach>, String), ValueId>,
    /// Values with a fault, which has been told.
    pub faulty: BTreeSet<Box<str>>,
}

/// A table of bands as written.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub span: Span,
    pub entries: Vec<(Moment, Vec<RawBand>)>,
}

enum Held {
    Amount(makegood_money::Money, Option<Indexed>),
    Bands(Vec<RawBand>),
}

pub(super) fn read(root: &Node, head: &Head, context: &mut Context<'_>) {
    for entry in root.get("values").map(Node::entries).unwrap_or_default() {
        if value(entry, head, context).is_none() {
            context.values.faulty.insert(entry.key.as_str().into());
        }
    }
}

fn value(entry: &Entry, head: &Head, context: &mut Context<'_>) -> Option<()> {
    let name = literal::name(&entry.key, &entry.key_span, context.out)?;
    let nodes = entry.value.items();
    if nodes.is_empty() || nodes.len() > limits::ENTRIES {
        let message = format!("a dated value has from 1 to {} entries", limits::ENTRIES);
        let bad = Diagnostic::error(Code::ValueOutOfOrder, &entry.value.span, message);
        return context.fail(bad.help("write `- {from: 2025-01-01, amount: 40 USD}`"));
    }
    let read: Vec<Option<(Moment, Held)>> = nodes.iter().map(|node| dated(node, context)).collect();
    let ordered = in_order(nodes, &read, context);
    let covered = covers(entry, &read, head, context);
    let mut amounts = Vec::new();
    let mut tables = Vec::new();
    let mut indexed = BTreeMap::new();
    for (moment, held) in read.into_iter().collect::<Option<Vec<_>>>()? {
        match held {
            Held::Amount(money, how) => {
                indexed.extend(how.map(|how| (moment, how)));
                amounts.push((moment, money));
            }
            Held::Bands(bands) => tables.push((moment, bands)),
        }
    }
    if !(ordered && covered) {
        return None;
    }
    if !amounts.is_empty() && !tables.is_empty() {
        let mixed = Diagnostic::error(Code::KeysExclude, &entry.key_span, format!("`{name}` holds amounts and bands"));
        return context.fail(mixed.help("write two dated values"));
    }
    if tables.is_empty() {
        amount_value((name, indexed), entry, amounts, context)
    } else {
        bands::of_one_kind(&tables, nodes, context)?;
        context.values.tables.insert(name, Table { span: entry.key_span.clone(), entries: tables });
        Some(())
    }
}

fn amount_value(
    (name, indexed): (Box<str>, BTreeMap<Moment, Indexed>),
    entry: &Entry,
    amounts: Vec<(Moment, makegood_money::Money)>,
    context: &mut Context<'_>,
) -> Option<()> {
    let first = amounts.first().map(|(_, money)| money.commodity)?;
    if let Some((position, (_, other))) = amounts.iter().enumerate().find(|(_, (_, money))| money.commodity != first) {
        let node = entry.value.items().get(position)?;
        let message = format!("this amount is in {}, and the first is in {first}", other.commodity);
        let mixed = Diagnostic::error(Code::WrongCommodity, &node.span, message);
        return context.fail(mixed.help("write every entry of a dated value in one commodity"));
    }
    let entries = amounts.into_iter().map(|(moment, money)| (moment, ModelEntry::Money(money))).collect();
    context.values.amounts.insert(name.clone(), context.values.lowered.len());
    context.values.lowered.push(DatedValue { name, entries, indexed });
    Some(())
}

fn dated(node: &Node, context: &mut Context<'_>) -> Option<(Moment, Held)> {
    let zone = context.zone.clone();
    let from = node.get("from").and_then(|from| literal::moment(from, &zone, context.out));
    let held = match (node.get("amount"), node.get("bands")) {
        (Some(amount), None) => literal::amount(amount, context).and_then(|money| match node.get("index") {
            None => Some(Held::Amount(money, None)),
            Some(index) => {
                let (money, how) = indices::carried(money, index, context)?;
                Some(Held::Amount(money, Some(how)))
            }
        }),
        (None, Some(_)) if node.get("index").is_some() => {
            let place = node.entry("index").map_or(&node.span, |entry| &entry.key_span);
            let fault = Diagnostic::error(Code::KeysExclude, place, "only an amount follows an index, not bands");
            context.fail(fault.help("write a dated value for each amount"))
        }
        (None, Some(bands)) => bands::read(bands, context).map(Held::Bands),
        (Some(amount), Some(bands)) => {
            let both =
                Diagnostic::error(Code::KeysExclude, &amount.span, "an entry holds an amount or bands, not both");
            context.fail(both.with(&bands.span, "the bands").help("keep one of the two"))
        }
        (None, None) => {
            let neither = Diagnostic::error(Code::MissingKey, &node.span, "the entry holds nothing");
            context.fail(
                neither.help("write `amount: 40 USD` or `bands: [{at: 3h, give: 50 USD}]`; `bands: []` gives nothing"),
            )
        }
    };
    Some((from?, held?))
}

fn in_order(nodes: &[Node], read: &[Option<(Moment, Held)>], context: &mut Context<'_>) -> bool {
    let mut sound = true;
    for (pair, places) in read.windows(2).zip(nodes.windows(2)) {
        let ([Some((earlier, _)), Some((later, _))], [first, second]) = (pair, places) else { continue };
        if later <= earlier {
            let from = |node: &Node| node.get("from").map_or(node.span.clone(), |from| from.span.clone());
            let fault =
                Diagnostic::error(Code::ValueOutOfOrder, &from(second), "the entries do not follow each other in time")
                    .saying("not later than the one before")
                    .with(&from(first), "the one before")
                    .help("write the entries with the earliest first");
            context.out.push(fault);
            sound = false;
        }
    }
    sound
}

/// A value must say something from the charter's first day.
fn covers(entry: &Entry, read: &[Option<(Moment, Held)>], head: &Head, context: &mut Context<'_>) -> bool {
    let (Some(Some((first, held))), Some(from)) = (read.first(), head.from) else { return true };
    if *first <= from {
        return true;
    }
    let nothing = match held {
        Held::Amount(money, _) => format!("amount: 0 {}", money.commodity),
        Held::Bands(_) => "bands: []".to_owned(),
    };
    let place =
        entry.value.items().first().and_then(|node| node.get("from")).map_or(&entry.key_span, |node| &node.span);
    let fault = Diagnostic::error(Code::ValueNotCovering, place, format!("`{}` says nothing before this", entry.key))
        .with(&head.from_span, "the charter is in force from here")
        .help(format!("add an entry for the time before; `{nothing}` says that nothing was owed"));
    context.out.push(fault);
    false
}

/// The dated amount that a clause names.
pub(super) fn amount_named(name: &str, node: &Node, context: &mut Context<'_>) -> Option<ValueId> {
    context.used.insert(format!("value {name}"));
    if let Some(id) = context.values.amounts.get(name) {
        return Some(*id);
    }
    if context.values.faulty.contains(name) {
        return None;
    }
    if let Some(table) = context.values.tables.get(name) {
        let fault = Diagnostic::error(Code::UnknownValue, &node.span, format!("`{name}` holds bands, not an amount"))
            .with(&table.span.clone(), "declared here")
            .help(format!("write `bands: {name}` with `by:` and what is measured"));
        return context.fail(fault);
    }
    let help = suggestion(name, context.values.amounts.keys().map(AsRef::as_ref));
    context.fail(Diagnostic::error(Code::UnknownValue, &node.span, format!("unknown value `{name}`")).help(help))
}
