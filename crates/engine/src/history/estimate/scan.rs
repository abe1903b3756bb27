//! One pass over the files: the rows that may give something are found in the columns first, and of all others nothing is made.

use std::collections::BTreeMap;
use std::ops::Range;

use makegood_charter::Charter;
use makegood_charter::model::ShapeId;
use makegood_charter::value::{Fields, Moment, Type, Value};
use makegood_core::RemedyKind;
use makegood_core::reckoning::{Passing, Reckoned, Reckoning};
use makegood_history::{Batch, Cursor, Data, File, SmallNumbers, fixed};
use makegood_money::Money;

use super::{Column, Estimate, History, Total};
use crate::EngineError;

pub(super) struct Scan<'s> {
    history: &'s History,
    reckoning: &'s Reckoning,
    /// What an event of each type means, by its number; `None` for those that mean nothing here.
    types: Vec<Option<OfType>>,
    /// The columns that are read.
    columns: Vec<usize>,
}

struct OfType {
    shape: ShapeId,
    /// How many fields it has.
    fields: usize,
    /// The fields that are read.
    columns: Vec<Column>,
    gives: Gives,
    /// True when its other events mean nothing.
    only_gives: bool,
}

/// Which events of a type may make something owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    Nothing,
    Any,
    /// Those that hold at least so much in this column.
    From(usize, i64),
}

/// The columns that every row has.
const EVERY: [usize; 5] = [fixed::SEQ, fixed::KIND, fixed::TIME, fixed::TYPE_NR, fixed::THING_NR];

/// What is at work while the rows of a file pass.
struct Pass<'p> {
    passing: &'p mut Passing,
    /// The place in its log of the last row of the group before.
    last: i64,
    /// The data of an event of each type.
    data: Vec<Fields>,
    /// Rows of the group that may make something owed.
    rows: Vec<usize>,
    sums: BTreeMap<(usize, RemedyKind), Total>,
}

/// What every row says of itself.
struct Small<'b> {
    kinds: SmallNumbers<'b>,
    types: SmallNumbers<'b>,
    things: SmallNumbers<'b>,
}

