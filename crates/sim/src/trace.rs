//! What happened in a run, line by line, and the digest by which two runs are compared to the byte.

use sha2::{Digest, Sha256};

/// The trace of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Its lines.
    pub lines: Vec<String>,
}

impl Trace {
    pub(crate) fn note(&mut self, line: String) {
        self.lines.push(line);
    }

    /// SHA-256 over its lines.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for line in &self.lines {
            digest.update((line.len() as u64).to_be_bytes());
            digest.update(line);
        }
        makegood_core::id::hex(&digest.finalize())
    }
}
