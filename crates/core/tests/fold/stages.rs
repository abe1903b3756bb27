//! Where a relationship stands follows from the evidence, whatever the order in which it is learnt; every move says why; and
//! nothing that is owed knows of it.

use makegood_charter::Charter;
use makegood_charter::model::Stage;
use makegood_core::stage::{Move, Standing, move_words, stage_word};
use makegood_core::{Beside, BesideKind, encode};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::world::{World, at, charter};

/// Rights behind the common clauses.
const RIGHTS: &str = "rights:
  late: {SAYS, on: flight.departed, compensation: {bands: late, by: data.late}}
  gone: {SAYS, on: flight.cancelled, restitution: {share: 100%, of: promise.worth, to: original tenders}}
";
const TEXTS: &str = "strategy: {en: S, zh: S, nb: S}, next: {en: N, zh: N, nb: N}";
const EVENTS: &str = "  lead.noted: {party: customer}
  quote.asked: {party: customer}
  referral.made: {party: customer}
  account.closed: {party: customer, data: {reason: [price, competitor]}}
  credit.refused: {party: customer}
  credit.granted: {party: customer}
promises:
";

/// The common charter with stages: a client buys three times in a hundred days, and three times its rhythm is silence.
fn staged() -> String {
    let stages = format!(
        "stages:
  purchases: {{on: booking.made}}
  suspect: {{shown_by: {{on: lead.noted}}, {TEXTS}}}
  prospect: {{shown_by: {{on: quote.asked}}, within: 30d, {TEXTS}}}
  first-time: {{{TEXTS}}}
  repeat: {{{TEXTS}}}
  client: {{purchases: 3, within: 100d, {TEXTS}}}
  advocate: {{shown_by: {{on: referral.made}}, within: 60d, {TEXTS}}}
  lost:
    shown_by: {{on: account.closed, because: data.reason}}
    silence: {{times: 3, at_least: 20d, once: 90d}}
    judged: true
    {}
    {}
  disqualified: {{shown_by: {{on: credit.refused}}, lifted_by: {{on: credit.granted}}, says: {{en: D, zh: D, nb: D}}}}
",
        "strategy: {en: S, zh: S, nb: S}", "next: {en: N, zh: N, nb: N}"
    );
    with_events(&format!("{RIGHTS}{stages}"))
}

fn with_events(rights: &str) -> String {
    charter(rights).replacen("promises:\n", EVENTS, 1)
}

fn booking() -> Json {
    json!({ "departs": "2025-12-31T12:00:00Z", "fare": "100 USD", "paid": ["100 USD"], "class": "full" })
}

fn judged(chance: f64, as_of: &str) -> Json {
    json!({ "charter": "air", "chance": chance, "below": 0.2, "as_of": at(as_of).to_string(), "actor": "value" })
}

fn data(kind: &str) -> Json {
    match kind {
        "booking.made" => booking(),
        "account.closed" => json!({ "reason": "competitor" }),
        _ => json!({}),
    }
}

/// Tells events of these kinds and times, each about a flight of its own: the promises are not what is looked at here.
fn told(world: &mut World, story: &[(&str, &str)]) {
    for (kind, time) in story {
        told_once(world, kind, time);
    }
}

fn told_once(world: &mut World, kind: &str, time: &str) {
    let id = format!("{kind} {time}");
    let flight = format!("flight:{}", id.replace(' ', "-"));
    world.tell_of(&flight, kind, &id, time, data(kind)).unwrap();
}

fn world() -> World {
    World::under(&[&staged()])
}

fn standing(world: &World) -> &Standing {
    world.party.stages.get("air").unwrap()
}

fn stage(world: &World) -> Option<Stage> {
    world.party.stages.get("air").and_then(|standing| standing.stage)
}

fn moves(world: &World) -> Vec<Move> {
    let mut moves: Vec<Move> = world
        .beside
        .values()
        .filter_map(|part| if let Beside::Move(one) = part { Some(one.clone()) } else { None })
        .collect();
    moves.sort_by_key(|one| one.number);
    moves
}

