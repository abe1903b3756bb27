//! How soon a remedy is paid, and what is owed when it is not.

use super::amounts::described;
use super::promises::source;
use super::{Changes, Effect, Phrase, more_is_better, reversed};
use crate::clock::{Clock, Unit};
use crate::model::{Award, PayTerm};
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn pay_within(&mut self, before: &[PayTerm], now: &[PayTerm]) {
        let same = |one: &PayTerm, other: &PayTerm| source(one.when.as_ref()) == source(other.when.as_ref());
        self.at("pay_within", |changes| {
            for term in now {
                let words = worded(&changes.new, term);
                match before.iter().find(|one| same(one, term)) {
                    Some(one) if one.within != term.within => {
                        let was = worded(&changes.old, one);
                        let effect = clock_effect(&one.within, &term.within);
                        changes.note(effect, Phrase::Deadline, &[&was, &words]);
                    }
                    Some(_) => {}
                    None => {
                        let effect = if before.is_empty() { Effect::Better } else { Effect::Open };
                        changes.note(effect, Phrase::DeadlineAdded, &[&words]);
                    }
                }
            }
            for term in before.iter().filter(|one| !now.iter().any(|term| same(one, term))) {
                let effect = if now.is_empty() { Effect::Worse } else { Effect::Open };
                let words = worded(&changes.old, term);
                changes.note(effect, Phrase::DeadlineRemoved, &[&words]);
            }
        });
    }

    pub(super) fn if_late(&mut self, before: Option<&Award>, now: Option<&Award>) {
        self.at("if_late", |changes| match (before, now) {
            (Some(before), Some(now)) => changes.award(before, now),
            (None, Some(now)) => {
                let words = described(&changes.new, now);
                changes.note(Effect::Better, Phrase::LatePenaltyAdded, &[&words]);
            }
            (Some(before), None) => {
                let words = described(&changes.old, before);
                changes.note(Effect::Worse, Phrase::LatePenaltyRemoved, &[&words]);
            }
            (None, None) => {}
        });
    }
}

fn worded(plain: &Plain<'_>, term: &PayTerm) -> String {
    let clock = plain.clock(&term.within);
    match &term.when {
        Some(when) => {
            let whom = plain.condition(when).unwrap_or_else(|| format!("`{}`", when.source().trim()));
            plain.pick(format!("{clock} ({whom})"), format!("{clock}（{whom}）"), format!("{clock} ({whom})"))
        }
        None => clock,
    }
}

/// Sooner is better. Calendar days against working days are judged only where one is surely the longer.
pub(super) fn clock_effect(old: &Clock, new: &Clock) -> Effect {
    let (before, now) = (length(old), length(new));
    if before.0 == now.0 {
        let same = old.calendar == new.calendar;
        return if same || before.1 != now.1 { reversed(more_is_better(&before.1, &now.1)) } else { Effect::Open };
    }
    let (days, working) = (1, [3, 4]);
    if before.0 == days && working.contains(&now.0) && now.1 >= before.1 {
        return Effect::Worse;
    }
    if working.contains(&before.0) && now.0 == days && before.1 >= now.1 {
        return Effect::Better;
    }
    Effect::Open
}

/// The kind of unit, and how many of its smallest.
fn length(clock: &Clock) -> (u8, u64) {
    let count = u64::from(clock.count);
    match clock.unit {
        Unit::Minutes => (0, count),
        Unit::Hours => (0, count.saturating_mul(60)),
        Unit::Days => (1, count),
        Unit::Weeks => (1, count.saturating_mul(7)),
        Unit::Months => (2, count),
        Unit::CalendarMonths => (5, count),
        Unit::WorkingDays => (3, count),
        Unit::BusinessDays => (4, count),
    }
}
