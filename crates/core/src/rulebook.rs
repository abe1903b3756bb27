use std::collections::BTreeSet;
use std::sync::Arc;

use makegood_charter::builtin;
use makegood_charter::model::{Charter, PlaybookId, PromiseId, RightId, ShapeId, Trigger, Valuation};
use makegood_charter::value::{Fields, Moment, Shape, Value};

use crate::Event;

/// Which charter version judges: the first eight bytes of its digest.
pub type CharterTag = [u8; 8];

/// Every charter version ever in force, with what each type of event touches looked up once.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    versions: Vec<Rules>,
    /// Rights that rules of other charters name, as `charter/right`.
    weighed: BTreeSet<Box<str>>,
    /// True when some version has playbooks or duties.
    beside: bool,
    /// True when a playbook of some version hears of moves to another stage.
    hears_moves: bool,
    /// True when a playbook of some version about no thing, or about a thing, asks what people promise while it runs.
    asks: [bool; 2],
}

/// One charter version and what each of its shapes touches.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The charter.
    pub charter: Arc<Charter>,
    /// Its tag.
    pub tag: CharterTag,
    uses: Vec<Uses>,
    /// Which playbooks read what people promise while they run.
    promised: Vec<bool>,
}

/// What an event of one shape touches.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// Promises it makes.
    pub makes: Vec<PromiseId>,
    /// Promises it may be an outcome of.
    pub settles: Vec<PromiseId>,
    /// Promises whose rights it may prove an exception of.
    pub proves: Vec<PromiseId>,
    /// Rights it triggers.
    pub triggers: Vec<RightId>,
    /// True when it says something of what customers are worth: see [`crate::Dealings`].
    pub values: bool,
    /// Promises that follow another one and are made by it.
    pub follows: Vec<PromiseId>,
    /// True when it is evidence of a stage: see [`crate::stage::Standing`].
    pub stages: bool,
    /// Counts that it counts for.
    pub counts: Vec<usize>,
    /// Playbooks that it begins.
    pub begins: Vec<PlaybookId>,
    /// Duties that it may not meet.
    pub duties: Vec<usize>,
    /// Playbooks of which a step or an ending reads it.
    pub plays: Vec<PlaybookId>,
    /// Playbooks whose aim it may show.
    pub aims: Vec<PlaybookId>,
}

/// The events that the valuation reads.
fn valued(valuation: &Valuation) -> impl Iterator<Item = ShapeId> + '_ {
    let purchases = valuation.purchases.iter().map(|purchase| purchase.on);
    let refunds = valuation.refunds.iter().map(|refund| refund.on);
    let services = valuation.services.iter().map(|service| service.on);
    let departures = valuation.departures.iter().map(|departure| departure.on);
    purchases.chain(refunds).chain(services).chain(departures)
}

