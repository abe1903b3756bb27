//! Plays: running instances of a playbook, whose every step is a promise.

mod promised;

use makegood_charter::builtin::PLAY_ASSIGNED;
use makegood_charter::expr::{Scope, Unmet};
use makegood_charter::model::{Charter, Playbook, PlaybookId, PromiseId, Shows, Step, StepId};
use makegood_charter::value::{Fields, Moment, Value};
use serde::{Deserialize, Serialize};

use crate::fold::{FoldError, Folding};
use crate::id::{Name, part_id};
use crate::promise::{holds, show, shown_by};
use crate::{
    Beside, BesideKind, CharterTag, Clause, Event, Form, Hands, Ident, PartId, Promise, PromiseState, Proof, Rulebook,
    Rules, limits, message, role,
};

pub use promised::Pledge;

/// One running or ended playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    /// Its identity within the party.
    pub id: PartId,
    /// What it is about; empty when no thing is.
    pub thing: Box<str>,
    /// The charter version it runs under.
    pub charter: CharterTag,
    /// The playbook.
    pub playbook: PlaybookId,
    /// Its name in any version of its charter: `customer-care/complaint`.
    pub name: Box<str>,
    /// How it stands.
    pub state: PlayState,
    /// When it began.
    pub began_at: Moment,
    /// The event that began it.
    pub cause: Ident,
    /// The data of that event.
    pub began: Fields,
    /// How each step stands, by its position in the playbook.
    pub steps: Vec<StepState>,
    /// What was heard that a step or an ending may read, in the order in which it happened.
    pub heard: Vec<Proof>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How it ended, by the position among the playbook's endings; `None` when every step came to its end.
    pub ending: Option<usize>,
    /// Who did which step, where a person did.
    pub done_by: Vec<(StepId, Box<str>)>,
    /// Who was found for which role.
    pub people: Vec<(Box<str>, Box<str>)>,
    /// When what the playbook is for first came about, and the event that showed it, whatever became of the play.
    pub aim: Option<(Moment, Ident)>,
    /// What people promised while it ran, where the playbook asks for it.
    pub pledges: Vec<Pledge>,
}

/// How a play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum PlayState {
    /// Steps are open.
    Running = 0,
    /// Every step came to its end.
    Done = 1,
    /// One of the playbook's endings came first.
    Ended = 2,
    /// Left alone on purpose, to compare with those that were not.
    Control = 3,
}

/// How one step of a play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// What it comes after has not come to its end.
    Waiting,
    /// It is this promise.
    Entered(PartId),
    /// It came to its end so, at this time, shown by this event.
    Settled(PartId, PromiseState, Moment, Ident),
    /// Its condition did not hold, or everything that it comes after was passed by.
    Passed,
}

impl PlayState {
    /// Every state, by number.
    pub const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Ended, Self::Control];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Ended => "ended",
            Self::Control => "left alone",
        }
    }
}

impl Play {
    /// The playbook it runs by.
    pub fn playbook_of<'r>(&self, rules: &'r Rules) -> Option<&'r Playbook> {
        rules.charter.playbooks.get(self.playbook)
    }
}

impl StepState {
    /// True while something may still come of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Entered(_))
    }

    /// True when it was done, in time or late.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Settled(_, PromiseState::Kept | PromiseState::KeptLate, ..))
    }
}

/// An event that plays may hear: those that run hear it, and it may begin others. Told again, it is heard once.
pub(crate) fn on_event(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let book = folding.book;
    let about = event.thing().unwrap_or_default();
    let hears = |play: &Play| *play.thing == *about && event.time >= play.began_at;
    let lost = |play: &&Play| hears(play) && book.by_tag(play.charter).is_none() && is_its_act(book, play, event);
    if running(folding).any(|play| lost(&play)) {
        gone(folding, event)?;
    }
    let listening = |play: &&Play| {
        let form = book.by_tag(play.charter).and_then(|(version, rules)| Some((rules, event.form(version)?)));
        form.is_some_and(|(rules, form)| listens(play, rules, form)) && hears(play)
    };
    let plays: Vec<Play> = plays(folding).filter(listening).cloned().collect();
    for mut play in plays {
        let Some((version, rules)) = book.by_tag(play.charter) else { continue };
        let Some(form) = event.form(version) else { continue };
        let mut changed = aimed(&mut play, rules, event, form);
        if play.ended_at.is_none() {
            hear(folding, &mut play, rules, event, form);
            changed = true;
        }
        if changed {
            folding.put_beside(Beside::Play(play));
        }
    }
    Ok(())
}

