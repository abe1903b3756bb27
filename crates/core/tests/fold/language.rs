//! What the rules of the world ask for beside amounts: rights on request, decided later, bounded in a year, across charters;
//! promises that follow others; counts; other tenders; lessened amounts. The shipped charters tell the same as longer stories.

use makegood_core::Topic;
use serde_json::{Value as Json, json};

use crate::world::{World, at, charter};

const BOTH: &str = "rights:
  late: {SAYS, on: flight.departed, compensation: 50 USD}
  bag: {SAYS, on: bag.lost, compensation: {each: 30 USD, count: data.days}}
stacking: [{rights: [late, bag], rule: RULE}]";

/// What is owed when the two events come in this order, and the sum.
fn both(rule: &str, late_first: bool, days: i64) -> Vec<String> {
    let mut world = World::new(&BOTH.replace("RULE", rule));
    world.book("06-01 12:00");
    let mut events = [("flight.departed", json!({ "late": "4h" })), ("bag.lost", json!({ "days": days }))];
    if !late_first {
        events.reverse();
    }
    for (kind, data) in events {
        world.say(kind, "06-02", data);
    }
    world.owed()
}

#[test]
fn the_order_of_arrival_does_not_decide_the_sum() {
    for (rule, late_first, days, owed) in [
        ("offset", true, 1, vec!["late 50.00 USD approved"]),
        ("offset", false, 1, vec!["bag 30.00 USD approved", "late 20.00 USD approved"]),
        ("offset", true, 3, vec!["bag 40.00 USD approved", "late 50.00 USD approved"]),
        ("offset", false, 3, vec!["bag 90.00 USD approved"]),
        ("highest", true, 3, vec!["bag 40.00 USD approved", "late 50.00 USD approved"]),
        ("highest", false, 3, vec!["bag 90.00 USD approved"]),
        ("sum", false, 1, vec!["bag 30.00 USD approved", "late 50.00 USD approved"]),
    ] {
        assert_eq!(both(rule, late_first, days), owed, "{rule}, late first: {late_first}, {days} days");
    }
}

#[test]
fn one_right_excludes_the_other_whatever_their_amounts() {
    assert_eq!(both("first", true, 3), ["late 50.00 USD approved"]);
    assert_eq!(both("first", false, 3), ["bag 90.00 USD approved"]);
}

#[test]
fn of_what_one_event_makes_owed_the_first_named_counts() {
    let two = "rights:
  small: {SAYS, on: flight.departed, compensation: 10 USD}
  large: {SAYS, on: flight.departed, compensation: 90 USD}
stacking: [{rights: [small, large], rule: first}]";
    let mut world = World::new(two);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["small 10.00 USD approved"]);
}

/// Another charter for the same flights, with a rule over what the first one gives.
fn elsewhere(rule: &str) -> String {
    let rights = "rights:
  delay: {SAYS, on: flight.departed, compensation: 80 USD}
stacking: [{rights: [delay, air/late], rule: RULE}]"
        .replace("RULE", rule);
    charter(&rights).replace("charter: air", "charter: other")
}

#[test]
fn a_rule_reaches_across_charters() {
    let first = charter("rights:\n  late: {SAYS, on: flight.departed, compensation: 50 USD}");
    for (rule, owed) in [
        ("sum", vec!["delay 80.00 USD approved", "late 50.00 USD approved"]),
        ("offset", vec!["delay 30.00 USD approved", "late 50.00 USD approved"]),
        ("highest", vec!["delay 30.00 USD approved", "late 50.00 USD approved"]),
        ("first", vec!["late 50.00 USD approved"]),
    ] {
        for texts in [[&first, &elsewhere(rule)], [&elsewhere(rule), &first]] {
            let mut world = World::under(&texts.map(String::as_str));
            world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
            assert_eq!(world.owed(), owed, "{rule}");
        }
    }
}

#[test]
fn a_rule_across_charters_waits_for_what_waits_for_proof() {
    let waiting = "rights:
  late: {SAYS, on: flight.departed, unless: {shown_by: weather.observed, if: evidence.wind > 50, within: 14d}, compensation: 50 USD}";
    for (wind, rule, owed) in [
        (0, "first", vec!["late 50.00 USD approved"]),
        (0, "offset", vec!["delay 30.00 USD approved", "late 50.00 USD approved"]),
        (60, "first", vec!["delay 80.00 USD approved"]),
        (60, "offset", vec!["delay 80.00 USD approved"]),
    ] {
        // Decided at once but for the other charter, or itself by the clock and after it.
        let at_once = elsewhere(rule);
        let later =
            at_once.replace("compensation: 80 USD", "decided_at: promise.due + duration('480h'), compensation: 80 USD");
        for other in [at_once, later] {
            let mut world = World::under(&[&charter(waiting), &other]);
            world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
            assert_eq!(world.owed().len(), 0, "{rule}, {wind}: nothing before the proof is in or late");
            world.say("weather.observed", "06-02", json!({ "wind": wind })).clock("07-01");
            assert_eq!(world.owed(), owed, "{rule}, {wind}");
        }
    }
}

