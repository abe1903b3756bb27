//! The functions that look things up in the charter: distances between places, deadlines by its calendars, its local time.

use std::sync::Arc;

use cel::common::ast::IdedExpr;
use jiff::tz::TimeZone;

use super::EvalError;
use super::check::Checker;
use super::code::{Code, Number, Text};
use super::types::{Typed, spelled};
use crate::clock::{Calendar, Clock, Unit, at_local_time, days_between};
use crate::diagnostic::suggestion;
use crate::value::{Moment, Type};

const METRES: i64 = 1_000;

impl<'e> Checker<'e> {
    /// The length of the great circle between two places of the charter, in kilometres to the metre.
    pub fn distance(&mut self, node: &'e IdedExpr, from: &'e IdedExpr, to: &'e IdedExpr) -> Option<Typed<'e>> {
        let (from, to) = (self.place(from), self.place(to));
        let (from, to) = (from?, to?);
        let places = self.names.facts.map(|facts| facts.places.clone()).unwrap_or_default();
        if places.points.is_empty() {
            self.report(node, "the charter gives no places", "Write `places:` with the coordinates of each code.");
            return None;
        }
        let run = move |scope: &super::Scope<'_>| {
            let point = |text: &Text| places.points.get(text.get(scope)?).copied().ok_or(EvalError::UnknownPlace);
            point(&from)?.metres_to(point(&to)?).checked_mul(METRES).ok_or(EvalError::Overflow)
        };
        Some(Typed::new(Type::Number { unit: Some("km".into()) }, Code::Number(Number::new(run)), node))
    }

    /// The code of a place: a text, a choice, or a word in quotes that the charter knows.
    fn place(&mut self, node: &'e IdedExpr) -> Option<Text> {
        let fits = |kind: &Type| matches!(kind, Type::Text | Type::Choice(_));
        let typed = spelled(self.of_kind(node, "the code of a place", fits)?)?;
        let known = self.names.facts.map(|facts| &facts.places.points);
        if let (Some(code), Some(known)) = (typed.literal(), known)
            && !known.contains_key(code)
        {
            let help = suggestion(code, known.keys().map(AsRef::as_ref));
            self.report(node, format!("the charter gives no coordinates of `{code}`"), format!("{help}."));
            return None;
        }
        typed.text()
    }

