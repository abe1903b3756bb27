use serde_json::json;

use super::{Care, Said, count};

const PARTY: &str = "customer:farm";
const ABOUT: &str = "complaint:1";

fn said<'s>(kind: &'s str, at: &'s str, by: &'s str, data: serde_json::Value) -> Said<'s> {
    Said { kind, party: PARTY, about: ABOUT, at, by, data }
}

/// Customer farm's account owner is Eli, who is away and has Eva as deputy.
fn care() -> Care {
    let mut care = Care::new();
    let away = json!({ "from": "2026-03-01T00:00:00Z", "until": "2026-03-15T00:00:00Z", "deputy": "employee:eva" });
    let owner = json!({ "role": "account owner", "to": "employee:eli" });
    care.tell(
        "03-01 09:00",
        [
            Said { kind: "role.given", party: PARTY, about: "", at: "01-05 08:00", by: "hr", data: owner },
            Said { kind: "absence.noted", party: "employee:eli", about: "", at: "02-20 08:00", by: "hr", data: away },
        ],
    );
    care
}

#[test]
fn a_complaint_is_lived_through_to_the_check_that_it_works() {
    let mut care = care();
    let words = json!({ "concerns": "delivery:17", "words": "The storeman signed for me", "channel": "call" });
    care.tell("03-02 09:30", [said("complaint.made", "03-02 08:00", "", words)]);
    let play = care.play("complaint", PARTY);
    assert_eq!(care.steps(&play), ["acknowledged open", "owner-found open"]);
    let mut turns = care.sent("task", "step");
    turns.sort();
    assert_eq!(turns, ["complaint/acknowledged", "complaint/owner-found"]);
    assert_eq!(care.sent("task", "to"), ["complaints desk"; 2]);

    // Nobody answers: the ladder is climbed, the soonest first.
    care.ask(&["tick", "--until", "2026-03-05T00:00:00Z"]);
    assert_eq!(count(&care.steps(&play), "overdue"), 2);
    let asked = care.sent("question", "to");
    for rung in ["complaints desk", "head of customer care", "general manager"] {
        assert!(asked.iter().any(|to| to == rung), "{asked:?}");
    }
    let review = care.ask(&["play", "review", "--at", "2026-03-05"]);
    assert!(review.contains("complaint · not found yet: 0 ended, 1 overdue"), "{review}");
    assert!(review.contains("overdue: acknowledged, owner-found"), "{review}");

    // The owner is found: the account owner is away, the deputy is not.
    let found = care.ask(&["play", "assign", "--by", "desk", "--at", "2026-03-05T08:00:00Z"]);
    assert!(found.contains("account owner") && found.contains("employee:eva"), "{found}");
    assert!(found.contains("stands in for employee:eli, who is away"), "{found}");
    assert!(care.steps(&play).contains(&"owner-found kept late".to_owned()), "{:?}", care.steps(&play));
    care.tell(
        "03-06 12:00",
        [
            said("complaint.acknowledged", "03-05 09:00", "employee:ann", json!({})),
            said("complaint.eased", "03-05 10:00", "employee:ann", json!({ "how": "fuel lent until tomorrow" })),
            said("complaint.facts_read", "03-05 11:00", "employee:eva", json!({})),
            said(
                "complaint.cause_found",
                "03-05 12:00",
                "employee:eva",
                json!({ "cause": "hand_over", "process": "a storeman may sign alone", "others_hit": 2 }),
            ),
            said(
                "complaint.planned",
                "03-05 13:00",
                "employee:eva",
                json!({ "remedy": "300 kroner", "for_others": true, "each": "300 NOK", "mends": "a message the same hour" }),
            ),
        ],
    );
    let tasks = care.messages("task");
    let facts = tasks.iter().find(|task| task["step"] == "complaint/facts").unwrap();
    assert_eq!((&facts["to"], &facts["role"]), (&json!("employee:eva"), &json!("account owner")));
    assert!(facts["says"]["nb"].as_str().unwrap().starts_with("Innen 9. mars 2026"), "{facts}");
    let error = care.desk.makegood(&["play", "done", &play, "approved", "--by", "employee:eva"]).refused();
    assert!(error.contains("must be done by another person than employee:eva"), "{error}");
    care.ask(&["play", "done", &play, "approved", "--by", "employee:bob", "--at", "2026-03-05T14:00:00Z"]);

    let list = care.ask(&["play", "list", "--state", "running", "--due-by", "2026-03-20"]);
    assert!(
        list.contains("done open (employee:eva), others open (employee:bob), reviewed open (employee:bob)"),
        "{list}"
    );
    assert_eq!(care.ask(&["play", "list", "--due-by", "2026-03-06"]), "");
    care.tell(
        "04-10 12:00",
        [
            said("complaint.remedied", "03-06 09:00", "employee:eva", json!({})),
            said("complaint.others_remedied", "03-06 10:00", "employee:bob", json!({ "parties": 2 })),
            said("complaint.reviewed", "03-06 11:00", "employee:bob", json!({ "decided": "a form for storemen" })),
            said("complaint.answered", "03-06 11:30", "employee:eva", json!({ "words": "what we found" })),
            said("complaint.judged", "03-08 12:00", "", json!({ "content": true })),
        ],
    );
    care.tell(
        "04-11 12:00",
        [said("complaint.checked", "04-11 08:00", "employee:bob", json!({ "works": true, "how": "none since" }))],
    );
    let steps = care.steps(&play);
    assert_eq!((count(&steps, "kept"), count(&steps, "kept late")), (11, 2), "{steps:?}");
    assert_eq!((count(&steps, "released"), count(&steps, "passed by")), (1, 1), "{steps:?}");

    // The case, with everything around it, in three languages.
    for (language, state, advocate) in [
        ("en", "done", "speaks for the customer: customer advocate, employee:cat"),
        ("zh", "已完成", "为客户发声： customer advocate, employee:cat"),
        ("nb", "fullført", "taler kundens sak: customer advocate, employee:cat"),
    ] {
        let shown = care.ask(&["play", "show", &play, "--language", language]);
        assert!(shown.starts_with(&format!("{play} · {PARTY} · {state}\n")), "{shown}");
        assert!(shown.contains(advocate) && shown.contains("The storeman signed for me"), "{shown}");
        assert!(shown.contains("cause hand_over"), "{shown}");
        assert_eq!(shown, care.ask(&["explain", &play, "--language", language]));
    }
    let figures = care.told(&["play", "figures", "complaint", "--by", "channel"]);
    assert!(figures.starts_with("complaint, channel: call\n1 begun, 0 running (0 with a step overdue)\n"), "{figures}");
    assert!(figures.contains("every step done 1 100.0 %"), "{figures}");
    assert!(figures.contains("median days to the end: 40.0 (of 1)"), "{figures}");
    let review = care.ask(&["play", "review", "--at", "2026-04-13"]);
    assert!(review.contains("complaint · hand_over: 1 ended, 0 overdue"), "{review}");
    care.is_sound();
}

