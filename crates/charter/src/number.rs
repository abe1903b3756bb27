//! Decimal numbers, read and written exactly as millionths, never through floating point.

use crate::value::NUMBER_SCALE;

/// Why a number could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal number.
    #[error("it is not a decimal number")]
    Malformed,
    /// More than six decimals.
    #[error("it has more than six decimals")]
    TooPrecise,
    /// Beyond 64 bits of millionths: about nine million million.
    #[error("it is too large")]
    TooLarge,
}

/// Reads a decimal number as millionths: `3`, `-0.5`, `1.25e3`. Zeros after the sixth decimal are allowed.
///
/// # Errors
/// See [`NumberError`].
pub fn parse_number(text: &str) -> Result<i64, NumberError> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(NumberError::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent.saturating_add(6).saturating_sub(i64::try_from(fraction.len()).unwrap_or(i64::MAX));
    let millionths = shifted(digits(whole, fraction)?, shift)?;
    Ok(if negative { millionths.saturating_neg() } else { millionths })
}

fn read_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.trim_start_matches(['+', '-']);
    let signs = text.len().saturating_sub(digits.len());
    if signs > 1 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Malformed);
    }
    let size = digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Ok(if text.starts_with('-') { size.saturating_neg() } else { size })
}

fn digits(whole: &str, fraction: &str) -> Result<i128, NumberError> {
    whole.bytes().chain(fraction.bytes()).try_fold(0_i128, |sum, digit| {
        let sum = sum.checked_mul(10).and_then(|sum| sum.checked_add(i128::from(digit.wrapping_sub(b'0'))));
        sum.ok_or(NumberError::TooLarge)
    })
}

/// `digits` with the point moved to the right by `shift` places.
fn shifted(digits: i128, shift: i64) -> Result<i64, NumberError> {
    if digits == 0 {
        return Ok(0);
    }
    let power = u32::try_from(shift.unsigned_abs()).ok().and_then(|places| 10_i128.checked_pow(places));
    let exact = match (shift >= 0, power) {
        (true, Some(power)) => digits.checked_mul(power).ok_or(NumberError::TooLarge)?,
        (true, None) => return Err(NumberError::TooLarge),
        (false, Some(power)) if digits.checked_rem(power) == Some(0) => digits.checked_div(power).unwrap_or_default(),
        (false, _) => return Err(NumberError::TooPrecise),
    };
    i64::try_from(exact).map_err(|_| NumberError::TooLarge)
}

/// Writes millionths as a plain decimal number without superfluous zeros: `-0.5`, `12000`.
pub fn format_number(millionths: i64) -> String {
    const SCALE: u64 = NUMBER_SCALE.unsigned_abs();
    let size = millionths.unsigned_abs();
    let sign = if millionths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:06}", size / SCALE, size % SCALE);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_decimals_exactly() {
        for (text, result) in [
            ("0", Ok(0)),
            ("-0.0", Ok(0)),
            ("3", Ok(3_000_000)),
            ("-0.5", Ok(-500_000)),
            ("0.1", Ok(100_000)),
            ("1.0000010", Ok(1_000_001)),
            ("1.25e3", Ok(1_250_000_000)),
            ("5E-6", Ok(5)),
            ("0e999999999999999999999", Ok(0)),
            ("9223372036854.775807", Ok(i64::MAX)),
            ("9223372036854.775808", Err(NumberError::TooLarge)),
            ("1e400", Err(NumberError::TooLarge)),
            ("0.0000001", Err(NumberError::TooPrecise)),
            ("1e-400", Err(NumberError::TooPrecise)),
            ("", Err(NumberError::Malformed)),
            ("-", Err(NumberError::Malformed)),
            ("1.", Err(NumberError::Malformed)),
            (".5", Err(NumberError::Malformed)),
            ("1e", Err(NumberError::Malformed)),
            ("1e+-5", Err(NumberError::Malformed)),
            ("NaN", Err(NumberError::Malformed)),
            ("1_000", Err(NumberError::Malformed)),
        ] {
            assert_eq!(parse_number(text), result, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(millionths in -i64::MAX..=i64::MAX) {
            prop_assert_eq!(parse_number(&format_number(millionths)), Ok(millionths));
        }

        #[test]
        fn reading_never_panics(text in ".{0,40}", digits in "[0-9.eE+-]{0,60}") {
            let _ = (parse_number(&text), parse_number(&digits));
        }
    }
}
