//! Runs the tests that stand beside a charter, through the same engine that runs everything else, on a database of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use makegood_charter::model::Stage;
use makegood_charter::tests_file::{CharterTest, InStage, Owed, OwedKind, PlayStands, Stands, Step, TestEvent};
use makegood_charter::value::Moment;
use makegood_charter::{Charter, builtin};
use makegood_core::id::{Kind, Name};
use makegood_core::{
    Beside, Clause, Play, Promise, PromiseState, Remedy, RemedyKind, RemedyState, Rulebook, StepState, Topic,
};
use makegood_engine::{Origin, Session, Work, read, rows};
use makegood_store::{PartKind, Store, slot_of};

use crate::Failure;

/// What is wrong with a test's outcome; empty when it passes.
pub fn run(charter: &Arc<Charter>, test: &CharterTest) -> Result<Vec<String>, Failure> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store: Arc<dyn Store> = makegood_store::open(&url)?.into();
    let book = Arc::new(Rulebook::new([charter.clone()]));
    let mut session = Session::new(store, book.clone(), last_moment(test))?;
    let mut faults = Vec::new();
    let mut parties = BTreeSet::new();
    for (place, step) in (1_u64..).zip(&test.given) {
        match step {
            Step::Clock(until) => {
                session.advance(*until, &mut |_| {})?;
            }
            Step::Event(event) => {
                parties.extend(event.party.clone());
                let named = named(&mut session, event)?;
                match read(&book, cloud_event(event, place, named).as_bytes(), origin(event), last_moment(test)) {
                    Ok(incoming) => session.work(vec![Work::Event(Box::new(incoming))])?,
                    Err(reject) => faults.push(format!("line {}: {}: {}", event.line, reject.reason, reject.help)),
                }
            }
        }
    }
    session.flush()?;
    let mut refused: Vec<&str> = test.then.refused.iter().map(|code| &**code).collect();
    for row in session.reader().quarantine(None, 100)? {
        match refused.iter().position(|code| *code == &*row.code) {
            Some(place) => _ = refused.remove(place),
            None => faults.push(format!("an event was refused: {} ({})", row.reason, row.code)),
        }
    }
    faults.extend(refused.iter().map(|code| format!("an event should be refused as `{code}`, and none is")));
    let (mut promises, mut remedies, mut plays, mut notices) = (Vec::new(), Vec::new(), Vec::new(), 0_usize);
    let mut stages = BTreeMap::new();
    for party in parties {
        let slot = slot_of(&party);
        let head = session.reader().heads(&[(slot, &party)])?.into_iter().next().flatten();
        let state = rows::party(head.as_ref().map(|head| &*head.state).unwrap_or_default())?;
        let stage = state.stages.get(&charter.name).and_then(|standing| standing.stage);
        stages.insert(party.clone(), stage);
        for row in session.reader().parts_of(slot, &party, PartKind::Promise)? {
            promises.push((party.clone(), rows::promise(&row)?));
        }
        for row in session.reader().parts_of(slot, &party, PartKind::Remedy)? {
            remedies.push((party.clone(), rows::remedy(&row)?));
        }
        for row in session.reader().parts_of(slot, &party, PartKind::Play)? {
            if let Some(Beside::Play(play)) = rows::beside(&row)? {
                plays.push((party.clone(), play));
            }
        }
        let sent = session.reader().outbox_of(slot, &party)?;
        notices = notices.saturating_add(sent.iter().filter(|row| &*row.topic == Topic::Notice.word()).count());
    }
    if let Some(owes) = &test.then.owes {
        faults.extend(compare_owed(owes, &remedies));
    }
    if let Some(expected) = test.then.notices.filter(|expected| *expected != notices) {
        faults.push(format!("{expected} notices should reach the parties, and {notices} do"));
    }
    faults.extend(test.then.stages.iter().flat_map(|expected| compare_stage(expected, &stages)));
    faults.extend(test.then.promises.iter().filter_map(|stands| compare_promise(charter, stands, &promises)));
    faults.extend(test.then.plays.iter().filter_map(|stands| compare_play(charter, stands, &plays, &promises)));
    Ok(faults)
}

