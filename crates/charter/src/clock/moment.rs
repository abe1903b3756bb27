//! Moments as RFC 3339, read without a detour: an event has at least one, and every microsecond counts there.

#![expect(clippy::arithmetic_side_effects, reason = "times of years with four digits stay far inside 64 bits")]

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{ClockError, DAY, HOUR, MINUTE, cut, in_time, start_of};
use crate::value::Moment;

/// Reads a moment: RFC 3339 (`2025-01-01T15:40:00-05:00`), or a date (`2025-01-01`), which means the midnight in `zone`
/// at which it begins. Parts of a millisecond are dropped.
///
/// # Errors
/// [`ClockError::BadMoment`], also for a time without its offset; [`ClockError::OutOfTime`] outside 1970 to 2200.
pub fn parse_moment(text: &str, zone: &TimeZone) -> Result<Moment, ClockError> {
    if text.len() != 10 {
        return parse_rfc3339(text);
    }
    let date: Date = text.parse().map_err(|_| ClockError::BadMoment { text: cut(text) })?;
    in_time(start_of(date, zone)?).ok_or(ClockError::OutOfTime)
}

/// Writes a moment as RFC 3339 in UTC, with milliseconds where there are some.
pub fn format_rfc3339(moment: Moment) -> String {
    moment.to_string()
}

/// Reads a moment as RFC 3339.
///
/// # Errors
/// [`ClockError::BadMoment`] for another text, [`ClockError::OutOfTime`] outside the years that are understood.
pub fn parse_rfc3339(text: &str) -> Result<Moment, ClockError> {
    let milliseconds = milliseconds(text.as_bytes()).ok_or_else(|| ClockError::BadMoment { text: cut(text) })?;
    in_time(milliseconds).ok_or(ClockError::OutOfTime)
}

fn milliseconds(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.split_at_checked(9)?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *date else { return None };
    let [b'T' | b't' | b' ', h0, h1, b':', n0, n1, b':', s0, s1] = *clock else { return None };
    let year = two(y0, y1)?.saturating_mul(100).saturating_add(two(y2, y3)?);
    let (month, day) = (two(m0, m1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
    let known = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !known || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, rest) = fraction(rest)?;
    let clock = hour * HOUR + minute * MINUTE + second.min(59) * 1_000 + fraction;
    Some(days_since_1970(year, month, day) * DAY + clock - offset(rest)?)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| i64::from(tens.wrapping_sub(b'0')) * 10 + i64::from(ones.wrapping_sub(b'0')))
}

/// Milliseconds of a fraction of a second, and what follows it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else { return Some((0, text)) };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > 18 {
        return None;
    }
    let (digits, rest) = digits.split_at_checked(length)?;
    let padded = digits.iter().copied().chain(std::iter::repeat_n(b'0', 3)).take(3);
    Some((padded.fold(0, |sum, digit| sum * 10 + i64::from(digit.wrapping_sub(b'0'))), rest))
}

/// The offset from UTC, in milliseconds.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, h0, h1, m0, m1) = match *text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', h0, h1, b':', m0, m1] => (1, h0, h1, m0, m1),
        [b'-', h0, h1, b':', m0, m1] => (-1, h0, h1, m0, m1),
        _ => return None,
    };
    let (hours, minutes) = (two(h0, h1)?, two(m0, m1)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, by Howard Hinnant's `days_from_civil`
/// (<https://howardhinnant.github.io/date_algorithms.html>), for years from 0.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
