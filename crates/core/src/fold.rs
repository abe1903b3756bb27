use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use makegood_charter::builtin::{self, PLAY_ASSIGNED, REPAIR_DECIDED};
use makegood_charter::model::PromiseId;
use makegood_charter::value::Moment;
use makegood_money::{Money, MoneyError};

use crate::id::{Kind, Name};
use crate::ledger::Entry;
use crate::{
    Beside, BesideKind, CharterTag, Clause, Event, Happening, Ident, Message, PartId, Party, Promise, PromiseState,
    Remedy, Rulebook, Rules, StateError, heard, invariant, message, people, play, promise, remedy, role, stage,
};

/// Parts of the state that were loaded for one fold. They are shared with whoever keeps them at hand: most are only looked at.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Promises.
    pub promises: Vec<Arc<Promise>>,
    /// Remedies.
    pub remedies: Vec<Arc<Remedy>>,
    /// Other parts.
    pub beside: Vec<Arc<Beside>>,
}

/// Which parts a fold must be given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Promises about this thing.
    pub about: Option<Box<str>>,
    /// Of these only such as may be concerned: of these clauses, and those that come back, which every event brings on. All, unless
    /// said.
    pub clauses: Option<Vec<(CharterTag, PromiseId)>>,
    /// These promises.
    pub promises: Vec<PartId>,
    /// These remedies.
    pub remedies: Vec<PartId>,
    /// Promises that wait for this moment or an earlier one.
    pub due: Option<Moment>,
    /// Plays and other parts about things with these four bytes, which their ids begin with.
    pub beside: Vec<[u8; 4]>,
    /// Promises about things with these four bytes too, because plays about them may go on.
    pub around: Vec<[u8; 4]>,
}

impl Needs {
    /// What concerns the party alone is needed too, where a move to another stage may be said.
    fn own(&mut self, moves: bool) {
        if moves {
            self.around.push(crate::id::about(""));
            self.beside.push(crate::id::about(""));
        }
    }

    /// True of a promise that must be given to the fold.
    pub fn wants(&self, promise: &Promise) -> bool {
        (self.about.is_some() && self.may_concern(promise) && self.about.as_ref() == Some(&promise.thing))
            || self.around.iter().any(|about| promise.id.starts_with(about))
            || self.due.is_some_and(|until| promise.wake_at.is_some_and(|wake_at| wake_at <= until))
            || self.promises.contains(&promise.id)
    }

    /// True of a promise that an event about its thing may say something of.
    fn may_concern(&self, promise: &Promise) -> bool {
        let Some(clauses) = &self.clauses else { return true };
        let named = |id: PromiseId| clauses.contains(&(promise.charter, id));
        matches!(promise.clause, Clause::Promise(id) if named(id))
            || promise.word().is_some_and(|word| word.rhythm.is_some())
    }

    /// Of the promises at hand, those that [`Needs::wants`] may want: all parts about one thing stand together, so that a party with
    /// many promises is not walked through for one.
    pub fn among<'p, T>(&self, promises: &'p BTreeMap<PartId, T>) -> Vec<&'p T> {
        if self.due.is_some() {
            return promises.values().collect();
        }
        let about = self.about.as_deref().map(crate::id::about);
        if let (Some(about), true) = (about, self.around.is_empty()) {
            return crate::id::beginning(promises, about).map(|(_, promise)| promise).collect();
        }
        let abouts = about.into_iter().chain(self.around.iter().copied());
        let mut found: BTreeMap<&PartId, &T> = abouts.flat_map(|about| crate::id::beginning(promises, about)).collect();
        found.extend(self.promises.iter().filter_map(|id| promises.get_key_value(id)));
        found.into_values().collect()
    }

    /// What the ids of the other parts begin with that must be given to the fold beside these promises: a step that wakes needs its play.
    pub fn beside_of(&self, promises: &[Arc<Promise>]) -> impl Iterator<Item = [u8; 4]> + use<> {
        let steps = promises.iter().filter(|promise| promise.play().is_some());
        let mut about: Vec<[u8; 4]> = self.beside.clone();
        about.extend(steps.map(|promise| crate::id::about_of(&promise.id)));
        about.sort_unstable();
        about.dedup();
        about.into_iter()
    }
}

