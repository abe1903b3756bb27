use serde_json::{Value as Json, json};

use super::{Care, Said, count};

fn said<'s>(party: &'s str, about: &'s str, kind: &'s str, at: &'s str, data: Json) -> Said<'s> {
    Said { kind, party, about, at, by: "employee:eva", data }
}

#[test]
fn a_first_order_is_followed_until_the_second() {
    let mut care = Care::new();
    // One in ten is left alone: the first that is not is followed.
    let mut number = 0;
    let party = loop {
        number += 1;
        let party = format!("customer:new-{number}");
        let due = json!({ "due": "2026-03-04T11:00:00Z" });
        care.tell("03-02 09:00", [said(&party, &format!("order:{number}"), "order.first", "03-02 08:00", due)]);
        if care.ask(&["play", "list", "--state", "running"]).contains(&format!(" {party} ")) {
            break party;
        }
    };
    let order = format!("order:{number}");
    let (party, order) = (party.as_str(), order.as_str());
    let play = care.play("first-order", party);
    care.ask(&["tick", "--until", "2026-03-03T12:00:00Z"]);
    assert_eq!(care.steps(&play), ["delivered at risk"], "a day before it is due");
    care.tell(
        "03-05 12:00",
        [
            said(party, order, "order.delivered", "03-04 10:00", json!({})),
            said(party, order, "order.thanked", "03-04 14:00", json!({ "words": "thank you for trying us" })),
            said(party, order, "order.rated", "03-05 08:00", json!({ "score": 2, "better": "call before you come" })),
        ],
    );
    assert!(care.steps(&play).contains(&"put-right open".to_owned()), "{:?}", care.steps(&play));
    care.tell(
        "04-16 00:00",
        [
            said(party, order, "order.put_right", "03-06 08:00", json!({ "how": "the driver calls" })),
            said(party, order, "order.advised", "03-20 08:00", json!({ "words": "how others keep water out" })),
            said(party, order, "order.repeated", "04-15 08:00", json!({ "next": "order:77" })),
        ],
    );
    assert_eq!(count(&care.steps(&play), "kept"), 6);
    assert!(care.ask(&["play", "list", "--state", "done"]).contains(&play));
    care.is_sound();
}

#[test]
fn who_stays_gets_attention_in_a_rhythm() {
    let mut care = Care::new();
    let party = "customer:farm";
    care.tell(
        "01-05 12:00",
        [said(party, "", "loyalty.recognised", "01-05 10:00", json!({ "because": "nine years" }))],
    );
    let play = care.play("loyal-care", party);
    // Nobody thought of it: at risk two weeks before, overdue after ninety days, and then somebody above is told.
    care.ask(&["tick", "--until", "2026-03-25T00:00:00Z"]);
    assert_eq!(care.steps(&play), ["first-quarter at risk"]);
    care.ask(&["tick", "--until", "2026-04-20T00:00:00Z"]);
    let mut asked = care.sent("question", "to");
    asked.sort();
    assert_eq!(asked, ["account owner", "sales lead"]);
    let review = care.ask(&["play", "review", "--at", "2026-04-20"]);
    assert!(review.contains("loyal-care · not found yet: 0 ended, 1 overdue"), "{review}");
    care.tell(
        "04-30 00:00",
        [
            said(
                party,
                "",
                "attention.given",
                "04-21 08:00",
                json!({ "quarter": "first", "how": "a visit, and an apology" }),
            ),
            said(party, "", "loyalty.heard", "04-22 08:00", json!({ "would_change": "invoices" })),
        ],
    );
    let steps = care.steps(&play);
    assert_eq!(steps, ["first-quarter kept late", "heard kept", "answered open", "second-quarter open"]);
    care.tell("05-02 00:00", [said(party, "", "loyalty.ended", "05-01 08:00", json!({}))]);
    assert!(care.ask(&["play", "list"]).contains("ended: over"));
    care.is_sound();
}

#[test]
fn a_workshop_on_trust_is_for_everyone_who_takes_part() {
    let mut care = Care::new();
    let held = json!({ "held": "2026-03-16T08:00:00Z" });
    let asked = json!({
        "promised": "a call", "kept": "most of it", "doubted": "when nobody rang", "done_then": "nothing",
        "would_trust": "ring when you are late",
    });
    let invited = ["customer:farm", "customer:mill"]
        .map(|party| said(party, "workshop:1", "workshop.invited", "03-02 08:00", held.clone()));
    care.tell("03-02 12:00", invited);
    care.tell(
        "03-02 12:00",
        [said("employee:ann", "workshop:2", "workshop.staff_invited", "03-02 08:00", held.clone())],
    );
    for workshop in ["workshop:1", "workshop:2"] {
        care.tell(
            "06-16 00:00",
            [
                said("", workshop, "workshop.grouped", "03-16 07:30", json!({ "people": 8 })),
                said("", workshop, "workshop.flow_drawn", "03-16 09:00", json!({ "steps": 14 })),
                said(
                    "",
                    workshop,
                    "workshop.moments_named",
                    "03-16 10:00",
                    json!({ "moments": "the first call back" }),
                ),
                said("", workshop, "workshop.asked", "03-16 11:00", asked.clone()),
                said("", workshop, "workshop.told", "03-20 11:00", json!({ "words": "what we learnt" })),
                said("", workshop, "workshop.promised", "03-23 11:00", json!({ "promises": 2 })),
                said("", workshop, "workshop.checked", "06-15 11:00", json!({ "kept": 2 })),
            ],
        );
    }
    for (playbook, party) in [
        ("trust-workshop-customers", "customer:farm"),
        ("trust-workshop-customers", "customer:mill"),
        ("trust-workshop-employees", "employee:ann"),
    ] {
        let play = care.play(playbook, party);
        assert_eq!(count(&care.steps(&play), "kept"), 7, "{party}: {:?}", care.steps(&play));
    }
    let figures = care.told(&["play", "figures", "trust-workshop-customers"]);
    assert!(figures.contains("2 begun, 0 running") && figures.contains("every step done 2 100.0 %"), "{figures}");
    care.is_sound();
}
