//! The conditions as one would write them in Rust.

use anyhow::Result;
use serde::Deserialize;

use super::{Held, with};

/// The event, typed.
#[derive(Debug, Deserialize)]
pub struct Delivered {
    pub late_minutes: i64,
    pub ordered: i64,
    pub delivered: i64,
    pub damaged: bool,
    pub priority: bool,
    pub cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    Carrier,
    Weather,
    Customs,
    Unknown,
}

impl Cause {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Weather => "weather",
            Self::Customs => "customs",
            Self::Unknown => "unknown",
        }
    }
}

/// The line, as far as it is looked at.
#[derive(Deserialize)]
struct Line {
    data: Delivered,
}

/// The data of an event, from its line.
pub fn decode(line: &str) -> Result<Delivered> {
    Ok(serde_json::from_str::<Line>(line)?.data)
}

/// Which conditions hold.
pub fn judge(event: &Delivered) -> Held {
    let by_us = |late| event.late_minutes >= late && event.cause != Cause::Weather;
    let short = |by| event.ordered - event.delivered > by && !event.damaged;
    let damaged =
        |late| event.damaged && matches!(event.cause, Cause::Carrier | Cause::Unknown) && event.late_minutes > late;
    let pressing = |late| event.late_minutes > late && (event.priority || event.delivered < event.ordered);
    let share = |share| event.delivered * 100 < event.ordered * share || event.late_minutes > 1440;
    let held = [
        by_us(30),
        by_us(60),
        by_us(120),
        by_us(240),
        short(10),
        short(50),
        short(100),
        short(500),
        damaged(0),
        damaged(15),
        damaged(45),
        damaged(90),
        pressing(20),
        pressing(40),
        pressing(80),
        pressing(160),
        share(95),
        share(90),
        share(75),
        share(50),
    ];
    held.into_iter().enumerate().fold(0, |held, (place, holds)| with(held, place, holds))
}
