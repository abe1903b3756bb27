//! The terms of the ferry company, as the engine judges by them.

use std::sync::Arc;

use anyhow::{Context, Result};
use makegood_charter::Charter;
use makegood_core::Rulebook;

/// The two versions of the terms.
const TEXTS: [(&str, &str); 2] = [
    ("sail-1.yaml", include_str!("../charters/sail-1.yaml")),
    ("sail-2.yaml", include_str!("../charters/sail-2.yaml")),
];

/// The versions, in the order in which they come into force.
pub(crate) fn versions() -> Result<Vec<Arc<Charter>>> {
    let read = |(name, text): &(&str, &str)| {
        let read = Charter::read(name, text);
        let faults = read.report(text, makegood_charter::diagnostic::Style::Plain);
        read.charter.map(Arc::new).with_context(|| format!("`{name}` has faults:\n{faults}"))
    };
    TEXTS.iter().map(read).collect()
}

/// What judges while the first `versions` versions are in force.
pub(crate) fn book(charters: &[Arc<Charter>]) -> Arc<Rulebook> {
    Arc::new(Rulebook::new(charters.iter().cloned()))
}
