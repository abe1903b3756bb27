//! What rights give, from the fields they read alone: no states, no remedies, no reasons. For looking over years of history in seconds.
//!
//! A right is *plain* when it depends on nothing but its party's own events: see [`Reckoning::of`]. For plain rights the sums are those
//! of the fold. All others are named, with what it is that needs the fold.

mod plain;

use std::sync::Arc;

use makegood_charter::expr::Scope;
use makegood_charter::model::{Award, Charter, Limited, Right, RightId, ShapeId};
use makegood_charter::value::{Fields, Moment, Value};
use makegood_money::Money;

use crate::award::reckon;
use crate::promise::holds;
use crate::{RemedyKind, limits};
use plain::{COUNT, WORTH, exprs, floor, plain, positions, reads_the_event_alone};

/// Which rights of a charter are reckoned, and from what.
#[derive(Debug)]
pub struct Reckoning {
    charter: Arc<Charter>,
    shapes: Vec<Uses>,
    left_out: Vec<(Box<str>, &'static str)>,
}

/// What an event of one shape does.
#[derive(Debug, Default)]
struct Uses {
    counts: Vec<usize>,
    triggers: Vec<Plain>,
    makes: Vec<usize>,
    /// True when some right reads what such a promise is worth.
    worth: bool,
    /// The fields that are read, by position.
    reads: Vec<usize>,
    /// Below what a field of it gives nothing under any of the rights it triggers.
    floor: Option<Floor>,
}

/// An event whose field holds less gives nothing, whatever else is true of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// The field, by position.
    pub position: usize,
    /// The least that gives anything, coded as conditions code it: milliseconds, millionths, whole numbers.
    pub least: i64,
}

/// A plain right.
#[derive(Debug, Clone, Copy)]
struct Plain {
    id: RightId,
    promise: usize,
    /// True when its condition reads nothing but the event, so that it says the same whenever it is asked.
    of_event: bool,
    /// True when the condition or the amounts read counts.
    counts: bool,
    /// True when they read what the promise is worth.
    worth: bool,
}

/// What one remedy would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoned {
    /// Under which right.
    pub right: RightId,
    /// What for.
    pub kind: RemedyKind,
    /// How much, as it is reckoned (in whatever tender it is paid).
    pub amount: Money,
}