impl Rules {
    fn new(charter: Arc<Charter>) -> Self {
        let mut uses = vec![Uses::default(); charter.shapes.len()];
        let mut add = |shape: ShapeId, place: fn(&mut Uses) -> &mut Vec<usize>, id: usize| {
            if let Some(list) = uses.get_mut(shape).map(place)
                && !list.contains(&id)
            {
                list.push(id);
            }
        };
        for (id, promise) in charter.promises.iter().enumerate() {
            match promise.follows {
                Some(follows) => {
                    add(follows.on, |uses| &mut uses.follows, id);
                    // What shows how a promise stands that is not made yet is remembered by the one it follows.
                    for outcome in &promise.outcomes {
                        add(outcome.on, |uses| &mut uses.proves, follows.promise);
                    }
                }
                // A step is made by its play.
                None if promise.step.is_some() => {}
                None => add(promise.on, |uses| &mut uses.makes, id),
            }
            for outcome in &promise.outcomes {
                add(outcome.on, |uses| &mut uses.settles, id);
                if let Some((playbook, _)) = promise.step {
                    add(outcome.on, |uses| &mut uses.plays, playbook);
                }
            }
        }
        for (id, right) in charter.rights.iter().enumerate() {
            if let Trigger::Event(shape) = right.on {
                add(shape, |uses| &mut uses.triggers, id);
            }
            let proofs = right.unless.iter().filter_map(|exception| exception.shown_by);
            let asked = right.on_request.iter().map(|request| request.by);
            let reduced = right.awards.iter().flat_map(|award| &award.reduced);
            let agreed = right.awards.iter().filter_map(|award| award.or_in).map(|other| other.agreed);
            for shape in proofs.chain(asked).chain(reduced.filter_map(|case| case.shown_by)).chain(agreed) {
                add(shape, |uses| &mut uses.proves, right.promise);
            }
        }
        for (id, playbook) in charter.playbooks.iter().enumerate() {
            for (on, _) in playbook.beginnings() {
                add(on, |uses| &mut uses.begins, id);
            }
            for sign in playbook.aim.iter().flat_map(|aim| &aim.shown_by) {
                add(sign.on, |uses| &mut uses.aims, id);
            }
            for ending in &playbook.endings {
                add(ending.on, |uses| &mut uses.plays, id);
            }
        }
        for (id, _) in charter.duties.iter().enumerate() {
            for kind in [builtin::HANDED_OVER, builtin::MEASURED] {
                if let Some(shape) = charter.shape_ids.get(kind) {
                    add(*shape, |uses| &mut uses.duties, id);
                }
            }
        }
        for (id, count) in charter.counts.iter().enumerate() {
            add(count.on, |uses| &mut uses.counts, id);
        }
        for shape in charter.valuation.iter().flat_map(valued) {
            if let Some(uses) = uses.get_mut(shape) {
                uses.values = true;
            }
        }
        for sign in charter.stages.iter().flat_map(|stages| stages.signs()) {
            if let Some(uses) = uses.get_mut(sign.on) {
                uses.stages = true;
            }
        }
        let mut tag = [0; 8];
        for (place, byte) in tag.iter_mut().zip(charter.digest) {
            *place = byte;
        }
        let promised = charter.playbooks.iter().map(|playbook| playbook.reads_promised()).collect();
        Self { charter, tag, uses, promised }
    }

    /// True of a playbook that reads what people promise while it runs.
    pub(crate) fn reads_promised(&self, playbook: PlaybookId) -> bool {
        self.promised.get(playbook).copied().unwrap_or_default()
    }

    /// True when a playbook about a thing, or about none, reads what people promise while it runs.
    fn asks_what_is_promised(&self, of_thing: bool) -> bool {
        let about = |on: ShapeId| self.charter.shapes.get(on).is_some_and(|shape| shape.about.is_some());
        let mut asking = self.charter.playbooks.iter().zip(&self.promised).filter(|(_, reads)| **reads);
        asking.any(|(playbook, _)| about(playbook.on) == of_thing)
    }

    /// True when a playbook hears of moves to another stage.
    fn hears_moves(&self) -> bool {
        let uses = self.charter.shape_ids.get(builtin::STAGE_MOVED).and_then(|shape| self.uses(*shape));
        uses.is_some_and(|uses| [&uses.begins, &uses.plays, &uses.aims].into_iter().any(|list| !list.is_empty()))
    }

    /// What an event of this shape touches.
    pub fn uses(&self, shape: ShapeId) -> Option<&Uses> {
        self.uses.get(shape)
    }

    /// True when a rule of this charter names a right of another one.
    pub fn crosses(&self) -> bool {
        self.charter.stacking.iter().any(|stack| !stack.elsewhere.is_empty())
    }

    /// True while this version is in force.
    pub fn in_force(&self, at: Moment) -> bool {
        self.charter.from <= at && self.charter.until.is_none_or(|until| at < until)
    }

    /// Data that `from` read in its shape `shape`, as this version's shape of the same name reads it: fields by name, absent
    /// where it has none of the same type.
    pub fn reread(&self, from: &Rules, shape: ShapeId, data: &Fields) -> Fields {
        let source = from.charter.shapes.get(shape);
        let target = source.and_then(|source| self.charter.shape_ids.get(&source.name));
        target.map(|target| self.carried(from, (shape, data), *target)).unwrap_or_default()
    }

