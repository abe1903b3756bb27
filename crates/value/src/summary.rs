use serde::{Deserialize, Serialize};

use crate::{BadRows, Fault, ValueError};

/// All that the repeat-buying and spend models need to know of one customer: (x, t_x, T, z̄) of the literature.
///
/// Times are in any one unit (weeks in the literature), the same for every customer of a fit. Purchases of one day count as
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// x: purchases after the first.
    pub repeats: u32,
    /// t_x: when the last purchase was, counted from the first; 0 when there was no repeat purchase.
    pub last: f64,
    /// T: how long the customer was observed, counted from the first purchase; above 0.
    pub age: f64,
    /// z̄: the mean amount of a repeat purchase, net of refunds; 0 when there was none. Only the spend model reads it.
    pub spend: f64,
}

impl Summary {
    /// A customer just acquired: one purchase, nothing observed since.
    pub const NEW: Self = Self { repeats: 0, last: 0.0, age: 0.0, spend: 0.0 };

    /// What is wrong with this row, if anything. The amount is not looked at.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        for (field, value) in [("the time of the last purchase", self.last), ("the age", self.age)] {
            if !value.is_finite() {
                return Some(Fault::NotANumber { field });
            }
            if value < 0.0 {
                return Some(Fault::Negative { field, value });
            }
        }
        if self.last > self.age {
            Some(Fault::LastAfterAge { last: self.last, age: self.age })
        } else if self.repeats == 0 && self.last > 0.0 {
            Some(Fault::LastWithoutRepeat { last: self.last })
        } else if self.repeats > 0 && self.last == 0.0 {
            Some(Fault::RepeatWithoutLast { repeats: self.repeats })
        } else if self.age == 0.0 {
            Some(Fault::NoAge)
        } else {
            None
        }
    }

    /// The same for a customer who is only to be valued: one acquired just now has an age of zero.
    #[must_use]
    pub fn scoring_fault(&self) -> Option<Fault> {
        self.fault().filter(|_| !(self.repeats == 0 && self.age == 0.0 && self.last == 0.0))
    }

    /// What is wrong with the amount, if anything. A net mean below zero (more refunded than bought) is not a fault here:
    /// the spend model leaves such a customer out and says how many it left out.
    #[must_use]
    pub fn spend_fault(&self) -> Option<Fault> {
        (!self.spend.is_finite()).then_some(Fault::NotANumber { field: "the mean spend" })
    }
}

/// Refuses rows that cannot be true.
///
/// # Errors
/// [`ValueError::BadRows`] with the numbers of the first faulty rows, counted from 1.
pub fn check(customers: &[Summary]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    for (index, customer) in customers.iter().enumerate() {
        if let Some(fault) = customer.fault() {
            bad.note(index, fault);
        }
    }
    bad.into_result()
}
