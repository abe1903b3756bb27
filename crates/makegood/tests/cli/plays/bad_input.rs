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
