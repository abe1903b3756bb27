use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Money, MoneyError, Ratio, Rounding};

/// What was paid, tender by tender: `120.00 USD` and `5000 points`. One amount a commodity, in the order of their codes,
/// none of them zero or negative.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tenders(Vec<Money>);

impl Tenders {
    /// Sums the amounts by commodity; refuses one below zero.
    pub fn new(amounts: impl IntoIterator<Item = Money>) -> Result<Self, MoneyError> {
        let mut held: Vec<Money> = Vec::new();
        for amount in amounts {
            if amount.minor < 0 {
                return Err(MoneyError::BadAmount { text: amount.to_string() });
            }
            match held.iter_mut().find(|sum| sum.commodity == amount.commodity) {
                Some(sum) => *sum = sum.plus(amount)?,
                None => held.push(amount),
            }
        }
        held.retain(|amount| !amount.is_zero());
        held.sort();
        Ok(Self(held))
    }

    /// The amounts, one a commodity.
    pub fn iter(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().copied()
    }

    /// True when nothing was paid.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same share of every tender, each rounded by itself.
    pub fn share(&self, ratio: Ratio, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::new(self.0.iter().map(|amount| amount.share(ratio, rounding)).collect::<Result<Vec<_>, _>>()?)
    }

    /// What is left of each tender after `other`, never below zero.
    pub fn less(&self, other: &Self) -> Result<Self, MoneyError> {
        let left = self.0.iter().map(|amount| {
            let taken = other.0.iter().find(|taken| taken.commodity == amount.commodity);
            let left = taken.map_or(Ok(*amount), |taken| amount.minus(*taken))?;
            Ok(Money::new(left.minor.max(0), left.commodity))
        });
        Self::new(left.collect::<Result<Vec<_>, MoneyError>>()?)
    }
}

impl fmt::Display for Tenders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, amount) in self.0.iter().enumerate() {
            let joint = if position == 0 { "" } else { " + " };
            write!(f, "{joint}{amount}")?;
        }
        Ok(())
    }
}
