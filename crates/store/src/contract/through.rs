//! A store whose commits go through a function, for measurements and for tests of what fails.

use std::sync::Arc;

use crate::{CharterRow, Commit, CommitError, FitRow, Health, Queue, Reader, Slot, Store, StoreError, Writer};

/// How a writer commits: it is given the writer that could.
pub type Way = Box<dyn FnMut(&mut dyn Writer, &Commit) -> Result<(), CommitError> + Send>;

/// A store that is like another one, but for how its writers commit.
pub struct Through<F> {
    inner: Arc<dyn Store>,
    way: F,
}

impl<F: Fn() -> Way + Send + Sync> Through<F> {
    /// Each writer of the store commits in a way of its own, which `way` makes for it.
    pub fn new(inner: Arc<dyn Store>, way: F) -> Self {
        Self { inner, way }
    }
}

impl<F: Fn() -> Way + Send + Sync> Store for Through<F> {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(WriterThrough { inner: self.inner.writer()?, way: (self.way)() }))
    }

    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.snapshot()
    }

    fn shared(&self) -> bool {
        self.inner.shared()
    }

    fn health(&self) -> Result<Health, StoreError> {
        self.inner.health()
    }

    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.inner.damage(limit)
    }
}

struct WriterThrough {
    inner: Box<dyn Writer>,
    way: Way,
}

impl Writer for WriterThrough {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        (self.way)(&mut *self.inner, commit)
    }

    fn share(&mut self) {
        self.inner.share();
    }

    fn claim(&mut self, queue: Queue, slots: &[Slot], milliseconds: u32) -> Result<Vec<Slot>, StoreError> {
        self.inner.claim(queue, slots, milliseconds)
    }

    fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), StoreError> {
        self.inner.release(queue, slots)
    }

    fn begin_filling(&mut self, source: &str) -> Result<Vec<Slot>, StoreError> {
        self.inner.begin_filling(source)
    }

    fn filled(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.inner.filled(slots)
    }

    fn end_filling(&mut self) -> Result<(), StoreError> {
        self.inner.end_filling()
    }

    fn empty(&mut self, slots: &[Slot]) -> Result<(), StoreError> {
        self.inner.empty(slots)
    }

    fn put_charters(
        &mut self,
        charters: &[CharterRow],
        with: &Commit,
        admit: &mut dyn FnMut() -> bool,
    ) -> Result<(), CommitError> {
        self.inner.put_charters(charters, with, admit)
    }

    fn put_fits(&mut self, fits: &[FitRow]) -> Result<(), CommitError> {
        self.inner.put_fits(fits)
    }
}
