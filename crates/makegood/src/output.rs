//! What the commands write: progress on standard error, tables on standard output.

use std::sync::LazyLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use makegood_store::Outage;
use unicode_width::UnicodeWidthStr;

/// All that is drawn, so that a line can be written between it.
static DRAWN: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// A bar for work whose length is known. It is drawn on a terminal only.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let bar = DRAWN.add(ProgressBar::new(length));
    let template = "{msg:24} {bar:32} {percent:>3} %  {elapsed_precise} elapsed, {eta} to go";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A counter for work whose length is not known.
pub fn counter(what: &str) -> ProgressBar {
    let bar = DRAWN.add(ProgressBar::new_spinner());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg:24} {human_pos}  {elapsed_precise}") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Tells a person who waits for a server that is away, on standard error.
pub fn tell(outage: &Outage) {
    let line = match outage {
        Outage::Begun { url, why, patience } => {
            format!("`{url}` cannot be reached ({why}): waiting up to {} for it", seconds(patience.as_secs()))
        }
        Outage::Over { url, after } => {
            format!("`{url}` is there again after {}", seconds(after.as_secs_f64().round() as u64))
        }
    };
    DRAWN.suspend(|| eprintln!("{line}"));
}

fn seconds(count: u64) -> String {
    if count == 1 { "1 second".to_owned() } else { format!("{count} seconds") }
}

/// A whole number with thin groups of three: `1 234 567`.
pub fn grouped(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// An amount in minor units with `decimals` decimals, grouped: `1 449 549.00`.
pub fn amount(minor: i128, decimals: u8) -> String {
    let scale = 10_i128.pow(u32::from(decimals));
    let sign = if minor < 0 { "-" } else { "" };
    let size = i128::try_from(minor.unsigned_abs()).unwrap_or(i128::MAX);
    let whole = grouped(size.checked_div(scale).unwrap_or_default());
    let part = size.checked_rem(scale).unwrap_or_default();
    let width = usize::from(decimals);
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0>width$}") }
}

/// Rows of a table with aligned columns; `right` says which columns are numbers. A Chinese character is as wide as two Latin ones.
pub fn table(rows: &[Vec<String>], right: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let cell = if right.contains(&column) { format!("{padding}{cell}") } else { format!("{cell}{padding}") };
            line.push(' ');
            line.push_str(&cell);
            line.push(' ');
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes to standard output. Whoever reads it may stop reading: then there is nobody to tell, and the command ends quietly.
pub fn write(text: std::fmt::Arguments) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if out.write_fmt(text).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Like `print!`, for a reader that may have gone.
macro_rules! put {
    ($($part:tt)*) => { $crate::output::write(format_args!($($part)*)) };
}

/// Like `println!`, for a reader that may have gone.
macro_rules! put_line {
    ($($part:tt)*) => { $crate::output::write(format_args!("{}\n", format_args!($($part)*))) };
}

pub(crate) use {put, put_line};
