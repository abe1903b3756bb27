use std::collections::BTreeMap;

use super::{Repeat, RepeatModel, geometric};
use crate::Summary;
use crate::numeric::quadrature::{discounted, gauss, interpolate};
use crate::numeric::{hypergeometric, parallel};

/// Above these the shared table would lose digits, and the integral is taken afresh.
const MOST_DISCOUNT: f64 = 4.0;
const MOST_DECAY: f64 = 8.0;

/// The expected rate of buying of active customers with the same number of purchases, as a multiple of their present rate:
/// `₂F₁(r+x+1, a; c; −y)` at the twelve Gauss nodes of panels of unit length in `ln(1 + y)`, y the time ahead as a share of
/// `α + T`.
///
/// It does not depend on T, so all customers with the same x share it, and the costly function is not evaluated again for
/// each of them.
#[derive(Debug, Clone)]
struct Table {
    panels: Vec<[f64; 12]>,
}

impl Table {
    fn new(power: f64, a: f64, c: f64, panels: usize) -> Self {
        let mut values = hypergeometric::Ascending::new(power + 1.0, a, c);
        let mut filled = Vec::with_capacity(panels);
        let mut left = 0.0;
        for _ in 0..panels {
            // The nodes come in pairs from the middle outward; the values are wanted in ascending order.
            let mut nodes = [(0.0, 0); 12];
            let mut slots = nodes.iter_mut().zip(0_usize..);
            gauss(left, left + 1.0, |u, _| {
                if let Some((slot, place)) = slots.next() {
                    *slot = (u, place);
                }
            });
            nodes.sort_by(|one, other| one.0.total_cmp(&other.0));
            let mut panel = [0.0; 12];
            for (u, place) in nodes {
                let value = values.next(f64::exp_m1(u));
                if let Some(slot) = panel.get_mut(place) {
                    *slot = value;
                }
            }
            filled.push(panel);
            left += 1.0;
        }
        Self { panels: filled }
    }

    /// `∫ e^{−k y} F(y) dy` from `low` to `high`, both in `ln(1 + y)`; nothing where the table does not reach.
    fn integrate(&self, low: f64, high: f64, k: f64) -> Option<f64> {
        let (mut sum, mut left) = (0.0, 0.0);
        for panel in &self.panels {
            let right = left + 1.0;
            let (from, to) = (low.max(left), high.min(right));
            if from == left && to == right {
                let mut values = panel.iter();
                gauss(left, right, |u, weight| {
                    let y = f64::exp_m1(u);
                    sum += values.next().map_or(f64::NAN, |value| weight * (-k * y).exp() * (1.0 + y) * value);
                });
            } else if from < to {
                gauss(from, to, |u, weight| {
                    let y = f64::exp_m1(u);
                    sum += weight * (-k * y).exp() * (1.0 + y) * interpolate(panel, 2.0 * (u - left) - 1.0);
                });
            }
            left = right;
            if left >= high {
                return Some(sum);
            }
        }
        None
    }
}

/// The tables of all numbers of purchases that occur, and for Pareto/NBD the survival of all ages that occur.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    tables: BTreeMap<u32, Table>,
    survivals: Survivals,
}

/// A range ahead, and the discount over it.
pub(crate) type Span = ((f64, f64), f64);

/// The discounted survival of Pareto/NBD over some ranges: it depends on nothing of a customer but the age, and customers
/// who are counted in days share few ages.
#[derive(Debug, Clone, Default)]
struct Survivals {
    /// The ages by their bits, in order: ages are not negative.
    ages: Vec<u64>,
    /// For each range its values, in the order of ages.
    spans: Vec<(Span, Vec<f64>)>,
}

impl Survivals {
    fn get(&self, age: f64, span: Span) -> Option<f64> {
        let (_, values) = self.spans.iter().find(|(known, _)| *known == span)?;
        values.get(self.ages.binary_search(&age.to_bits()).ok()?).copied()
    }
}

/// `∫ e^{−δt} ((β+T)/(β+T+t))^s dt` over a range ahead.
fn survival(repeat: &Repeat, age: f64, ((from, to), delta): Span) -> f64 {
    let [_, _, s, beta] = repeat.parameters;
    let scale = beta + age;
    discounted(scale, s, from, to, delta, |t| (-s * (t / scale).ln_1p()).exp())
}

/// A, a and c of the hypergeometric function of a customer with x repeat purchases, less one for A.
fn arguments(repeat: &Repeat, x: u32) -> Option<(f64, f64, f64)> {
    let [r, _, a, b] = repeat.parameters;
    let at_first = match repeat.model {
        RepeatModel::BgNbd => false,
        RepeatModel::MbgNbd => true,
        RepeatModel::ParetoNbd => return None,
    };
    Some((r + f64::from(x), a, a + b + f64::from(geometric::occasions(at_first, x))))
}

