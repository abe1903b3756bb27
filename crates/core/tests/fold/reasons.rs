//! Why: every remedy says it, in the customer's language.

use makegood_core::because::because;
use serde_json::json;

use crate::world::World;

const RIGHTS: &str = "
rights:
  late:
    SAYS
    on: flight.departed
    unless: {shown_by: weather.observed, if: evidence.wind >= 50.0}
    compensation: {bands: late, by: data.late, in: credit}
    pay_within: 7 days
    if_late: {compensation: 40 USD}
  refund: {SAYS, on: flight.cancelled, restitution: {share: 50%, of: promise.worth, to: original tenders}}
  bag: {SAYS, on: bag.lost, compensation: {each: 18 USD, count: data.days, at_least: 25 USD, at_most: 90 USD}}
limits: {approve_over: {amount: 500 USD, by: finance}}";

/// The reason of every remedy, in one language after the other.
fn reasons(world: &World) -> String {
    let mut text = String::new();
    let mut remedies: Vec<_> = world.remedies.values().collect();
    remedies.sort_by_key(|remedy| (remedy.owed_at, remedy.id));
    for language in ["en", "zh", "nb"] {
        for remedy in &remedies {
            let (_, rules) = world.book.by_tag(remedy.reason.charter).unwrap();
            for sentence in because(&rules.charter, &remedy.reason, language) {
                text.push_str(&format!("{language}: {sentence}\n"));
            }
        }
    }
    text
}

#[test]
fn a_band_is_shown_with_its_edges_and_its_exception() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("weather.observed", "06-01 11:00", json!({ "wind": 12 }));
    world.say("flight.departed", "06-01 15:00", json!({ "late": "3h20m" }));
    insta::assert_snapshot!(reasons(&world), @r#"
    en: 3 h 20 min falls in the band from 3 h 00 min to below 4 h 00 min, which gives 50.00 USD (bands that count since 2025-01-01).
    en: A `weather.observed` was filed (wind 12), but it does not show the exception.
    en: 50.00 USD is paid as 50.00 travel credit.
    zh: 3 小时 20 分钟 属于“3 小时 00 分钟起至不足4 小时 00 分钟”一档，给予 50.00 USD（自 2025-01-01 起适用的分档）。
    zh: 提交了 `weather.observed` 证据（wind 12），但不足以证明例外情形。
    zh: 50.00 USD 以 50.00 旅行抵用金 支付。
    nb: 3 t 20 min faller i båndet fra 3 t 00 min til under 4 t 00 min, som gir 50,00 USD (bånd som gjelder siden 2025-01-01).
    nb: En `weather.observed` er lagt fram (wind 12), men den viser ikke unntaket.
    nb: 50,00 USD utbetales som 50,00 reisekreditt.
    "#);
}

#[test]
fn a_top_up_says_what_was_granted_before_and_that_no_proof_was_filed() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.departed", "06-01 15:00", json!({ "late": "3h" }));
    let first = world.remedy().id;
    world.say("flight.departed", "06-01 17:00", json!({ "late": "5h" }));
    world.remedies.remove(&first);
    insta::assert_snapshot!(reasons(&world), @r#"
    en: 5 h 00 min falls in the band from 4 h 00 min to below 6 h 00 min, which gives 100.00 USD (bands that count since 2025-01-01).
    en: 50.00 USD was granted for this before, which leaves 50.00 USD.
    en: No `weather.observed` was filed; without proof no exception applies, and the burden of proof is ours.
    en: 50.00 USD is paid as 50.00 travel credit.
    zh: 5 小时 00 分钟 属于“4 小时 00 分钟起至不足6 小时 00 分钟”一档，给予 100.00 USD（自 2025-01-01 起适用的分档）。
    zh: 此前已就此给予 50.00 USD，尚余 50.00 USD。
    zh: 没有提交 `weather.observed` 证据；举证责任在我们，无证据则不适用例外。
    zh: 50.00 USD 以 50.00 旅行抵用金 支付。
    nb: 5 t 00 min faller i båndet fra 4 t 00 min til under 6 t 00 min, som gir 100,00 USD (bånd som gjelder siden 2025-01-01).
    nb: 50,00 USD er gitt for dette før, så 50,00 USD gjenstår.
    nb: Ingen `weather.observed` er lagt fram; uten bevis gjelder intet unntak, og bevisbyrden er vår.
    nb: 50,00 USD utbetales som 50,00 reisekreditt.
    "#);
}

