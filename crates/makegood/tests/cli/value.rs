//! What customers are worth, from a database and from a file of transactions.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::desk::{Answer, Desk};

/// A shop that values its customers.
const CHARTER: &str = r#"charter: shop
version: "1"
in_force: {from: 2023-01-01}
title: {en: Our promise}
source: {what: a test, as_of: 2023-01-01}
time_zone: Europe/Oslo
money: USD
events:
  order.paid: {party: customer, about: order, data: {total: money, kind: [retail, trade], due: time}}
  order.returned: {party: customer, about: order, data: {refund: money}}
  parcel.arrived: {about: order, data: {late: duration}}
  ticket.closed: {party: customer, data: {cost: money}}
  account.closed: {party: customer, data: {reason: [price, competitor, moved]}}
promises:
  delivery:
    made: {on: order.paid, due: data.due, worth: data.total}
    says: {en: "{thing} arrives by {due}."}
    kept: {on: parcel.arrived, if: data.late <= duration('0s')}
    late: {on: parcel.arrived}
rights:
  lateness:
    says: {en: Late is paid for.}
    on: parcel.arrived
    if: data.late > duration('0s')
    compensation: 5 USD
value:
  purchases: {on: order.paid, amount: data.total, margin: 40%, segment: data.kind}
  refunds: {on: order.returned, amount: data.refund, margin: 40%}
  cost_to_serve: {on: ticket.closed, amount: data.cost}
  left: {on: account.closed, because: data.reason}
  discount: 12% a year
"#;

/// A small generator: the same world every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn wait(&mut self, mean: f64) -> f64 {
        -self.roll().ln() * mean
    }
}

/// What happens in the shop between 2023-01-02 and two years later: events, and the same as rows of a file.
struct Shop {
    events: Vec<(i64, String)>,
    rows: String,
}

const DAYS: f64 = 730.0;
const FIRST: &str = "2023-01-02T00:00:00Z";

fn moment(days: f64) -> (i64, String) {
    let start: jiff::Timestamp = FIRST.parse().unwrap();
    let at = start + jiff::SignedDuration::from_secs((days * 86_400.0) as i64);
    (at.as_second(), at.to_string())
}

fn event(kind: &str, id: &str, subject: &str, about: Option<&str>, time: &str, data: Json) -> String {
    let mut json = json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": kind, "time": time, "subject": subject, "data": data,
    });
    if let Some(about) = about {
        json["about"] = about.into();
    }
    json.to_string()
}

impl Shop {
    fn new(customers: u32) -> Self {
        let mut dice = Dice(7);
        let mut shop = Self { events: Vec::new(), rows: "who,when,paid,margin,kind\n".to_owned() };
        for number in 0..customers {
            shop.live(number, &mut dice);
        }
        shop.events.sort();
        shop
    }

    fn tell(&mut self, days: f64, kind: &str, id: &str, subject: &str, about: Option<&str>, data: Json) {
        let (order, time) = moment(days);
        self.events.push((order, event(kind, id, subject, about, &time, data)));
    }

