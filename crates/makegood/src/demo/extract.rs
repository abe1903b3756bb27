//! The airline's year as it was: every JetBlue flight out of New York in 2013 and the weather it met, read from the
//! extract committed under `examples/airline` and carried inside the binary.
//!
//! Nothing here is generated. `examples/airline/README.md` says where the figures come from and what they do not hold.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use flate2::read::GzDecoder;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

const FLIGHTS: &[u8] = include_bytes!("../../../../examples/airline/flights.csv.gz");
const WEATHER: &[u8] = include_bytes!("../../../../examples/airline/weather.csv.gz");

const FLIGHT_HEADER: &str =
    "date,scheduled,utc_offset,dep_delay,arr_delay,flight,tail,seats,seats_from,origin,dest,distance";
const WEATHER_HEADER: &str = "origin,hour,wind_speed,wind_gust,precip,visib";

/// The largest table the extract may unpack to, in bytes.
const TABLE_BYTES: u64 = 64 * 1024 * 1024;

/// Seconds in an hour.
pub const HOUR_SECONDS: i64 = 3_600;

/// The carrier all flights of the extract belong to.
pub const CARRIER: &str = "B6";

/// Why the extract could not be read. It is part of the binary, so any of these is a fault of the build.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The compressed bytes are damaged.
    #[error("the airline extract `{table}` cannot be unpacked")]
    Packed {
        /// The table.
        table: &'static str,
        /// What the decoder says.
        source: std::io::Error,
    },
    /// A line does not hold what its column promises.
    #[error("the airline extract `{table}`, line {line}: `{text}` is not a good row")]
    Row {
        /// The table.
        table: &'static str,
        /// The line, from 1.
        line: usize,
        /// The line's text.
        text: String,
    },
}

/// An airport's three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Airport([u8; 3]);

impl Airport {
    /// The airport of these three capital letters.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Airport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A decimal figure, exact, counted in hundred-thousandths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure(i64);

impl Figure {
    /// Decimals a figure may have.
    pub const DECIMALS: usize = 5;

    /// This many hundred-thousandths.
    pub const fn new(hundred_thousandths: i64) -> Self {
        Self(hundred_thousandths)
    }

    /// The count of hundred-thousandths.
    pub const fn hundred_thousandths(self) -> i64 {
        self.0
    }

    /// A figure not below zero, of at most nine whole digits and five decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || decimals.len() > Self::DECIMALS || !digits(whole) || !digits(decimals)
        {
            return None;
        }
        let fraction: i64 = format!("{decimals:0<5}").parse().ok()?;
        Some(Self(whole.parse::<i64>().ok()? * 100_000 + fraction))
    }

    /// The figure in knots when it is in miles an hour, rounded half up to one decimal. A mile is 1,609.344 metres and a
    /// nautical mile 1,852, both by definition.
    pub const fn knots_from_miles_an_hour(self) -> Self {
        const MILE: i64 = 1_609_344;
        const NAUTICAL_MILE: i64 = 1_852_000;
        const TENTH: i64 = 10_000;
        let tenths = (self.0 * MILE + NAUTICAL_MILE * TENTH / 2) / (NAUTICAL_MILE * TENTH);
        Self(tenths * TENTH)
    }
}

/// One flight, as scheduled and as flown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flight {
    /// The local date of the scheduled departure.
    pub date: Date,
    /// The scheduled departure, in seconds since 1970 UTC.
    pub scheduled_seconds: i64,
    /// Minutes between the scheduled and the actual departure, below zero when early; `None` when it never departed.
    pub departure_delay_minutes: Option<i32>,
    /// Minutes between the scheduled and the actual arrival; `None` when it never arrived, or elsewhere.
    pub arrival_delay_minutes: Option<i32>,
    /// The flight number, which with the date names the flight.
    pub number: u16,
    /// The aircraft's registration.
    pub tail: Box<str>,
    /// Seats of the aircraft, as the aircraft register has them.
    pub seats: u16,
    /// False when the register does not know the aircraft and `seats` is the median of the airline's aircraft.
    pub seats_known: bool,
    /// Where it was to leave from.
    pub origin: Airport,
    /// Where it was to go.
    pub destination: Airport,
    /// The distance between the two, in miles.
    pub distance_miles: u16,
    /// Seats of all flights before it in the year: what gives each seat of the year a number of its own.
    pub seats_before: u32,
}

impl Flight {
    /// The flight's name within its carrier's year: `B6-725-2013-01-01`.
    pub fn name(&self) -> String {
        format!("{CARRIER}-{}-{}", self.number, self.date)
    }

    /// True when it never departed.
    pub fn is_cancelled(&self) -> bool {
        self.departure_delay_minutes.is_none()
    }
}

/// What the station at an airport saw in one hour. A figure is `None` where the source has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// Wind speed, in miles an hour.
    pub wind_miles_an_hour: Option<Figure>,
    /// Speed of the gusts, in miles an hour.
    pub gust_miles_an_hour: Option<Figure>,
    /// Precipitation of the hour, in inches.
    pub precipitation_inches: Option<Figure>,
    /// Visibility, in miles.
    pub visibility_miles: Option<Figure>,
}

