//! The reach of a band in words: `3 hours to below 4 hours`.

use super::expressions::bare;
use super::{Plain, Tongue};
use crate::expr::Expr;
use crate::model::Band;
use crate::value::{Type, Value};
use crate::words::show;

/// What bands are laid on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale<'a> {
    pub by: &'a Expr,
    /// True for a length of time around the agreed time, which is said as before or after it.
    pub around: bool,
}

/// From an edge to below the next one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach<'a> {
    pub at: Option<&'a Band>,
    pub below: Option<&'a Band>,
}

impl<'a> Scale<'a> {
    /// The scale of a measure on which these bands lie.
    pub fn new<'b>(by: &'a Expr, bands: impl IntoIterator<Item = &'b Band>) -> Self {
        let signed = bands.into_iter().any(|band| band.at < 0);
        Self { by, around: signed && by.source().trim() == "at - promise.due" }
    }
}

impl Plain<'_> {
    /// The heading of a column of reaches.
    pub fn heading(&self, scale: &Scale<'_>) -> String {
        if scale.around {
            self.pick("When, against the agreed time", "相对约定时间", "Når, mot avtalt tid").to_owned()
        } else {
            bare(&self.expression(scale.by))
        }
    }

    pub fn reach(&self, reach: Reach<'_>, scale: &Scale<'_>) -> String {
        let edge = |band: &Band| self.edge(band, scale);
        match (reach.at.map(edge), reach.below.map(edge)) {
            (None, None) => self.pick("always", "任何情况", "alltid").to_owned(),
            (Some(at), Some(below)) if scale.around => {
                self.pick(format!("{at} until {below}"), format!("{at}起，至{below}"), format!("{at}, inntil {below}"))
            }
            (Some(at), None) if scale.around => {
                self.pick(format!("{at} or later"), format!("{at}及以后"), format!("{at} eller senere"))
            }
            (None, Some(below)) if scale.around => {
                self.pick(format!("earlier than {below}"), format!("早于{below}"), format!("tidligere enn {below}"))
            }
            (Some(at), below) => self.plain_reach(&at, below.as_deref(), reach),
            (None, Some(below)) if reach.below.is_some_and(|band| band.above) => {
                self.pick(format!("up to {below}"), format!("不超过 {below}"), format!("til og med {below}"))
            }
            (None, Some(below)) => {
                self.pick(format!("below {below}"), format!("不足 {below}"), format!("under {below}"))
            }
        }
    }

    /// From an edge on, up to below or up to and including the next.
    fn plain_reach(&self, at: &str, below: Option<&str>, reach: Reach<'_>) -> String {
        let above = reach.at.is_some_and(|band| band.above);
        let Some(below) = below else {
            return if above {
                self.pick(format!("more than {at}"), format!("超过 {at}"), format!("mer enn {at}"))
            } else {
                self.pick(format!("{at} and more"), format!("{}及以上", spaced(at)), format!("{at} og mer"))
            };
        };
        let included = reach.below.is_some_and(|band| band.above);
        let begin = match (above, self.tongue) {
            (false, Tongue::Chinese) => spaced(at),
            (false, _) => at.to_owned(),
            (true, _) => self.pick(format!("more than {at}"), format!("超过 {at} "), format!("mer enn {at}")),
        };
        if included {
            self.pick(
                format!("{begin} up to {below}"),
                format!("{begin}至 {below}（含）"),
                format!("{begin} til og med {below}"),
            )
        } else {
            self.pick(
                format!("{begin} to below {below}"),
                format!("{begin}至不足 {below}"),
                format!("{begin} til under {below}"),
            )
        }
    }

    fn edge(&self, band: &Band, scale: &Scale<'_>) -> String {
        let edge = band.edge();
        let value = match scale.by.kind() {
            Type::Duration if scale.around => return self.moment(edge),
            Type::Duration => return self.length(edge),
            Type::Number { .. } => Value::Number(edge),
            Type::Int => Value::Int(edge),
            _ => return band.written.to_string(),
        };
        show(&value, scale.by.kind(), &self.charter.zone, self.language)
    }

    /// A length of time before or after the agreed time.
    fn moment(&self, milliseconds: i64) -> String {
        let length = self.length(milliseconds.saturating_abs());
        match milliseconds {
            0 => self.pick("the agreed time", "约定时间", "avtalt tid").to_owned(),
            1.. => self.pick(format!("{length} after"), format!("约定时间后 {length}"), format!("{length} etter")),
            _ => self.pick(format!("{length} before"), format!("约定时间前 {length}"), format!("{length} før")),
        }
    }
}

/// With a space after it where Latin letters or digits end it and Chinese follows.
fn spaced(words: &str) -> String {
    if words.ends_with(|sign: char| sign.is_ascii_alphanumeric()) { format!("{words} ") } else { words.to_owned() }
}
