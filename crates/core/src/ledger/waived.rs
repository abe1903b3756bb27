use makegood_money::{MoneyError, Movement};

use super::{capitalised, liability};
use crate::Remedy;

/// The customer lets a remedy go: the debt ends, and what was not paid is shown as such.
pub fn waived(remedy: &Remedy) -> Result<Movement, MoneyError> {
    Movement::transfer(
        &format!("Income:Waived:{}", capitalised(&remedy.right)),
        &liability(remedy),
        remedy.amounts.iter(),
    )
}
