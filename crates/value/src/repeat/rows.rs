use crate::limits::CHUNK_ROWS;
use crate::numeric::moments::Moments;
use crate::repeat::{RepeatModel, geometric, pareto};
use crate::{Summary, ValueError};

/// Customers with the same history, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) x: u32,
    pub(super) count: u32,
    pub(super) t_x: f64,
    pub(super) t: f64,
}

impl Row {
    pub(super) fn of(customer: &Summary) -> Self {
        Self { x: customer.repeats, count: 1, t_x: customer.last, t: customer.age }
    }

    fn key(&self) -> (u32, u64, u64) {
        // Times are not negative, so their bits are in the order of their values.
        (self.x, self.t.to_bits(), self.t_x.to_bits())
    }
}

impl RepeatModel {
    /// The log-likelihood of rows sorted by x, with derivatives by the natural parameters.
    pub(super) fn moments(self, parameters: &[f64; 4], rows: &[Row]) -> Moments<4> {
        match self {
            Self::BgNbd => geometric::moments(false, parameters, rows),
            Self::MbgNbd => geometric::moments(true, parameters, rows),
            Self::ParetoNbd => pareto::moments(parameters, rows),
        }
    }
}

/// Rows sorted by history, with the same histories merged.
pub(super) fn grouped(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_unstable_by_key(Row::key);
    rows.dedup_by(|next, kept| {
        let same = next.key() == kept.key() && kept.count.checked_add(next.count).is_some();
        if same {
            kept.count += next.count;
        }
        same
    });
    rows
}

/// Sums over all customers, in the order of the sorted rows, so that the order of the input does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) customers: f64,
    pub(super) repeats: f64,
    pub(super) age: f64,
}

/// The sums over these patterns.
pub(super) fn totals(patterns: &[Pattern]) -> Totals {
    let mut totals = Totals::default();
    for row in patterns.iter().flat_map(|pattern| &pattern.rows) {
        let count = f64::from(row.count);
        totals.customers += count;
        totals.repeats += count * f64::from(row.x);
        totals.age += count * row.t;
    }
    totals
}

/// Divides every time by `scale`.
pub(super) fn rescale(patterns: &mut [Pattern], scale: f64) {
    for row in patterns.iter_mut().flat_map(|pattern| &mut pattern.rows) {
        row.t_x /= scale;
        row.t /= scale;
    }
}

/// Customers who share their covariates, hence their parameters.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The covariates on purchasing and on leaving.
    pub(super) purchase: Vec<f64>,
    pub(super) dropout: Vec<f64>,
    /// Sorted by x.
    pub(super) rows: Vec<Row>,
}

/// A piece of one pattern's rows: which pattern, from which row, to before which row.
pub(super) type Piece = (usize, usize, usize);

/// Cuts the patterns into pieces and gathers them into units of work of about [`CHUNK_ROWS`] rows, the same for any number
/// of threads.
pub(super) fn chunks(patterns: &[Pattern]) -> Vec<Vec<Piece>> {
    let mut chunks: Vec<Vec<Piece>> = Vec::new();
    let mut room = 0;
    for (index, pattern) in patterns.iter().enumerate() {
        let mut from = 0;
        while from < pattern.rows.len() {
            if room == 0 {
                chunks.push(Vec::new());
                room = CHUNK_ROWS;
            }
            let to = pattern.rows.len().min(from + room);
            if let Some(chunk) = chunks.last_mut() {
                chunk.push((index, from, to));
            }
            room -= to - from;
            from = to;
        }
    }
    chunks
}

/// Refuses a population of which nothing can be learnt.
pub(super) fn check_population(model: RepeatModel, customers: &[Summary]) -> Result<(), ValueError> {
    crate::summary::check(customers)?;
    let (name, needed) = (model.name(), crate::limits::MIN_CUSTOMERS);
    if customers.len() < needed {
        return Err(ValueError::TooFew { model: name, what: "customers", found: customers.len(), needed });
    }
    if customers.iter().all(|customer| customer.repeats == 0) {
        return Err(ValueError::NoRepeatBuyers { customers: customers.len() });
    }
    let first = customers.first().map(|customer| Row::of(customer).key());
    if customers.iter().all(|customer| Some(Row::of(customer).key()) == first) {
        return Err(ValueError::AllIdentical { model: name, customers: customers.len() });
    }
    Ok(())
}
