//! Rights: when they apply, what takes them away, what they give.

use super::promises::{shape, source};
use super::{Changes, Effect, Phrase, more_is_better, reversed, without_stop};
use crate::model::{Charter, Exception, Limited, OnRequest, Right, ShapeId, Trigger, Window};
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn rights(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("rights", |changes| {
            for right in &new.rights {
                let before = old.rights.iter().find(|before| before.name == right.name);
                changes.at(&right.name, |changes| match before {
                    Some(before) => changes.right(before, right),
                    None => {
                        let says = sentence(&changes.new, right);
                        changes.note(Effect::Better, Phrase::RightAdded, &[&says]);
                    }
                });
            }
            for right in old.rights.iter().filter(|old| new.rights.iter().all(|new| new.name != old.name)) {
                let says = sentence(&changes.old, right);
                changes.at(&right.name, |changes| changes.note(Effect::Worse, Phrase::RightRemoved, &[&says]));
            }
        });
    }

    fn right(&mut self, before: &Right, now: &Right) {
        let (old, new) = (self.old.charter, self.new.charter);
        let promise =
            |charter: &Charter, right: &Right| charter.promises.get(right.promise).map(|p| p.name.to_string());
        self.texts("says", &before.says, &now.says);
        self.open("promise", promise(old, before).as_deref(), promise(new, now).as_deref());
        self.open("on", trigger(old, before), trigger(new, now));
        self.condition("if", before.when.as_ref(), now.when.as_ref());
        self.exceptions(before, now);
        self.awards(&before.awards, &now.awards);
        self.terms(before, now);
        self.pay_within(&before.pay_within, &now.pay_within);
        self.if_late(before.if_late.as_ref(), now.if_late.as_ref());
        self.texts("tells", &before.tells, &now.tells);
    }

    /// Who must ask, when it is decided, how much in a year, and when it is not enforced.
    fn terms(&mut self, before: &Right, now: &Right) {
        self.open("decided_at", source(before.decided_at.as_ref()), source(now.decided_at.as_ref()));
        self.requests(before.on_request.as_ref(), now.on_request.as_ref());
        let bounds = |plain: &Plain<'_>, right: &Right| right.limited.map(|limited| bounded(plain, limited));
        let (was, is) = (bounds(&self.old, before), bounds(&self.new, now));
        let effect = limited_effect(before.limited, now.limited);
        self.at("limited", |changes| match (&was, &is) {
            (Some(was), Some(is)) if was != is => changes.note(effect, Phrase::Most, &[was, is]),
            (None, Some(is)) => changes.note(Effect::Worse, Phrase::MostAdded, &[is]),
            (Some(was), None) => changes.note(Effect::Better, Phrase::MostRemoved, &[was]),
            _ => {}
        });
        let pauses = |plain: &Plain<'_>, right: &Right| {
            let words = right.not_enforced.iter().map(|pause| {
                let until = pause.until.map(|until| plain.date(until)).unwrap_or_default();
                let from = pause.from.map(|from| plain.date(from)).unwrap_or_default();
                format!("{from}–{until}: {}", plain.text(&pause.says, None, None))
            });
            words.collect::<Vec<_>>().join("; ")
        };
        let (was, is) = (pauses(&self.old, before), pauses(&self.new, now));
        let written = |words: &String| if words.is_empty() { "—".to_owned() } else { words.clone() };
        self.neutral("not_enforced", &written(&was), &written(&is));
    }

    /// Having to ask is worse than not having to; a longer time to ask is better.
    fn requests(&mut self, before: Option<&OnRequest>, now: Option<&OnRequest>) {
        let words = |plain: &Plain<'_>, request: Option<&OnRequest>| {
            request.map(|request| plain.clock(&request.within)).unwrap_or_default()
        };
        let (was, is) = (words(&self.old, before), words(&self.new, now));
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("on_request", |changes| match (before, now) {
            (None, Some(_)) => changes.note(Effect::Worse, Phrase::RequestAdded, &[&is]),
            (Some(_), None) => changes.note(Effect::Better, Phrase::RequestRemoved, &[]),
            (Some(before), Some(now)) => {
                if before.within != now.within {
                    let effect = reversed(super::pay::clock_effect(&before.within, &now.within));
                    changes.note(effect, Phrase::RequestTime, &[&was, &is]);
                }
                changes.open("by", shape(old, before.by), shape(new, now.by));
                changes.open("if", source(before.when.as_ref()), source(now.when.as_ref()));
                changes.texts("says", &before.says, &now.says);
            }
            (None, None) => {}
        });
    }

    /// Pairs exceptions that read alike, then those that are proven alike; what is left was added or removed.
    fn exceptions(&mut self, before: &Right, now: &Right) {
        let (old, new) = (self.old.charter, self.new.charter);
        let alike =
            |one: &Exception, other: &Exception| shape_name(old, one.shown_by) == shape_name(new, other.shown_by);
        let same = |one: &Exception, other: &Exception| source(one.when.as_ref()) == source(other.when.as_ref());
        let mut left: Vec<&Exception> = before.unless.iter().collect();
        let mut pairs: Vec<Option<&Exception>> = vec![None; now.unless.len()];
        for strictness in 0..3 {
            for (pair, exception) in pairs.iter_mut().zip(&now.unless).filter(|(pair, _)| pair.is_none()) {
                let fits = |one: &&Exception| match strictness {
                    0 => alike(one, exception) && same(one, exception),
                    1 => alike(one, exception),
                    _ => same(one, exception) && exception.when.is_some(),
                };
                if let Some(at) = left.iter().position(fits) {
                    *pair = Some(left.remove(at));
                }
            }
        }
        self.at("unless", |changes| {
            for (pair, exception) in pairs.into_iter().zip(&now.unless) {
                match pair {
                    Some(before) => changes.exception(before, exception),
                    None => {
                        let words = exception_words(&changes.new, now, exception);
                        changes.note(Effect::Worse, Phrase::ExceptionAdded, &[&words]);
                    }
                }
            }
            for exception in left {
                let words = exception_words(&changes.old, before, exception);
                changes.note(Effect::Better, Phrase::ExceptionRemoved, &[&words]);
            }
        });
    }

    fn exception(&mut self, before: &Exception, now: &Exception) {
        let (old, new) = (self.old.charter, self.new.charter);
        match (source(before.when.as_ref()), source(now.when.as_ref())) {
            (None, Some(when)) => {
                let when = format!("`{when}`");
                self.at("if", |changes| changes.note(Effect::Better, Phrase::ConditionAdded, &[&when]));
            }
            (Some(when), None) => {
                let when = format!("`{when}`");
                self.at("if", |changes| changes.note(Effect::Worse, Phrase::ConditionRemoved, &[&when]));
            }
            (before, now) => self.open("if", before, now),
        }
        match (shape_name(old, before.shown_by), shape_name(new, now.shown_by)) {
            (None, Some(event)) => {
                let event = format!("`{event}`");
                self.at("shown_by", |changes| changes.note(Effect::Better, Phrase::ProofAdded, &[&event]));
            }
            (Some(event), None) => {
                let event = format!("`{event}`");
                self.at("shown_by", |changes| changes.note(Effect::Worse, Phrase::ProofRemoved, &[&event]));
            }
            (before, now) => self.open("shown_by", before, now),
        }
        if before.within != now.within {
            let effect = reversed(more_is_better(&before.within, &now.within));
            let (old, new) = (self.old.length(before.within), self.new.length(now.within));
            self.at("within", |changes| changes.note(effect, Phrase::ProofTime, &[&old, &new]));
        }
        self.texts("says", &before.says, &now.says);
    }
}

