use makegood_money::{MoneyError, Movement};

use super::{expense, liability};
use crate::Remedy;

/// A remedy comes to be owed: a cost of its right, and a debt to the party.
pub fn owed(remedy: &Remedy) -> Result<Movement, MoneyError> {
    Movement::transfer(&liability(remedy), &expense(remedy), remedy.amounts.iter())
}
