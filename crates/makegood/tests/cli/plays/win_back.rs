use serde_json::{Value as Json, json};

use super::{Care, Said, count};

fn said<'s>(party: &'s str, kind: &'s str, at: &'s str, by: &'s str, data: Json) -> Said<'s> {
    Said { kind, party, about: "", at, by, data }
}

fn left(because: &str) -> Json {
    json!({ "because": because, "words": "You said Tuesday", "promise": "p-1a2b-00000000-0123456789abcdef" })
}

/// A party whose win-back is worked, or left alone. Which it is follows from what the play is: the first of them is taken.
fn party(care: &mut Care, alone: bool) -> String {
    for number in 0..200 {
        let party = format!("customer:{number}");
        care.tell("03-02 09:00", [said(&party, "customer.left", "03-02 08:00", "", left("broken_promise"))]);
        let state = if alone { "left-alone" } else { "running" };
        if care.ask(&["play", "list", "--state", state]).contains(&format!(" {party} ")) {
            return party;
        }
    }
    panic!("none of two hundred");
}

#[test]
fn a_customer_who_left_is_asked_heard_waited_for_and_cherished() {
    let mut care = Care::new();
    let party = party(&mut care, false);
    let party = party.as_str();
    let owner = json!({ "role": "account owner", "to": "employee:eva" });
    care.tell("03-02 10:00", [said(party, "role.given", "03-02 09:30", "hr", owner)]);
    let play = care.play("win-back", party);
    care.ask(&["play", "assign", &play, "--by", "desk", "--at", "2026-03-02T10:00:00Z"]);
    assert_eq!(care.steps(&play), ["patience open", "asked open"]);
    let weighed = json!({ "chance": 0.4, "second_value": "50000 NOK", "offer": "4000 NOK" });
    care.tell(
        "03-18 00:00",
        [
            said(party, "return.asked", "03-03 09:00", "employee:eva", json!({ "takes": "call before you are late" })),
            said(
                party,
                "return.listened",
                "03-05 09:00",
                "employee:eva",
                json!({ "need": "a call the evening before" }),
            ),
            said(party, "return.weighed", "03-06 09:00", "employee:finn", weighed),
            said(party, "return.need_met", "03-16 09:00", "employee:eva", json!({ "how": "the driver calls" })),
            said(party, "return.words_read", "03-17 09:00", "employee:eva", json!({})),
            said(party, "return.words_read", "03-17 10:00", "employee:cat", json!({})),
        ],
    );
    // Whoever wrote the words does not read them; and nothing is told before what went wrong is repaired.
    assert!(care.ask(&["quarantine", "list"]).contains("[same-person]"));
    assert_eq!(count(&care.steps(&play), "open"), 1, "patience alone: {:?}", care.steps(&play));
    assert!(!care.sent("task", "step").contains(&"win-back/told".to_owned()));
    care.tell(
        "03-20 09:00",
        [said(party, "return.repaired", "03-20 08:00", "employee:dag", json!({ "what": "an hour of slack" }))],
    );
    let told = care.messages("task").into_iter().find(|task| task["step"] == "win-back/told").unwrap();
    assert_eq!(told["to"], "employee:eva");
    for language in ["en", "zh", "nb"] {
        let words = told["says"][language].as_str().unwrap().to_lowercase();
        assert!(!words.is_empty() && !words.contains("told you so"), "{words}");
    }
    care.tell(
        "08-10 00:00",
        [
            said(party, "return.told", "03-20 10:00", "employee:eva", json!({ "words": "the driver calls now" })),
            said(
                party,
                "return.kept_in_touch",
                "04-10 09:00",
                "employee:eva",
                json!({ "words": "how is the harvest" }),
            ),
            said(party, "customer.returned", "05-04 09:00", "", json!({})),
            said(party, "return.cared_for", "05-05 09:00", "employee:eva", json!({ "days": 1 })),
            said(party, "return.cared_for", "06-01 09:00", "employee:eva", json!({ "days": 28 })),
            said(party, "return.cared_for", "07-30 09:00", "employee:eva", json!({ "days": 87 })),
        ],
    );
    let steps = care.steps(&play);
    assert_eq!(count(&steps, "kept"), 12, "{steps:?}");
    let shown = care.ask(&["play", "show", &play]);
    assert!(shown.contains(&format!("{party} · done")) && shown.contains("because broken_promise"), "{shown}");
    care.is_sound();
}

