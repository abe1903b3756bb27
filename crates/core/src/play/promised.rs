//! What people promise while a play runs, about what it is about: whether it was handed on, and accepted by name.

use makegood_charter::expr::Promised;
use serde::{Deserialize, Serialize};

use crate::fold::Folding;
use crate::{Acceptance, Beside, Clause, PartId, Play, Promise, PromiseState, limits};

/// A promise that a person made while a play ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pledge {
    /// The promise.
    pub promise: PartId,
    /// It came to its end, or was handed on to somebody who has not given it back.
    pub handed_over: bool,
    /// It came to its end, or everybody it was handed on to has accepted it by name.
    pub accepted: bool,
}

impl Play {
    /// What expressions read of it.
    pub(super) fn promised(&self) -> Promised {
        let count = |counts: fn(&Pledge) -> bool| {
            i64::try_from(self.pledges.iter().filter(|pledge| counts(pledge)).count()).unwrap_or(i64::MAX)
        };
        Promised {
            count: count(|_| true),
            handed_over: count(|pledge| pledge.handed_over),
            accepted: count(|pledge| pledge.accepted),
        }
    }

    /// Takes in how a promise stands now; false when nothing changed.
    fn pledge(&mut self, id: PartId, stands: Option<Pledge>) -> bool {
        let is_full = self.pledges.len() >= limits::PLEDGES;
        match (self.pledges.iter_mut().find(|known| known.promise == id), stands) {
            (Some(known), Some(now)) if *known != now => *known = now,
            (None, Some(now)) if !is_full => self.pledges.push(now),
            (Some(_), None) => self.pledges.retain(|known| known.promise != id),
            _ => return false,
        }
        true
    }
}

/// Notes in the plays in hand that ask for it how the promises of this fold stand now.
pub(super) fn note(folding: &mut Folding) {
    let asking = |folding: &Folding, play: &Play| {
        let rules = folding.book.by_tag(play.charter).map(|(_, rules)| rules);
        rules.is_some_and(|rules| rules.reads_promised(play.playbook))
    };
    let plays: Vec<Play> = super::running(folding).filter(|play| asking(folding, play)).cloned().collect();
    if plays.is_empty() {
        return;
    }
    let touched: Vec<PartId> = folding.promise_ids().into_iter().filter(|id| folding.is_touched(id)).collect();
    for mut play in plays {
        let mut changed = false;
        for promise in touched.iter().filter_map(|id| folding.promise(id)) {
            let root = crate::people::root(folding, promise);
            if is_of(folding, &root, &play) {
                changed |= play.pledge(root.id, stands(folding, &root));
            }
        }
        if changed {
            folding.put_beside(Beside::Play(play));
        }
    }
}

/// True of a promise that a person made about the same thing while the play ran.
fn is_of(folding: &Folding, promise: &Promise, play: &Play) -> bool {
    let by_hand = folding.book.by_tag(promise.charter).is_some_and(|(_, rules)| {
        promise.clause_of(rules).is_some_and(|clause| clause.by_hand(&rules.charter) && clause.step.is_none())
    });
    let made = matches!(promise.clause, Clause::Promise(_)) && promise.made_at >= play.began_at;
    by_hand && made && promise.thing == play.thing
}

/// How one of them stands; nothing once it was let go.
fn stands(folding: &Folding, promise: &Promise) -> Option<Pledge> {
    match promise.state {
        PromiseState::Released | PromiseState::Renegotiated => None,
        state if state.is_open() => {
            let carriers: Vec<&Promise> = below(folding, promise);
            let accepted = |one: &&Promise| {
                one.delegation().is_some_and(|delegation| matches!(delegation.accepted, Acceptance::Accepted(_)))
            };
            let handed_over = !carriers.is_empty();
            Some(Pledge { promise: promise.id, handed_over, accepted: handed_over && carriers.iter().all(accepted) })
        }
        _ => Some(Pledge { promise: promise.id, handed_over: true, accepted: true }),
    }
}

/// Those to whom a promise was handed on, and to whom they handed it on, but for those who gave it back.
fn below<'f>(folding: &'f Folding, promise: &Promise) -> Vec<&'f Promise> {
    let mut found: Vec<&Promise> = Vec::new();
    let mut next: Vec<PartId> = promise.carried_by().to_vec();
    while let Some(id) = next.pop() {
        let Some(one) = folding.promise(&id).filter(|one| one.state != PromiseState::Released) else { continue };
        if found.iter().any(|known| known.id == one.id) {
            continue;
        }
        next.extend(one.carried_by());
        found.push(one);
    }
    found
}
