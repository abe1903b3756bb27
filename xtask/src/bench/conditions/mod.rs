//! The conditions of a charter with twenty rights, for one event: ours, hand-written Rust, and the `cel` crate's own evaluator. All
//! three judge the same events, and are seen to agree before they are timed.

mod by_cel;
mod by_charter;
mod by_hand;

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::Figure;
use super::measure::{Stopwatch, median};

/// Different events.
const EVENTS: u64 = 256;
/// How long each way is timed in each round, at least.
const AT_LEAST: Duration = Duration::from_millis(200);

/// The conditions, as the charter writes them. [`by_hand`] writes them again in Rust.
const CONDITIONS: [&str; 20] = [
    "data.late_minutes >= 30 && data.cause != 'weather'",
    "data.late_minutes >= 60 && data.cause != 'weather'",
    "data.late_minutes >= 120 && data.cause != 'weather'",
    "data.late_minutes >= 240 && data.cause != 'weather'",
    "data.ordered - data.delivered > 10 && !data.damaged",
    "data.ordered - data.delivered > 50 && !data.damaged",
    "data.ordered - data.delivered > 100 && !data.damaged",
    "data.ordered - data.delivered > 500 && !data.damaged",
    "data.damaged && data.cause in ['carrier', 'unknown'] && data.late_minutes > 0",
    "data.damaged && data.cause in ['carrier', 'unknown'] && data.late_minutes > 15",
    "data.damaged && data.cause in ['carrier', 'unknown'] && data.late_minutes > 45",
    "data.damaged && data.cause in ['carrier', 'unknown'] && data.late_minutes > 90",
    "data.late_minutes > 20 && (data.priority || data.delivered < data.ordered)",
    "data.late_minutes > 40 && (data.priority || data.delivered < data.ordered)",
    "data.late_minutes > 80 && (data.priority || data.delivered < data.ordered)",
    "data.late_minutes > 160 && (data.priority || data.delivered < data.ordered)",
    "data.delivered * 100 < data.ordered * 95 || data.late_minutes > 1440",
    "data.delivered * 100 < data.ordered * 90 || data.late_minutes > 1440",
    "data.delivered * 100 < data.ordered * 75 || data.late_minutes > 1440",
    "data.delivered * 100 < data.ordered * 50 || data.late_minutes > 1440",
];

/// Which conditions hold, one bit each.
type Held = u32;

/// Sets a condition's bit where it holds.
fn with(held: Held, place: usize, holds: bool) -> Held {
    held | u32::from(holds).wrapping_shl(u32::try_from(place).unwrap_or_default())
}

/// The events, as lines of JSON.
fn lines() -> Vec<String> {
    let causes = ["carrier", "weather", "customs", "unknown"];
    let line = |number: u64| {
        // A fixed sequence that goes through all cases: no randomness is needed.
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (late, ordered) = (mixed.wrapping_shr(32) % 300, 800 + mixed.wrapping_shr(20) % 1000);
        let delivered = ordered - mixed.wrapping_shr(12) % 700;
        let cause = causes.get(usize::try_from(mixed.wrapping_shr(50) % 4).unwrap_or_default()).unwrap_or(&"unknown");
        let (damaged, priority) = (mixed.wrapping_shr(55).is_multiple_of(3), mixed.wrapping_shr(58).is_multiple_of(2));
        format!(
            r#"{{"specversion":"1.0","id":"delivered:{number}","source":"urn:makegood:bench:deliveries","type":"order.delivered","subject":"order:{number}","time":"2025-03-04T10:20:30Z","data":{{"late_minutes":{late},"ordered":{ordered},"delivered":{delivered},"damaged":{damaged},"priority":{priority},"cause":"{cause}"}}}}"#
        )
    };
    (1..=EVENTS).map(line).collect()
}

/// One way to judge the events, and the times it took for one of them.
struct Way<'w> {
    name: &'static str,
    judge: Box<dyn FnMut() -> u64 + 'w>,
    times: Vec<Duration>,
}

