//! Fitted models: made from the data as of a day, recorded in the database, found again.

use makegood_store::FitRow;
use makegood_value::equity::Valuation;
use makegood_value::gamma_gamma::{self, SpendFit};
use makegood_value::lifetime::{self, Discount};
use makegood_value::repeat::{FitOptions, RepeatFit, RepeatModel, fit};
use makegood_value::{Summary, ValueError};
use serde::{Deserialize, Serialize};

use super::base::Base;
use super::days::date_of;
use super::refused;
use crate::arguments::{Model, ModelName};
use crate::open::threads;
use crate::output::counter;
use crate::{Failure, clock};

/// The name under which the spend model is recorded.
const SPEND: &str = "Gamma-Gamma";

impl ModelName {
    /// The model of the library.
    pub(crate) fn model(self) -> RepeatModel {
        match self {
            Self::MbgNbd => RepeatModel::MbgNbd,
            Self::BgNbd => RepeatModel::BgNbd,
            Self::ParetoNbd => RepeatModel::ParetoNbd,
        }
    }
}

/// The models of one day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    /// What was known at the end of this day was fitted on.
    pub day: i32,
    /// How often they buy and when they leave.
    pub repeat: RepeatFit,
    /// What they spend, in minor units.
    pub spend: SpendFit,
    /// The terms that counted.
    pub terms: lifetime::Terms,
    /// True when it was recorded before and is not of this moment.
    pub recorded: bool,
}

impl Fitted {
    /// The models and terms by which customers are valued.
    pub fn valuation(&self) -> Valuation {
        Valuation { repeat: self.repeat.repeat, spend: self.spend.gamma_gamma, terms: self.terms }
    }

    /// Where it is from, in a sentence.
    pub fn origin(&self) -> String {
        let (model, date) = (self.repeat.repeat.model(), date_of(self.day));
        match self.recorded {
            true => format!("{model} and {SPEND} as recorded, fitted as of {date}."),
            false => format!("{model} and {SPEND}, fitted now as of {date}."),
        }
    }
}

/// The customers as the models read them at the end of `day`; those acquired on the day itself are not fitted on.
fn summaries(base: &Base, day: i32) -> Result<Vec<Summary>, Failure> {
    let rows = base.histories.summaries(day, base.terms.unit.days()).map_err(|error| refused(&error))?;
    Ok(rows.into_iter().map(|row| row.1).collect())
}

/// How a fit is to be done.
pub(crate) fn options(how: &Model) -> FitOptions {
    FitOptions { threads: threads(), prior: how.prior, ..FitOptions::default() }
}

/// Fits to what was known at the end of `day`. A database keeps that there was no best fit, where there was none.
pub(crate) fn fit_now(base: &Base, model: &Model, day: i32) -> Result<Fitted, Failure> {
    let progress = counter(&format!("fitting {}", model.model.model()));
    let fitted = attempt(base, model, day);
    progress.finish_and_clear();
    // A statement fits at two dates: it must be told at which one it failed.
    let dated =
        |failure: Failure| Failure { message: format!("as of {}: {}", date_of(day), failure.message), ..failure };
    fitted.map_err(dated)
}

fn attempt(base: &Base, how: &Model, day: i32) -> Result<Fitted, Failure> {
    let (model, options) = (how.model.model(), options(how));
    let customers = summaries(base, day)?;
    let failed = |name: &str, error: &ValueError| match record_failure(base, name, day, error) {
        Ok(()) => refused(error),
        Err(failure) => failure,
    };
    let repeat = fit(model, &customers, options).map_err(|error| failed(model.name(), &error))?;
    let spend = gamma_gamma::fit(&customers, options).map_err(|error| failed(SPEND, &error))?;
    let terms = base.lifetime_terms(day)?;
    Ok(Fitted { day, repeat, spend, terms, recorded: false })
}

/// Models of repeat buying, each with its fit, or why it has none.
pub(crate) type Attempts = Vec<(RepeatModel, Result<RepeatFit, ValueError>)>;

/// Fits every model of repeat buying.
pub(crate) fn compare(base: &Base, how: &Model, day: i32) -> Result<Attempts, Failure> {
    let customers = summaries(base, day)?;
    let models = [RepeatModel::BgNbd, RepeatModel::MbgNbd, RepeatModel::ParetoNbd];
    let each = |model: RepeatModel| {
        let progress = counter(&format!("fitting {model}"));
        let fitted = fit(model, &customers, options(how));
        progress.finish_and_clear();
        (model, fitted)
    };
    Ok(models.map(each).into())
}

