//! Where parties stand, from first event to last, by command line.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::desk::Desk;

/// A dealer that knows stages and values its customers.
const CHARTER: &str = r#"charter: dealer
version: "1"
in_force: {from: 2023-01-01}
title: {en: Our promise, zh: 我们的承诺, nb: Vårt løfte}
source: {what: a test, as_of: 2023-01-01}
time_zone: Europe/Oslo
money: NOK
events:
  lead.noted: {party: customer}
  quote.asked: {party: customer}
  order.paid: {party: customer, about: order, data: {total: money, due: time}}
  order.arrived: {about: order}
  referral.made: {party: customer}
  account.closed: {party: customer, data: {reason: [price, competitor, moved]}}
promises:
  delivery:
    made: {on: order.paid, due: data.due, worth: data.total}
    says: {en: "{thing} comes by {due}.", zh: "{thing} 于 {due} 前送达。", nb: "{thing} kommer innen {due}."}
    kept: {on: order.arrived}
rights:
  lateness:
    says: {en: Late is paid for., zh: 迟到有补偿。, nb: For sent betales.}
    on: order.arrived
    if: at > promise.due
    compensation: 50 NOK
value:
  purchases: {on: order.paid, amount: data.total, margin: 30%}
  left: {on: account.closed, because: data.reason}
  discount: 10% a year
  lost_below: 30%
stages:
  suspect: {shown_by: {on: lead.noted}, strategy: {en: Be known, zh: 建立认知, nb: Bli kjent}, next: {en: Write, zh: 写信, nb: Skriv}}
  prospect: {shown_by: {on: quote.asked}, within: 60d, strategy: {en: Answer, zh: 答复, nb: Svar}, next: {en: Call, zh: 致电, nb: Ring}}
  first-time: {strategy: {en: No fault, zh: 不出错, nb: Ingen feil}, next: {en: Ask, zh: 询问, nb: Spør}}
  repeat: {strategy: {en: A habit, zh: 养成习惯, nb: En vane}, next: {en: A plan, zh: 计划, nb: En plan}}
  client: {purchases: 3, within: 365d, strategy: {en: Their year, zh: 全年规划, nb: Året deres}, next: {en: Visit, zh: 拜访, nb: Besøk}}
  advocate: {shown_by: {on: referral.made}, strategy: {en: Thank, zh: 感谢, nb: Takk}, next: {en: Tell, zh: 告知, nb: Fortell}}
  lost:
    shown_by: {on: account.closed, because: data.reason}
    silence: {times: 6, at_least: 90d}
    judged: true
    strategy: {en: Win back, zh: 赢回, nb: Vinn tilbake}
    next: {en: Ask why, zh: 询问原因, nb: Spør hvorfor}
"#;

/// A small generator: the same world every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

fn event(kind: &str, party: &str, date: &str, data: Json) -> String {
    let id = format!("{kind}-{party}-{date}");
    let mut json = json!({
        "specversion": "1.0", "id": id, "source": "/dealer", "type": kind, "subject": party,
        "time": format!("{date}T11:00:00Z"), "data": data,
    });
    if kind == "order.paid" {
        json["about"] = format!("order:{}-{date}", party.trim_start_matches("customer:")).into();
    }
    json.to_string()
}

fn order(party: &str, date: &str, total: &str) -> String {
    event("order.paid", party, date, json!({ "total": total, "due": format!("{date}T20:00:00Z") }))
}

fn told(desk: &Desk, lines: &[String], until: &str) {
    desk.write("events.jsonl", lines.join("\n"));
    desk.makegood(&["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", until]).ended(0);
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("charter.yaml", CHARTER);
    desk
}

const ANN: &str = "customer:ann";

fn ann() -> Vec<String> {
    vec![
        event("lead.noted", ANN, "2023-01-10", json!({})),
        event("quote.asked", ANN, "2023-02-01", json!({})),
        order(ANN, "2023-02-10", "100 NOK"),
        order(ANN, "2023-03-10", "100 NOK"),
        order(ANN, "2023-04-10", "100 NOK"),
        event("referral.made", ANN, "2023-04-20", json!({})),
    ]
}

