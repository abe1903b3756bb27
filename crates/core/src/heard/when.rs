//! When something is promised for, from words.

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use makegood_charter::value::Moment;
use regex::{Captures, Regex};

/// The moment at which something was said, where it was said.
pub(super) struct Now {
    pub local: DateTime,
    at: Timestamp,
    zone: TimeZone,
}

/// What a pattern of time stands for.
pub(super) enum Means {
    /// A day, and the hour by which it is over where the words say.
    Day(Date, Option<Time>),
    /// An hour of the day.
    Hour(Time),
    /// A moment.
    Exactly(Timestamp),
}

/// A pattern, and what it means.
pub(super) struct Rule {
    pub pattern: Option<Regex>,
    pub means: fn(&Captures, &Now) -> Option<Means>,
}

/// When, in words and as a moment.
pub(super) struct Found {
    /// The places of the words, in order.
    pub places: Vec<Range<usize>>,
    pub due: Option<Moment>,
}

impl Now {
    pub fn new(at: Moment, zone: &TimeZone) -> Option<Self> {
        let at = Timestamp::from_millisecond(at.0).ok()?;
        Some(Self { local: zone.to_datetime(at), at, zone: zone.clone() })
    }

    pub fn today(&self) -> Date {
        self.local.date()
    }

    /// So many days from today.
    pub fn in_days(&self, days: i64) -> Option<Date> {
        self.today().checked_add(Span::new().try_days(days).ok()?).ok()
    }

    /// The next such day, after today.
    pub fn next(&self, weekday: Weekday) -> Option<Date> {
        self.today().nth_weekday(1, weekday).ok()
    }

    /// That day of the week that begins next Monday.
    pub fn next_week(&self, weekday: Weekday) -> Option<Date> {
        let monday = self.next(Weekday::Monday)?;
        let days = i64::from(weekday.to_monday_zero_offset());
        monday.checked_add(Span::new().try_days(days).ok()?).ok()
    }

    /// The Friday of this week, or its Sunday when Friday is over.
    pub fn end_of_week(&self) -> Option<Date> {
        let today = self.today().weekday();
        match today {
            Weekday::Friday | Weekday::Sunday => Some(self.today()),
            Weekday::Saturday => self.in_days(1),
            _ => self.next(Weekday::Friday),
        }
    }

    pub fn end_of_month(&self) -> Date {
        self.today().last_of_month()
    }

    /// So many minutes, hours, days or weeks from now. Days are whole.
    pub fn after(&self, count: i64, unit: Length) -> Option<Means> {
        match unit {
            Length::Minutes => Some(Means::Exactly(self.at.checked_add(Span::new().try_minutes(count).ok()?).ok()?)),
            Length::Hours => Some(Means::Exactly(self.at.checked_add(Span::new().try_hours(count).ok()?).ok()?)),
            Length::Days => Some(Means::Day(self.in_days(count)?, None)),
            Length::Weeks => Some(Means::Day(self.in_days(count.checked_mul(7)?)?, None)),
            Length::Months => {
                Some(Means::Day(self.today().checked_add(Span::new().try_months(count).ok()?).ok()?, None))
            }
            Length::WorkingDays => {
                let mut day = self.today();
                let mut left = count.clamp(0, 100);
                while left > 0 {
                    day = day.checked_add(1.day()).ok()?;
                    let rest = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
                    left = left.saturating_sub(i64::from(!rest));
                }
                Some(Means::Day(day, None))
            }
        }
    }

    /// A day of a month: of this year, or of the next when it is over.
    pub fn dated(&self, month: Option<i8>, day: i8) -> Option<Date> {
        let today = self.today();
        let month_of = |year: i16, month: i8| Date::new(year, month, day).ok();
        match month {
            Some(month) => month_of(today.year(), month)
                .filter(|date| *date >= today)
                .or_else(|| month_of(today.year().checked_add(1)?, month)),
            None => month_of(today.year(), today.month()).filter(|date| *date >= today).or_else(|| {
                let next = today.first_of_month().checked_add(1.month()).ok()?;
                month_of(next.year(), next.month())
            }),
        }
    }

