use makegood_money::{MoneyError, Movement, Posting};

use super::liability;
use crate::Remedy;

/// A remedy is paid: the debt ends, each tender goes out of its own account.
pub fn paid(remedy: &Remedy) -> Result<Movement, MoneyError> {
    let mut lines = Vec::new();
    for amount in remedy.amounts.iter() {
        lines.push(Posting { account: liability(remedy), amount });
        lines.push(Posting { account: format!("Assets:Payouts:{}", amount.commodity), amount: amount.negated()? });
    }
    Movement::new(lines)
}