    /// Data that `from` read in a shape, as this version's shape `target` has it: fields by name, absent where that one has none of
    /// the same type.
    pub(crate) fn carried(&self, from: &Rules, (shape, data): (ShapeId, &Fields), target: ShapeId) -> Fields {
        let (source, target) = (from.charter.shapes.get(shape), self.charter.shapes.get(target));
        let (Some(source), Some(target)) = (source, target) else { return Fields::new() };
        let value = |name: &str, kind| {
            let position = *source.positions.get(name)?;
            let same_type = source.fields.get(position).is_some_and(|field| field.kind == kind);
            if same_type { data.get(position).cloned() } else { None }
        };
        target.fields.iter().map(|field| value(&field.name, field.kind.clone()).unwrap_or(Value::Absent)).collect()
    }
}

impl Rulebook {
    /// A rulebook of these versions, ordered by when each comes into force.
    pub fn new(charters: impl IntoIterator<Item = Arc<Charter>>) -> Self {
        let mut versions: Vec<Rules> = charters.into_iter().map(Rules::new).collect();
        versions.sort_by(|a, b| (a.charter.from, &a.charter.version).cmp(&(b.charter.from, &b.charter.version)));
        let stacks = versions.iter().flat_map(|rules| &rules.charter.stacking);
        let weighed = stacks.flat_map(|stack| &stack.elsewhere).cloned().collect();
        let more = |rules: &Rules| !rules.charter.playbooks.is_empty() || !rules.charter.duties.is_empty();
        let beside = versions.iter().any(more);
        let hears_moves = versions.iter().any(Rules::hears_moves);
        let asks = [false, true].map(|of_thing| versions.iter().any(|rules| rules.asks_what_is_promised(of_thing)));
        Self { versions, weighed, beside, hears_moves, asks }
    }

    /// True of a right that a rule of another charter names.
    pub fn is_weighed(&self, name: &str) -> bool {
        self.weighed.contains(name)
    }

    /// The rulebook in which `draft` judges from its day on in place of the versions of its charter that do.
    #[must_use]
    pub fn with_draft(&self, draft: Arc<Charter>) -> Self {
        let stays = |charter: &Arc<Charter>| charter.name != draft.name || charter.from < draft.from;
        let kept: Vec<_> = self.versions.iter().map(|rules| rules.charter.clone()).filter(stays).collect();
        Self::new(kept.into_iter().chain([draft]))
    }

    /// The versions, in the order in which they came into force.
    pub fn versions(&self) -> &[Rules] {
        &self.versions
    }

    /// The version with this tag, and its position.
    pub fn by_tag(&self, tag: CharterTag) -> Option<(usize, &Rules)> {
        self.versions.iter().enumerate().find(|(_, rules)| rules.tag == tag)
    }

    /// For each charter, by name, the version in force at `at`: the latest that has begun and not ended.
    pub fn in_force(&self, at: Moment) -> impl Iterator<Item = (usize, &Rules)> {
        self.versions.iter().enumerate().filter(move |(position, rules)| {
            let superseded = self.versions.iter().skip(position.saturating_add(1));
            let mut superseded = superseded.filter(|later| later.charter.name == rules.charter.name);
            rules.in_force(at) && !superseded.any(|later| later.in_force(at))
        })
    }

    /// True when some version has playbooks or duties, so that parties may have plays and chains of custody.
    pub fn has_beside(&self) -> bool {
        self.beside
    }

    /// True when a playbook of some version hears of moves to another stage.
    pub fn hears_moves(&self) -> bool {
        self.hears_moves
    }

    /// True when what people promise about things with these four bytes may carry a play on.
    pub(crate) fn asks_what_is_promised(&self, about: &[u8; 4]) -> bool {
        let [of_none, of_thing] = self.asks;
        if *about == crate::id::about("") { of_none } else { of_thing }
    }

