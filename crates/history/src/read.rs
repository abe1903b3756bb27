//! Reading a file: row group by row group, the columns that are asked for.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::statistics::Statistics;

use crate::pieces::Pieces;
use crate::{HistoryError, Holds, Layout};

/// Reads one file.
pub struct FileReader {
    path: PathBuf,
    file: Pieces,
    reader: SerializedFileReader<Pieces>,
}

/// Columns of one row group, in the order in which they were asked for.
#[derive(Default)]
pub struct Batch {
    /// Its rows.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<Data>,
}

/// A column of a batch. What an optional column does not hold has no value: [`Cursor`] walks both together.
pub struct Data {
    /// For each row of an optional column, 1 where it holds something; empty where every row does.
    present: Vec<i16>,
    values: Values,
}

impl Default for Data {
    fn default() -> Self {
        Self { present: Vec::new(), values: Values::Smalls(Vec::new()) }
    }
}

enum Values {
    Truths(Vec<bool>),
    Smalls(Vec<i32>),
    /// The same small number in so many rows.
    Same(i32, usize),
    Wholes(Vec<i64>),
    Bytes(Vec<ByteArray>),
    Idents(Vec<FixedLenByteArray>),
}

/// The values of one kind, to be read into: those that are there, or none.
macro_rules! held {
    ($values:expr, $kind:ident) => {{
        if !matches!($values, Values::$kind(_)) {
            $values = Values::$kind(Vec::new());
        }
        match &mut $values {
            Values::$kind(values) => values,
            _ => return Err(ParquetError::General("a column changes its kind".to_owned())),
        }
    }};
}

/// Walks over a column, row by row.
pub struct Cursor<'d> {
    present: &'d [i16],
    row: usize,
    values: &'d Values,
    next: usize,
}

