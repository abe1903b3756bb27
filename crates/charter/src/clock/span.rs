//! Lengths of time as people and programs write them.

use super::{ClockError, DAY, HOUR, MINUTE, cut};
use crate::limits;

const SECOND: i64 = 1_000;

/// The units of the short form, longest first: each may be given once, and in this order.
const SHORT: [(&str, i64); 6] = [("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)];
/// The units of ISO 8601 before the `T` …
const ISO_DATE: [(&str, i64); 2] = [("W", 7 * DAY), ("D", DAY)];
/// … and after it.
const ISO_TIME: [(&str, i64); 3] = [("H", HOUR), ("M", MINUTE), ("S", SECOND)];

/// Reads a length of time, in milliseconds: `3h`, `90m`, `1h30m`, `2d`, `1.5h`, `45s`, `250ms`, or ISO 8601 `PT3H5M`,
/// `P1DT2H`, `P2W`. A minus before it turns it around: `-15m` is a quarter of an hour early. A day is 24 hours.
///
/// # Errors
/// [`ClockError::BadDuration`], also for parts of a millisecond and for months and years, which have no fixed length;
/// [`ClockError::LongDuration`] above a hundred years.
pub fn parse_duration(text: &str) -> Result<i64, ClockError> {
    let bad = || ClockError::BadDuration { text: cut(text) };
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let length = match rest.strip_prefix('P') {
        Some(iso) => iso_length(iso),
        None if rest.is_empty() => None,
        None => units(rest, &SHORT),
    };
    let length = length.ok_or_else(bad)?;
    if length > i128::from(limits::DURATION_MILLISECONDS) {
        return Err(ClockError::LongDuration { text: cut(text) });
    }
    let length = i64::try_from(length).map_err(|_| bad())?;
    Ok(if negative { length.saturating_neg() } else { length })
}

fn iso_length(text: &str) -> Option<i128> {
    let (days, time) = text.split_once('T').map_or((text, None), |(days, time)| (days, Some(time)));
    if days.is_empty() && time.is_none() || time.is_some_and(str::is_empty) {
        return None;
    }
    let time = time.map_or(Some(0), |time| units(time, &ISO_TIME))?;
    units(days, &ISO_DATE)?.checked_add(time)
}

/// The sum of numbers with units, each unit at most once and in the order given.
fn units(text: &str, allowed: &[(&str, i64)]) -> Option<i128> {
    let mut rest = text;
    let mut sum: i128 = 0;
    let mut allowed = allowed.iter();
    while !rest.is_empty() {
        let number = rest.len().saturating_sub(rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len());
        let (digits, tail) = rest.split_at_checked(number)?;
        let word = tail.len().saturating_sub(tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len());
        let (name, after) = tail.split_at_checked(word)?;
        let (_, unit) = allowed.by_ref().find(|(known, _)| *known == name)?;
        sum = sum.checked_add(times(digits, *unit)?)?;
        rest = after;
    }
    Some(sum)
}

/// A decimal number of units as whole milliseconds; `None` where a part of one is left over.
fn times(digits: &str, unit: i64) -> Option<i128> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() || whole.len() > 15 || fraction.len() > 9 {
        return None;
    }
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let exact = whole.parse::<i128>().ok()?.checked_mul(scale)?.checked_add(fraction.parse::<i128>().ok()?)?;
    let length = exact.checked_mul(i128::from(unit))?;
    (length.checked_rem(scale)? == 0).then(|| length.checked_div(scale)).flatten()
}

/// Writes a length of time as ISO 8601 with hours as its largest unit, so that [`parse_duration`] reads the same
/// length: `PT26H5M`, `-PT0.250S`.
pub fn format_duration(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let length = milliseconds.unsigned_abs();
    let (hours, minutes) = (length / 3_600_000, length / 60_000 % 60);
    let (seconds, fraction) = (length / 1_000 % 60, length % 1_000);
    let mut text = format!("{sign}PT");
    if hours > 0 {
        text.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        text.push_str(&format!("{minutes}M"));
    }
    if fraction > 0 {
        text.push_str(&format!("{seconds}.{fraction:03}S"));
    } else if seconds > 0 || length == 0 {
        text.push_str(&format!("{seconds}S"));
    }
    text
}