fn pictured(world: &World, language: &str) -> String {
    let charter = &world.book.versions()[0].charter;
    let mut text = String::new();
    for one in moves(world) {
        let from = one.from.map_or("-", |from| stage_word(from, language));
        let to = stage_word(one.to, language);
        let because = move_words(charter, &one.because, language).join(" ");
        text.push_str(&format!("{} {from} → {to}: {because}\n", one.at.to_string().get(5..10).unwrap()));
    }
    text
}

/// From suspect to advocate, to lost by silence, and back.
const STORY: [(&str, &str); 9] = [
    ("lead.noted", "01-02"),
    ("quote.asked", "01-10"),
    ("booking.made", "01-20"),
    ("booking.made", "02-09"),
    ("booking.made", "03-01"),
    ("referral.made", "03-05"),
    ("credit.refused", "03-06"),
    ("credit.granted", "03-07"),
    ("booking.made", "09-01"),
];

#[test]
fn from_suspect_to_advocate_to_lost_and_back() {
    let mut world = world();
    told(&mut world, &STORY[..8]);
    world.clock("08-31");
    assert_eq!(stage(&world), Some(Stage::Lost));
    told(&mut world, &STORY[8..]);
    world.clock("12-31");
    insta::assert_snapshot!(pictured(&world, "en"));
    insta::assert_snapshot!(pictured(&world, "zh"));
    insta::assert_snapshot!(pictured(&world, "nb"));
}

#[test]
fn each_boundary_lies_where_the_charter_says() {
    type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, Option<Stage>);
    let cases: [Case; 20] = [
        (&[("lead.noted", "01-02")], "12-31", Some(Stage::Suspect)),
        (&[("quote.asked", "01-02")], "01-31 23:59:59", Some(Stage::Prospect)),
        (&[("quote.asked", "01-02")], "02-01", Some(Stage::Suspect)),
        (&[("referral.made", "01-02")], "02-01", None),
        (&[("account.closed", "01-02")], "02-01", None),
        (&[("booking.made", "01-02 08:00"), ("booking.made", "01-02 20:00")], "01-03", Some(Stage::FirstTime)),
        (&[("booking.made", "01-02 23:59"), ("booking.made", "01-03 00:01")], "01-03 01:00", Some(Stage::Repeat)),
        // Two minutes apart: the least that the charter waits.
        (&[("booking.made", "01-02 23:59"), ("booking.made", "01-03 00:01")], "01-23 00:01", Some(Stage::Repeat)),
        (&[("booking.made", "01-02 23:59"), ("booking.made", "01-03 00:01")], "01-23 00:01:01", Some(Stage::Lost)),
        (&[("booking.made", "01-02")], "04-02", Some(Stage::FirstTime)),
        (&[("booking.made", "01-02")], "04-02 00:00:01", Some(Stage::Lost)),
        // Ten days apart: thirty days of silence.
        (&[("booking.made", "01-01"), ("booking.made", "01-11")], "02-10", Some(Stage::Repeat)),
        (&[("booking.made", "01-01"), ("booking.made", "01-11")], "02-10 00:00:01", Some(Stage::Lost)),
        // The first of three falls out of the hundred days at the hundredth.
        (
            &[("booking.made", "01-01"), ("booking.made", "02-20"), ("booking.made", "04-10 23:59:59")],
            "04-10 23:59:59",
            Some(Stage::Client),
        ),
        (
            &[("booking.made", "01-01"), ("booking.made", "02-20"), ("booking.made", "04-10 23:59:59")],
            "04-11",
            Some(Stage::Repeat),
        ),
        (
            &[("booking.made", "01-01"), ("booking.made", "02-20"), ("booking.made", "04-11")],
            "04-11",
            Some(Stage::Repeat),
        ),
        (&[("booking.made", "01-02"), ("account.closed", "01-02 00:00:01")], "01-03", Some(Stage::Lost)),
        (&[("booking.made", "01-02"), ("account.closed", "01-01")], "01-03", Some(Stage::FirstTime)),
        (&[("booking.made", "01-02"), ("referral.made", "01-01")], "03-01 23:59:59", Some(Stage::Advocate)),
        (&[("booking.made", "01-02"), ("referral.made", "01-01")], "03-02", Some(Stage::FirstTime)),
    ];
    for (story, until, expected) in cases {
        let mut world = world();
        told(&mut world, story);
        world.clock(until);
        assert_eq!(stage(&world), expected, "{story:?} until {until}");
        // What was found step by step is what the evidence shows at once.
        if let Some(rules) = world.party.stages.get("air") {
            let stages = world.book.versions()[0].charter.stages.as_ref().unwrap();
            assert_eq!(rules.on(stages, at(until)).map(|stand| stand.stage), expected, "{story:?} on {until}");
        }
    }
}

