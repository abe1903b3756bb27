use makegood_value::equity::{Cause, Drill, Line, PartyRow, Period, Section, Statement, party_rows, statement};
use makegood_value::plot;
use serde_json::{Value as Json, json};

use crate::Failure;
use crate::arguments::{By, DrillLine, EquityCommand, Output};
use crate::open::threads;
use crate::output::{amount, counter, grouped};
use crate::value::{Base, Cell, Fitted, Report, Table, date_of, for_day, refused};

/// `makegood equity`: the statement of customer equity.
pub fn run(arguments: &EquityCommand) -> Result<bool, Failure> {
    let EquityCommand::Statement { base: from_where, model, from, to, by, parties, top, output } = arguments;
    let base = Base::open(from_where, true)?;
    let (from, to) = (base.date(from)?, base.date(to)?);
    if from >= to {
        let message = format!("the statement opens on {} and closes on {}", date_of(from), date_of(to));
        return Err(Failure::new("M044", message, "let `--to` be later than `--from`"));
    }
    let mut notes = base.notes.clone();
    if let Some((_, last)) = base.histories.span()
        && last < to
    {
        notes.push(format!("Nothing was dealt after {}: what is not known yet counts as silence.", date_of(last)));
    }
    let opening = for_day(&base, model, from, &mut notes)?;
    let closing = for_day(&base, model, to, &mut notes)?;
    notes.dedup();
    let unit = base.terms.unit;
    let period =
        Period { from, to, days_per_period: unit.days(), lost_below: base.terms.lost_below, threads: threads() };
    let progress = counter("valuing customers");
    let rows = party_rows(&base.histories, &base.circumstances, &period, &opening.valuation(), &closing.valuation());
    progress.finish_and_clear();
    let rows = rows.map_err(|error| refused(&error))?;
    let drawn = statement(&rows).map_err(|error| refused(&error))?;
    notes.extend(model_notes(&base, &opening, &closing, &drawn));
    let sheet = Sheet { base: &base, from, to, opening: &opening, closing: &closing };
    let report = match parties {
        Some(line) => sheet.parties(&rows, &drawn, *line, (*top, output), notes)?,
        None => sheet.report(&drawn, *by == Some(By::Segment), notes),
    };
    report.write(output)?;
    Ok(true)
}

/// What the reader of a statement must know of its models.
fn model_notes(base: &Base, opening: &Fitted, closing: &Fitted, drawn: &Statement) -> Vec<String> {
    let mut notes = Vec::new();
    if opening == closing {
        notes.push("Both dates are valued by the same model, so nothing is on the line `change of model`.".to_owned());
    }
    for (date, fitted) in [("opening", opening), ("closing", closing)] {
        let warnings = fitted.repeat.warnings.iter().chain(&fitted.spend.warnings);
        notes.extend(warnings.map(|warning| format!("Of the {date} model, {warning}.")));
    }
    if fitted_ignores_one_time_buyers(closing) {
        notes.push(
            "Under BG/NBD nobody who bought once is ever lost by silence; under the other models they may be."
                .to_owned(),
        );
    }
    if drawn.causes().iter().any(|(cause, _)| *cause == Cause::Unknown) && base.database.is_none() {
        notes.push("A file of transactions tells no causes: those lost are written down as `unknown`.".to_owned());
    }
    notes
}

fn fitted_ignores_one_time_buyers(fitted: &Fitted) -> bool {
    fitted.repeat.repeat.model() == makegood_value::repeat::RepeatModel::BgNbd
}

/// A statement on its way to the reader.
struct Sheet<'a> {
    base: &'a Base,
    from: i32,
    to: i32,
    opening: &'a Fitted,
    closing: &'a Fitted,
}