#[test]
fn a_refund_says_how_it_was_paid() {
    let mut world = World::new(RIGHTS);
    world.book_for("06-01 12:00", "150 USD", &["120 USD", "3000 points"]).say("flight.cancelled", "06-01", json!({}));
    insta::assert_snapshot!(reasons(&world), @r#"
    en: 50 % of 150.00 USD is 75.00 USD.
    en: It is given back in what was paid with: of 120.00 USD + 3,000 points, the part 75.00 USD of 150.00 USD is 60.00 USD + 1,500 points.
    zh: 150.00 USD 的 50 % 为 75.00 USD。
    zh: 按原支付方式退还：所付 120.00 USD + 3,000 积分 中，150.00 USD 里的 75.00 USD 为 60.00 USD + 1,500 积分。
    nb: 50 % av 150,00 USD er 75,00 USD.
    nb: Det gis tilbake slik det ble betalt: av 120,00 USD + 3000 poeng er delen 75,00 USD av 150,00 USD 60,00 USD + 1500 poeng.
    "#);
}

#[test]
fn counts_and_bounds_are_shown() {
    for (days, sentence) in [(1, "It is never less than 25.00 USD."), (9, "It is never more than 90.00 USD.")] {
        let mut world = World::new(RIGHTS);
        world.book("06-01 12:00").say("bag.lost", "06-02", json!({ "days": days }));
        assert!(reasons(&world).contains(sentence), "{}", reasons(&world));
    }
}

#[test]
fn what_people_decide_is_part_of_the_reason() {
    let mut world = World::new(RIGHTS);
    world.say("goodwill.given", "06-01", json!({ "amount": "25 USD", "reason": "a long wait", "actor": "anna" }));
    let remedy = world.name_of("goodwill");
    let data = json!({ "remedy": remedy, "amount": "30 USD", "reason": "a very long wait", "actor": "bo" });
    world.say("remedy.corrected", "06-02", data);
    insta::assert_snapshot!(reasons(&world), @r#"
    en: anna gave it: a long wait.
    en: bo corrected it to 30.00 USD: a very long wait.
    zh: 由 anna 给予：a long wait。
    zh: bo 将其更正为 30.00 USD：a very long wait。
    nb: anna ga det: a long wait.
    nb: bo rettet det til 30,00 USD: a very long wait.
    "#);
}

#[test]
fn a_penalty_says_what_was_late() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    let first = world.remedy().id;
    world.clock("06-09");
    world.remedies.remove(&first);
    insta::assert_snapshot!(reasons(&world), @r#"
    en: What we owed you was due on 2025-06-08 23:59, and we did not pay it in time.
    en: The charter gives 40.00 USD.
    zh: 我们应于 2025-06-08 23:59 前支付欠款，但未能按时支付。
    zh: 章程规定给予 40.00 USD。
    nb: Det vi skyldte deg, forfalt 2025-06-08 23:59, og vi betalte ikke i tide.
    nb: Løftene gir 40,00 USD.
    "#);
}

#[test]
fn the_inputs_are_kept_with_the_reason() {
    let mut world = World::new(RIGHTS);
    world.book("06-01 12:00").say("flight.departed", "06-01 16:00", json!({ "late": "4h" }));
    let inputs: Vec<_> = world.remedy().reason.inputs.iter().map(|(path, _)| &**path).collect();
    assert_eq!(inputs, ["data.late"]);
}