#[test]
fn from_suspect_to_advocate_to_lost_by_silence_and_back() {
    let desk = desk();
    told(&desk, &ann(), "2023-12-31");
    let lost = desk.makegood(&["stage", "show", ANN]).ended(0);
    insta::assert_snapshot!(lost);
    // What is shown of an earlier day knows nothing of what came later.
    let before = desk.makegood(&["stage", "show", ANN, "--at", "2023-03-31"]).ended(0);
    assert!(before.contains("repeat customer · keep") && !before.contains("lost"), "{before}");
    told(&desk, &[order(ANN, "2024-02-01", "100 NOK")], "2024-02-02");
    for language in ["en", "zh", "nb"] {
        let story = desk.makegood(&["explain", ANN, "--language", language]).ended(0);
        let stage: Vec<&str> = story.split("\n\n").skip_while(|part| !part.contains("(dealer)")).take(2).collect();
        insta::assert_snapshot!(format!("back_{language}"), stage.join("\n\n"));
    }
    desk.makegood(&["verify"]).ended(0);
    desk.makegood(&["rebuild"]).ended(0);
}

#[test]
fn late_evidence_changes_what_is_known_now_and_not_what_was_known_then() {
    let desk = desk();
    told(&desk, &ann(), "2023-12-31");
    #[expect(clippy::disallowed_methods, reason = "what is recorded is recorded by the clock")]
    let between = jiff::Timestamp::now().to_string();
    told(&desk, &[order(ANN, "2023-09-01", "100 NOK")], "2023-12-31");
    let matrix = |known: &str, to: &str| {
        let dates = ["stage", "matrix", "--from", "2023-04-30", "--to", to, "--known", known, "--format", "json"];
        serde_json::from_str::<Json>(&desk.makegood(&dates).ended(0)).unwrap()["moves"].clone()
    };
    let one = |from: &str, to: &str| json!([{ "from": from, "to": to, "parties": 1 }]);
    assert_eq!(matrix("now", "2023-10-15"), one("advocate", "advocate"));
    // Nothing of it was recorded in 2023: all of it was imported.
    assert_eq!(matrix("then", "2023-10-15"), json!([]));
    assert_eq!(matrix("then", &between), one("none", "lost"), "before the late order was known");
    assert_eq!(matrix("then", "now"), one("none", "advocate"));
    let text = desk.makegood(&["stage", "matrix", "--from", "2023-01-01", "--to", "2023-04-30"]).ended(0);
    insta::assert_snapshot!("matrix_text", text);
    desk.makegood(&["verify"]).ended(0);
    desk.makegood(&["rebuild"]).ended(0);
}

