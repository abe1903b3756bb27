//! Who may do what is asked of a role: an approval, what only a role may let leave, handing on what only a role answers for.
//!
//! It is judged where an event arrives, because roles for the house stand in the person's own state, which no fold of another party
//! sees. What was taken stands: the log folds again without asking.

use makegood_charter::model::{Charter, Shows};

use crate::promise::shown_by;
use crate::{Beside, Clause, Event, Held, Loaded, Party, Play, Promise, PromiseState, Refusal, Rulebook};

/// The roles of which an event asks for one, and the play in which it does.
struct Asked<'a> {
    roles: Vec<&'a str>,
    play: Option<&'a Play>,
}

/// Whose roles decide whether an event may be taken; nothing where it asks for none.
pub fn whose_role<'e>(book: &Rulebook, loaded: &Loaded, event: &'e Event) -> Option<&'e str> {
    let actor = event.actor.as_deref().filter(|actor| makegood_charter::decode::key_kind(actor).is_some())?;
    asked(book, loaded, event).is_some().then_some(actor)
}

/// Why an event cannot be taken: it asks for a role, and its actor, of whom it is known which roles they have, does not have this
/// one. Of whom nothing is known nothing is refused: in a firm of five a role is a word. `own` is the actor's state.
pub fn not_their_role(book: &Rulebook, party: &Party, loaded: &Loaded, event: &Event, own: &Party) -> Option<Refusal> {
    let actor = event.actor.as_deref()?;
    let Asked { roles: wanted, play } = asked(book, loaded, event)?;
    let of_house = own.roles.iter().filter(|known| *known.to == *actor);
    let given = party.roles.iter().filter(|known| *known.to == *actor).chain(of_house);
    let given = given.filter(|known| known.is_at(event.time)).map(|known| &*known.role);
    let found =
        play.into_iter().flat_map(|play| &play.people).filter(|(_, to)| **to == *actor).map(|(role, _)| &**role);
    let roles: Vec<&str> = given.chain(found).collect();
    if roles.is_empty() || wanted.iter().any(|role| roles.contains(role) || *role == actor) {
        return None;
    }
    Some(Refusal {
        code: "not-their-role",
        message: format!(
            "this is for whoever has the role `{}`, and `{actor}` has: {}",
            wanted.join("` or `"),
            roles.join(", ")
        ),
        help: "let somebody decide who has the role, or give it to them (`role.given`, or `play.assigned` for one play)",
    })
}

fn asked<'a>(book: &'a Rulebook, loaded: &'a Loaded, event: &Event) -> Option<Asked<'a>> {
    match event.kind.as_ref() {
        "remedy.approved" | "goodwill.approved" => {
            let id = event.remedy(book)?;
            let remedy = loaded.remedies.iter().find(|remedy| remedy.id == id)?;
            match remedy.held_for.as_ref()? {
                Held::Over { role, .. } | Held::Unweighed { role } => Some(Asked { roles: vec![role], play: None }),
                Held::Budget | Held::Asked => None,
            }
        }
        "promise.kept" => {
            let named = event.text(book, "promise").and_then(crate::Name::parse)?;
            let promise = loaded.promises.iter().find(|promise| promise.id == named.id)?;
            let (_, rules) = book.by_tag(promise.charter)?;
            of_step(loaded, &rules.charter, promise)
        }
        "promise.delegated" => {
            let named = event.text(book, "promise").and_then(crate::Name::parse)?;
            let promise = loaded.promises.iter().find(|promise| promise.id == named.id)?;
            let (_, rules) = book.by_tag(promise.charter)?;
            let in_person =
                promise.hands.as_ref().is_some_and(|hands| !hands.owner.is_empty() || !hands.doer.is_empty());
            let clause = promise.clause_of(rules).filter(|_| !in_person)?;
            let roles: Vec<&str> = [&clause.owner, &clause.doer].into_iter().filter_map(Option::as_deref).collect();
            (!roles.is_empty()).then(|| Asked { roles, play: play_of(loaded, promise) })
        }
        _ => loaded.promises.iter().find_map(|promise| {
            let (version, rules) = book.by_tag(promise.charter)?;
            let asked = of_step(loaded, &rules.charter, promise)?;
            let form = event.form(version)?;
            let clause = promise.clause_of(rules)?;
            let hears = clause.outcomes.iter().any(|outcome| outcome.on == form.shape && outcome.state == Shows::Kept);
            if !hears || event.thing().unwrap_or_default() != &*promise.thing {
                return None;
            }
            let mut shown = Promise::clone(promise);
            shown_by(&mut shown, clause, (form.shape, &form.data), event.time, event.ident);
            let done = matches!(shown.state, PromiseState::Kept | PromiseState::KeptLate);
            (done && shown.state != promise.state).then_some(asked)
        }),
    }
}

/// The role that approves, of an open step that is an approval.
fn of_step<'a>(loaded: &'a Loaded, charter: &'a Charter, promise: &Promise) -> Option<Asked<'a>> {
    let Clause::Promise(id) = promise.clause else { return None };
    let (playbook, step) = charter.step_of(id)?;
    let step = charter.playbooks.get(playbook)?.steps.get(step)?;
    if step.unlike.is_empty() || !promise.state.is_open() {
        return None;
    }
    let role = charter.promises.get(id)?.owner.as_deref()?;
    Some(Asked { roles: vec![role], play: play_of(loaded, promise) })
}

fn play_of<'a>(loaded: &'a Loaded, promise: &Promise) -> Option<&'a Play> {
    loaded.beside.iter().find_map(|part| match &**part {
        Beside::Play(play) if Some(play.id) == promise.play() => Some(play),
        _ => None,
    })
}
