//! Calendars: which days are working days.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{ClockError, cut};
use crate::limits;

/// Which days are working days. The holidays of all years are worked out once, when it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days of rest, Monday first.
    weekend: [bool; 7],
    /// Every holiday and every day on which one is observed, in order.
    holidays: Box<[Date]>,
}

impl Calendar {
    /// A calendar with these days of rest each week and these holidays.
    ///
    /// A holiday observed on another day counts on both days.
    ///
    /// # Errors
    /// [`ClockError::NoWorkingDay`] when every day is a day of rest, [`ClockError::TooManyHolidays`] above
    /// [`limits::HOLIDAYS`] rules.
    pub fn new(weekend: &[Weekday], holidays: &[Holiday]) -> Result<Self, ClockError> {
        if holidays.len() > limits::HOLIDAYS {
            return Err(ClockError::TooManyHolidays { count: holidays.len(), limit: limits::HOLIDAYS });
        }
        let mut rests = [false; 7];
        for day in weekend {
            if let Some(rest) = rests.get_mut(position(*day)) {
                *rest = true;
            }
        }
        if rests.iter().all(|rest| *rest) {
            return Err(ClockError::NoWorkingDay);
        }
        Ok(Self { weekend: rests, holidays: all_holidays(&rests, holidays).into_iter().collect() })
    }

    /// Saturdays and Sundays off, and no holidays.
    pub fn monday_to_friday() -> Self {
        Self { weekend: [false, false, false, false, false, true, true], holidays: Box::default() }
    }

    /// True when `date` is neither a day of rest nor a holiday.
    pub fn is_working_day(&self, date: Date) -> bool {
        !rests_on(&self.weekend, date) && !self.is_holiday(date)
    }

    /// True when `date` is a holiday, or the day on which one is observed.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.holidays.binary_search(&date).is_ok()
    }
}

fn position(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn rests_on(weekend: &[bool; 7], date: Date) -> bool {
    weekend.get(position(date.weekday())).copied().unwrap_or_default()
}

/// All holidays of all years. Those observed elsewhere are moved last and in order of their dates, so that a holiday
/// moved to the next weekday finds the days that are taken.
fn all_holidays(weekend: &[bool; 7], rules: &[Holiday]) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    let mut moved = Vec::new();
    for year in limits::FIRST_YEAR.saturating_sub(1)..=limits::LAST_YEAR.saturating_add(1) {
        for rule in rules {
            let Some(date) = rule.in_year(year) else { continue };
            days.insert(date);
            if let Holiday::Yearly { observed, .. } = rule
                && *observed != Observed::OnTheDay
                && rests_on(weekend, date)
            {
                moved.push((date, *observed));
            }
        }
    }
    moved.sort_by_key(|(date, _)| *date);
    for (date, observed) in moved {
        if let Some(day) = observed.day(date, weekend, &days) {
            days.insert(day);
        }
    }
    days
}

/// On which day a yearly holiday is observed that falls on a day of rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// On the day itself: it is lost.
    OnTheDay,
    /// On the nearest day that is no day of rest, the one before if both are as near: Saturday's on Friday, Sunday's on
    /// Monday, as United States federal law has it.
    Nearest,
    /// On the next day that is neither a day of rest nor a holiday, as for bank holidays in the United Kingdom.
    Next,
}

impl Observed {
    fn day(self, date: Date, weekend: &[bool; 7], taken: &BTreeSet<Date>) -> Option<Date> {
        let near = |days: i64| {
            let span = jiff::Span::new().try_days(days).ok()?;
            date.checked_add(span).ok().filter(|day| !rests_on(weekend, *day))
        };
        match self {
            Self::OnTheDay => None,
            Self::Nearest => (1..7).find_map(|days: i64| near(days.saturating_neg()).or_else(|| near(days))),
            Self::Next => (1..60).find_map(|days| near(days).filter(|day| !taken.contains(day))),
        }
    }
}