/// Adds to the promises `found` for a fold those that are tied to them: what is delegated, and to whom. `get` gives one of the
/// party's by its id.
pub fn with_ties<E>(
    found: &mut Vec<Arc<Promise>>,
    mut get: impl FnMut(&PartId) -> Result<Option<Arc<Promise>>, E>,
) -> Result<(), E> {
    if found.iter().all(|promise| promise.tied_to().next().is_none()) {
        return Ok(());
    }
    let mut known: BTreeSet<PartId> = found.iter().map(|promise| promise.id).collect();
    let mut next = 0;
    while let Some(promise) = found.get(next) {
        let tied: Vec<PartId> = promise.tied_to().filter(|id| !known.contains(id)).collect();
        for id in tied {
            known.insert(id);
            found.extend(get(&id)?);
        }
        next = next.saturating_add(1);
    }
    Ok(())
}

/// What was decided outside the fold, and is recorded with the event so that a replay sees it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// The day's budget is spent: what is owed now is held for approval.
    pub budget_spent: bool,
}

/// What came of a fold: the new state, the parts that changed, and what must happen.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The party's new state.
    pub party: Party,
    /// Promises that are new or changed.
    pub promises: Vec<Promise>,
    /// Remedies that are new or changed.
    pub remedies: Vec<Remedy>,
    /// Other parts that are new or changed.
    pub beside: Vec<Beside>,
    /// Things the party now holds an interest in.
    pub interests: Vec<Box<str>>,
    /// New movements of the books.
    pub entries: Vec<Entry>,
    /// What must leave.
    pub messages: Vec<Message>,
    /// Messages that need not leave any more, by their key.
    pub withdrawn: Vec<PartId>,
    /// What counts against the day's budget, in the charter's money.
    pub spent: Vec<Money>,
}

/// Why an event cannot be folded: it is set aside with this, and nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// Why a fold has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The event asks for what cannot be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The result would break an invariant.
    #[error(transparent)]
    Broken(#[from] invariant::Broken),
    /// A stored state cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// An amount left the range of 64 bits.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The built-in events that name a promise or remedy of the party.
pub(crate) const NAMES_A_REMEDY: [&str; 6] =
    ["remedy.approved", "remedy.paid", "remedy.failed", "remedy.waived", "remedy.corrected", "goodwill.approved"];
const NAMES_A_PROMISE: [&str; 9] = [
    "promise.released",
    "promise.renegotiated",
    "promise.kept",
    "promise.broken",
    "promise.delegated",
    "promise.accepted",
    "promise.refused",
    "promise.acknowledged",
    "promise.confirmed",
];

/// Which parts folding `happening` needs.
pub fn needs(book: &Rulebook, party: &str, happening: &Happening) -> Needs {
    let event = match happening {
        Happening::Clock { at, .. } => {
            let mut needs = Needs { due: Some(*at), ..Needs::default() };
            needs.own(book.hears_moves());
            return needs;
        }
        Happening::Event(event) | Happening::Again(event) => event,
    };
    let kind = event.kind.as_ref();
    let mut needs = Needs::default();
    if NAMES_A_REMEDY.contains(&kind) {
        if let Some(id) = event.text(book, "remedy").and_then(Name::parse).map(|name| name.id) {
            needs.remedies.push(id);
            needs.promises.push(remedy::pay_promise_id(party, &id));
        }
    } else if NAMES_A_PROMISE.contains(&kind) {
        let named = event.text(book, "promise").and_then(Name::parse).map(|name| name.id);
        if book.has_beside() {
            let about = named.as_ref().map(crate::id::about_of);
            needs.beside.extend(about);
            needs.around.extend(about.filter(|about| book.asks_what_is_promised(about)));
        }
        needs.promises.extend(named);
    } else if kind == builtin::JUDGED {
        needs.own(book.hears_moves());
    } else {
        if kind == REPAIR_DECIDED {
            needs.remedies.push(remedy::remedy_id(party, event));
        }
        // An event about the party alone is about its promises that are about no thing.
        if book.has_beside() {
            needs.beside.push(crate::id::about(event.thing().unwrap_or_default()));
        }
        needs.about = Some(event.thing().unwrap_or_default().into());
        needs.clauses = book.concerned(event);
        needs.own(event.about.is_some() && book.moves(event));
    }
    needs
}

/// Folds one happening into a party. The same arguments always give the same result.
///
/// `loaded` holds at least the parts that [`needs`] asked for.
pub fn fold(
    book: &Rulebook,
    key: &str,
    party: Party,
    loaded: Loaded,
    happening: &Happening,
    context: Context,
) -> Result<Folded, FoldError> {
    let (cause, at, actor) = match happening {
        Happening::Event(event) | Happening::Again(event) => (event.ident, event.time, event.actor.clone()),
        Happening::Clock { at, ident } => (*ident, *at, None),
    };
    let mut folding = Folding {
        book,
        key,
        cause,
        at,
        actor,
        context,
        party,
        promises: loaded.promises.into_iter().map(|promise| (promise.id, Held::loaded(promise))).collect(),
        remedies: loaded.remedies.into_iter().map(|remedy| (remedy.id, Held::loaded(remedy))).collect(),
        beside: loaded.beside.into_iter().map(|part| ((part.kind(), part.id()), Held::loaded(part))).collect(),
        told: Vec::new(),
        moves: Vec::new(),
        out: Folded::default(),
    };
    match happening {
        Happening::Clock { .. } => {
            promise::on_clock(&mut folding)?;
            stage::on_clock(&mut folding)?;
        }
        // Told again for a promise learnt of late, which may show that the party was hit after all.
        Happening::Again(event) | Happening::Event(event) if &*event.kind == REPAIR_DECIDED => {
            remedy::on_repair(&mut folding, event)?;
        }
        Happening::Again(event) => promise::on_again(&mut folding, event)?,
        Happening::Event(event) => match event.kind.as_ref() {
            kind if NAMES_A_REMEDY.contains(&kind) => remedy::on_event(&mut folding, event)?,
            kind if NAMES_A_PROMISE.contains(&kind) => promise::on_command(&mut folding, event)?,
            builtin::JUDGED => stage::on_judgement(&mut folding, event)?,
            "goodwill.given" => remedy::on_goodwill(&mut folding, event)?,
            "role.given" => role::on_role(&mut folding, event)?,
            "absence.noted" => role::on_absence(&mut folding, event)?,
            PLAY_ASSIGNED => role::on_assigned(&mut folding, event)?,
            builtin::PROMISE_MADE => people::on_made(&mut folding, event)?,
            "text.heard" => heard::on_event(&mut folding, event)?,
            _ => promise::on_event(&mut folding, event)?,
        },
    }
    if book.has_beside() {
        stage::say(&mut folding)?;
        play::advance(&mut folding)?;
    }
    people::follow_through(&mut folding)?;
    folding.finish()
}

/// A fold at work.
pub(crate) struct Folding<'a> {
    pub book: &'a Rulebook,
    pub key: &'a str,
    pub cause: Ident,
    pub at: Moment,
    pub actor: Option<Box<str>>,
    pub context: Context,
    pub party: Party,
    pub(crate) promises: BTreeMap<PartId, Held<Promise>>,
    pub(crate) remedies: BTreeMap<PartId, Held<Remedy>>,
    pub(crate) beside: BTreeMap<(BesideKind, PartId), Held<Beside>>,
    /// Remedies of which the party is told when the fold ends: what one event makes owed is one notice.
    pub told: Vec<Remedy>,
    /// Moves to another stage of which plays have not heard yet.
    pub moves: Vec<stage::Move>,
    pub out: Folded,
}

