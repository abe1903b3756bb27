//! The conditions as one would write them in Rust.

use std::hint::black_box;

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

/// One right's condition.
type Condition = fn(&Delivered) -> bool;

/// A function for each right, as an engine would hold them: each is asked by itself.
pub struct Rights([Condition; 20]);

impl Rights {
    /// The compiler must not look through the table, or it would make one function of all twenty: see [`judge_at_once`].
    pub fn new() -> Self {
        Self(black_box([
            |event| by_us(event, 30),
            |event| by_us(event, 60),
            |event| by_us(event, 120),
            |event| by_us(event, 240),
            |event| short(event, 10),
            |event| short(event, 50),
            |event| short(event, 100),
            |event| short(event, 500),
            |event| damaged(event, 0),
            |event| damaged(event, 15),
            |event| damaged(event, 45),
            |event| damaged(event, 90),
            |event| pressing(event, 20),
            |event| pressing(event, 40),
            |event| pressing(event, 80),
            |event| pressing(event, 160),
            |event| below(event, 95),
            |event| below(event, 90),
            |event| below(event, 75),
            |event| below(event, 50),
        ]))
    }

    /// Which conditions hold.
    pub fn judge(&self, event: &Delivered) -> Held {
        let judged = self.0.iter().enumerate();
        judged.fold(0, |held, (place, condition)| with(held, place, condition(event)))
    }
}

/// Which conditions hold, all of them in one function: what nobody writes for a charter that changes, but the least it can cost.
pub fn judge_at_once(event: &Delivered) -> Held {
    let by_us = [30, 60, 120, 240].map(|late| by_us(event, late));
    let short = [10, 50, 100, 500].map(|by| short(event, by));
    let damaged = [0, 15, 45, 90].map(|late| damaged(event, late));
    let pressing = [20, 40, 80, 160].map(|late| pressing(event, late));
    let below = [95, 90, 75, 50].map(|share| below(event, share));
    let held = [by_us, short, damaged, pressing, below];
    held.as_flattened().iter().enumerate().fold(0, |held, (place, holds)| with(held, place, *holds))
}

fn by_us(event: &Delivered, late: i64) -> bool {
    event.late_minutes >= late && event.cause != Cause::Weather
}

fn short(event: &Delivered, by: i64) -> bool {
    event.ordered - event.delivered > by && !event.damaged
}

fn damaged(event: &Delivered, late: i64) -> bool {
    event.damaged && matches!(event.cause, Cause::Carrier | Cause::Unknown) && event.late_minutes > late
}

fn pressing(event: &Delivered, late: i64) -> bool {
    event.late_minutes > late && (event.priority || event.delivered < event.ordered)
}

fn below(event: &Delivered, share: i64) -> bool {
    event.delivered * 100 < event.ordered * share || event.late_minutes > 1440
}
