//! Plays: running playbooks, whose every step is a promise.

use makegood_core::{Beside, FoldError, Play, PlayState, PromiseState, StepState, Topic};
use serde_json::{Value as Json, json};

use crate::world::World;

const CHARTER: &str = r#"
charter: desk
version: "1"
in_force: {from: 2025-01-01}
title: {en: Our desk}
source: {what: a test, as_of: 2025-01-01}
time_zone: UTC
money: USD
events:
  complaint.made: {party: customer, about: complaint, data: {grave: bool}}
  complaint.acknowledged: {party: customer, about: complaint}
  complaint.planned: {about: complaint, data: {amount: money, worth_it: bool}}
  plan.approved: {party: customer, about: complaint}
  complaint.answered: {about: complaint}
  complaint.judged: {party: customer, about: complaint, data: {content: bool}}
  complaint.withdrawn: {party: customer, about: complaint}
playbooks:
  complaint:
    begins: {on: complaint.made}
    says: {en: Your complaint}
    speaks_for_them: customer advocate
    steps:
      acknowledged:
        says: {en: "We tell you by {due} that we have it"}
        owner: desk
        within: 4 hours
        kept: {on: complaint.acknowledged}
        escalates: [{after: 2h, to: manager}, {after: 1d, to: board}]
      planned:
        says: {en: "A plan by {due}"}
        owner: desk
        within: 2 days
        kept: {on: complaint.planned}
      approved:
        says: {en: "Approved by {due}"}
        after: planned
        if: step.planned.amount > money('100 USD')
        not_by: planned
        within: 1 day
        kept: {on: plan.approved}
      answered:
        says: {en: "Our answer by {due}"}
        after: [acknowledged, planned, approved]
        within: 1 day
        kept: {on: complaint.answered}
      judged:
        says: {en: "You tell us whether it is mended"}
        after: answered
        within: 7 days
        kept: {on: complaint.judged}
        silent: {after: 1d, then: go on}
      again:
        says: {en: "We try once more by {due}"}
        after: judged
        if: step.judged.done && !step.judged.content
        within: 2 days
        kept: {on: complaint.answered}
    ends:
      withdrawn: {on: complaint.withdrawn, says: {en: You took it back}}
      not-worth-it: {on: complaint.planned, if: "!data.worth_it && step.acknowledged.done", says: {en: We part well}}
"#;

const COMPLAINT: &str = "complaint:1";

struct Desk(World);

impl Desk {
    /// A complaint made on the first of June.
    fn new() -> Self {
        let mut desk = Self(World::under(&[CHARTER]));
        desk.say("complaint.made", "06-01 08:00", json!({"grave": true}));
        desk
    }

    fn say(&mut self, kind: &str, time: &str, data: Json) -> &mut Self {
        self.tell(kind, &format!("{kind} {time}"), time, data).unwrap_or_else(|error| panic!("{kind}: {error}"));
        self
    }

    fn tell(&mut self, kind: &str, id: &str, time: &str, data: Json) -> Result<(), FoldError> {
        self.0.tell_of(COMPLAINT, kind, id, time, data)
    }

    fn plays(&self) -> Vec<&Play> {
        let plays = self.0.beside.values().filter_map(|part| match part {
            Beside::Play(play) => Some(play),
            Beside::Custody(_) | Beside::Move(_) => None,
        });
        plays.collect()
    }

    /// The steps that were entered and how they stand, in order; those that were passed by with a dash.
    fn steps(&self) -> String {
        let plays = self.plays();
        let play = plays.last().unwrap();
        let rules = self.0.book.by_tag(play.charter).unwrap().1;
        let playbook = play.playbook_of(rules).unwrap();
        let word = |state: &StepState| match state {
            StepState::Waiting => None,
            StepState::Entered(id) => Some(self.0.promises[id].state.word()),
            StepState::Settled(_, state, ..) => Some(state.word()),
            StepState::Passed => Some("-"),
        };
        let shown = playbook.steps.iter().zip(&play.steps).filter_map(|(step, state)| Some((&step.name, word(state)?)));
        shown.map(|(name, word)| format!("{name} {word}")).collect::<Vec<_>>().join(", ")
    }

    fn state(&self) -> PlayState {
        self.plays().last().unwrap().state
    }

