//! `makegood value`: one file for each of its commands.

mod calibrate;
mod concentration;
mod contracts;
mod explain;
mod fit;
mod opportunities;
mod predict;

use makegood_value::Summary;
use makegood_value::lifetime::{Score, score_all};

use crate::Failure;
use crate::arguments::ValueCommand;
use crate::open::threads;
use crate::output::counter;
use crate::value::{Base, Fitted, refused};

/// `makegood value`: what customers are worth.
pub fn run(arguments: &ValueCommand) -> Result<bool, Failure> {
    match arguments {
        ValueCommand::Fit { base, model, compare, covariates, output } => {
            fit::run(base, model, (*compare, covariates), output)
        }
        ValueCommand::Opportunities { rows, prior, output } => opportunities::run(rows, *prior, output),
        ValueCommand::Contracts { rows, prior, output } => contracts::run(rows, *prior, output),
        ValueCommand::Predict { base, model, top, output } => predict::run(base, model, *top, output),
        ValueCommand::Calibrate { base, model, fit_until, output } => {
            calibrate::run(base, model, fit_until.as_deref(), output)
        }
        ValueCommand::Explain { party, base, model, output } => explain::run(party, base, model, output),
        ValueCommand::Concentration { base, model, of, top, output } => {
            concentration::run(base, model, *of, *top, output)
        }
    }
}

/// Everybody known at the end of the base's day, with a forecast each.
fn scored<'b>(base: &'b Base, fitted: &Fitted) -> Result<Vec<(&'b str, Summary, Score)>, Failure> {
    let unit = base.terms.unit.days();
    let known =
        base.histories.customers().filter_map(|(name, customer)| Some((name, customer.known_at(base.day, unit)?)));
    let (names, summaries): (Vec<&str>, Vec<Summary>) = known.unzip();
    let valuation = fitted.valuation();
    let progress = counter("scoring customers");
    let scores = score_all(&valuation.repeat, &valuation.spend, &summaries, &valuation.terms, threads());
    progress.finish_and_clear();
    let scores = scores.map_err(|error| refused(&error))?;
    Ok(names.into_iter().zip(summaries).zip(scores).map(|((name, summary), score)| (name, summary, score)).collect())
}

/// The code of the currency after a blank, where it is known.
fn currency(base: &Base) -> String {
    match base.histories.currency() {
        "" => String::new(),
        code => format!(" {code}"),
    }
}
