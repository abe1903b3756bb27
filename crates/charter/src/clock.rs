//! Clocks: how long something may take, in hours, in calendar days, or in the working days of a calendar.
//!
//! The rules:
//!
//! - Minutes and hours are exact lengths of time: 24 hours are 24 hours also on the day the clocks change.
//! - Every other unit counts whole local days and gives the whole of the last one: counting starts the day after, and
//!   the deadline is the last millisecond before the next local midnight. `1 day` from any time on Monday ends when
//!   Tuesday does.
//! - Where a day begins is the zone's affair: if midnight is skipped by a change of the clocks, the day begins at the
//!   first moment after it.
//! - A month later is the same day of the month, or the month's last day where there is no such day.
//! - Calendar months are counted whole after the month that runs: `2 calendar months` ends with the last day of the second
//!   month after this one, as a second billing cycle does.
//! - Zero of a unit of days is the end of the same day, working day or not.
//! - Working days are the days that are neither a day of rest nor a holiday of the calendar; without a calendar, Monday
//!   to Friday. Business days are Monday to Friday less the calendar's holidays, whatever it calls its weekend.

mod calendar;
mod moment;
mod span;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::limits;
use crate::value::Moment;

pub use calendar::{Calendar, Holiday, Observed, parse_weekday};
pub use moment::{format_rfc3339, parse_moment, parse_rfc3339};
pub use span::{format_duration, parse_duration};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The unit in which a [`Clock`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Sixty seconds, exactly.
    Minutes,
    /// Sixty minutes, exactly, also across a change of the clocks.
    Hours,
    /// Calendar days.
    Days,
    /// Seven calendar days.
    Weeks,
    /// Calendar months.
    Months,
    /// Whole calendar months, as bills are made: the deadline is the end of the last one.
    CalendarMonths,
    /// Days that are neither rest days nor holidays of the calendar.
    WorkingDays,
    /// Monday to Friday, less the calendar's holidays, whatever the calendar calls its weekend.
    BusinessDays,
}

impl Unit {
    /// The most that may be counted of it: about ten years of each.
    fn most(self) -> i64 {
        match self {
            Self::Minutes => limits::CLOCK_DAYS * DAY / MINUTE,
            Self::Hours => limits::CLOCK_DAYS * DAY / HOUR,
            Self::Days | Self::WorkingDays | Self::BusinessDays => limits::CLOCK_DAYS,
            Self::Weeks => limits::CLOCK_DAYS / 7,
            Self::Months | Self::CalendarMonths => limits::CLOCK_DAYS / 30,
        }
    }

    /// Its name, for one and for several.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Minutes => ("minute", "minutes"),
            Self::Hours => ("hour", "hours"),
            Self::Days => ("day", "days"),
            Self::Weeks => ("week", "weeks"),
            Self::Months => ("month", "months"),
            Self::CalendarMonths => ("calendar month", "calendar months"),
            Self::WorkingDays => ("working day", "working days"),
            Self::BusinessDays => ("business day", "business days"),
        }
    }
}

const UNITS: [Unit; 8] = [
    Unit::Minutes,
    Unit::Hours,
    Unit::Days,
    Unit::Weeks,
    Unit::Months,
    Unit::CalendarMonths,
    Unit::WorkingDays,
    Unit::BusinessDays,
];

/// How long something may take: `7 business days`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
    /// The calendar's name, where the charter names one.
    pub calendar: Option<Box<str>>,
}

impl Clock {
    /// Reads `30 minutes`, `24 hours`, `7 days`, `2 weeks`, `1 month`, `10 working days` or `7 business days`; the
    /// calendar stays unnamed.
    ///
    /// # Errors
    /// [`ClockError::BadClock`], and [`ClockError::TooLong`] above about ten years.
    pub fn parse(text: &str) -> Result<Self, ClockError> {
        let bad = || ClockError::BadClock { text: cut(text) };
        let (number, words) = text.trim().split_once(char::is_whitespace).ok_or_else(bad)?;
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let named = |unit: &&Unit| unit.names().0 == words || unit.names().1 == words;
        let unit = UNITS.iter().find(named).copied().ok_or_else(bad)?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let too_long = || ClockError::TooLong { text: cut(text) };
        let count: u32 = number.parse().map_err(|_| too_long())?;
        if i64::from(count) > unit.most() {
            return Err(too_long());
        }
        Ok(Self { count, unit, calendar: None })
    }