impl FileReader {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        let file = File::open(path).and_then(Pieces::of);
        let file = file.map_err(|source| HistoryError::Io { path: path.to_owned(), source })?;
        let reader = SerializedFileReader::new(file.clone());
        let reader = reader.map_err(|source| HistoryError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file, reader })
    }

    /// How many row groups there are.
    pub fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// Where these columns of a layout stand in the file.
    pub fn places(&self, layout: &Layout, columns: &[usize]) -> Result<Vec<(usize, Holds)>, HistoryError> {
        let there = self.reader.metadata().file_metadata().schema_descr();
        let place = |column: &usize| {
            let column = layout.columns.get(*column);
            let place = column.and_then(|column| there.columns().iter().position(|other| other.name() == column.name));
            let name = || column.map_or_else(String::new, |column| column.name.clone());
            let missing = || HistoryError::NoColumn { path: self.path.clone(), column: name() };
            place.zip(column.map(|column| column.holds)).ok_or_else(missing)
        };
        columns.iter().map(place).collect()
    }

    /// Reads columns of a row group.
    pub fn group(&self, group: usize, places: &[(usize, Holds)]) -> Result<Batch, HistoryError> {
        let mut batch = Batch::default();
        self.group_into(group, places, &mut batch)?;
        Ok(batch)
    }

    /// Reads columns of a row group into the memory of one that was read before.
    pub fn group_into(&self, group: usize, places: &[(usize, Holds)], batch: &mut Batch) -> Result<(), HistoryError> {
        let mut read = || -> ParquetResult<()> {
            let group = self.reader.get_row_group(group)?;
            batch.rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
            batch.columns.resize_with(places.len(), Data::default);
            let always = |(place, holds): &(usize, Holds)| {
                let statistics = group.metadata().column(*place).statistics();
                statistics.filter(|_| *holds == Holds::Small).and_then(only)
            };
            let wanted = places.iter().filter(|column| always(column).is_none());
            self.file.read(wanted.map(|(place, _)| group.metadata().column(*place).byte_range()))?;
            for (column @ (place, holds), data) in places.iter().zip(&mut batch.columns) {
                match always(column) {
                    Some(value) => *data = Data { present: Vec::new(), values: Values::Same(value, batch.rows) },
                    None => data.read(group.get_column_reader(*place)?, *holds, batch.rows)?,
                }
            }
            Ok(())
        };
        read().map_err(|source| HistoryError::Parquet { path: self.path.clone(), source })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The number that every row holds, where the file says that it is always the same: it need not be read.
fn only(statistics: &Statistics) -> Option<i32> {
    let Statistics::Int32(statistics) = statistics else { return None };
    let full = statistics.null_count_opt() == Some(0) && statistics.min_is_exact() && statistics.max_is_exact();
    statistics.min_opt().filter(|least| full && statistics.max_opt() == Some(least)).copied()
}

impl Data {
    /// Reads a column, into the memory of what was read before.
    fn read(&mut self, reader: ColumnReader, holds: Holds, rows: usize) -> ParquetResult<()> {
        let present = &mut self.present;
        match (holds, reader) {
            (Holds::Truth, ColumnReader::BoolColumnReader(reader)) => {
                all(reader, rows, present, held!(self.values, Truths))
            }
            (Holds::Small, ColumnReader::Int32ColumnReader(reader)) => {
                all(reader, rows, present, held!(self.values, Smalls))
            }
            (Holds::Whole | Holds::Decimal | Holds::Moment, ColumnReader::Int64ColumnReader(reader)) => {
                all(reader, rows, present, held!(self.values, Wholes))
            }
            (Holds::Text | Holds::Bytes, ColumnReader::ByteArrayColumnReader(reader)) => {
                all(reader, rows, present, held!(self.values, Bytes))
            }
            (Holds::Ident, ColumnReader::FixedLenByteArrayColumnReader(reader)) => {
                all(reader, rows, present, held!(self.values, Idents))
            }
            _ => Err(ParquetError::General("a column holds something else than it should".to_owned())),
        }
    }
}

fn all<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    present: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> ParquetResult<()> {
    present.clear();
    values.clear();
    let mut read = 0_usize;
    while read < rows {
        let (records, ..) = reader.read_records(rows.saturating_sub(read), Some(&mut *present), None, &mut *values)?;
        if records == 0 {
            return Err(ParquetError::General(format!("a column ends after {read} of {rows} rows")));
        }
        read = read.saturating_add(records);
    }
    // Where every row holds something, nothing need be asked.
    if values.len() == rows {
        present.clear();
    }
    Ok(())
}

impl Batch {
    /// Walks over the column at this place from its first row; over nothing where there is none.
    pub fn cursor(&self, place: usize) -> Cursor<'_> {
        const NOTHING: &Values = &Values::Smalls(Vec::new());
        let nothing = Cursor { present: &[], row: 0, values: NOTHING, next: 0 };
        self.columns.get(place).map_or(nothing, Data::cursor)
    }
}

/// Rows that are looked at together.
const BLOCK: usize = 16;

impl Data {
    /// Walks over the column from its first row.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { present: &self.present, row: 0, values: &self.values, next: 0 }
    }

    /// The column's numbers; as many as there are rows where every row holds one.
    pub fn wholes(&self) -> Option<&[i64]> {
        match &self.values {
            Values::Wholes(values) => Some(values),
            _ => None,
        }
    }

    /// The column's small numbers, row by row.
    pub fn small_numbers(&self) -> SmallNumbers<'_> {
        match &self.values {
            Values::Same(value, _) => SmallNumbers::Same(*value),
            Values::Smalls(values) if self.present.is_empty() => SmallNumbers::EachRow(values),
            _ => SmallNumbers::SomeRows(self.cursor()),
        }
    }

    /// Adds the rows that hold at least `least`, in order.
    pub fn rows_from(&self, least: i64, rows: &mut Vec<usize>) {
        let Values::Wholes(values) = &self.values else { return };
        if self.present.is_empty() {
            rows.extend(values.iter().enumerate().filter(|(_, value)| **value >= least).map(|(row, _)| row));
            return;
        }
        // Few rows hold as much: where none of some rows does, they are passed over together.
        let mut rest = values.as_slice();
        for (block, present) in self.present.chunks(BLOCK).enumerate() {
            let held = present.iter().filter(|present| **present == 1).count();
            let (here, further) = rest.split_at_checked(held).unwrap_or((rest, &[]));
            rest = further;
            if here.iter().any(|value| *value >= least) {
                let first = block.saturating_mul(BLOCK);
                let held = present.iter().zip(first..).filter(|(present, _)| **present == 1).map(|(_, row)| row);
                rows.extend(held.zip(here).filter(|(_, value)| **value >= least).map(|(row, _)| row));
            }
        }
    }
}

