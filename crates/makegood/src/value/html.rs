//! A report as one page that needs nothing beside it: light and dark, at any width, and printed.

use std::fmt::Write as _;

use makegood_charter::publish::BASE_STYLE;

use super::report::{Report, Table};
use crate::output::grouped;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn page(report: &Report) -> String {
    let title = escaped(&report.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{BASE_STYLE}{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n"
    );
    for line in &report.lead {
        let _ = writeln!(out, "<p>{}</p>", escaped(line));
    }
    let figure = |svg: &str, out: &mut String| {
        let _ = writeln!(out, "<figure tabindex=\"0\">{}</figure>", svg.trim_end());
    };
    for one in &report.tables {
        table(one, &mut out);
        let own = report.plots.iter().filter(|(name, _)| one.plot.as_deref() == Some(name));
        own.for_each(|(_, svg)| figure(svg, &mut out));
    }
    let others =
        report.plots.iter().filter(|(name, _)| report.tables.iter().all(|one| one.plot.as_ref() != Some(name)));
    others.for_each(|(_, svg)| figure(svg, &mut out));
    if !report.notes.is_empty() {
        out.push_str("<footer>\n<h2>Notes</h2>\n<ul>\n");
        report.notes.iter().for_each(|note| {
            let _ = writeln!(out, "<li>{}</li>", prose(note));
        });
        out.push_str("</ul>\n</footer>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn table(table: &Table, out: &mut String) {
    if !table.for_people {
        return;
    }
    let _ = write!(
        out,
        "<section>\n<h2>{}</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>",
        escaped(&table.title)
    );
    let side = |right: bool| if right { " class=\"figure\"" } else { "" };
    for (name, right) in &table.columns {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", side(*right), escaped(name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (number, row) in table.rows.iter().enumerate() {
        out.push_str(if table.sums.contains(&number) { "<tr class=\"sum\">" } else { "<tr>" });
        for (place, (cell, (_, right))) in row.iter().zip(&table.columns).enumerate() {
            let (open, close) = if place == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
            let _ = write!(out, "<{open}{}>{}</{close}>", side(*right), escaped(&cell.shown));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
    if table.more > 0 {
        let _ = writeln!(out, "<p class=\"more\">and {} more</p>", grouped(table.more as i128));
    }
    out.push_str("</section>\n");
}

/// A sentence for the page: what stands between back-ticks is set as it would be typed.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let part = |(number, part): (usize, &&str)| match number.is_multiple_of(2) {
        true => escaped(part),
        false => format!("<code>{}</code>", escaped(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A text for the page. A date, an amount and a share are not broken over two lines.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let digit_before = before.is_ascii_digit();
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ' ' if digit_before && (next.is_ascii_digit() || next == '%') => out.push('\u{202f}'),
            '-' if digit_before && next.is_ascii_digit() => out.push('\u{2011}'),
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}
