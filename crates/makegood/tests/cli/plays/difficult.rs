use serde_json::{Value as Json, json};

use super::{Care, Said};

const PARTY: &str = "customer:mill";

fn said<'s>(kind: &'s str, at: &'s str, by: &'s str, data: Json) -> Said<'s> {
    Said { kind, party: PARTY, about: "", at, by, data }
}

#[test]
fn a_difficult_relationship_ends_well_by_an_appeal() {
    let mut care = Care::new();
    let reckoned = json!({
        "margin": "12000 NOK", "cost_to_serve": "31000 NOK", "credits": "4000 NOK", "hours": 46, "hours_elsewhere": "40000 NOK",
    });
    let own = json!({ "share": 0.6, "broken_promises": 4, "what": "three of four deliveries came unannounced" });
    let offered = json!({ "offer": "limits", "until": "2026-03-20T15:00:00Z", "words": "one call a day" });
    care.tell(
        "03-03 12:00",
        [
            said(
                "relationship.flagged",
                "03-02 08:00",
                "employee:eva",
                json!({ "flagged": "2026-03-02T08:00:00Z", "why": "eleven calls a week" }),
            ),
            said("relationship.reckoned", "03-03 08:00", "employee:finn", reckoned),
        ],
    );
    let play = care.play("difficult-relationship", PARTY);
    // Our own share comes first: no plan is asked for before it is said.
    assert_eq!(care.steps(&play), ["figures kept", "own-share open", "spread open"]);
    care.tell("03-04 12:00", [said("relationship.own_share_said", "03-04 08:00", "employee:dag", own)]);
    let list = care.ask(&["play", "list"]);
    assert!(list.contains("plan open (account owner)"), "{list}");
    let shown = care.told(&["play", "show", &play]);
    assert!(shown.contains("plan open 12 Mar 2026, 09:00 CET"), "ten days after it was flagged: {shown}");
    care.tell(
        "03-22 00:00",
        [
            said(
                "relationship.spread_checked",
                "03-05 08:00",
                "employee:dag",
                json!({ "others_of_the_team": 14, "promises_broken_to_them": 2 }),
            ),
            said("relationship.planned", "03-06 08:00", "employee:eva", json!({ "plan": "deliveries announced" })),
            said("relationship.plan_approved", "03-06 09:00", "employee:eva", json!({})),
            said("relationship.plan_approved", "03-06 10:00", "employee:gro", json!({})),
            said("relationship.offered", "03-09 08:00", "employee:eva", offered),
        ],
    );
    assert!(care.ask(&["quarantine", "list"]).contains("[same-person]"));
    let steps = care.steps(&play);
    for step in ["answered released", "limited passed by", "parting open"] {
        assert!(steps.contains(&step.to_owned()), "{steps:?}");
    }
    care.tell(
        "06-02 00:00",
        [
            said("parting.proposed", "03-23 08:00", "employee:eva", json!({ "why": "we cannot serve you well" })),
            said("parting.approved", "03-23 09:00", "employee:gro", json!({})),
            said(
                "parting.told",
                "03-24 08:00",
                "employee:eva",
                json!({ "words": "thank you for nine years", "appeal_until": "2026-04-07T14:00:00Z" }),
            ),
            said("parting.appealed", "04-01 08:00", "", json!({ "words": "one more season" })),
            said(
                "parting.appeal_heard",
                "04-02 08:00",
                "employee:cat",
                json!({ "parts": false, "why": "one more season" }),
            ),
            said("relationship.reviewed", "06-01 08:00", "employee:eva", json!({ "better": true })),
        ],
    );
    let figures = care.told(&["play", "figures", "difficult-relationship"]);
    assert!(figures.contains("every step done 1 100.0 %"), "{figures}");
    for line in [
        "relationship.reckoned margin 1 12 000.00 NOK 12 000.00 NOK",
        "relationship.reckoned cost_to_serve 1 31 000.00 NOK 31 000.00 NOK",
    ] {
        assert!(figures.contains(line), "{figures}");
    }
    care.is_sound();
}

#[test]
fn they_part_well_and_what_is_owed_stays_owed() {
    let mut care = Care::new();
    care.tell(
        "04-02 00:00",
        [
            said(
                "relationship.flagged",
                "03-02 08:00",
                "employee:eva",
                json!({ "flagged": "2026-03-02T08:00:00Z", "why": "threats" }),
            ),
            said(
                "goodwill.given",
                "03-02 09:00",
                "employee:eva",
                json!({ "amount": "500 NOK", "reason": "three late deliveries" }),
            ),
            said("relationship.parted", "03-03 08:00", "employee:eva", json!({})),
        ],
    );
    let play = care.play("difficult-relationship", PARTY);
    // Nobody is parted with who was not told and could not appeal.
    assert!(care.ask(&["play", "list"]).contains("running"));
    care.tell(
        "04-02 00:00",
        [
            said("relationship.reckoned", "03-03 09:00", "employee:finn", json!({
                "margin": "1 NOK", "cost_to_serve": "2 NOK", "credits": "0 NOK", "hours": 1, "hours_elsewhere": "3 NOK",
            })),
            said("relationship.own_share_said", "03-04 08:00", "employee:dag", json!({ "share": 0.2, "broken_promises": 1, "what": "late" })),
            said("relationship.planned", "03-05 08:00", "employee:eva", json!({ "plan": "to part" })),
            said("relationship.plan_approved", "03-05 09:00", "employee:gro", json!({})),
            said("relationship.offered", "03-05 10:00", "employee:eva", json!({ "offer": "limits", "until": "2026-03-10T12:00:00Z", "words": "no threats" })),
            said("relationship.answered", "03-06 10:00", "", json!({ "accepted": false })),
            said("parting.proposed", "03-09 08:00", "employee:eva", json!({ "why": "threats" })),
            said("parting.approved", "03-09 09:00", "employee:gro", json!({})),
            said("parting.told", "03-10 08:00", "employee:eva", json!({ "words": "thank you", "appeal_until": "2026-03-24T12:00:00Z" })),
            said("relationship.parted", "04-01 08:00", "employee:eva", json!({})),
        ],
    );
    let shown = care.told(&["play", "show", &play]);
    assert!(shown.contains("ended: parted-well"), "{shown}");
    assert!(care.ask(&["remedy", "list"]).contains("500.00 NOK"));
    care.is_sound();
}