#[test]
fn what_would_have_come_by_itself_is_told_from_what_was_won_back() {
    let mut care = Care::new();
    let alone = party(&mut care, true);
    let worked: Vec<String> = {
        let list = care.ask(&["play", "list", "--state", "running", "--limit", "200"]);
        list.split_whitespace().filter(|word| word.starts_with("customer:")).map(str::to_owned).collect()
    };
    // Nobody is bothered who is left alone; when they come back it is noted all the same.
    let play = care.play("win-back", &alone);
    assert!(care.steps(&play).is_empty());
    assert!(care.messages("task").iter().all(|task| task["party"] != alone.as_str()));
    let mut said_of_all = vec![said(&alone, "customer.returned", "03-20 09:00", "", json!({}))];
    let weighed = json!({ "chance": 0.1, "second_value": "50000 NOK", "offer": "6000 NOK" });
    for (number, party) in worked.iter().enumerate() {
        said_of_all.push(said(party, "return.asked", "03-03 09:00", "employee:eva", json!({ "takes": "a call" })));
        said_of_all.push(match number % 3 {
            0 => said(party, "return.weighed", "03-06 09:00", "employee:finn", weighed.clone()),
            1 => said(party, "return.declined", "03-06 09:00", "", json!({})),
            _ => said(party, "marketing.sent", "03-06 09:00", "", json!({ "campaign": "spring" })),
        });
    }
    care.tell("03-21 00:00", said_of_all);
    let list = care.ask(&["play", "list", "--limit", "200"]);
    for state in ["left alone: came-by-themselves", "ended: not-worth-it", "ended: parted-well"] {
        assert!(list.contains(state), "{list}");
    }
    // Advertising before it was repaired breaks the promise of patience.
    if worked.len() > 2 {
        let play = care.play("win-back", &worked[2]);
        assert!(care.steps(&play).contains(&"patience broken".to_owned()), "{:?}", care.steps(&play));
    }
    let figures = care.told(&["play", "figures", "win-back"]);
    assert!(figures.contains(&format!("{} begun", worked.len())) && figures.contains("1 left alone"), "{figures}");
    assert!(figures.contains("Worked against left alone"), "{figures}");
    let line = |figures: &str| {
        let line = figures.lines().find(|line| line.starts_with("came about in time"));
        line.unwrap_or_else(|| panic!("{figures}")).to_owned()
    };
    let compared = line(&figures);
    assert!(
        compared.contains(&format!("0 of {}: 0.0 %", worked.len())) && compared.contains("1 of 1: 100.0 %"),
        "{compared}"
    );
    // Whoever comes back counts, also who was found not worth it or said no; and each once.
    let back: Vec<_> = worked.iter().take(2).collect();
    let again = back
        .iter()
        .flat_map(|party| ["05-04 09:00", "05-05 09:00"].map(|at| said(party, "customer.returned", at, "", json!({}))));
    care.tell("05-06 00:00", again);
    let figures = care.told(&["play", "figures", "win-back"]);
    let compared = line(&figures);
    assert!(compared.contains(&format!("{} of {}: ", back.len(), worked.len())), "{compared}");
    let list = care.ask(&["play", "list", "--limit", "200"]);
    assert!(list.contains("ended: not-worth-it"), "the outcome stays what it was: {list}");
    for (language, words) in [
        ("zh", ["处理组与对照组比较", "按期达成", "对照组"]),
        ("nb", ["Arbeidet med, mot latt i fred", "ble til noe i tide", "avsluttet"]),
    ] {
        let figures = care.ask(&["play", "figures", "win-back", "--language", language]);
        let list = care.ask(&["play", "list", "--limit", "200", "--language", language]);
        for word in words {
            assert!(figures.contains(word) || list.contains(word), "{word}: {figures}\n{list}");
        }
        assert!(!figures.contains("begun") && !list.contains("ended:"), "{figures}\n{list}");
    }
    let of_them = care.ask(&["play", "figures", "win-back", "--by", "because"]);
    assert!(of_them.starts_with("win-back, because: broken_promise\n"), "{of_them}");
    let review = care.ask(&["play", "review", "--at", "2026-03-08"]);
    assert!(review.contains("win-back · broken_promise:"), "{review}");
    care.is_sound();
}

