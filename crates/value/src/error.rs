use crate::limits::MAX_LISTED_ROWS;

/// What is wrong with one row of input.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A field is NaN or infinite.
    #[error("{field} is not a number")]
    NotANumber {
        /// The field's name.
        field: &'static str,
    },
    /// A field that must not be negative is.
    #[error("{field} is negative ({value})")]
    Negative {
        /// The field's name.
        field: &'static str,
        /// What was found.
        value: f64,
    },
    /// The customer was observed for no time at all yet has repeat purchases, or the age is zero.
    #[error("the age is zero: summarise at a date after the first purchase")]
    NoAge,
    /// The last purchase lies after the end of observation.
    #[error("the last purchase ({last}) is later than the age ({age}): check the date the summary was made for")]
    LastAfterAge {
        /// Time of the last purchase since the first.
        last: f64,
        /// Time observed since the first purchase.
        age: f64,
    },
    /// No repeat purchase, but a time of one.
    #[error("no repeat purchase, yet the last one is at {last}: it must be 0")]
    LastWithoutRepeat {
        /// Time of the last purchase since the first.
        last: f64,
    },
    /// Repeat purchases, but all at the moment of the first.
    #[error("{repeats} repeat purchases, yet the last one is at 0: purchases of one day count as one")]
    RepeatWithoutLast {
        /// How many.
        repeats: u32,
    },
    /// More repeat transactions than opportunities, or a last opportunity outside them.
    #[error("{repeats} purchases and a last one at {last} do not fit into {opportunities} opportunities")]
    Opportunities {
        /// Repeat purchases.
        repeats: u32,
        /// Opportunity of the last one.
        last: u32,
        /// Opportunities observed.
        opportunities: u32,
    },
    /// An amount in another currency than the rows before it.
    #[error(
        "the amount is in `{found}`, the rows before it in `{expected}`: fit each currency by itself, or convert first"
    )]
    MixedCurrency {
        /// The currency of this row.
        found: String,
        /// The currency of the first row.
        expected: String,
    },
    /// A date before one already taken in.
    #[error("day {day} is before day {last}, which was already taken in: summarise again from all transactions")]
    OutOfOrder {
        /// The day of this row.
        day: i32,
        /// The latest day taken in before.
        last: i32,
    },
    /// A refund of a customer who has bought nothing.
    #[error("a refund of {amount_minor} comes before any purchase: add the purchase, or leave the row out")]
    RefundFirst {
        /// The refunded amount in minor units (negative).
        amount_minor: i64,
    },
    /// A field that cannot be read.
    #[error("the {field} `{found}` cannot be read: {help}")]
    Unreadable {
        /// The field's name.
        field: &'static str,
        /// What stands there, cut.
        found: String,
        /// How it is written.
        help: &'static str,
    },
    /// A party's identifier occurs twice.
    #[error("`{party}` occurs twice: give one row a party")]
    Duplicate {
        /// The identifier.
        party: String,
    },
    /// A row contradicts itself.
    #[error("{what}")]
    Contradiction {
        /// What contradicts what, and what to do.
        what: &'static str,
    },
    /// A sum leaves 64 bits of minor units.
    #[error("an amount is too large to add up in 64 bits of minor units")]
    Overflow,
}

/// The faulty rows of one input: the first few by number, and how many in all. Rows are numbered from 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BadRows {
    /// Row number and fault, at most [`MAX_LISTED_ROWS`].
    pub listed: Vec<(usize, Fault)>,
    /// How many rows are faulty in all.
    pub total: usize,
}

impl BadRows {
    /// Notes the fault of the row with this index (counted from 0).
    pub(crate) fn note(&mut self, index: usize, fault: Fault) {
        if self.listed.len() < MAX_LISTED_ROWS {
            self.listed.push((index.saturating_add(1), fault));
        }
        self.total = self.total.saturating_add(1);
    }

    /// `Ok` when no row was noted.
    pub(crate) fn into_result(self) -> Result<(), ValueError> {
        if self.total == 0 { Ok(()) } else { Err(ValueError::BadRows(self)) }
    }
}