impl<'s> Scan<'s> {
    pub(super) fn new(history: &'s History, reckoning: &'s Reckoning, mut plans: Vec<Option<Vec<Column>>>) -> Self {
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
            let columns = plans.get(shape)?.clone()?;
            let (gives, only_gives) = (gives(reckoning, shape, &columns), reckoning.only_gives(shape));
            Some(OfType { shape, fields, columns, gives, only_gives })
        };
        let types = history.manifest().types.iter().map(of_type).collect();
        Self { history, reckoning, types, columns }
    }

    pub(super) fn file(&self, file: &File, (passing, batch): &mut (Passing, Batch)) -> Result<Estimate, EngineError> {
        let reader = self.history.file(file)?;
        let places = reader.places(self.history.layout(), &self.columns)?;
        let charter = self.reckoning.charter();
        passing.clear();
        let absent = |of: &Option<OfType>| vec![Value::Absent; of.as_ref().map_or(0, |of| of.fields)];
        let data = self.types.iter().map(absent).collect();
        let mut pass = Pass { passing, last: 0, data, rows: Vec::new(), sums: BTreeMap::new() };
        let mut found = Estimate::default();
        for group in 0..reader.groups() {
            reader.group_into(group, &places, batch)?;
            found.lines = found.lines.saturating_add(batch.rows as u64);
            self.group(batch, &mut pass);
        }
        let named = |((right, kind), sum): ((usize, RemedyKind), _)| {
            Some(((charter.rights.get(right)?.name.clone(), kind), sum))
        };
        found.rights = pass.sums.into_iter().filter_map(named).collect();
        Ok(found)
    }

    /// Lets the parties of one group pass of which some row may make something owed. The last one always passes: more of it may follow
    /// in the next group.
    fn group(&self, batch: &Batch, pass: &mut Pass) {
        let Some(seqs) = batch.columns.first().and_then(Data::wholes) else { return };
        let Some((first, last)) = seqs.first().zip(seqs.last()) else { return };
        let mut rows = std::mem::take(&mut pass.rows);
        rows.clear();
        self.giving(batch, &mut rows);
        let small = |place: usize| batch.columns.get(place).map_or(SmallNumbers::EachRow(&[]), Data::small_numbers);
        let small = Small { kinds: small(KIND), types: small(TYPE_NR), things: small(THING_NR) };
        let mut cursors = (batch.columns.iter().map(Data::cursor).collect(), small);
        let goes_on = *first > pass.last;
        let (mut done, mut giving) = (0, rows.as_slice());
        if goes_on {
            done = end_of(seqs, 0);
            self.party(batch, (0..done, &mut giving), &mut cursors, pass);
        }
        while let Some(row) = giving.first().copied().or(seqs.len().checked_sub(1)).filter(|row| *row >= done) {
            done = end_of(seqs, row);
            pass.passing.clear();
            self.party(batch, (begin_of(seqs, row)..done, &mut giving), &mut cursors, pass);
        }
        pass.last = *last;
        pass.rows = rows;
    }

    /// The rows that may make something owed, in order.
    fn giving(&self, batch: &Batch, rows: &mut Vec<usize>) {
        for (of, number) in self.types.iter().zip(0_i32..) {
            match of.as_ref().map(|of| of.gives) {
                Some(Gives::From(column, least)) => {
                    if let Some(data) = batch.columns.get(column) {
                        data.rows_from(least, rows);
                    }
                }
                Some(Gives::Any) => batch.cursor(TYPE_NR).rows_of(number, batch.rows, rows),
                Some(Gives::Nothing) | None => {}
            }
        }
        rows.sort_unstable();
    }

    /// Lets rows of one party pass, and takes off those of `giving` that are among them.
    fn party(
        &self,
        batch: &Batch,
        (rows, giving): (Range<usize>, &mut &[usize]),
        (cursors, small): &mut (Vec<Cursor>, Small),
        pass: &mut Pass,
    ) {
        let times = batch.columns.get(TIME).and_then(Data::wholes).and_then(|times| times.get(rows.clone()));
        let Some(times) = times else { return };
        let Pass { passing, data, sums, .. } = pass;
        let mut owed = |one: Reckoned| {
            let place = sums.entry((one.right, one.kind)).or_default();
            place.remedies = place.remedies.saturating_add(1);
            let sum = place.amounts.entry(one.amount.commodity).or_default();
            *sum = sum.saturating_add(i128::from(one.amount.minor));
        };
        for (row, time) in rows.zip(times) {
            let may_give = giving.first() == Some(&row);
            *giving = giving.get(usize::from(may_give)..).unwrap_or_default();
            let number = small.types.at(row).and_then(|number| usize::try_from(number).ok());
            let Some((number, Some(of))) = number.and_then(|number| Some((number, self.types.get(number)?))) else {
                continue;
            };
            // Another event that means nothing, since it makes nothing owed; one that was heard, or erased.
            if of.only_gives && !may_give || small.kinds.at(row) != Some(0) {
                continue;
            }
            let Some(values) = data.get_mut(number) else { continue };
            let mut given = true;
            for column in &of.columns {
                let value = value(column, row, cursors, self.reckoning.charter());
                given &= column.optional || value != Value::Absent;
                if let Some(place) = values.get_mut(column.position) {
                    *place = value;
                }
            }
            if given {
                let thing = small.things.at(row).and_then(|thing| u32::try_from(thing).ok());
                self.reckoning.pass(passing, of.shape, thing, Moment(*time), values, &mut owed);
            }
        }
    }
}

/// Where the columns that every row has stand among those that are read.
const KIND: usize = 1;
const TIME: usize = 2;
const TYPE_NR: usize = 3;
const THING_NR: usize = 4;

fn gives(reckoning: &Reckoning, shape: ShapeId, columns: &[Column]) -> Gives {
    let floor = reckoning.floor(shape).and_then(|floor| {
        let column = columns.iter().find(|column| column.position == floor.position)?;
        Some(Gives::From(*column.places.first()?, floor.least))
    });
    match floor {
        Some(floor) => floor,
        None if reckoning.gives(shape) => Gives::Any,
        None => Gives::Nothing,
    }
}

/// The row after the last one of the party that this row is of: places in a log rise.
fn end_of(seqs: &[i64], row: usize) -> usize {
    let further = seqs.get(row..).unwrap_or_default();
    let rising = further.iter().zip(further.iter().skip(1)).take_while(|(one, next)| one < next).count();
    row.saturating_add(rising).saturating_add(1)
}

/// The first row of the party that this row is of.
fn begin_of(seqs: &[i64], row: usize) -> usize {
    let before = seqs.get(..=row).unwrap_or_default();
    let rising = before.iter().rev().zip(before.iter().rev().skip(1)).take_while(|(one, before)| before < one).count();
    row.saturating_sub(rising)
}

/// The value of a field in a row.
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
                let code = cursor.bytes()?;
                // Most amounts are in the charter's own money, which need not be looked up.
                let own = (charter.money.code().as_bytes() == code).then_some(charter.money);
                let known = || charter.commodities.get(std::str::from_utf8(code).ok()?).ok();
                own.or_else(known).map(|of| Value::Money(Money::zero(of)))
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
