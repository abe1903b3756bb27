//! Worlds from seeds: the same seed gives the same trace to the byte, the auditor finds nothing wrong with what the engine leaves, and
//! finds everything that is spoiled on purpose.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use makegood_sim::{Database, Plan, Tamper, compare_orders, run, shrink};
use makegood_store::contract::server::Server;

#[test]
fn a_seed_gives_the_same_trace_to_the_byte() {
    for seed in [3, 4, 5] {
        let plan = Plan::new(seed, 60, false);
        assert_eq!(plan, Plan::new(seed, 60, false));
        let (one, two) = (run(&plan, &Database::Sqlite, None).unwrap(), run(&plan, &Database::Sqlite, None).unwrap());
        assert_eq!(one.trouble, None, "seed {seed}");
        assert_eq!(one.trace, two.trace, "seed {seed}");
        assert_eq!((one.trace.digest(), one.digest), (two.trace.digest(), two.digest));
    }
    let other = run(&Plan::new(7, 60, false), &Database::Sqlite, None).unwrap();
    let one = run(&Plan::new(3, 60, false), &Database::Sqlite, None).unwrap();
    assert_ne!(one.trace.digest(), other.trace.digest());
}

#[test]
fn worlds_go_as_the_auditor_has_it() {
    let mut deaths = 0;
    for seed in 1..=4 {
        let plan = Plan::new(seed, 120, false);
        let outcome = run(&plan, &Database::Sqlite, None).unwrap();
        assert_eq!(outcome.trouble, None, "cargo xtask sim --seed {seed} --events 120");
        assert_eq!(
            compare_orders(&plan, &Database::Sqlite).unwrap(),
            None,
            "cargo xtask sim --seed {seed} --events 120"
        );
        deaths += outcome.deaths;
    }
    assert!(deaths > 5, "{deaths} sudden deaths are too few to show anything");
}

#[test]
fn postgres_worlds_go_as_the_auditor_has_it() {
    let server = Server::start();
    let database = Database::Postgres(&server);
    let plan = Plan::new(2, 50, true);
    let outcome = run(&plan, &database, None).unwrap();
    assert_eq!(outcome.trouble, None, "cargo xtask sim --seed 2 --events 50 --database postgres");
    assert_eq!(run(&plan, &database, None).unwrap().trace, outcome.trace);
}

/// What each spoiled answer is found as: words of the first finding that speaks of it.
#[test]
fn the_auditor_says_what_is_spoiled() {
    let plan = Plan::new(1, 100, false);
    assert_eq!(run(&plan, &Database::Sqlite, None).unwrap().trouble, None);
    for tamper in Tamper::ALL {
        let words = match tamper {
            Tamper::PromiseRow | Tamper::KeptRow => "the promise `p-",
            Tamper::RemedyAmount => "the remedy `r-",
            Tamper::DoubleCredit => "the books: `",
            Tamper::DroppedMessage => "is marked as taken, and no receiver has it",
            Tamper::MissingMessage => "must leave and are not kept",
            Tamper::OtherContent => "was received with several contents",
            Tamper::BeforeCommit => "left before it was committed",
            Tamper::LostFact => "was acknowledged, and is lost",
            Tamper::HeardTwice => "was counted 2 times",
            Tamper::NeverHeard => "never heard fact",
            Tamper::Spent => "count as spent",
        };
        let trouble = run(&plan, &Database::Sqlite, Some(tamper)).unwrap().trouble;
        let findings = trouble.unwrap_or_else(|| panic!("{tamper:?} was not noticed")).findings;
        assert!(findings.iter().any(|finding| finding.contains(words)), "{tamper:?}: {findings:#?}");
    }
}

/// What fails whenever a trip is called off is made as small as can be: the booking, and that.
#[test]
fn a_failure_is_made_small() {
    let plan = Plan::new(2, 40, false);
    let outcome = run(&plan, &Database::Sqlite, Some(Tamper::LostFact)).unwrap();
    let shrunk = shrink(&plan, outcome.trouble.unwrap(), 40, &mut |plan| {
        Ok(run(plan, &Database::Sqlite, Some(Tamper::LostFact))?.trouble)
    });
    let shrunk = shrunk.unwrap();
    assert!(shrunk.plan.steps.len() <= 6, "{} steps are left", shrunk.plan.steps.len());
    assert!(shrunk.trouble.findings[0].contains("is lost"), "{:?}", shrunk.trouble);
}
