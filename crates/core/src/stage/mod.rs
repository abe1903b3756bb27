//! Stages: where a relationship stands, derived from evidence.
//!
//! What is kept of a party is the evidence itself ([`Standing`]): when it bought, and what else was heard that a charter's
//! `stages:` names. The stage is worked out from it (`derive.rs`), so arrival order does not decide: evidence that is learnt of late
//! stands where it happened, and everything is worked out again. Each move is written down once ([`Move`]), with what was known
//! then; what is known now of any moment is worked out from the evidence ([`Standing::on`]). No right reads a stage, and no stage
//! reads what a party is worth.

mod because;
mod derive;
mod moved;
mod words;

pub use because::{Ended, Grounds, MoveReason};
pub use derive::Stand;
pub(crate) use moved::say;
pub use words::{grounds_words, move_words, phase_word, stage_word};

use makegood_charter::expr::{Expr, Scope};
use makegood_charter::model::{Sign, Stage, Stages};
use makegood_charter::value::{Moment, NUMBER_SCALE, Type, Value};
use serde::{Deserialize, Serialize};

use crate::fold::{FoldError, Folding};
use crate::id::part_id;
use crate::promise::{holds, no_actor};
use crate::{Beside, CharterTag, Event, Form, Ident, PartId, Rulebook, Rules, invariant, limits};

/// The beginning of an event's identity: enough to find it in the party's log.
pub type ShortIdent = [u8; 8];

/// The evidence of where a party stands with one charter, and the stage it shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// The stage, once there is one.
    pub stage: Option<Stage>,
    /// Since when.
    pub since: Moment,
    /// How many moves were written down.
    pub moves: u32,
    /// Up to which moment it was worked out: the party's own time, which never goes back.
    pub looked_at: Moment,
    /// When it changes unless something is heard.
    pub wake_at: Option<Moment>,
    /// The first purchase of every day in the charter's zone, in order.
    pub bought: Vec<(Moment, ShortIdent)>,
    /// What else was heard, by what it shows, in order.
    pub seen: Vec<Seen>,
    /// Judgements from outside, in order.
    pub judged: Vec<Judged>,
}

/// An event that shows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// What it shows.
    pub shows: Shows,
    /// When it happened.
    pub at: Moment,
    /// The event.
    pub event: ShortIdent,
    /// Its type.
    pub kind: Box<str>,
    /// Why, where it said so.
    pub why: Box<str>,
}

/// What an event shows of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Shows {
    /// The stage; of *lost*, that the relationship was ended.
    Stage(Stage),
    /// That the party is disqualified.
    Disqualified,
    /// That it is not any more.
    Lifted,
}

/// A judgement from outside on whether a party still is a customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Judged {
    /// When it was said.
    pub at: Moment,
    /// The event.
    pub event: ShortIdent,
    /// What was known then: a later purchase makes it void.
    pub as_of: Moment,
    /// The chance, in millionths.
    pub chance: i64,
    /// Below which it counts as lost, in millionths.
    pub below: i64,
    /// Who says so.
    pub by: Box<str>,
}

/// A move from one stage to another: written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Its identity within the party.
    pub id: PartId,
    /// The charter version that judged.
    pub charter: CharterTag,
    /// The charter, by name.
    pub name: Box<str>,
    /// Which move of the party under the charter it is, from one.
    pub number: u32,
    /// From which stage; none at the beginning.
    pub from: Option<Stage>,
    /// To which stage.
    pub to: Stage,
    /// When it took place, as the evidence shows.
    pub at: Moment,
    /// When it was known: the latest moment that had been heard of.
    pub known_at: Moment,
    /// The event that made it known.
    pub cause: Ident,
    /// Why.
    pub because: MoveReason,
}

fn short(ident: &Ident) -> ShortIdent {
    let mut short = ShortIdent::default();
    short.iter_mut().zip(ident).for_each(|(place, byte)| *place = *byte);
    short
}

/// The version of a charter that is in force at `at`, if it knows stages.
pub fn stages_at<'b>(book: &'b Rulebook, name: &str, at: Moment) -> Option<(&'b Rules, &'b Stages)> {
    let (_, rules) = book.in_force(at).find(|(_, rules)| *rules.charter.name == *name)?;
    Some((rules, rules.charter.stages.as_ref()?))
}

