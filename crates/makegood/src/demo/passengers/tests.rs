use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::demo::extract::tests::YEAR;

const SEED: u64 = 2013;

fn one_flight_in_twenty(size: Size, mut see: impl FnMut(&Flight, &[Passenger])) {
    let extract = &*YEAR;
    let generator = Generator::new(size, SEED);
    let mut aboard = Vec::new();
    for flight in extract.flights.iter().step_by(20) {
        generator.board(flight, &mut aboard);
        see(flight, &aboard);
    }
}

fn check(flight: &Flight, aboard: &[Passenger]) {
    let customers: BTreeSet<Customer> = aboard.iter().map(|passenger| passenger.customer).collect();
    assert_eq!(customers.len(), aboard.len(), "a customer is aboard {} twice", flight.name());
    assert!(aboard.windows(2).all(|pair| matches!(pair, [one, next] if one.seat < next.seat)));
    for passenger in aboard {
        let Passenger { fare, .. } = passenger;
        assert_eq!(fare.cash_cents + fare.points, fare.total_cents, "{passenger:?}");
        assert_eq!(fare.total_cents, fare.before_tax_cents + (fare.before_tax_cents * 75 + 500) / 1_000 + 1_090);
        assert!(
            fare.before_tax_cents % 100 == 0 && (3_000..=100_000).contains(&fare.before_tax_cents),
            "{passenger:?}"
        );
        assert!(fare.points == 0 || matches!(passenger.customer, Customer::Member(_)), "{passenger:?}");
        let days_before = (flight.scheduled_seconds - passenger.booked_seconds) as f64 / 86_400.0;
        assert!((1.0..=60.0).contains(&days_before), "{passenger:?}");
        assert!(passenger.accepts_alternate_after_seconds.is_none_or(|after| (300..86_400).contains(&after)));
        assert!((1..=flight.seats).contains(&passenger.seat));
    }
}

#[test]
fn the_default_year_is_about_six_hundred_thousand_bookings() {
    let (mut bookings, mut by_points, mut last_guest) = (0_u64, 0_u64, 0);
    let mut members: BTreeMap<u32, u32> = BTreeMap::new();
    one_flight_in_twenty(Size::Default, |flight, aboard| {
        check(flight, aboard);
        for passenger in aboard {
            bookings += 1;
            by_points += u64::from(passenger.fare.points > 0);
            match passenger.customer {
                Customer::Member(number) => *members.entry(number).or_default() += 1,
                Customer::Guest(number) => {
                    assert!(number > last_guest, "guests' numbers grow");
                    last_guest = number;
                }
            }
        }
    });
    let member_bookings: u32 = members.values().sum();
    assert!((30_000..31_250).contains(&bookings), "{bookings}");
    assert!((11..=13).contains(&(u64::from(member_bookings) * 100 / bookings)), "{member_bookings}");
    assert!((50..=60).contains(&(100 - by_points * 100 / u64::from(member_bookings))), "{by_points}");
    assert!(members.keys().all(|number| (1..=60_000).contains(number)));
    assert!((3..12).contains(members.values().max().unwrap()), "{:?}", members.values().max());
}

#[test]
fn a_share_of_none_carries_nobody() {
    one_flight_in_twenty(Size::Share(0), |_, aboard| assert!(aboard.is_empty()));
}

#[test]
fn every_seat_is_taken_in_the_full_size() {
    let extract = &*YEAR;
    let generator = Generator::new(Size::Full, SEED);
    let mut aboard = Vec::new();
    for flight in extract.flights.iter().step_by(307) {
        generator.board(flight, &mut aboard);
        check(flight, &aboard);
        assert_eq!(aboard.len(), usize::from(flight.seats));
    }
    assert_eq!(generator.expected_bookings(u64::from(extract.seats())), 7_378_985);
}

#[test]
fn a_flight_is_the_same_alone_and_among_others() {
    let extract = &*YEAR;
    let generator = Generator::new(Size::Default, SEED);
    let flight = extract.flights.get(30_020).unwrap();
    let mut alone = Vec::new();
    generator.board(flight, &mut alone);
    one_flight_in_twenty(Size::Default, |other, aboard| {
        if other == flight {
            assert_eq!(aboard, alone);
        }
    });
    let mut other_seed = Vec::new();
    Generator::new(Size::Default, SEED + 1).board(flight, &mut other_seed);
    assert_ne!(alone, other_seed);
}

#[test]
fn a_larger_share_holds_the_guests_of_a_smaller_one_unchanged() {
    let extract = &*YEAR;
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for flight in extract.flights.iter().step_by(997) {
        Generator::new(Size::Share(50), SEED).board(flight, &mut few);
        Generator::new(Size::Default, SEED).board(flight, &mut many);
        for passenger in few.iter().filter(|passenger| matches!(passenger.customer, Customer::Guest(_))) {
            assert!(many.contains(passenger), "{passenger:?}");
        }
    }
}

#[test]
fn the_pool_of_members_grows_with_the_bookings() {
    for (size, members) in [
        (Size::Default, 60_000),
        (Size::Share(100), 60_000),
        (Size::Share(1_000), 600_000),
        (Size::Share(2_000), 600_000),
        (Size::Share(1), 1_000),
        (Size::Full, 722_890),
    ] {
        assert_eq!(size.members(), members, "{size:?}");
    }
}

#[test]
fn fares_follow_distance_and_the_time_of_booking() {
    let middle = u32::MAX / 2;
    for (miles, days_before, expected) in [
        (187, 30, (6_000, 7_540)),
        (1_576, 30, (17_600, 20_010)),
        (1_576, 1, (29_700, 33_018)),
        (2_586, 10, (33_000, 36_565)),
    ] {
        assert_eq!(
            price_cents(miles, days_before * DAY_SECONDS, middle, middle),
            expected,
            "{miles} miles, {days_before} days"
        );
    }
}

#[test]
fn every_way_of_paying_adds_up_to_the_fare() {
    for tender in (0..100_u32).map(|percent| (u32::MAX / 100) * percent + 10_000_000) {
        for points in [0, u32::MAX / 3, u32::MAX] {
            let (cash_cents, paid_points) = tenders(5_800, 7_325, tender, points);
            assert_eq!(cash_cents + paid_points, 7_325);
        }
    }
}
