//! Days as numbers and as dates.

use jiff::civil::Date;

use crate::Failure;

/// The day on which days are counted from.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A date as written: `2026-01-31`, `20260131`, or a time that begins so.
pub(super) fn read(text: &str) -> Option<i32> {
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let date: Date = date.parse().ok()?;
    Some(day_of(date))
}

/// A date that a person gave as an argument.
pub(super) fn argument(text: &str) -> Result<i32, Failure> {
    read(text).ok_or_else(|| {
        Failure::new("M044", format!("`{text}` is not a date"), "write it as 2026-01-31, with year, month and day")
    })
}

/// Days since 1970-01-01.
pub(super) fn day_of(date: Date) -> i32 {
    // Fourteen thousand years of days are far inside 32 bits.
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

/// The date of a day.
pub(crate) fn date_of(day: i32) -> Date {
    let whole = jiff::Span::new().try_days(day);
    whole.and_then(|span| EPOCH.checked_add(span)).unwrap_or(if day < 0 { Date::MIN } else { Date::MAX })
}