fn last_moment(test: &CharterTest) -> Moment {
    let moments = test.given.iter().map(|step| match step {
        Step::Event(event) => event.time,
        Step::Clock(until) => *until,
    });
    moments.max().unwrap_or_default()
}

fn origin(event: &TestEvent) -> Origin {
    Origin { name: "the test".into(), line: event.line as u64 }
}

/// The promise that an event names by its clause: the newest of the party's.
fn named(session: &mut Session, event: &TestEvent) -> Result<Option<String>, Failure> {
    let clause = event.data.get("promise").and_then(serde_json::Value::as_str);
    let (Some(clause), Some(party), true) = (clause, &event.party, builtin::is_builtin(&event.kind)) else {
        return Ok(None);
    };
    session.flush()?;
    let found = session.reader().parts_of(slot_of(party), party, PartKind::Promise)?;
    let newest = found.iter().filter(|row| &*row.clause == clause).max_by_key(|row| (row.since, row.id));
    Ok(newest.map(|row| Name::new(Kind::Promise, party, row.id).to_string()))
}

fn cloud_event(event: &TestEvent, place: u64, named: Option<String>) -> String {
    let subject = event.party.as_deref().or(event.about.as_deref()).unwrap_or_default();
    let mut json = serde_json::json!({
        "specversion": "1.0", "id": place.to_string(), "source": "urn:makegood:test", "type": &*event.kind,
        "subject": subject, "time": event.time.to_string(), "actor": event.actor.as_deref().unwrap_or("tester"), "data": event.data,
    });
    if let (Some(name), Some(promise)) = (named, json.pointer_mut("/data/promise")) {
        *promise = name.into();
    }
    if let (Some(_), Some(about), Some(fields)) = (&event.party, &event.about, json.as_object_mut()) {
        fields.insert("about".to_owned(), (&**about).into());
    }
    json.to_string()
}

fn compare_owed(expected: &[Owed], found: &[(Box<str>, Remedy)]) -> Vec<String> {
    let mut left: Vec<&(Box<str>, Remedy)> = found.iter().collect();
    let mut faults = Vec::new();
    for owed in expected {
        let fits = |(party, remedy): &&(Box<str>, Remedy)| {
            owed.right == remedy.right
                && is_of(owed.kind, remedy.kind)
                && owed.amounts == remedy.amounts
                && owed.party.as_ref().is_none_or(|expected| expected == party)
                && owed.about.as_ref().is_none_or(|about| *about == remedy.thing)
                && owed.pay_by.is_none_or(|pay_by| remedy.pay_by == Some(pay_by))
                && owed.held.is_none_or(|held| held == (remedy.state == RemedyState::Held))
        };
        match left.iter().position(fits) {
            Some(place) => {
                left.remove(place);
            }
            None => faults.push(format!("line {}: {} under `{}` is not owed", owed.line, owed.amounts, owed.right)),
        }
    }
    faults.extend(left.iter().map(|(party, remedy)| {
        let pay_by = remedy.pay_by.map_or_else(|| "no time".to_owned(), |pay_by| pay_by.to_string());
        format!(
            "{party} is owed {} under `{}` ({}, to be paid by {pay_by})",
            remedy.amounts,
            remedy.right,
            remedy.state.word()
        )
    }));
    faults
}

fn is_of(wanted: OwedKind, found: RemedyKind) -> bool {
    matches!(
        (wanted, found),
        (OwedKind::Restitution, RemedyKind::Restitution)
            | (OwedKind::Compensation, RemedyKind::Compensation)
            | (OwedKind::Penalty, RemedyKind::Penalty)
    )
}