impl Sheet<'_> {
    fn money(&self, minor: i64) -> Cell {
        Cell::money(minor, self.base.decimals)
    }

    fn currency(&self) -> String {
        match self.base.histories.currency() {
            "" => String::new(),
            code => format!(" {code}"),
        }
    }

    fn lead(&self, drawn: &Statement) -> Vec<String> {
        let whole = &drawn.whole;
        let at = |line: &Line| amount(i128::from(whole.amount(line)), self.base.decimals);
        let currency = self.currency();
        let mut lead = vec![format!(
            "Opened {} with {}{currency}, closed {} with {}{currency}.",
            date_of(self.from),
            at(&Line::Opening),
            date_of(self.to),
            at(&Line::Closing)
        )];
        let lost: u64 = drawn.causes().iter().map(|(_, cell)| cell.parties).sum();
        if lost > 0 {
            let written = amount(i128::from(whole.written_down()).saturating_neg(), self.base.decimals);
            lead.push(format!("{} parties were lost; {written}{currency} was written down.", grouped(lost)));
        }
        lead.push(format!("Opening: {}", self.opening.origin()));
        lead.push(format!("Closing: {}", self.closing.origin()));
        lead.push("The lines add up to the closing value exactly; there is no rounding line.".to_owned());
        lead
    }

    fn table(&self, section: &Section, with_segment: bool) -> Vec<Vec<Cell>> {
        let row = |(line, cell): &(Line, makegood_value::equity::Cell)| {
            let mut row = vec![Cell::text(line.title()), self.money(cell.amount_minor), Cell::count(cell.parties)];
            if with_segment {
                row.insert(0, Cell::text(section.segment.clone().unwrap_or_else(|| "(all)".to_owned())));
            }
            row
        };
        section.lines.iter().map(row).collect()
    }

    fn report(&self, drawn: &Statement, by_segment: bool, notes: Vec<String>) -> Report {
        let columns = vec![("line", false), ("amount", true), ("parties", true)];
        let whole = format!("All parties{}", in_words(&self.currency()));
        let mut tables = vec![self.shown(&drawn.whole, whole, "waterfall")];
        let mut plots = vec![("waterfall".to_owned(), self.waterfall(&drawn.whole))];
        if by_segment {
            for section in &drawn.segments {
                let name = section.segment.clone().unwrap_or_default();
                let plot = format!("waterfall-{}", file_name(&name));
                tables.push(self.shown(section, format!("Segment {name}"), &plot));
                plots.push((plot, self.waterfall(section)));
            }
            // A spreadsheet gets everything in one table.
            let sections = std::iter::once(&drawn.whole).chain(&drawn.segments);
            let rows = sections.flat_map(|section| self.table(section, true)).collect();
            let all = Table::new("All lines", [("segment", false)].into_iter().chain(columns).collect(), rows);
            tables.insert(0, Table { for_people: false, ..all });
        }
        Report {
            title: format!("Customer equity, {} to {}", date_of(self.from), date_of(self.to)),
            lead: self.lead(drawn),
            tables,
            plots,
            notes,
            data: self.data(drawn),
        }
    }

    /// The table of a section as people see it, with its picture.
    fn shown(&self, section: &Section, title: String, plot: &str) -> Table {
        let rows = self.table(section, false);
        let sums = vec![0, rows.len().saturating_sub(1)];
        let columns = vec![("line", false), ("amount", true), ("parties", true)];
        Table { sums, plot: Some(plot.to_owned()), ..Table::new(title, columns, rows) }
    }

    fn waterfall(&self, section: &Section) -> String {
        plot::waterfall(section, self.base.histories.currency(), u32::from(self.base.decimals))
    }

    fn data(&self, drawn: &Statement) -> Json {
        let section = |section: &Section| {
            let lines = section.lines.iter().map(|(line, cell)| {
                json!({ "line": line.title(), "amount_minor": cell.amount_minor, "parties": cell.parties })
            });
            json!({ "segment": section.segment, "lines": lines.collect::<Vec<_>>() })
        };
        let model = |fitted: &Fitted| {
            let repeat = &fitted.repeat;
            json!({
                "model": repeat.repeat.model().name(), "as_of": date_of(fitted.day).to_string(),
                "parameters": repeat.repeat.parameters(), "log_likelihood": repeat.log_likelihood, "recorded": fitted.recorded,
            })
        };
        json!({
            "from": date_of(self.from).to_string(), "to": date_of(self.to).to_string(), "currency": drawn.currency,
            "decimals": self.base.decimals, "opening_model": model(self.opening), "closing_model": model(self.closing),
            "whole": section(&drawn.whole), "segments": drawn.segments.iter().map(section).collect::<Vec<_>>(),
        })
    }

    /// The parties behind a line.
    fn parties(
        &self,
        rows: &[PartyRow],
        drawn: &Statement,
        line: DrillLine,
        (top, output): (usize, &Output),
        notes: Vec<String>,
    ) -> Result<Report, Failure> {
        let lines: Vec<Line> = match plain(line) {
            Some(line) => vec![line],
            None => drawn.causes().into_iter().map(|(cause, _)| Line::Lost(cause)).collect(),
        };
        let mut drills: Vec<Drill> = Vec::new();
        for line in &lines {
            drills.extend(Statement::drill_down(rows, line, None).map_err(|error| refused(&error))?);
        }
        drills.sort_by(|one, next| {
            next.amount_minor.unsigned_abs().cmp(&one.amount_minor.unsigned_abs()).then(one.party.cmp(&next.party))
        });
        let cells = |drill: &Drill| {
            vec![
                Cell::text(&drill.party),
                Cell::text(&drill.segment),
                Cell::text(drill.line.title()),
                self.money(drill.amount_minor),
            ]
        };
        let columns = vec![("party", false), ("segment", false), ("line", false), ("amount", true)];
        let sum: i128 = drills.iter().map(|drill| i128::from(drill.amount_minor)).sum();
        let title = match lines.as_slice() {
            [Line::Lost(_)] | [] => "written down: lost".to_owned(),
            [line] => line.title(),
            _ => "written down: lost, by every cause".to_owned(),
        };
        let table = Table::first("Parties, the largest amounts first", columns, &drills, output.rows(top), cells);
        let parties = drills.iter().map(|drill| {
            json!({ "party": drill.party, "segment": drill.segment, "line": drill.line.title(), "amount_minor": drill.amount_minor })
        });
        Ok(Report {
            title: format!("{title}, {} to {}", date_of(self.from), date_of(self.to)),
            lead: vec![format!(
                "{} parties, {}{} in all.",
                grouped(drills.len() as i128),
                amount(sum, self.base.decimals),
                self.currency()
            )],
            data: output.data(|| json!({
                "from": date_of(self.from).to_string(), "to": date_of(self.to).to_string(), "currency": drawn.currency,
                "decimals": self.base.decimals, "parties": parties.collect::<Vec<_>>(),
            })),
            tables: vec![table],
            plots: Vec::new(),
            notes,
        })
    }
}

/// The line of an argument; none for what has a line for each cause.
fn plain(line: DrillLine) -> Option<Line> {
    Some(match line {
        DrillLine::Opening => Line::Opening,
        DrillLine::Moved => Line::MovedSegment,
        DrillLine::New => Line::New,
        DrillLine::Unwinding => Line::Unwinding,
        DrillLine::Margin => Line::MarginReceived,
        DrillLine::Behaviour => Line::Behaviour,
        DrillLine::Regained => Line::Regained,
        DrillLine::Goodwill => Line::Goodwill,
        DrillLine::Model => Line::ModelChange,
        DrillLine::Closing => Line::Closing,
        DrillLine::Lost => return None,
    })
}

fn in_words(currency: &str) -> String {
    if currency.is_empty() { String::new() } else { format!(", in{currency}") }
}

/// A segment as a part of a file's name.
fn file_name(segment: &str) -> String {
    segment.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect()
}
