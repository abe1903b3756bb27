use std::fmt::Write as _;

use super::canvas::{Axis, STYLE, escaped, money};
use crate::equity::{Line, Section};

const LABELS: f64 = 345.0;
const BARS: f64 = 225.0;
const WIDTH: f64 = 720.0;
/// Longer names of lines are cut in the picture; the tooltip and the description have them whole.
const MAX_LABEL: usize = 52;
const ROW: f64 = 24.0;
const TOP: f64 = 36.0;

/// One line of the statement as a bar.
struct Bar {
    title: String,
    amount: String,
    class: &'static str,
    from: i128,
    to: i128,
}

/// The bars from the opening to the closing value, each beginning where the one before ended.
fn bars(section: &Section, decimals: u32) -> Vec<Bar> {
    let mut running = 0_i128;
    let bar = |(line, cell): &(Line, crate::equity::Cell)| {
        let amount = i128::from(cell.amount_minor);
        let whole = matches!(line, Line::Opening | Line::Closing);
        let from = if whole { 0 } else { running };
        running = from.saturating_add(amount);
        let class = match (whole, amount < 0) {
            (true, _) => "sum",
            (false, true) => "down",
            (false, false) => "up",
        };
        Bar { title: line.title(), amount: money(amount, decimals), class, from, to: running }
    };
    section.lines.iter().map(bar).collect()
}

/// The statement of one section as a waterfall from the opening to the closing value, a row for each line with its name and
/// amount, as high as it has lines.
///
/// `decimals` is the number of decimals of the currency (2 for USD).
#[must_use]
pub fn waterfall(section: &Section, currency: &str, decimals: u32) -> String {
    let bars = bars(section, decimals);
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let pixels = |minor: i128| minor as f64;
    let axis = Axis::over(bars.iter().flat_map(|bar| [pixels(bar.from), pixels(bar.to)]));
    let x = |minor: i128| LABELS + axis.place(pixels(minor)) * BARS;
    let mut body = String::new();
    let mut top = TOP;
    for bar in &bars {
        let (left, right) = (x(bar.from.min(bar.to)), x(bar.from.max(bar.to)));
        let mut label: String = bar.title.chars().take(MAX_LABEL).collect();
        if bar.title.chars().nth(MAX_LABEL).is_some() {
            label.push('\u{2026}');
        }
        let label = escaped(&label);
        let (title, amount, middle) = (escaped(&bar.title), escaped(&bar.amount), top + 0.5 * ROW + 4.0);
        let _ = write!(
            body,
            "<text x=\"{:.0}\" y=\"{middle:.1}\" text-anchor=\"end\">{label}</text>\
             <rect class=\"{}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{title}: {amount}</title></rect>\
             <text x=\"{:.0}\" y=\"{middle:.1}\" text-anchor=\"end\">{amount}</text>",
            LABELS - 10.0,
            bar.class,
            top + 3.0,
            (right - left).max(0.5),
            ROW - 6.0,
            WIDTH - 8.0
        );
        top += ROW;
    }
    let _ = write!(body, "<line class=\"zero\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{TOP}\" y2=\"{top:.1}\"/>", x(0));
    let words: Vec<String> = bars.iter().map(|bar| format!("{}: {} {currency}", bar.title, bar.amount)).collect();
    let segment = section.segment.as_deref().map_or_else(String::new, |segment| format!(", {segment}"));
    // A file of transactions may name no currency.
    let unit = if currency.is_empty() { String::new() } else { format!(" in {currency}") };
    let (title, words) = (escaped(&format!("Customer equity{unit}{segment}")), escaped(&words.join("; ")));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{title}\">\
         <title>{title}</title><desc>{words}</desc><style>{STYLE}</style>\
         <text class=\"title\" x=\"16\" y=\"20\">{title}</text>{body}</svg>\n",
        top + 10.0
    )
}