/// True of an event that a play in hand may go on by.
pub(crate) fn is_heard(folding: &Folding, event: &Event) -> bool {
    plays(folding).any(|play| {
        let form = folding.book.by_tag(play.charter).and_then(|(version, rules)| Some((rules, event.form(version)?)));
        form.is_some_and(|(rules, form)| listens(play, rules, form))
    })
}

/// Begins the plays that an event of the party's own begins.
pub(crate) fn begin(folding: &mut Folding, event: &Event) {
    let book = folding.book;
    for (version, rules) in book.in_force(event.time) {
        let Some(form) = event.form(version) else { continue };
        let begins = rules.uses(form.shape).map(|uses| uses.begins.as_slice()).unwrap_or_default();
        for (id, playbook) in begins.iter().filter_map(|id| Some((*id, rules.charter.playbooks.get(*id)?))) {
            let scope = Scope { data: &form.data, made: &form.data, at: event.time, ..Scope::default() };
            let begins = |(on, when): (_, Option<&_>)| on == form.shape && holds(when, &scope);
            if playbook.follows.is_some() || !playbook.beginnings().any(begins) {
                continue;
            }
            if playbook.on == form.shape {
                begin_one(folding, event, rules, id, &form.data);
            } else {
                let made = rules.carried(rules, (form.shape, &form.data), playbook.on);
                begin_one(folding, event, rules, id, &made);
            }
        }
    }
}

/// Begins the plays that follow a promise and that an event about its thing begins.
pub(crate) fn begin_after(
    folding: &mut Folding,
    base: &Promise,
    rules: &Rules,
    base_id: PromiseId,
    (event, form): (&Event, &Form),
    duty: Option<Unmet>,
) {
    let begins = rules.uses(form.shape).map(|uses| uses.begins.as_slice()).unwrap_or_default();
    for (id, playbook) in begins.iter().filter_map(|id| Some((*id, rules.charter.playbooks.get(*id)?))) {
        let follows = playbook.follows.is_some_and(|follows| follows.promise == base_id);
        let scope = Scope { duty, ..base.scope(&form.data, event.time) };
        if follows && holds(playbook.when.as_ref(), &scope) {
            begin_one(folding, event, rules, id, &base.made);
        }
    }
}

/// Begins a play, unless one of the same playbook runs about the same thing or began with this event.
fn begin_one(folding: &mut Folding, event: &Event, rules: &Rules, id: PlaybookId, made: &Fields) {
    let Some(playbook) = rules.charter.playbooks.get(id) else { return };
    let thing = event.thing().unwrap_or_default();
    let name = format!("{}/{}", rules.charter.name, playbook.name);
    let part = part_id(folding.key, thing, &event.ident, &format!("play/{name}"), 0);
    let runs = |play: &Play| play.ended_at.is_none() && !is_over(play, playbook, event.time);
    let same = |play: &Play| play.id == part || (runs(play) && *play.thing == *thing && *play.name == *name);
    if plays(folding).any(same) {
        return;
    }
    let left_alone = is_control(playbook, &part);
    folding.put_beside(Beside::Play(Play {
        id: part,
        thing: thing.into(),
        charter: rules.tag,
        playbook: id,
        name: name.into(),
        state: if left_alone { PlayState::Control } else { PlayState::Running },
        began_at: event.time,
        cause: event.ident,
        began: made.clone(),
        steps: vec![StepState::Waiting; playbook.steps.len()],
        heard: Vec::new(),
        ended_at: None,
        ending: None,
        done_by: Vec::new(),
        people: Vec::new(),
        aim: None,
        pledges: Vec::new(),
    }));
    if !thing.is_empty() && &*event.subject == folding.key {
        folding.out.interests.push(thing.into());
    }
}

/// Carries the plays in hand on: notes which steps came to their end, and enters those that come after them.
pub(crate) fn advance(folding: &mut Folding) -> Result<(), FoldError> {
    promised::note(folding);
    // Nothing has changed for a play of which neither itself nor a promise that is a step of it was touched.
    let concerned = |play: &&Play| {
        let steps = play.steps.iter().filter_map(|step| match step {
            StepState::Entered(id) | StepState::Settled(id, ..) => Some(id),
            StepState::Waiting | StepState::Passed => None,
        });
        folding.is_beside_touched(BesideKind::Play, play.id) || steps.into_iter().any(|id| folding.is_touched(id))
    };
    let plays: Vec<Play> = running(folding).filter(concerned).cloned().collect();
    for mut play in plays {
        let Some((_, rules)) = folding.book.by_tag(play.charter) else { continue };
        let Some(playbook) = play.playbook_of(rules) else { continue };
        if play.state == PlayState::Control {
            continue;
        }
        for (position, step) in playbook.steps.iter().enumerate() {
            note(folding, &mut play, position);
            if play.steps.get(position) == Some(&StepState::Waiting) {
                enter(folding, &mut play, rules, (position, step))?;
            }
            once(folding, &mut play, rules, (position, step));
        }
        if !play.steps.iter().any(|step| step.is_open()) {
            play.state = PlayState::Done;
            let settled = play.steps.iter().filter_map(|step| settled_at(*step));
            play.ended_at = Some(settled.max().unwrap_or(play.began_at));
        }
        folding.put_beside(Beside::Play(play));
    }
    Ok(())
}