    /// When a deadline of the charter's zone and calendars has run out.
    pub fn deadline(
        &mut self,
        node: &'e IdedExpr,
        from: &'e IdedExpr,
        length: &'e IdedExpr,
        calendar: Option<&'e IdedExpr>,
    ) -> Option<Typed<'e>> {
        let from = self.of_kind(from, "a time", |kind| *kind == Type::Time);
        let read = |text: &str| Clock::parse(text).map_err(|error| (error.to_string(), error.help()));
        let clock = self.constant(node, length, read);
        let (from, clock) = (from?, clock?);
        let needed = matches!(clock.unit, Unit::WorkingDays | Unit::BusinessDays);
        let calendar = if needed || calendar.is_some() { Some(self.calendar(node, calendar)?) } else { None };
        let zone = self.zone();
        let due = move |from: i64| {
            let due = clock.due(Moment(from), &zone, calendar.as_deref());
            due.map(|moment| moment.0).map_err(|_| EvalError::OutOfTime)
        };
        let code = self.folded(node, from.number()?.map(due))?;
        Some(Typed::new(Type::Time, Code::Number(code), node))
    }

    /// A time of day on the local day of a moment.
    pub fn local_time(&mut self, node: &'e IdedExpr, day: &'e IdedExpr, time: &'e IdedExpr) -> Option<Typed<'e>> {
        let day = self.of_kind(day, "a time", |kind| *kind == Type::Time);
        let help = "Write hours and minutes, such as `'19:00'`.";
        let read = |text: &str| {
            let read = jiff::civil::Time::strptime("%H:%M", text);
            read.map_err(|_| (format!("`{text}` is not a time of day"), help))
        };
        let time = self.constant(node, time, read);
        let (day, time, zone) = (day?, time?, self.zone());
        let moment = move |day: i64| {
            let moment = at_local_time(Moment(day), time, &zone);
            moment.map(|moment| moment.0).map_err(|_| EvalError::OutOfTime)
        };
        let code = self.folded(node, day.number()?.map(moment))?;
        Some(Typed::new(Type::Time, Code::Number(code), node))
    }

    /// How many local days one time lies after another; with a calendar, how many of its working days.
    pub fn days_between(
        &mut self,
        node: &'e IdedExpr,
        from: &'e IdedExpr,
        to: &'e IdedExpr,
        calendar: Option<&'e IdedExpr>,
    ) -> Option<Typed<'e>> {
        let is_time = |kind: &Type| *kind == Type::Time;
        let (from, to) = (self.of_kind(from, "a time", is_time), self.of_kind(to, "a time", is_time));
        let (from, to) = (from?, to?);
        let calendar = match calendar {
            Some(calendar) => Some(self.calendar(node, Some(calendar))?),
            None => None,
        };
        let zone = self.zone();
        let count = move |from: i64, to: i64| {
            days_between(Moment(from), Moment(to), &zone, calendar.as_deref()).map_err(|_| EvalError::OutOfTime)
        };
        let code = self.folded(node, from.number()?.join(to.number()?, count))?;
        Some(Typed::new(Type::Int, Code::Number(code), node))
    }

    /// How many whole, or begun, periods a length of time holds.
    pub fn periods(
        &mut self,
        node: &'e IdedExpr,
        length: &'e IdedExpr,
        unit: &'e IdedExpr,
        begun: bool,
    ) -> Option<Typed<'e>> {
        let is_length = |kind: &Type| *kind == Type::Duration;
        let wish = "a length of time";
        let (length, unit) = (self.of_kind(length, wish, is_length), self.of_kind(unit, wish, is_length));
        let count = move |length: i64, unit: i64| match unit {
            ..=0 => Err(EvalError::DivisionByZero),
            _ if begun => {
                let turned = length.checked_neg().ok_or(EvalError::Overflow)?.div_euclid(unit);
                turned.checked_neg().ok_or(EvalError::Overflow)
            }
            _ => Ok(length.div_euclid(unit)),
        };
        let code = self.folded(node, length?.number()?.join(unit?.number()?, count))?;
        Some(Typed::new(Type::Int, Code::Number(code), node))
    }

    fn zone(&self) -> TimeZone {
        self.names.facts.map_or(TimeZone::UTC, |facts| facts.zone.clone())
    }

    /// The calendar that is named, or the only one there is.
    fn calendar(&mut self, node: &'e IdedExpr, named: Option<&'e IdedExpr>) -> Option<Arc<Calendar>> {
        let calendars = self.names.facts.map(|facts| &facts.calendars);
        let known: Vec<&'e str> = calendars.map(|known| known.keys().map(AsRef::as_ref).collect()).unwrap_or_default();
        let Some(named) = named else {
            if let ([only], Some(calendars)) = (known.as_slice(), calendars) {
                self.calendars.insert((*only).into());
                return calendars.get(*only).cloned();
            }
            let help = if known.is_empty() {
                "Declare a calendar under `calendars`, with its weekend and holidays.".to_owned()
            } else {
                "Name the calendar: `deadline(data.reported, '2 working days', 'NAME')`.".to_owned()
            };
            self.report(node, "working and business days need a calendar", help);
            return None;
        };
        let name = self.constant(node, named, |text| Ok(text.to_owned()))?;
        match calendars.and_then(|calendars| calendars.get(name.as_str())) {
            Some(calendar) => {
                self.calendars.insert(name.into());
                Some(calendar.clone())
            }
            None => {
                let help = self.suggest(&name, known);
                self.report(named, format!("unknown calendar `{name}`"), help);
                None
            }
        }
    }
}