/// An event about the party that the stages of a charter name. It never fails: the promises that the event makes stand.
pub(crate) fn on_event(folding: &mut Folding, event: &Event, rules: &Rules, form: &Form) -> Result<(), FoldError> {
    let Some(stages) = &rules.charter.stages else { return Ok(()) };
    let name = &rules.charter.name;
    let mut standing = folding.party.stages.remove(name).unwrap_or_default();
    if standing.hear(stages, rules, event, form) {
        let at = standing.looked_at.max(event.time);
        look(folding, &mut standing, name, at, event.time)?;
    }
    put(folding, name, standing);
    Ok(())
}

fn put(folding: &mut Folding, name: &str, standing: Standing) {
    if standing != Standing::default() {
        folding.party.stages.insert(name.into(), standing);
    }
}

/// The clock has come to a moment at which a stage changes unless something was heard.
pub(crate) fn on_clock(folding: &mut Folding) -> Result<(), FoldError> {
    let at = folding.at;
    let due = |standing: &Standing| standing.wake_at.is_some_and(|wake_at| wake_at <= at);
    let names: Vec<Box<str>> =
        folding.party.stages.iter().filter(|(_, one)| due(one)).map(|(name, _)| name.clone()).collect();
    for name in names {
        let Some(mut standing) = folding.party.stages.remove(&name) else { continue };
        let at = standing.looked_at.max(at);
        look(folding, &mut standing, &name, at, at)?;
        put(folding, &name, standing);
    }
    Ok(())
}

/// A judgement from outside: `rhythm.judged`.
pub(crate) fn on_judgement(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let book = folding.book;
    if folding.actor.is_none() {
        return no_actor(folding);
    }
    let name = event.text(book, "charter").unwrap_or_default();
    if !stages_at(book, name, event.time).is_some_and(|(_, stages)| stages.judged) {
        return folding.refuse(
            "no-judgements",
            format!("no charter `{name}` in force lets a judgement from outside decide who is lost"),
            "name a charter with `lost: {judged: true}` under `stages:`",
        );
    }
    let number = |field| match event.field(book, field) {
        Some(Value::Number(millionths)) => *millionths,
        _ => -1,
    };
    let (chance, below) = (number("chance"), number("below"));
    let as_of = match event.field(book, "as_of") {
        Some(Value::Time(as_of)) => *as_of,
        _ => event.time,
    };
    let shares = (0..=NUMBER_SCALE).contains(&chance) && 0 < below && below < NUMBER_SCALE;
    if !shares || as_of > event.time {
        return folding.refuse(
            "bad-judgement",
            "a judgement needs a chance from 0 to 1, a bound between them, and a time it knows of that has come"
                .to_owned(),
            "give `chance` and `below` as shares of one, and `as_of` no later than the event",
        );
    }
    let mut standing = folding.party.stages.remove(name).unwrap_or_default();
    let by = folding.actor.clone().unwrap_or_default();
    let judged = Judged { at: event.time, event: short(&event.ident), as_of, chance, below, by };
    keep(&mut standing.judged, judged, limits::JUDGED);
    let at = standing.looked_at.max(event.time);
    look(folding, &mut standing, name, at, event.time)?;
    put(folding, name, standing);
    Ok(())
}

/// Works out the stage at `at`, and writes down the move when it is another one.
fn look(
    folding: &mut Folding,
    standing: &mut Standing,
    name: &str,
    at: Moment,
    happened: Moment,
) -> Result<(), FoldError> {
    standing.looked_at = at;
    standing.wake_at = None;
    let Some((rules, stages)) = stages_at(folding.book, name, at) else { return Ok(()) };
    let Some(found) = standing.on(stages, at) else { return Ok(()) };
    if standing.stage != Some(found.stage) {
        let found = standing.since(stages, found, at);
        let ended = standing.stage.and_then(|from| standing.ended(stages, from, found.stage, at));
        let number = standing.moves.saturating_add(1);
        let id = part_id(folding.key, "", &folding.cause, &format!("stage/{name}"), number);
        let one = Move {
            id,
            charter: rules.tag,
            name: name.into(),
            number,
            from: standing.stage,
            to: found.stage,
            at: found.since,
            known_at: at,
            cause: folding.cause,
            because: MoveReason { grounds: found.grounds, ended, late: happened < at },
        };
        standing.stage = Some(found.stage);
        standing.since = found.since;
        standing.moves = number;
        moved::note(folding, &one);
        folding.put_beside(Beside::Move(one));
    }
    standing.wake_at = standing.changes_at(stages, at);
    Ok(())
}