    fn live(&mut self, number: u32, dice: &mut Dice) {
        let party = format!("customer:{number}");
        // Hours of the day that Oslo and UTC count to the same day.
        let mut day = (dice.roll() * 500.0).floor() + 0.5;
        let gap = 6.0 + dice.wait(40.0);
        let leaving = 0.9 * dice.roll().powi(3);
        let price = 1_000.0 + dice.wait(4_000.0);
        let kind = if number.is_multiple_of(4) { "trade" } else { "retail" };
        for order in 0.. {
            let thing = format!("order:{number}-{order}");
            let minor = (price * (0.5 + dice.roll())) as i64;
            let (total, due) = (format!("{}.{:02} USD", minor / 100, minor % 100), moment(day + 5.0).1);
            let data = json!({ "total": total, "kind": kind, "due": due });
            self.tell(day, "order.paid", &thing, &party, Some(&thing), data);
            let margin = (minor * 2 + 2) / 5;
            let date = &moment(day).1[..10];
            let _ = writeln!(
                self.rows,
                "{party},{date},{}.{:02},{}.{:02},{kind}",
                minor / 100,
                minor % 100,
                margin / 100,
                margin % 100
            );
            let late = dice.roll() < 0.2;
            let arrived = json!({ "late": if late { "2d" } else { "0s" } });
            if day + 7.0 < DAYS {
                self.tell(
                    day + if late { 7.0 } else { 4.0 },
                    "parcel.arrived",
                    &format!("arrived-{thing}"),
                    &thing,
                    None,
                    arrived,
                );
            }
            if dice.roll() < leaving + if late { 0.3 } else { 0.0 } {
                if number.is_multiple_of(5) && day + 9.0 < DAYS {
                    let reason = if number.is_multiple_of(2) { "price" } else { "moved" };
                    self.tell(
                        day + 8.0,
                        "account.closed",
                        &format!("closed-{number}"),
                        &party,
                        None,
                        json!({ "reason": reason }),
                    );
                }
                return;
            }
            day += dice.wait(gap).max(1.0).round();
            if day >= DAYS {
                return;
            }
        }
    }

    fn lines(&self) -> Vec<&str> {
        self.events.iter().map(|(_, line)| line.as_str()).collect()
    }

    /// A desk at which all of it was told.
    fn desk(&self) -> Desk {
        let desk = Desk::new();
        desk.write("charter.yaml", CHARTER);
        desk.write("events.jsonl", self.lines().join("\n"));
        desk.write("rows.csv", &self.rows);
        desk
    }

    fn told(&self) -> Desk {
        let desk = self.desk();
        run(&desk, "events.jsonl").ended(0);
        desk
    }
}

fn run(desk: &Desk, events: &str) -> Answer {
    desk.makegood(&["run", "--charter", "charter.yaml", "--until", "2025-01-20T00:00:00Z", "--events", events])
}

const FILE: [&str; 12] = [
    "--transactions",
    "rows.csv",
    "--customer",
    "who",
    "--date",
    "when",
    "--amount",
    "paid",
    "--margin",
    "40%",
    "--segment",
    "kind",
];

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    words.iter().chain(more).copied().collect()
}

fn answer(desk: &Desk, arguments: &[&str]) -> Json {
    let out = desk.makegood(&with(arguments, &["--format", "json"])).ended(0);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

#[test]
fn a_database_and_a_file_give_the_same_fit() {
    let desk = Shop::new(300).told();
    let kept = answer(&desk, &["value", "fit", "--at", "2024-12-31"]);
    let file =
        answer(&desk, &with(&["value", "fit", "--currency", "USD", "--discount", "12%", "--at", "2024-12-31"], &FILE));
    for part in ["repeat", "spend"] {
        assert_eq!(kept[part], file[part], "{part}");
    }
    assert_eq!((&kept["recorded"], &file["recorded"]), (&json!(true), &json!(false)));
    assert_eq!(kept["terms"]["margin"], file["terms"]["margin"]);
    let values = |arguments: &[&str]| answer(&desk, arguments)["total"].as_f64().unwrap();
    let (kept, file) = (
        values(&["value", "predict", "--at", "2024-12-31"]),
        values(&with(&["value", "predict", "--discount", "12%", "--at", "2024-12-31"], &FILE)),
    );
    assert!((kept / file - 1.0).abs() < 1e-9, "{kept} {file}");
}

/// The amounts of a section by line.
fn lines(section: &Json) -> Vec<(String, i64, i64)> {
    let lines = section["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            (
                line["line"].as_str().unwrap().to_owned(),
                line["amount_minor"].as_i64().unwrap(),
                line["parties"].as_i64().unwrap(),
            )
        })
        .collect()
}

fn amount(section: &Json, line: &str) -> i64 {
    lines(section).iter().filter(|(name, ..)| name.starts_with(line)).map(|(_, amount, _)| amount).sum()
}

