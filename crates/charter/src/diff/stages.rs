//! The stages of a relationship. No change of them makes a difference to what a customer is owed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changes, Effect, Phrase};
use crate::model::{Stage, StageClause};
use crate::text::Texts;

impl Changes<'_> {
    pub(super) fn stages(&mut self) {
        let gathered = |facts: Vec<(&'static str, String)>| {
            let mut keys: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
            facts.into_iter().for_each(|(key, words)| keys.entry(key).or_default().push(words));
            keys
        };
        let (old, new) = (gathered(self.old.stages()), gathered(self.new.stages()));
        let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        self.at("stages", |changes| {
            for key in keys {
                let words = |facts: &BTreeMap<&str, Vec<String>>| facts.get(key).map(|words| words.join("; "));
                changes.at(key, |changes| {
                    match (words(&old), words(&new)) {
                        (Some(old), Some(new)) if old != new => {
                            changes.note(Effect::Neutral, Phrase::Was, &[&old, &new]);
                        }
                        (None, Some(new)) => changes.note(Effect::Neutral, Phrase::Added, &[&new]),
                        (Some(old), None) => changes.note(Effect::Neutral, Phrase::Removed, &[&old]),
                        _ => {}
                    }
                    if let Some(stage) = Stage::parse(key) {
                        changes.stage_texts(stage);
                    }
                });
            }
        });
    }

    fn stage_texts(&mut self, stage: Stage) {
        let none = StageClause::default();
        let (old, new) = (self.old.charter, self.new.charter);
        let clause = |stages: &Option<crate::model::Stages>| {
            stages.as_ref().and_then(|stages| stages.clause(stage)).cloned().unwrap_or_else(|| none.clone())
        };
        let (old, new) = (clause(&old.stages), clause(&new.stages));
        let mut texts = |place: &str, old: &Texts, new: &Texts| {
            // A stage that is new, or gone, has been told as such.
            if !old.is_empty() && !new.is_empty() {
                self.texts(place, old, new);
            }
        };
        texts("strategy", &old.strategy, &new.strategy);
        texts("next", &old.next, &new.next);
    }
}
