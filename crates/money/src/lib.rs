//! Money as Makegood means it: integers in the minor units of a named commodity, arithmetic that is exact or refuses,
//! payments made of several tenders, and postings that sum to zero.
//!
//! Nothing here reads a clock, a file or a floating-point number, and nothing overflows in silence.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice))]

mod commodity;
mod money;
mod posting;
mod ratio;
mod tenders;

pub use commodity::{Commodities, Commodity};
pub use money::Money;
pub use posting::{Movement, Posting, totals};
pub use ratio::{Ratio, Rounding};
pub use tenders::Tenders;

/// Why an amount could not be read or worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum MoneyError {
    /// A commodity's code is empty, too long or holds a character that accounting programs refuse.
    #[error("`{code}` cannot name a commodity: use a letter, then up to 13 letters, digits or underscores")]
    BadCode { code: String },
    /// The commodity is neither an ISO 4217 currency nor a tender that the charter declares.
    #[error("unknown commodity `{code}`")]
    UnknownCommodity { code: String },
    /// The text is not an amount such as `50 USD`.
    #[error("`{text}` is not an amount: write a number and a commodity, such as `50 USD`")]
    BadAmount { text: String },
    /// More decimals than the commodity has.
    #[error("`{text}` has more than the {decimals} decimals of {code}")]
    TooPrecise { text: String, code: String, decimals: u8 },
    /// The result does not fit 64 bits of minor units.
    #[error("an amount of {code} is too large to hold")]
    Overflow { code: String },
    /// Two amounts of different commodities were added or compared.
    #[error("{left} and {right} cannot be reckoned together")]
    Mixed { left: String, right: String },
    /// A share was asked of nothing, or with a denominator of zero.
    #[error("a share needs a denominator above zero")]
    ZeroDenominator,
    /// The postings of a movement do not sum to zero.
    #[error("a movement is out of balance by {by}")]
    Unbalanced { by: String },
}

#[cfg(test)]
mod tests;
