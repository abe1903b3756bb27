//! Estimate: what a charter's plain rights would have given over a history, from the columns that they read. No state is folded and no
//! payload is read, so that years of history answer in seconds.

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_charter::model::ShapeId;
use makegood_charter::value::{Fields, Moment, Shape, Type, Value};
use makegood_charter::{Charter, builtin};
use makegood_core::RemedyKind;
use makegood_core::reckoning::{Passing, Reckoned, Reckoning};
use makegood_history::{Batch, Cursor, Data, File, Part, fixed};
use makegood_money::{Commodity, Money};

use super::History;
use crate::EngineError;
use crate::slots::each;

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
        &|| Ok(Passing::default()),
        &|passing, file| scan.file(file, passing),
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

/// One pass over the files.
struct Scan<'s> {
    history: &'s History,
    reckoning: &'s Reckoning,
    /// For each type of event, by its number, its shape and the columns of its fields.
    types: Vec<Option<(ShapeId, usize, Vec<Column>)>>,
    /// The columns that are read.
    columns: Vec<usize>,
}

/// The columns that every row has.
const EVERY: [usize; 5] = [fixed::SEQ, fixed::KIND, fixed::TIME, fixed::TYPE_NR, fixed::THING_NR];

impl<'s> Scan<'s> {
    fn new(history: &'s History, reckoning: &'s Reckoning, mut plans: Vec<Option<Vec<Column>>>) -> Self {
        let mut columns = EVERY.to_vec();
        for column in plans.iter_mut().flatten().flatten() {
            for place in &mut column.places {
                let found = columns.iter().position(|known| known == place);
                *place = found.unwrap_or_else(|| {
                    columns.push(*place);
                    columns.len().saturating_sub(1)
                });
            }
        }
        let charter = reckoning.charter();
        let of_type = |name: &String| {
            let shape = *charter.shape_ids.get(name.as_str())?;
            let fields = charter.shapes.get(shape)?.fields.len();
            Some((shape, fields, plans.get(shape)?.clone()?))
        };
        let types = history.manifest().types.iter().map(of_type).collect();
        Self { history, reckoning, types, columns }
    }

    fn file(&self, file: &File, passing: &mut Passing) -> Result<Estimate, EngineError> {
        let reader = self.history.file(file)?;
        let places = reader.places(self.history.layout(), &self.columns)?;
        let charter = self.reckoning.charter();
        let mut sums: BTreeMap<(usize, RemedyKind), Total> = BTreeMap::new();
        let mut owed = |one: Reckoned| {
            let place = sums.entry((one.right, one.kind)).or_default();
            place.remedies = place.remedies.saturating_add(1);
            let sum = place.amounts.entry(one.amount.commodity).or_default();
            *sum = sum.saturating_add(i128::from(one.amount.minor));
        };
        let (mut found, mut last) = (Estimate::default(), 0);
        let mut data: Vec<Fields> =
            self.types.iter().map(|of| vec![Value::Absent; of.as_ref().map_or(0, |(_, fields, _)| *fields)]).collect();
        passing.clear();
        for group in 0..reader.groups() {
            let batch = reader.group(group, &places)?;
            found.lines = found.lines.saturating_add(batch.rows as u64);
            self.group(&batch, passing, &mut last, &mut data, &mut owed);
        }
        let named = |((right, kind), sum): ((usize, RemedyKind), _)| {
            Some(((charter.rights.get(right)?.name.clone(), kind), sum))
        };
        found.rights = sums.into_iter().filter_map(named).collect();
        Ok(found)
    }

    /// Lets the rows of one group pass. `last` is the place in its log of the row before.
    fn group(
        &self,
        batch: &Batch,
        passing: &mut Passing,
        last: &mut i64,
        data: &mut [Fields],
        owed: &mut dyn FnMut(Reckoned),
    ) {
        let every = |place: usize| batch.columns.get(place);
        let (seqs, times) = (every(0).and_then(Data::wholes), every(2).and_then(Data::wholes));
        let (Some(seqs), Some(kinds), Some(times)) = (seqs, every(1).and_then(Data::smalls), times) else { return };
        let mut cursors: Vec<Cursor> = batch.columns.iter().map(Data::cursor).collect();
        let (rows, mut types, mut things) = (seqs.iter().zip(kinds).zip(times), batch.cursor(3), batch.cursor(4));
        for (row, ((seq, kind), time)) in rows.enumerate() {
            let (of_type, thing) = (types.small(), things.small());
            // The first line of a log, from 1 on: another party's.
            if *seq <= *last {
                passing.clear();
            }
            *last = *seq;
            let Some(number) = of_type.and_then(|number| usize::try_from(number).ok()) else { continue };
            let Some(Some((shape, _, columns))) = self.types.get(number) else { continue };
            let Some(values) = data.get_mut(number) else { continue };
            let mut given = true;
            for column in columns {
                let value = value(column, row, &mut cursors, self.reckoning.charter());
                given &= column.optional || value != Value::Absent;
                if let Some(place) = values.get_mut(column.position) {
                    *place = value;
                }
            }
            if given && *kind == 0 {
                let thing = thing.and_then(|thing| u32::try_from(thing).ok());
                self.reckoning.pass(passing, *shape, thing, Moment(*time), values, owed);
            }
        }
    }
}

/// The value of a field in a row. Rows of other types hold nothing in its columns, so they can be passed over.
fn value(column: &Column, row: usize, cursors: &mut [Cursor], charter: &Charter) -> Value {
    let mut parts = column.places.iter();
    let mut next = |read: &mut dyn FnMut(&mut Cursor) -> Option<Value>| {
        let cursor = parts.next().and_then(|place| cursors.get_mut(*place))?;
        cursor.go_to(row);
        read(cursor)
    };
    let read = match &column.kind {
        Type::Bool => next(&mut |cursor| cursor.truth().map(Value::Bool)),
        Type::Int => next(&mut |cursor| cursor.whole().map(Value::Int)),
        Type::Number { .. } => next(&mut |cursor| cursor.whole().map(Value::Number)),
        Type::Duration => next(&mut |cursor| cursor.whole().map(Value::Duration)),
        Type::Time => next(&mut |cursor| cursor.whole().map(|moment| Value::Time(Moment(moment)))),
        Type::Text => next(&mut |cursor| cursor.text().map(|text| Value::Text(text.into()))),
        Type::Key { .. } => next(&mut |cursor| cursor.text().map(|text| Value::Key(text.into()))),
        Type::Choice(words) => next(&mut |cursor| {
            let text = cursor.bytes()?;
            let place = words.iter().position(|word| word.as_bytes() == text)?;
            u16::try_from(place).ok().map(Value::Choice)
        }),
        Type::Money => {
            let minor = next(&mut |cursor| cursor.whole().map(Value::Int));
            let of = next(&mut |cursor| {
                charter.commodities.get(cursor.text()?).ok().map(|of| Value::Money(Money::zero(of)))
            });
            match (minor, of) {
                (Some(Value::Int(minor)), Some(Value::Money(zero))) => {
                    Some(Value::Money(Money::new(minor, zero.commodity)))
                }
                _ => None,
            }
        }
        Type::Tenders => None,
    };
    read.unwrap_or(Value::Absent)
}
