//! What happened, as the world itself wrote it down. Times are milliseconds since 1970, UTC.

use makegood_money::Money;

/// A minute.
pub const MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day.
pub const DAY: i64 = 24 * HOUR;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// How its source names it. Two facts of one name are the same event told with other content: only one of them can count.
    pub id: String,
    /// When it happened.
    pub time: i64,
    /// The customer it is about; `None` of a ship's trip alone.
    pub party: Option<String>,
    /// The trip it is about; empty when none.
    pub thing: String,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A trip was booked.
    Booked {
        /// When the ship is to leave.
        departs: i64,
        /// What it costs.
        fare: Money,
        /// What was paid for it, tender by tender.
        paid: Vec<Money>,
    },
    /// The customer let the booking go.
    Dropped,
    /// The customer took another trip instead.
    OtherTaken,
    /// The ship left, so many minutes late.
    Left {
        /// How late.
        minutes: i64,
    },
    /// The trip was called off.
    Cancelled {
        /// Minutes of notice.
        notice: i64,
    },
    /// A delay was announced.
    Postponed {
        /// By so many minutes.
        minutes: i64,
    },
    /// A storm was reported.
    Storm {
        /// In knots.
        wind: i64,
    },
    /// Somebody approves a remedy.
    Approved {
        /// Its name.
        remedy: String,
        /// Who.
        by: String,
    },
    /// It was paid.
    Paid {
        /// Its name.
        remedy: String,
    },
    /// The payment did not go through.
    Failed {
        /// Its name.
        remedy: String,
    },
    /// The customer lets it go.
    Waived {
        /// Its name.
        remedy: String,
    },
    /// A person says what is really owed.
    Corrected {
        /// Its name.
        remedy: String,
        /// What is owed.
        amount: Money,
        /// Who says so.
        by: String,
    },
    /// A person gives something without a right.
    Goodwill {
        /// What.
        amount: Money,
        /// Who.
        by: String,
    },
    /// Another departure is agreed.
    Renegotiated {
        /// The promise's name.
        promise: String,
        /// When it is due now.
        due: i64,
    },
    /// The customer lets a promise go.
    Released {
        /// The promise's name.
        promise: String,
    },
    /// A person says that a promise was kept.
    Kept {
        /// The promise's name.
        promise: String,
    },
}

impl What {
    /// True of what a person or a payment says of one remedy or promise: it can be refused.
    pub fn is_decision(&self) -> bool {
        matches!(
            self,
            Self::Approved { .. }
                | Self::Paid { .. }
                | Self::Failed { .. }
                | Self::Waived { .. }
                | Self::Corrected { .. }
                | Self::Renegotiated { .. }
                | Self::Released { .. }
                | Self::Kept { .. }
        )
    }

    /// True of what promises about its trip must hear, also those that are learnt of later.
    pub fn concerns_promises(&self) -> bool {
        matches!(
            self,
            Self::Dropped
                | Self::OtherTaken
                | Self::Left { .. }
                | Self::Cancelled { .. }
                | Self::Postponed { .. }
                | Self::Storm { .. }
        )
    }
}

/// The day a moment falls in, counted from 1970-01-01.
pub fn day_of(at: i64) -> i32 {
    i32::try_from(at.div_euclid(DAY)).unwrap_or(i32::MAX)
}

/// The calendar year a moment falls in.
pub fn year_of(at: i64) -> i64 {
    // Days of the Gregorian calendar from 1 March of year 0, as in Hinnant's `civil_from_days`.
    let days = at.div_euclid(DAY).saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    year + era * 400 + i64::from((5 * of_year + 2) / 153 >= 10)
}
