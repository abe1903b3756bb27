//! How a server that is away is awaited, and who hears of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How long one outage is awaited in all, by whatever connections there are.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a person who waits wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outage {
    /// The server is away, and is looked for again.
    Begun {
        /// Its address, without a password.
        url: String,
        /// What was said, or not said.
        why: String,
        /// How long it will be awaited.
        patience: Duration,
    },
    /// It is there again.
    Over {
        /// Its address, without a password.
        url: String,
        /// How long it was away.
        after: Duration,
    },
}

/// Hears of outages, from whichever thread found one. It is called once when one begins and once when it is over.
pub type Listener = Arc<dyn Fn(&Outage) + Send + Sync>;

/// How a server that is away is awaited. An opened store awaits an outage once, whichever of its connections find it.
#[derive(Clone)]
pub struct Awaiting {
    /// How long one outage is awaited in all: by default half a minute.
    pub patience: Duration,
    /// Who hears of it: by default nobody.
    pub listener: Listener,
}

impl Awaiting {
    /// The usual patience, and a listener.
    pub fn told(listener: impl Fn(&Outage) + Send + Sync + 'static) -> Self {
        Self { patience: PATIENCE, listener: Arc::new(listener) }
    }
}

impl Default for Awaiting {
    fn default() -> Self {
        Self::told(|_| ())
    }
}

impl fmt::Debug for Awaiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaiting").field("patience", &self.patience).finish_non_exhaustive()
    }
}