/// What is remembered of one party while its events pass by.
#[derive(Debug, Default)]
pub struct Passing {
    promises: Vec<Promised>,
    /// Events that may mean something to a promise that is learnt of later.
    kept: Vec<Kept<Fields>>,
    /// How many events have passed.
    passed: u32,
    /// Claims that a bound over time took away: the promise, the right, the number of the event.
    denied: Vec<(usize, RightId, u32)>,
    /// When something that is counted happened, by count.
    counted: Vec<Vec<Moment>>,
    /// What rights with a bound over time gave.
    given: Vec<(RightId, Moment, Money, u32)>,
    /// What was granted for a promise, by its place.
    granted: Vec<(usize, RightId, RemedyKind, Money)>,
    counts: Vec<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Promised {
    thing: Option<u32>,
    clause: usize,
    made_at: Moment,
    worth: Option<Money>,
}

/// An event that has passed, with its data.
#[derive(Debug, Clone, Copy)]
struct Kept<D> {
    number: u32,
    thing: Option<u32>,
    shape: ShapeId,
    at: Moment,
    data: D,
}

impl Reckoning {
    /// Finds the plain rights of a charter: triggered by an event of the party's own, behind a promise that such an event makes; without
    /// requests, a later decision, cases that lessen, a choice of tender, and offsets against other rights; with exceptions that need no
    /// proof and read the event alone; with conditions and amounts that read the event, its time, what the promise is worth and counts
    /// alone.
    ///
    /// Events of shapes that `knows` does not know cannot be given: rights that need them are left out.
    pub fn of(charter: Arc<Charter>, knows: &dyn Fn(ShapeId) -> bool) -> Self {
        let mut shapes: Vec<Uses> = charter.shapes.iter().map(|_| Uses::default()).collect();
        let mut left_out = Vec::new();
        for (id, right) in charter.rights.iter().enumerate() {
            let reads = |what: &dyn Fn(&str) -> bool| {
                exprs(&charter, right).any(|expr| expr.reads().iter().any(|read| what(&read.path)))
            };
            let (reads_counts, reads_worth) = (reads(&|path| path.starts_with(COUNT)), reads(&|path| path == WORTH));
            let counted = charter.counts.iter().all(|count| !reads_counts || knows(count.on));
            let (shape, promise) = match plain(&charter, id, right) {
                Ok((shape, promise)) if knows(shape) && knows(promise.on) && counted => (shape, promise),
                Ok(_) => {
                    left_out.push((right.name.clone(), "its events cannot be given"));
                    continue;
                }
                Err(why) => {
                    left_out.push((right.name.clone(), why));
                    continue;
                }
            };
            let of_event = right.when.as_ref().is_none_or(reads_the_event_alone);
            let one = Plain { id, promise: right.promise, of_event, counts: reads_counts, worth: reads_worth };
            let fields = positions(&charter, shape, exprs(&charter, right));
            if let Some(uses) = shapes.get_mut(shape) {
                uses.triggers.push(one);
                uses.reads.extend(fields);
            }
            let worth = promise.worth.iter().filter(|_| reads_worth);
            let fields = positions(&charter, promise.on, promise.when.iter().chain(worth));
            if let Some(uses) = shapes.get_mut(promise.on) {
                if !uses.makes.contains(&right.promise) {
                    uses.makes.push(right.promise);
                }
                uses.worth |= reads_worth;
                uses.reads.extend(fields);
            }
        }
        for (id, count) in charter.counts.iter().enumerate() {
            let fields = positions(&charter, count.on, count.when.iter());
            if let Some(uses) = shapes.get_mut(count.on) {
                uses.counts.push(id);
                uses.reads.extend(fields);
            }
        }
        // What only counts, and is never asked for, need not be read.
        if !shapes.iter().any(|uses| uses.triggers.iter().any(|plain| plain.counts)) {
            shapes
                .iter_mut()
                .filter(|uses| uses.triggers.is_empty() && uses.makes.is_empty())
                .for_each(|uses| uses.reads.clear());
            shapes.iter_mut().for_each(|uses| uses.counts.clear());
        }
        for (id, uses) in shapes.iter_mut().enumerate() {
            uses.reads.sort_unstable();
            uses.reads.dedup();
            uses.floor = floor(&charter, id, &uses.triggers);
        }
        Self { charter, shapes, left_out }
    }

    /// The charter.
    pub fn charter(&self) -> &Arc<Charter> {
        &self.charter
    }