/// Refuses a move without its reason, one to where the party was, and one that changes what was written down.
pub(crate) fn assert_sound(was: Option<&Beside>, is: &Beside) -> Result<(), invariant::Broken> {
    let Beside::Move(one) = is else { return Ok(()) };
    let sound = was.is_none() && one.from != Some(one.to) && one.number > 0 && one.because.shows(one.to);
    invariant::check(invariant::BECAUSE, sound, || {
        format!("a move from {:?} to {:?} has no reason, or was written down before", one.from, one.to)
    })
}

impl Standing {
    /// True when the evidence is in order, each once.
    pub fn is_sound(&self) -> bool {
        self.bought.is_sorted_by(|one, next| one < next)
            && self.seen.is_sorted_by(|one, next| one < next)
            && self.judged.is_sorted_by(|one, next| one < next)
    }

    /// Takes in what an event shows; false when that is nothing.
    fn hear(&mut self, stages: &Stages, rules: &Rules, event: &Event, form: &Form) -> bool {
        let scope = Scope { data: &form.data, at: event.time, ..Scope::default() };
        let applies = |sign: &&Sign| sign.on == form.shape && holds(sign.when.as_ref(), &scope);
        let bought = stages.purchases.iter().any(|sign| applies(&sign));
        if bought {
            self.buy(event, rules);
        }
        let mut heard = bought;
        let shown = stages.kinds.iter().map(|(stage, clause)| (Shows::Stage(*stage), &clause.shown_by));
        let beside = stages.disqualified.iter();
        let beside = beside.flat_map(|one| [(Shows::Disqualified, &one.shown_by), (Shows::Lifted, &one.lifted_by)]);
        for (shows, signs) in shown.chain(beside) {
            if let Some(sign) = signs.iter().find(applies) {
                let why = sign.because.as_ref().and_then(|because| word(because, &scope)).unwrap_or_default();
                let (at, kind) = (event.time, event.kind.clone());
                self.note(Seen { shows, at, event: short(&event.ident), kind, why });
                heard = true;
            }
        }
        heard
    }

    /// A purchase: the first of its day is kept.
    fn buy(&mut self, event: &Event, rules: &Rules) {
        let entry = (event.time, short(&event.ident));
        let zone = &rules.charter.zone;
        let day = |at: Moment| {
            jiff::Timestamp::from_millisecond(at.0).map(|at| zone.to_datetime(at).date()).unwrap_or_default()
        };
        let today = day(event.time);
        let Err(place) = self.bought.binary_search(&entry) else { return };
        let before = place.checked_sub(1).and_then(|place| self.bought.get(place));
        if before.is_some_and(|(at, _)| day(*at) == today) {
            return;
        }
        match self.bought.get_mut(place) {
            Some(next) if day(next.0) == today => *next = entry,
            _ => self.bought.insert(place, entry),
        }
        let over = self.bought.len().saturating_sub(limits::BOUGHT);
        self.bought.drain(..over);
    }

    /// Keeps what was seen; of each kind the latest.
    fn note(&mut self, seen: Seen) {
        let shows = seen.shows;
        let Err(place) = self.seen.binary_search(&seen) else { return };
        self.seen.insert(place, seen);
        let from = self.seen.partition_point(|one| one.shows < shows);
        let until = self.seen.partition_point(|one| one.shows <= shows);
        let over = until.saturating_sub(from).saturating_sub(limits::SEEN);
        self.seen.drain(from..from.saturating_add(over));
    }
}

/// Puts something into a list in order; the oldest are let go.
fn keep<T: Ord>(list: &mut Vec<T>, one: T, most: usize) {
    let Err(place) = list.binary_search(&one) else { return };
    list.insert(place, one);
    let over = list.len().saturating_sub(most);
    list.drain(..over);
}

/// The word that an expression gives.
fn word(expression: &Expr, scope: &Scope<'_>) -> Option<Box<str>> {
    match (expression.value(scope).ok()?, expression.kind()) {
        (Value::Choice(position), Type::Choice(words)) => words.get(usize::from(position)).cloned(),
        _ => None,
    }
}
