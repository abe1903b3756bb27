//! The one place that reads the clock.

use makegood_charter::Moment;

/// The moment it is now.
#[expect(clippy::disallowed_methods, reason = "this is the edge where time enters")]
pub fn now() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}

/// A stopwatch for progress and reports.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts it.
    #[expect(clippy::disallowed_methods, reason = "this is the edge where time enters")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Seconds since it was started.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