/// Sixty customers who buy each in a rhythm of their own, some of whom stop.
fn town() -> Vec<String> {
    let mut dice = Dice(3);
    let mut lines = Vec::new();
    for number in 0..60 {
        let party = format!("customer:{number}");
        let gap = 10.0 + dice.roll() * 60.0;
        let until = if dice.roll() < 0.4 { 40.0 + dice.roll() * 300.0 } else { 700.0 };
        let price = 50 + (dice.roll() * 400.0) as i64;
        let mut day = dice.roll() * 60.0;
        while day < until {
            let date = jiff::civil::date(2023, 1, 2).checked_add(jiff::Span::new().days(day as i64)).unwrap();
            lines.push((date, order(&party, &date.to_string(), &format!("{} NOK", price + (day as i64 % 7)))));
            day += 1.0 + gap * 2.0 * dice.roll();
        }
    }
    for month in 0..22 {
        let date = jiff::civil::date(2023, 2, 10).checked_add(jiff::Span::new().months(month)).unwrap();
        lines.push((date, order("customer:leaver", &date.to_string(), &format!("{} NOK", 150 + month))));
    }
    let leaving = event("account.closed", "customer:leaver", "2024-11-20", json!({ "reason": "competitor" }));
    lines.push((jiff::civil::date(2024, 11, 20), leaving));
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn lost(desk: &Desk) -> Vec<String> {
    let list = desk.makegood(&["stage", "list", "--stage", "lost", "--format", "json"]).ended(0);
    let list: Json = serde_json::from_str(&list).unwrap();
    let parties = list["parties"].as_array().unwrap().iter();
    parties.map(|party| party["party"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_review_judges_by_the_fitted_model_and_changes_no_remedy() {
    let desk = desk();
    told(&desk, &town(), "2023-06-30");
    let owed = |desk: &Desk| {
        let books = desk.makegood(&["ledger", "export", "--format", "csv"]).ended(0);
        (desk.makegood(&["remedy", "list", "--limit", "1000"]).ended(0), books)
    };
    let (before, silent) = (owed(&desk), lost(&desk));
    let review = |extra: &[&str]| {
        let mut arguments =
            vec!["stage", "review", "--by", "sales", "--at", "2023-12-31", "--format", "json", "--prior", "0.1"];
        arguments.extend(extra);
        serde_json::from_str::<Json>(&desk.makegood(&arguments).ended(0)).unwrap()
    };
    let planned = review(&["--dry-run"]);
    assert_eq!(lost(&desk), silent, "a dry run changes nothing");
    let done = review(&[]);
    assert_eq!(done["parties"], planned["parties"]);
    let judged: Vec<String> =
        done["parties"].as_array().unwrap().iter().map(|one| one["party"].as_str().unwrap().to_owned()).collect();
    assert!(judged.len() > 3, "{done}");
    let now = lost(&desk);
    // Who bought after the day that was judged is a customer: the judgement is void.
    let bought_since = |party: &String| {
        let show = desk.makegood(&["stage", "show", party]).ended(0);
        show.contains("2024")
    };
    for party in &judged {
        assert!(now.contains(party) || bought_since(party), "{party}");
    }
    assert!(judged.iter().any(|party| now.contains(party) && !silent.contains(party)), "{judged:?} {silent:?}");
    assert_eq!(review(&[])["parties"], json!([]), "judged once, there is nothing more to say");
    assert_eq!(owed(&desk), before);
    desk.makegood(&["verify"]).ended(0);
    desk.makegood(&["rebuild"]).ended(0);
}

#[test]
fn the_statement_of_equity_writes_down_whom_the_stages_lose_with_the_cause() {
    let desk = desk();
    told(&desk, &town(), "2024-12-31");
    let statement = |from: &str, to: &str| {
        let arguments = ["equity", "statement", "--from", from, "--to", to, "--format", "json", "--prior", "0.1"];
        serde_json::from_str::<Json>(&desk.makegood(&arguments).ended(0)).unwrap()
    };
    let drill = |line: &str, from: &str, to: &str| {
        let arguments =
            ["equity", "statement", "--from", from, "--to", to, "--parties", line, "--format", "csv", "--prior", "0.1"];
        desk.makegood(&arguments).ended(0)
    };
    let whole = statement("2023-12-31", "2024-11-30");
    assert!(whole.to_string().contains("competitor"), "{whole}");
    let written = drill("lost", "2023-12-31", "2024-11-30");
    assert!(written.contains("customer:leaver,"), "{written}");
    // Everyone on the line is lost on the closing date by the stages, and nobody who is lost then and was not before is missing.
    let matrix =
        desk.makegood(&["stage", "matrix", "--from", "2023-12-31", "--to", "2024-11-30", "--format", "json"]).ended(0);
    let matrix: Json = serde_json::from_str(&matrix).unwrap();
    let mut expected = 0;
    for one in matrix["moves"].as_array().unwrap() {
        if one["to"] == "lost" && one["from"] != "lost" && one["from"] != "none" {
            expected += one["parties"].as_u64().unwrap();
        }
    }
    assert_eq!(written.lines().count() as u64 - 1, expected, "{written}\n{matrix}");
    // Between past dates nothing is known of what came later.
    let mut past = String::new();
    for (from, to) in [("2023-06-30", "2023-12-31"), ("2023-12-31", "2024-06-30")] {
        let _ = write!(past, "{}", drill("lost", from, to));
    }
    assert!(!past.contains("customer:leaver,"), "{past}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let desk = desk();
    told(&desk, &ann(), "2023-12-31");
    for (arguments, code) in [
        (&["stage", "show", "customer:nobody"][..], "M023"),
        (&["stage", "list", "--charter", "air"], "M049"),
        (&["stage", "list", "--at", "yesterday"], "M015"),
        (&["stage", "matrix", "--from", "2024-01-01", "--to", "2023-01-01"], "M044"),
    ] {
        assert!(desk.makegood(arguments).refused().contains(code), "{arguments:?}");
    }
    let deaf = Desk::new();
    deaf.write("charter.yaml", CHARTER.replace("    judged: true\n", ""));
    told(&deaf, &town(), "2023-06-30");
    assert!(deaf.makegood(&["stage", "review", "--by", "sales"]).refused().contains("M049"));
    let plain = Desk::told();
    assert!(plain.makegood(&["stage", "list"]).refused().contains("M049"));
}