fn reconciles(section: &Json) {
    let lines = lines(section);
    let sum: i64 = lines.iter().filter(|(line, ..)| line != "closing").map(|(_, amount, _)| amount).sum();
    assert_eq!(sum, amount(section, "closing"), "{lines:?}");
}

#[test]
fn the_statement_reconciles_and_tells_why_customers_were_lost() {
    let desk = Shop::new(300).told();
    let period = ["equity", "statement", "--from", "2024-03-31", "--to", "2024-12-31"];
    let statement = answer(&desk, &with(&period, &["--by", "segment"]));
    let whole = &statement["whole"];
    reconciles(whole);
    let segments = statement["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 2);
    segments.iter().for_each(reconciles);
    for (line, whole_amount, _) in lines(whole) {
        let sum: i64 = segments
            .iter()
            .map(|section| {
                lines(section).iter().filter(|(name, ..)| *name == line).map(|(_, amount, _)| amount).sum::<i64>()
            })
            .sum();
        assert_eq!(sum, whole_amount, "{line}");
    }
    let found = lines(whole);
    for line in [
        "new parties",
        "unwinding of discount",
        "margin received",
        "behaviour",
        "written down: lost, broken promise `delivery, kept late`",
        "written down: lost, price",
        "written down: lost, moved",
        "written down: lost, unknown",
        "goodwill and remedies spent",
        "change of model",
    ] {
        assert!(found.iter().any(|(name, amount, _)| name.starts_with(line) && *amount != 0), "{line}: {found:?}");
    }
    // What was spent is what the books say: five dollars for each late parcel of the time.
    assert_eq!(amount(whole, "goodwill") % 500, 0);
    // Each line is the sum of its parties.
    for (argument, line) in
        [("lost", "written down"), ("goodwill", "goodwill"), ("closing", "closing"), ("new", "new parties")]
    {
        let drill = answer(&desk, &with(&period, &["--parties", argument]));
        let parties = drill["parties"].as_array().unwrap();
        let sum: i64 = parties.iter().map(|party| party["amount_minor"].as_i64().unwrap()).sum();
        assert_eq!(sum, amount(whole, line), "{argument}");
        assert!(parties.len() > 3, "{argument}");
    }
}

#[test]
fn recorded_models_value_the_dates_after_them_and_their_change_has_a_line() {
    let desk = Shop::new(300).told();
    let period = ["equity", "statement", "--from", "2024-06-30", "--to", "2024-12-31"];
    answer(&desk, &["value", "fit", "--at", "2024-06-30"]);
    let one = answer(&desk, &period);
    assert_eq!(amount(&one["whole"], "change of model"), 0, "{one}");
    assert_eq!(one["opening_model"], one["closing_model"]);
    answer(&desk, &["value", "fit", "--at", "2024-12-31"]);
    let two = answer(&desk, &period);
    assert_eq!(two["opening_model"], one["opening_model"]);
    assert_ne!(amount(&two["whole"], "change of model"), 0);
    assert_eq!(two["closing_model"]["as_of"], "2024-12-31");
    assert_eq!((&two["opening_model"]["recorded"], &two["closing_model"]["recorded"]), (&json!(true), &json!(true)));
    reconciles(&two["whole"]);
    // All but the last lines are as they were: the new model touches nothing else.
    for line in ["opening", "unwinding", "margin", "goodwill"] {
        assert_eq!(amount(&one["whole"], line), amount(&two["whole"], line), "{line}");
    }
}

/// The wall: what a customer is worth never reaches what they are owed.
#[test]
fn a_fitted_value_changes_no_remedy() {
    let shop = Shop::new(120);
    let lines = shop.lines();
    let (before, after) = lines.split_at(lines.len() / 2);
    let told = |between: &[&[&str]]| {
        let desk = shop.desk();
        desk.write("before.jsonl", before.join("\n"));
        desk.write("after.jsonl", after.join("\n"));
        run(&desk, "before.jsonl").ended(0);
        for arguments in between {
            desk.makegood(arguments).ended(0);
        }
        run(&desk, "after.jsonl").ended(0);
        let kept =
            [&["remedy", "list", "--limit", "100000"][..], &["ledger", "export", "--format", "csv"], &["rebuild"]];
        kept.map(|arguments| desk.makegood(arguments).ended(0))
    };
    let plain = told(&[]);
    assert!(plain[0].lines().count() > 20, "{}", plain[0]);
    let fit = |model: &'static str| ["value", "fit", "--at", "2024-01-31", "--prior", "0.1", "--model", model];
    let (bg, mbg) = (fit("bg-nbd"), fit("mbg-nbd"));
    let predict = ["value", "predict", "--prior", "0.1"];
    let statement = ["equity", "statement", "--from", "2023-11-30", "--to", "2024-01-31", "--prior", "0.1"];
    assert_eq!(told(&[&bg, &mbg, &predict, &statement]), plain);
}

#[test]
fn a_party_is_explained_with_its_rhythm_and_drawn() {
    let desk = Shop::new(300).told();
    let predicted = answer(&desk, &["value", "predict", "--at", "2024-12-31"]);
    let parties = predicted["parties"].as_array().unwrap();
    let lost = parties.iter().find(|party| party["lost"] == true && party["repeats"].as_i64() > Some(3)).unwrap();
    let party = lost["party"].as_str().unwrap();
    let story = answer(&desk, &["value", "explain", party, "--at", "2024-12-31", "--plots", "plots"]);
    for field in ["p_alive", "value", "expected_spend", "lost"] {
        assert_eq!(story[field], lost[field], "{field}");
    }
    assert!(story["rhythm"]["times"].as_f64().unwrap() > 2.0 && story["p_alive"].as_f64().unwrap() < 0.2, "{story}");
    let picture = std::fs::read_to_string(desk.path("plots/p-alive.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains(party), "{picture}");
    let text = desk.makegood(&["value", "explain", party, "--at", "2024-12-31"]).ended(0);
    assert!(text.contains("it counts as lost") && text.contains("Dealings, the latest first"), "{text}");
    let error = desk.makegood(&["value", "explain", "customer:999999"]).refused();
    assert!(error.contains("`customer:999999` had bought nothing"), "{error}");
}

#[test]
fn every_command_speaks_every_format_and_draws() {
    let desk = Shop::new(300).told();
    let commands: [(&[&str], &[&str]); 5] = [
        (&["value", "fit", "--compare"], &[]),
        (&["value", "predict", "--top", "3"], &[]),
        (&["value", "calibrate"], &["calibration.svg", "tracking.svg"]),
        (&["value", "concentration", "--of", "value"], &["pareto.svg", "whale.svg"]),
        (
            &["equity", "statement", "--from", "2024-03-31", "--to", "2024-12-31", "--by", "segment"],
            &["waterfall.svg", "waterfall-trade.svg"],
        ),
    ];
    for (command, plots) in commands {
        let text = desk.makegood(command).ended(0);
        assert!(text.lines().count() > 8, "{text}");
        let html = desk.makegood(&with(command, &["--format", "html"])).ended(0);
        assert!(html.starts_with("<!doctype html>") && html.matches("<svg").count() >= plots.len(), "{command:?}");
        assert!(!html.contains("NaN"), "{command:?}");
        let csv =
            desk.makegood(&with(command, &["--format", "csv", "--output", "out.csv", "--plots", "plots"])).ended(0);
        assert_eq!(csv, "");
        let csv = std::fs::read_to_string(desk.path("out.csv")).unwrap();
        let columns = csv.lines().next().unwrap().split(',').count();
        assert!(columns > 1 && csv.lines().count() > 3, "{csv}");
        for plot in plots {
            let svg = std::fs::read_to_string(desk.path("plots").join(plot)).unwrap();
            assert!(svg.starts_with("<svg") && !svg.contains("NaN"), "{plot}: {svg}");
        }
        answer(&desk, command);
    }
}

#[test]
fn concentration_knows_who_was_last_cared_for() {
    let desk = Shop::new(300).told();
    let found = answer(&desk, &["value", "concentration"]);
    let top = found["top_fifth"].as_array().unwrap();
    assert_eq!(top.len(), 60);
    assert!(
        top.iter().any(|party| party["last_cared"].is_string())
            && top.iter().any(|party| party["last_cared"].is_null())
    );
    let share = found["top_fifth_share"].as_f64().unwrap();
    assert!(share > 0.2 && share < 1.0, "{share}");
}

/// A file of these rows under a header of `id,day,paid`.
fn refused(rows: &str, more: &[&str]) -> String {
    let desk = Desk::new();
    desk.write("t.csv", format!("id,day,paid\n{rows}"));
    let command = ["value", "fit", "--transactions", "t.csv", "--customer", "id", "--date", "day", "--amount", "paid"];
    desk.makegood(&with(&command, more)).refused()
}

#[test]
fn bad_files_are_refused_with_the_rows_and_what_to_do() {
    let many = |row: &dyn Fn(u32) -> String| (0..20).map(row).collect::<Vec<_>>().join("\n");
    let once = many(&|number| format!("{number},2024-01-{:02},10", number % 9 + 1));
    let alike = many(&|number| format!("{number},2024-01-01,10\n{number},2024-01-08,10"));
    let cases: [(&str, &str, &[&str], &str); 14] = [
        ("nobody bought again", &once, &[], "none of"),
        (
            "one customer",
            "1,2024-01-01,10\n1,2024-02-01,10\n1,2024-03-01,10",
            &["--at", "2024-04-01"],
            "1 customers are too few",
        ),
        ("all identical", &alike, &["--at", "2024-02-01"], "are identical"),
        ("no rows", "", &[], "nobody bought anything"),
        ("not a number", "1,2024-01-01,NaN\n2,2024-01-01,5", &[], "row 1: the amount `NaN` cannot be read"),
        ("too precise", "1,2024-01-01,5\n2,2024-01-01,5.005", &[], "row 2: the amount `5.005` cannot be read"),
        ("not a date", "1,01/31/2024,5", &[], "row 1: the date `01/31/2024` cannot be read: write it as 2026-01-31"),
        ("no customer", "1,2024-01-01,5\n,2024-01-01,5", &[], "row 2: the customer `` cannot be read"),
        ("a refund first", "1,2024-01-01,5\n2,2024-01-01,-5", &[], "row 2: a refund of -5"),
        ("mixed currencies", "1,2024-01-01,5,USD\n2,2024-01-01,5,EUR", &["--currency", "currency"], "neither a column"),
        ("too late a date", &once, &["--at", "2023-01-01"], "the first purchase is of 2024-01-01"),
        ("no such column", &once, &["--segment", "region"], "has no column `region`"),
        ("a bad margin", &once, &["--margin", "a lot"], "is neither a share nor a column"),
        ("a bad discount", &once, &["--discount", "-5%"], "the yearly discount rate is -0.05"),
    ];
    for (name, rows, more, says) in cases {
        let error = refused(rows, more);
        assert!(error.contains(says), "{name}: {error}");
    }
    let desk = Desk::new();
    desk.write("t.csv", "id,day,paid,in\n1,2024-01-01,5,USD\n2,2024-01-01,5,EUR\n3,2024-01-01,5,XYZ\n");
    let command = [
        "value",
        "fit",
        "--transactions",
        "t.csv",
        "--customer",
        "id",
        "--date",
        "day",
        "--amount",
        "paid",
        "--currency",
        "in",
    ];
    let error = desk.makegood(&command).refused();
    assert!(error.contains("2 bad rows: row 2: the amount is in `EUR`"), "{error}");
    assert!(error.contains("row 3: the currency `XYZ` cannot be read"), "{error}");
}

#[test]
fn dates_in_the_wrong_order_and_charters_without_value_are_refused() {
    let desk = Shop::new(40).told();
    let error = desk.makegood(&["equity", "statement", "--from", "2024-12-31", "--to", "2024-03-31"]).refused();
    assert!(error.contains("opens on 2024-12-31 and closes on 2024-03-31"), "{error}");
    let error = desk.makegood(&["equity", "statement", "--from", "soon", "--to", "2024-03-31"]).refused();
    assert!(error.contains("`soon` is not a date"), "{error}");
    let error = desk.makegood(&["value", "fit", "--charter", "stop"]).refused();
    assert!(error.contains("those that do: `shop`"), "{error}");
    let error = Desk::told().makegood(&["value", "fit"]).refused();
    assert!(error.contains("no charter of `sqlite:test.db` says how customers are valued"), "{error}");
}

#[test]
fn a_fit_without_a_maximum_is_told_kept_and_not_used() {
    // Sixty customers who all buy every five weeks and never leave: nothing is to be learnt of leaving.
    let desk = Desk::new();
    desk.write("charter.yaml", CHARTER);
    let mut events = Vec::new();
    for number in 0..60 {
        for order in 0..(5 + number % 3) {
            let (thing, day) = (format!("order:{number}-{order}"), f64::from(number % 7 + 35 * order) + 0.5);
            let data =
                json!({ "total": format!("{}.00 USD", 10 + number % 5), "kind": "retail", "due": moment(day + 5.0).1 });
            events.push(event("order.paid", &thing, &format!("customer:{number}"), Some(&thing), &moment(day).1, data));
        }
    }
    desk.write("events.jsonl", events.join("\n"));
    run(&desk, "events.jsonl").ended(0);
    let error = desk.makegood(&["value", "fit"]).refused();
    assert!(error.starts_with("error[M043]") && error.contains("no best fit"), "{error}");
    let rows = ["value", "predict", "--model", "pareto-nbd"];
    assert!(desk.makegood(&rows).refused().contains("error[M043]"));
}

/// The published figures, through the command (Fader, Hardie & Lee 2005; Fader & Hardie 2013).
#[test]
fn the_published_figures_of_cdnow_come_out_of_the_command() {
    let Some(folder) = std::env::var_os("MAKEGOOD_DATA") else {
        println!("skipped: set MAKEGOOD_DATA to the folder that holds cdnow/CDNOW_sample.txt.gz");
        return;
    };
    let file = std::fs::File::open(std::path::Path::new(&folder).join("cdnow/CDNOW_sample.txt.gz")).unwrap();
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
    let mut rows = "id,date,cds,dollars\n".to_owned();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().skip(1).collect();
        let _ = writeln!(rows, "{}", cells.join(","));
    }
    let desk = Desk::new();
    desk.write("cdnow.csv", rows);
    let from = [
        "--transactions",
        "cdnow.csv",
        "--customer",
        "id",
        "--date",
        "date",
        "--amount",
        "dollars",
        "--currency",
        "USD",
    ];
    let fit = |model| answer(&desk, &with(&["value", "fit", "--at", "1997-09-30", "--model", model], &from));
    for (model, parameters, likelihood) in [
        ("bg-nbd", [("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426)], -9582.4),
        ("pareto-nbd", [("r", 0.553), ("alpha", 10.578), ("s", 0.606), ("beta", 11.669)], -9595.0),
    ] {
        let found = fit(model);
        for (name, expected) in parameters {
            let value = found["repeat"]["parameters"][name]["value"].as_f64().unwrap();
            assert!((value / expected - 1.0).abs() < 2e-3, "{model} {name}: {value}");
        }
        assert!((found["repeat"]["log_likelihood"].as_f64().unwrap() - likelihood).abs() < 0.06, "{model}");
        for (name, expected) in [("p", 6.25), ("q", 3.74), ("v", 15.44)] {
            let value = found["spend"]["parameters"][name]["value"].as_f64().unwrap();
            assert!((value - expected).abs() < 0.01, "{name}: {value}");
        }
    }
    let check = answer(&desk, &with(&["value", "calibrate", "--fit-until", "1997-09-30"], &from));
    assert!(
        check["worst_tracking_error"].as_f64().unwrap() < 0.03,
        "Fader, Hardie & Lee 2005 report 2 % for Pareto/NBD"
    );
}
