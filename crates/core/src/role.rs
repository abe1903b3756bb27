//! Who is meant by a role: whom an event named for it, for one party or for the house, and who is away.

mod may;

use makegood_charter::decode::key_kind;
use makegood_charter::value::{Moment, Value};
use serde::{Deserialize, Serialize};

use crate::fold::{FoldError, Folding};
use crate::id::{Kind, Name};
use crate::play::plays;
use crate::promise::{no_actor, on_again};
use crate::{Beside, Event, Play, Rules, StepState, limits, message};

pub use may::{not_their_role, whose_role};

/// A role, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The role, as a charter names it: `account owner`.
    pub role: Box<str>,
    /// The person: `employee:ann`. Of a person's own state the person, who has the role for the house.
    pub to: Box<str>,
    /// Since when.
    pub since: Moment,
    /// Until when, where that is known.
    pub until: Option<Moment>,
}

/// A time in which a person is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// From when …
    pub from: Moment,
    /// … until when.
    pub until: Moment,
    /// Who stands in; empty when nobody does.
    pub deputy: Box<str>,
}

impl Role {
    /// True while somebody has it.
    pub fn is_at(&self, at: Moment) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }
}

impl Absence {
    /// True while the person is away.
    pub fn is_at(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }
}

/// `role.given`: of a customer, who has a role for them; of a person, that they have it for the house.
pub(crate) fn on_role(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    let role = event.text(folding.book, "role").unwrap_or_default().trim();
    let to = event.text(folding.book, "to").unwrap_or(folding.key);
    if role.is_empty() || key_kind(to).is_none() {
        return nobody(folding, to);
    }
    let until = match event.field(folding.book, "until") {
        Some(Value::Time(until)) => Some(*until),
        _ => None,
    };
    let role = Role { role: role.into(), to: to.into(), since: event.time, until };
    let roles = &mut folding.party.roles;
    if roles.contains(&role) {
        return Ok(());
    }
    // In the order of time, so that what counts does not depend on what was learnt of first.
    let place = roles.partition_point(|known| (known.since, &known.to) <= (role.since, &role.to));
    roles.insert(place, role);
    let over = roles.len().saturating_sub(limits::ROLES);
    roles.drain(..over);
    Ok(())
}

/// `absence.noted`: a person is away.
pub(crate) fn on_absence(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    let time = |field: &str| match event.field(folding.book, field) {
        Some(Value::Time(time)) => *time,
        _ => Moment::default(),
    };
    let (from, until) = (time("from"), time("until"));
    if until <= from {
        return folding.refuse(
            "no-absence",
            format!("an absence from {from} until {until} is none"),
            "let it end after it begins",
        );
    }
    let deputy = event.text(folding.book, "deputy").unwrap_or_default();
    if !deputy.is_empty() && (key_kind(deputy).is_none() || deputy == folding.key) {
        return nobody(folding, deputy);
    }
    let absences = &mut folding.party.absences;
    let place = absences.partition_point(|known| known.from <= from);
    absences.insert(place, Absence { from, until, deputy: deputy.into() });
    let over = absences.len().saturating_sub(limits::ROLES);
    absences.drain(..over);
    Ok(())
}

fn nobody(folding: &Folding, to: &str) -> Result<(), FoldError> {
    folding.refuse("nobody-named", format!("`{to}` names nobody"), "name a person by key, such as `employee:ann`")
}

/// `play.assigned`: a person was found for a role in a play. Whatever steps are or will be that role's are theirs.
pub(crate) fn on_assigned(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    let text = |field: &str| event.text(folding.book, field).unwrap_or_default().trim();
    let (named, role, to) = (text("play"), text("role"), text("to"));
    let Some(mut play) = meant(folding, event, named) else {
        return folding.refuse(
            "unknown-play",
            format!("`{}` has no play `{named}` about this", folding.key),
            "name a play of this party, and in `about` what it is about; `makegood play list` has both",
        );
    };
    if play.ended_at.is_some() {
        return folding.refuse(
            "play-ended",
            format!("the play `{named}` has ended"),
            "what has ended is nobody's turn any more",
        );
    }
    if role.is_empty() || key_kind(to).is_none() {
        return nobody(folding, to);
    }
    let Some((_, rules)) = folding.book.by_tag(play.charter) else {
        return folding.refuse(
            "unknown-charter",
            "a play runs under a charter version that is not kept".to_owned(),
            "put that version in force again, as it was",
        );
    };
    play.people.retain(|(known, _)| **known != *role);
    play.people.push((role.into(), to.into()));
    hand_over(folding, &play, rules, (role, to));
    folding.put_beside(Beside::Play(play));
    on_again(folding, event)
}

/// The play that an event means: the one that it names, or without a name the one that runs about this, where there is one.
fn meant(folding: &Folding, event: &Event, named: &str) -> Option<Play> {
    let id = Name::parse(named).filter(|name| name.kind == Kind::Play).map(|name| name.id);
    let about = event.thing().unwrap_or_default();
    let fits = |play: &Play| if named.is_empty() { play.ended_at.is_none() } else { Some(play.id) == id };
    let mut found = plays(folding).filter(|play| *play.thing == *about && fits(play));
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

/// Gives the open steps of a role to a person, and tells them.
fn hand_over(folding: &mut Folding, play: &Play, rules: &Rules, (role, to): (&str, &str)) {
    for step in &play.steps {
        let StepState::Entered(id) = step else { continue };
        let Some(mut promise) = folding.promise(id).filter(|promise| promise.state.is_open()).cloned() else {
            continue;
        };
        if promise.clause_of(rules).and_then(|clause| clause.owner.as_deref()) != Some(role) {
            continue;
        }
        let hands = promise.hands.get_or_insert_default();
        if *hands.owner != *to {
            hands.owner = to.into();
            message::task(folding, &promise, rules);
            folding.put_promise(promise);
        }
    }
}

/// Who has a role in a play: whoever was found for it, or whoever has it for the party.
pub(crate) fn person<'f>(folding: &'f Folding, play: &'f Play, role: &str) -> Option<&'f str> {
    let found = play.people.iter().find(|(known, _)| **known == *role).map(|(_, to)| &**to);
    let known = || {
        // Of a party that is itself a person, its roles are for the house.
        let given = folding.party.roles.iter().rev();
        given.filter(|known| *known.to != *folding.key && *known.role == *role).find(|known| known.is_at(folding.at))
    };
    found.or_else(|| known().map(|known| &*known.to))
}
