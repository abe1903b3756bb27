use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Commodity, Money, MoneyError};

/// One line of the books: an account and what was added to it (negative: taken from it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The account, in parts joined by colons: `Liabilities:Owed:Compensation`.
    pub account: String,
    /// The amount, signed: debits above zero, credits below.
    pub amount: Money,
}

/// Lines that belong together and sum to zero in every commodity. It cannot be built otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement(Vec<Posting>);

impl Movement {
    /// Moves each amount of `amounts` from `from` to `to`: credits the first account and debits the second.
    pub fn transfer(from: &str, to: &str, amounts: impl IntoIterator<Item = Money>) -> Result<Self, MoneyError> {
        let mut lines = Vec::new();
        for amount in amounts {
            lines.push(Posting { account: to.to_owned(), amount });
            lines.push(Posting { account: from.to_owned(), amount: amount.negated()? });
        }
        Self::new(lines)
    }

    /// The lines as a movement; refuses those that do not sum to zero in every commodity.
    pub fn new(lines: Vec<Posting>) -> Result<Self, MoneyError> {
        match totals(lines.iter().map(|line| line.amount)).into_iter().find(|(_, sum)| *sum != 0) {
            Some((commodity, sum)) => Err(MoneyError::Unbalanced { by: format!("{sum} minor units of {commodity}") }),
            None => Ok(Self(lines)),
        }
    }

    /// The lines, in the order they were written.
    pub fn lines(&self) -> &[Posting] {
        &self.0
    }
}

/// The sum of amounts by commodity, in minor units, wide enough for any number of them.
pub fn totals(amounts: impl IntoIterator<Item = Money>) -> BTreeMap<Commodity, i128> {
    let mut sums = BTreeMap::new();
    for amount in amounts {
        let sum: &mut i128 = sums.entry(amount.commodity).or_default();
        *sum = sum.saturating_add(i128::from(amount.minor));
    }
    sums
}
