//! The books: every movement balances, and what they owe is what the remedies say.

use std::collections::BTreeMap;

use makegood_core::{RemedyKind, RemedyState};
use makegood_money::totals;
use serde_json::json;

use crate::world::World;

/// The lines of every movement, one after the other.
fn lines(world: &World) -> String {
    let mut text = String::new();
    for entry in &world.entries {
        for line in entry.movement.lines() {
            text.push_str(&format!("{:<34} {:>12}\n", line.account, line.amount.to_string()));
        }
        text.push('\n');
    }
    text
}

/// Asserts what must be true of the books at any time.
pub fn audit(world: &World) {
    let mut owed: BTreeMap<_, i128> = BTreeMap::new();
    for entry in &world.entries {
        assert!(totals(entry.movement.lines().iter().map(|line| line.amount)).values().all(|sum| *sum == 0));
        for line in entry.movement.lines().iter().filter(|line| line.account.starts_with("Liabilities:Owed:")) {
            *owed.entry((entry.remedy, line.amount.commodity)).or_default() -= i128::from(line.amount.minor);
        }
    }
    for remedy in world.remedies.values() {
        let in_books = remedy.kind != RemedyKind::Goodwill || remedy.sent > 0;
        if in_books && !matches!(remedy.state, RemedyState::Paid | RemedyState::Waived) {
            for amount in remedy.amounts.iter() {
                *owed.entry((remedy.id, amount.commodity)).or_default() -= i128::from(amount.minor);
            }
        }
    }
    assert!(owed.values().all(|sum| *sum == 0), "the books and the remedies differ: {owed:?}\n{}", lines(world));
}

const RIGHTS: &str = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth, to: original tenders}
  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late, in: credit}}
limits: {approve_over: {amount: 500 USD, by: finance}}
";

fn cancelled() -> World {
    let mut world = World::new(RIGHTS);
    world.book_for("06-01 12:00", "150 USD", &["120 USD", "3000 points"]).say(
        "flight.cancelled",
        "06-01 10:00",
        json!({}),
    );
    world
}

#[test]
fn a_payment_that_was_under_way_when_it_was_waived_is_in_the_books() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    let remedy = world.name_of("refund");
    world.say("remedy.waived", "06-02", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" }));
    assert_eq!(world.withdrawn, [world.messages[0].id], "the payout need not leave any more");
    world.entries.clear();
    world.say("remedy.paid", "06-03", json!({ "remedy": remedy, "reference": "bank 7" }));
    assert_eq!(world.owed(), ["refund 200.00 USD paid"]);
    insta::assert_snapshot!(lines(&world), @r#"
    Income:Waived:Refund                 200.00 USD
    Assets:Payouts:USD                  -200.00 USD
    "#);
}

#[test]
fn a_refund_is_owed_tender_by_tender_and_paid_out_of_its_own_account() {
    let mut world = cancelled();
    let remedy = world.name_of("refund");
    world.say("remedy.paid", "06-02", json!({ "remedy": remedy, "reference": "bank 7" }));
    insta::assert_snapshot!(lines(&world), @r#"
    Expenses:Restitution:Refund          120.00 USD
    Liabilities:Owed:Restitution        -120.00 USD
    Expenses:Restitution:Refund         3000 points
    Liabilities:Owed:Restitution       -3000 points

    Liabilities:Owed:Restitution         120.00 USD
    Assets:Payouts:USD                  -120.00 USD
    Liabilities:Owed:Restitution        3000 points
    Assets:Payouts:points              -3000 points
    "#);
}

#[test]
fn a_credit_is_a_cost_of_its_right() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    insta::assert_snapshot!(lines(&world), @r#"
    Expenses:Compensation:Late         100.00 credit
    Liabilities:Owed:Compensation      -100.00 credit
    "#);
}

#[test]
fn what_is_waived_is_shown_as_let_go() {
    let mut world = cancelled();
    let remedy = world.name_of("refund");
    world.say("remedy.waived", "06-02", json!({ "remedy": remedy, "consent": "Ada", "actor": "bo" }));
    insta::assert_snapshot!(lines(&world), @r#"
    Expenses:Restitution:Refund          120.00 USD
    Liabilities:Owed:Restitution        -120.00 USD
    Expenses:Restitution:Refund         3000 points
    Liabilities:Owed:Restitution       -3000 points

    Liabilities:Owed:Restitution         120.00 USD
    Income:Waived:Refund                -120.00 USD
    Liabilities:Owed:Restitution        3000 points
    Income:Waived:Refund               -3000 points
    "#);
}

#[test]
fn a_correction_is_a_movement_of_the_difference() {
    for (to, held) in [("700 USD", "600 USD"), ("550 USD", "600 USD")] {
        let mut world = World::new(RIGHTS);
        world.book_for("06-01 12:00", held, &[held]).say("flight.cancelled", "06-01 10:00", json!({}));
        let remedy = world.name_of("refund");
        let data = json!({ "remedy": remedy, "amount": to, "reason": "taxes", "actor": "anna" });
        world.say("remedy.corrected", "06-02", data);
        world.say("remedy.approved", "06-03", json!({ "remedy": remedy, "actor": "bo" }));
        world.say("remedy.paid", "06-04", json!({ "remedy": remedy }));
        let paid: i64 = world
            .entries
            .iter()
            .flat_map(|entry| entry.movement.lines())
            .filter(|line| line.account == "Assets:Payouts:USD")
            .map(|line| line.amount.minor)
            .sum();
        assert_eq!(format!("{}.00 USD", -paid / 100), format!("{}.00 USD", to.trim_end_matches(" USD")));
    }
}

#[test]
fn goodwill_is_in_the_books_once_it_is_approved() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    assert_eq!(lines(&world), "");
    let remedy = world.name_of("goodwill");
    world.say("goodwill.approved", "06-02", json!({ "remedy": remedy, "actor": "bo" }));
    insta::assert_snapshot!(lines(&world), @r#"
    Expenses:Goodwill:Goodwill            25.00 USD
    Liabilities:Owed:Goodwill            -25.00 USD
    "#);
}

#[test]
fn goodwill_that_is_corrected_before_it_is_approved_is_booked_once() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    let remedy = world.name_of("goodwill");
    let data = json!({ "remedy": remedy, "amount": "30 USD", "reason": "a very long wait", "actor": "anna" });
    world.say("remedy.corrected", "06-02", data);
    world.say("goodwill.approved", "06-03", json!({ "remedy": remedy, "actor": "bo" }));
    insta::assert_snapshot!(lines(&world), @r#"
    Expenses:Goodwill:Goodwill            30.00 USD
    Liabilities:Owed:Goodwill            -30.00 USD
    "#);
}
