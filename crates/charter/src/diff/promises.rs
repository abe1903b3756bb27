//! Promises: what is promised, how it is shown to be kept, and when silence counts.

use super::{Changes, Effect, Phrase, more_is_better, reversed, without_stop};
use crate::expr::Expr;
use crate::model::{Charter, Promise, ShapeId, Shows};
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn promises(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("promises", |changes| {
            for promise in new.promises.iter().filter(|promise| promise.step.is_none()) {
                let before = old.promises.iter().find(|before| before.name == promise.name);
                changes.at(&promise.name, |changes| match before {
                    Some(before) => changes.promise(before, promise),
                    None => {
                        let says = sentence(&changes.new, promise);
                        changes.note(Effect::Better, Phrase::PromiseAdded, &[&says]);
                    }
                });
            }
            let gone = |old: &&Promise| old.step.is_none() && new.promises.iter().all(|new| new.name != old.name);
            for promise in old.promises.iter().filter(gone) {
                let says = sentence(&changes.old, promise);
                changes.at(&promise.name, |changes| changes.note(Effect::Worse, Phrase::PromiseRemoved, &[&says]));
            }
        });
    }

    fn promise(&mut self, before: &Promise, now: &Promise) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.at("made", |changes| {
            let made_by = |promise: &Promise| promise.follows.map_or(promise.on, |follows| follows.on);
            changes.open("on", shape(old, made_by(before)), shape(new, made_by(now)));
            let followed = |charter: &'_ Charter, promise: &Promise| {
                let follows = promise.follows.and_then(|follows| charter.promises.get(follows.promise))?;
                Some(follows.name.to_string())
            };
            changes.open("follows", followed(old, before).as_deref(), followed(new, now).as_deref());
            changes.condition("if", before.when.as_ref(), now.when.as_ref());
            changes.open("due", Some(before.due.source()), Some(now.due.source()));
            changes.open("worth", source(before.worth.as_ref()), source(now.worth.as_ref()));
            changes.open("paid", source(before.paid.as_ref()), source(now.paid.as_ref()));
        });
        self.stands(before, now);
    }

    /// What it says, what shows how it stands, and who answers for it.
    pub(super) fn stands(&mut self, before: &Promise, now: &Promise) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.texts("says", &before.says, &now.says);
        let nobody = "—";
        let (owner, next) = (before.owner.as_deref().unwrap_or(nobody), now.owner.as_deref().unwrap_or(nobody));
        self.neutral("owner", owner, next);
        let (doer, next) = (before.doer.as_deref().unwrap_or(nobody), now.doer.as_deref().unwrap_or(nobody));
        self.neutral("doer", doer, next);
        for (place, before, now) in [
            ("acknowledged.within", &before.acknowledged, &now.acknowledged),
            ("confirmed.again", &before.confirmed, &now.confirmed),
            ("repeats.every", &before.repeats, &now.repeats),
        ] {
            let (old, new) = (before.as_ref().map(ToString::to_string), now.as_ref().map(ToString::to_string));
            self.open(place, old.as_deref(), new.as_deref());
        }
        for (state, name) in [
            (Shows::Kept, "kept"),
            (Shows::Late, "late"),
            (Shows::Broken, "broken"),
            (Shows::Released, "released"),
            (Shows::AtRisk, "at_risk"),
        ] {
            let (shown, shows) = (outcomes(old, before, state), outcomes(new, now, state));
            self.open(name, shown.as_deref(), shows.as_deref());
        }
        let length = |milliseconds: Option<i64>| milliseconds.map(|length| self.new.length(length));
        let (risk, risks) = (length(before.at_risk_before), length(now.at_risk_before));
        self.neutral("at_risk.before", risk.as_deref().unwrap_or(nobody), risks.as_deref().unwrap_or(nobody));
        if before.silent_after != now.silent_after {
            let effect = reversed(more_is_better(&before.silent_after, &now.silent_after));
            let (after, next) = (self.old.length(before.silent_after), self.new.length(now.silent_after));
            self.at("silent.after", |changes| changes.note(effect, Phrase::Silence, &[&after, &next]));
        }
        let asks = |promise: &Promise| promise.silent_asks.as_deref().unwrap_or(nobody).to_owned();
        self.neutral("silent.then", &asks(before), &asks(now));
        let ladder = |plain: &Plain<'_>, promise: &Promise| {
            let rungs = promise.escalates.iter().map(|rung| format!("{} {}", plain.length(rung.after), rung.to));
            rungs.collect::<Vec<_>>().join(", ")
        };
        self.neutral("escalates", &ladder(&self.old, before), &ladder(&self.new, now));
    }

    /// A condition under which something is owed: adding one can only take away.
    pub(super) fn condition(&mut self, place: &str, before: Option<&Expr>, now: Option<&Expr>) {
        let ticked = |expression: &Expr| format!("`{}`", expression.source());
        match (before, now) {
            (None, Some(now)) => {
                let now = ticked(now);
                self.at(place, |changes| changes.note(Effect::Worse, Phrase::ConditionAdded, &[&now]));
            }
            (Some(before), None) => {
                let before = ticked(before);
                self.at(place, |changes| changes.note(Effect::Better, Phrase::ConditionRemoved, &[&before]));
            }
            (before, now) => self.open(place, source(before), source(now)),
        }
    }
}

pub(super) fn source(expression: Option<&Expr>) -> Option<&str> {
    expression.map(Expr::source)
}

pub(super) fn shape(charter: &Charter, id: ShapeId) -> Option<&str> {
    charter.shapes.get(id).map(|shape| shape.name.as_ref())
}

fn sentence(plain: &Plain<'_>, promise: &Promise) -> String {
    without_stop(plain.text(&promise.says, Some(promise), None))
}

fn outcomes(charter: &Charter, promise: &Promise, state: Shows) -> Option<String> {
    let shown = promise.outcomes.iter().filter(|outcome| outcome.state == state).map(|outcome| {
        let on = shape(charter, outcome.on).unwrap_or_default();
        match source(outcome.when.as_ref()) {
            Some(when) => format!("{on} if {}", when.trim()),
            None => on.to_owned(),
        }
    });
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| shown.join("; "))
}
