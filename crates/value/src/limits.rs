//! Every bound of this crate in one place; reaching one is a documented error, never a truncated answer.

/// The fewest customers a repeat-buying or spend model is fitted to; below it the answer is noise with a decimal point.
pub const MIN_CUSTOMERS: usize = 10;
/// The most Newton iterations of one fit; a fit that needs more did not converge.
pub const MAX_ITERATIONS: u32 = 200;
/// The most threads a fit or a scoring run will start.
pub const MAX_THREADS: usize = 64;
/// The most covariates of one kind (on purchasing, or on dropping out).
pub const MAX_COVARIATES: usize = 16;
/// The most bad rows an error lists by number; the rest are counted.
pub const MAX_LISTED_ROWS: usize = 10;
/// The most transaction opportunities of one customer in the discrete models.
pub const MAX_OPPORTUNITIES: u32 = 10_000;
/// The most segments that customers are told apart by; a column with more is no column of segments.
pub const MAX_SEGMENTS: usize = 1_000;
/// The most terms summed by a series before it is declared not to converge.
pub const MAX_TERMS: usize = 200_000;
/// The most points that a plot draws of one line.
pub const MAX_POINTS: usize = 2_000;
/// How far, in natural logarithms, a parameter may run from its starting point, which is on the scale of the data, before a
/// fit is called divergent. Beyond a factor of 20,000 the likelihood is flat to the last digits.
pub(crate) const MAX_LOG: f64 = 10.0;
/// How far the coefficient of a covariate may run from zero.
pub(crate) const MAX_COEFFICIENT: f64 = 40.0;
/// The largest step of a log-parameter in one Newton iteration.
pub(crate) const MAX_STEP: f64 = 2.0;
/// Rows summed by one unit of work; fixed, so that sums do not depend on the number of threads.
pub(crate) const CHUNK_ROWS: usize = 8_192;