impl std::fmt::Display for BadRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bad row{}: ", self.total, if self.total == 1 { "" } else { "s" })?;
        for (position, (row, fault)) in self.listed.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            write!(f, "row {row}: {fault}")?;
        }
        match self.total.saturating_sub(self.listed.len()) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Why a model could not be fitted, or a figure not be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// Rows that cannot be true.
    #[error("{0}")]
    BadRows(BadRows),
    /// Too few customers for the model.
    #[error(
        "{found} {what} are too few for {model}: it needs at least {needed}; take a longer period or a larger segment"
    )]
    TooFew {
        /// Which model.
        model: &'static str,
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Nobody bought again, so nothing can be learnt of rhythm or loss.
    #[error("none of {customers} customers bought again: nothing can be learnt of their rhythm; take a longer period")]
    NoRepeatBuyers {
        /// How many customers there are.
        customers: usize,
    },
    /// Every customer looks the same, so nothing can be learnt of their differences.
    #[error("all {customers} customers are identical: their differences, which {model} describes, cannot be estimated")]
    AllIdentical {
        /// Which model.
        model: &'static str,
        /// How many customers there are.
        customers: usize,
    },
    /// The likelihood keeps rising towards the edge of a parameter's range.
    #[error(
        "{model} has no best fit in these rows: `{parameter}` runs to {toward} (last log-likelihood {log_likelihood}); \
         take more history, a larger segment, another model or a prior, and do not use this fit"
    )]
    Diverged {
        /// Which model.
        model: &'static str,
        /// The parameter that runs away.
        parameter: String,
        /// `zero`, `infinity`, or for a covariate's coefficient `minus infinity`.
        toward: &'static str,
        /// The log-likelihood when it was stopped.
        log_likelihood: f64,
    },
    /// The optimiser stopped without a maximum.
    #[error("{model} did not converge in {iterations} iterations (slope {slope}): do not use this fit")]
    NotConverged {
        /// Which model.
        model: &'static str,
        /// Iterations done.
        iterations: u32,
        /// The largest derivative of the log-likelihood by a log-parameter when it was stopped.
        slope: f64,
    },
    /// The spend model's population mean does not exist.
    #[error(
        "the mean spend is infinite because q is {q} (it must be above 1): a few customers dominate; fit them apart"
    )]
    InfiniteMean {
        /// The fitted q.
        q: f64,
    },
    /// An argument outside its range.
    #[error("{name} is {value}: {rule}")]
    Argument {
        /// The argument's name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What it must be.
        rule: &'static str,
    },
    /// Two inputs that must have the same length do not.
    #[error("{name} has {found} rows, the customers {expected}: give one row a customer, in the same order")]
    Lengths {
        /// Which input.
        name: &'static str,
        /// Its rows.
        found: usize,
        /// The rows expected.
        expected: usize,
    },
    /// A covariate that is the same for everybody.
    #[error("the covariate `{name}` is the same for every customer: leave it out")]
    ConstantCovariate {
        /// The covariate.
        name: String,
    },
    /// A figure left the range of floating-point numbers.
    #[error("{what} cannot be computed for row {row} with these parameters")]
    NotFinite {
        /// Which figure.
        what: &'static str,
        /// The row, counted from 1.
        row: usize,
    },
    /// A sum of money left 64 bits of minor units.
    #[error("the line `{line}` is too large for 64 bits of minor units")]
    Overflow {
        /// Which line of the statement.
        line: &'static str,
    },
    /// A statement that does not add up; it is not published.
    #[error("the statement is out of balance by {by_minor} minor units: report this, and do not publish it")]
    Unbalanced {
        /// The difference between the lines and the closing value.
        by_minor: i128,
    },
}

/// Refuses an argument that is not a finite number of at least `least`.
pub(crate) fn at_least(name: &'static str, value: f64, least: f64, rule: &'static str) -> Result<f64, ValueError> {
    if value.is_finite() && value >= least { Ok(value) } else { Err(ValueError::Argument { name, value, rule }) }
}

/// Refuses an argument that is not a finite number above zero.
pub(crate) fn above_zero(name: &'static str, value: f64) -> Result<f64, ValueError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(ValueError::Argument { name, value, rule: "it must be a number above zero" })
    }
}