/// A part in hand: as it was loaded, if it was, and as it is now. Most parts are only looked at, so that what one was is kept apart
/// only once it is put back.
pub(crate) struct Held<T> {
    was: Option<Arc<T>>,
    is: Arc<T>,
    /// True once it was put back or taken up.
    touched: bool,
}

impl<T: PartialEq + Clone> Held<T> {
    fn loaded(part: Arc<T>) -> Self {
        Self { was: None, is: part, touched: false }
    }

    /// One that was loaded as `was` and changed to `is`.
    #[cfg(test)]
    pub(crate) fn changed(was: T, is: T) -> Self {
        Self { was: Some(Arc::new(was)), is: Arc::new(is), touched: true }
    }

    /// Puts a part back under `key`, or takes up a new one.
    fn put<K: Ord>(parts: &mut BTreeMap<K, Self>, key: K, part: T) {
        let part = Arc::new(part);
        let held = match parts.remove(&key) {
            Some(held) if held.touched => Self { was: held.was, is: part, touched: true },
            Some(held) => Self { was: Some(held.is), is: part, touched: true },
            None => Self { was: None, is: part, touched: true },
        };
        parts.insert(key, held);
    }

    /// True of one that is new or otherwise than it was loaded.
    fn is_changed(&self) -> bool {
        self.touched && self.was.as_deref() != Some(&*self.is)
    }
}

