//! What a simulation adds up.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use makegood_charter::{Charter, clock};
use makegood_core::because::Step;
use makegood_core::{Remedy, RemedyKind, RemedyState, in_charter_money};

/// How many of the largest differences are kept.
const LARGEST: usize = 10;

/// Remedies, and what they sum to in each tender: the number of its decimals, and minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub remedies: u64,
    /// How much, by tender.
    pub amounts: BTreeMap<Box<str>, (u8, i128)>,
    /// What that is worth, in minor units of the charter's money.
    pub worth: i128,
}

/// What was owed, under what was in force or under the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// All of it.
    pub whole: Sum,
    /// By right, and what it is for.
    pub rights: BTreeMap<(Box<str>, RemedyKind), Sum>,
    /// By the month in which it came to be owed, in the charter's zone: `2013-01`.
    pub months: BTreeMap<Box<str>, Sum>,
    /// By the words of the field that was asked for.
    pub segments: BTreeMap<Box<str>, Sum>,
    /// Remedies that reached a cap.
    pub capped: u64,
    /// Remedies that waited, or wait, for approval.
    pub held: u64,
}

/// What the draft changes for one party, thing and right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose.
    pub party: Box<str>,
    /// About what.
    pub thing: Box<str>,
    /// Under which right.
    pub right: Box<str>,
    /// What was owed, in minor units of the charter's money.
    pub was: i128,
    /// What would be.
    pub would: i128,
}

/// What a simulation found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simulated {
    /// Parties whose history was judged.
    pub parties: u64,
    /// Events folded.
    pub events: u64,
    /// What was owed.
    pub was: Side,
    /// What would be owed under the draft.
    pub would: Side,
    /// Parties that would be better off …
    pub better: u64,
    /// … and worse off.
    pub worse: u64,
    /// Parties of which at least one remedy would differ, be it in its reason alone.
    pub differ: u64,
    /// The largest differences, the largest first.
    pub largest: Vec<Difference>,
    /// Events that could not be judged under the draft, by code.
    pub refused: BTreeMap<Box<str>, u64>,
}

impl Sum {
    fn count(&mut self, charter: &Charter, remedy: &Remedy) {
        self.remedies = self.remedies.saturating_add(1);
        for amount in remedy.amounts.iter() {
            let place = self.amounts.entry(amount.commodity.code().into()).or_insert((amount.commodity.decimals(), 0));
            place.1 = place.1.saturating_add(i128::from(amount.minor));
        }
        self.worth = self.worth.saturating_add(worth(charter, remedy));
    }

    fn add(&mut self, other: Self) {
        self.remedies = self.remedies.saturating_add(other.remedies);
        for (code, (decimals, minor)) in other.amounts {
            let place = self.amounts.entry(code).or_insert((decimals, 0));
            place.1 = place.1.saturating_add(minor);
        }
        self.worth = self.worth.saturating_add(other.worth);
    }
}

/// What a remedy is worth in the charter's money; what its tender's worth is not known of counts nothing.
pub(super) fn worth(charter: &Charter, remedy: &Remedy) -> i128 {
    let worth = remedy.amounts.iter().filter_map(|amount| in_charter_money(charter, amount).ok());
    worth.fold(0, |sum, amount| sum.saturating_add(i128::from(amount.minor)))
}

impl Side {
    pub(super) fn count(&mut self, charter: &Charter, remedy: &Remedy, segment: Option<Box<str>>) {
        self.whole.count(charter, remedy);
        self.rights.entry((remedy.right.clone(), remedy.kind)).or_default().count(charter, remedy);
        self.months.entry(month(charter, remedy)).or_default().count(charter, remedy);
        if let Some(segment) = segment {
            self.segments.entry(segment).or_default().count(charter, remedy);
        }
        let capped = remedy.reason.steps.iter().any(|step| matches!(step, Step::Capped { .. }));
        self.capped = self.capped.saturating_add(u64::from(capped));
        let held = remedy.held_for.is_some() || remedy.state == RemedyState::Held;
        self.held = self.held.saturating_add(u64::from(held));
    }

    fn add(&mut self, other: Self) {
        self.whole.add(other.whole);
        add_each(&mut self.rights, other.rights);
        add_each(&mut self.months, other.months);
        add_each(&mut self.segments, other.segments);
        self.capped = self.capped.saturating_add(other.capped);
        self.held = self.held.saturating_add(other.held);
    }
}

fn add_each<K: Ord>(sums: &mut BTreeMap<K, Sum>, others: BTreeMap<K, Sum>) {
    for (key, sum) in others {
        sums.entry(key).or_default().add(sum);
    }
}

fn month(charter: &Charter, remedy: &Remedy) -> Box<str> {
    clock::month(remedy.owed_at, &charter.zone).into()
}

impl Simulated {
    /// Adds what another slot gave.
    pub(super) fn add(&mut self, other: Self) {
        self.parties = self.parties.saturating_add(other.parties);
        self.events = self.events.saturating_add(other.events);
        self.was.add(other.was);
        self.would.add(other.would);
        self.better = self.better.saturating_add(other.better);
        self.worse = self.worse.saturating_add(other.worse);
        self.differ = self.differ.saturating_add(other.differ);
        self.note_largest(other.largest);
        for (code, count) in other.refused {
            self.note_refused(&code, count);
        }
    }

    pub(super) fn note_refused(&mut self, code: &str, count: u64) {
        let place = self.refused.entry(code.into()).or_default();
        *place = place.saturating_add(count);
    }

    pub(super) fn note_largest(&mut self, differences: Vec<Difference>) {
        self.largest.extend(differences);
        let size = |one: &Difference| Reverse(one.would.saturating_sub(one.was).unsigned_abs());
        self.largest
            .sort_by(|a, b| (size(a), &a.party, &a.thing, &a.right).cmp(&(size(b), &b.party, &b.thing, &b.right)));
        self.largest.truncate(LARGEST);
    }
}
