use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Commodities, Commodity, MoneyError, Ratio, Rounding};

/// An amount of one commodity, in its minor units (cents for USD). May be negative: a posting's other side is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// What it is counted in. First, so that amounts sort by commodity.
    pub commodity: Commodity,
    /// The amount in minor units.
    pub minor: i64,
}

impl Money {
    /// An amount in minor units.
    pub fn new(minor: i64, commodity: Commodity) -> Self {
        Self { commodity, minor }
    }

    /// Nothing of this commodity.
    pub fn zero(commodity: Commodity) -> Self {
        Self::new(0, commodity)
    }

    /// Reads `50 USD`, `-3.5 EUR` or `5000 points`: plain digits, a point for decimals, one space, the code.
    pub fn parse(text: &str, commodities: &Commodities) -> Result<Self, MoneyError> {
        let bad = || MoneyError::BadAmount { text: text.to_owned() };
        let (number, code) = text.trim().split_once(' ').ok_or_else(bad)?;
        Self::parse_number(number, commodities.get(code.trim_start())?)
    }

    /// Reads a plain decimal number as an amount of `commodity`.
    pub fn parse_number(number: &str, commodity: Commodity) -> Result<Self, MoneyError> {
        let bad = || MoneyError::BadAmount { text: format!("{number} {commodity}") };
        let overflow = || MoneyError::Overflow { code: commodity.to_string() };
        let (negative, digits) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(bad());
        }
        let decimals = usize::from(commodity.decimals());
        let (kept, cut) = fraction.split_at(fraction.len().min(decimals));
        if cut.bytes().any(|b| b != b'0') {
            return Err(MoneyError::TooPrecise {
                text: number.to_owned(),
                code: commodity.to_string(),
                decimals: commodity.decimals(),
            });
        }
        let mut minor: i64 = 0;
        let padding = std::iter::repeat_n(b'0', decimals.saturating_sub(kept.len()));
        for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
            minor = minor
                .checked_mul(10)
                .and_then(|sum| sum.checked_add(i64::from(digit.wrapping_sub(b'0'))))
                .ok_or_else(overflow)?;
        }
        Ok(Self::new(if negative { minor.wrapping_neg() } else { minor }, commodity))
    }

    /// True when the amount is nothing.
    pub fn is_zero(&self) -> bool {
        self.minor == 0
    }

    /// The sum; refuses two commodities and overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_commodity(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or_else(|| self.overflow())?;
        Ok(Self::new(minor, self.commodity))
    }

    /// The difference; refuses two commodities and overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated()?)
    }

    /// The same amount on the other side of the books.
    pub fn negated(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or_else(|| self.overflow())?;
        Ok(Self::new(minor, self.commodity))
    }

    /// `count` times the amount.
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(count).ok_or_else(|| self.overflow())?;
        Ok(Self::new(minor, self.commodity))
    }

    /// The share `ratio` of the amount, rounded to a whole minor unit as `rounding` says.
    pub fn share(self, ratio: Ratio, rounding: Rounding) -> Result<Self, MoneyError> {
        let minor = ratio.of(self.minor, rounding).ok_or_else(|| self.overflow())?;
        Ok(Self::new(minor, self.commodity))
    }

    /// The amount rounded to a whole multiple of `step` minor units (above zero).
    pub fn rounded_to(self, step: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        let steps = Ratio::new(1, step)?.of(self.minor, rounding).ok_or_else(|| self.overflow())?;
        Self::new(steps, self.commodity).times(step)
    }

    /// What this amount is worth at `rate` units of `commodity` for one unit of this one.
    pub fn exchanged(self, rate: Ratio, commodity: Commodity, rounding: Rounding) -> Result<Self, MoneyError> {
        let overflow = || self.overflow();
        let numerator = i128::from(rate.numerator()).checked_mul(i128::from(commodity.scale())).ok_or_else(overflow)?;
        let denominator =
            i128::from(rate.denominator()).checked_mul(i128::from(self.commodity.scale())).ok_or_else(overflow)?;
        let exact = numerator.checked_mul(i128::from(self.minor)).ok_or_else(overflow)?;
        let minor = rounding.divide(exact, denominator).and_then(|m| i64::try_from(m).ok()).ok_or_else(overflow)?;
        Ok(Self::new(minor, commodity))
    }

    /// The larger of two amounts of one commodity.
    pub fn larger(self, other: Self) -> Result<Self, MoneyError> {
        self.same_commodity(other)?;
        Ok(if other.minor > self.minor { other } else { self })
    }

    /// The smaller of two amounts of one commodity.
    pub fn smaller(self, other: Self) -> Result<Self, MoneyError> {
        self.same_commodity(other)?;
        Ok(if other.minor < self.minor { other } else { self })
    }

    fn same_commodity(self, other: Self) -> Result<(), MoneyError> {
        if self.commodity == other.commodity {
            return Ok(());
        }
        Err(MoneyError::Mixed { left: self.to_string(), right: other.to_string() })
    }

    fn overflow(self) -> MoneyError {
        MoneyError::Overflow { code: self.commodity.to_string() }
    }

    /// The number alone, with the commodity's decimals: `-3.50`.
    pub fn number(&self) -> String {
        let decimals = usize::from(self.commodity.decimals());
        let digits = self.minor.unsigned_abs().to_string();
        let padded = format!("{digits:0>width$}", width = decimals.saturating_add(1));
        let (whole, fraction) = padded.split_at(padded.len().saturating_sub(decimals));
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.commodity)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
