use std::fmt::Write as _;

/// A text with the five characters escaped that mean something in XML, and control characters left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// A number as short as its axis needs.
pub(super) fn short(value: f64, step: f64) -> String {
    let decimals = if step >= 1.0 { 0.0 } else { (-step.log10()).ceil().clamp(0.0, 6.0) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 6")]
    let decimals = decimals as usize;
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() { text.replace('-', "") } else { text }
}

/// Minor units as an amount with a thin space between thousands, in whole numbers throughout.
pub(super) fn money(minor: i128, decimals: u32) -> String {
    let unit = 10_u128.pow(decimals.min(18));
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let digits = whole.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if decimals > 0 {
        let width = usize::try_from(decimals.min(18)).unwrap_or_default();
        let _ = write!(text, ".{part:0width$}");
    }
    if minor < 0 { format!("\u{2212}{text}") } else { text }
}

/// A linear axis with round ticks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

impl Axis {
    /// An axis over the finite values, zero included, with about five round steps.
    pub(super) fn over(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        let span = if high > low { high - low } else { 1.0 };
        let rough = span / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(rough);
        let high = if high > low { high } else { low + 1.0 };
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    pub(super) fn ticks(self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(0.0, 20.0);
        (0..=20_u8)
            .map(f64::from)
            .take_while(move |number| *number <= count)
            .map(move |number| self.low + number * self.step)
    }

    /// Where a value lies on the axis, from 0 to 1.
    pub(super) fn place(self, value: f64) -> f64 {
        (value.clamp(self.low, self.high) - self.low) / (self.high - self.low)
    }
}

/// A drawing under way: a frame of 640 by 360 with room for titles and axes.
pub(super) struct Canvas {
    body: String,
    x: Axis,
    y: Axis,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 48.0;

/// Light and dark by the reader's preference; series are told apart by dashes as well as colour.
pub(super) const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:12px;fill:#333}text.title{font-size:15px;font-weight:600}\
.grid{stroke:#ddd}.zero{stroke:#888}.a{stroke:#1d5a8c;fill:none;stroke-width:2}\
.b{stroke:#b4540a;fill:none;stroke-width:2;stroke-dasharray:6 4}.bar-a{fill:#1d5a8c}.bar-b{fill:#e0a35c}\
.up{fill:#2f7d4f}.down{fill:#b3372f}.sum{fill:#5b5b66}.mark{stroke:#888;stroke-dasharray:3 3}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#333}.a{stroke:#7ab8e8}.b{stroke:#f0a868}\
.bar-a{fill:#7ab8e8}.bar-b{fill:#8a5a24}.up{fill:#6cc28e}.down{fill:#ec7a70}.sum{fill:#9a9aa6}}";

impl Canvas {
    pub(super) fn new(x: Axis, y: Axis) -> Self {
        Self { body: String::new(), x, y }
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.place(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// Grid lines and labels of the y axis, drawn with `label`.
    pub(super) fn y_axis(&mut self, label: impl Fn(f64) -> String) {
        for tick in self.y.ticks() {
            let y = self.y(tick);
            let class = if tick.abs() < self.y.step * 1e-9 { "zero" } else { "grid" };
            let _ = write!(
                self.body,
                "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
                WIDTH - RIGHT
            );
            self.text(LEFT - 6.0, y + 4.0, "end", &label(tick));
        }
    }

    /// Labels of the x axis, drawn with `label`, and its name.
    pub(super) fn x_axis(&mut self, name: &str, label: impl Fn(f64) -> String) {
        for tick in self.x.ticks() {
            self.text(self.x(tick), HEIGHT - BOTTOM + 16.0, "middle", &label(tick));
        }
        self.x_name(name);
    }

    pub(super) fn x_name(&mut self, name: &str) {
        self.text(0.5 * (LEFT + WIDTH - RIGHT), HEIGHT - 10.0, "middle", name);
    }

    /// A label under the x axis.
    pub(super) fn x_label(&mut self, x: f64, label: &str) {
        self.text(x, HEIGHT - BOTTOM + 16.0, "middle", label);
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let _ = write!(self.body, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escaped(text));
    }

    /// A line through the points with finite coordinates.
    pub(super) fn line(&mut self, class: &str, points: impl Iterator<Item = (f64, f64)>) {
        let mut path = String::new();
        for (x, y) in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            let command = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", self.x(x), self.y(y));
        }
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    /// A vertical mark over the whole height.
    pub(super) fn mark(&mut self, x: f64, top: f64, bottom: f64) {
        let (x, top, bottom) = (self.x(x), self.y(top), self.y(bottom));
        let _ =
            write!(self.body, "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>");
    }

    /// A bar of this pixel span between two values, with a tooltip.
    pub(super) fn bar(&mut self, class: &str, (x, width): (f64, f64), (from, to): (f64, f64), tip: &str) {
        let (top, bottom) = (self.y(from.max(to)), self.y(from.min(to)));
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
            (bottom - top).max(0.5),
            escaped(tip)
        );
    }

    /// The legend of two series in the upper right corner.
    pub(super) fn legend(&mut self, first: &str, second: &str, bars: bool) {
        for (class, name, x) in [("a", first, WIDTH - 230.0), ("b", second, WIDTH - 110.0)] {
            if bars {
                let _ = write!(self.body, "<rect class=\"bar-{class}\" x=\"{x}\" y=\"28\" width=\"18\" height=\"9\"/>");
            } else {
                let _ = write!(self.body, "<path class=\"{class}\" d=\"M{x} 32h22\"/>");
            }
            self.text(x + 27.0, 36.0, "start", name);
        }
    }

    /// The span of pixels between the axes.
    pub(super) fn span() -> (f64, f64) {
        (LEFT, WIDTH - RIGHT)
    }

    /// The finished picture, with a title and a description for those who cannot see it.
    pub(super) fn finish(self, title: &str, description: &str) -> String {
        let (title, description) = (escaped(title), escaped(description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-label=\"{title}\"><title>{title}</title><desc>{description}</desc><style>{STYLE}</style>\
             <text class=\"title\" x=\"{LEFT}\" y=\"18\">{title}</text>{}</svg>\n",
            self.body
        )
    }
}
