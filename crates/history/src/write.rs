//! Writing a file, row by row.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{
    Compression, ConvertedType, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::{Column, GROUP_ROWS, HistoryError, Holds, Layout, fixed};

/// Writes one file. It is whole once [`FileWriter::finish`] returns.
pub struct FileWriter {
    path: PathBuf,
    layout: Arc<Layout>,
    writer: SerializedFileWriter<File>,
    buffers: Vec<Buffer>,
    waiting: usize,
    /// Rows of one group.
    group: usize,
    rows: u64,
}

/// What waits of a column to be written.
struct Buffer {
    optional: bool,
    /// For each row of an optional column, 1 where it holds something.
    present: Vec<i16>,
    values: Values,
}

enum Values {
    Truths(Vec<bool>),
    Smalls(Vec<i32>),
    Wholes(Vec<i64>),
    Bytes(Vec<ByteArray>),
    Idents(Vec<FixedLenByteArray>),
}

/// A row at work: its cells are put in any order, and those that are not put are empty.
pub struct RowWriter<'w>(&'w mut [Buffer]);

impl RowWriter<'_> {
    fn put(&mut self, column: usize, put: impl FnOnce(&mut Values)) {
        if let Some(buffer) = self.0.get_mut(column) {
            if let Some(present) = buffer.present.last_mut() {
                *present = 1;
            }
            put(&mut buffer.values);
        }
    }

    /// Puts a truth.
    pub fn truth(&mut self, column: usize, value: bool) {
        self.put(column, |values| {
            if let Values::Truths(values) = values {
                values.push(value)
            }
        });
    }

    /// Puts a small number.
    pub fn small(&mut self, column: usize, value: i32) {
        self.put(column, |values| {
            if let Values::Smalls(values) = values {
                values.push(value)
            }
        });
    }

    /// Puts a whole or decimal number, or a moment.
    pub fn whole(&mut self, column: usize, value: i64) {
        self.put(column, |values| {
            if let Values::Wholes(values) = values {
                values.push(value)
            }
        });
    }

    /// Puts a text or bytes.
    pub fn bytes(&mut self, column: usize, value: impl Into<Vec<u8>>) {
        self.put(column, |values| {
            if let Values::Bytes(values) = values {
                values.push(ByteArray::from(value.into()))
            }
        });
    }

    /// Puts an identity.
    pub fn ident(&mut self, column: usize, value: &[u8; 16]) {
        self.put(column, |values| {
            if let Values::Idents(values) = values {
                values.push(FixedLenByteArray::from(value.to_vec()));
            }
        });
    }
}

impl FileWriter {
    /// Makes the file.
    pub fn create(path: &Path, layout: &Arc<Layout>) -> Result<Self, HistoryError> {
        let bad = |source| HistoryError::Parquet { path: path.to_owned(), source };
        let file = File::create(path).map_err(|source| HistoryError::Io { path: path.to_owned(), source })?;
        let schema = schema(layout).map_err(bad)?;
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties(layout))).map_err(bad)?;
        let buffers = layout.columns.iter().map(Buffer::of).collect();
        Ok(Self {
            path: path.to_owned(),
            layout: layout.clone(),
            writer,
            buffers,
            waiting: 0,
            group: GROUP_ROWS,
            rows: 0,
        })
    }

    /// Lets row groups have this many rows, at most [`GROUP_ROWS`].
    #[must_use]
    pub fn in_groups_of(self, rows: usize) -> Self {
        Self { group: rows.clamp(1, GROUP_ROWS), ..self }
    }

    /// Adds a row. Every column that is not optional must be put.
    pub fn row(&mut self, put: impl FnOnce(&mut RowWriter)) -> Result<(), HistoryError> {
        for buffer in self.buffers.iter_mut().filter(|buffer| buffer.optional) {
            buffer.present.push(0);
        }
        put(&mut RowWriter(&mut self.buffers));
        self.waiting = self.waiting.saturating_add(1);
        self.rows = self.rows.saturating_add(1);
        if self.waiting >= self.group { self.flush() } else { Ok(()) }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn flush(&mut self) -> Result<(), HistoryError> {
        if self.waiting == 0 {
            return Ok(());
        }
        self.waiting = 0;
        let mut write = || -> ParquetResult<()> {
            let mut group = self.writer.next_row_group()?;
            for buffer in &mut self.buffers {
                let Some(mut column) = group.next_column()? else {
                    return Err(ParquetError::General("a column is missing".to_owned()));
                };
                buffer.write(&mut column)?;
                column.close()?;
            }
            group.close().map(|_| ())
        };
        write().map_err(|source| HistoryError::Parquet { path: self.path.clone(), source })
    }

    /// Ends the file and makes it durable. Gives its rows.
    pub fn finish(mut self) -> Result<u64, HistoryError> {
        self.flush()?;
        let file = self.writer.into_inner();
        let file = file.map_err(|source| HistoryError::Parquet { path: self.path.clone(), source })?;
        file.sync_all().map_err(|source| HistoryError::Io { path: self.path.clone(), source })?;
        Ok(self.rows)
    }

    /// The columns.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Buffer {
    fn of(column: &Column) -> Self {
        let values = match column.holds {
            Holds::Truth => Values::Truths(Vec::new()),
            Holds::Small => Values::Smalls(Vec::new()),
            Holds::Whole | Holds::Decimal | Holds::Moment => Values::Wholes(Vec::new()),
            Holds::Text | Holds::Bytes => Values::Bytes(Vec::new()),
            Holds::Ident => Values::Idents(Vec::new()),
        };
        Self { optional: column.optional, present: Vec::new(), values }
    }

    fn write(&mut self, column: &mut SerializedColumnWriter) -> ParquetResult<()> {
        let present = self.optional.then_some(self.present.as_slice());
        match &mut self.values {
            Values::Truths(values) => write::<BoolType>(column, values, present),
            Values::Smalls(values) => write::<Int32Type>(column, values, present),
            Values::Wholes(values) => write::<Int64Type>(column, values, present),
            Values::Bytes(values) => write::<ByteArrayType>(column, values, present),
            Values::Idents(values) => write::<FixedLenByteArrayType>(column, values, present),
        }?;
        self.present.clear();
        Ok(())
    }
}

