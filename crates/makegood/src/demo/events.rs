//! The year as a stream of events, CloudEvents 1.0 in JSON lines, a day at a time.
//!
//! Flights come in the order of their scheduled departure. For each: its bookings, handed over by the reservation system
//! when check-in closes; what the weather station saw, where the flight was an hour late or never left; that it departed or
//! was cancelled; and which passengers of a cancelled flight took the alternate one. A day depends on no other day, so days
//! may be written in any order or at the same time, and memory does not grow with the year.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::extract::{Extract, ExtractError, Figure, Flight, HOUR_SECONDS, Observation};
use super::passengers::{Channel, Customer, Fare, Generator, Passenger, Size};

/// The seed of the demonstration, unless another is asked for.
pub const DEFAULT_SEED: u64 = 2013;

/// What of the demonstration is real and what is generated, in words for the one who runs it. [`provenance`] adds the seed.
pub const PROVENANCE: &str = "Real: every JetBlue flight scheduled out of New York in 2013 with its aircraft, delay or \
    cancellation (U.S. BTS, FAA), and the hourly weather at its airport (NOAA). Generated: every passenger, booking, fare, \
    payment and accepted alternate flight. Not in the data: why a flight was late or cancelled, and when it was cancelled; \
    the cause is therefore `unknown`, a cancellation is dated at the scheduled departure, and the burden of proof stays with \
    the airline.";

/// [`PROVENANCE`] and the seed the generated part was made from.
pub fn provenance(seed: u64) -> String {
    format!("{PROVENANCE} Seed: {seed}.")
}

/// From how many minutes of delay the weather at the origin is filed.
const WEATHER_FILED_FROM_MINUTES: i32 = 60;

/// The airline's year, ready to be written.
#[derive(Debug)]
pub struct Year {
    extract: Extract,
    generator: Generator,
    from: Date,
    to: Date,
}

impl Year {
    /// The whole year in this size. The same size and seed give the same bytes, always and everywhere.
    pub fn new(size: Size, seed: u64) -> Result<Self, ExtractError> {
        let extract = Extract::read()?;
        Ok(Self { extract, generator: Generator::new(size, seed), from: Date::MIN, to: Date::MAX })
    }

    /// Only the flights scheduled from `from` to `to`, both included, in local dates. Their events stay as they were.
    #[must_use]
    pub fn between(self, from: Date, to: Date) -> Self {
        Self { from, to, ..self }
    }

    /// The flights, in the order in which they are written.
    pub fn flights(&self) -> &[Flight] {
        let flights = &self.extract.flights;
        let first = flights.partition_point(|flight| flight.date < self.from);
        let end = flights.partition_point(|flight| flight.date <= self.to);
        flights.get(first..end).unwrap_or_default()
    }

    /// How many bookings to expect, to within about one in a hundred in a year: enough for a progress bar.
    pub fn expected_bookings(&self) -> u64 {
        self.generator.expected_bookings(self.flights().iter().map(|flight| u64::from(flight.seats)).sum())
    }

    /// The days with flights, in order.
    pub fn days(&self) -> impl Iterator<Item = Day<'_>> {
        let days = self.flights().chunk_by(|one, next| one.date == next.date);
        days.filter_map(|flights| Some(Day { date: flights.first()?.date, flights, year: self }))
    }
}

/// The flights of one local date.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// The local date of the scheduled departures.
    pub date: Date,
    flights: &'a [Flight],
    year: &'a Year,
}

/// What a day, or several, was written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCounts {
    /// Flights, departed or cancelled: one event each.
    pub flights: u64,
    /// Those of them that were cancelled.
    pub cancelled: u64,
    /// Bookings.
    pub bookings: u64,
    /// Weather observations filed.
    pub observations: u64,
    /// Alternate flights accepted.
    pub alternates: u64,
    /// Events of all kinds.
    pub events: u64,
}

impl DayCounts {
    /// Counts other days too.
    pub fn add(&mut self, other: Self) {
        self.flights += other.flights;
        self.cancelled += other.cancelled;
        self.bookings += other.bookings;
        self.observations += other.observations;
        self.alternates += other.alternates;
        self.events += other.events;
    }
}

impl Day<'_> {
    /// Appends the day's events, one a line, and counts them.
    pub fn write(&self, out: &mut Vec<u8>) -> DayCounts {
        let mut counts = DayCounts::default();
        let mut aboard = Vec::new();
        for flight in self.flights {
            self.year.generator.board(flight, &mut aboard);
            let observation = filed_observation(&self.year.extract, flight);
            counts.add(write_flight(out, flight, &aboard, observation));
        }
        counts
    }
}

