//! What changed between two charters, in words, and for whom: better or worse for the customer.
//!
//! Amounts are compared as they stand from the day on which the new charter is in force. Where a condition or a measure
//! changed, no program can say whom it helps: such a change is left to a person.

mod amounts;
mod duties;
mod head;
mod pay;
mod playbooks;
mod promises;
mod rights;
mod stacking;
mod stages;
mod valuation;
mod words;

use std::fmt;

use crate::model::Charter;
use crate::plain::{Plain, Tongue, capital};
use crate::text::Texts;
use words::{Phrase, fill};

/// What a change means for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The customer is better off.
    Better,
    /// The customer is worse off.
    Worse,
    /// The customer is neither better nor worse off.
    Neutral,
    /// It depends on the case, and a person must judge it: a condition changed, or what is measured.
    Open,
}

impl Effect {
    /// In words: `worse for the customer`.
    pub fn words(self, language: &str) -> &'static str {
        let tongue = Tongue::of(language);
        match self {
            Self::Better => tongue.pick("better for the customer", "对客户更有利", "bedre for kunden"),
            Self::Worse => tongue.pick("worse for the customer", "对客户更不利", "dårligere for kunden"),
            Self::Neutral => tongue.pick("neutral for the customer", "对客户无影响", "nøytralt for kunden"),
            Self::Open => tongue.pick("to be judged by a person", "需人工判断", "må vurderes av et menneske"),
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The part of the file, as its keys are written: `rights.late-departure.compensation`.
    pub place: Box<str>,
    /// What changed, as a sentence without its full stop.
    pub words: Box<str>,
    /// What it means for the customer.
    pub effect: Effect,
    /// The effect in the language of the words.
    pub effect_words: &'static str,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.words, self.effect_words)
    }
}

/// What changed from `old` to `new`, in the order of the new file; what was taken out of a section follows what is in it.
/// Words are in English, Chinese or Norwegian. Empty when the two mean the same, whatever their comments and layout.
pub fn diff(old: &Charter, new: &Charter, language: &str) -> Vec<Change> {
    let (before, now) = (Plain::new(old, language), Plain::new(new, language));
    let mut changes = Changes { old: before, new: now, place: String::new(), found: Vec::new() };
    changes.head();
    changes.promises();
    changes.duties();
    changes.playbooks();
    changes.rights();
    changes.stacking();
    changes.limits();
    changes.valuation();
    changes.stages();
    changes.found
}

/// The two charters, and what was found so far.
struct Changes<'a> {
    old: Plain<'a>,
    new: Plain<'a>,
    /// The part of the file that is looked at.
    place: String,
    found: Vec<Change>,
}

impl Changes<'_> {
    /// Notes a change at the place that is looked at.
    fn note(&mut self, effect: Effect, phrase: Phrase, parts: &[&str]) {
        let words = capital(&fill(phrase, self.new.tongue, parts)).into();
        let effect_words = effect.words(self.new.language);
        self.found.push(Change { place: self.place.as_str().into(), words, effect, effect_words });
    }

    /// Looks at a part of the file.
    fn at(&mut self, place: &str, look: impl FnOnce(&mut Self)) {
        let length = self.place.len();
        if !self.place.is_empty() {
            self.place.push('.');
        }
        self.place.push_str(place);
        look(self);
        self.place.truncate(length);
    }

    /// A text that may have changed in some of its languages.
    fn texts(&mut self, place: &str, old: &Texts, new: &Texts) {
        let tags: std::collections::BTreeSet<&str> = old.languages().chain(new.languages()).collect();
        let in_language = |texts: &Texts, tag: &str| {
            texts.iter().find(|(language, _)| *language == tag).map(|(_, template)| template.clone())
        };
        let changed: Vec<&str> =
            tags.into_iter().filter(|tag| in_language(old, tag) != in_language(new, tag)).collect();
        if !changed.is_empty() {
            let list = changed.join(", ");
            self.at(place, |changes| changes.note(Effect::Neutral, Phrase::Text, &[&list]));
        }
    }

    /// An expression, or anything else that only a person can weigh.
    fn open(&mut self, place: &str, old: Option<&str>, new: Option<&str>) {
        let ticked = |words: Option<&str>| words.map(|words| format!("`{}`", words.trim()));
        let (old, new) = (ticked(old), ticked(new));
        self.at(place, |changes| match (&old, &new) {
            (Some(old), Some(new)) if old != new => changes.note(Effect::Open, Phrase::Was, &[old, new]),
            (None, Some(new)) => changes.note(Effect::Open, Phrase::Added, &[new]),
            (Some(old), None) => changes.note(Effect::Open, Phrase::Removed, &[old]),
            _ => {}
        });
    }

    /// A plain value that makes no difference to the customer.
    fn neutral(&mut self, place: &str, old: &str, new: &str) {
        if old != new {
            self.at(place, |changes| changes.note(Effect::Neutral, Phrase::Was, &[old, new]));
        }
    }
}

/// Better when there is more of it.
fn more_is_better<T: PartialOrd>(old: &T, new: &T) -> Effect {
    match new.partial_cmp(old) {
        Some(std::cmp::Ordering::Greater) => Effect::Better,
        Some(std::cmp::Ordering::Less) => Effect::Worse,
        Some(std::cmp::Ordering::Equal) => Effect::Neutral,
        None => Effect::Open,
    }
}

/// The other way around.
fn reversed(effect: Effect) -> Effect {
    match effect {
        Effect::Better => Effect::Worse,
        Effect::Worse => Effect::Better,
        other => other,
    }
}

/// A text of the charter as a part of a sentence.
fn without_stop(text: String) -> String {
    text.trim_end_matches(['.', '。']).to_owned()
}

#[cfg(test)]
mod tests;
