//! Who is valued, on which terms, and what else is known of them.

use std::collections::BTreeMap;

use makegood_value::Histories;
use makegood_value::equity::Circumstances;
use makegood_value::lifetime::{self, Discount};

use super::days;
use super::{database, refused, transactions};
use crate::Failure;
use crate::arguments::{self, Unit};
use crate::open::Opened;

/// Days of a year.
const YEAR: f64 = 365.2425;

/// The customers with all that is known of them.
pub(crate) struct Base {
    /// What they bought.
    pub histories: Histories,
    /// What else befell them.
    pub circumstances: BTreeMap<String, Circumstances>,
    /// The days on which each was given a remedy or goodwill.
    pub cared: BTreeMap<String, Vec<i32>>,
    /// The terms.
    pub terms: Terms,
    /// Decimals of the currency.
    pub decimals: u8,
    /// As of the end of this day.
    pub day: i32,
    /// What the reader must know of the data.
    pub notes: Vec<String>,
    /// The database they are from, and the charter by name.
    pub database: Option<(Opened, String)>,
}

/// On which terms they are valued.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Terms {
    /// The discount for a year.
    pub discount: f64,
    /// How many years ahead; all of the future without it.
    pub horizon_years: Option<f64>,
    /// The unit of time.
    pub unit: Unit,
    /// Below this chance of being there a party counts as lost.
    pub lost_below: f64,
    /// The margin as a share of spend, where it is one and the same for all; else it is taken from the data.
    pub margin: Option<f64>,
}

impl Terms {
    /// Refuses terms on which nobody has a finite value, before anything is reckoned.
    fn check(&self) -> Result<(), Failure> {
        let periods = self.unit.of_a_year();
        let discount = Discount::yearly(self.discount, periods).map_err(|error| refused(&error))?;
        let horizon = self.horizon_years.map_or(f64::INFINITY, |years| years * periods);
        let terms = lifetime::Terms { discount, horizon, margin: self.margin.unwrap_or(1.0), cost_per_purchase: 0.0 };
        terms.check().map_err(|error| refused(&error))
    }
}

impl Unit {
    /// Days of one.
    pub(crate) fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => YEAR / 12.0,
        }
    }

    /// So many of a year.
    pub(crate) fn of_a_year(self) -> f64 {
        YEAR / self.days()
    }

    /// In words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Day => "days",
            Self::Week => "weeks",
            Self::Month => "months",
        }
    }
}

impl Base {
    /// Reads the customers from where the arguments say.
    /// With `around`, what else befell them is read too: what they were let down by, given, and cost.
    pub fn open(arguments: &arguments::Base, around: bool) -> Result<Self, Failure> {
        let at = arguments.at.as_deref().map(days::argument).transpose()?;
        let mut base = match &arguments.transactions {
            Some(file) => transactions::read(arguments, file)?,
            None => database::read(&arguments.database.db, arguments.charter.as_deref(), around)?,
        };
        let Some((first, last)) = base.histories.span() else {
            return Err(Failure::new(
                "M045",
                "nobody bought anything".to_owned(),
                "without purchases there is nothing to value: look at the events or the file that were read",
            ));
        };
        base.terms.check()?;
        base.day = at.unwrap_or(last);
        if base.day <= first {
            let (first, at) = (days::date_of(first), days::date_of(base.day));
            let message = format!("nobody had been a customer for a day on {at}: the first purchase is of {first}");
            return Err(Failure::new("M044", message, "name a later date"));
        }
        Ok(base)
    }

    /// A date that a person gave as an argument.
    pub fn date(&self, text: &str) -> Result<i32, Failure> {
        days::argument(text)
    }

    /// Minor units in one major unit.
    pub fn scale(&self) -> f64 {
        10_f64.powi(i32::from(self.decimals))
    }

    /// The terms of the models at the end of `day`: the margin and the cost of an occasion are those of the data up to then.
    pub fn lifetime_terms(&self, day: i32) -> Result<lifetime::Terms, Failure> {
        let periods = self.terms.unit.of_a_year();
        let sums = self.histories.sums(day);
        let observed = real(sums.margin_minor) / real(sums.amount_minor);
        let margin = self.terms.margin.unwrap_or(observed);
        if !margin.is_finite() {
            let message =
                format!("nothing was spent on balance up to {}, so no share of it is margin", days::date_of(day));
            return Err(Failure::new("M042", message, "name a later date, or the margin as a share such as 30%"));
        }
        let occasions = i128::from(sums.occasions);
        let cost_per_purchase = if sums.cost_minor == 0 { 0.0 } else { real(sums.cost_minor) / real(occasions) };
        let discount = Discount::yearly(self.terms.discount, periods).map_err(|error| refused(&error))?;
        let horizon = self.terms.horizon_years.map_or(f64::INFINITY, |years| years * periods);
        let terms = lifetime::Terms { discount, horizon, margin, cost_per_purchase };
        terms.check().map_err(|error| refused(&error))?;
        Ok(terms)
    }
}

/// A sum as a real number: only shares and means are made of it.
fn real(sum: i128) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "only shares and means are made of it")]
    let real = sum as f64;
    real
}