/// What is wrong with the stages that parties are in.
fn compare_stage(expected: &InStage, found: &BTreeMap<Box<str>, Option<Stage>>) -> Vec<String> {
    let word = |stage: Option<Stage>| stage.map_or("none", Stage::word);
    let meant = |party: &str| expected.party.as_deref().is_none_or(|one| one == party);
    let others = found.iter().filter(|(party, stage)| meant(party) && **stage != expected.stage);
    let mut faults: Vec<String> = others
        .map(|(party, stage)| {
            let (wanted, is) = (word(expected.stage), word(*stage));
            format!("line {}: {party} should be in the stage {wanted}, but is in {is}", expected.line)
        })
        .collect();
    if let Some(party) = expected.party.as_ref().filter(|party| !found.contains_key(*party)) {
        faults.push(format!("line {}: nothing is told of {party}", expected.line));
    }
    faults
}

fn compare_promise(charter: &Charter, stands: &Stands, promises: &[(Box<str>, Promise)]) -> Option<String> {
    let name = |promise: &Promise| match promise.clause {
        Clause::Promise(clause) => charter.promises.get(clause).map(|clause| clause.name.clone()),
        Clause::Delegated(_) => Some("delegated".into()),
        Clause::Pay { .. } => Some("pay".into()),
    };
    let mut meant = promises.iter().filter(|(party, promise)| {
        name(promise).as_ref() == Some(&stands.promise)
            && stands.party.as_ref().is_none_or(|expected| expected == party)
            && stands.about.as_ref().is_none_or(|about| *about == promise.thing)
    });
    let wanted = stands.state.as_str().replace('_', " ");
    let found: Vec<PromiseState> = meant.by_ref().map(|(_, promise)| promise.state).collect();
    let fits = !found.is_empty() && found.iter().any(|state| state.word() == wanted);
    let found: Vec<&str> = found.iter().map(|state| state.word()).collect();
    (!fits)
        .then(|| format!("line {}: `{}` should be {wanted}, but is {}", stands.line, stands.promise, found.join(", ")))
}

fn compare_play(
    charter: &Charter,
    stands: &PlayStands,
    plays: &[(Box<str>, Play)],
    promises: &[(Box<str>, Promise)],
) -> Option<String> {
    let playbook = charter.playbooks.get(stands.playbook)?;
    let meant = |(party, play): &&(Box<str>, Play)| {
        play.playbook == stands.playbook
            && stands.party.as_ref().is_none_or(|expected| expected == party)
            && stands.about.as_ref().is_none_or(|about| *about == play.thing)
    };
    let faults = |(_, play): &(Box<str>, Play)| {
        let mut faults = Vec::new();
        if play.state.word() != &*stands.state {
            faults.push(format!("should be {}, but is {}", stands.state, play.state.word()));
        }
        let name = |ending: usize| playbook.endings.get(ending).map_or("no ending", |ending| &ending.name);
        if stands.ending.is_some() && play.ending != stands.ending {
            let (wanted, found) = (stands.ending.map_or("", name), play.ending.map_or("no ending", name));
            faults.push(format!("should have the ending `{wanted}`, but has `{found}`"));
        }
        for (step, wanted) in &stands.steps {
            let found = play.steps.get(*step).map_or("not there", |state| step_word(*state, promises));
            if found != &**wanted {
                let name = playbook.steps.get(*step).map_or("", |step| &step.name);
                faults.push(format!("the step `{name}` should be {wanted}, but is {found}"));
            }
        }
        faults
    };
    // Of several that may be meant, the one that stands most as it should is spoken of.
    let found = plays.iter().filter(meant).map(faults).min_by_key(Vec::len);
    let found = found.unwrap_or_else(|| vec!["should be there, and is not".to_owned()]);
    (!found.is_empty()).then(|| format!("line {}: the play `{}` {}", stands.line, playbook.name, found.join("; ")))
}

fn step_word(state: StepState, promises: &[(Box<str>, Promise)]) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Passed => "passed",
        StepState::Entered(id) => {
            promises.iter().find(|(_, promise)| promise.id == id).map_or("not there", |(_, one)| one.state.word())
        }
        StepState::Settled(_, state, ..) => state.word(),
    }
}
