//! Time and memory, and the middle of several.

use std::time::{Duration, Instant};

/// Linux counts a hundred ticks a second for every program, whatever the kernel does inside.
const MILLISECONDS_IN_TICK: u64 = 10;

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since it was started.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The middle one; of an even number, the later of the two. Zero of none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What one is of the other.
pub fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// The most memory a process has used so far, in KiB, if the system says it and the process is there. `self` is this one.
pub fn peak_kib(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The processor time this process has used so far, on all its threads, if the system says it. Unlike the time on the clock it does
/// not depend on who else is at work.
pub fn processor_time() -> Option<Duration> {
    // The fields after the name, which is in parentheses: user time is the 12th of them and system time the 13th.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    let ticks = ticks.next()?.ok()?.saturating_add(ticks.next()?.ok()?);
    Some(Duration::from_millis(ticks.saturating_mul(MILLISECONDS_IN_TICK)))
}
