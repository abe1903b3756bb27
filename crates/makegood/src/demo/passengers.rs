//! The passengers of the demonstration. All of them are generated: who travels, when they booked, what they paid and how.
//!
//! Each seat of the year draws from a stream of its own: ChaCha8, keyed by SHA-256 over the seed and the flight's name,
//! sixteen words a seat. So a passenger is the same whether one day is generated or the whole year, and on any machine.
//! Only whole numbers are used, for the same reason.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::extract::Flight;

/// Says which way of generating this is. It is part of every flight's key, so a change of the model changes the stream.
const MODEL: &[u8] = b"makegood airline passengers, model 1";

/// The share of the seats that are booked, in thousandths, unless every seat is.
const LOAD_PER_MILLE: u32 = 830;

/// The bookings made by members of the points programme, in hundredths.
const MEMBER_BOOKINGS_PERCENT: u32 = 12;

/// Members in the programme for the default size.
const DEFAULT_POOL: u32 = 60_000;

const DAY_SECONDS: u32 = 86_400;

/// How much of the airline's year is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// One booked passenger in ten of flights that are 83 % full: about 600,000 bookings.
    #[default]
    Default,
    /// Every seat of every flight: about 7.4 million bookings.
    Full,
    /// This many booked passengers in a thousand, of flights that are 83 % full. More than 1,000 counts as 1,000;
    /// with 0 only what befell the flights is left.
    Share(u16),
}

impl Size {
    /// The share of the seats that are booked and the share of those that are carried into the demonstration, in
    /// thousandths.
    fn shares_per_mille(self) -> (u32, u32) {
        match self {
            Self::Default => (LOAD_PER_MILLE, 100),
            Self::Full => (1_000, 1_000),
            Self::Share(share) => (LOAD_PER_MILLE, u32::from(share).min(1_000)),
        }
    }

    /// How many members the points programme has. It grows with the bookings, so a member books as often in a large run
    /// as in a small one; never fewer than a full aircraft holds.
    pub fn members(self) -> u32 {
        let (load, share) = self.shares_per_mille();
        (DEFAULT_POOL * load / LOAD_PER_MILLE * share / 100).max(1_000)
    }
}

/// Who travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Customer {
    /// A member of the points programme, by number: `customer:T000001`. Members book again and again.
    Member(u32),
    /// Everyone else, by the number of the seat in the year: `customer:P0000000001`. One booking each. The numbers grow in
    /// the order in which the passengers first appear, because keys that grow keep a database's pages together; seats that
    /// are empty or not carried leave gaps.
    Guest(u32),
}

/// How the booking came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// From the customer.
    Direct,
    /// Through an agent.
    Agent,
}

/// What a booking cost and what it was paid with. A point is worth one cent, so
/// `total_cents == cash_cents + points` always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fare {
    /// The one-way fare before taxes and fees, in cents.
    pub before_tax_cents: u32,
    /// The fare with taxes and fees, in cents.
    pub total_cents: u32,
    /// What was paid in money, in cents.
    pub cash_cents: u32,
    /// What was paid in points.
    pub points: u32,
}

/// One generated booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passenger {
    /// The seat, from 1, which names the booking within its flight.
    pub seat: u16,
    /// Who travels.
    pub customer: Customer,
    /// When it was booked, in seconds since 1970 UTC: 1 to 60 days before the scheduled departure.
    pub booked_seconds: i64,
    /// What it cost and what it was paid with.
    pub fare: Fare,
    /// How it was booked.
    pub channel: Channel,
    /// True when money was paid by card.
    pub by_card: bool,
    /// How long after a cancellation this passenger takes the alternate flight, in seconds, always within 24 hours;
    /// `None` when they rather have their money back.
    pub accepts_alternate_after_seconds: Option<u32>,
}

/// Makes the passengers of one flight after another.
#[derive(Debug, Clone)]
pub struct Generator {
    seed: u64,
    load_per_mille: u32,
    share_per_mille: u32,
    members: u32,
}

impl Generator {
    /// A generator of this size and seed.
    pub fn new(size: Size, seed: u64) -> Self {
        let (load_per_mille, share_per_mille) = size.shares_per_mille();
        Self { seed, load_per_mille, share_per_mille, members: size.members() }
    }

    /// How many bookings to expect of this many seats, to within about one in a hundred in a year.
    pub fn expected_bookings(&self, seats: u64) -> u64 {
        seats * u64::from(self.load_per_mille * self.share_per_mille) / 1_000_000
    }