/// A table that reaches as far as `length` in `ln(1 + y)`; nothing where it would be too long (a far horizon without
/// discount) or lose digits.
fn table(repeat: &Repeat, x: u32, length: f64) -> Option<Table> {
    let (power, a, c) = arguments(repeat, x)?;
    let panels = (1..=64_u8).find(|panels| f64::from(*panels) >= length)?;
    ((power + 1.0) * a / c <= MOST_DECAY).then(|| Table::new(power, a, c, usize::from(panels)))
}

/// How far ahead the discount leaves anything to see.
fn reach(from: f64, to: f64, delta: f64) -> f64 {
    if delta > 0.0 { to.min(from + 40.0 / delta) } else { to }
}

impl Rates {
    /// Tables for these customers, reaching as far ahead as `to`. Pareto/NBD needs none.
    pub(crate) fn new(
        repeat: &Repeat,
        customers: &[Summary],
        (from, to): (f64, f64),
        delta: f64,
        threads: usize,
    ) -> Self {
        let mut ages: BTreeMap<u32, f64> = BTreeMap::new();
        for customer in customers {
            let youngest = ages.entry(customer.repeats).or_insert(f64::INFINITY);
            *youngest = youngest.min(customer.age);
        }
        let [_, alpha, ..] = repeat.parameters;
        let ages: Vec<(u32, f64)> = ages.into_iter().collect();
        let table = |index: usize| {
            let (x, age) = *ages.get(index)?;
            Some((x, table(repeat, x, (reach(from, to, delta) / (alpha + age)).ln_1p())?))
        };
        let tables = parallel::map(ages.len(), threads, table).into_iter().flatten().collect();
        Self { tables, survivals: Survivals::default() }
    }

    /// The same, remembering for Pareto/NBD the survival over these ranges, where customers share their ages.
    pub(crate) fn over(mut self, repeat: &Repeat, customers: &[Summary], spans: &[Span], threads: usize) -> Self {
        if repeat.model != RepeatModel::ParetoNbd {
            return self;
        }
        let mut ages: Vec<u64> = customers.iter().map(|customer| customer.age.to_bits()).collect();
        ages.sort_unstable();
        ages.dedup();
        // With an age of their own for most customers nothing would be won.
        if ages.len() > customers.len() / 2 {
            return self;
        }
        let values = |index: usize| {
            let age = ages.get(index).map_or(f64::NAN, |bits| f64::from_bits(*bits));
            spans.iter().map(|span| survival(repeat, age, *span)).collect::<Vec<f64>>()
        };
        let by_age = parallel::map(ages.len(), threads, values);
        let of = |place: usize| by_age.iter().filter_map(|values| values.get(place).copied()).collect();
        self.survivals.spans = spans.iter().zip(0..).map(|(span, place)| (*span, of(place))).collect();
        self.survivals.ages = ages;
        self
    }

    /// The discounted purchases expected of a customer who is active, by Pareto/NBD (RFM 2005, eq. 2).
    pub(super) fn expected_by_survival(
        &self,
        repeat: &Repeat,
        customer: &Summary,
        range: (f64, f64),
        delta: f64,
    ) -> f64 {
        let [r, alpha, ..] = repeat.parameters;
        let span = (range, delta);
        let survival = self.survivals.get(customer.age, span).unwrap_or_else(|| survival(repeat, customer.age, span));
        (r + f64::from(customer.repeats)) / (alpha + customer.age) * survival
    }

    /// The discounted purchases expected of a customer who is active, by BG/NBD or MBG/NBD.
    pub(super) fn expected(&self, repeat: &Repeat, customer: &Summary, (from, to): (f64, f64), delta: f64) -> f64 {
        let Some((power, a, c)) = arguments(repeat, customer.repeats) else { return f64::NAN };
        let [_, alpha, ..] = repeat.parameters;
        let now = alpha + customer.age;
        let (low, high) = ((from / now).ln_1p(), (reach(from, to, delta) / now).ln_1p());
        if delta * now <= MOST_DISCOUNT && low < high {
            let shared = self.tables.get(&customer.repeats).and_then(|table| table.integrate(low, high, delta * now));
            let own = || table(repeat, customer.repeats, high)?.integrate(low, high, delta * now);
            if let Some(integral) = shared.or_else(own) {
                return power * integral;
            }
        }
        let rate = |t: f64| hypergeometric::negative(power + 1.0, a, c, t / now);
        power / now * discounted(now, (power + 1.0) * a / c, from, to, delta, rate)
    }
}