/// Small numbers, looked up by rows that rise.
pub enum SmallNumbers<'d> {
    /// The same in every row.
    Same(i32),
    /// One in each row.
    EachRow(&'d [i32]),
    /// One in some rows.
    SomeRows(Cursor<'d>),
}

impl SmallNumbers<'_> {
    /// The number in a row, which lies below those that were asked for before.
    #[inline]
    pub fn at(&mut self, row: usize) -> Option<i32> {
        match self {
            Self::Same(value) => Some(*value),
            Self::EachRow(values) => values.get(row).copied(),
            Self::SomeRows(cursor) => {
                cursor.go_to(row);
                cursor.small()
            }
        }
    }
}

impl<'d> Cursor<'d> {
    /// Goes on to the next row; gives the place of its value, if it holds one.
    #[inline]
    fn step(&mut self) -> Option<usize> {
        let holds = self.present.is_empty() || self.present.get(self.row) == Some(&1);
        self.row = self.row.saturating_add(1);
        let place = self.next;
        self.next = self.next.saturating_add(usize::from(holds));
        holds.then_some(place)
    }

    /// Adds the rows up to `end` that hold this small number, in order.
    pub fn rows_of(mut self, number: i32, end: usize, rows: &mut Vec<usize>) {
        rows.extend((self.row..end).filter(|_| self.small() == Some(number)));
    }

    /// Goes to a row further down.
    #[inline]
    pub fn go_to(&mut self, row: usize) {
        let over = self.present.get(self.row..row).unwrap_or_default();
        let held = if self.present.is_empty() {
            row.saturating_sub(self.row)
        } else {
            over.iter().filter(|present| **present == 1).count()
        };
        self.next = self.next.saturating_add(held);
        self.row = row;
    }

    /// The truth of the next row.
    pub fn truth(&mut self) -> Option<bool> {
        let place = self.step()?;
        if let Values::Truths(values) = self.values { values.get(place).copied() } else { None }
    }

    /// The small number of the next row.
    #[inline]
    pub fn small(&mut self) -> Option<i32> {
        let place = self.step()?;
        match self.values {
            Values::Smalls(values) => values.get(place).copied(),
            Values::Same(value, rows) => (place < *rows).then_some(*value),
            _ => None,
        }
    }

    /// The number of the next row.
    #[inline]
    pub fn whole(&mut self) -> Option<i64> {
        let place = self.step()?;
        if let Values::Wholes(values) = self.values { values.get(place).copied() } else { None }
    }

    /// The bytes of the next row.
    #[inline]
    pub fn bytes(&mut self) -> Option<&'d [u8]> {
        let place = self.step()?;
        if let Values::Bytes(values) = self.values { values.get(place).map(ByteArray::data) } else { None }
    }

    /// The text of the next row.
    pub fn text(&mut self) -> Option<&'d str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// The identity of the next row.
    pub fn ident(&mut self) -> Option<[u8; 16]> {
        let place = self.step()?;
        if let Values::Idents(values) = self.values { values.get(place)?.data().try_into().ok() } else { None }
    }
}
