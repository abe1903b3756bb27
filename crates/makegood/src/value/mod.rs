//! What customers are worth: from a database or a file of transactions to models, reports and pictures.
//!
//! This is the only place where the figures of value meet the rest, and they meet it as readers: nothing here sends an event or
//! writes anything but fitted models.

mod base;
mod database;
mod days;
mod html;
mod models;
mod report;
mod sheet;
mod transactions;

pub(crate) use base::Base;
pub(crate) use days::date_of;
pub(crate) use models::{Fitted, compare, fit_now, for_day, options, record};
pub(crate) use report::{Cell, Report, Table};
pub(crate) use sheet::Sheet;

use crate::Failure;

/// The failure of a model, in its own words: they say which rows, and what to do.
pub(crate) fn refused(error: &makegood_value::ValueError) -> Failure {
    use makegood_value::ValueError as E;
    match error {
        E::BadRows(_) => {
            Failure::new("M041", error.to_string(), "mend these rows, or leave them out; rows are counted from 1")
        }
        E::Diverged { .. } | E::NotConverged { .. } | E::InfiniteMean { .. } => Failure::new(
            "M043",
            error.to_string(),
            "nothing was recorded or reckoned with it; `--model` names another, `value fit --compare` tries them all",
        ),
        _ => {
            Failure::new("M042", error.to_string(), "the models need customers that differ, some of whom bought again")
        }
    }
}

/// How a model is fitted to rows of a file.
pub(crate) fn sheet_options(prior: f64) -> makegood_value::repeat::FitOptions {
    makegood_value::repeat::FitOptions { threads: crate::open::threads(), prior, ..Default::default() }
}
