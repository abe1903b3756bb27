use super::*;

const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");
const JETBLUE: &str = include_str!("../../../../charters/jetblue/charter.yaml");

fn charter(text: &str) -> Charter {
    let read = Charter::read("charter.yaml", text);
    let report = read.report(text, crate::diagnostic::Style::Plain);
    read.charter.unwrap_or_else(|| panic!("{report}"))
}

/// What changes when `from` becomes `to` in the charter with every key.
fn change(from: &str, to: &str, language: &str) -> String {
    assert!(EVERY_KEY.contains(from), "`{from}` is not in the charter");
    let changes = diff(&charter(EVERY_KEY), &charter(&EVERY_KEY.replacen(from, to, 1)), language);
    changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_charter_has_no_changes() {
    for text in [EVERY_KEY, JETBLUE] {
        let commented = format!("# a comment more\n{text}");
        assert_eq!(diff(&charter(text), &charter(&commented), "en"), []);
    }
}

#[rustfmt::skip] // A table reads best with one case a line.
const CASES: &[(&str, &str, &str)] = &[
    ("give: 5 GBP}, {at: 2h", "give: 4 GBP}, {at: 2h", "rights.late.compensation: Delay: 1 hour to below 2 hours gave 5.00 GBP, now gives 4.00 GBP: worse for the customer"),
    ("{at: 1h, below: 2h, give: 5 GBP}", "{at: 1h30m, below: 2h, give: 5 GBP}", "rights.late.compensation: Delay: 1 hour to below 1 hour 30 minutes gave 5.00 GBP, now gives nothing: worse for the customer"),
    ("{at: 1h, below: 2h, give: 5 GBP}", "{at: 30m, below: 1h, give: 1 GBP}, {at: 1h, below: 2h, give: 5 GBP}", "rights.late.compensation: Delay: 30 minutes to below 1 hour gave nothing, now gives 1.00 GBP: better for the customer"),
    ("give: {share: 50%, of: made.price}", "give: {share: 60%, of: made.price}", "rights.late.compensation: Delay: 2 hours and more gave 50 % of the price, now gives 60 % of the price: better for the customer"),
    ("at_most: 50 GBP", "at_most: 40 GBP", "rights.late.compensation.at_most: Was limited to 50.00 GBP, now to 40.00 GBP: worse for the customer"),
    (", at_most: 50 GBP", "", "rights.late.compensation.at_most: Is no longer limited to 50.00 GBP: better for the customer"),
    (", at_least: 1 GBP", "", "rights.late.compensation.at_least: No longer gives at least 1.00 GBP: worse for the customer"),
    ("rounding: nearest", "rounding: down", "rights.late.compensation.round_to: Was rounded to the nearest 0.50 GBP, now is rounded down to whole 0.50 GBP: worse for the customer"),
    (", in: points", "", "rights.late.compensation.in: Was paid in points, now is paid in money: to be judged by a person"),
    ("within: 5 working days", "within: 6 working days", "rights.late.pay_within: Was paid within 5 working days, holidays not counted (means of payment: card), now within 6 working days, holidays not counted (means of payment: card): worse for the customer"),
    ("{within: 20 days}", "{within: 2 weeks}", "rights.late.pay_within: Was paid within 20 days, now within 2 weeks: better for the customer"),
    ("    if_late: {compensation: 40 GBP}\n", "", "rights.late.if_late: Late payment no longer owes 40.00 GBP: worse for the customer"),
    ("if_late: {compensation: 40 GBP}", "if_late: {compensation: 45 GBP}", "rights.late.if_late: Gave 40.00 GBP, now gives 45.00 GBP: better for the customer"),
    ("shown_by: storm, within: 2h", "shown_by: storm, within: 1h", "rights.late.unless.within: The company had 2 hours for its proof, now has 1 hour: better for the customer"),
    ("if: evidence.severe, shown_by", "shown_by", "rights.late.unless.if: No longer only if `evidence.severe`: worse for the customer"),
    ("if: evidence.severe,", "if: evidence.severe && evidence.speed > 3,", "rights.late.unless.if: Was `evidence.severe`, now is `evidence.severe && evidence.speed > 3`: to be judged by a person"),
    ("    if: data.late > duration('0s')\n", "", "rights.late.if: No longer only if `data.late > duration('0s')`: better for the customer"),
    ("en: Late is paid for,", "en: Lateness is paid for,", "rights.late.says: The text changed (en): neutral for the customer"),
    ("silent: {after: 24h", "silent: {after: 12h", "promises.delivery.silent.after: Silence made it overdue after 24 hours, now after 12 hours: better for the customer"),
    ("owner: operations", "owner: sales", "promises.delivery.owner: Was operations, now is sales: neutral for the customer"),
    ("rule: highest", "rule: sum", "stacking: Late, waiting: only the highest is owed; now: all are owed: better for the customer"),
    ("notify_from: 1 GBP", "notify_from: 2 GBP", "limits.notify_from: Customers heard of remedies from 1.00 GBP on, now from 2.00 GBP on: worse for the customer"),
    ("approve_over: {amount: 100 GBP", "approve_over: {amount: 200 GBP", "limits.approve_over: Remedies waited for a person above 100.00 GBP, now above 200.00 GBP: better for the customer"),
    ("worth: 0.01 GBP", "worth: 0.02 GBP", "tenders.points.worth: One unit was worth 0.01 GBP, now is worth 0.02 GBP: better for the customer"),
    ("{share: 1/2, of: promise.worth, to", "{share: 3/4, of: promise.worth, to", "rights.damaged.restitution: Gave 50 % of the price, now gives 75 % of the price: better for the customer"),
    ("amount: 10.34 GBP}", "amount: 10.50 GBP}", "rights.waiting.compensation: Gave 10.34 GBP × the number of days, now gives 10.50 GBP × the number of days (from 1 April 2025): better for the customer\nrights.damaged.if_late: Gave 10.34 GBP, now gives 10.50 GBP (from 1 April 2025): better for the customer"),
    ("  silence:\n    says: {en: Silence is paid for, nb: Taushet betales}\n    promise: delivery\n    on: overdue\n    compensation: 5 GBP\n", "", "rights.silence: A right was removed: Silence is paid for: worse for the customer"),
    ("    limited: {within: year, at_most: 100 GBP, times: 2}\n", "", "rights.late.limited: Is no longer limited to 100.00 GBP, 2 times in a calendar year: better for the customer"),
    ("at_most: 100 GBP, times: 2", "at_most: 100 GBP, times: 3", "rights.late.limited: Was limited to 100.00 GBP, 2 times in a calendar year, now to 100.00 GBP, 3 times in a calendar year: better for the customer"),
    ("    decided_at: promise.due + duration('24h')\n", "", "rights.late.decided_at: `promise.due + duration('24h')` was removed: to be judged by a person"),
    ("until: 2025-07-01, says", "until: 2025-08-01, says", "rights.late.not_enforced: Was 1 January 2025–1 July 2025: The authority waits, now is 1 January 2025–1 August 2025: The authority waits: neutral for the customer"),
    ("within: 28 working days, calendar: england, says", "within: 14 working days, calendar: england, says", "rights.waiting.on_request: Could be asked for within 28 working days, holidays not counted, now within 14 working days, holidays not counted: worse for the customer"),
    ("reduced: {shown_by: storm, if: evidence.severe, to: 50%", "reduced: {shown_by: storm, if: evidence.severe, to: 60%", "rights.waiting.compensation.reduced: Was `50 % (evidence.severe)`, now is `60 % (evidence.severe)`: to be judged by a person"),
    ("      times: data.people\n", "", "rights.waiting.compensation.times: `data.people` was removed: to be judged by a person"),
    ("least_payable: 1 GBP", "least_payable: 2 GBP", "rights.waiting.compensation.least_payable: Was paid from 1.00 GBP on, now from 2.00 GBP on: worse for the customer"),
    ("expires: never", "expires: 12 months", "tenders.points.expires: Was `never`, now is `12 months`: to be judged by a person\nrights.waiting.compensation.or_in: Was `or, only if you agree to it, points worth 125 % of the amount, which never expires`, now is `or, only if you agree to it, points worth 125 % of the amount, good for 12 months`: to be judged by a person"),
    ("arrivals: {on: arrived, if: data.days > 0, within: 365d}", "arrivals: {on: arrived, if: data.days > 0, within: 30d}", "counts.arrivals: Was `arrived if data.days > 0, 365 days`, now is `arrived if data.days > 0, 30 days`: to be judged by a person"),
    ("JFK: 40.6398 -73.7789", "JFK: 40.6398 -73.778", "places.JFK: Was `40.6398 -73.7789`, now is `40.6398 -73.778`: to be judged by a person"),
    ("duration('0s')}, within: 90d}", "duration('0s')}, within: 60d}", "playbooks.lost.aim: Was `arrived if data.late <= duration('0s') (90 days)`, now is `arrived if data.late <= duration('0s') (60 days)`: to be judged by a person"),
    (", {on: dropped}]", "]", "playbooks.lost.begins.also: `dropped` was removed: to be judged by a person"),
    ("promised.handed_over > 0 && ", "", "playbooks.lost.steps.handed-on.once: Was `promised.handed_over > 0 && promised.accepted == promised.count`, now is `promised.accepted == promised.count`: to be judged by a person"),
    ("draft: true\n", "", "draft: Was true, now is false: neutral for the customer"),
    ("    on: overdue\n    compensation: 5 GBP\n", "    on: overdue\n    unless: {if: promise.worth < money('1 GBP'), says: {en: Too small., nb: For lite.}}\n    compensation: 5 GBP\n", "rights.silence.unless: An exception was added: Too small: worse for the customer"),
];

#[test]
fn each_change_is_said_and_judged() {
    for (from, to, said) in CASES {
        assert_eq!(change(from, to, "en"), *said, "`{from}` to `{to}`");
    }
}

#[test]
fn each_change_turned_around_is_judged_the_other_way() {
    for (from, to, _) in CASES {
        let (old, new) = (charter(EVERY_KEY), charter(&EVERY_KEY.replacen(from, to, 1)));
        let effects = |changes: Vec<Change>| changes.into_iter().map(|change| change.effect).collect::<Vec<_>>();
        let there: Vec<Effect> = effects(diff(&old, &new, "en")).into_iter().map(reversed).collect();
        assert_eq!(effects(diff(&new, &old, "en")), there, "`{from}` to `{to}`");
        assert!(!there.is_empty(), "`{from}` to `{to}`");
    }
}

#[test]
fn a_change_reads_in_three_languages() {
    let (from, to, _) = CASES[0];
    assert_eq!(
        change(from, to, "nb"),
        "rights.late.compensation: Forsinkelsen: 1 time til under 2 timer ga 5,00 GBP, gir nå 4,00 GBP: dårligere for kunden"
    );
    assert_eq!(
        change(from, to, "zh"),
        "rights.late.compensation: 延误时长：1 小时至不足 2 小时，原给付 5.00 GBP，现给付 4.00 GBP: 对客户更不利"
    );
}

#[test]
fn a_new_table_of_an_airline_is_compared_band_by_band() {
    let newer = JETBLUE
        .replacen(
            "        - {at: 3h, give: 50 USD}\n        - {at: 4h, give: 100 USD}\n        - {at: 5h, give: 150",
            "        - {at: 4h, give: 75 USD}\n        - {at: 5h, give: 150",
            1,
        )
        .replacen("pay_within: 7 days", "pay_within: 10 days", 1);
    let changes = diff(&charter(JETBLUE), &charter(&newer), "en");
    let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    rights.late-departure.compensation: Delay: 3 hours to below 4 hours gave 50.00 USD, now gives nothing (from 1 January 2020): worse for the customer
    rights.late-departure.compensation: Delay: 4 hours to below 5 hours gave 100.00 USD, now gives 75.00 USD (from 1 January 2020): worse for the customer
    rights.late-departure.pay_within: Was paid within 7 days, now within 10 days: worse for the customer
    ");
}

#[test]
fn every_sentence_has_its_parts_in_every_language() {
    for (from, to, _) in CASES {
        for language in ["en", "zh", "nb"] {
            let words = change(from, to, language);
            assert!(!words.contains(['{', '}']), "{words}");
        }
    }
}
