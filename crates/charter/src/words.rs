//! Values in words, for people: `3 h 05 min`, `120.00 USD`, `1 Jan 2013, 15:40 EST`; in English, Chinese and Norwegian.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use makegood_money::{Money, Tenders};

use crate::clock::{Clock, Unit};
use crate::number::format_number;
use crate::value::{Moment, Type, Value};

/// Stands between groups of digits in Norwegian, and between a number and what it counts where a line must not break.
const NARROW: char = '\u{a0}';

/// The languages that values are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Chinese,
    Norwegian,
}

impl Language {
    /// By its tag: `zh-Hans` is Chinese, `nb`, `nn` and `no` are Norwegian, anything else is English.
    fn of(tag: &str) -> Self {
        match tag.split('-').next().unwrap_or_default() {
            "zh" => Self::Chinese,
            "nb" | "nn" | "no" => Self::Norwegian,
            _ => Self::English,
        }
    }

    fn pick<'w>(self, english: &'w str, chinese: &'w str, norwegian: &'w str) -> &'w str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
            Self::Norwegian => norwegian,
        }
    }
}

/// Renders `value` of type `kind` in `language` (a tag: `en`, `zh`, `nb`; any other is shown as English), times in
/// `zone`.
///
/// Choices and keys are shown as they are written, free text as it is.
pub fn show(value: &Value, kind: &Type, zone: &TimeZone, language: &str) -> String {
    let tongue = Language::of(language);
    match value {
        Value::Absent => tongue.pick("not given", "未提供", "ikke oppgitt").to_owned(),
        Value::Bool(true) => tongue.pick("yes", "是", "ja").to_owned(),
        Value::Bool(false) => tongue.pick("no", "否", "nei").to_owned(),
        Value::Int(number) => grouped(&number.to_string(), tongue),
        Value::Number(millionths) => {
            let number = grouped(&format_number(*millionths), tongue);
            match kind {
                Type::Number { unit: Some(unit) } => format!("{number} {unit}"),
                _ => number,
            }
        }
        Value::Money(amount) => show_money(amount, language),
        Value::Duration(milliseconds) => show_duration(*milliseconds, language),
        Value::Time(moment) => show_moment(*moment, zone, language),
        Value::Text(text) | Value::Key(text) => text.to_string(),
        Value::Choice(position) => match kind {
            Type::Choice(words) => words.get(usize::from(*position)).map(ToString::to_string).unwrap_or_default(),
            _ => position.to_string(),
        },
        Value::Tenders(tenders) => show_tenders(tenders, language),
    }
}

/// An amount with its commodity: `1,200.00 USD`, in Norwegian `1 200,00 USD`.
pub fn show_money(amount: &Money, language: &str) -> String {
    format!("{} {}", grouped(&amount.number(), Language::of(language)), amount.commodity)
}

/// What was paid, tender by tender: `5.60 USD + 5,000 points`.
pub fn show_tenders(tenders: &Tenders, language: &str) -> String {
    if tenders.is_empty() {
        return Language::of(language).pick("nothing", "无", "ingenting").to_owned();
    }
    tenders.iter().map(|amount| show_money(&amount, language)).collect::<Vec<_>>().join(" + ")
}

