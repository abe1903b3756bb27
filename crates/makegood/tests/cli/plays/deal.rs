use serde_json::{Value as Json, json};

use super::{Care, Said, count};

fn said<'s>(party: &'s str, about: &'s str, kind: &'s str, at: &'s str, by: &'s str, data: Json) -> Said<'s> {
    Said { kind, party, about, at, by, data }
}

const TEAM: [(&str, &str); 6] = [
    ("employee:eva", "sales_rep"),
    ("employee:sol", "sales_lead"),
    ("employee:gro", "general_manager"),
    ("employee:finn", "finance"),
    ("employee:dag", "delivery_manager"),
    ("employee:lin", "logistics"),
];

#[test]
fn a_team_deal_is_won_handed_over_kept_and_its_credit_shared() {
    let mut care = Care::new();
    let (party, deal) = ("customer:port", "deal:9");
    let need = |mode: &str, attack: bool| json!({ "need": "fuel at night", "worth": "2400000 NOK", "mode": mode, "under_attack": attack });
    care.tell("03-02 08:30", [said(party, deal, "need.confirmed", "03-02 08:00", "employee:eva", need("team", true))]);
    let play = care.play("team-deal", party);
    assert_eq!(count(&care.steps(&play), "open"), 6);
    let mut asked = care.sent("task", "to");
    asked.sort();
    assert_eq!(asked, ["delivery manager", "finance", "general manager", "logistics", "sales lead", "sales rep"]);
    let joined = TEAM.map(|(who, role)| said(party, deal, "deal.joined", "03-02 10:00", who, json!({ "role": role })));
    care.tell("03-02 12:00", joined);
    care.tell(
        "03-21 00:00",
        [
            said(
                party,
                deal,
                "deal.contacts_named",
                "03-03 09:00",
                "employee:sol",
                json!({ "who_knows_whom": "Dag knows the harbour master" }),
            ),
            said(
                party,
                deal,
                "deal.offered",
                "03-06 09:00",
                "employee:eva",
                json!({ "price": "2300000 NOK", "promises": 3 }),
            ),
            said(party, deal, "deal.offer_approved", "03-06 10:00", "employee:eva", json!({})),
            said(party, deal, "deal.offer_approved", "03-06 11:00", "employee:finn", json!({})),
            said(party, deal, "deal.won", "03-20 08:00", "employee:eva", json!({ "cost": "38000 NOK" })),
        ],
    );
    assert!(care.ask(&["quarantine", "list"]).contains("[same-person]"), "an offer is not approved by who wrote it");
    // What was promised in the sale is handed over to those who keep it, and they accept it by name: the step waits for the last.
    let say = |words: &[&str], by: &str, at: &str| {
        let mut arguments = vec!["promise"];
        arguments.extend(words);
        arguments.extend(["--by", by, "--at", at]);
        care.desk.makegood(&arguments)
    };
    let due = ["--due", "2026-05-04T15:00:00Z"];
    let make = |what: &str| {
        let mut words = vec!["make", "--party", party, "--about", deal, "--kind", "sale", "--what", what];
        words.extend(due);
        let made = say(&words, "employee:eva", "2026-03-05T09:00:00Z").ended(0);
        made.split_whitespace().rfind(|word| word.starts_with("p-")).unwrap().to_owned()
    };
    let made = ["fuel at night", "one number to call", "no minimum order"].map(make);
    assert!(care.steps(&play).contains(&"handed-over open".to_owned()), "{:?}", care.steps(&play));
    let hand = |promise: &str, to: &str| {
        let out = say(&["delegate", promise, "--to", to], "employee:eva", "2026-03-20T10:00:00Z").ended(0);
        // With the last of them the turn of another step has come, which is named beside it.
        let line =
            out.lines().find_map(|line| line.trim().strip_prefix("delegated: ")).unwrap_or_else(|| panic!("{out}"));
        line.to_owned()
    };
    let handed = [hand(&made[0], "employee:dag"), hand(&made[1], "employee:dag")];
    assert!(care.steps(&play).contains(&"handed-over open".to_owned()), "two of three: {:?}", care.steps(&play));
    let last = hand(&made[2], "employee:lin");
    assert!(care.steps(&play).contains(&"handed-over kept".to_owned()), "{:?}", care.steps(&play));
    for one in &handed {
        say(&["accept", one], "employee:dag", "2026-03-21T08:00:00Z").ended(0);
    }
    // Given back, it is handed over to somebody else.
    say(&["refuse", &last, "--because", "not mine"], "employee:lin", "2026-03-21T09:00:00Z").ended(0);
    let last = hand(&made[2], "employee:finn");
    assert!(care.steps(&play).contains(&"accepted open".to_owned()), "two of three: {:?}", care.steps(&play));
    let error = say(&["accept", &last], "employee:eva", "2026-03-21T10:00:00Z").refused();
    assert!(error.contains("cannot answer in their name"), "{error}");
    say(&["accept", &last], "employee:finn", "2026-03-21T10:00:00Z").ended(0);
    assert!(care.steps(&play).contains(&"accepted kept".to_owned()), "{:?}", care.steps(&play));
    let shown = care.ask(&["play", "show", &play]);
    assert!(shown.contains("You were promised in the sale, by 4 May 2026, 17:00 CEST: no minimum order."), "{shown}");
    assert!(!shown.contains("{made."), "{shown}");
    let shared = json!({ "closed": "Eva, Sol, Finn", "kept": "Dag, Lin", "share_of_those_who_kept": 0.5 });
    care.tell(
        "05-06 00:00",
        [
            said(party, deal, "deal.delivered", "05-04 08:00", "employee:dag", json!({})),
            said(party, deal, "deal.credit_shared", "05-05 08:00", "employee:gro", shared),
        ],
    );
    assert_eq!(count(&care.steps(&play), "kept"), 14, "{:?}", care.steps(&play));

    // Another, alone and without an attack, is lost.
    let (other, lost) = ("customer:inn", "deal:10");
    care.tell(
        "05-20 00:00",
        [
            said(other, lost, "need.confirmed", "05-06 08:00", "employee:eva", need("alone", false)),
            said(other, lost, "deal.joined", "05-06 09:00", "employee:eva", json!({ "role": "sales_rep" })),
            said(other, lost, "deal.lost", "05-15 08:00", "", json!({ "cost": "2000 NOK", "to": "another" })),
        ],
    );
    let figures = care.told(&["play", "figures", "team-deal", "--by", "mode"]);
    let (alone, team) = figures.split_once("team-deal, mode: team").unwrap_or_else(|| panic!("{figures}"));
    assert!(alone.starts_with("team-deal, mode: alone") && alone.contains("lost 1 100.0 %"), "{alone}");
    assert!(alone.contains("deal.lost cost 1 2 000.00 NOK"), "{alone}");
    assert!(team.contains("deal.won cost 1 38 000.00 NOK"), "{team}");
    // How long to close, who closed and who kept.
    let won = team.lines().find(|line| line.starts_with("won ")).unwrap();
    assert!(won.ends_with("18.0"), "{won}");
    let did = |who: &str| team.lines().find(|line| line.contains(who)).unwrap_or_else(|| panic!("{team}"));
    assert!(did("employee:eva").contains("handed-over, offered, sales-rep, won"), "{team}");
    assert!(did("employee:dag").contains("delivered, delivery-manager"), "{team}");
    assert!(did("employee:finn").contains("accepted, finance, offer-approved"), "{team}");
    let attacked = care.told(&["play", "figures", "team-deal", "--by", "under_attack"]);
    assert!(
        attacked.contains("under_attack: yes\n1 begun") && attacked.contains("under_attack: no\n1 begun"),
        "{attacked}"
    );
    care.is_sound();
}