/// The plays in hand.
pub(crate) fn plays<'f>(folding: &'f Folding) -> impl Iterator<Item = &'f Play> {
    folding.beside(BesideKind::Play).filter_map(|part| match part {
        Beside::Play(play) => Some(play),
        Beside::Custody(_) | Beside::Move(_) => None,
    })
}

/// The plays in hand that have not ended.
fn running<'f>(folding: &'f Folding) -> impl Iterator<Item = &'f Play> {
    plays(folding).filter(|play| play.ended_at.is_none())
}

/// True when a step, an ending or the aim of the play reads events of this shape.
fn listens(play: &Play, rules: &Rules, form: &Form) -> bool {
    let reads =
        |uses: &crate::rulebook::Uses| [&uses.plays, &uses.aims].into_iter().any(|list| list.contains(&play.playbook));
    rules.uses(form.shape).is_some_and(reads)
}

/// True of an event that another version of the same playbook would hear: an act of this play, whose own version is not kept.
fn is_its_act(book: &Rulebook, play: &Play, event: &Event) -> bool {
    book.versions().iter().enumerate().any(|(version, rules)| {
        let uses = event.form(version).and_then(|form| rules.uses(form.shape));
        let mut heard_by = uses.into_iter().flat_map(|uses| uses.plays.iter().chain(&uses.aims));
        heard_by.any(|id| {
            let named =
                rules.charter.playbooks.get(*id).map(|playbook| format!("{}/{}", rules.charter.name, playbook.name));
            named.is_some_and(|name| *name == *play.name)
        })
    })
}

/// True of a play that was left alone once what it would be compared by came about, or cannot any more: it holds up no other.
fn is_over(play: &Play, playbook: &Playbook, at: Moment) -> bool {
    let Some(aim) = playbook.aim.as_ref().filter(|_| play.state == PlayState::Control) else { return false };
    at > play.began_at.plus(aim.within) || play.aim.is_some_and(|(shown, _)| shown < at)
}

/// Notes that what the playbook is for came about, where this event shows it and none before it did; the play may have ended long
/// ago. True when it did.
fn aimed(play: &mut Play, rules: &Rules, event: &Event, form: &Form) -> bool {
    let Some(aim) = play.playbook_of(rules).and_then(|playbook| playbook.aim.as_ref()) else { return false };
    let scope = Scope { data: &form.data, made: &play.began, at: event.time, ..Scope::default() };
    let shows = aim.shown_by.iter().any(|sign| sign.on == form.shape && holds(sign.when.as_ref(), &scope));
    let first = play.aim.is_none_or(|known| (event.time, event.ident) < known);
    let counts = shows && first && event.time <= play.began_at.plus(aim.within);
    if counts {
        play.aim = Some((event.time, event.ident));
    }
    counts
}

/// A play whose charter version is gone cannot go on; what the party itself says to it is refused, so that it is not lost.
fn gone(folding: &Folding, event: &Event) -> Result<(), FoldError> {
    if &*event.subject != folding.key {
        return Ok(());
    }
    folding.refuse(
        "unknown-charter",
        "a play runs under a charter version that is not kept".to_owned(),
        "put that version in force again, as it was",
    )
}

/// The play that an event names, where it says who was found for it.
pub(crate) fn named(book: &Rulebook, event: &Event) -> Option<PartId> {
    if &*event.kind != PLAY_ASSIGNED {
        return None;
    }
    event.text(book, "play").and_then(Name::parse).map(|name| name.id)
}

/// The same play is always left alone, or never: its identity decides.
fn is_control(playbook: &Playbook, id: &PartId) -> bool {
    let Some(share) = playbook.control else { return false };
    let drawn = id.iter().skip(4).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let (numerator, denominator) =
        (u128::from(share.numerator().unsigned_abs()), u128::from(share.denominator().unsigned_abs()));
    u128::from(drawn).saturating_mul(denominator) >> 64 < numerator
}