    /// The clauses of which an event may say something; nothing where it may be any.
    pub(crate) fn concerned(&self, event: &Event) -> Option<Vec<(CharterTag, PromiseId)>> {
        if [builtin::REPAIR_DECIDED, builtin::PLAY_ASSIGNED].contains(&&*event.kind) {
            return None;
        }
        let mut clauses = Vec::new();
        for (version, rules) in self.versions.iter().enumerate() {
            let Some(uses) = event.form(version).and_then(|form| rules.uses(form.shape)) else { continue };
            let Uses { triggers, follows, begins, duties, plays, aims, .. } = uses;
            if [triggers, follows, begins, duties, plays, aims].into_iter().any(|list| !list.is_empty()) {
                return None;
            }
            clauses.extend(uses.settles.iter().chain(&uses.proves).map(|clause| (rules.tag, *clause)));
        }
        Some(clauses)
    }

    /// True of an event that may move its party to another stage, where a playbook hears of it.
    pub(crate) fn moves(&self, event: &Event) -> bool {
        let evidence = |(version, rules): (usize, &Rules)| {
            event.form(version).and_then(|form| rules.uses(form.shape)).is_some_and(|uses| uses.stages)
        };
        self.hears_moves && self.versions.iter().enumerate().any(evidence)
    }

    /// True when keys of this kind are parties: those of any charter, and those that a version declares.
    pub fn is_party(&self, kind: &str) -> bool {
        let declared = |shape: &Shape| shape.party.as_deref() == Some(kind);
        builtin::PARTIES.contains(&kind) || self.versions.iter().any(|rules| rules.charter.shapes.iter().any(declared))
    }

    /// A kind of key that is a party in one version and a thing in another, if there is one.
    pub fn kind_of_both(&self) -> Option<&str> {
        let shapes = || self.versions.iter().flat_map(|rules| rules.charter.shapes.iter());
        shapes().filter_map(|shape| shape.about.as_deref()).find(|kind| self.is_party(kind))
    }

    /// When the first version that knows this type of event came into force, or will.
    pub fn known_from(&self, kind: &str) -> Option<Moment> {
        let knows = self.versions.iter().filter(|rules| rules.charter.shape_ids.contains_key(kind));
        knows.map(|rules| rules.charter.from).min()
    }

    /// True when some clause listens to this type of event about a thing, so that parties must hear it.
    pub fn listens_to(&self, kind: &str) -> bool {
        if kind == builtin::REPAIR_DECIDED {
            return true;
        }
        self.versions.iter().any(|rules| {
            let uses = rules.charter.shape_ids.get(kind).and_then(|shape| rules.uses(*shape));
            uses.is_some_and(|uses| {
                let Uses {
                    settles,
                    proves,
                    triggers,
                    follows,
                    counts,
                    plays,
                    duties,
                    begins,
                    aims,
                    makes: _,
                    values: _,
                    stages: _,
                } = uses;
                [settles, proves, triggers, follows, counts, plays, duties, begins, aims]
                    .into_iter()
                    .any(|touched| !touched.is_empty())
            })
        })
    }
}

/// The bound on what leaves in one day without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The day, counted from 1970-01-01, in the charter's zone.
    pub day: i32,
    /// Its first moment.
    pub from: Moment,
    /// The first moment of the next day.
    pub until: Moment,
    /// The most that may leave.
    pub limit: makegood_money::Money,
}

impl Budget {
    /// True when `spent`, in minor units of the limit's commodity, leaves nothing of it.
    pub fn is_spent(&self, spent: i64) -> bool {
        spent >= self.limit.minor
    }
}

impl Rulebook {
    /// The budget of the day in which `at` falls, if the charter in force sets one.
    pub fn budget(&self, at: Moment) -> Option<Budget> {
        let (_, rules) = self.in_force(at).find(|(_, rules)| rules.charter.limits.per_day.is_some())?;
        let limit = rules.charter.limits.per_day?;
        let zone = &rules.charter.zone;
        let date = jiff::Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone.clone()).date();
        let midnight = |date: jiff::civil::Date| {
            let start = date.to_zoned(zone.clone()).ok()?;
            Some(Moment(start.timestamp().as_millisecond()))
        };
        let epoch = jiff::civil::Date::new(1970, 1, 1).ok()?;
        let day = epoch.until(date).ok()?.get_days();
        Some(Budget { day, from: midnight(date)?, until: midnight(date.tomorrow().ok()?)?, limit })
    }
}
