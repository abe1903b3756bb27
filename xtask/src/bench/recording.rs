//! A store that remembers every commit that was made in it.

use std::sync::{Arc, Mutex, PoisonError};

use makegood_store::contract::through::{Through, Way};
use makegood_store::{Commit, Store};

/// The commits that were made in a store.
#[derive(Clone, Default)]
pub struct Recording(Arc<Mutex<Vec<Commit>>>);

impl Recording {
    /// A store like `inner` whose commits are remembered here.
    pub fn of(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let recording = self.clone();
        Arc::new(Through::new(inner, move || recording.way()))
    }

    fn way(&self) -> Way {
        let Self(commits) = self.clone();
        Box::new(move |writer, commit| {
            writer.commit(commit)?;
            commits.lock().unwrap_or_else(PoisonError::into_inner).push(commit.clone());
            Ok(())
        })
    }

    /// The commits so far, in their order.
    pub fn take(&self) -> Vec<Commit> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
