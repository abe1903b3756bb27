//! A party folded in memory, event by event.

use std::collections::BTreeMap;

use makegood_core::{Context, FoldError, Folded, Happening, Loaded, Needs, PartId, Party, Promise, Remedy, Rulebook};
use makegood_core::{fold, id, needs};

/// A party's state and all of its parts.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    pub party: Party,
    pub promises: BTreeMap<PartId, Promise>,
    pub remedies: BTreeMap<PartId, Remedy>,
}

impl Replay {
    /// Folds one happening and keeps the state that comes of it. What must happen besides is given back; of a refused event
    /// nothing is kept.
    pub fn take(
        &mut self,
        book: &Rulebook,
        key: &str,
        happening: &Happening,
        context: Context,
    ) -> Result<Folded, FoldError> {
        let loaded = self.loaded(&needs(book, key, happening));
        let mut folded = fold(book, key, self.party.clone(), loaded, happening, context)?;
        self.party = std::mem::take(&mut folded.party);
        self.promises.extend(folded.promises.iter().map(|promise| (promise.id, promise.clone())));
        self.remedies.extend(folded.remedies.iter().map(|remedy| (remedy.id, remedy.clone())));
        Ok(folded)
    }

    /// When it must next be looked at.
    pub fn wake_at(&self) -> Option<makegood_charter::Moment> {
        self.promises.values().filter_map(|promise| promise.wake_at).min()
    }

    fn loaded(&self, needs: &Needs) -> Loaded {
        let promises: Box<dyn Iterator<Item = &Promise>> = match (&needs.about, needs.due) {
            // All parts about one thing stand together.
            (Some(thing), None) => Box::new(id::about_in(&self.promises, thing)),
            (None, None) => Box::new(needs.promises.iter().filter_map(|id| self.promises.get(id))),
            _ => Box::new(self.promises.values()),
        };
        Loaded {
            promises: promises.filter(|promise| needs.wants(promise)).cloned().collect(),
            remedies: needs.remedies.iter().filter_map(|id| self.remedies.get(id)).cloned().collect(),
        }
    }
}
