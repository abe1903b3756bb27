//! The conditions as a charter's rights hold them.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use makegood_charter::decode::Envelope;
use makegood_charter::diagnostic::Style;
use makegood_charter::expr::{Expr, Scope};
use makegood_charter::value::{Fields, Moment};
use makegood_charter::{Charter, Value};

use super::{CONDITIONS, Held, with};

const HEAD: &str = r#"charter: twenty-rights
version: "1"
in_force: {from: 2025-01-01}
title: {en: A charter with twenty rights}
source: {what: a measurement, as_of: 2025-01-01}
time_zone: UTC
money: EUR
events:
  order.placed: {party: customer, about: order, data: {due: time}}
  order.delivered:
    about: order
    data:
      late_minutes: int
      ordered: int
      delivered: int
      damaged: bool
      priority: bool
      cause: [carrier, weather, customs, unknown]
promises:
  delivery:
    made: {on: order.placed, due: data.due}
    says: {en: "{thing} comes by {due}."}
    kept: {on: order.delivered, if: data.late_minutes <= 0}
    late: {on: order.delivered}
"#;

/// A charter of twenty rights, each with its condition.
pub struct Rights {
    charter: Charter,
    conditions: Vec<Expr>,
}

impl Rights {
    pub fn new() -> Result<Self> {
        let text = text();
        let read = Charter::read("twenty-rights.yaml", &text);
        let report = read.report(&text, Style::Plain);
        let charter = read.charter.with_context(|| format!("the charter of the measurement has faults\n{report}"))?;
        let conditions: Vec<Expr> = charter.rights.iter().filter_map(|right| right.when.clone()).collect();
        ensure!(conditions.iter().map(Expr::source).eq(CONDITIONS), "the charter holds other conditions");
        Ok(Self { charter, conditions })
    }

    /// The data of an event, from its line.
    pub fn decode(&self, line: &str) -> Result<Fields> {
        let envelope = Envelope::parse(line.as_bytes())?;
        let id = self.charter.shape_ids.get(&*envelope.kind).context("the type is not known")?;
        let shape = self.charter.shapes.get(*id).context("the shape is not there")?;
        Ok(shape.decode(envelope.data, &self.charter.commodities)?)
    }

    /// Which conditions hold.
    pub fn judge(&self, data: &[Value]) -> Held {
        let scope = Scope { data, at: Moment(0), ..Scope::default() };
        let judged = self.conditions.iter().enumerate();
        judged.fold(0, |held, (place, condition)| with(held, place, condition.holds(&scope).unwrap_or(false)))
    }
}

fn text() -> String {
    let mut text = format!("{HEAD}rights:\n");
    for (number, condition) in (1..).zip(CONDITIONS) {
        let says = format!("says: {{en: Right number {number}.}}, compensation: {number} EUR");
        let _ =
            writeln!(text, "  right-{number}: {{on: order.delivered, promise: delivery, if: \"{condition}\", {says}}}");
    }
    let names: Vec<String> = (1..=CONDITIONS.len()).map(|number| format!("right-{number}")).collect();
    let _ = writeln!(text, "stacking:\n  - {{rights: [{}], rule: highest}}", names.join(", "));
    text
}