/// Keeps an event that a step or an ending reads, and ends the play where it does.
fn hear(folding: &mut Folding, play: &mut Play, rules: &Rules, event: &Event, form: &Form) {
    let known = play.heard.iter().any(|proof| proof.ident == event.ident);
    if known || play.heard.len() >= limits::HEARD {
        return;
    }
    let place = play.heard.partition_point(|proof| (proof.at, proof.ident) < (event.time, event.ident));
    let proof = Proof { shape: form.shape, at: event.time, ident: event.ident, data: form.data.clone() };
    play.heard.insert(place, proof);
    let Some(playbook) = play.playbook_of(rules) else { return };
    let data: Vec<&[Value]> = play.shown();
    let scope = Scope {
        data: &form.data,
        made: &play.began,
        at: event.time,
        steps: &data,
        done: play.done(),
        promised: play.promised(),
        credits: &folding.party.credits,
        ..Scope::default()
    };
    let ends = |(_, ending): &(usize, &makegood_charter::model::Ending)| {
        ending.on == form.shape && holds(ending.when.as_ref(), &scope)
    };
    let Some((ending, _)) = playbook.endings.iter().enumerate().find(ends) else { return };
    // One that was left alone ends as the others do, so that they can be compared.
    let left_alone = play.state == PlayState::Control;
    play.ending = Some(ending);
    play.ended_at = Some(event.time);
    if left_alone {
        return;
    }
    play.state = PlayState::Ended;
    for position in 0..play.steps.len() {
        note(folding, play, position);
        let Some(step) = play.steps.get_mut(position) else { continue };
        match *step {
            StepState::Waiting => *step = StepState::Passed,
            StepState::Entered(id) => {
                if let Some(mut promise) = folding.promise(&id).cloned() {
                    promise.state = PromiseState::Released;
                    promise.settled = Some((event.time, event.ident));
                    promise.set_wake(promise.clause_of(rules));
                    folding.put_promise(promise);
                }
                *step = StepState::Settled(id, PromiseState::Released, event.time, event.ident);
            }
            StepState::Settled(..) | StepState::Passed => {}
        }
    }
}

/// Notes how the promise that a step is stands, where it is in hand.
fn note(folding: &Folding, play: &mut Play, position: StepId) {
    let Some(step) = play.steps.get_mut(position) else { return };
    let (StepState::Entered(id) | StepState::Settled(id, ..)) = *step else { return };
    let Some(promise) = folding.promise(&id) else { return };
    // A new time was agreed: the promise that took its place is the step now.
    if let Some(replacement) = promise.replaced_by {
        *step = StepState::Entered(replacement);
        return note(folding, play, position);
    }
    if let (false, Some((at, ident))) = (promise.state.is_open(), promise.settled) {
        *step = StepState::Settled(id, promise.state, at, ident);
        // Kept with the play, so that an approval knows it whichever promises are in hand then.
        let by = promise.hands.as_deref().map(|hands| &hands.done_by).filter(|by| !by.is_empty());
        play.done_by.retain(|(known, _)| *known != position);
        play.done_by.extend(by.map(|by| (position, by.clone())));
    }
}

fn settled_at(step: StepState) -> Option<Moment> {
    match step {
        StepState::Settled(_, _, at, _) => Some(at),
        _ => None,
    }
}