#[test]
fn one_event_owes_an_account_once_over_several_lines() {
    for (limited, owed) in [
        ("", vec!["50.00", "50.00", "50.00"]),
        ("limited: {within: event, times: 1}, ", vec!["50.00"]),
        ("limited: {within: event, at_most: 120 USD}, ", vec!["50.00", "50.00", "20.00"]),
    ] {
        let right = format!("rights:\n  late: {{SAYS, on: flight.departed, {limited}compensation: 50 USD}}");
        let mut world = World::new(&right);
        for line in 0..3 {
            let data = json!({ "departs": at("06-01 12:00").to_string(), "fare": "200 USD", "paid": ["200 USD"], "class": "full" });
            world.tell_of("flight:1", "booking.made", &format!("line {line}"), "05-01", data).unwrap();
        }
        let given = |world: &World| -> Vec<String> {
            world.owed().iter().map(|owed| owed.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
        };
        world.tell_of("flight:1", "flight.departed", "d", "06-01 16:00", json!({ "late": "4h" })).unwrap();
        let mut found = given(&world);
        found.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(found, owed, "{limited}");
    }
}

#[test]
fn a_right_is_bounded_in_the_calendar_year_or_in_a_time_up_to_the_event() {
    for (limited, days, owed) in [
        ("{within: year, at_most: 120 USD}", ["06-01", "07-01", "12-01"], "50.00 50.00 20.00"),
        ("{within: year, times: 2}", ["06-01", "07-01", "12-01"], "50.00 50.00"),
        ("{within: 90d, times: 1}", ["06-01", "07-01", "12-01"], "50.00 50.00"),
        ("{within: 90d, at_most: 60 USD}", ["06-01", "07-01", "12-01"], "50.00 10.00 50.00"),
        ("{within: 30d, times: 1}", ["06-01", "06-30", "07-30"], "50.00 50.00"),
        ("{within: 30d, times: 1}", ["06-01", "07-01", "07-31"], "50.00 50.00 50.00"),
        // Learnt of in another order than it happened: a year gives what is left, a length of time looks back from each event.
        ("{within: year, times: 1}", ["06-20", "06-10", "06-05"], "50.00"),
        ("{within: 30d, times: 1}", ["06-20", "06-10", "06-05"], "50.00 50.00 50.00"),
        ("{within: event, times: 1}", ["06-01", "06-01", "06-01"], "50.00 50.00 50.00"),
    ] {
        let right = format!("rights:\n  late: {{SAYS, on: flight.departed, limited: {limited}, compensation: 50 USD}}");
        let mut world = World::new(&right);
        for (flight, day) in days.iter().enumerate() {
            let thing = format!("flight:{flight}");
            let data = json!({ "departs": at(&format!("{day} 12:00")).to_string(), "fare": "200 USD", "paid": ["200 USD"], "class": "full" });
            world.tell_of(&thing, "booking.made", &format!("b{flight}"), "05-01", data).unwrap();
            let late = json!({ "late": "4h" });
            world.tell_of(&thing, "flight.departed", &format!("d{flight}"), &format!("{day} 16:00"), late).unwrap();
        }
        let given: Vec<String> =
            world.owed().iter().map(|owed| owed.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
        assert_eq!(given.join(" "), owed, "{limited}");
    }
}

#[test]
fn what_is_counted_is_read_in_rights_and_forgotten_with_time() {
    let rights = "rights:
  late:
    SAYS
    on: flight.departed
    compensation: {amount: \"party.flown >= 3 ? money('100 USD') : money('50 USD')\"}
counts:
  flown: {on: flight.departed, if: data.late < duration('9h'), within: 90d}";
    let mut world = World::new(rights);
    for (flight, (day, late)) in
        [("06-01", "1h"), ("06-02", "9h"), ("06-03", "1h"), ("06-04", "1h"), ("08-31", "1h")].into_iter().enumerate()
    {
        let thing = format!("flight:{flight}");
        let data = json!({ "departs": at(&format!("{day} 12:00")).to_string(), "fare": "200 USD", "paid": ["200 USD"], "class": "full" });
        world.tell_of(&thing, "booking.made", &format!("b{flight}"), "05-01", data).unwrap();
        world
            .tell_of(&thing, "flight.departed", &format!("d{flight}"), &format!("{day} 16:00"), json!({ "late": late }))
            .unwrap();
        // Told again it counts once.
        world
            .tell_of(&thing, "flight.departed", &format!("d{flight}"), &format!("{day} 16:00"), json!({ "late": late }))
            .unwrap();
    }
    let given: Vec<String> =
        world.owed().iter().map(|owed| owed.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
    assert_eq!(given.join(" "), "50.00 50.00 50.00 100.00 100.00");
    assert_eq!(world.party.counted[0].times.len(), 3, "what no later event can look back to is let go");
}

const ASK: &str = "rights:
  late:
    SAYS
    on: flight.departed
    on_request:
      by: alternate.accepted
      within: 10 days
      says: {en: \"{thing}: ask by {ask_by}\", zh: \"{ask_by}\", nb: \"{ask_by}\"}
    compensation: {bands: late, by: data.late}
    pay_within: 7 days";

#[test]
fn what_must_be_asked_for_waits_for_the_asking_however_late_it_is_learnt() {
    let late = json!({ "late": "4h" });
    let asked = |steps: &[(&str, &str)], clock: &str| {
        let mut world = World::new(ASK);
        world.book("06-01 12:00");
        for (kind, day) in steps {
            let data = if *kind == "flight.departed" { late.clone() } else { Json::Null };
            world.say(kind, day, data);
            world.clock(clock);
        }
        (world.owed(), world.sent(Topic::Notice).len())
    };
    let owed = vec!["late 100.00 USD approved".to_owned()];
    let (departed, accepted) = ("flight.departed", "alternate.accepted");
    assert_eq!(asked(&[(departed, "06-01 16:00")], "12-01"), (vec![], 1), "the party is told, and nothing is owed");
    assert_eq!(asked(&[(departed, "06-01 16:00"), (accepted, "06-11 23:59")], "12-01"), (owed.clone(), 2));
    assert_eq!(asked(&[(departed, "06-01 16:00"), (accepted, "06-12")], "06-02"), (vec![], 1), "too late");
    assert_eq!(asked(&[(accepted, "06-01 17:00"), (departed, "06-01 16:00")], "06-02"), (owed, 1), "asked before");
}

#[test]
fn the_time_to_pay_runs_from_the_asking() {
    let mut world = World::new(ASK);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    world.say("alternate.accepted", "06-05 09:00", Json::Null);
    assert_eq!(world.remedy().pay_by, Some(at("06-12 23:59:59.999")));
}

#[test]
fn nobody_is_told_to_ask_for_nothing() {
    let mut world = World::new(ASK);
    world.book("06-01 12:00").say("flight.departed", "06-01 13:00", json!({ "late": "1h" }));
    world.say("alternate.accepted", "06-02", Json::Null);
    assert_eq!((world.owed().len(), world.sent(Topic::Notice).len()), (0, 0));
}

#[test]
fn what_is_decided_later_is_gathered_and_the_highest_counts_once() {
    let rights = "rights:
  late: {SAYS, on: flight.departed, decided_at: promise.due + duration('48h'), compensation: {bands: late, by: data.late}}";
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("flight.departed", "06-01 15:00", json!({ "late": "3h" }));
    world.say("flight.departed", "06-01 16:00", json!({ "late": "4h" })).clock("06-03 11:59");
    assert_eq!(world.owed().len(), 0);
    world.clock("06-03 12:00");
    assert_eq!(world.owed(), ["late 100.00 USD approved"]);
}

#[test]
fn an_amount_is_lessened_only_in_a_case_that_is_shown() {
    let rights = "rights:
  late:
    SAYS
    on: flight.departed
    compensation:
      amount: 100 USD
      reduced: [{shown_by: weather.observed, if: evidence.wind > 50, to: 25%}, {if: data.late < duration('4h'), to: 50%}]
      times: \"promise.worth > money('100 USD') ? 2 : 1\"
      at_most: 60 USD";
    for (wind, late, owed) in [
        (None, "5h", "120.00 USD"),
        (None, "3h", "100.00 USD"),
        (Some(51), "3h", "50.00 USD"),
        (Some(50), "3h", "100.00 USD"),
    ] {
        let mut world = World::new(rights);
        world.book("06-01 12:00");
        if let Some(wind) = wind {
            world.say("weather.observed", "06-01 11:00", json!({ "wind": wind }));
        }
        world.say("flight.departed", "06-01 16:00", json!({ "late": late }));
        assert_eq!(world.owed(), [format!("late {owed} approved")], "{wind:?} {late}");
    }
}

#[test]
fn another_tender_only_by_agreement_and_worth_what_the_charter_says() {
    let rights = "rights:
  late:
    SAYS
    on: flight.departed
    compensation: {amount: 50 USD, or_in: {tender: credit, worth: 125%, agreed: alternate.accepted}}";
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["late 50.00 USD approved"]);
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("alternate.accepted", "06-01 13:00", Json::Null);
    world.say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    assert_eq!(world.owed(), ["late 62.50 credit approved"]);
}

#[test]
fn less_than_the_least_payable_is_not_owed() {
    for (least, owed) in [("50 USD", 1), ("50.01 USD", 0)] {
        let rights = format!(
            "rights:\n  late: {{SAYS, on: flight.departed, compensation: {{amount: 50 USD, least_payable: {least}}}}}"
        );
        let mut world = World::new(&rights);
        world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
        assert_eq!(world.owed().len(), owed, "{least}");
    }
}

/// A duty to care that follows the departure, and what its breach costs.
const CARE: &str = "  care:
    made: {on: flight.delayed, follows: departure, due: at + duration('2h')}
    says: {en: We care for you by {due}, zh: 我们照顾您, nb: Vi tar oss av deg}
    kept: {on: alternate.accepted}
rights:
  uncared: {SAYS, promise: care, on: overdue, compensation: 15 USD}";

#[test]
fn a_promise_that_follows_another_is_kept_broken_and_paid_for_like_any() {
    let care = CARE.replace("{en: We care for you by {due},", "{en: \"We care for you by {due}\",");
    let (delayed, cared) = (("flight.delayed", "06-01 08:00"), ("alternate.accepted", "06-01 09:00"));
    for (name, steps, states, owed) in [
        ("cared for in time", vec![delayed, cared], "at risk, kept", 0),
        ("cared for before the delay was learnt", vec![cared, delayed], "at risk, kept", 0),
        ("cared for too late", vec![delayed, ("alternate.accepted", "06-01 10:01")], "at risk, kept late", 0),
        ("not cared for", vec![delayed], "at risk, overdue", 1),
        ("no delay, no duty", vec![cared], "open", 0),
        ("one duty for each delay", vec![delayed, ("flight.delayed", "06-01 09:00"), cared], "at risk, kept, kept", 0),
    ] {
        let mut world = World::new(&care);
        world.book("06-01 12:00");
        for (kind, time) in steps {
            world.say(kind, time, Json::Null);
        }
        if owed > 0 {
            world.clock("06-01 10:01");
        }
        assert_eq!(world.states(), states, "{name}");
        assert_eq!(world.owed().len(), owed, "{name}");
    }
}

#[test]
fn what_one_event_makes_owed_is_one_notice() {
    let rights = "rights:
  refund:
    SAYS
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth}
    compensation: 30 USD
    tells: {en: \"{thing}: {amount}.\", zh: \"{amount}\", nb: \"{amount}\"}
  trouble: {SAYS, on: flight.cancelled, compensation: 5 USD, tells: {en: \"And {amount} more.\", zh: \"{amount}\", nb: \"{amount}\"}}
stacking: [{rights: [refund, trouble], rule: sum}]";
    let mut world = World::new(rights);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", Json::Null);
    let notices = world.sent(Topic::Notice);
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(notices[0]["remedies"].as_array().unwrap().len(), 3);
    assert_eq!(notices[0]["text"]["en"], "flight:1: 230.00 USD.\n\nAnd 5.00 USD more.");
    assert_eq!(world.sent(Topic::Payout).len(), 3, "each is paid by itself");
}

#[test]
fn a_party_gets_no_more_notices_a_day_than_the_charter_says() {
    let rights = "rights:
  late: {SAYS, on: flight.departed, compensation: 50 USD}
limits: {notices_per_day: 2}";
    let mut world = World::new(rights);
    for (flight, day) in ["06-01", "06-01", "06-01", "06-01", "06-01", "06-02", "06-09"].iter().enumerate() {
        let thing = format!("flight:{flight}");
        let data = json!({ "departs": at(&format!("{day} 12:00")).to_string(), "fare": "200 USD", "paid": ["200 USD"], "class": "full" });
        world.tell_of(&thing, "booking.made", &format!("b{flight}"), "05-01", data).unwrap();
        let time = format!("{day} 16:00");
        world.tell_of(&thing, "flight.departed", &format!("d{flight}"), &time, json!({ "late": "4h" })).unwrap();
    }
    let notices = world.messages.iter().filter(|message| message.topic == Topic::Notice);
    let waits: Vec<_> = notices.map(|message| message.not_before).collect();
    let (second, third) = (Some(at("06-02 00:00")), Some(at("06-03 00:00")));
    // The one of 2 June comes after those that already wait, and by 9 June nothing does.
    assert_eq!(waits, [None, None, second, second, third, third, None]);
    assert!(world.messages.iter().filter(|m| m.topic == Topic::Payout).all(|m| m.not_before.is_none()));
}