    fn told(&self, topic: Topic, field: &str) -> Vec<String> {
        self.0.sent(topic).iter().map(|body| body[field].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn plan(amount: &str, actor: &str) -> Json {
    json!({"amount": amount, "worth_it": true, "actor": actor})
}

#[test]
fn a_step_is_a_promise_and_its_turn_is_told() {
    let mut desk = Desk::new();
    assert_eq!(desk.steps(), "acknowledged open, planned open");
    assert_eq!(desk.told(Topic::Task, "step"), ["complaint/acknowledged", "complaint/planned"]);
    assert_eq!(desk.0.sent(Topic::Task)[0]["to"], "desk");
    assert_eq!(desk.0.sent(Topic::Task)[0]["due"], "2025-06-01T12:00:00Z");
    assert_eq!(desk.0.sent(Topic::Task)[0]["says"]["en"], "We tell you by 1 Jun 2025, 12:00 UTC that we have it");
    desk.say("complaint.acknowledged", "06-01 09:00", json!({}));
    desk.say("complaint.planned", "06-01 10:00", plan("50 USD", "ann"));
    assert_eq!(desk.steps(), "acknowledged kept, planned kept, approved -, answered open");
    desk.say("complaint.answered", "06-01 11:00", json!({}));
    desk.say("complaint.judged", "06-02 11:00", json!({"content": true}));
    assert_eq!(desk.steps(), "acknowledged kept, planned kept, approved -, answered kept, judged kept, again -");
    assert_eq!(desk.state(), PlayState::Done);
    assert_eq!(desk.0.party.kept, 4);
}

#[test]
fn a_branch_is_taken_by_what_an_earlier_step_said() {
    let mut desk = Desk::new();
    desk.say("complaint.acknowledged", "06-01 09:00", json!({}));
    desk.say("complaint.planned", "06-01 10:00", plan("500 USD", "ann"));
    assert_eq!(desk.steps(), "acknowledged kept, planned kept, approved open");
    // Whoever asked does not approve; nor does nobody.
    for actor in [json!({"actor": "ann"}), json!({})] {
        let error = desk.tell("plan.approved", &actor.to_string(), "06-01 11:00", actor.clone()).unwrap_err();
        assert!(matches!(error, FoldError::Refused(refusal) if refusal.code == "same-person"));
    }
    desk.say("plan.approved", "06-01 12:00", json!({"actor": "bob"}));
    assert_eq!(desk.steps(), "acknowledged kept, planned kept, approved kept, answered open");
    let play = desk.plays()[0];
    let StepState::Settled(id, ..) = play.steps[2] else { panic!("{:?}", play.steps) };
    assert_eq!(&*desk.0.promises[&id].hands.as_ref().unwrap().done_by, "bob");
    desk.say("complaint.answered", "06-01 13:00", json!({}));
    desk.say("complaint.judged", "06-02 11:00", json!({"content": false}));
    assert!(desk.steps().ends_with("judged kept, again open"), "{}", desk.steps());
}

#[test]
fn arrival_order_does_not_decide() {
    let told: [(&str, &str, Json); 4] = [
        ("complaint.acknowledged", "06-01 09:00", json!({})),
        ("complaint.planned", "06-01 10:00", plan("50 USD", "ann")),
        ("complaint.answered", "06-01 11:00", json!({})),
        ("complaint.judged", "06-02 11:00", json!({"content": true})),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let mut desk = Desk::new();
        for position in order {
            let (kind, time, data) = &told[position];
            desk.say(kind, time, data.clone());
        }
        assert_eq!(desk.state(), PlayState::Done, "{order:?}: {}", desk.steps());
        assert_eq!(desk.0.party.kept, 4, "{order:?}");
    }
}

#[test]
fn silence_climbs_the_ladder_or_lets_the_play_go_on() {
    let mut desk = Desk::new();
    desk.0.clock("06-01 13:59");
    assert_eq!(desk.told(Topic::Question, "to"), ["desk"]);
    desk.0.clock("06-01 14:00");
    assert_eq!(desk.told(Topic::Question, "to"), ["desk", "manager"]);
    desk.0.clock("06-02 12:00");
    assert_eq!(desk.told(Topic::Question, "to"), ["desk", "manager", "board"]);
    desk.say("complaint.acknowledged", "06-02 13:00", json!({}));
    desk.say("complaint.planned", "06-02 14:00", plan("50 USD", "ann"));
    desk.say("complaint.answered", "06-02 15:00", json!({}));
    assert!(desk.steps().ends_with("answered kept, judged open"), "{}", desk.steps());
    desk.0.clock("06-20");
    assert!(desk.steps().ends_with("judged released, again -"), "{}", desk.steps());
    assert_eq!(desk.state(), PlayState::Done);
    assert_eq!(desk.told(Topic::Question, "to").len(), 3, "silence of whom we asked asks nobody");
}

#[test]
fn an_ending_lets_go_of_what_is_open() {
    let mut desk = Desk::new();
    desk.say("complaint.withdrawn", "06-01 09:00", json!({}));
    assert_eq!(desk.state(), PlayState::Ended);
    assert_eq!(desk.steps(), "acknowledged released, planned released, approved -, answered -, judged -, again -");
    assert_eq!(desk.plays()[0].ending, Some(0));
    // What comes after is of no more concern; a further complaint begins anew.
    desk.say("complaint.answered", "06-01 10:00", json!({}));
    assert_eq!(desk.plays().len(), 1);
    desk.tell("complaint.made", "again", "06-05 08:00", json!({"grave": false})).unwrap();
    assert_eq!(desk.plays().len(), 2);
}

#[test]
fn an_ending_reads_which_steps_were_done() {
    let declined = json!({"amount": "1 USD", "worth_it": false});
    let mut desk = Desk::new();
    desk.say("complaint.planned", "06-01 09:00", declined.clone());
    assert_eq!(desk.state(), PlayState::Running);
    let mut desk = Desk::new();
    desk.say("complaint.acknowledged", "06-01 08:30", json!({}));
    desk.say("complaint.planned", "06-01 09:00", declined);
    assert_eq!((desk.state(), desk.plays()[0].ending), (PlayState::Ended, Some(1)));
}

#[test]
fn one_play_about_a_thing_at_a_time() {
    let mut desk = Desk::new();
    desk.tell("complaint.made", "another", "06-01 09:00", json!({"grave": true})).unwrap();
    assert_eq!(desk.plays().len(), 1);
    desk.0.tell_of("complaint:2", "complaint.made", "other", "06-01 09:00", json!({"grave": true})).unwrap();
    assert_eq!(desk.plays().len(), 2);
}

#[test]
fn a_share_is_left_alone_and_ends_as_the_others_do() {
    let text = CHARTER.replace(
        "    speaks_for_them",
        "    control: 25%\n    aim: {shown_by: {on: complaint.judged, if: data.content}, within: 30d}\n    speaks_for_them",
    );
    let (mut alone, mut worked) = (0, 0);
    for number in 0..200 {
        let mut world = World::under(&[&text]);
        let thing = format!("complaint:{number}");
        world.tell_of(&thing, "complaint.made", &thing, "06-01 08:00", json!({"grave": true})).unwrap();
        let Some(Beside::Play(play)) = world.beside.values().next().cloned() else { panic!("no play") };
        match play.state {
            PlayState::Control => {
                alone += 1;
                assert!(world.promises.is_empty() && world.messages.is_empty());
                world.tell_of(&thing, "complaint.withdrawn", "b", "06-02 08:00", json!({})).unwrap();
                let Some(Beside::Play(play)) = world.beside.values().next().cloned() else { panic!("no play") };
                assert_eq!((play.state, play.ending), (PlayState::Control, Some(0)));
            }
            _ => worked += 1,
        }
    }
    assert!((30..70).contains(&alone), "{alone} of {}", alone + worked);
}

#[test]
fn what_people_say_of_a_step_counts_as_well() {
    let mut desk = Desk::new();
    let first = desk.0.promises.values().find(|promise| promise.due == crate::world::at("06-01 12:00")).unwrap().id;
    let name = makegood_core::Name::new(makegood_core::id::Kind::Promise, crate::world::PARTY, first).to_string();
    desk.0.say("promise.kept", "06-01 09:00", json!({"promise": name, "actor": "ann"}));
    assert!(desk.steps().starts_with("acknowledged kept"), "{}", desk.steps());
    assert_eq!(desk.0.promises[&first].state, PromiseState::Kept);
    assert_eq!(&*desk.0.promises[&first].hands.as_ref().unwrap().done_by, "ann");
}

fn name(desk: &Desk, step: usize) -> String {
    let play = desk.plays()[0];
    let (StepState::Entered(id) | StepState::Settled(id, ..)) = play.steps[step] else { panic!("{:?}", play.steps) };
    makegood_core::Name::new(makegood_core::id::Kind::Promise, crate::world::PARTY, id).to_string()
}

fn refused(outcome: Result<(), FoldError>) -> &'static str {
    match outcome.unwrap_err() {
        FoldError::Refused(refusal) => refusal.code,
        error => panic!("{error}"),
    }
}

#[test]
fn whoever_asked_does_not_approve_by_word_either() {
    let mut desk = Desk::new();
    desk.say("complaint.acknowledged", "06-01 09:00", json!({}));
    desk.say("complaint.planned", "06-01 10:00", plan("500 USD", "ann"));
    let approved = name(&desk, 2);
    assert_eq!(
        desk.0.refused("promise.kept", "06-01 11:00", json!({"promise": approved, "actor": "ann"})),
        "same-person"
    );
    desk.0.say("promise.kept", "06-01 12:00", json!({"promise": approved, "actor": "bob"}));
    assert!(desk.steps().ends_with("approved kept, answered open"), "{}", desk.steps());
}

#[test]
fn a_step_of_another_play_is_refused() {
    let mut desk = Desk::new();
    let step = name(&desk, 0);
    let own =
        makegood_core::Name::new(makegood_core::id::Kind::Play, crate::world::PARTY, desk.plays()[0].id).to_string();
    for play in ["c-0000-00000000-0000000000000000", "complaint"] {
        let data = json!({"promise": step, "play": play, "actor": "ann"});
        assert_eq!(desk.0.refused("promise.kept", "06-01 09:00", data), "other-play");
    }
    desk.0.say("promise.kept", "06-01 09:00", json!({"promise": step, "play": own, "actor": "ann"}));
    assert!(desk.steps().starts_with("acknowledged kept"), "{}", desk.steps());
}

#[test]
fn a_play_whose_charter_version_is_gone_loses_nothing() {
    let mut desk = Desk::new();
    let steps = desk.steps();
    let other = CHARTER.replace("version: \"1\"", "version: \"2\"");
    let other = other.replace("playbooks:", "  order.noted: {party: customer, about: complaint}\nplaybooks:");
    let book = std::mem::replace(&mut desk.0.book, World::under(&[&other]).book);
    assert_eq!(refused(desk.tell("complaint.acknowledged", "ack", "06-01 09:00", json!({}))), "unknown-charter");
    let (promise, actor) = (name(&desk, 0), "ann");
    let told = json!({"promise": promise, "actor": actor});
    assert_eq!(desk.0.refused("promise.kept", "06-01 09:00", told), "unknown-charter");
    // What is no act of this play is taken, whatever became of its charter: it is about the same complaint all the same.
    desk.0
        .tell_of(
            COMPLAINT,
            "play.assigned",
            "other",
            "06-01 09:00",
            json!({"role": "desk", "to": "employee:ann", "actor": "hr"}),
        )
        .unwrap_err();
    desk.0.say("goodwill.given", "06-01 09:10", json!({"amount": "5 USD", "reason": "late", "actor": "ann"}));
    desk.tell("order.noted", "note", "06-01 09:20", json!({})).unwrap();
    // Put back, it goes on where it stood, and what was refused is taken.
    desk.0.book = book;
    assert_eq!(desk.steps(), steps);
    desk.tell("complaint.acknowledged", "ack", "06-01 09:00", json!({})).unwrap();
    assert!(desk.steps().starts_with("acknowledged kept"), "{}", desk.steps());
}

#[test]
fn a_role_for_the_party_is_whose_turn_it_is() {
    let mut desk = Desk(World::under(&[CHARTER]));
    let given = |to: &str| json!({"role": "desk", "to": to, "actor": "hr"});
    desk.0.say("role.given", "05-01 08:00", given("employee:ann"));
    // What counts is who has it last, whichever is learnt of last.
    desk.0.say("role.given", "04-01 08:00", given("employee:eli"));
    desk.say("complaint.made", "06-01 08:00", json!({"grave": true}));
    assert_eq!(desk.told(Topic::Task, "to"), ["employee:ann", "employee:ann"]);
    assert_eq!(desk.told(Topic::Task, "role"), ["desk", "desk"]);
    let found = json!({"role": "desk", "to": "employee:bob", "actor": "hr"});
    desk.0.tell_of(COMPLAINT, "complaint.acknowledged", "ack", "06-01 09:00", json!({})).unwrap();
    desk.tell("play.assigned", "found", "06-01 09:30", found).unwrap();
    assert_eq!(desk.told(Topic::Task, "to"), ["employee:ann", "employee:ann", "employee:bob"]);
    desk.say("complaint.planned", "06-01 10:00", plan("50 USD", "bob"));
    desk.0.clock("06-01 20:00");
    assert_eq!(desk.told(Topic::Question, "to"), Vec::<String>::new(), "what was done asks nobody");
}
