//! Words of the file that mean an amount, a share, a length of time, a date or a name.

use makegood_money::{Money, MoneyError, Ratio};

use super::context::Context;
use crate::clock;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, closest};
use crate::limits;
use crate::syntax::Node;
use crate::value::{Moment, NUMBER_SCALE};

/// Reads an amount that is not below zero.
pub(super) fn amount(node: &Node, context: &mut Context<'_>) -> Option<Money> {
    let text = node.text()?;
    let error = match Money::parse(text, &context.commodities) {
        Ok(money) if money.minor >= 0 => return Some(money),
        Ok(_) => {
            let below = Diagnostic::error(Code::BadAmount, &node.span, format!("`{text}` is below zero"));
            return context.fail(below.help("write an amount of zero or more"));
        }
        Err(error) => error,
    };
    let diagnostic = match &error {
        MoneyError::UnknownCommodity { code } if starts_with_number(text) => {
            let declared = context.tenders.iter().map(AsRef::as_ref);
            let known: Vec<&str> = declared.chain([context.money.code()]).collect();
            Diagnostic::error(Code::UnknownTender, &node.span, error.to_string()).help(match closest(code, known) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "write an ISO 4217 code, or declare a tender of your own under `tenders`".to_owned(),
            })
        }
        MoneyError::UnknownCommodity { .. } => {
            Diagnostic::error(Code::BadAmount, &node.span, format!("`{text}` is not an amount"))
                .help("write a number and a commodity, such as `50 USD`")
        }
        _ => Diagnostic::error(Code::BadAmount, &node.span, error.to_string())
            .help("write plain digits, a point for decimals, a space and the commodity, such as `50 USD`"),
    };
    context.fail(diagnostic)
}

fn starts_with_number(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(number, _)| decimal(number).is_some())
}

/// Reads an amount in the currency the charter reckons in.
pub(super) fn amount_in_money(node: &Node, context: &mut Context<'_>) -> Option<Money> {
    let money = amount(node, context)?;
    if money.commodity == context.money || !context.money_known {
        return Some(money);
    }
    let message = format!("this amount is in {}, and the charter reckons in {}", money.commodity, context.money);
    let help = format!("write it in {}", context.money);
    context.fail(Diagnostic::error(Code::WrongCommodity, &node.span, message).help(help))
}

/// Reads a share: `50%`, `99.5 %`, `1/2`.
pub(super) fn share(node: &Node, context: &mut Context<'_>) -> Option<Ratio> {
    let text = node.text()?;
    let ratio = match text.strip_suffix('%') {
        Some(number) => decimal(number.trim_end()).and_then(|millionths| reduced(millionths, NUMBER_SCALE * 100)),
        None => text.split_once('/').and_then(|(numerator, denominator)| {
            reduced(numerator.trim().parse().ok()?, denominator.trim().parse().ok()?)
        }),
    };
    let ratio = ratio.filter(|ratio| ratio.numerator() >= 0);
    ratio.or_else(|| {
        let bad = Diagnostic::error(Code::BadShare, &node.span, format!("`{text}` is not a share"));
        context.fail(bad.help("write hundredths, such as `50%`, or a fraction, such as `1/2`"))
    })
}

/// The fraction in its lowest terms, so that it is shown as it would be written.
pub(super) fn reduced(numerator: i64, denominator: i64) -> Option<Ratio> {
    let (mut a, mut b) = (numerator.checked_abs()?, denominator);
    while b > 0 {
        (a, b) = (b, a.checked_rem(b)?);
    }
    let divisor = a.max(1);
    Ratio::new(numerator.checked_div(divisor)?, denominator.checked_div(divisor)?).ok()
}

/// A decimal number in millionths.
pub(super) fn decimal(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let parts: i64 = format!("{fraction:0<6}").parse().ok()?;
    let millionths = whole.parse::<i64>().ok()?.checked_mul(NUMBER_SCALE)?.checked_add(parts)?;
    if negative { millionths.checked_neg() } else { Some(millionths) }
}

/// Reads a length of time that is not below zero, in milliseconds.
pub(super) fn duration(node: &Node, context: &mut Context<'_>) -> Option<i64> {
    let text = node.text()?;
    match clock::parse_duration(text) {
        Ok(milliseconds) if milliseconds >= 0 => Some(milliseconds),
        Ok(_) => {
            let below = Diagnostic::error(Code::BadDuration, &node.span, format!("`{text}` is below zero"));
            context.fail(below.help("write a length of time of zero or more"))
        }
        Err(error) => {
            let bad = Diagnostic::error(Code::BadDuration, &node.span, error.to_string());
            context.fail(bad.help(error.help()))
        }
    }
}

/// Reads a date or a time.
pub(super) fn moment(node: &Node, zone: &jiff::tz::TimeZone, out: &mut Diagnostics) -> Option<Moment> {
    match clock::parse_moment(node.text()?, zone) {
        Ok(moment) => Some(moment),
        Err(error) => {
            out.push(Diagnostic::error(Code::BadTime, &node.span, error.to_string()).help(error.help()));
            None
        }
    }
}

/// Checks a name: a small letter, then small letters, digits, `-` and `_`.
pub(super) fn name(text: &str, span: &Span, out: &mut Diagnostics) -> Option<Box<str>> {
    checked_name(text, span, out, "a small letter, then small letters, digits, `-` and `_`", |part| {
        part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    })
}

/// Checks a code: letters and digits, and `-`, `_` or `.` between them.
pub(super) fn code(text: &str, span: &Span, out: &mut Diagnostics) -> Option<Box<str>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !text.is_empty() && text.len() <= limits::NAME_BYTES && text.bytes().all(plain) {
        return Some(text.into());
    }
    let bad = Diagnostic::error(Code::BadName, span, format!("`{text}` cannot be a code"));
    out.push(bad.help("use letters, digits, `-`, `_` and `.`, such as `OSL` or `2023-10`"));
    None
}

/// Checks an event type: names joined by full stops.
pub(super) fn event_type(text: &str, span: &Span, out: &mut Diagnostics) -> Option<Box<str>> {
    checked_name(text, span, out, "words of small letters, digits, `-` and `_`, joined by full stops", |text| {
        text.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        })
    })
}

/// Checks the name of a field: it must stand in an expression as it is.
pub(super) fn field_name(text: &str, span: &Span, out: &mut Diagnostics) -> Option<Box<str>> {
    checked_name(text, span, out, "a small letter, then small letters, digits and `_`", |part| {
        part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    })
}

fn checked_name(
    text: &str,
    span: &Span,
    out: &mut Diagnostics,
    rule: &str,
    allowed: impl Fn(&str) -> bool,
) -> Option<Box<str>> {
    if text.len() > limits::NAME_BYTES {
        let message = format!("the name is longer than {} bytes", limits::NAME_BYTES);
        out.push(Diagnostic::error(Code::BadName, span, message).help("choose a shorter one"));
        return None;
    }
    if text.starts_with(|first: char| first.is_ascii_lowercase()) && allowed(text) {
        return Some(text.into());
    }
    let bad = Diagnostic::error(Code::BadName, span, format!("`{text}` cannot be a name here"));
    out.push(bad.help(format!("use {rule}")));
    None
}
