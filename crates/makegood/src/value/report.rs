//! An answer as people and programs read it: sentences, tables and pictures, in four forms.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value as Json;

use super::html;
use crate::Failure;
use crate::arguments::{Output, ReportFormat};
use crate::language::Language;
use crate::output::{amount, grouped, put, table};

/// An answer.
pub(crate) struct Report {
    /// What it is.
    pub title: String,
    /// What it says, in sentences.
    pub lead: Vec<String>,
    /// Its tables; the first is what a spreadsheet gets.
    pub tables: Vec<Table>,
    /// Its pictures: the name of a file, and SVG.
    pub plots: Vec<(String, String)>,
    /// What the reader must know of it.
    pub notes: Vec<String>,
    /// The same for programs.
    pub data: Json,
}

/// A table.
pub(crate) struct Table {
    /// What it shows.
    pub title: String,
    /// The names of the columns, and whether they hold figures.
    pub columns: Vec<(&'static str, bool)>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// How many more rows there are, where people are shown the first only.
    pub more: usize,
    /// False for a table that is for spreadsheets only.
    pub for_people: bool,
    /// Rows that sum up, by their number.
    pub sums: Vec<usize>,
    /// The picture that belongs to it, by its name; the others follow the tables.
    pub plot: Option<String>,
}

/// A cell: as people read it, and as programs do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// For people.
    pub shown: String,
    /// For programs.
    pub plain: String,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { shown: text.clone(), plain: text }
    }

    /// A whole number.
    pub fn count(count: impl Into<i128>) -> Self {
        let count = count.into();
        Self { shown: grouped(count), plain: count.to_string() }
    }

    /// A number with so many decimals; a dash where there is none.
    pub fn number(number: f64, decimals: usize) -> Self {
        if !number.is_finite() {
            return Self { shown: "–".to_owned(), plain: String::new() };
        }
        let text = format!("{number:.decimals$}");
        let negative = text.starts_with('-') && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let size = text.trim_start_matches('-');
        let (whole, part) = size.split_once('.').unwrap_or((size, ""));
        let whole = whole.parse::<i128>().map_or_else(|_| whole.to_owned(), grouped);
        let point = if part.is_empty() { "" } else { "." };
        Self { shown: format!("{}{whole}{point}{part}", if negative { "-" } else { "" }), plain: number.to_string() }
    }

    /// A share, in hundredths.
    pub fn share(share: f64) -> Self {
        if share.is_finite() {
            return Self { shown: format!("{:.1} %", 100.0 * share), plain: share.to_string() };
        }
        Self::number(share, 1)
    }

    /// An amount in minor units.
    pub fn money(minor: impl Into<i128>, decimals: u8) -> Self {
        let shown = amount(minor.into(), decimals);
        Self { plain: shown.replace(' ', ""), shown }
    }
}

impl Table {
    /// A table whose every row is shown.
    pub fn new(title: impl Into<String>, columns: Vec<(&'static str, bool)>, rows: Vec<Vec<Cell>>) -> Self {
        Self { title: title.into(), columns, rows, more: 0, for_people: true, sums: Vec::new(), plot: None }
    }

    /// A table of the first `most` items, which says how many more there are.
    pub fn first<T>(
        title: impl Into<String>,
        columns: Vec<(&'static str, bool)>,
        items: &[T],
        most: usize,
        row: impl Fn(&T) -> Vec<Cell>,
    ) -> Self {
        let more = items.len().saturating_sub(most);
        Self { more, ..Self::new(title, columns, items.iter().take(most).map(row).collect()) }
    }

    fn text(&self) -> String {
        if !self.for_people {
            return String::new();
        }
        let header = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| cell.shown.clone()).collect());
        let right: Vec<usize> = (0..).zip(&self.columns).filter(|(_, (_, right))| *right).map(|(at, _)| at).collect();
        let mut text =
            format!("\n{}\n{}", self.title, table(&std::iter::once(header).chain(rows).collect::<Vec<_>>(), &right));
        if self.more > 0 {
            text.push_str(&format!("  and {} more: `--format csv` names them all\n", grouped(self.more as i128)));
        }
        text
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.columns.iter().map(|(name, _)| name.replace(' ', "_")))?;
        for row in &self.rows {
            out.write_record(row.iter().map(|cell| &cell.plain))?;
        }
        out.into_inner().map_err(|error| error.into_error().into())
    }
}

impl Output {
    /// How many rows are written: people are shown `top` of them, spreadsheets get all.
    pub(crate) fn rows(&self, top: usize) -> usize {
        if self.format == ReportFormat::Csv { usize::MAX } else { top }
    }

    /// The language of the words that are written: people read theirs, and the columns of spreadsheets are called the same in all.
    pub(crate) fn spoken<'l>(&self, language: Language<'l>) -> Language<'l> {
        match self.format {
            ReportFormat::Text | ReportFormat::Html => language,
            ReportFormat::Csv | ReportFormat::Json => Language("en"),
        }
    }

    /// The data for programs, made only where they are asked for: of a million customers they are large.
    pub(crate) fn data(&self, make: impl FnOnce() -> Json) -> Json {
        if self.format == ReportFormat::Json { make() } else { Json::Null }
    }
}

impl Report {
    /// The answer in one of its forms.
    fn written(&self, format: ReportFormat) -> Result<Vec<u8>, Failure> {
        Ok(match format {
            ReportFormat::Text => self.text().into_bytes(),
            ReportFormat::Html => html::page(self).into_bytes(),
            ReportFormat::Json => format!("{:#}\n", self.json()).into_bytes(),
            ReportFormat::Csv => match self.tables.first().map(Table::csv) {
                Some(Ok(bytes)) => bytes,
                Some(Err(error)) => return Err(Failure::from_error("M005", &error, "")),
                None => Vec::new(),
            },
        })
    }