#[test]
fn what_is_learnt_of_late_stands_where_it_happened_and_the_log_keeps_what_was_believed() {
    let mut world = world();
    told(&mut world, &[("booking.made", "01-01"), ("booking.made", "01-11")]);
    world.clock("03-01");
    assert_eq!(stage(&world), Some(Stage::Lost));
    told(&mut world, &[("booking.made", "02-05")]);
    assert_eq!(stage(&world), Some(Stage::Client));
    let moves = moves(&world);
    let last = moves.last().unwrap();
    assert_eq!((last.from, last.to, last.because.late), (Some(Stage::Lost), Stage::Client, true));
    // Known when the clock had already come to the loss, and true since the purchase.
    assert_eq!(last.at, at("02-05"));
    assert_eq!(last.known_at.to_string().get(..10), Some("2025-02-10"));
    let stages = world.book.versions()[0].charter.stages.as_ref().unwrap();
    let now = |day: &str| standing(&world).on(stages, at(day)).map(|stand| stand.stage);
    assert_eq!(
        [now("01-05"), now("02-04"), now("02-20")],
        [Some(Stage::FirstTime), Some(Stage::Repeat), Some(Stage::Client)]
    );
    let then = |day: &str| moves.iter().rev().find(|one| one.known_at <= at(day)).map(|one| one.to);
    assert_eq!([then("01-05"), then("02-04")], [Some(Stage::FirstTime), Some(Stage::Repeat)]);
    insta::assert_snapshot!(pictured(&world, "en"));
}

