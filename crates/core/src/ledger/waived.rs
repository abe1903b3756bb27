use makegood_money::{MoneyError, Movement};

use super::{income, liability};
use crate::Remedy;

/// The customer lets a remedy go: the debt ends, and what was not paid is shown as such.
pub fn waived(remedy: &Remedy) -> Result<Movement, MoneyError> {
    Movement::transfer(&income(remedy), &liability(remedy), remedy.amounts.iter())
}
