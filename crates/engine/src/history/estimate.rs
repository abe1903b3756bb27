//! Estimate: what a charter's plain rights would have given over a history, from the columns that they read. No state is folded and no
//! payload is read, so that years of history answer in seconds.

mod scan;

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_charter::model::ShapeId;
use makegood_charter::value::{Shape, Type};
use makegood_charter::{Charter, builtin};
use makegood_core::RemedyKind;
use makegood_core::reckoning::{Passing, Reckoning};
use makegood_history::{Batch, Part};
use makegood_money::Commodity;

use super::History;
use crate::EngineError;
use crate::slots::each;
use scan::Scan;

/// What plain rights would have given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estimate {
    /// By right and what it is for.
    pub rights: BTreeMap<(Box<str>, RemedyKind), Total>,
    /// Rights that are not reckoned, and what it is about them that needs the fold.
    pub left_out: Vec<(Box<str>, &'static str)>,
    /// Lines that passed by.
    pub lines: u64,
}

/// What one right would have given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// How many remedies.
    pub remedies: u64,
    /// Minor units of each commodity in which they are reckoned.
    pub amounts: BTreeMap<Commodity, i128>,
}

/// What the columns cannot tell: events are declared otherwise than they were, or hold what has no column of its own.
const OTHERWISE: &str = "its events are declared otherwise than they were recorded, or hold payments";

/// Lets every party's own events pass by the plain rights of a charter, as if it had been the only version, from its day on.
/// `progress` is told of each file that is done.
pub fn estimate(
    history: &History,
    charter: &Arc<Charter>,
    threads: usize,
    progress: &(dyn Fn() + Sync),
) -> Result<Estimate, EngineError> {
    let mut left_out = Vec::new();
    let mut reckoning = Reckoning::of(charter.clone(), &|_| true);
    let known: Vec<bool> =
        (0..charter.shapes.len()).map(|shape| plan(history, charter, &reckoning, shape).is_ok()).collect();
    if known.contains(&false) {
        let before: Vec<Box<str>> = reckoning.left_out().iter().map(|(name, _)| name.clone()).collect();
        reckoning = Reckoning::of(charter.clone(), &|shape| known.get(shape) == Some(&true));
        let further = reckoning.left_out().iter().filter(|(name, _)| !before.contains(name));
        left_out.extend(further.map(|(name, _)| (name.clone(), OTHERWISE)));
    }
    let named = |name: &str| left_out.iter().any(|(other, _): &(Box<str>, _)| **other == *name);
    let others: Vec<_> = reckoning.left_out().iter().filter(|(name, _)| !named(name)).cloned().collect();
    left_out.extend(others);
    let plans: Vec<Option<Vec<Column>>> =
        (0..charter.shapes.len()).map(|shape| plan(history, charter, &reckoning, shape).unwrap_or_default()).collect();
    let scan = Scan::new(history, &reckoning, plans);
    let parts = each(
        &history.parties(),
        threads,
        &|| Ok((Passing::default(), Batch::default())),
        &|memory, file| scan.file(file, memory),
        progress,
    )?;
    let mut whole = Estimate { left_out, ..Estimate::default() };
    for part in parts {
        whole.lines = whole.lines.saturating_add(part.lines);
        for (right, Total { remedies, amounts }) in part.rights {
            let place = whole.rights.entry(right).or_default();
            place.remedies = place.remedies.saturating_add(remedies);
            for (commodity, minor) in amounts {
                let sum = place.amounts.entry(commodity).or_default();
                *sum = sum.saturating_add(minor);
            }
        }
    }
    Ok(whole)
}

/// Where a field of an event stands.
#[derive(Debug, Clone)]
struct Column {
    /// Its position in the event's data.
    position: usize,
    optional: bool,
    kind: Type,
    /// The columns of its parts, among those of the layout, and then among those of the scan.
    places: Vec<usize>,
}

/// The columns that an event of a shape is read from; `None` for a shape that means nothing here.
fn plan(
    history: &History,
    charter: &Charter,
    reckoning: &Reckoning,
    shape: ShapeId,
) -> Result<Option<Vec<Column>>, ()> {
    let Some((reads, shape)) = reckoning.reads(shape).zip(charter.shapes.get(shape)) else { return Ok(None) };
    let same = |charter: &Charter| {
        let recorded = charter.shape_ids.get(&shape.name).and_then(|id| charter.shapes.get(*id));
        recorded.is_none_or(|recorded| recorded == shape)
    };
    if !history.book().versions().iter().all(|rules| same(&rules.charter)) || builtin::is_builtin(&shape.name) {
        return Err(());
    }
    let column = |position: &usize| column(history, shape, *position);
    reads.iter().map(column).collect::<Option<Vec<Column>>>().map(Some).ok_or(())
}

fn column(history: &History, shape: &Shape, position: usize) -> Option<Column> {
    let field = shape.fields.get(position)?;
    if field.kind == Type::Tenders {
        return None;
    }
    let place = |part: &Part| history.layout().place(&shape.name, &field.name, *part);
    let places: Option<Vec<usize>> = Part::of(&field.kind).iter().map(place).collect();
    Some(Column { position, optional: field.optional, kind: field.kind.clone(), places: places? })
}
