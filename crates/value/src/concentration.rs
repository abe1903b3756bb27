//! On how few customers the value rests: the Pareto curve, the top fifth, and the whale curve of profit.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_POINTS;
use crate::numeric::approximate;
use crate::{BadRows, Fault, ValueError};

/// One customer's worth, in minor units of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// The party.
    pub party: String,
    /// The currency of both amounts.
    pub currency: String,
    /// The value or margin that the curve is about.
    pub value_minor: i64,
    /// What serving the party cost in the same period; zero if it is already taken off.
    pub cost_to_serve_minor: i64,
    /// The day somebody last cared for the party, if anybody did.
    pub last_cared_day: Option<i32>,
}

impl Worth {
    fn profit(&self) -> i128 {
        i128::from(self.value_minor) - i128::from(self.cost_to_serve_minor)
    }
}

/// A point of a curve: the best customers up to here, and their part of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Customers so far, the best first.
    pub customers: u64,
    /// As a share of all customers.
    pub share_of_customers: f64,
    /// The sum of their amounts in minor units.
    pub sum_minor: i128,
    /// As a share of the whole; above 1 where later customers take away. NaN if the whole is not above zero.
    pub share_of_value: f64,
}

/// On whom the value rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Concentration {
    /// The currency; empty if there is nobody.
    pub currency: String,
    /// All value, in minor units.
    pub total_minor: i128,
    /// All profit (value less cost to serve), in minor units.
    pub profit_minor: i128,
    /// The Pareto curve: value by customers, the most valuable first. At most [`MAX_POINTS`] points, the last one the whole.
    pub pareto: Vec<CurvePoint>,
    /// The whale curve: profit by customers, the most profitable first.
    pub whale: Vec<CurvePoint>,
    /// The top of the whale: beyond it customers cost more than they bring. Nothing if there is nobody.
    pub peak: Option<CurvePoint>,
    /// The share of value from the most valuable fifth of customers (rounded up). NaN if the value is not above zero.
    pub top_fifth_share: f64,
    /// The most valuable fifth, the most valuable first.
    pub top_fifth: Vec<Worth>,
    /// Customers that cost more than they bring.
    pub unprofitable: u64,
    /// The Gini coefficient of value: 0 when all are worth the same, near 1 when one is worth everything. NaN where somebody
    /// is worth less than nothing, for which it has no meaning.
    pub gini: f64,
}

/// Works out both curves.
///
/// # Errors
/// [`ValueError::BadRows`] for mixed currencies, or a party twice.
pub fn concentration(rows: &[Worth]) -> Result<Concentration, ValueError> {
    check(rows)?;
    let mut ranked: Vec<&Worth> = rows.iter().collect();
    ranked.sort_by(|left, right| right.value_minor.cmp(&left.value_minor).then(left.party.cmp(&right.party)));
    let values: Vec<i128> = ranked.iter().map(|row| i128::from(row.value_minor)).collect();
    let mut profits: Vec<i128> = rows.iter().map(Worth::profit).collect();
    profits.sort_unstable_by(|left, right| right.cmp(left));
    let fifth = rows.len().div_ceil(5);
    let total: i128 = values.iter().sum();
    let top: i128 = values.iter().take(fifth).sum();
    let gainful = profits.iter().filter(|profit| **profit > 0).count();
    Ok(Concentration {
        currency: rows.first().map(|row| row.currency.clone()).unwrap_or_default(),
        total_minor: total,
        profit_minor: profits.iter().sum(),
        pareto: curve(&values, None),
        whale: curve(&profits, Some(gainful)),
        peak: curve(&profits, Some(gainful)).into_iter().max_by_key(|point| point.sum_minor),
        top_fifth_share: share(top, total),
        top_fifth: ranked.into_iter().take(fifth).cloned().collect(),
        unprofitable: count(profits.iter().filter(|profit| **profit < 0).count()),
        gini: gini(&values, total),
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn real(number: i128) -> f64 {
    i64::try_from(number).map_or_else(|_| approximate_wide(number), approximate)
}

fn approximate_wide(number: i128) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "only shares are made of it")]
    let real = number as f64;
    real
}

fn share(part: i128, whole: i128) -> f64 {
    if whole > 0 { real(part) / real(whole) } else { f64::NAN }
}

/// The cumulative curve of amounts in descending order, thinned to [`MAX_POINTS`] evenly spaced points; `keep` is a number of
/// customers whose point is kept in any case.
fn curve(descending: &[i128], keep: Option<usize>) -> Vec<CurvePoint> {
    let total: i128 = descending.iter().sum();
    let every = descending.len().div_ceil(MAX_POINTS).max(1);
    let all = count(descending.len());
    let mut sum = 0;
    let mut points = Vec::new();
    for (number, amount) in (1..).zip(descending) {
        sum += amount;
        if number % every == 0 || number == descending.len() || Some(number) == keep {
            let share_of_customers = share(i128::from(count(number)), i128::from(all));
            points.push(CurvePoint {
                customers: count(number),
                share_of_customers,
                sum_minor: sum,
                share_of_value: share(sum, total),
            });
        }
    }
    points
}

/// `(n + 1 − 2 Σ_k S_k / S_n) / n` over amounts in ascending order, S their running sums.
fn gini(descending: &[i128], total: i128) -> f64 {
    if total <= 0 || descending.iter().any(|amount| *amount < 0) {
        return f64::NAN;
    }
    let n = real(i128::from(count(descending.len())));
    let (mut running, mut area) = (0_i128, 0.0);
    for amount in descending.iter().rev() {
        running += amount;
        area += real(running);
    }
    (n + 1.0 - 2.0 * area / real(total)) / n
}

fn check(rows: &[Worth]) -> Result<(), ValueError> {
    let mut bad = BadRows::default();
    let mut seen = BTreeSet::new();
    let expected = rows.first().map(|row| row.currency.as_str()).unwrap_or_default();
    for (index, row) in rows.iter().enumerate() {
        if row.currency != expected {
            let (found, expected) = (row.currency.clone(), expected.to_owned());
            bad.note(index, Fault::MixedCurrency { found, expected });
        } else if !seen.insert(row.party.as_str()) {
            bad.note(index, Fault::Duplicate { party: row.party.clone() });
        }
    }
    bad.into_result()
}

#[cfg(test)]
mod tests;