    /// Rights that are not plain, and why.
    pub fn left_out(&self) -> &[(Box<str>, &'static str)] {
        &self.left_out
    }

    /// The fields of an event of this shape that must be given, by position; `None` for a shape that means nothing here.
    pub fn reads(&self, shape: ShapeId) -> Option<&[usize]> {
        let uses = self.shapes.get(shape)?;
        let means = !(uses.counts.is_empty() && uses.triggers.is_empty() && uses.makes.is_empty());
        means.then_some(uses.reads.as_slice())
    }

    /// True of a shape whose events may make something owed.
    pub fn gives(&self, shape: ShapeId) -> bool {
        self.shapes.get(shape).is_some_and(|uses| !uses.triggers.is_empty())
    }

    /// True of a shape whose events mean nothing unless they make something owed.
    pub fn only_gives(&self, shape: ShapeId) -> bool {
        self.shapes.get(shape).is_some_and(|uses| uses.counts.is_empty() && uses.makes.is_empty())
    }

    /// Below what an event of this shape gives nothing.
    ///
    /// A party of which no event gives anything needs not pass at all: nothing of it is ever owed.
    pub fn floor(&self, shape: ShapeId) -> Option<Floor> {
        self.shapes.get(shape)?.floor
    }

    /// Lets an event of a party's own pass, in the order of its log. `thing` stands for what it is about. What it makes owed is given
    /// to `owed`.
    pub fn pass(
        &self,
        passing: &mut Passing,
        shape: ShapeId,
        thing: Option<u32>,
        at: Moment,
        data: &[Value],
        owed: &mut dyn FnMut(Reckoned),
    ) {
        let Some(uses) = self.shapes.get(shape) else { return };
        let in_force = self.charter.from <= at && self.charter.until.is_none_or(|until| at < until);
        if in_force {
            uses.counts.iter().for_each(|count| self.count(passing, *count, at, data));
        }
        let event = Kept { number: passing.passed, thing, shape, at, data };
        passing.passed = passing.passed.saturating_add(1);
        let mut keep = false;
        let below = uses.floor.is_some_and(|floor| floor.is_above(data));
        for plain in uses.triggers.iter().filter(|_| !below) {
            if !self.may_apply(plain, at, data) {
                continue;
            }
            keep = true;
            self.judge_each(passing, plain, &event, owed);
        }
        let before = passing.kept.len();
        if keep {
            let Kept { number, .. } = event;
            passing.kept.push(Kept { number, thing, shape, at, data: data.to_vec() });
        }
        if in_force && self.makes(passing, uses, &event) {
            self.tell_again(passing, before, thing, owed);
        }
    }

    /// Makes the promises that an event makes; true when it made any.
    fn makes(&self, passing: &mut Passing, uses: &Uses, event: &Kept<&[Value]>) -> bool {
        let before = passing.promises.len();
        for id in &uses.makes {
            let Some(clause) = self.charter.promises.get(*id) else { continue };
            let scope = Scope { data: event.data, at: event.at, made_at: event.at, due: event.at, ..Scope::default() };
            if holds(clause.when.as_ref(), &scope) {
                let worth = clause.worth.as_ref().filter(|_| uses.worth).and_then(|worth| worth.money(&scope).ok());
                passing.promises.push(Promised { thing: event.thing, clause: *id, made_at: event.at, worth });
            }
        }
        passing.promises.len() > before
    }

    /// What was said before of a thing is told again to all promises about it when one of them is learnt of.
    fn tell_again(&self, passing: &mut Passing, before: usize, thing: Option<u32>, owed: &mut dyn FnMut(Reckoned)) {
        if !passing.kept.iter().take(before).any(|kept| kept.thing == thing) {
            return;
        }
        let kept = std::mem::take(&mut passing.kept);
        for event in kept.iter().take(before).filter(|kept| kept.thing == thing) {
            let Kept { number, thing, shape, at, ref data } = *event;
            let event = Kept { number, thing, shape, at, data: data.as_slice() };
            let triggers = self.shapes.get(shape).map(|uses| uses.triggers.as_slice()).unwrap_or_default();
            for plain in triggers.iter().filter(|plain| self.may_apply(plain, at, data)) {
                self.judge_each(passing, plain, &event, owed);
            }
        }
        passing.kept = kept;
    }

    fn judge_each(&self, passing: &mut Passing, plain: &Plain, event: &Kept<&[Value]>, owed: &mut dyn FnMut(Reckoned)) {
        for place in 0..passing.promises.len() {
            let Some(promised) = passing.promises.get(place) else { break };
            // What a party did before it was promised anything was about something else.
            if promised.thing == event.thing && promised.clause == plain.promise && event.at >= promised.made_at {
                let worth = promised.worth.filter(|_| plain.worth);
                self.judge(passing, (place, plain), (event, worth), owed);
            }
        }
    }

    /// False of a right that this event can never give anything under, whatever else happened.
    fn may_apply(&self, plain: &Plain, at: Moment, data: &[Value]) -> bool {
        let Some(right) = self.charter.rights.get(plain.id) else { return false };
        let scope = Scope { data, at, ..Scope::default() };
        let excepted = right.unless.iter().any(|exception| holds(exception.when.as_ref(), &scope));
        !excepted && (!plain.of_event || holds(right.when.as_ref(), &scope))
    }

    fn count(&self, passing: &mut Passing, count: usize, at: Moment, data: &[Value]) {
        let Some(clause) = self.charter.counts.get(count) else { return };
        if !holds(clause.when.as_ref(), &Scope { data, at, ..Scope::default() }) {
            return;
        }
        if passing.counted.len() <= count {
            passing.counted.resize_with(self.charter.counts.len(), Vec::new);
        }
        let Some(times) = passing.counted.get_mut(count) else { return };
        let place = times.partition_point(|time| *time <= at);
        times.insert(place, at);
        // What a state lets go is let go here too.
        let newest = times.last().copied().unwrap_or_default();
        let kept_from = newest.plus(clause.within.saturating_neg());
        if times.first().is_some_and(|first| *first <= kept_from) || times.len() > limits::COUNTED {
            let old = times.partition_point(|time| *time <= kept_from);
            times.drain(..old.max(times.len().saturating_sub(limits::COUNTED)));
        }
    }

    /// What an event makes owed for the promise at `place` under one right.
    fn judge(
        &self,
        passing: &mut Passing,
        (place, plain): (usize, &Plain),
        (event, worth): (&Kept<&[Value]>, Option<Money>),
        owed: &mut dyn FnMut(Reckoned),
    ) {
        let Kept { number, at, data, .. } = *event;
        let Some(right) = self.charter.rights.get(plain.id) else { return };
        if passing.denied.contains(&(place, plain.id, number)) {
            return;
        }
        let mut counts = std::mem::take(&mut passing.counts);
        counts.clear();
        if plain.counts {
            counts.extend(
                self.charter.counts.iter().enumerate().map(|(id, count)| counted(passing, id, count.within, at)),
            );
        }
        let scope = Scope { data, at, counts: &counts, worth, ..Scope::default() };
        let applies = plain.of_event || holds(right.when.as_ref(), &scope);
        if applies && self.spent(passing, plain.id, right, at) {
            // A state keeps what took a claim away once for each right.
            if !passing.denied.iter().any(|(of, by, _)| (*of, *by) == (place, plain.id)) {
                passing.denied.push((place, plain.id, number));
            }
        } else if applies {
            let before = passing.granted.iter().any(|(of, id, ..)| (*of, *id) == (place, plain.id));
            let mut times = u32::from(!before);
            for award in &right.awards {
                if let Some(one) = self.owed(passing, (place, plain.id, right), award, &scope) {
                    passing.granted.push((place, plain.id, one.kind, one.amount));
                    if right.limited.is_some() {
                        passing.given.push((plain.id, at, one.amount, times));
                    }
                    times = 0;
                    owed(one);
                }
            }
        }
        passing.counts = counts;
    }

    fn owed(
        &self,
        passing: &Passing,
        (place, id, right): (usize, RightId, &Right),
        award: &Award,
        scope: &Scope,
    ) -> Option<Reckoned> {
        let kind: RemedyKind = award.kind.into();
        let amount = reckon(&self.charter, award, None, scope).ok()??.amount;
        let mut granted = passing.granted.iter().filter(|(of, by, what, _)| (*of, *by, *what) == (place, id, kind));
        let already = granted.try_fold(Money::zero(amount.commodity), |sum, (.., one)| sum.plus(*one)).ok()?;
        let mut rest = amount.minus(already).ok()?;
        if rest.minor > 0
            && let Some((limited, most)) = right.limited.and_then(|limited| Some((limited, limited.at_most?)))
        {
            let (used, _) = self.used(passing, id, limited, scope.at, most);
            rest = rest.smaller(most.minus(used).ok()?).ok()?;
        }
        (rest.minor > 0).then_some(Reckoned { right: id, kind, amount: rest })
    }

    /// True when a right was given as often or as much as it may be in this time.
    fn spent(&self, passing: &Passing, id: RightId, right: &Right, at: Moment) -> bool {
        let Some(limited) = right.limited else { return false };
        let most = limited.at_most.unwrap_or(Money::zero(self.charter.money));
        let (used, times) = self.used(passing, id, limited, at, most);
        limited.at_most.is_some_and(|most| used.minor >= most.minor) || limited.times.is_some_and(|most| times >= most)
    }

    fn used(&self, passing: &Passing, id: RightId, limited: Limited, at: Moment, of: Money) -> (Money, u32) {
        let zero = (Money::zero(of.commodity), 0_u32);
        if !passing.given.iter().any(|(of, ..)| *of == id) {
            return zero;
        }
        let counts = |given: Moment| crate::tally::counts_for(&self.charter, limited, given, at);
        let given = passing.given.iter().filter(|(of, given, ..)| *of == id && counts(*given));
        given.fold(zero, |(sum, often), (.., amount, times)| {
            let same = amount.commodity == sum.commodity;
            (if same { sum.plus(*amount).unwrap_or(sum) } else { sum }, often.saturating_add(*times))
        })
    }
}

impl Passing {
    /// Forgets everything: another party's events follow.
    pub fn clear(&mut self) {
        self.promises.clear();
        self.kept.clear();
        self.denied.clear();
        self.passed = 0;
        self.counted.iter_mut().for_each(Vec::clear);
        self.given.clear();
        self.granted.clear();
    }
}

/// How often something happened in the time up to and with `at`.
fn counted(passing: &Passing, count: usize, within: i64, at: Moment) -> i64 {
    let Some(times) = passing.counted.get(count) else { return 0 };
    let from = at.plus(within.saturating_neg());
    let (old, known) = (times.partition_point(|time| *time <= from), times.partition_point(|time| *time <= at));
    i64::try_from(known.saturating_sub(old)).unwrap_or(i64::MAX)
}
