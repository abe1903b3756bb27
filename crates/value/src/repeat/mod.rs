//! Repeat buying by customers who come and go without saying so: BG/NBD, MBG/NBD and Pareto/NBD.
//!
//! Papers, as cited by the functions of this module:
//!
//! - **FHL 2005**: Fader, Hardie & Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model",
//!   *Marketing Science* 24(2), 275-284.
//! - **SMC 1987**: Schmittlein, Morrison & Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?",
//!   *Management Science* 33(1), 1-24.
//! - **FH 2005**: Fader & Hardie, "A Note on Deriving the Pareto/NBD Model and Related Expressions".
//! - **FH 2008**: Fader & Hardie, "Computing P(alive) Using the BG/NBD Model".
//! - **BDF 2007**: Batislam, Denizel & Filiztekin, "Empirical Validation and Comparison of Models for Customer Base
//!   Analysis", *International Journal of Research in Marketing* 24(3), 201-209 (the modified BG/NBD); with Wagner & Hoppe,
//!   "Erratum on the MBG/NBD Model", the same journal 25(3), 2008, 225-226.
//! - **FH 2007**: Fader & Hardie, "Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD Models".
//! - **RFM 2005**: Fader, Hardie & Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis",
//!   *Journal of Marketing Research* 42(4), 415-430.

mod covariates;
mod fit;
mod geometric;
mod pareto;
mod predict;
mod rates;
mod rows;

pub use covariates::{CovariateEffect, Covariates};
pub(crate) use fit::weak;
pub use fit::{FitOptions, RepeatFit, Warning, fit, fit_with_covariates};
pub(crate) use rates::Rates;

use serde::{Deserialize, Serialize};

use crate::error::above_zero;
use crate::{Summary, ValueError};

/// Which story of buying and leaving is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RepeatModel {
    /// Beta-geometric / NBD (FHL 2005): after each repeat purchase a customer may leave. Parameters r, α, a, b.
    BgNbd,
    /// Modified BG/NBD (BDF 2007): a customer may leave after the first purchase already. Parameters r, α, a, b.
    MbgNbd,
    /// Pareto/NBD (SMC 1987): a customer may leave at any moment. Parameters r, α, s, β.
    ParetoNbd,
}

impl RepeatModel {
    /// The model's name in the literature.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BgNbd => "BG/NBD",
            Self::MbgNbd => "MBG/NBD",
            Self::ParetoNbd => "Pareto/NBD",
        }
    }

    /// The names of the four parameters, in the order of [`Repeat::parameters`].
    #[must_use]
    pub fn parameter_names(self) -> [&'static str; 4] {
        match self {
            Self::BgNbd | Self::MbgNbd => ["r", "alpha", "a", "b"],
            Self::ParetoNbd => ["r", "alpha", "s", "beta"],
        }
    }
}

impl std::fmt::Display for RepeatModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A repeat-buying model with known parameters, ready to predict.
///
/// Purchase rates vary between customers by a gamma distribution with shape r and rate α (in purchases per unit of time, so
/// α is a time). Leaving varies by a beta distribution with shapes a and b (the chance to leave after a purchase), or for
/// Pareto/NBD by a gamma distribution with shape s and rate β (β is a time).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    model: RepeatModel,
    parameters: [f64; 4],
}

impl Repeat {
    /// A model with these parameters, in the order of [`RepeatModel::parameter_names`].
    ///
    /// # Errors
    /// [`ValueError::Argument`] unless each parameter is a number above zero.
    pub fn new(model: RepeatModel, parameters: [f64; 4]) -> Result<Self, ValueError> {
        for (name, value) in model.parameter_names().into_iter().zip(parameters) {
            above_zero(name, value)?;
        }
        Ok(Self { model, parameters })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> RepeatModel {
        self.model
    }

    /// The four parameters, in the order of [`RepeatModel::parameter_names`].
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        self.parameters
    }

    /// The log-likelihood of one customer's history.
    ///
    /// BG/NBD: FHL 2005, eq. (6). MBG/NBD: BDF 2007, appendix A, which is the former with `(b)_{x+1}` and
    /// `(a+b)_{x+1}` for `(b)_x` and `(a+b)_x`, and leaving possible for x = 0 too. Pareto/NBD: FH 2005, eq. (18), with its difference of two
    /// hypergeometric functions taken as the positive integral that it stands for.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Summary) -> f64 {
        let row = rows::Row::of(customer);
        self.model.moments(&self.parameters, std::slice::from_ref(&row)).value
    }
}

#[cfg(test)]
mod tests;
