use makegood_money::{Money, MoneyError, Movement};

use super::{expense, liability};
use crate::Remedy;

/// A person corrects what is owed by `differences` (below zero: less), as a movement of its own.
pub fn corrected(remedy: &Remedy, differences: impl IntoIterator<Item = Money>) -> Result<Movement, MoneyError> {
    Movement::transfer(&liability(remedy), &expense(remedy), differences)
}