/// Makes the promise that a step is, once what it comes after has come to its end; or passes it by.
fn enter(
    folding: &mut Folding,
    play: &mut Play,
    rules: &Rules,
    (position, step): (StepId, &Step),
) -> Result<(), FoldError> {
    let before: Vec<StepState> = step.after.iter().filter_map(|id| play.steps.get(*id).copied()).collect();
    if before.iter().any(|state| state.is_open()) {
        return Ok(());
    }
    let passed = !before.is_empty() && before.iter().all(|state| *state == StepState::Passed);
    // Later than what it comes after, whichever was learnt of last.
    let at = before.iter().filter_map(|state| settled_at(*state)).max().unwrap_or(play.began_at);
    let Some(clause) = rules.charter.promises.get(step.promise) else { return Ok(()) };
    let data = play.shown();
    let credits = folding.party.credits.clone();
    let scope = Scope {
        made: &play.began,
        at,
        steps: &data,
        done: play.done(),
        promised: play.promised(),
        credits: &credits,
        ..Scope::default()
    };
    let mut state = StepState::Passed;
    if !passed && holds(step.when.as_ref(), &scope) {
        match clause.due.number(&scope) {
            Ok(due) => {
                let id = part_id(folding.key, &play.thing, &play.cause, &clause.name, 0);
                let person = clause.owner.as_deref().and_then(|role| role::person(folding, play, role));
                let owner = person.unwrap_or_default().into();
                let hands = Hands { play: Some(play.id), owner, ..Hands::default() };
                let mut promise = Promise {
                    made_at: at,
                    cause: folding.cause,
                    made: play.began.clone(),
                    hands: Some(Box::new(hands)),
                    ..Promise::new(id, &play.thing, rules.tag, Clause::Promise(step.promise), Moment(due))
                };
                // What was heard before counts: a step may be done before it is learnt that it was its turn. Who said it is not
                // remembered, so that an approval has to be said again.
                for proof in play.heard.iter().filter(|proof| proof.at >= at && step.unlike.is_empty()) {
                    shown_by(&mut promise, clause, (proof.shape, &proof.data), proof.at, proof.ident);
                }
                promise.set_wake(Some(clause));
                state = StepState::Entered(id);
                if promise.state.is_open() {
                    message::task(folding, &promise, rules);
                }
                folding.put_promise(promise);
            }
            Err(error) => message::ask_about_step(folding, play, &clause.name, &error.to_string()),
        }
    }
    if let Some(place) = play.steps.get_mut(position) {
        *place = state;
    }
    note(folding, play, position);
    Ok(())
}

/// Keeps a step as soon as what it waits for holds, whatever made it so.
fn once(folding: &mut Folding, play: &mut Play, rules: &Rules, (position, step): (StepId, &Step)) {
    let (Some(once), Some(StepState::Entered(id))) = (&step.once, play.steps.get(position).copied()) else { return };
    let Some(mut promise) = folding.promise(&id).filter(|promise| promise.state.is_open()).cloned() else { return };
    let at = folding.at.max(promise.made_at);
    let data = play.shown();
    let scope = Scope {
        made: &play.began,
        at,
        steps: &data,
        done: play.done(),
        promised: play.promised(),
        credits: &folding.party.credits,
        ..Scope::default()
    };
    if !holds(Some(once), &scope) {
        return;
    }
    let shows = if at > promise.due { Shows::Late } else { Shows::Kept };
    show(&mut promise, shows, at, folding.cause);
    if let (Some(hands), Some(actor)) = (promise.hands.as_mut(), &folding.actor) {
        hands.done_by = actor.clone();
    }
    promise.set_wake(promise.clause_of(rules));
    folding.put_promise(promise);
    note(folding, play, position);
}

/// The steps that another person must have done than the one who shows this promise kept: those who did them.
pub(crate) fn done_by_others<'f>(folding: &'f Folding, charter: &'f Charter, promise: &Promise) -> Vec<&'f str> {
    let Clause::Promise(clause) = promise.clause else { return Vec::new() };
    let step = charter.step_of(clause).and_then(|(playbook, step)| charter.playbooks.get(playbook)?.steps.get(step));
    let Some(step) = step.filter(|step| !step.unlike.is_empty()) else { return Vec::new() };
    let Some(play) = plays(folding).find(|play| Some(play.id) == promise.play()) else { return Vec::new() };
    let noted = play.done_by.iter().filter(|(known, _)| step.unlike.contains(known)).map(|(_, by)| &**by);
    // What this very event showed to be done is not noted yet.
    let in_hand = step.unlike.iter().filter_map(|id| match play.steps.get(*id)? {
        StepState::Settled(id, ..) | StepState::Entered(id) => Some(&*folding.promise(id)?.hands.as_deref()?.done_by),
        StepState::Waiting | StepState::Passed => None,
    });
    let mut others: Vec<&str> = noted.chain(in_hand.filter(|actor| !actor.is_empty())).collect();
    others.sort_unstable();
    others.dedup();
    others
}

impl Play {
    /// The data of what showed each step done, by position; empty where nothing did.
    fn shown(&self) -> Vec<&[Value]> {
        let shown = |step: &StepState| match step {
            StepState::Settled(_, PromiseState::Kept | PromiseState::KeptLate, _, ident) => {
                let proof = self.heard.iter().find(|proof| proof.ident == *ident);
                proof.map(|proof| proof.data.as_slice()).unwrap_or_default()
            }
            _ => &[],
        };
        self.steps.iter().map(shown).collect()
    }

    /// The steps that were done, a bit each.
    fn done(&self) -> u64 {
        let bits = self.steps.iter().zip(0_u32..).filter(|(step, _)| step.is_done());
        bits.fold(0, |done, (_, position)| done | 1_u64.checked_shl(position).unwrap_or(0))
    }
}
