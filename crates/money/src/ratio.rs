use std::fmt;

use serde::{Deserialize, Serialize};

use crate::MoneyError;

/// How a part of a minor unit is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Rounding {
    /// Away from zero: in favour of whoever is owed. What the charter gets unless it says otherwise.
    #[default]
    Up,
    /// Toward zero.
    Down,
    /// To the nearest, a half away from zero.
    Nearest,
}

impl Rounding {
    /// `numerator / denominator` as a whole number; `None` on a denominator that is not above zero.
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> Option<i128> {
        if denominator <= 0 {
            return None;
        }
        let quotient = numerator.checked_div(denominator)?;
        let remainder = numerator.checked_rem(denominator)?;
        let away = match self {
            Self::Up => remainder != 0,
            Self::Down => false,
            Self::Nearest => remainder.checked_abs()?.checked_mul(2)? >= denominator,
        };
        if away { quotient.checked_add(numerator.signum()) } else { Some(quotient) }
    }
}

/// An exact share: `1/2`, `75 %`. The denominator is above zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ratio {
    numerator: i64,
    denominator: i64,
}

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; refuses a denominator that is not above zero.
    pub fn new(numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::ZeroDenominator);
        }
        Ok(Self { numerator, denominator })
    }

    /// So many hundredths.
    pub fn percent(percent: i64) -> Self {
        Self { numerator: percent, denominator: 100 }
    }

    /// The upper number.
    pub fn numerator(&self) -> i64 {
        self.numerator
    }

    /// The lower number, above zero.
    pub fn denominator(&self) -> i64 {
        self.denominator
    }

    pub(crate) fn of(self, minor: i64, rounding: Rounding) -> Option<i64> {
        let exact = i128::from(self.numerator).checked_mul(i128::from(minor))?;
        rounding.divide(exact, i128::from(self.denominator)).and_then(|minor| i64::try_from(minor).ok())
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = 100_i64.checked_div(self.denominator).filter(|_| 100_i64.checked_rem(self.denominator) == Some(0));
        match parts {
            Some(parts) => write!(f, "{} %", i128::from(self.numerator).saturating_mul(i128::from(parts))),
            None => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
