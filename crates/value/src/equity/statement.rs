use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Cause, Course, Line, PartyRow};
use crate::{BadRows, Fault, ValueError};

/// One amount of the statement, and how many parties it comes from (those with another amount than zero, and for the
/// opening, closing, new, lost and regained lines all that they speak of).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// In minor units.
    pub amount_minor: i64,
    /// Parties.
    pub parties: u64,
}

/// The lines of one segment, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The segment; nothing for the whole.
    pub segment: Option<String>,
    /// The lines in their order. Lines without any party are left out, but for the opening and the closing one.
    pub lines: Vec<(Line, Cell)>,
}

impl Section {
    /// The amount of a line; zero if it is not there.
    #[must_use]
    pub fn amount(&self, line: &Line) -> i64 {
        self.lines.iter().find(|(found, _)| found == line).map_or(0, |(_, cell)| cell.amount_minor)
    }

    /// All that was written down, over all causes; zero or negative as a rule.
    #[must_use]
    pub fn written_down(&self) -> i64 {
        let lost = self.lines.iter().filter(|(line, _)| matches!(line, Line::Lost(_)));
        lost.fold(0_i64, |sum, (_, cell)| sum.saturating_add(cell.amount_minor))
    }
}

/// A statement of customer equity between two dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The currency of every amount; empty if there are no parties.
    pub currency: String,
    /// All parties.
    pub whole: Section,
    /// By segment, in their order.
    pub segments: Vec<Section>,
}

/// One party's share of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// The party.
    pub party: String,
    /// The segment in which the line shows it.
    pub segment: String,
    /// The line.
    pub line: Line,
    /// In minor units.
    pub amount_minor: i64,
}

impl PartyRow {
    /// The party's movements: they add up to its closing value exactly.
    ///
    /// With V₀, m, E(V₁) and V₁ as in [`PartyRow`], M the margin, G the goodwill and V₁° the closing value under the opening
    /// model, the lines are: V₀; unwinding `E(V₁) + m − V₀`; margin received `−(M − G)`; goodwill `−G`; change of model
    /// `V₁ − V₁°`; and what is left, `(M − m) + (V₁° − E(V₁))`, is behaviour. Of a lost party only `M − m` is behaviour, and
    /// the rest, the value it was expected to have, is written down; a new or regained party brings all of it on its own
    /// line.
    ///
    /// # Errors
    /// [`ValueError::Overflow`] when an amount leaves 64 bits.
    pub fn movements(&self) -> Result<Vec<Drill>, ValueError> {
        let wide = |amount: i64| i128::from(amount);
        let unwinding = wide(self.expected_closing_minor) + wide(self.expected_margin_minor) - wide(self.opening_minor);
        let paid = wide(self.margin_minor) - wide(self.expected_margin_minor);
        let kept = wide(self.closing_same_model_minor) - wide(self.expected_closing_minor);
        let mut lines = vec![(Line::Opening, wide(self.opening_minor)), (Line::Unwinding, unwinding)];
        lines.push((Line::MarginReceived, wide(self.goodwill_minor) - wide(self.margin_minor)));
        match &self.course {
            Course::Stayed | Course::Gone => lines.push((Line::Behaviour, paid + kept)),
            Course::New => lines.push((Line::New, paid + kept)),
            Course::Regained => lines.push((Line::Regained, paid + kept)),
            Course::Lost(cause) => lines.extend([(Line::Behaviour, paid), (Line::Lost(cause.clone()), kept)]),
        }
        lines.push((Line::Goodwill, -wide(self.goodwill_minor)));
        lines.push((Line::ModelChange, wide(self.closing_minor) - wide(self.closing_same_model_minor)));
        lines.push((Line::Closing, wide(self.closing_minor)));
        let mut drills = Vec::with_capacity(lines.len() + 2);
        for (line, amount) in lines {
            let segment = if line == Line::Opening { &self.opening_segment } else { &self.closing_segment };
            drills.push(self.drill(segment, line, amount)?);
        }
        if self.opening_segment != self.closing_segment && self.opening_minor != 0 {
            drills.push(self.drill(&self.opening_segment, Line::MovedSegment, -wide(self.opening_minor))?);
            drills.push(self.drill(&self.closing_segment, Line::MovedSegment, wide(self.opening_minor))?);
        }
        Ok(drills)
    }

    fn drill(&self, segment: &str, line: Line, amount: i128) -> Result<Drill, ValueError> {
        let amount_minor = i64::try_from(amount).map_err(|_| ValueError::Overflow { line: name(&line) })?;
        Ok(Drill { party: self.party.clone(), segment: segment.to_owned(), line, amount_minor })
    }

    /// Whether the party is counted on a line although its amount there is zero.
    fn counts(&self, line: &Line) -> bool {
        match line {
            Line::Opening => matches!(self.course, Course::Stayed | Course::Lost(_)),
            Line::Closing => matches!(self.course, Course::Stayed | Course::Regained),
            Line::New => self.course == Course::New,
            Line::Regained => self.course == Course::Regained,
            Line::Lost(_) => matches!(self.course, Course::Lost(_)),
            _ => false,
        }
    }