/// The body of a recorded model of repeat buying.
#[derive(Serialize, Deserialize)]
struct RepeatBody {
    fit: RepeatFit,
    /// The continuous discount per unit of time.
    discount: f64,
    /// The horizon in units of time; none for all of the future.
    horizon: Option<f64>,
    margin: f64,
    cost_per_purchase: f64,
    /// Days in the unit of time.
    unit_days: f64,
}

fn json(body: &impl Serialize) -> Result<Box<[u8]>, Failure> {
    let bytes = serde_json::to_vec(body);
    bytes
        .map(Into::into)
        .map_err(|error| Failure::from_error("M047", &error, "report this: a fit cannot be written down"))
}

/// Records a fit, where there is a database to record it in.
pub(crate) fn record(base: &Base, fitted: &Fitted) -> Result<bool, Failure> {
    let terms = fitted.terms;
    let repeat = RepeatBody {
        fit: fitted.repeat.clone(),
        discount: terms.discount.delta(),
        horizon: Some(terms.horizon).filter(|horizon| horizon.is_finite()),
        margin: terms.margin,
        cost_per_purchase: terms.cost_per_purchase,
        unit_days: base.terms.unit.days(),
    };
    let bodies = [(fitted.repeat.repeat.model().name(), json(&repeat)?), (SPEND, json(&fitted.spend)?)];
    put(base, fitted.day, true, bodies.into())
}

fn record_failure(base: &Base, model: &str, day: i32, error: &ValueError) -> Result<(), Failure> {
    let unconverged = matches!(error, ValueError::Diverged { .. } | ValueError::NotConverged { .. });
    if unconverged {
        put(base, day, false, vec![(model, json(&serde_json::json!({ "error": error.to_string() }))?)])?;
    }
    Ok(())
}

fn put(base: &Base, day: i32, converged: bool, bodies: Vec<(&str, Box<[u8]>)>) -> Result<bool, Failure> {
    let Some((opened, charter)) = &base.database else { return Ok(false) };
    let row = |(model, body): (&str, Box<[u8]>)| FitRow {
        charter: charter.as_str().into(),
        currency: base.histories.currency().into(),
        day,
        model: model.into(),
        converged,
        body,
        recorded: clock::now().0,
    };
    let rows: Vec<FitRow> = bodies.into_iter().map(row).collect();
    opened
        .store
        .writer()?
        .put_fits(&rows)
        .map_err(|error| Failure::from_error("M001", &error, "`makegood doctor --db URL` looks at a database"))?;
    Ok(true)
}

/// The latest recorded fit of this model as of `day` or before it, if one can be used; and what the reader must know of those
/// that cannot.
fn recorded(base: &Base, model: RepeatModel, day: i32) -> Result<(Option<Fitted>, Vec<String>), Failure> {
    let Some((opened, charter)) = &base.database else { return Ok((None, Vec::new())) };
    let mut rows = opened.store.reader()?.fits()?;
    rows.retain(|row| *row.charter == **charter && *row.currency == *base.histories.currency() && row.day <= day);
    let mut notes = Vec::new();
    for row in rows.iter().rev().filter(|row| *row.model == *model.name()) {
        let date = date_of(row.day);
        if !row.converged {
            notes.push(format!("The {model} of {date} did not converge and is not used."));
            continue;
        }
        let spend = rows.iter().find(|spend| spend.day == row.day && *spend.model == *SPEND && spend.converged);
        let Some(spend) = spend else { continue };
        match read(base, row, spend) {
            Some(fitted) => return Ok((Some(fitted), notes)),
            None => notes
                .push(format!("The {model} of {date} is of another unit of time, or cannot be read, and is not used.")),
        }
    }
    Ok((None, notes))
}

fn read(base: &Base, repeat: &FitRow, spend: &FitRow) -> Option<Fitted> {
    let body: RepeatBody = serde_json::from_slice(&repeat.body).ok()?;
    let spend: SpendFit = serde_json::from_slice(&spend.body).ok()?;
    if (body.unit_days - base.terms.unit.days()).abs() > 1e-9 {
        return None;
    }
    let terms = lifetime::Terms {
        discount: Discount::continuous(body.discount).ok()?,
        horizon: body.horizon.unwrap_or(f64::INFINITY),
        margin: body.margin,
        cost_per_purchase: body.cost_per_purchase,
    };
    Some(Fitted { day: repeat.day, repeat: body.fit, spend, terms, recorded: true })
}

/// The models by which customers are valued at the end of `day`: the latest recorded ones, else fitted now. `notes` is told of
/// those that cannot be used.
pub(crate) fn for_day(base: &Base, model: &Model, day: i32, notes: &mut Vec<String>) -> Result<Fitted, Failure> {
    let (found, unusable) = recorded(base, model.model.model(), day)?;
    notes.extend(unusable);
    match found {
        Some(fitted) => Ok(fitted),
        None => fit_now(base, model, day),
    }
}
