//! Invariants 1, 3 and 4 for any history: late evidence only helps, and the same history gives the same states.

use makegood_core::{Clause, PromiseState};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::world::World;

const RIGHTS: &str = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    unless: {shown_by: alternate.accepted, within: 24h}
    restitution: {share: 100%, of: promise.worth, to: original tenders}
    pay_within: 7 days
    if_late: {compensation: 40 USD}
  late:
    SAYS
    on: flight.departed
    unless: {shown_by: weather.observed, if: evidence.wind >= 50.0}
    compensation: {bands: late, by: data.late, in: credit}
    pay_within: 7 days
  silence: {SAYS, on: overdue, compensation: 10 USD}
limits: {notify_from: 5 USD, approve_over: {amount: 150 USD, by: finance}}
";

/// Something that happens; told again, it is the same event.
#[derive(Debug, Clone)]
enum Fact {
    Said(&'static str, &'static str, Json),
    Clock(u32),
}

fn fact() -> impl Strategy<Value = Fact> {
    let late = prop_oneof![Just("0s"), Just("14m59s"), Just("2h"), Just("3h"), Just("4h30m"), Just("7h")];
    let time = prop_oneof![Just("05-31 08:00"), Just("06-01 09:00"), Just("06-01 15:00"), Just("06-02 20:00")];
    prop_oneof![
        (time.clone(), late).prop_map(|(time, late)| Fact::Said("flight.departed", time, json!({ "late": late }))),
        time.clone().prop_map(|time| Fact::Said("flight.cancelled", time, json!({}))),
        time.clone().prop_map(|time| Fact::Said("flight.delayed", time, json!({}))),
        time.clone().prop_map(|time| Fact::Said("alternate.accepted", time, json!({}))),
        (time, 10..80_u32).prop_map(|(time, wind)| Fact::Said("weather.observed", time, json!({ "wind": wind }))),
        (0..28_u32).prop_map(Fact::Clock),
    ]
}

/// A history with repeats: positions in a list of facts.
fn history() -> impl Strategy<Value = (Vec<Fact>, Vec<prop::sample::Index>)> {
    (prop::collection::vec(fact(), 1..8), prop::collection::vec(any::<prop::sample::Index>(), 1..16))
}

fn tell(world: &mut World, number: usize, fact: &Fact) {
    match fact {
        Fact::Said(kind, time, data) => world.tell(kind, &format!("fact-{number}"), time, data.clone()).unwrap(),
        Fact::Clock(day) => {
            world.clock(&format!("06-{:02}", day + 1));
        }
    }
}

fn rank(state: PromiseState) -> u8 {
    use PromiseState as S;
    match state {
        S::Open | S::AtRisk | S::Overdue => 0,
        S::Broken | S::Released | S::Renegotiated => 1,
        S::KeptLate => 2,
        S::Kept => 3,
    }
}

/// What was granted so far: the value of every remedy, each with its amounts.
fn granted(world: &World) -> Vec<String> {
    world.remedies.values().map(|remedy| format!("{:?} {}", remedy.id, remedy.amounts)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn late_evidence_only_helps((facts, order) in history()) {
        let mut world = World::new(RIGHTS);
        world.book("06-01 12:00");
        for index in &order {
            let number = index.index(facts.len());
            let before: Vec<_> = world.promises.values().map(|promise| (promise.id, promise.state)).collect();
            let owed = granted(&world);
            tell(&mut world, number, &facts[number]);
            for (id, state) in before {
                let promise = &world.promises[&id];
                if matches!(promise.clause, Clause::Promise(_)) {
                    prop_assert!(rank(promise.state) >= rank(state), "{:?} became {:?}", state, promise.state);
                }
            }
            let now = granted(&world);
            prop_assert!(owed.iter().all(|remedy| now.contains(remedy)), "{owed:?} became {now:?}");
        }
    }

    #[test]
    fn told_twice_is_told_once((facts, order) in history()) {
        let (mut once, mut twice) = (World::new(RIGHTS), World::new(RIGHTS));
        once.book("06-01 12:00");
        twice.book("06-01 12:00");
        for index in &order {
            let number = index.index(facts.len());
            tell(&mut once, number, &facts[number]);
            tell(&mut twice, number, &facts[number]);
            tell(&mut twice, number, &facts[number]);
        }
        prop_assert_eq!(once.pictured(), twice.pictured());
    }

    #[test]
    fn the_order_in_which_evidence_is_learnt_does_not_decide_how_a_promise_ends(
        facts in Just(()).prop_flat_map(|()| prop::collection::vec(fact(), 1..8)),
        shuffle in any::<u64>(),
    ) {
        let said = |fact: &Fact| matches!(fact, Fact::Said(..));
        let facts: Vec<_> = facts.into_iter().filter(said).enumerate().collect();
        let mut shuffled = facts.clone();
        shuffled.sort_by_key(|(number, _)| (shuffle ^ (*number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)).rotate_left(17));
        let end = |facts: &[(usize, Fact)], booked_first: bool| {
            let mut world = World::new(RIGHTS);
            if booked_first {
                world.book("06-01 12:00");
            }
            facts.iter().for_each(|(number, fact)| tell(&mut world, *number, fact));
            if !booked_first {
                world.book("06-01 12:00");
            }
            world.states()
        };
        prop_assert_eq!(end(&facts, true), end(&shuffled, true));
        let settled = facts.iter().any(|(_, fact)| matches!(fact, Fact::Said("flight.departed" | "flight.cancelled", ..)));
        if settled {
            prop_assert_eq!(end(&facts, true), end(&shuffled, false));
        }
    }
}