/// The bytes of the days one after another, for whoever wants to read the year as a file.
#[derive(Debug)]
pub struct YearReader<'a> {
    days: VecDeque<Day<'a>>,
    day: Vec<u8>,
    read: usize,
    counts: DayCounts,
}

impl<'a> YearReader<'a> {
    /// A reader at the start of the year.
    pub fn new(year: &'a Year) -> Self {
        Self::of(year.days())
    }

    /// A reader at the start of the first of these days.
    pub fn of(days: impl IntoIterator<Item = Day<'a>>) -> Self {
        Self { days: days.into_iter().collect(), day: Vec::new(), read: 0, counts: DayCounts::default() }
    }

    /// What the days begun so far hold.
    pub fn counts(&self) -> DayCounts {
        self.counts
    }
}

impl std::io::Read for YearReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.read == self.day.len() {
            let Some(day) = self.days.pop_front() else { return Ok(0) };
            self.day.clear();
            self.read = 0;
            let counts = day.write(&mut self.day);
            self.counts.add(counts);
        }
        let count = std::io::Read::read(&mut self.day.get(self.read..).unwrap_or_default(), into)?;
        self.read += count;
        Ok(count)
    }
}

/// The observation that is filed for a flight: none when it left in good time, or where the station reported nothing.
fn filed_observation<'a>(extract: &'a Extract, flight: &Flight) -> Option<&'a Observation> {
    let filed = flight.departure_delay_minutes.is_none_or(|minutes| minutes >= WEATHER_FILED_FROM_MINUTES);
    filed.then(|| extract.observed(flight.origin, flight.scheduled_seconds)).flatten()
}

fn write_flight(out: &mut Vec<u8>, flight: &Flight, aboard: &[Passenger], weather: Option<&Observation>) -> DayCounts {
    let mut writer = Writer { out, name: flight.name(), departs: String::new(), events: 0 };
    writer.departs = time(flight.scheduled_seconds);
    for passenger in aboard {
        writer.booking(passenger);
    }
    if let Some(observation) = weather {
        writer.weather(flight, observation);
    }
    let mut alternates = 0;
    match flight.departure_delay_minutes {
        Some(minutes) => writer.departed(flight, minutes),
        None => {
            writer.cancelled(flight);
            alternates = writer.alternates(flight, aboard);
        }
    }
    DayCounts {
        flights: 1,
        cancelled: u64::from(flight.is_cancelled()),
        bookings: aboard.len() as u64,
        observations: u64::from(weather.is_some()),
        alternates,
        events: writer.events,
    }
}

/// Writes the events of one flight. The words it puts between quotation marks hold letters, digits and `-:. ` only, so
/// nothing needs escaping.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    name: String,
    departs: String,
    events: u64,
}

