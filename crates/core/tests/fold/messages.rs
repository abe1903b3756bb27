//! What leaves: payouts, notices, questions, requests for approval.

use makegood_core::Topic;
use serde_json::json;

use crate::world::World;

const RIGHTS: &str = "
rights:
  refund:
    SAYS
    on: flight.cancelled
    restitution: {share: 100%, of: promise.worth}
    pay_within: 7 days
    if_late: {compensation: 40 USD}
    tells: {en: '{thing} was cancelled: {amount} by {pay_by}.', zh: '{thing} 取消：{amount}，{pay_by} 前。', nb: '{thing} innstilt: {amount} innen {pay_by}.'}
  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late, in: credit}}
limits: {notify_from: 60 USD, approve_over: {amount: 500 USD, by: finance}}";

fn counts(world: &World) -> [usize; 4] {
    [Topic::Payout, Topic::Notice, Topic::Approval, Topic::Question].map(|topic| world.sent(topic).len())
}

#[test]
fn a_credit_leaves_as_a_payout_and_a_notice() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(counts(&world), [1, 1, 0, 0]);
    assert_eq!(
        *world.sent(Topic::Payout)[0],
        json!({
            "remedy": world.name_of("refund"), "party": "customer:1", "thing": "flight:1", "right": "refund",
            "amounts": ["200.00 USD"], "owed_at": "2025-06-01T10:00:00Z", "pay_by": "2025-06-08T23:59:59.999Z",
        })
    );
    insta::assert_snapshot!(format!("{:#}", world.sent(Topic::Notice)[0]["text"]), @r#"
    {
      "en": "flight:1 was cancelled: 200.00 USD by 8 Jun 2025, 23:59 UTC.",
      "nb": "flight:1 innstilt: 200,00 USD innen 8. juni 2025, 23:59 UTC.",
      "zh": "flight:1 取消：200.00 USD，2025年6月8日 23:59 UTC 前。"
    }
    "#);
}

#[test]
fn below_the_least_amount_the_credit_is_made_but_nothing_is_said() {
    for (late, told) in [("3h", 0), ("4h", 1)] {
        let mut world = World::new(RIGHTS);
        world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": late }));
        assert_eq!(counts(&world), [1, told, 0, 0], "{late}");
    }
}

#[test]
fn what_is_held_asks_for_approval_and_says_nothing_yet() {
    let mut world = World::new(RIGHTS);
    world.book_for("06-01 12:00", "600 USD", &[]).say("flight.cancelled", "06-01 10:00", json!({}));
    assert_eq!(counts(&world), [0, 0, 1, 0]);
    let approval = world.sent(Topic::Approval)[0];
    assert_eq!((&approval["to"], &approval["why"]), (&json!("finance"), &json!("it is above 500.00 USD")));
}

#[test]
fn silence_asks_the_owner_once() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").clock("12-31");
    assert_eq!(counts(&world), [0, 0, 0, 1]);
    let question = world.sent(Topic::Question)[0];
    assert_eq!(question["to"], "operations");
    assert_eq!(question["promise"].as_str(), Some(world.promise_name().as_str()));
    assert_eq!(question["due"], "2025-06-01T12:00:00Z");
}

#[test]
fn a_payment_that_failed_asks_each_time() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({}));
    let remedy = world.name_of("refund");
    for day in ["06-02", "06-03"] {
        world.say("remedy.failed", day, json!({ "remedy": remedy, "reason": "account closed" }));
        world.say("remedy.approved", day, json!({ "remedy": remedy, "actor": "bo" }));
    }
    assert_eq!(counts(&world), [3, 1, 0, 2]);
}

#[test]
fn the_notice_of_a_penalty_speaks_of_the_late_payment() {
    let mut world = World::new(&RIGHTS.replace("notify_from: 60 USD", "notify_from: 1 USD"));
    world.book("06-01 12:00").say("flight.cancelled", "06-01 10:00", json!({})).clock("06-09");
    let notices: Vec<_> = world.sent(Topic::Notice).iter().map(|body| body["text"].clone()).collect();
    insta::assert_snapshot!(format!("{:#}", notices[1]), @r#"
    {
      "en": "We owe you 40.00 USD for flight:1. What we owed you was due on 2025-06-08 23:59, and we did not pay it in time. The charter gives 40.00 USD. You need do nothing.",
      "nb": "Vi skylder deg 40,00 USD for flight:1. Det vi skyldte deg, forfalt 2025-06-08 23:59, og vi betalte ikke i tide. Løftene gir 40,00 USD. Du trenger ikke gjøre noe.",
      "zh": "关于 flight:1，我们欠您 40.00 USD。我们应于 2025-06-08 23:59 前支付欠款，但未能按时支付。 章程规定给予 40.00 USD。您无需办理任何手续。"
    }
    "#);
}

#[test]
fn without_words_of_its_own_a_right_is_told_in_built_in_ones() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    insta::assert_snapshot!(format!("{:#}", world.sent(Topic::Notice)[0]["text"]), @r#"
    {
      "en": "We owe you 100.00 travel credit for flight:1. 4 h 00 min falls in the band from 4 h 00 min to below 6 h 00 min, which gives 100.00 USD (bands that count since 2025-01-01). 100.00 USD is paid as 100.00 travel credit. You need do nothing.",
      "nb": "Vi skylder deg 100,00 reisekreditt for flight:1. 4 t 00 min faller i båndet fra 4 t 00 min til under 6 t 00 min, som gir 100,00 USD (bånd som gjelder siden 2025-01-01). 100,00 USD utbetales som 100,00 reisekreditt. Du trenger ikke gjøre noe.",
      "zh": "关于 flight:1，我们欠您 100.00 旅行抵用金。4 小时 00 分钟 属于“4 小时 00 分钟起至不足6 小时 00 分钟”一档，给予 100.00 USD（自 2025-01-01 起适用的分档）。 100.00 USD 以 100.00 旅行抵用金 支付。您无需办理任何手续。"
    }
    "#);
}

#[test]
fn goodwill_is_told_without_a_thing() {
    let mut world = World::new(&RIGHTS.replace("notify_from: 60 USD", "notify_from: 1 USD"));
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    let remedy = world.name_of("goodwill");
    world.say("goodwill.approved", "06-02", json!({ "remedy": remedy, "actor": "bo" }));
    let text = &world.sent(Topic::Notice)[0]["text"];
    assert_eq!(text["en"], "We owe you 25.00 USD. anna gave it: a long wait. You need do nothing.");
}

#[test]
fn what_is_approved_later_is_told_in_the_same_words() {
    let rights = RIGHTS
        .replace("{thing} was cancelled: {amount} by {pay_by}.", "{thing}, due {due}, {made.class}, paid {paid}.");
    let told = |fare: &str| {
        let mut world = World::new(&rights);
        world.book_for("06-01 12:00", fare, &[fare]).say("flight.cancelled", "06-01 10:00", json!({}));
        let remedy = world.name_of("refund");
        if world.sent(Topic::Notice).is_empty() {
            world.say("remedy.approved", "06-02", json!({ "remedy": remedy, "actor": "anna" }));
        }
        world.sent(Topic::Notice)[0]["text"]["en"].as_str().unwrap().to_owned()
    };
    assert_eq!(told("200 USD"), "flight:1, due 1 Jun 2025, 12:00 UTC, full, paid 200.00 USD.");
    assert_eq!(told("600 USD"), "flight:1, due 1 Jun 2025, 12:00 UTC, full, paid 600.00 USD.");
}