    fn fault(&self, currency: &str) -> Option<Fault> {
        let contradiction = |what| Some(Fault::Contradiction { what });
        let expectations = (self.opening_minor, self.expected_margin_minor, self.expected_closing_minor);
        if self.currency != currency {
            let (found, expected) = (self.currency.clone(), currency.to_owned());
            return Some(Fault::MixedCurrency { found, expected });
        }
        if self.course == Course::New && expectations != (0, 0, 0) {
            return contradiction(
                "a new party has an opening value or expectation: it must be zero, or the party is not new",
            );
        }
        if self.course == Course::New && self.opening_segment != self.closing_segment {
            return contradiction("a new party has another opening segment than its closing one: give the same");
        }
        None
    }
}

fn name(line: &Line) -> &'static str {
    match line {
        Line::Opening => "opening",
        Line::MovedSegment => "moved between segments",
        Line::New => "new parties",
        Line::Unwinding => "unwinding of discount",
        Line::MarginReceived => "margin received",
        Line::Behaviour => "behaviour",
        Line::Lost(_) => "written down: lost",
        Line::Regained => "regained",
        Line::Goodwill => "goodwill and remedies spent",
        Line::ModelChange => "change of model",
        Line::Closing => "closing",
    }
}

/// Amount and parties by line, wide enough not to overflow while adding.
type Sums = BTreeMap<Line, (i128, u64)>;

/// Draws up the statement from one row a party, in any order.
///
/// # Errors
/// [`ValueError::BadRows`] for rows that cannot be true (mixed currencies, a party twice, contradictions),
/// [`ValueError::Overflow`] when a total leaves 64 bits, and [`ValueError::Unbalanced`] should the lines ever fail to add up.
pub fn statement(rows: &[PartyRow]) -> Result<Statement, ValueError> {
    check(rows)?;
    let mut whole = Sums::new();
    let mut segments: BTreeMap<&str, Sums> = BTreeMap::new();
    for row in rows {
        for drill in row.movements()? {
            let counted = u64::from(drill.amount_minor != 0 || row.counts(&drill.line));
            let segment =
                if drill.segment == row.opening_segment { &row.opening_segment } else { &row.closing_segment };
            for sums in [&mut whole, segments.entry(segment).or_default()] {
                let (amount, parties) = sums.entry(drill.line.clone()).or_default();
                *amount += i128::from(drill.amount_minor);
                *parties += counted;
            }
        }
    }
    // A party that moved counts twice on that line, once out and once in.
    if let Some((_, parties)) = whole.get_mut(&Line::MovedSegment) {
        *parties /= 2;
    }
    Ok(Statement {
        currency: rows.first().map(|row| row.currency.clone()).unwrap_or_default(),
        whole: section(None, whole)?,
        segments: segments
            .into_iter()
            .map(|(segment, sums)| section(Some(segment.to_owned()), sums))
            .collect::<Result<_, _>>()?,
    })
}

/// One section, checked to add up.
fn section(segment: Option<String>, mut sums: Sums) -> Result<Section, ValueError> {
    sums.entry(Line::Opening).or_default();
    sums.entry(Line::Closing).or_default();
    let closing = sums.get(&Line::Closing).map_or(0, |(amount, _)| *amount);
    let by_minor = sums.values().map(|(amount, _)| *amount).sum::<i128>() - 2 * closing;
    if by_minor != 0 {
        return Err(ValueError::Unbalanced { by_minor });
    }
    let mut lines = Vec::with_capacity(sums.len());
    for (line, (amount, parties)) in sums {
        let amount_minor = i64::try_from(amount).map_err(|_| ValueError::Overflow { line: name(&line) })?;
        if parties > 0 || matches!(line, Line::Opening | Line::Closing) {
            lines.push((line, Cell { amount_minor, parties }));
        }
    }
    Ok(Section { segment, lines })
}

fn check(rows: &[PartyRow]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    let currency = rows.first().map(|row| row.currency.as_str()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(fault) = row.fault(currency) {
            bad.note(index, fault);
        } else if !seen.insert(row.party.as_str()) {
            bad.note(index, Fault::Duplicate { party: row.party.clone() });
        }
    }
    bad.into_result()
}

impl Statement {
    /// The section of a segment.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<&Section> {
        self.segments.iter().find(|section| section.segment.as_deref() == Some(name))
    }

    /// The causes of loss with what each wrote down, the worst first.
    #[must_use]
    pub fn causes(&self) -> Vec<(Cause, Cell)> {
        let lost = |(line, cell): &(Line, Cell)| match line {
            Line::Lost(cause) => Some((cause.clone(), *cell)),
            _ => None,
        };
        let mut causes: Vec<_> = self.whole.lines.iter().filter_map(lost).collect();
        causes.sort_by_key(|(_, cell)| cell.amount_minor);
        causes
    }

    /// The parties behind a line, the largest amounts first: what a reader sees when opening the line.
    ///
    /// # Errors
    /// As [`PartyRow::movements`].
    pub fn drill_down(rows: &[PartyRow], line: &Line, segment: Option<&str>) -> Result<Vec<Drill>, ValueError> {
        let mut found = Vec::new();
        for row in rows {
            let wanted = |drill: &Drill| {
                drill.line == *line
                    && (drill.amount_minor != 0 || row.counts(line))
                    && segment.is_none_or(|segment| drill.segment == segment)
            };
            found.extend(row.movements()?.into_iter().filter(wanted));
        }
        found.sort_by(|left, right| {
            right.amount_minor.unsigned_abs().cmp(&left.amount_minor.unsigned_abs()).then(left.party.cmp(&right.party))
        });
        Ok(found)
    }
}
