//! What happens: trips that are booked, leave on time or late, are called off, or of which nothing is heard; storms; people who
//! change their minds.

use makegood_auditor::{DAY, Fact, HOUR, MINUTE, What};
use makegood_money::{Commodities, Commodity, Money};

use super::{BEGIN, Chance, LENGTH};

/// Minutes late, most of them at an edge of something.
const LATE: [i64; 21] =
    [0, 3, 14, 15, 16, 59, 60, 61, 119, 120, 179, 180, 239, 240, 299, 300, 301, 359, 360, 420, 1500];
/// Minutes of notice.
const NOTICE: [i64; 7] = [0, 60, 600, 1439, 1440, 1441, 4000];
/// Minutes by which a delay is announced.
const POSTPONED: [i64; 8] = [30, 179, 180, 181, 240, 599, 725, 900];
/// Knots.
const WIND: [i64; 7] = [10, 30, 49, 50, 51, 60, 80];

/// A story being told.
struct Story<'c> {
    chance: &'c mut Chance,
    facts: Vec<Fact>,
}

/// About so many facts, in no order.
pub(super) fn tell(chance: &mut Chance, facts: usize) -> Vec<Fact> {
    let mut story = Story { chance, facts: Vec::new() };
    let customers = (facts / 12).clamp(3, 150) as u64;
    let mut trip = 0_u64;
    while story.facts.len() < facts {
        trip += 1;
        story.trip(trip, customers);
    }
    story.facts
}

fn usd(cents: i64) -> Money {
    match Commodities::iso().get("USD") {
        Ok(usd) => Money::new(cents, usd),
        Err(_) => Money::zero(points(0).commodity),
    }
}

fn points(count: i64) -> Money {
    #[expect(clippy::expect_used, reason = "the code is a constant of the right form")]
    let commodity = Commodity::new("points", 0).expect("a commodity");
    Money::new(count, commodity)
}

impl Story<'_> {
    fn add(&mut self, time: i64, party: Option<&str>, thing: &str, what: What) {
        let number = self.facts.len();
        // No two at one moment, so that which of two came first is never a matter of their names.
        let time = time.div_euclid(MINUTE) * MINUTE + i64::try_from(number % 60_000).unwrap_or(0);
        let id = format!("f{number}");
        self.facts.push(Fact { id, time, party: party.map(ToOwned::to_owned), thing: thing.to_owned(), what });
        if self.chance.percent(2) {
            self.clash(number);
        }
    }

    /// The same event, told with another content.
    fn clash(&mut self, number: usize) {
        let Some(mut fact) = self.facts.get(number).cloned() else { return };
        match &mut fact.what {
            What::Left { minutes } | What::Postponed { minutes } => *minutes += 61,
            What::Cancelled { notice } => *notice += 1441,
            What::Storm { wind } => *wind += 25,
            What::Booked { departs, .. } => *departs += HOUR,
            _ => return,
        }
        self.facts.push(fact);
    }

    fn one_of(&mut self, from: &[i64]) -> i64 {
        *self.chance.pick(from).unwrap_or(&0)
    }

    fn trip(&mut self, number: u64, customers: u64) {
        let thing = format!("sailing:{number}");
        let departs = self.chance.between(BEGIN + DAY, BEGIN + LENGTH - 10 * DAY).div_euclid(MINUTE) * MINUTE;
        let seats = 1 + self.chance.below(7);
        let mut booked = Vec::new();
        for _ in 0..seats {
            let party = format!("customer:{}", self.chance.below(customers));
            self.booking(&party, &thing, departs);
            booked.push(party);
        }
        if self.chance.percent(25) {
            let (time, minutes) = (departs - self.chance.between(HOUR, 48 * HOUR), self.one_of(&POSTPONED));
            self.add(time, None, &thing, What::Postponed { minutes });
        }
        if self.chance.percent(35) {
            let (time, wind) = (departs + self.chance.between(-DAY, DAY), self.one_of(&WIND));
            self.add(time, None, &thing, What::Storm { wind });
        }
        match self.chance.below(100) {
            0..=49 => self.left(&thing, departs),
            50..=54 => {
                self.left(&thing, departs);
                self.left(&thing, departs);
            }
            55..=79 => self.cancelled(&thing, departs, &booked),
            80..=89 => {
                self.cancelled(&thing, departs, &booked);
                self.left(&thing, departs);
            }
            90..=92 => {
                self.cancelled(&thing, departs, &booked);
                self.cancelled(&thing, departs, &booked);
            }
            _ => {}
        }
        for party in &booked {
            if self.chance.percent(8) {
                let time = departs + self.chance.between(-10 * DAY, DAY);
                self.add(time, Some(party), &thing, What::Dropped);
            }
        }
        if self.chance.percent(25) {
            self.goodwill(customers, &thing, departs);
        }
    }

    fn booking(&mut self, party: &str, thing: &str, departs: i64) {
        let fare = usd(self.chance.between(20_00, 18_000));
        let paid = match self.chance.below(4) {
            0 => Vec::new(),
            1 => vec![fare],
            2 => vec![points(self.chance.between(1, 5_000))],
            _ => vec![usd(self.chance.between(1, fare.minor)), points(self.chance.between(1, 3_000))],
        };
        let time = (departs - self.chance.between(HOUR, 20 * DAY)).max(BEGIN + MINUTE);
        self.add(time, Some(party), thing, What::Booked { departs, fare, paid });
    }

    fn left(&mut self, thing: &str, departs: i64) {
        let minutes = self.one_of(&LATE);
        self.add(departs + minutes * MINUTE, None, thing, What::Left { minutes });
    }

    fn cancelled(&mut self, thing: &str, departs: i64, booked: &[String]) {
        let notice = self.one_of(&NOTICE);
        let time = (departs - notice * MINUTE).max(BEGIN + MINUTE);
        self.add(time, None, thing, What::Cancelled { notice });
        for party in booked {
            if self.chance.percent(30) {
                let taken = (time + self.chance.between(-2 * HOUR, 30 * HOUR)).max(BEGIN + MINUTE);
                self.add(taken, Some(party), thing, What::OtherTaken);
            }
        }
    }

    fn goodwill(&mut self, customers: u64, thing: &str, departs: i64) {
        let party = format!("customer:{}", self.chance.below(customers));
        let (cents, by) = (self.chance.between(1, 90_00), self.chance.below(3));
        let thing = if self.chance.percent(50) { thing } else { "" };
        let what = What::Goodwill { amount: usd(cents), by: format!("user:{by}") };
        let time = departs + self.chance.between(0, 5 * DAY);
        self.add(time, Some(&party), thing, what);
    }
}
