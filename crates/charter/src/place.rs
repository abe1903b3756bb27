//! Places by code, and how far they lie apart.
//!
//! The distance is the great circle's on a sphere of the Earth's mean radius (6,371,008.8 m), by the haversine formula, rounded
//! to the whole metre. Sine and cosine come from `libm`, which is written in Rust: every machine gives the same metre.

use std::collections::BTreeMap;

/// The Earth's mean radius in metres, as the IUGG gives it.
const RADIUS_METRES: f64 = 6_371_008.8;

/// Where a place lies, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// North of the equator; below zero, south.
    pub latitude: i32,
    /// East of Greenwich; below zero, west.
    pub longitude: i32,
}

impl Point {
    /// Reads a latitude and a longitude in degrees: `60.1939 11.1004`. `None` when it is not two such numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split_whitespace();
        let mut degrees = |most: i32| {
            let millionths = i32::try_from(crate::number::parse_number(parts.next()?).ok()?).ok()?;
            (most.saturating_neg()..=most).contains(&millionths).then_some(millionths)
        };
        let (latitude, longitude) = (degrees(90_000_000)?, degrees(180_000_000)?);
        parts.next().is_none().then_some(Self { latitude, longitude })
    }

    /// The length of the great circle between two points, in whole metres.
    pub fn metres_to(self, other: Self) -> i64 {
        let radians = |millionths: i32| f64::from(millionths) / 1e6 * std::f64::consts::PI / 180.0;
        let (from, to) = (radians(self.latitude), radians(other.latitude));
        let half = |one: i32, other: i32| libm::sin((radians(other) - radians(one)) / 2.0);
        let (north, east) = (half(self.latitude, other.latitude), half(self.longitude, other.longitude));
        let chord = north * north + libm::cos(from) * libm::cos(to) * east * east;
        let angle = 2.0 * libm::asin(libm::sqrt(chord.clamp(0.0, 1.0)));
        libm::round(RADIUS_METRES * angle) as i64
    }
}

/// The places of a charter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Where the coordinates were read.
    pub source: Box<str>,
    /// Each place by its code.
    pub points: BTreeMap<Box<str>, Point>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_great_circle() {
        let point = |text: &str| Point::parse(text).unwrap();
        let (oslo, london, new_york, singapore) = (
            point("60.1939 11.1004"),
            point("51.4706 -0.461941"),
            point("40.639801 -73.7789"),
            point("1.35019 103.994003"),
        );
        for (one, other, metres) in [
            (oslo, oslo, 0),
            (oslo, london, 1_205_598),
            (london, new_york, 5_539_652),
            (london, singapore, 10_883_304),
            (point("0 0"), point("0 180"), 20_015_114),
            (point("90 0"), point("-90 77"), 20_015_114),
            (point("0 0"), point("0 1"), 111_195),
        ] {
            assert_eq!(one.metres_to(other), metres);
            assert_eq!(other.metres_to(one), metres);
        }
    }

    #[test]
    fn only_two_numbers_within_the_globe_are_a_point() {
        for text in ["", "60", "60 11 5", "91 0", "0 181", "60.1234567 1", "N60 E11", "-90.1 0"] {
            assert_eq!(Point::parse(text), None, "{text}");
        }
        assert_eq!(Point::parse("-33.9461  151.177"), Some(Point { latitude: -33_946_100, longitude: 151_177_000 }));
    }
}
