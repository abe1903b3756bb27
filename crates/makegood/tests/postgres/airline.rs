//! The airline's days, as lines.

use makegood::demo::events::{DEFAULT_SEED, Year};
use makegood::demo::passengers::Size;

/// The airline's charter.
pub const CHARTER: &str = include_str!("../../../../charters/jetblue/charter.yaml");
/// A moment after which nothing more is due.
pub const AFTER: &str = "2013-03-01T00:00:00Z";
/// A moment before anything is due.
pub const BEFORE: &str = "2012-01-01T00:00:00Z";

/// The events of so many days from 1 January 2013, with this many passengers in a thousand.
pub fn lines(days: i64, share: u16) -> Vec<String> {
    let first = jiff::civil::date(2013, 1, 1);
    let last = first.checked_add(jiff::Span::new().days(days - 1)).unwrap();
    let year = Year::new(Size::Share(share), DEFAULT_SEED).unwrap().between(first, last);
    let mut bytes = Vec::new();
    for day in year.days() {
        day.write(&mut bytes);
    }
    String::from_utf8(bytes).unwrap().lines().map(ToOwned::to_owned).collect()
}

/// The same lines in another order, the same for the same seed.
pub fn shuffled(mut lines: Vec<String>, seed: u64) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    for place in (1..lines.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.swap(place, (state >> 33) as usize % (place + 1));
    }
    lines
}