    /// Puts the passengers of a flight into `aboard`, in the order of their seats, in place of what it held. No two are the
    /// same customer.
    pub fn board(&self, flight: &Flight, aboard: &mut Vec<Passenger>) {
        aboard.clear();
        if self.share_per_mille == 0 {
            return;
        }
        let mut stream = ChaCha8Rng::from_seed(self.flight_key(flight));
        for seat in 1..=flight.seats {
            let mut words = [0; 16];
            words.fill_with(|| stream.next_u32());
            if let Some(passenger) = self.seat(flight, seat, words, aboard) {
                aboard.push(passenger);
            }
        }
    }

    fn flight_key(&self, flight: &Flight) -> [u8; 32] {
        Sha256::new()
            .chain_update(MODEL)
            .chain_update(self.seed.to_le_bytes())
            .chain_update(flight.name())
            .finalize()
            .into()
    }

    fn seat(&self, flight: &Flight, seat: u16, words: [u32; 16], aboard: &[Passenger]) -> Option<Passenger> {
        let [
            taken,
            carried,
            member,
            frequent,
            number,
            days,
            days_again,
            price,
            price_again,
            channel,
            card,
            tender,
            points,
            accepts,
            accepts_when,
            _,
        ] = words;
        if below(taken, 1_000) >= self.load_per_mille || below(carried, 1_000) >= self.share_per_mille {
            return None;
        }
        let is_member = below(member, 100) < MEMBER_BOOKINGS_PERCENT;
        let customer = match is_member {
            true => Customer::Member(self.member(frequent, number, aboard)),
            false => Customer::Guest(flight.seats_before + u32::from(seat)),
        };
        let before_seconds = booked_before_seconds(days, days_again);
        let (before_tax_cents, total_cents) = price_cents(flight.distance_miles, before_seconds, price, price_again);
        let (cash_cents, points) = match is_member {
            true => tenders(before_tax_cents, total_cents, tender, points),
            false => (total_cents, 0),
        };
        let through_agent = below(channel, 100) < if is_member { 5 } else { 25 };
        Some(Passenger {
            seat,
            customer,
            booked_seconds: flight.scheduled_seconds - i64::from(before_seconds),
            fare: Fare { before_tax_cents, total_cents, cash_cents, points },
            channel: if through_agent { Channel::Agent } else { Channel::Direct },
            by_card: cash_cents > 0 && below(card, 100) < 90,
            accepts_alternate_after_seconds: (below(accepts, 100) < 60)
                .then(|| 300 + below(accepts_when, DAY_SECONDS - 300)),
        })
    }

    /// A member who is not aboard yet. One member in ten travels often: half of the draws fall on them.
    fn member(&self, frequent: u32, number: u32, aboard: &[Passenger]) -> u32 {
        let pool = if below(frequent, 2) == 0 { self.members / 10 } else { self.members };
        let mut number = below(number, pool) + 1;
        while aboard.iter().any(|passenger| passenger.customer == Customer::Member(number)) {
            number = number % self.members + 1;
        }
        number
    }
}

/// A number from 0 to below `bound`, from one word.
fn below(word: u32, bound: u32) -> u32 {
    ((u64::from(word) * u64::from(bound)) >> 32) as u32
}

/// From one day to 60 days before the departure; the closer, the more bookings.
fn booked_before_seconds(days: u32, days_again: u32) -> u32 {
    DAY_SECONDS + below(days_again, below(days, 59 * DAY_SECONDS) + 1)
}

/// The fare before taxes, in whole dollars, and with them, both in cents: by distance, up or down by chance, dearer close to the
/// departure. The taxes and fees follow those of a domestic flight in 2013: 7.5 % of the fare, half a cent rounded up, and
/// 10.90 USD (segment 3.90, security 2.50, airport 4.50).
fn price_cents(distance_miles: u16, before_seconds: u32, price: u32, price_again: u32) -> (u32, u32) {
    let base_cents = 4_500 + u32::from(distance_miles) * 17 / 2;
    let chance_percent = 60 + below(price, 46) + below(price_again, 46);
    let close_percent = match before_seconds / DAY_SECONDS {
        ..3 => 160,
        3..7 => 140,
        7..14 => 120,
        14..21 => 105,
        _ => 95,
    };
    let before_tax_cents = base_cents * chance_percent / 100 * close_percent / 10_000 * 100;
    (before_tax_cents, before_tax_cents + (before_tax_cents * 75 + 500) / 1_000 + 1_090)
}

/// What a member pays in cents and in points: mostly money; some the fare in points and the taxes in money, some all in
/// points, some a few thousand points and the rest in money.
fn tenders(before_tax_cents: u32, total_cents: u32, tender: u32, points: u32) -> (u32, u32) {
    let points = match below(tender, 100) {
        ..55 => 0,
        55..70 => before_tax_cents,
        70..80 => total_cents,
        _ => 1_000 * (1 + below(points, total_cents / 1_000)).min(total_cents / 1_000),
    };
    (total_cents - points, points)
}

#[cfg(test)]
mod tests;
