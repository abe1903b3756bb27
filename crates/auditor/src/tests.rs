//! The auditor's own sums, by hand.

use std::collections::BTreeMap;

use crate::figures::{self, usd};
use crate::{Fact, Heard, Hearing, Seen, SeenParty, What, audit, year_of};

#[test]
fn a_year_ends_with_december() {
    // 31 December 2025 23:59:59.999 and a millisecond later; 29 February 2024; 1 January 1970.
    assert_eq!([1_767_225_599_999, 1_767_225_600_000, 1_709_164_800_000, 0].map(year_of), [2025, 2026, 2024, 1970]);
}

#[test]
fn waits_are_paid_by_their_bands_and_never_above_the_cap() {
    let fare = usd(90_01).unwrap();
    let cents = |terms, minutes| figures::wait(terms, 0, minutes, fare).unwrap().map_or(0, |amount| amount.minor);
    assert_eq!([59, 60, 119, 120, 239].map(|minutes| cents(1, minutes)), [0, 10_00, 10_00, 25_00, 25_00]);
    // Half of 90.01, rounded up.
    assert_eq!(cents(1, 240), 45_01);
    assert_eq!([60, 120, 300].map(|minutes| cents(2, minutes)), [8_00, 40_00, 54_01]);
    assert_eq!(figures::wait(1, 0, 240, usd(50_000).unwrap()).unwrap().unwrap().minor, 12_000);
    assert_eq!(figures::in_points(usd(33_34).unwrap()).unwrap().minor, 1_112);
}

/// A trip that left two hours late, and a system that kept the promise and owes nothing for it.
#[test]
fn what_is_owed_and_not_kept_is_named() {
    let fact = |id: &str, time, party: Option<&str>, what| Fact {
        id: id.to_owned(),
        time,
        party: party.map(ToOwned::to_owned),
        thing: "sailing:1".to_owned(),
        what,
    };
    let facts = [
        fact("b", 1, Some("customer:1"), What::Booked { departs: 9, fare: usd(50_00).unwrap(), paid: Vec::new() }),
        fact("l", 20, None, What::Left { minutes: 120 }),
    ];
    let hearing = [0, 1].map(|fact| Hearing { heard: Heard::Fact(fact), budget_spent: false }).to_vec();
    let party = SeenParty { hearing, ..SeenParty::default() };
    let seen = Seen {
        parties: BTreeMap::from([("customer:1".to_owned(), party)]),
        said: BTreeMap::from([("sailing:1".to_owned(), vec![1])]),
        ..Seen::default()
    };
    let findings: Vec<String> = audit(&facts, &seen).unwrap().iter().map(ToString::to_string).collect();
    assert!(findings.iter().any(|finding| finding.contains("made no promise")), "{findings:#?}");
    assert!(findings.iter().any(|finding| finding.contains("25.00 USD is owed under `late`")), "{findings:#?}");
}
