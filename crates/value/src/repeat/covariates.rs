use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rows::{Pattern, Row, grouped};
use super::{Repeat, RepeatModel};
use crate::limits::MAX_COVARIATES;
use crate::numeric::moments::Moments;
use crate::numeric::newton::Evaluation;
use crate::{BadRows, Fault, Summary, ValueError};

/// Time-invariant facts of each customer (FH 2007): `values` holds one row of `names.len()` numbers for each customer, one
/// after the other. Centre and scale them as suits the reader; a yes or no is 1 or 0.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Covariates {
    /// What each number of a row says.
    pub names: Vec<String>,
    /// Rows one after the other.
    pub values: Vec<f64>,
}

impl Covariates {
    /// The row of the customer with this index; empty when there are no covariates.
    pub(super) fn row(&self, index: usize) -> &[f64] {
        let from = index.saturating_mul(self.names.len());
        self.values.get(from..from.saturating_add(self.names.len())).unwrap_or_default()
    }

    pub(super) fn check(&self, customers: usize) -> Result<(), ValueError> {
        let width = self.names.len();
        if width > MAX_COVARIATES {
            let rule = "at most sixteen covariates of one kind are fitted";
            return Err(ValueError::Argument { name: "the number of covariates", value: count_of(width), rule });
        }
        let found = self.values.len().checked_div(width).unwrap_or(customers);
        if found != customers || self.values.len() != width * customers {
            return Err(ValueError::Lengths { name: "covariates", found, expected: customers });
        }
        let mut bad = BadRows::default();
        for index in 0..customers {
            if self.row(index).iter().any(|value| !value.is_finite()) {
                bad.note(index, Fault::NotANumber { field: "a covariate" });
            }
        }
        bad.into_result()?;
        let constant = |column: usize| {
            let mut values = self.values.iter().skip(column).step_by(width);
            let first = values.next();
            values.all(|value| Some(value) == first)
        };
        match (0..width).find(|column| constant(*column)).and_then(|column| self.names.get(column)) {
            Some(name) => Err(ValueError::ConstantCovariate { name: name.clone() }),
            None => Ok(()),
        }
    }
}

fn count_of(width: usize) -> f64 {
    u32::try_from(width).map_or(f64::INFINITY, f64::from)
}

/// What one covariate does to one parameter: the parameter of a customer is the base times `e^{coefficient · value}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovariateEffect {
    /// The parameter it moves: `alpha` (purchasing), or `a`, `b`, `beta` (leaving).
    pub parameter: String,
    /// The covariate.
    pub covariate: String,
    /// γ of FH 2007 with the sign that multiplies the parameter itself: a positive one on `alpha` means slower buying.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Which base parameters the covariates move: the index of the parameter, and whether by the purchase or dropout row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Purchase,
    Dropout,
}

/// The moved parameters in the order of their coefficients (FH 2007).
pub(super) fn moved(model: RepeatModel) -> &'static [(usize, Kind)] {
    match model {
        RepeatModel::BgNbd | RepeatModel::MbgNbd => &[(1, Kind::Purchase), (2, Kind::Dropout), (3, Kind::Dropout)],
        RepeatModel::ParetoNbd => &[(1, Kind::Purchase), (3, Kind::Dropout)],
    }
}

impl Pattern {
    pub(super) fn row(&self, kind: Kind) -> &[f64] {
        match kind {
            Kind::Purchase => &self.purchase,
            Kind::Dropout => &self.dropout,
        }
    }

    /// For each coefficient: which base parameter it moves, and the covariate's value.
    fn coefficients(&self, model: RepeatModel) -> impl Iterator<Item = (usize, f64)> + '_ {
        moved(model).iter().flat_map(|&(parameter, kind)| self.row(kind).iter().map(move |&value| (parameter, value)))
    }

    /// The four natural parameters of this pattern's customers: log-linear in the fitted ones.
    pub(super) fn parameters(&self, model: RepeatModel, fitted: &[f64]) -> [f64; 4] {
        let mut logs = [0.0; 4];
        logs.iter_mut().zip(fitted).for_each(|(log, base)| *log = *base);
        for ((parameter, value), coefficient) in self.coefficients(model).zip(fitted.iter().skip(4)) {
            if let Some(log) = logs.get_mut(parameter) {
                *log += coefficient * value;
            }
        }
        logs.map(f64::exp)
    }

    /// Adds derivatives by the four logarithms to those by the fitted parameters, by the chain rule.
    pub(super) fn add_to(&self, model: RepeatModel, total: &mut Evaluation, piece: &Moments<4>) {
        let loads: Vec<(usize, f64)> = (0..4).map(|base| (base, 1.0)).chain(self.coefficients(model)).collect();
        let n = total.gradient.len();
        total.value += piece.value;
        for (i, (left, factor)) in loads.iter().enumerate() {
            if let (Some(cell), Some(slope)) = (total.gradient.get_mut(i), piece.gradient.get(*left)) {
                *cell += factor * slope;
            }
            for (j, (right, other)) in loads.iter().enumerate() {
                let curve = piece.hessian.get(*left).and_then(|row| row.get(*right));
                if let (Some(cell), Some(curve)) = (total.hessian.get_mut(i * n + j), curve) {
                    *cell += factor * other * curve;
                }
            }
        }
    }
}

/// Customers gathered by their covariates, each group's histories sorted and merged.
pub(super) fn patterns(customers: &[Summary], purchase: &Covariates, dropout: &Covariates) -> Vec<Pattern> {
    if purchase.names.is_empty() && dropout.names.is_empty() {
        let rows = grouped(customers.iter().map(Row::of).collect());
        return vec![Pattern { purchase: Vec::new(), dropout: Vec::new(), rows }];
    }
    let mut groups: BTreeMap<Vec<u64>, (usize, Vec<Row>)> = BTreeMap::new();
    for (index, customer) in customers.iter().enumerate() {
        let key = purchase.row(index).iter().chain(dropout.row(index)).map(|value| value.to_bits()).collect();
        groups.entry(key).or_insert_with(|| (index, Vec::new())).1.push(Row::of(customer));
    }
    let pattern = |(index, rows): (usize, Vec<Row>)| Pattern {
        purchase: purchase.row(index).to_vec(),
        dropout: dropout.row(index).to_vec(),
        rows: grouped(rows),
    };
    groups.into_values().map(pattern).collect()
}

impl super::RepeatFit {
    /// The model of a customer with these covariates, in the order of the fit's names.
    ///
    /// # Errors
    /// [`ValueError::Lengths`] when a row has not as many numbers as the fit has names; [`ValueError::Argument`] when the
    /// parameters that follow are not numbers above zero.
    pub fn for_customer(&self, purchase: &[f64], dropout: &[f64]) -> Result<Repeat, ValueError> {
        let mut parameters = self.repeat.parameters();
        let mut effects = self.effects.iter();
        for &(index, kind) in moved(self.repeat.model()) {
            let (row, name, expected) = match kind {
                Kind::Purchase => (purchase, "purchase covariates", self.purchase_covariates),
                Kind::Dropout => (dropout, "dropout covariates", self.dropout_covariates),
            };
            if row.len() != expected {
                return Err(ValueError::Lengths { name, found: row.len(), expected });
            }
            let power: f64 = effects.by_ref().zip(row).map(|(effect, value)| effect.coefficient * value).sum();
            if let Some(parameter) = parameters.get_mut(index) {
                *parameter *= power.exp();
            }
        }
        Repeat::new(self.repeat.model(), parameters)
    }
}