    /// When it has run out, counted from `from`, with days as `zone` has them. Never before `from`, and never earlier
    /// for a later `from`.
    ///
    /// `calendar` is the one that [`Clock::calendar`] names; units that are not working or business days ignore it.
    ///
    /// # Errors
    /// [`ClockError::OutOfTime`] when `from` or the deadline lies outside the years 1970 to 2200, and
    /// [`ClockError::NoWorkingDay`] when the calendar has too few working days.
    pub fn due(&self, from: Moment, zone: &TimeZone, calendar: Option<&Calendar>) -> Result<Moment, ClockError> {
        let count = i64::from(self.count);
        let date = local_date(from, zone)?;
        match self.unit {
            Unit::Minutes => exact(from, count, MINUTE),
            Unit::Hours => exact(from, count, HOUR),
            Unit::Days => end_of(later(date, count)?, zone),
            Unit::Weeks => end_of(later(date, count.saturating_mul(7))?, zone),
            Unit::Months => {
                let months = jiff::Span::new().try_months(count).map_err(|_| ClockError::OutOfTime)?;
                end_of(date.checked_add(months).map_err(|_| ClockError::OutOfTime)?, zone)
            }
            Unit::CalendarMonths => {
                let months = jiff::Span::new().try_months(count).map_err(|_| ClockError::OutOfTime)?;
                let last = date.first_of_month().checked_add(months).map_err(|_| ClockError::OutOfTime)?;
                end_of(last.last_of_month(), zone)
            }
            Unit::WorkingDays => {
                let works = |day: Date| calendar.map_or(is_monday_to_friday(day), |known| known.is_working_day(day));
                end_of(nth(date, count, works)?, zone)
            }
            Unit::BusinessDays => {
                let holiday = |day: Date| calendar.is_some_and(|known| known.is_holiday(day));
                end_of(nth(date, count, |day| is_monday_to_friday(day) && !holiday(day))?, zone)
            }
        }
    }
}

impl Clock {
    /// So long after `from`, `times` times over: at the same time of day where days are counted, exactly where hours are.
    ///
    /// # Errors
    /// Those of [`Clock::due`].
    pub fn later(
        &self,
        from: Moment,
        times: u32,
        zone: &TimeZone,
        calendar: Option<&Calendar>,
    ) -> Result<Moment, ClockError> {
        let count = self.count.checked_mul(times).ok_or(ClockError::OutOfTime)?;
        let due = Self { count, ..self.clone() }.due(from, zone, calendar)?;
        if matches!(self.unit, Unit::Minutes | Unit::Hours) {
            return Ok(due);
        }
        let timestamp = jiff::Timestamp::from_millisecond(from.0).map_err(|_| ClockError::OutOfTime)?;
        at_local_time(due, zone.to_datetime(timestamp).time(), zone)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, several) = self.unit.names();
        write!(f, "{} {}", self.count, if self.count == 1 { one } else { several })
    }
}

/// How many local days `to` lies after `from`, below zero when it lies before. With a calendar only its working days count.
///
/// # Errors
/// [`ClockError::OutOfTime`] outside the years 1970 to 2200, [`ClockError::NoWorkingDay`] where more than
/// [`limits::CLOCK_SEARCH_DAYS`] days would be looked at.
pub fn days_between(from: Moment, to: Moment, zone: &TimeZone, calendar: Option<&Calendar>) -> Result<i64, ClockError> {
    let (from, to) = (local_date(from, zone)?, local_date(to, zone)?);
    let days = i64::from(from.until(to).map_err(|_| ClockError::OutOfTime)?.get_days());
    let Some(calendar) = calendar else { return Ok(days) };
    if days.saturating_abs() > limits::CLOCK_SEARCH_DAYS {
        return Err(ClockError::NoWorkingDay);
    }
    let (mut day, last) = (from.min(to), from.max(to));
    let mut count = 0_i64;
    while day < last {
        day = later(day, 1)?;
        count = count.saturating_add(i64::from(calendar.is_working_day(day)));
    }
    Ok(count.saturating_mul(days.signum()))
}

/// The moment at which the clocks show `time` on the local day of `day`; where that hour is skipped, the first moment after it.
///
/// # Errors
/// [`ClockError::OutOfTime`] outside the years 1970 to 2200.
pub fn at_local_time(day: Moment, time: jiff::civil::Time, zone: &TimeZone) -> Result<Moment, ClockError> {
    let date = local_date(day, zone)?;
    let moment = zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible();
    moment.ok().and_then(|moment| in_time(moment.as_millisecond())).ok_or(ClockError::OutOfTime)
}

fn is_monday_to_friday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn exact(from: Moment, count: i64, unit: i64) -> Result<Moment, ClockError> {
    let length = count.checked_mul(unit).ok_or(ClockError::OutOfTime)?;
    from.0.checked_add(length).and_then(in_time).ok_or(ClockError::OutOfTime)
}

fn later(date: Date, days: i64) -> Result<Date, ClockError> {
    let span = jiff::Span::new().try_days(days).map_err(|_| ClockError::OutOfTime)?;
    date.checked_add(span).map_err(|_| ClockError::OutOfTime)
}

