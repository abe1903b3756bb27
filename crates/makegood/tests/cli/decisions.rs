//! What people decide at the command line, and what leaves.

use crate::desk::Desk;

#[test]
fn remedies_are_listed_by_when_they_are_to_be_paid_and_by_state() {
    let desk = Desk::told();
    let all = desk.makegood(&["remedy", "list"]).ended(0);
    assert_eq!(all.lines().filter(|line| line.contains(" r-")).count(), 3, "{all}");
    let held = desk.makegood(&["remedy", "list", "--state", "held"]).ended(0);
    assert!(held.contains("900.00 USD") && held.lines().filter(|line| line.contains(" r-")).count() == 1, "{held}");
    let one = desk.makegood(&["remedy", "list", "--limit", "1"]).ended(0);
    assert_eq!(one.lines().filter(|line| line.contains(" r-")).count(), 1, "{one}");
}

#[test]
fn a_held_remedy_is_approved_and_then_paid() {
    let desk = Desk::told();
    let remedy = desk.remedy(3, "refund");
    let paid = ["remedy", "paid", &remedy, "--by", "bank", "--note", "transfer 7"];
    let error = desk.makegood(&paid).refused();
    assert!(error.contains("the remedy is held for approval, and cannot be paid"), "{error}");
    desk.makegood(&["remedy", "approve", &remedy, "--by", "anna"]).ended(0);
    desk.makegood(&paid).ended(0);
    let error = desk.makegood(&["remedy", "waived", &remedy, "--by", "anna", "--note", "by telephone"]).refused();
    assert!(error.contains("the remedy is paid, and cannot be waived"), "{error}");
    assert!(desk.makegood(&["remedy", "list", "--state", "paid"]).ended(0).contains(&remedy));
    assert!(desk.makegood(&["explain", &remedy]).ended(0).contains("transfer 7"));
    let balance = desk.makegood(&["ledger", "balance"]).ended(0);
    assert!(balance.contains("Assets:Payouts:USD"), "{balance}");
    desk.makegood(&["verify"]).ended(0);
    desk.makegood(&["rebuild"]).ended(0);
}

#[test]
fn a_payment_that_failed_and_one_that_was_let_go_are_noted() {
    let desk = Desk::told();
    let (failed, waived) = (desk.remedy(2, "refund"), desk.remedy(1, "late"));
    desk.makegood(&["remedy", "failed", &failed, "--by", "bank", "--note", "account closed"]).ended(0);
    desk.makegood(&["remedy", "waived", &waived, "--by", "anna", "--note", "by telephone"]).ended(0);
    assert!(desk.makegood(&["remedy", "list", "--state", "failed"]).ended(0).contains(&failed));
    assert!(desk.makegood(&["remedy", "list", "--state", "waived"]).ended(0).contains(&waived));
}

#[test]
fn a_remedy_that_is_not_there_is_refused() {
    let desk = Desk::told();
    for name in ["r-0000-00000000-0000000000000000", "refund", "p-0000-00000000-0000000000000000"] {
        let error = desk.makegood(&["remedy", "approve", name, "--by", "anna"]).refused();
        assert!(error.contains(&format!("there is no remedy `{name}`")), "{error}");
    }
}

#[test]
fn messages_leave_once_and_only_by_the_routes_given() {
    let desk = Desk::told();
    let out = desk.makegood(&["dispatch", "--to", "payout=payouts.jsonl", "--to", "approval=approvals.jsonl"]).ended(0);
    assert_eq!(out, "3 delivered, 0 to be tried again, 0 given up\n");
    let again = desk.makegood(&["dispatch", "--to", "payout=payouts.jsonl"]).ended(0);
    assert_eq!(again, "0 delivered, 0 to be tried again, 0 given up\n");
    let payouts = std::fs::read_to_string(desk.path("payouts.jsonl")).unwrap();
    assert_eq!(payouts.lines().count(), 2);
    let error = desk.makegood(&["dispatch", "--to", "gossip=out.jsonl"]).refused();
    assert!(error.contains("`gossip=out.jsonl` is not a route"), "{error}");
    let error = desk.makegood(&["dispatch", "--to", "notice=https://example.org/hooks"]).refused();
    assert!(error.contains("no secret is set"), "{error}");
}

#[test]
fn the_clock_moves_once() {
    let desk = Desk::told();
    let first = desk.makegood(&["tick", "--until", "2025-07-01"]).ended(0);
    let second = desk.makegood(&["tick", "--until", "2025-07-01"]).ended(0);
    assert!(second.ends_with("0 moments had come\n"), "{first}{second}");
}

#[test]
fn what_is_waived_before_it_left_is_not_paid_out() {
    let desk = Desk::told();
    let (waived, other) = (desk.remedy(1, "late"), desk.remedy(2, "refund"));
    desk.makegood(&["remedy", "waived", &waived, "--by", "anna", "--note", "by telephone"]).ended(0);
    desk.makegood(&["dispatch", "--to", "payout=payouts.jsonl"]).ended(0);
    let sent = std::fs::read_to_string(desk.path("payouts.jsonl")).unwrap();
    assert!(!sent.contains(&waived) && sent.contains(&other), "{sent}");
    desk.makegood(&["rebuild"]).ended(0);
}
