use serde_json::{Value as Json, json};

use super::{Care, Said};

fn said<'s>(about: &'s str, kind: &'s str, at: &'s str, by: &'s str, data: Json) -> Said<'s> {
    Said { kind, party: "customer:farm", about, at, by, data }
}

fn complaint(about: &str) -> Said<'_> {
    said(about, "complaint.made", "03-02 08:00", "", json!({ "words": "late", "channel": "mail" }))
}

#[test]
fn a_step_of_another_play_is_refused() {
    let mut care = Care::new();
    care.tell("03-02 09:00", [complaint("complaint:1"), complaint("complaint:2")]);
    let list = care.ask(&["play", "list"]);
    let plays: Vec<&str> = list.split_whitespace().filter(|word| word.starts_with("c-")).collect();
    let shown = care.ask(&["play", "show", plays[1]]);
    let other = shown.split_whitespace().find(|word| word.starts_with("p-")).unwrap();
    let error = care.desk.makegood(&["play", "done", plays[0], other, "--by", "employee:ann"]).refused();
    assert!(error.contains("is not a step of the play"), "{error}");
    assert_eq!(care.steps(plays[0]), ["acknowledged open", "owner-found open"]);
    care.ask(&["play", "done", plays[1], other, "--by", "employee:ann"]);
    care.is_sound();
}

#[test]
fn what_is_refused_is_recorded_with_its_reason_and_can_be_tried_again() {
    let mut care = Care::new();
    care.tell("03-02 09:00", [complaint("complaint:1")]);
    let to = |to: &str| json!({ "role": "account owner", "to": to });
    let backwards = json!({ "from": "2026-03-09T00:00:00Z", "until": "2026-03-02T00:00:00Z" });
    care.tell(
        "03-02 12:00",
        [
            said("complaint:1", "play.assigned", "03-02 09:30", "", to("employee:eva")),
            said("complaint:1", "play.assigned", "03-02 09:30", "desk", to("Eva")),
            said("complaint:9", "play.assigned", "03-02 09:30", "desk", to("employee:eva")),
            said("", "role.given", "03-02 09:30", "", to("employee:eva")),
            said("", "role.given", "03-02 09:30", "hr", to("nobody")),
            said("", "absence.noted", "03-02 09:30", "hr", backwards),
        ],
    );
    let listed = care.ask(&["quarantine", "list"]);
    for code in ["[no-actor]", "[nobody-named]", "[unknown-play]", "[no-absence]"] {
        assert!(listed.contains(code), "{code}: {listed}");
    }
    assert!(listed.contains("6 of 6 shown"), "{listed}");
    // Nothing is lost: once there is such a play, what named it is taken.
    care.tell("03-02 13:00", [complaint("complaint:9")]);
    care.desk.makegood(&["quarantine", "retry"]).ended(1);
    assert!(care.ask(&["quarantine", "list"]).contains("5 of 5 shown"));
    assert!(care.ask(&["play", "list"]).contains("facts open (employee:eva)"));
    care.is_sound();
}

#[test]
fn a_play_that_has_ended_or_is_not_there_is_nobodys_turn() {
    let mut care = Care::new();
    care.tell(
        "03-02 12:00",
        [complaint("complaint:1"), said("complaint:1", "complaint.withdrawn", "03-02 10:00", "", json!({}))],
    );
    let play = care.play("complaint", "customer:farm");
    let data = json!({ "play": play.clone(), "role": "account owner", "to": "employee:eva" });
    care.tell("03-02 13:00", [said("complaint:1", "play.assigned", "03-02 11:00", "desk", data)]);
    assert!(care.ask(&["quarantine", "list"]).contains("[play-ended]"));
    let error = care.desk.makegood(&["play", "done", &play, "told", "--by", "eva"]).refused();
    assert!(error.contains("no step `told` whose turn has come"), "{error}");
    for name in ["complaint", "c-0000-00000000-0000000000000000", "p-0000-00000000-0000000000000000"] {
        let error = care.desk.makegood(&["play", "show", name]).refused();
        assert!(error.contains("there is no"), "{error}");
        let error = care.desk.makegood(&["play", "done", name, "told", "--by", "eva"]).refused();
        assert!(error.contains("there is no play"), "{error}");
    }
    let error = care.desk.makegood(&["play", "figures", "complain"]).refused();
    assert!(error.contains("there are: complaint, difficult-relationship"), "{error}");
    let error = care.desk.makegood(&["play", "figures", "complaint", "--by", "mode"]).refused();
    assert!(error.contains("it has: channel, concerns, grave, words"), "{error}");
    // Where nobody has the role it is said, and the command ends as one that found something wrong.
    care.tell("03-02 13:00", [complaint("complaint:2")]);
    let answer = care.desk.makegood(&["play", "assign", "--by", "desk", "--at", "2026-03-02T13:00:00Z"]).ended(1);
    assert!(answer.contains("nobody has the role `account owner`, which 1 plays need"), "{answer}");
}