/// A rule for holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// One date: `2025-12-24`.
    Date(Date),
    /// A day of every year that has it: `12-25`.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// What happens when it falls on a day of rest.
        observed: Observed,
    },
    /// A weekday of a month, in every year that has it: `3rd monday of january`.
    NthWeekday {
        /// 1 to 5, or -1 for the last.
        nth: i8,
        /// Which day.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
    },
    /// So many days after (below zero: before) Easter Sunday of the Gregorian calendar.
    Easter {
        /// -100 to 100.
        days: i16,
    },
}

impl Holiday {
    /// Reads `2025-12-24`, `12-25`, `12-25 or next weekday`, `12-25 or nearest weekday`, `3rd monday of january`, `last
    /// monday of may`, `easter`, `easter+1` or `easter-2`. Names are English, whole or by their first three letters.
    ///
    /// # Errors
    /// [`ClockError::BadHoliday`], also for a date that no year has.
    pub fn parse(text: &str) -> Result<Self, ClockError> {
        let lower = text.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let rule = match *words.as_slice() {
            [word] => word.strip_prefix("easter").map_or_else(|| Self::day(word), Self::easter),
            [day, "or", "next", "weekday"] => Self::yearly(day, Observed::Next),
            [day, "or", "nearest", "weekday"] => Self::yearly(day, Observed::Nearest),
            [nth, weekday, "of", month] => Self::nth_weekday(nth, weekday, month),
            _ => None,
        };
        rule.ok_or_else(|| ClockError::BadHoliday { text: cut(text) })
    }

    fn day(word: &str) -> Option<Self> {
        if word.len() == 10 { word.parse().ok().map(Self::Date) } else { Self::yearly(word, Observed::OnTheDay) }
    }

    fn yearly(word: &str, observed: Observed) -> Option<Self> {
        let (month, day) = word.split_once('-')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<i8>().ok()).flatten()
        };
        let (month, day) = (two(month)?, two(day)?);
        Date::new(2024, month, day).ok()?;
        Some(Self::Yearly { month, day, observed })
    }

    fn nth_weekday(nth: &str, weekday: &str, month: &str) -> Option<Self> {
        let nth = match nth {
            "1st" | "first" => 1,
            "2nd" | "second" => 2,
            "3rd" | "third" => 3,
            "4th" | "fourth" => 4,
            "5th" | "fifth" => 5,
            "last" => -1,
            _ => return None,
        };
        let month = MONTHS.iter().zip(1_i8..).find(|(name, _)| is_name(month, name)).map(|(_, number)| number)?;
        Some(Self::NthWeekday { nth, weekday: parse_weekday(weekday).ok()?, month })
    }

    fn easter(offset: &str) -> Option<Self> {
        if offset.is_empty() {
            return Some(Self::Easter { days: 0 });
        }
        let signed = offset.starts_with(['+', '-']) && offset.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        let days: i16 = offset.parse().ok().filter(|_| signed)?;
        (days.unsigned_abs() <= 100).then_some(Self::Easter { days })
    }

    /// The day in `year`, before it is moved; `None` where the year has no such day.
    pub fn in_year(&self, year: i16) -> Option<Date> {
        match *self {
            Self::Date(date) => (date.year() == year).then_some(date),
            Self::Yearly { month, day, .. } => Date::new(year, month, day).ok(),
            Self::NthWeekday { nth, weekday, month } => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Self::Easter { days } => easter_sunday(year)?.checked_add(i64::from(days).days()).ok(),
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the "anonymous" algorithm (Nature, 20 April 1876; Meeus, *Astronomical
/// Algorithms*, chapter 8), whose letters it keeps.
#[expect(clippy::arithmetic_side_effects, reason = "small numbers, since a year has at most five digits")]
fn easter_sunday(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let a = y % 19;
    let (b, c) = (y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn is_name(word: &str, name: &str) -> bool {
    word == name || name.get(..3).is_some_and(|short| word == short)
}

/// Reads the English name of a day of the week, whole or by its first three letters: `saturday`, `Sat`.
///
/// # Errors
/// [`ClockError::BadWeekday`].
pub fn parse_weekday(text: &str) -> Result<Weekday, ClockError> {
    let lower = text.trim().to_ascii_lowercase();
    let found = WEEKDAYS.iter().find(|(name, _)| is_name(&lower, name));
    found.map(|(_, day)| *day).ok_or_else(|| ClockError::BadWeekday { text: cut(text) })
}