#[test]
fn a_complaint_that_was_not_made_good_is_looked_at_by_somebody_else() {
    let mut care = care();
    let planned = json!({ "remedy": "an apology", "for_others": false, "mends": "nothing" });
    let cause = json!({ "cause": "planning", "process": "no slack", "others_hit": 0 });
    let owner = json!({ "role": "account owner", "to": "employee:eva" });
    care.tell(
        "03-05 00:00",
        [
            said("complaint.made", "03-02 08:00", "", json!({ "words": "late again", "channel": "mail" })),
            said("complaint.acknowledged", "03-02 09:00", "employee:ann", json!({})),
            said("play.assigned", "03-02 09:10", "desk", owner),
            said("complaint.eased", "03-02 10:00", "employee:ann", json!({ "how": "nothing at once" })),
            said("complaint.facts_read", "03-02 11:00", "employee:eva", json!({})),
            said("complaint.cause_found", "03-02 12:00", "employee:eva", cause),
            said("complaint.planned", "03-02 13:00", "employee:eva", planned),
            said("complaint.plan_approved", "03-02 14:00", "employee:bob", json!({})),
            said("complaint.remedied", "03-02 15:00", "employee:eva", json!({})),
            said("complaint.answered", "03-03 09:00", "employee:eva", json!({ "words": "sorry" })),
            said("complaint.judged", "03-04 09:00", "", json!({ "content": false, "words": "it is still late" })),
            said("complaint.reopened", "03-04 10:00", "", json!({ "words": "look again" })),
        ],
    );
    let play = care.play("complaint", PARTY);
    let steps = care.steps(&play);
    for step in ["others passed by", "verdict kept", "reopening kept", "again open"] {
        assert!(steps.contains(&step.to_owned()), "{steps:?}");
    }
    let error = care.desk.makegood(&["play", "done", &play, "again", "--by", "employee:eva"]).refused();
    assert!(error.contains("another person"), "{error}");
    care.tell(
        "03-06 00:00",
        [said("complaint.looked_at_again", "03-05 09:00", "employee:cat", json!({ "changed": "a new slot" }))],
    );
    assert!(care.steps(&play).contains(&"again kept".to_owned()));
    care.is_sound();
}