/// Goodwill of so many kroner that somebody gives and another approves.
fn credit(care: &mut Care, party: &str, amount: &str) {
    let given = json!({ "amount": amount, "reason": "three late deliveries" });
    care.tell("03-02 11:00", [said(party, "goodwill.given", "03-02 10:00", "employee:eva", given)]);
    let list = care.ask(&["remedy", "list"]);
    let line = list.lines().find(|line| line.contains(&format!(" {party} "))).unwrap_or_else(|| panic!("{list}"));
    let name = line.split_whitespace().find(|word| word.starts_with("r-")).unwrap();
    care.ask(&["remedy", "approve", name, "--by", "employee:bob"]);
}

#[test]
fn what_was_already_credited_is_taken_from_the_books() {
    let weighed = json!({ "chance": 0.1, "second_value": "50000 NOK", "offer": "4000 NOK" });
    // Five thousand is what winning them back would bring.
    for (credited, state) in [("900 NOK", "running"), ("1000 NOK", "ended: not-worth-it")] {
        let mut care = Care::new();
        let party = party(&mut care, false);
        credit(&mut care, &party, credited);
        care.tell(
            "03-07 00:00",
            [
                said(&party, "return.asked", "03-03 09:00", "employee:eva", json!({ "takes": "a call" })),
                said(&party, "return.listened", "03-04 09:00", "employee:eva", json!({ "need": "a call" })),
                said(&party, "return.weighed", "03-06 09:00", "employee:finn", weighed.clone()),
            ],
        );
        let play = care.play("win-back", &party);
        let shown = care.ask(&["play", "show", &play]);
        assert!(shown.contains(&format!("{party} · {state}\n")), "{credited}: {shown}");
        care.is_sound();
    }
}

const FUEL: &str = include_str!("../../../../../charters/bulk-fuel/charter.yaml");

fn order(party: &str, number: u32, at: &str) -> Json {
    json!({
        "specversion": "1.0", "id": format!("order-{party}-{number}"), "source": "/shop", "type": "order.placed",
        "subject": party, "about": format!("order:{}-{number}", party.replacen("customer:", "", 1)), "time": at,
        "data": {
            "due": "2027-01-01T12:00:00Z", "ordered": 1000, "unit_price": "15 NOK", "total": "15000 NOK", "paid": ["15000 NOK"],
        },
    })
}