proptest! {
    #[test]
    fn no_order_of_arrival_makes_a_difference(order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let shuffled: Vec<_> = order.iter().map(|place| STORY[*place]).collect();
        let (mut expected, mut found) = (world(), world());
        told(&mut expected, &STORY);
        told(&mut found, &shuffled);
        for until in ["09-02", "10-15", "12-31"] {
            expected.clock(until);
            found.clock(until);
            let bare = |world: &World| {
                let standing = standing(world).clone();
                Standing { since: at("01-01"), moves: 0, ..standing }
            };
            prop_assert_eq!(bare(&found), bare(&expected), "until {}", until);
            prop_assert!(standing(&found).is_sound());
        }
        // Each move goes on where the one before it ended.
        let moves = moves(&found);
        prop_assert!(moves.windows(2).all(|pair| pair[1].from == Some(pair[0].to) && pair[1].number == pair[0].number + 1));
        prop_assert_eq!(moves.first().map(|one| one.from), Some(None));
    }

    #[test]
    fn the_history_is_what_was_found_day_by_day(days in proptest::collection::btree_set(0_i64..300, 1..12), closed in 0_i64..300) {
        let mut world = world();
        let bought = days.iter().map(|day| (*day, 12, "booking.made"));
        let mut story: Vec<(i64, i64, &str)> = bought.chain([(closed, 13, "account.closed")]).collect();
        story.sort_unstable();
        for (day, hour, kind) in story {
            let date = jiff::civil::date(2025, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let time = date.strftime("%m-%d").to_string();
            world.clock(&format!("{time} {}:59:59", hour - 1));
            told_once(&mut world, kind, &format!("{time} {hour}:00"));
        }
        world.clock("12-31");
        let stages = world.book.versions()[0].charter.stages.as_ref().unwrap();
        let history: Vec<_> =
            standing(&world).history(stages, at("12-31")).into_iter().map(|stand| (stand.since, stand.stage)).collect();
        let log: Vec<_> = moves(&world).into_iter().map(|one| (one.at, one.to)).collect();
        prop_assert_eq!(history, log);
    }
}

#[test]
fn a_judgement_from_outside_counts_until_a_purchase_or_another_judgement() {
    let mut world = world();
    told(&mut world, &[("booking.made", "01-01")]);
    world.say("rhythm.judged", "01-20", judged(0.2, "01-19"));
    assert_eq!(stage(&world), Some(Stage::FirstTime));
    world.say("rhythm.judged", "01-21", judged(0.199999, "01-20"));
    assert_eq!(stage(&world), Some(Stage::Lost));
    world.say("rhythm.judged", "01-22", judged(0.5, "01-21"));
    assert_eq!(stage(&world), Some(Stage::FirstTime));
    world.say("rhythm.judged", "01-25", judged(0.1, "01-24"));
    told(&mut world, &[("booking.made", "01-26")]);
    assert_eq!(stage(&world), Some(Stage::Repeat));
    insta::assert_snapshot!(pictured(&world, "en"));
}

#[test]
fn a_bad_judgement_is_refused() {
    let mut world = world();
    told(&mut world, &[("booking.made", "01-01")]);
    let with = |field: &str, value: Json| {
        let mut data = judged(0.1, "01-19");
        data[field] = value;
        data
    };
    let mut nobody = judged(0.1, "01-19");
    nobody.as_object_mut().unwrap().remove("actor");
    for (data, code) in [
        (nobody, "no-actor"),
        (with("charter", "sea".into()), "no-judgements"),
        (with("chance", json!(1.1)), "bad-judgement"),
        (with("chance", json!(-0.1)), "bad-judgement"),
        (with("below", json!(0)), "bad-judgement"),
        (with("below", json!(1)), "bad-judgement"),
        (with("as_of", "2025-01-20T00:00:01Z".into()), "bad-judgement"),
    ] {
        assert_eq!(world.refused("rhythm.judged", "01-20", data.clone()), code, "{data}");
    }
    let mut deaf = World::under(&[&staged().replace("    judged: true\n", "")]);
    assert_eq!(deaf.refused("rhythm.judged", "01-20", judged(0.1, "01-19")), "no-judgements");
}

#[test]
fn disqualified_stands_beside_the_stage() {
    let mut world = world();
    told(&mut world, &STORY);
    let by = |day: &str| standing(&world).disqualified(at(day)).map(|seen| seen.kind.to_string());
    assert_eq!([by("03-05"), by("03-06"), by("03-07")], [None, Some("credit.refused".to_owned()), None]);
}

#[test]
fn a_charter_without_stages_keeps_nothing() {
    let mut world = World::under(&[&with_events(RIGHTS)]);
    let before = encode(&world.party.stages).unwrap();
    told(&mut world, &STORY);
    world.clock("12-31");
    assert_eq!(encode(&world.party.stages).unwrap(), before);
    assert!(world.beside.keys().all(|(kind, _)| *kind != BesideKind::Move));
}

#[test]
fn no_right_can_read_a_stage_or_a_judgement() {
    for (from, to) in [
        ("on: flight.departed, compensation", "on: flight.departed, if: party.stage == 'lost', compensation"),
        ("on: flight.departed, compensation", "on: flight.departed, if: stage == 'lost', compensation"),
        ("on: flight.departed, compensation", "on: rhythm.judged, compensation"),
        ("promises:\n", "counts:\n  judged: {on: rhythm.judged, within: 30d}\npromises:\n"),
        ("broken: {on: flight.cancelled}", "broken: {on: rhythm.judged}"),
    ] {
        let text = staged();
        assert!(text.contains(from));
        let read = Charter::read("test.yaml", &text.replacen(from, to, 1));
        assert!(read.charter.is_none(), "{to}");
    }
}

#[test]
fn neither_a_stage_nor_a_judgement_changes_what_is_owed() {
    let owed = |charter: &str, judgement: Option<f64>| {
        let mut world = World::under(&[charter]);
        world.book("06-01 12:00");
        if let Some(chance) = judgement {
            world.tell("rhythm.judged", "judged", "05-20", judged(chance, "05-19")).unwrap();
        }
        world.say("flight.departed", "06-01 17:00", json!({ "late": "5h" }));
        let messages: Vec<String> = world.messages.iter().map(|message| message.body.to_string()).collect();
        (format!("{:?}", world.remedies), format!("{:?}", world.entries), messages)
    };
    let text = staged();
    let expected = owed(&text, None);
    assert!(expected.0.contains("late"), "{expected:?}");
    for chance in [0.0, 0.19, 0.2, 1.0] {
        assert_eq!(owed(&text, Some(chance)), expected, "{chance}");
    }
}