#[test]
fn an_approval_is_for_whoever_has_the_role() {
    let mut care = Care::new();
    let plan = json!({ "remedy": "an apology", "for_others": false, "mends": "nothing" });
    let cause = json!({ "cause": "planning", "process": "no slack", "others_hit": 0 });
    care.tell(
        "03-03 00:00",
        [
            complaint("complaint:1"),
            said("complaint:1", "complaint.acknowledged", "03-02 09:00", "employee:ann", json!({})),
            said(
                "complaint:1",
                "play.assigned",
                "03-02 09:10",
                "desk",
                json!({ "role": "account owner", "to": "employee:eva" }),
            ),
            said("complaint:1", "complaint.eased", "03-02 10:00", "employee:ann", json!({ "how": "fuel lent" })),
            said("complaint:1", "complaint.facts_read", "03-02 11:00", "employee:eva", json!({})),
            said("complaint:1", "complaint.cause_found", "03-02 12:00", "employee:eva", cause),
            said("complaint:1", "complaint.planned", "03-02 13:00", "employee:eva", plan),
            // Ann has another role; of Dag it is known that he is delivery manager. Neither approves, by event or by command.
            said("complaint:1", "complaint.plan_approved", "03-02 14:00", "employee:ann", json!({})),
        ],
    );
    assert!(care.ask(&["quarantine", "list"]).contains("[not-their-role]"));
    let play = care.play("complaint", "customer:farm");
    let done = |by: &str| {
        let at = "2026-03-02T15:00:00Z";
        care.desk.makegood(&["play", "done", &play, "approved", "--by", by, "--at", at])
    };
    let error = done("employee:dag").refused();
    assert!(error.contains("for whoever has the role `head of customer care`"), "{error}");
    assert!(error.contains("`employee:dag` has: delivery manager"), "{error}");
    // Whoever was found for it in this play may, and whoever has it; of whom nothing is known, a role is a word.
    let steps = care.steps(&play);
    assert!(steps.contains(&"approved open".to_owned()), "{steps:?}");
    let found = json!({ "role": "head of customer care", "to": "employee:dag" });
    care.tell("03-02 16:00", [said("complaint:1", "play.assigned", "03-02 15:30", "desk", found)]);
    care.ask(&["play", "done", &play, "approved", "--by", "employee:dag", "--at", "2026-03-02T16:00:00Z"]);
    care.is_sound();
}

#[test]
fn what_only_a_role_may_let_leave_is_approved_by_whoever_has_it() {
    let care = Care::new();
    care.desk.write("fuel.yaml", include_str!("../../../../../charters/bulk-fuel/charter.yaml"));
    let line = |kind: &str, id: &str, subject: &str, data: Json| {
        let mut line = json!({
            "specversion": "1.0", "id": id, "source": "/yard", "type": kind, "time": "2026-03-02T12:00:00Z",
            "subject": subject, "data": data,
        });
        if subject.starts_with("customer:") {
            line["about"] = "order:7".into();
        }
        line.to_string()
    };
    let order = json!({
        "due": "2026-03-02T12:30:00Z", "ordered": 12000, "unit_price": "15 NOK", "total": "180000 NOK", "paid": ["180000 NOK"],
    });
    let lines = [
        line("order.placed", "o", "customer:farm", order),
        line("delivery.failed", "f", "order:7", json!({ "reason": "breakdown" })),
    ];
    care.desk.write("events.jsonl", lines.join("\n"));
    let run = ["run", "--charter", "fuel.yaml", "--events", "events.jsonl", "--until", "2026-03-05T00:00:00Z"];
    care.ask(&run);
    // Handing on what only a role answers for is for that role too.
    let promises = care.ask(&["promise", "list", "--owner", "account manager", "--state", "open"]);
    assert!(promises.contains("second-delivery/asked"), "{promises}");
    let asked = promises.split_whitespace().find(|word| word.starts_with("p-")).unwrap();
    let hand = |by: &str| {
        let words = ["promise", "delegate", asked, "--to", "employee:lin", "--by", by, "--at", "2026-03-03T08:00:00Z"];
        care.desk.makegood(&words)
    };
    assert!(hand("employee:ann").refused().contains("for whoever has the role `account manager`"));
    hand("sales/kari").ended(0);
    let list = care.ask(&["remedy", "list", "--state", "held"]);
    let held = list.split_whitespace().find(|word| word.starts_with("r-")).unwrap_or_else(|| panic!("{list}"));
    let error = care.desk.makegood(&["remedy", "approve", held, "--by", "employee:ann"]).refused();
    assert!(error.contains("for whoever has the role `finance`"), "{error}");
    care.ask(&["remedy", "approve", held, "--by", "employee:finn"]);
    assert!(!care.ask(&["remedy", "list", "--state", "held"]).contains(held));
    care.is_sound();
}