/// Digits in groups of three, with the language's decimal sign. Four digits stay together in Norwegian.
fn grouped(number: &str, tongue: Language) -> String {
    let (sign, size) = number.strip_prefix('-').map_or(("", number), |size| ("\u{2212}", size));
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let (separator, point) = if tongue == Language::Norwegian { (NARROW, ',') } else { (',', '.') };
    let apart = tongue != Language::Norwegian || whole.len() > 4;
    let mut text = sign.to_owned();
    for (position, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(position);
        if apart && position > 0 && left % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// A length of time: `3 h 05 min`, `45 min`, `2 d 3 h` from two days on; seconds only where there are some.
pub fn show_duration(milliseconds: i64, language: &str) -> String {
    let tongue = Language::of(language);
    let sign = if milliseconds < 0 { "\u{2212}" } else { "" };
    let length = milliseconds.unsigned_abs();
    let (all_hours, minutes) = (length / 3_600_000, length / 60_000 % 60);
    let (seconds, rest) = (length / 1_000 % 60, length % 1_000);
    let (days, hours) = if all_hours >= 48 { (all_hours / 24, all_hours % 24) } else { (0, all_hours) };
    let mut parts = Vec::new();
    if days > 0 {
        parts.push(format!("{days} {}", tongue.pick("d", "天", "d")));
    }
    if hours > 0 {
        parts.push(format!("{hours} {}", tongue.pick("h", "小时", "t")));
    }
    let word = tongue.pick("min", "分钟", "min");
    match (parts.is_empty(), minutes) {
        (true, 1..) => parts.push(format!("{minutes} {word}")),
        (false, 1..) => parts.push(format!("{minutes:02} {word}")),
        (false, 0) if hours > 0 && days == 0 => parts.push(format!("00 {word}")),
        (true, 0) if seconds == 0 && rest == 0 => parts.push(format!("0 {word}")),
        _ => {}
    }
    let point = tongue.pick(".", ".", ",");
    match (seconds, rest) {
        (0, 0) => {}
        (_, 0) => parts.push(format!("{seconds} {}", tongue.pick("s", "秒", "s"))),
        _ => parts.push(format!("{seconds}{point}{rest:03} {}", tongue.pick("s", "秒", "s"))),
    }
    format!("{sign}{}", parts.join(" "))
}

/// A moment in `zone`, to the minute: `1 Jan 2013, 15:40 EST`, `2013年1月1日 15:40 EST`, `1. jan. 2013, 15:40 EST`.
pub fn show_moment(moment: Moment, zone: &TimeZone, language: &str) -> String {
    const NORWEGIAN: [&str; 12] =
        ["jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."];
    let Ok(timestamp) = Timestamp::from_millisecond(moment.0) else { return moment.to_string() };
    let local = timestamp.to_zoned(zone.clone());
    match Language::of(language) {
        Language::English => local.strftime("%-d %b %Y, %H:%M %Z").to_string(),
        Language::Chinese => local.strftime("%Y年%-m月%-d日 %H:%M %Z").to_string(),
        Language::Norwegian => {
            let month = usize::from(local.month().unsigned_abs()).checked_sub(1).and_then(|at| NORWEGIAN.get(at));
            let (day, month) = (local.day(), month.copied().unwrap_or_default());
            format!("{day}. {month} {}", local.strftime("%Y, %H:%M %Z"))
        }
    }
}

/// A deadline: `7 business days`, `7 个工作日`, `7 virkedager`.
pub fn show_clock(clock: &Clock, language: &str) -> String {
    let tongue = Language::of(language);
    let norwegian = match clock.unit {
        Unit::Minutes => ("minutt", "minutter"),
        Unit::Hours => ("time", "timer"),
        Unit::Days => ("dag", "dager"),
        Unit::Weeks => ("uke", "uker"),
        Unit::Months => ("måned", "måneder"),
        Unit::CalendarMonths => ("kalendermåned", "kalendermåneder"),
        Unit::WorkingDays => ("arbeidsdag", "arbeidsdager"),
        Unit::BusinessDays => ("virkedag", "virkedager"),
    };
    let chinese = match clock.unit {
        Unit::Minutes => "分钟",
        Unit::Hours => "小时",
        Unit::Days => "天",
        Unit::Weeks => "周",
        Unit::Months => "个月",
        Unit::CalendarMonths => "个自然月",
        Unit::WorkingDays | Unit::BusinessDays => "个工作日",
    };
    match tongue {
        Language::English => clock.to_string(),
        Language::Chinese => format!("{} {chinese}", clock.count),
        Language::Norwegian => format!("{} {}", clock.count, if clock.count == 1 { norwegian.0 } else { norwegian.1 }),
    }
}