/// The flights and the weather of the year.
#[derive(Debug)]
pub struct Extract {
    /// Every flight, in the order of the scheduled departure, then of the number.
    pub flights: Vec<Flight>,
    weather: BTreeMap<(Airport, i64), Observation>,
}

impl Extract {
    /// Reads the extract carried in the binary.
    pub fn read() -> Result<Self, ExtractError> {
        Ok(Self { flights: flights(&unpack("flights", FLIGHTS)?)?, weather: weather(&unpack("weather", WEATHER)?)? })
    }

    /// What was observed at an airport in the hour that holds this moment (seconds since 1970 UTC).
    pub fn observed(&self, airport: Airport, seconds: i64) -> Option<&Observation> {
        self.weather.get(&(airport, seconds.div_euclid(HOUR_SECONDS)))
    }

    /// How many observations there are.
    pub fn observations(&self) -> usize {
        self.weather.len()
    }

    /// Seats of all flights together.
    pub fn seats(&self) -> u32 {
        self.flights.last().map_or(0, |flight| flight.seats_before + u32::from(flight.seats))
    }
}

fn unpack(table: &'static str, packed: &[u8]) -> Result<String, ExtractError> {
    let mut text = String::new();
    let unpacked = GzDecoder::new(packed).take(TABLE_BYTES).read_to_string(&mut text);
    unpacked.map(|_| text).map_err(|source| ExtractError::Packed { table, source })
}

fn flights(text: &str) -> Result<Vec<Flight>, ExtractError> {
    let mut flights: Vec<Flight> = Vec::new();
    for_each_row("flights", FLIGHT_HEADER, text, |cells| {
        let seats_before = flights.last().map_or(0, |last| last.seats_before + u32::from(last.seats));
        let flight = flight(cells, seats_before)?;
        let key = |flight: &Flight| (flight.scheduled_seconds, flight.number);
        let in_order = flights.last().is_none_or(|last| key(last) < key(&flight) && last.date <= flight.date);
        flights.push(flight);
        in_order.then_some(())
    })?;
    Ok(flights)
}

fn flight<'a>(mut cells: impl Iterator<Item = &'a str>, seats_before: u32) -> Option<Flight> {
    let date: Date = cells.next()?.parse().ok()?;
    let clock: u16 = cells.next()?.parse().ok()?;
    let offset = Offset::from_hours(cells.next()?.parse().ok()?).ok()?;
    let clock = Time::new((clock / 100).try_into().ok()?, (clock % 100).try_into().ok()?, 0, 0).ok()?;
    let local = date.to_datetime(clock);
    Some(Flight {
        date,
        scheduled_seconds: offset.to_timestamp(local).ok()?.as_second(),
        departure_delay_minutes: optional(cells.next()?, |cell| cell.parse().ok())?,
        arrival_delay_minutes: optional(cells.next()?, |cell| cell.parse().ok())?,
        number: cells.next()?.parse().ok()?,
        tail: cells.next()?.into(),
        seats: cells.next()?.parse().ok()?,
        seats_known: match cells.next()? {
            "table" => true,
            "median" => false,
            _ => return None,
        },
        origin: Airport::parse(cells.next()?)?,
        destination: Airport::parse(cells.next()?)?,
        distance_miles: cells.next()?.parse().ok()?,
        seats_before,
    })
}

fn weather(text: &str) -> Result<BTreeMap<(Airport, i64), Observation>, ExtractError> {
    let mut weather = BTreeMap::new();
    for_each_row("weather", WEATHER_HEADER, text, |mut cells| {
        let airport = Airport::parse(cells.next()?)?;
        let hour: DateTime = cells.next()?.strip_suffix('Z')?.parse().ok()?;
        let hour = Offset::UTC.to_timestamp(hour).ok()?.as_second() / HOUR_SECONDS;
        let observation = Observation {
            wind_miles_an_hour: optional(cells.next()?, Figure::parse)?,
            gust_miles_an_hour: optional(cells.next()?, Figure::parse)?,
            precipitation_inches: optional(cells.next()?, Figure::parse)?,
            visibility_miles: optional(cells.next()?, Figure::parse)?,
        };
        weather.insert((airport, hour), observation).is_none().then_some(())
    })?;
    Ok(weather)
}

/// An empty cell is no value; a cell that cannot be read is an error, the outer `None`.
fn optional<T>(cell: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if cell.is_empty() { Some(None) } else { read(cell).map(Some) }
}

fn for_each_row(
    table: &'static str,
    header: &str,
    text: &str,
    mut take: impl FnMut(std::str::Split<'_, char>) -> Option<()>,
) -> Result<(), ExtractError> {
    for (index, line) in text.lines().enumerate() {
        let good = if index == 0 { line == header } else { take(line.split(',')).is_some() };
        if !good {
            return Err(ExtractError::Row { table, line: index + 1, text: line.to_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
