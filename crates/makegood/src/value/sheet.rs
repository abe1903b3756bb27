//! A CSV file with a header whose columns are named by arguments.

use std::path::Path;

use crate::{Failure, files};

/// How many bad cells are named before the rest is only counted.
const NAMED: usize = 5;
/// The most rows of a file.
const ROWS: usize = 10_000_000;

/// A file read whole.
pub(crate) struct Sheet {
    /// What it is called in messages.
    pub name: String,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Sheet {
    /// Reads a file, plain, gzip or zstd; `-` is standard input.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let file = files::open(path)?;
        let name = file.name.clone();
        let broken = |error: &csv::Error| {
            let message = format!("`{name}` is no CSV that can be read: {error}");
            Failure::new("M040", message, "write a header, and as many fields in each line")
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file.content);
        let header = reader.headers().map_err(|error| broken(&error))?.clone();
        let mut rows = Vec::new();
        for row in reader.into_records() {
            if rows.len() == ROWS {
                let message = format!("`{name}` has more than {ROWS} rows");
                return Err(Failure::new("M040", message, "merge equal rows, and name the column that counts them"));
            }
            rows.push(row.map_err(|error| broken(&error))?);
        }
        Ok(Self { name, header, rows })
    }

    /// Where a column stands.
    pub fn column(&self, argument: &str, name: &str) -> Result<usize, Failure> {
        self.header.iter().position(|column| column == name).ok_or_else(|| {
            let columns: Vec<String> = self.header.iter().map(|column| format!("`{column}`")).collect();
            let message = format!("`{}` has no column `{name}`", self.name);
            let help = format!("its columns are {}: name one of them with `{argument}`", columns.join(", "));
            Failure::new("M040", message, help)
        })
    }

    /// Its columns in order, but for one.
    pub fn others(&self, but: usize) -> Vec<(usize, String)> {
        let columns = self.header.iter().enumerate().filter(|(place, _)| *place != but);
        columns.map(|(place, name)| (place, name.to_owned())).collect()
    }

    /// The words of a column.
    pub fn words(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| row.get(column).unwrap_or_default())
    }

    /// A column of numbers, each as `read` takes it; the first bad cells are named with their rows.
    pub fn numbers<T>(
        &self,
        column: usize,
        read: impl Fn(&str) -> Option<T>,
        help: &'static str,
    ) -> Result<Vec<T>, Failure> {
        let (mut good, mut bad, mut count) = (Vec::with_capacity(self.rows.len()), Vec::new(), 0_usize);
        for (row, cell) in (1_usize..).zip(self.words(column)) {
            match read(cell) {
                Some(value) => good.push(value),
                None => {
                    count = count.saturating_add(1);
                    if bad.len() < NAMED {
                        bad.push(format!("row {row}: `{}`", cell.chars().take(40).collect::<String>()));
                    }
                }
            }
        }
        if count == 0 {
            return Ok(good);
        }
        let name = self.header.get(column).unwrap_or_default();
        let message = format!("`{}`: {count} cells of `{name}` cannot be read: {}", self.name, bad.join(", "));
        Err(Failure::new("M041", message, help))
    }
}