/// A bound over time in words.
fn bounded(plain: &Plain<'_>, limited: Limited) -> String {
    let window = match limited.within {
        Window::Year => plain.pick("in a calendar year", "每个日历年", "i et kalenderår").to_owned(),
        Window::Event => plain.pick("for one event", "每个事件", "for én hendelse").to_owned(),
        Window::Trailing(length) => {
            let length = plain.length(length);
            plain.pick(format!("within {length}"), format!("{length}内"), format!("i løpet av {length}"))
        }
    };
    let times = limited
        .times
        .map(|times| plain.pick(format!("{times} times"), format!("{times} 次"), format!("{times} ganger")));
    let parts: Vec<String> = limited.at_most.map(|most| plain.money(most)).into_iter().chain(times).collect();
    format!("{} {window}", parts.join(plain.pick(", ", "，", ", ")))
}

/// Judged only where one thing changed.
fn limited_effect(before: Option<Limited>, now: Option<Limited>) -> Effect {
    let (Some(before), Some(now)) = (before, now) else { return Effect::Open };
    let most = |limited: Limited| limited.at_most.map(|most| most.minor);
    match (before.within == now.within, before.times == now.times, most(before) == most(now)) {
        (true, true, false) => more_or_none(most(before), most(now)),
        (true, false, true) => more_or_none(before.times, now.times),
        _ => Effect::Open,
    }
}

fn more_or_none<T: PartialOrd>(before: Option<T>, now: Option<T>) -> Effect {
    match (before, now) {
        (Some(before), Some(now)) => more_is_better(&before, &now),
        (None, Some(_)) => Effect::Worse,
        (Some(_), None) => Effect::Better,
        (None, None) => Effect::Neutral,
    }
}

fn sentence(plain: &Plain<'_>, right: &Right) -> String {
    without_stop(plain.text(&right.says, plain.charter.promises.get(right.promise), data(right)))
}

fn data(right: &Right) -> Option<ShapeId> {
    match right.on {
        Trigger::Event(shape) => Some(shape),
        Trigger::Overdue => None,
    }
}

fn trigger<'a>(charter: &'a Charter, right: &Right) -> Option<&'a str> {
    match right.on {
        Trigger::Event(id) => shape(charter, id),
        Trigger::Overdue => Some("overdue"),
    }
}

fn shape_name(charter: &Charter, id: Option<ShapeId>) -> Option<&str> {
    id.and_then(|id| shape(charter, id))
}

/// An exception by its text, or where it has none by its condition and its proof.
fn exception_words(plain: &Plain<'_>, right: &Right, exception: &Exception) -> String {
    let says = without_stop(plain.text(&exception.says, plain.charter.promises.get(right.promise), data(right)));
    if !says.is_empty() {
        return says;
    }
    let parts = [source(exception.when.as_ref()), shape_name(plain.charter, exception.shown_by)];
    parts.into_iter().flatten().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ")
}