impl Writer<'_> {
    fn booking(&mut self, passenger: &Passenger) {
        self.open("booking", Some(passenger.seat), "reservations", "booking.made");
        self.customer(passenger.customer);
        self.time(passenger.booked_seconds);
        let Fare { before_tax_cents, total_cents, cash_cents, points } = passenger.fare;
        self.put("\"departs\":\"");
        self.out.extend_from_slice(self.departs.as_bytes());
        self.put("\",\"fare\":\"");
        self.dollars(total_cents);
        self.put("\",\"fare_before_tax\":\"");
        self.dollars(before_tax_cents);
        self.put("\",\"paid\":[");
        if points > 0 {
            self.put("\"");
            self.digits(points.into(), 1);
            self.put(if cash_cents > 0 { " points\"," } else { " points\"" });
        }
        if cash_cents > 0 {
            self.put("\"");
            self.dollars(cash_cents);
            self.put("\"");
        }
        self.put(match passenger.channel {
            Channel::Direct => "],\"channel\":\"direct\"",
            Channel::Agent => "],\"channel\":\"agent\"",
        });
        self.put(if passenger.by_card { ",\"payment_method\":\"card\"" } else { ",\"payment_method\":\"other\"" });
        self.close();
    }

    fn weather(&mut self, flight: &Flight, observation: &Observation) {
        self.open("observed", None, "weather", "weather.observed");
        self.flight();
        self.time(flight.scheduled_seconds.div_euclid(HOUR_SECONDS) * HOUR_SECONDS);
        self.put("\"station\":\"");
        self.put(flight.origin.code());
        self.put("\"");
        let knots = |speed: Option<Figure>| speed.map(Figure::knots_from_miles_an_hour);
        for (name, figure) in [
            (",\"visibility_miles\":", observation.visibility_miles),
            (",\"wind_knots\":", knots(observation.wind_miles_an_hour)),
            (",\"gust_knots\":", knots(observation.gust_miles_an_hour)),
            (",\"precipitation_inches\":", observation.precipitation_inches),
        ] {
            if let Some(figure) = figure {
                self.put(name);
                self.figure(figure);
            }
        }
        self.close();
    }

    fn departed(&mut self, flight: &Flight, minutes: i32) {
        self.open("departed", None, "operations", "flight.departed");
        self.flight();
        self.time(flight.scheduled_seconds + i64::from(minutes) * 60);
        self.put("\"late\":\"");
        self.digits(minutes.max(0).unsigned_abs().into(), 1);
        self.put("m\",\"cause\":\"unknown\"");
        self.close();
    }

    fn cancelled(&mut self, flight: &Flight) {
        self.open("cancelled", None, "operations", "flight.cancelled");
        self.flight();
        self.time(flight.scheduled_seconds);
        self.put("\"cause\":\"unknown\"");
        self.close();
    }

    fn alternates(&mut self, flight: &Flight, aboard: &[Passenger]) -> u64 {
        let accepted =
            aboard.iter().filter_map(|passenger| Some((passenger.accepts_alternate_after_seconds?, passenger)));
        let mut accepted: Vec<(u32, &Passenger)> = accepted.collect();
        accepted.sort_by_key(|(after, passenger)| (*after, passenger.seat));
        for (after, passenger) in &accepted {
            self.open("alternate", Some(passenger.seat), "reservations", "alternate.accepted");
            self.customer(passenger.customer);
            self.time(flight.scheduled_seconds + i64::from(*after));
            self.close();
        }
        accepted.len() as u64
    }

    /// From the first brace to the subject's opening quotation mark. The id is `what:flight`, and `:seat` where the event is
    /// about one passenger.
    fn open(&mut self, what: &str, seat: Option<u16>, source: &str, kind: &str) {
        self.put("{\"specversion\":\"1.0\",\"id\":\"");
        self.put(what);
        self.put(":");
        self.out.extend_from_slice(self.name.as_bytes());
        if let Some(seat) = seat {
            self.put(":");
            self.digits(seat.into(), 1);
        }
        self.put("\",\"source\":\"urn:makegood:demo:");
        self.put(source);
        self.put("\",\"type\":\"");
        self.put(kind);
        self.put("\",\"subject\":\"");
    }

    /// The customer as the subject, and the flight as what it is about.
    fn customer(&mut self, customer: Customer) {
        match customer {
            Customer::Member(number) => {
                self.put("customer:T");
                self.digits(number.into(), 6);
            }
            Customer::Guest(number) => {
                self.put("customer:P");
                self.digits(number.into(), 10);
            }
        }
        self.put("\",\"about\":\"");
        self.flight();
    }

    fn flight(&mut self) {
        self.put("flight:");
        self.out.extend_from_slice(self.name.as_bytes());
    }

    /// The time, and the opening of the data.
    fn time(&mut self, seconds: i64) {
        self.put("\",\"time\":\"");
        put_time(self.out, seconds);
        self.put("\",\"data\":{");
    }

    fn close(&mut self) {
        self.put("}}\n");
        self.events += 1;
    }

    fn dollars(&mut self, cents: u32) {
        self.digits((cents / 100).into(), 1);
        self.put(".");
        self.digits((cents % 100).into(), 2);
        self.put(" USD");
    }

    /// A JSON number with at least one decimal.
    fn figure(&mut self, figure: Figure) {
        let parts = figure.hundred_thousandths().unsigned_abs();
        self.digits(parts / 100_000, 1);
        self.put(".");
        let (mut decimals, mut width) = (parts % 100_000, Figure::DECIMALS);
        while width > 1 && decimals.is_multiple_of(10) {
            decimals /= 10;
            width -= 1;
        }
        self.digits(decimals, width);
    }

    fn digits(&mut self, value: u64, least_width: usize) {
        put_digits(self.out, value, least_width);
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// A moment as RFC 3339 in UTC, to the second.
fn time(seconds: i64) -> String {
    let mut text = Vec::with_capacity(20);
    put_time(&mut text, seconds);
    String::from_utf8(text).unwrap_or_default()
}

fn put_time(out: &mut Vec<u8>, seconds: i64) {
    // Every time here lies within days of the year of the extract, whose own times were read as timestamps.
    let moment = Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or_default());
    for (value, width, after) in [
        (i64::from(moment.year()), 4, b'-'),
        (moment.month().into(), 2, b'-'),
        (moment.day().into(), 2, b'T'),
        (moment.hour().into(), 2, b':'),
        (moment.minute().into(), 2, b':'),
        (moment.second().into(), 2, b'Z'),
    ] {
        put_digits(out, value.unsigned_abs(), width);
        out.push(after);
    }
}

fn put_digits(out: &mut Vec<u8>, value: u64, least_width: usize) {
    let start = out.len();
    let mut rest = value;
    while rest > 0 || out.len() - start < least_width {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

#[cfg(test)]
mod tests;