    /// The moment of a day and an hour; without an hour the day's last minute, without a day the next time it is that hour.
    fn moment(&self, day: Option<Date>, hour: Option<Time>) -> Option<Moment> {
        let hour_given = hour.unwrap_or(time(23, 59, 0, 0));
        let day = match day {
            Some(day) => day,
            None if hour_given > self.local.time() => self.today(),
            None => self.in_days(1)?,
        };
        let at = self.zone.to_ambiguous_timestamp(day.to_datetime(hour_given)).compatible().ok()?;
        Some(Moment(at.as_millisecond()))
    }

    /// When a text speaks of: the first day, the first hour, or a moment, that its words give.
    pub fn found(&self, text: &str, rules: &[Rule]) -> Option<Found> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut left = text.to_owned();
        let (mut day, mut part, mut hour, mut exactly) = (None, None, None, None);
        for rule in rules {
            let Some(pattern) = &rule.pattern else { continue };
            let Some(found) = pattern.captures(&left) else { continue };
            let Some(range) = found.get(0).map(|all| all.range()) else { continue };
            match (rule.means)(&found, self) {
                Some(Means::Day(date, by)) if day.is_none() => (day, part) = (Some(date), by),
                Some(Means::Hour(at)) if hour.is_none() => hour = Some(at),
                Some(Means::Exactly(at)) if exactly.is_none() => exactly = Some(at),
                _ => continue,
            }
            // What one rule has read no other reads.
            left.replace_range(range.clone(), &" ".repeat(range.len()));
            places.push(range);
        }
        if places.is_empty() {
            return None;
        }
        places.sort_by_key(|place| place.start);
        let due = match exactly {
            Some(at) if day.is_none() && hour.is_none() => Some(Moment(at.as_millisecond())),
            _ => self.moment(day, hour.map(|hour| in_part(hour, part)).or(part)),
        };
        Some(Found { places, due })
    }
}

/// "Tomorrow evening at eight" is at twenty.
fn in_part(hour: Time, part: Option<Time>) -> Time {
    let noon = time(12, 0, 0, 0);
    match part {
        Some(part) if part > noon && hour < noon => hour.checked_add(12.hours()).unwrap_or(hour),
        _ => hour,
    }
}

/// A unit of time, in words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    Minutes,
    Hours,
    Days,
    WorkingDays,
    Weeks,
    Months,
}

/// The hour by which a part of a day is over.
pub(super) fn over(part: &str) -> Option<Time> {
    match part {
        "morning" => Some(time(12, 0, 0, 0)),
        "afternoon" => Some(time(18, 0, 0, 0)),
        "evening" => Some(time(22, 0, 0, 0)),
        _ => None,
    }
}

/// An hour and minutes; `afternoon` adds twelve where the hour is below twelve.
pub(super) fn hour(hour: &str, minute: &str, afternoon: bool) -> Option<Time> {
    let written: i8 = hour.parse().ok()?;
    let hour = if afternoon && written < 12 { written.checked_add(12)? } else { written };
    let minute: i8 = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    Time::new(hour, minute, 0, 0).ok()
}

/// A date as `2026-03-05`, in the group `iso`.
pub(super) fn iso(found: &Captures, now: &Now) -> Option<Means> {
    let day: Date = group(found, "iso").parse().ok()?;
    (day >= now.today() && day < date(2201, 1, 1)).then_some(Means::Day(day, None))
}

/// What a group of a pattern caught; empty when it caught nothing.
pub(super) fn group<'t>(found: &'t Captures, name: &str) -> &'t str {
    found.name(name).map_or("", |group| group.as_str())
}

/// A pattern that does not mind capitals.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    regex::RegexBuilder::new(text).case_insensitive(true).build().ok()
}
