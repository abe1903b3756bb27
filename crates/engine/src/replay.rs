//! A party folded in memory, event by event.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use makegood_core::{
    Beside, BesideKind, Context, FoldError, Folded, Happening, Loaded, Needs, PartId, Party, Promise, Remedy, Rulebook,
};
use makegood_core::{fold, id, needs, with_ties};

/// A party's state and all of its parts.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    pub party: Party,
    pub promises: BTreeMap<PartId, Arc<Promise>>,
    pub remedies: BTreeMap<PartId, Arc<Remedy>>,
    pub beside: BTreeMap<(PartId, BesideKind), Arc<Beside>>,
}

impl Replay {
    /// Folds one happening and keeps the state that comes of it, with its parts. What must happen besides is given back; of a
    /// refused event nothing is kept.
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
        self.promises.extend(folded.promises.drain(..).map(|promise| (promise.id, Arc::new(promise))));
        self.remedies.extend(folded.remedies.drain(..).map(|remedy| (remedy.id, Arc::new(remedy))));
        self.beside.extend(folded.beside.drain(..).map(|part| ((part.id(), part.kind()), Arc::new(part))));
        Ok(folded)
    }

    /// When it must next be looked at.
    pub fn wake_at(&self) -> Option<makegood_charter::Moment> {
        self.promises.values().filter_map(|promise| promise.wake_at).chain(self.party.wake_at()).min()
    }

    fn loaded(&self, needs: &Needs) -> Loaded {
        let found = needs.among(&self.promises).into_iter();
        let mut promises: Vec<Arc<Promise>> = found.filter(|promise| needs.wants(promise)).cloned().collect();
        let tied = with_ties(&mut promises, |id| Ok::<_, Infallible>(self.promises.get(id).cloned()));
        if let Err(never) = tied {
            match never {}
        }
        let beside = needs.beside_of(&promises).flat_map(|about| {
            let first = (id::first_about(about), BesideKind::FIRST);
            let about = self.beside.range(first..).take_while(move |((id, _), _)| id.starts_with(&about));
            about.filter(|((_, kind), _)| kind.is_loaded())
        });
        Loaded {
            beside: beside.map(|(_, part)| part.clone()).collect(),
            promises,
            remedies: needs.remedies.iter().filter_map(|id| self.remedies.get(id)).cloned().collect(),
        }
    }
}
