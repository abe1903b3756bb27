//! An auditor of the simulated ferry company: it knows what happened and the rules as a person would tell them, and works out by
//! itself what every customer was promised, is owed, was paid, and must have been told. What the system under test keeps is handed
//! to it as plain rows, and it says in words where the two differ.
//!
//! It shares no code with the fold, the charter language or the store: `money` is its only dependency, and a test of the workspace's
//! arrows holds it to that.
//!
//! # The rules in prose
//!
//! 1. A customer who books a trip is promised that the ship leaves when it should, under the terms in force when they booked. Less
//!    than a quarter of an hour late is in time.
//! 2. The promise is at risk two hours before the ship is to leave, and overdue a day after it, when the clock is looked at and
//!    nothing was heard. That it left (late or in time), was called off, or that the customer let it go, settles the promise. Later
//!    evidence betters it and never worsens it: *kept* stays, *kept late* can only become *kept*, *broken* only *kept* or *kept
//!    late*, and what the customer let go stays let go.
//! 3. An hour late or more is paid for by the wait, unless a storm of 50 knots was reported before that was decided. Five hours or
//!    more is worth points besides; of the two only the higher is owed.
//! 4. A trip that is called off is given back in the tenders it was paid with, unless the customer took another trip within a day
//!    (decided when the clock is looked at after that day). Called off with less than a day's notice it is worth a tenth of the fare
//!    more, at most twice in a calendar year.
//! 5. A delay that is announced three hours or more ahead is paid for by the hour, unless a storm within twelve hours of the
//!    announcement is shown; decided after these twelve hours.
//! 6. Silence (overdue) is worth a small amount, against which the amount for short notice is set off, and the other way round.
//! 7. For one promise, what was granted under a right counts against what is granted under it later: the customer has the highest
//!    that applied, never the sum. Terms that came into force later count where they give more.
//! 8. Paying has its own deadline; missing it is worth a penalty, once for each right and promise, whether the clock or the late
//!    payment says so.
//! 9. Above 150 USD a person approves; so when the day's budget is spent. Who asked never approves.
//! 10. Every movement sums to zero; what the books say is owed is what stands to be paid.
//!
//! # Where the order of arrival may decide
//!
//! Only in these ways, each written down where it is applied: whether a storm was known when a wait was decided; whether what
//! takes a refund away was known when the clock came to its decision; which of two trips called off gets the last of the two amounts
//! of a year; whether the customer let a promise go before or after something settled it; how an amount that grew is split into
//! several payments; and on whose turn the day's budget was spent.

mod audit;
mod books;
mod facts;
mod figures;
mod model;
mod seen;

pub use audit::{Finding, audit};
pub use facts::{DAY, Fact, HOUR, MINUTE, What, day_of, year_of};
pub use figures::{BUDGET, SECOND_TERMS_FROM, THIRD_BANDS_FROM, points, usd};
pub use seen::{Heard, Hearing, Message, PromiseSeen, Received, RemedySeen, Seen, SeenParty, Trigger, Verdict};

#[cfg(test)]
mod tests;
