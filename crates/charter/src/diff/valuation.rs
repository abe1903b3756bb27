//! How customers are valued. No change of it makes a difference to what a customer is owed.

use std::collections::BTreeMap;

use super::{Changes, Effect, Phrase};

impl Changes<'_> {
    pub(super) fn valuation(&mut self) {
        let gathered = |facts: Vec<(&'static str, String)>| {
            let mut keys: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
            facts.into_iter().for_each(|(key, words)| keys.entry(key).or_default().push(words));
            keys
        };
        let (old, new) = (gathered(self.old.valuation()), gathered(self.new.valuation()));
        let keys: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        self.at("value", |changes| {
            for key in keys {
                let words = |facts: &BTreeMap<&str, Vec<String>>| facts.get(key).map(|words| words.join("; "));
                changes.at(key, |changes| match (words(&old), words(&new)) {
                    (Some(old), Some(new)) if old != new => {
                        changes.note(Effect::Neutral, Phrase::Was, &[&old, &new]);
                    }
                    (None, Some(new)) => changes.note(Effect::Neutral, Phrase::Added, &[&new]),
                    (Some(old), None) => changes.note(Effect::Neutral, Phrase::Removed, &[&old]),
                    _ => {}
                });
            }
        });
    }
}
