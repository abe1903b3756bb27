//! Reading a file: row group by row group, the columns that are asked for.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::{HistoryError, Holds, Layout};

/// Reads one file.
pub struct FileReader {
    path: PathBuf,
    reader: SerializedFileReader<File>,
}

/// Columns of one row group, in the order in which they were asked for.
pub struct Batch {
    /// Its rows.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<Data>,
}

/// A column of a batch. What an optional column does not hold has no value: [`Cursor`] walks both together.
pub struct Data {
    /// For each row of an optional column, 1 where it holds something; empty where every row does.
    pub present: Vec<i16>,
    values: Values,
}

enum Values {
    Truths(Vec<bool>),
    Smalls(Vec<i32>),
    Wholes(Vec<i64>),
    Bytes(Vec<ByteArray>),
    Idents(Vec<FixedLenByteArray>),
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
        let file = File::open(path).map_err(|source| HistoryError::Io { path: path.to_owned(), source })?;
        let reader = SerializedFileReader::new(file);
        let reader = reader.map_err(|source| HistoryError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), reader })
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
        let read = || -> ParquetResult<Batch> {
            let group = self.reader.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
            let columns: ParquetResult<Vec<Data>> =
                places.iter().map(|(place, holds)| column(group.get_column_reader(*place)?, *holds, rows)).collect();
            Ok(Batch { rows, columns: columns? })
        };
        read().map_err(|source| HistoryError::Parquet { path: self.path.clone(), source })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn column(reader: ColumnReader, holds: Holds, rows: usize) -> ParquetResult<Data> {
    let (values, present) = match (holds, reader) {
        (Holds::Truth, ColumnReader::BoolColumnReader(reader)) => all(reader, rows, Values::Truths)?,
        (Holds::Small, ColumnReader::Int32ColumnReader(reader)) => all(reader, rows, Values::Smalls)?,
        (Holds::Whole | Holds::Decimal | Holds::Moment, ColumnReader::Int64ColumnReader(reader)) => {
            all(reader, rows, Values::Wholes)?
        }
        (Holds::Text | Holds::Bytes, ColumnReader::ByteArrayColumnReader(reader)) => all(reader, rows, Values::Bytes)?,
        (Holds::Ident, ColumnReader::FixedLenByteArrayColumnReader(reader)) => all(reader, rows, Values::Idents)?,
        _ => return Err(ParquetError::General("a column holds something else than it should".to_owned())),
    };
    Ok(Data { present, values })
}

fn all<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    held: fn(Vec<T::T>) -> Values,
) -> ParquetResult<(Values, Vec<i16>)> {
    let (mut values, mut present) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut read = 0_usize;
    while read < rows {
        let (records, ..) = reader.read_records(rows.saturating_sub(read), Some(&mut present), None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::General(format!("a column ends after {read} of {rows} rows")));
        }
        read = read.saturating_add(records);
    }
    Ok((held(values), present))
}

impl Batch {
    /// Walks over the column at this place from its first row; over nothing where there is none.
    pub fn cursor(&self, place: usize) -> Cursor<'_> {
        const NOTHING: &Values = &Values::Smalls(Vec::new());
        let nothing = Cursor { present: &[], row: 0, values: NOTHING, next: 0 };
        self.columns.get(place).map_or(nothing, Data::cursor)
    }
}

impl Data {
    /// Walks over the column from its first row.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { present: &self.present, row: 0, values: &self.values, next: 0 }
    }

    /// The column's numbers, where every row holds one.
    pub fn wholes(&self) -> Option<&[i64]> {
        match &self.values {
            Values::Wholes(values) => Some(values),
            _ => None,
        }
    }

    /// The column's small numbers.
    pub fn smalls(&self) -> Option<&[i32]> {
        match &self.values {
            Values::Smalls(values) => Some(values),
            _ => None,
        }
    }
}

impl<'d> Cursor<'d> {
    /// Goes on to the next row; gives the place of its value, if it holds one.
    fn step(&mut self) -> Option<usize> {
        let holds = self.present.is_empty() || self.present.get(self.row) == Some(&1);
        self.row = self.row.saturating_add(1);
        let place = self.next;
        self.next = self.next.saturating_add(usize::from(holds));
        holds.then_some(place)
    }

    /// Goes to a row further down, where all rows in between hold nothing.
    pub fn go_to(&mut self, row: usize) {
        self.row = row;
    }

    /// The truth of the next row.
    pub fn truth(&mut self) -> Option<bool> {
        let place = self.step()?;
        if let Values::Truths(values) = self.values { values.get(place).copied() } else { None }
    }

    /// The small number of the next row.
    pub fn small(&mut self) -> Option<i32> {
        let place = self.step()?;
        if let Values::Smalls(values) = self.values { values.get(place).copied() } else { None }
    }

    /// The number of the next row.
    pub fn whole(&mut self) -> Option<i64> {
        let place = self.step()?;
        if let Values::Wholes(values) = self.values { values.get(place).copied() } else { None }
    }

    /// The bytes of the next row.
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