#[test]
fn a_customer_who_became_lost_is_won_back_without_anybody_saying_so() {
    let care = Care::new();
    care.desk.write("fuel.yaml", FUEL);
    let take = |lines: &[Json], until: &str| {
        let lines: Vec<String> = lines.iter().map(Json::to_string).collect();
        care.desk.write("orders.jsonl", lines.join("\n"));
        let arguments = ["run", "--charter", "fuel.yaml", "--events", "orders.jsonl", "--until", until];
        care.desk.makegood(&arguments).ended(0);
    };
    // Six customers, so that one of them is surely not left alone: each buys twice, ten days apart, and no more.
    let parties: Vec<String> = (0..6).map(|number| format!("customer:silent-{number}")).collect();
    let orders: Vec<Json> = parties
        .iter()
        .flat_map(|party| [order(party, 1, "2026-01-05T10:00:00Z"), order(party, 2, "2026-01-15T10:00:00Z")])
        .collect();
    take(&orders, "2026-02-01T00:00:00Z");
    let first = care.ask(&["play", "list", "--playbook", "second-delivery"]);
    assert_eq!(first.lines().count(), parties.len(), "the first order begins the care for newcomers: {first}");
    assert!(care.ask(&["play", "list", "--playbook", "win-back"]).is_empty());
    // Ninety days of silence: the clock says that they are lost, and the play begins by itself.
    care.ask(&["tick", "--until", "2026-04-16T00:00:00Z"]);
    let list = care.ask(&["play", "list", "--playbook", "win-back"]);
    assert_eq!(list.lines().count(), parties.len(), "{list}");
    let party = parties
        .iter()
        .find(|party| list.lines().any(|line| line.contains(&format!(" {party} ")) && line.contains("running")));
    let party = party.unwrap_or_else(|| panic!("{list}"));
    let play = care.play("win-back", party);
    assert_eq!(care.steps(&play), ["patience open", "asked open"]);
    assert!(care.sent("task", "step").contains(&"win-back/asked".to_owned()));
    care.is_sound();
    // An order brings them back, which ends the play and counts, whoever was left alone.
    let back: Vec<Json> = parties.iter().map(|party| order(party, 3, "2026-05-04T10:00:00Z")).collect();
    take(&back, "2026-05-05T00:00:00Z");
    let shown = care.ask(&["play", "show", &play]);
    assert!(shown.contains("ended: bought-again"), "{shown}");
    let figures = care.told(&["play", "figures", "win-back"]);
    assert!(figures.contains("bought-again"), "{figures}");
    let worked = list.lines().filter(|line| line.contains(" running ")).count();
    assert!(figures.contains(&format!("what it is for came about in time: {worked} of {worked} (")), "{figures}");
    // Nobody says for the fold where a party stands.
    let moved = json!({
        "specversion": "1.0", "id": "forged", "source": "/shop", "type": "stage.moved", "subject": party.as_str(),
        "time": "2026-05-05T10:00:00Z", "data": { "charter": "bulk-fuel", "to": "lost" },
    });
    care.desk.write("forged.jsonl", moved.to_string());
    care.desk.makegood(&["run", "--events", "forged.jsonl", "--until", "2026-05-06T00:00:00Z"]).ended(1);
    assert!(care.ask(&["quarantine", "list"]).contains("[reserved-type]"));
    care.is_sound();
}

#[test]
fn why_somebody_left_is_traced_to_the_broken_promise() {
    let mut care = Care::new();
    care.desk.write("word.yaml", include_str!("../../../../../charters/our-word/charter.yaml"));
    care.ask(&["run", "--charter", "word.yaml", "--until", "2026-03-01T00:00:00Z"]);
    let say = |words: &[&str]| care.ask(words);
    let party = "customer:farm";
    let at = "2026-03-01T08:00:00Z";
    let due =
        ["--kind", "visit", "--what", "we look at the pump", "--due", "2026-03-01T16:00:00Z", "--by", "sales/anna"];
    let mut make = vec!["promise", "make", "--party", party, "--at", at];
    make.extend(due);
    let made = say(&make);
    let broken = made.split_whitespace().last().unwrap().to_owned();
    let late =
        ["promise", "broken", &broken, "--because", "forgot", "--by", "sales/anna", "--at", "2026-03-01T18:00:00Z"];
    say(&late);
    let mut data = left("broken_promise");
    data["promise"] = broken.clone().into();
    care.tell("03-02 09:00", [said(party, "customer.left", "03-02 08:00", "", data)]);
    let shown = care.told(&["play", "show", &care.play("win-back", party)]);
    let line = format!("We are with you by 1 Mar 2026, 17:00 CET: we look at the pump. broken {broken}");
    assert!(shown.contains(&line), "{shown}");
}
