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
    let weighed = json!({ "chance": 0.4, "second_value": "50000 NOK", "offer": "4000 NOK", "credited": "1500 NOK" });
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
    let weighed = json!({ "chance": 0.1, "second_value": "50000 NOK", "offer": "4000 NOK", "credited": "1500 NOK" });
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
    let line = figures.lines().find(|line| line.contains("customer.returned")).unwrap_or_else(|| panic!("{figures}"));
    assert!(line.contains(&format!("0 of {}: 0.0 %", worked.len())) && line.contains("1 of 1: 100.0 %"), "{line}");
    let of_them = care.ask(&["play", "figures", "win-back", "--by", "because"]);
    assert!(of_them.starts_with("win-back, because: broken_promise\n"), "{of_them}");
    let review = care.ask(&["play", "review", "--at", "2026-03-08"]);
    assert!(review.contains("win-back · broken_promise:"), "{review}");
    care.is_sound();
}
