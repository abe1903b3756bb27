use makegood_money::{MoneyError, Movement, Posting};

use super::{income, liability};
use crate::Remedy;

/// A remedy is paid: the debt ends, each tender goes out of its own account.
pub fn paid(remedy: &Remedy) -> Result<Movement, MoneyError> {
    pay_out(remedy, &liability(remedy))
}

/// A remedy is paid that the customer let go while the payment was under way: what was not to be paid was paid after all.
pub fn paid_though_waived(remedy: &Remedy) -> Result<Movement, MoneyError> {
    pay_out(remedy, &income(remedy))
}

fn pay_out(remedy: &Remedy, ends: &str) -> Result<Movement, MoneyError> {
    let mut lines = Vec::new();
    for amount in remedy.amounts.iter() {
        lines.push(Posting { account: ends.to_owned(), amount });
        lines.push(Posting { account: format!("Assets:Payouts:{}", amount.commodity), amount: amount.negated()? });
    }
    Movement::new(lines)
}