fn write<T: DataType>(
    column: &mut SerializedColumnWriter,
    values: &mut Vec<T::T>,
    present: Option<&[i16]>,
) -> ParquetResult<()> {
    column.typed::<T>().write_batch(values, present, None)?;
    values.clear();
    Ok(())
}

fn schema(layout: &Layout) -> ParquetResult<TypePtr> {
    let columns: ParquetResult<Vec<TypePtr>> =
        layout.columns.iter().map(|column| Ok(Arc::new(field(column)?))).collect();
    Ok(Arc::new(Type::group_type_builder("log").with_fields(columns?).build()?))
}

fn field(column: &Column) -> ParquetResult<Type> {
    let physical = match column.holds {
        Holds::Truth => Physical::BOOLEAN,
        Holds::Small => Physical::INT32,
        Holds::Whole | Holds::Decimal | Holds::Moment => Physical::INT64,
        Holds::Text | Holds::Bytes => Physical::BYTE_ARRAY,
        Holds::Ident => Physical::FIXED_LEN_BYTE_ARRAY,
    };
    let repetition = if column.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let builder = Type::primitive_type_builder(&column.name, physical).with_repetition(repetition);
    match column.holds {
        Holds::Text => builder.with_logical_type(Some(LogicalType::String)).with_converted_type(ConvertedType::UTF8),
        Holds::Decimal => {
            let decimal = LogicalType::decimal(6, 18);
            builder.with_logical_type(Some(decimal)).with_precision(18).with_scale(6)
        }
        Holds::Moment => {
            let moment = LogicalType::timestamp(true, TimeUnit::MILLIS);
            builder.with_logical_type(Some(moment))
        }
        Holds::Ident => builder.with_length(16),
        Holds::Truth | Holds::Small | Holds::Whole | Holds::Bytes => builder,
    }
    .build()
}

fn properties(layout: &Layout) -> WriterProperties {
    let path = |column: usize| layout.columns.get(column).map(|column| ColumnPath::from(column.name.as_str()));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP_ROWS));
    for rising in [fixed::SEQ, fixed::TIME, fixed::RECORDED].into_iter().filter_map(path) {
        properties = properties
            .set_column_dictionary_enabled(rising.clone(), false)
            .set_column_encoding(rising, Encoding::DELTA_BINARY_PACKED);
    }
    for own in [fixed::IDENT, fixed::ID, fixed::PAYLOAD].into_iter().filter_map(path) {
        properties = properties
            .set_column_dictionary_enabled(own.clone(), false)
            .set_column_statistics_enabled(own, EnabledStatistics::None);
    }
    properties.build()
}