impl Folding<'_> {
    /// The ids of the promises in hand, in order.
    pub fn promise_ids(&self) -> Vec<PartId> {
        self.promises.keys().copied().collect()
    }

    /// A promise in hand.
    pub fn promise(&self, id: &PartId) -> Option<&Promise> {
        self.promises.get(id).map(|held| &*held.is)
    }

    /// The promises that are new or stand otherwise than they did, with how they stood; none in `seen` as it stands now.
    pub fn moved(&self, seen: &BTreeSet<(PartId, PromiseState)>) -> Vec<(PartId, Option<PromiseState>)> {
        let touched = self.promises.iter().filter(|(_, held)| held.touched);
        let moved = touched.filter_map(|(id, held)| {
            let was = held.was.as_ref().map(|was| was.state);
            (was != Some(held.is.state) && !seen.contains(&(*id, held.is.state))).then_some((*id, was))
        });
        moved.collect()
    }

    /// A remedy in hand.
    pub fn remedy(&self, id: &PartId) -> Option<&Remedy> {
        self.remedies.get(id).map(|held| &*held.is)
    }

    /// Puts a promise back as it now is, or takes up a new one.
    pub fn put_promise(&mut self, promise: Promise) {
        Held::put(&mut self.promises, promise.id, promise);
    }

    /// Works out again when a promise that was put back must next be looked at.
    pub fn set_wake(&mut self, id: &PartId, rules: &Rules) {
        if let Some(held) = self.promises.get_mut(id).filter(|held| held.touched) {
            let clause = held.is.clause_of(rules);
            Arc::make_mut(&mut held.is).set_wake(clause);
        }
    }

    /// Puts a remedy back as it now is, or takes up a new one.
    pub fn put_remedy(&mut self, remedy: Remedy) {
        Held::put(&mut self.remedies, remedy.id, remedy);
    }

    /// The parts of this kind in hand, in the order of their ids.
    pub fn beside(&self, kind: BesideKind) -> impl Iterator<Item = &Beside> {
        self.beside.values().map(|held| &*held.is).filter(move |part| part.kind() == kind)
    }

    /// Puts another part back as it now is, or takes up a new one.
    pub fn put_beside(&mut self, part: Beside) {
        Held::put(&mut self.beside, (part.kind(), part.id()), part);
    }

    /// True of a promise that was put back or taken up in this fold.
    pub fn is_touched(&self, id: &PartId) -> bool {
        self.promises.get(id).is_some_and(|held| held.touched)
    }

    /// True of another part that was put back or taken up in this fold.
    pub fn is_beside_touched(&self, kind: BesideKind, id: PartId) -> bool {
        self.beside.get(&(kind, id)).is_some_and(|held| held.touched)
    }

    /// A refusal of the event.
    pub fn refuse<T>(&self, code: &'static str, message: String, help: &'static str) -> Result<T, FoldError> {
        Err(Refusal { code, message, help }.into())
    }

    /// The name by which people call a remedy of this party.
    pub fn remedy_name(&self, id: PartId) -> String {
        Name::new(Kind::Remedy, self.key, id).to_string()
    }

    /// Counts what changed and asserts the invariants of it.
    pub(crate) fn finish(mut self) -> Result<Folded, FoldError> {
        message::notices(&mut self)?;
        for held in self.promises.values().filter(|held| held.is_changed()) {
            people::assert_sound(&self, held.was.as_deref(), &held.is)?;
        }
        for held in self.promises.into_values().filter(Held::is_changed) {
            promise::count(&mut self.party, held.was.as_deref(), &held.is)?;
            self.out.promises.push(Arc::unwrap_or_clone(held.is));
        }
        for held in self.remedies.into_values().filter(Held::is_changed) {
            remedy::assert_sound(held.was.as_deref(), &held.is)?;
            self.party.remedies = self.party.remedies.saturating_add(u32::from(held.was.is_none()));
            self.out.remedies.push(Arc::unwrap_or_clone(held.is));
        }
        for held in self.beside.into_values().filter(Held::is_changed) {
            stage::assert_sound(held.was.as_deref(), &held.is)?;
            self.out.beside.push(Arc::unwrap_or_clone(held.is));
        }
        self.out.party = self.party;
        Ok(self.out)
    }
}

impl Event {
    /// A text field of a built-in event, which every charter version reads alike.
    pub(crate) fn text<'e>(&'e self, book: &Rulebook, field: &str) -> Option<&'e str> {
        match self.field(book, field)? {
            makegood_charter::Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A field of a built-in event, which every charter version reads alike.
    pub(crate) fn field<'e>(&'e self, book: &Rulebook, field: &str) -> Option<&'e makegood_charter::Value> {
        let (version, form) =
            self.forms.iter().enumerate().find_map(|(version, form)| Some((version, form.as_ref()?)))?;
        let shape = book.versions().get(version)?.charter.shapes.get(form.shape)?;
        form.data.get(*shape.positions.get(field)?)
    }
}