/// The `count`th day after `date` that counts.
fn nth(date: Date, count: i64, counts: impl Fn(Date) -> bool) -> Result<Date, ClockError> {
    let mut day = date;
    let mut left = count;
    for _ in 0..limits::CLOCK_SEARCH_DAYS {
        if left == 0 {
            return Ok(day);
        }
        day = day.checked_add(1.day()).map_err(|_| ClockError::OutOfTime)?;
        left = left.saturating_sub(i64::from(counts(day)));
    }
    Err(ClockError::NoWorkingDay)
}

/// The local date of a moment.
fn local_date(moment: Moment, zone: &TimeZone) -> Result<Date, ClockError> {
    let bounded = in_time(moment.0).ok_or(ClockError::OutOfTime)?;
    let timestamp = jiff::Timestamp::from_millisecond(bounded.0).map_err(|_| ClockError::OutOfTime)?;
    Ok(zone.to_datetime(timestamp).date())
}

/// The last millisecond of a local day.
fn end_of(date: Date, zone: &TimeZone) -> Result<Moment, ClockError> {
    let next = start_of(later(date, 1)?, zone)?;
    next.checked_sub(1).and_then(in_time).ok_or(ClockError::OutOfTime)
}

/// The month of a moment in a zone: `2013-01`.
pub fn month(moment: Moment, zone: &TimeZone) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_millisecond(moment.0) else { return String::new() };
    let date = timestamp.to_zoned(zone.clone()).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

/// The first millisecond of a local day, in milliseconds since 1970.
fn start_of(date: Date, zone: &TimeZone) -> Result<i64, ClockError> {
    let midnight = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible();
    midnight.map(|timestamp| timestamp.as_millisecond()).map_err(|_| ClockError::OutOfTime)
}

/// The moment, if it lies in the years that are dealt with.
fn in_time(milliseconds: i64) -> Option<Moment> {
    (0..=limits::LAST_MOMENT).contains(&milliseconds).then_some(Moment(milliseconds))
}

/// User input as an error repeats it: at most 80 characters.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Why a clock, a calendar, a length of time or a moment could not be read or worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum ClockError {
    /// Not a number and a unit.
    #[error("`{text}` is not a deadline")]
    BadClock { text: String },
    /// Longer than a deadline may be.
    #[error("`{text}` is longer than a deadline may be")]
    TooLong { text: String },
    /// Not a rule for holidays.
    #[error("`{text}` is not a holiday rule")]
    BadHoliday { text: String },
    /// Not the English name of a day of the week.
    #[error("`{text}` is not a day of the week")]
    BadWeekday { text: String },
    /// A calendar with more holiday rules than may be.
    #[error("the calendar has {count} holiday rules, more than {limit}")]
    TooManyHolidays { count: usize, limit: usize },
    /// Every day of the week is a day of rest, or the holidays leave too few days.
    #[error("the calendar leaves too few working days")]
    NoWorkingDay,
    /// Not a length of time.
    #[error("`{text}` is not a length of time")]
    BadDuration { text: String },
    /// A length of time above a hundred years.
    #[error("`{text}` is longer than a hundred years")]
    LongDuration { text: String },
    /// Not a time.
    #[error("`{text}` is not a time")]
    BadMoment { text: String },
    /// Outside the years that are dealt with.
    #[error("the time lies outside the years 1970 to 2200")]
    OutOfTime,
}

impl ClockError {
    /// What to do about it, as a sentence.
    pub fn help(&self) -> &'static str {
        match self {
            Self::BadClock { .. } => {
                "Write a whole number and a unit, such as `30 minutes`, `24 hours`, `7 days`, `2 weeks`, `1 month`, \
                 `10 working days` or `7 business days`."
            }
            Self::TooLong { .. } => "A deadline is at most about ten years.",
            Self::BadHoliday { .. } => {
                "Write a date (`2025-12-24`), a day of every year (`12-25`, `12-25 or next weekday`, `07-04 or nearest \
                 weekday`), a weekday of a month (`3rd monday of january`, `last monday of may`), or a day counted from \
                 Easter (`easter+1`, `easter-2`)."
            }
            Self::BadWeekday { .. } => "Write the English name of the day, such as `saturday`.",
            Self::TooManyHolidays { .. } => "Use yearly rules instead of one date for each year.",
            Self::NoWorkingDay => "Leave at least one working day a week.",
            Self::BadDuration { .. } => {
                "Write `3h`, `90m`, `1h30m`, `2d` or `45s`, or ISO 8601 such as `PT3H5M`; months and years have no fixed \
                 length."
            }
            Self::LongDuration { .. } => "Check the unit: `m` is minutes, `h` hours, `d` days.",
            Self::BadMoment { .. } => {
                "Write RFC 3339 with its offset from UTC, such as `2025-01-01T15:40:00Z` or `2025-01-01T15:40:00-05:00`; \
                 where a date will do, `2025-01-01`."
            }
            Self::OutOfTime => "Check the year.",
        }
    }
}