    fn json(&self) -> Json {
        let mut data = self.data.clone();
        if let Some(fields) = data.as_object_mut() {
            fields.insert("notes".to_owned(), self.notes.clone().into());
        }
        data
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        self.lead.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        self.tables.iter().for_each(|table| text.push_str(&table.text()));
        if !self.notes.is_empty() {
            text.push('\n');
        }
        self.notes.iter().for_each(|note| text.push_str(&format!("  note: {note}\n")));
        text
    }

    /// Writes the answer where the arguments say, and the pictures beside it.
    pub fn write(&self, output: &Output) -> Result<(), Failure> {
        if let Some(folder) = &output.plots {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
            for (name, svg) in &self.plots {
                let path = folder.join(format!("{name}.svg"));
                fs::write(&path, svg).map_err(|error| unwritable(&path, &error))?;
            }
        }
        let bytes = self.written(output.format)?;
        match &output.output {
            Some(path) => {
                let write = || fs::File::create(path)?.write_all(&bytes);
                write().map_err(|error| unwritable(path, &error))
            }
            None => {
                put!("{}", String::from_utf8_lossy(&bytes));
                Ok(())
            }
        }
    }
}

/// What writes an answer piece by piece.
type Sink<'a> = &'a mut dyn std::io::Write;

impl Output {
    /// Writes an answer piece by piece, so that one of a million rows is never in memory whole.
    pub(crate) fn stream(&self, write: impl FnOnce(Sink<'_>) -> std::io::Result<()>) -> Result<(), Failure> {
        let buffered = |out: Sink<'_>| {
            let mut out = std::io::BufWriter::new(out);
            write(&mut out).and_then(|()| out.flush())
        };
        match &self.output {
            Some(path) => fs::File::create(path)
                .and_then(|mut file| buffered(&mut file))
                .map_err(|error| unwritable(path, &error)),
            None => Ok(buffered(&mut std::io::stdout().lock())?),
        }
    }

    /// A table for spreadsheets, row by row.
    pub(crate) fn stream_csv<T>(
        &self,
        columns: &[(&'static str, bool)],
        items: &[T],
        row: impl Fn(&T) -> Vec<Cell>,
    ) -> Result<(), Failure> {
        self.stream(|out| {
            let mut out = csv::Writer::from_writer(out);
            out.write_record(columns.iter().map(|(name, _)| name.replace(' ', "_")))?;
            for item in items {
                out.write_record(row(item).iter().map(|cell| &cell.plain))?;
            }
            out.flush()
        })
    }

    /// The data for programs with one long list in it, item by item, a line each.
    pub(crate) fn stream_json<T>(
        &self,
        head: &Json,
        list: &str,
        items: &[T],
        item: impl Fn(&T) -> Json,
    ) -> Result<(), Failure> {
        self.stream(|out| {
            out.write_all(b"{\n")?;
            for (name, value) in head.as_object().into_iter().flatten() {
                writeln!(out, "  {}: {value},", Json::from(name.as_str()))?;
            }
            writeln!(out, "  {}: [", Json::from(list))?;
            for (number, one) in items.iter().enumerate() {
                let comma = if number.saturating_add(1) == items.len() { "" } else { "," };
                writeln!(out, "    {}{comma}", item(one))?;
            }
            out.write_all(b"  ]\n}\n")
        })
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::from_error("M005", error, format!("`{}` cannot be written: check the path and the space", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let rows = vec![
            vec![Cell::text("customer:<1>, \"x\""), Cell::money(-123_456, 2), Cell::share(0.125)],
            vec![Cell::text("b"), Cell::number(f64::NAN, 2), Cell::number(-0.0001, 2)],
            vec![Cell::text("c"), Cell::count(1_234_567), Cell::number(1_234.5, 1)],
        ];
        let table =
            Table { more: 7, ..Table::new("Rows", vec![("party", false), ("the value", true), ("share", true)], rows) };
        Report {
            title: "A title".to_owned(),
            lead: vec!["A sentence.".to_owned()],
            tables: vec![table],
            plots: Vec::new(),
            notes: vec!["A note.".to_owned()],
            data: serde_json::json!({ "a": 1 }),
        }
    }

    fn written(format: ReportFormat) -> String {
        String::from_utf8(report().written(format).unwrap()).unwrap()
    }

    #[test]
    fn people_read_aligned_columns_and_are_told_of_the_rest() {
        insta::assert_snapshot!(written(ReportFormat::Text), @r#"
        A title
          A sentence.

        Rows
          party              the value    share
          customer:<1>, "x"  -1 234.56   12.5 %
          b                          –     0.00
          c                  1 234 567  1 234.5
          and 7 more: `--format csv` names them all

          note: A note.
        "#);
    }

    #[test]
    fn spreadsheets_get_every_row_in_plain_numbers() {
        insta::assert_snapshot!(written(ReportFormat::Csv), @r#"
        party,the_value,share
        "customer:<1>, ""x""",-1234.56,0.125
        b,,-0.0001
        c,1234567,1234.5
        "#);
    }

    #[test]
    fn programs_get_the_data_with_the_notes() {
        let json: Json = serde_json::from_str(&written(ReportFormat::Json)).unwrap();
        assert_eq!(json, serde_json::json!({ "a": 1, "notes": ["A note."] }));
    }

    #[test]
    fn a_page_holds_everything_and_escapes_what_it_is_given() {
        let page = written(ReportFormat::Html);
        assert!(page.starts_with("<!doctype html>"), "{page}");
        for part in ["<title>A title</title>", "customer:&lt;1&gt;, &quot;x&quot;", "-1\u{202f}234.56", "A note."] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<1>") && !page.contains("http"), "{page}");
    }
}