impl<'w> Way<'w> {
    /// Judges each of `events`.
    fn new<T>(name: &'static str, events: &'w [T], judge: impl Fn(&T) -> Held + 'w) -> Self {
        let all = move || events.iter().map(|event| u64::from(judge(black_box(event)))).sum();
        Self { name, judge: Box::new(all), times: Vec::new() }
    }
}

/// All ways in turns.
pub fn measure(rounds: u16) -> Result<Vec<Figure>> {
    let lines = lines();
    let (ours, hand, theirs) = (by_charter::Rights::new()?, by_hand::Rights::new(), by_cel::Rights::new()?);
    let decoded = lines.iter().map(|line| ours.decode(line)).collect::<Result<Vec<_>>>()?;
    let typed = lines.iter().map(|line| by_hand::decode(line)).collect::<Result<Vec<_>>>()?;
    let mut held = 0;
    for ((fields, event), line) in decoded.iter().zip(&typed).zip(&lines) {
        let all = [ours.judge(fields), hand.judge(event), by_hand::judge_at_once(event), theirs.judge(event)?];
        ensure!(all.iter().all(|one| *one == all[0]), "they disagree: {all:?} of {line}");
        held |= all[0];
    }
    ensure!(held == (1 << CONDITIONS.len()) - 1, "some conditions never hold: {held:020b}");
    println!("{} conditions on {EVENTS} events, {rounds} rounds", CONDITIONS.len());
    let mut ways = [
        Way::new("hand-written Rust, a function a right", &typed, |event| hand.judge(event)),
        Way::new("hand-written Rust, all in one function", &typed, by_hand::judge_at_once),
        Way::new("ours", &decoded, |fields| ours.judge(fields)),
        Way::new("the cel crate", &typed, |event| theirs.judge(event).unwrap_or_default()),
        Way::new("from JSON, hand-written Rust", &lines, |line| {
            by_hand::decode(line).map_or(0, |event| hand.judge(&event))
        }),
        Way::new("from JSON, ours", &lines, |line| ours.decode(line).map_or(0, |fields| ours.judge(&fields))),
        Way::new("from JSON, the cel crate", &lines, |line| {
            by_hand::decode(line).and_then(|event| theirs.judge(&event)).unwrap_or_default()
        }),
    ];
    for _ in 0..rounds {
        for way in &mut ways {
            let time = per_event(&mut way.judge);
            way.times.push(time);
        }
    }
    Ok(report(ways))
}

/// The time for one event, in picoseconds held as nanoseconds, so that a nanosecond is not the finest step.
fn per_event(judge: &mut dyn FnMut() -> u64) -> Duration {
    let watch = Stopwatch::start();
    let mut passes = 0_u32;
    while watch.elapsed() < AT_LEAST {
        black_box(judge());
        passes = passes.saturating_add(1);
    }
    let events = f64::from(passes) * EVENTS as f64;
    Duration::from_secs_f64(watch.elapsed().as_secs_f64() * 1e3 / events)
}

fn report(ways: [Way<'_>; 7]) -> Vec<Figure> {
    let nanos = ways.map(|way| (way.name, median(way.times).as_secs_f64() * 1e6));
    let count = CONDITIONS.len();
    let times = nanos.map(|(name, nanos)| {
        let each = nanos / count as f64;
        Figure::new(format!("{count} conditions, {name}"), format!("{nanos:.0} ns an event, {each:.1} ns each"), "")
    });
    let [hand, at_once, ours, cel, hand_json, ours_json, cel_json] = nanos.map(|(_, nanos)| nanos);
    let slower = |what: &str, of: f64, goal: &str| {
        Figure::new(format!("{count} conditions, {what}"), format!("{of:.1} times"), goal)
    };
    let mut figures = Vec::from(times);
    figures.extend([
        slower("ours of a function a right", ours / hand, "at most 10"),
        slower("ours of all in one function", ours / at_once, ""),
        slower("the cel crate of ours", cel / ours, "at least 40"),
        slower("from JSON, ours of hand-written", ours_json / hand_json, "at most 10"),
        slower("from JSON, the cel crate of ours", cel_json / ours_json, "(decoding weighs most)"),
    ]);
    figures
}
