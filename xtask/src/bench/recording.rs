//! A store that remembers every commit that was made in it.

use std::sync::{Arc, Mutex, PoisonError};

use makegood_store::{CharterRow, Commit, CommitError, FitRow, Health, Queue, Reader, Slot, Store, StoreError, Writer};

/// A database whose commits are remembered.
pub struct Recording {
    inner: Arc<dyn Store>,
    commits: Arc<Mutex<Vec<Commit>>>,
}

impl Recording {
    /// Remembers what is committed in `inner`.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, commits: Arc::default() }
    }

    /// The commits so far, in their order.
    pub fn take(&self) -> Vec<Commit> {
        std::mem::take(&mut self.commits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Recording {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }

    fn writer(&self) -> Result<Box<dyn Writer>, StoreError> {
        Ok(Box::new(RecordingWriter { inner: self.inner.writer()?, commits: Arc::clone(&self.commits) }))
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

struct RecordingWriter {
    inner: Box<dyn Writer>,
    commits: Arc<Mutex<Vec<Commit>>>,
}

impl Writer for RecordingWriter {
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError> {
        self.inner.commit(commit)?;
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).push(commit.clone());
        Ok(())
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
