//! Parts of a party beside its promises and remedies.

use crate::stage::Move;
use crate::{Custody, PartId, Play, StateError, decode, encode};

/// What kind of part it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BesideKind {
    /// A running or ended playbook.
    Play,
    /// The chain of custody of a thing.
    Custody,
    /// A move from one stage to another.
    Move,
}

impl BesideKind {
    /// Every kind, in order.
    pub const ALL: [Self; 3] = [Self::Play, Self::Custody, Self::Move];
    /// The first of them.
    pub const FIRST: Self = Self::Play;

    /// True of a kind that a fold is given again: a move is written once and never read by it.
    pub fn is_loaded(self) -> bool {
        match self {
            Self::Play | Self::Custody => true,
            Self::Move => false,
        }
    }
}

/// A part that waits for no moment, because what must be done by a time is a promise. It is loaded with the promises about its
/// thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// A running or ended playbook.
    Play(Play),
    /// The chain of custody of a thing.
    Custody(Custody),
    /// A move from one stage to another.
    Move(Move),
}

impl Beside {
    /// Its kind.
    pub fn kind(&self) -> BesideKind {
        match self {
            Self::Play(_) => BesideKind::Play,
            Self::Custody(_) => BesideKind::Custody,
            Self::Move(_) => BesideKind::Move,
        }
    }

    /// Its identity within the party.
    pub fn id(&self) -> PartId {
        match self {
            Self::Play(play) => play.id,
            Self::Custody(chain) => chain.id,
            Self::Move(one) => one.id,
        }
    }

    /// Its state as bytes.
    pub fn encode(&self) -> Result<Vec<u8>, StateError> {
        match self {
            Self::Play(play) => encode(play),
            Self::Custody(chain) => encode(chain),
            Self::Move(one) => encode(one),
        }
    }

    /// Reads what [`Beside::encode`] wrote.
    pub fn decode(kind: BesideKind, bytes: &[u8]) -> Result<Self, StateError> {
        match kind {
            BesideKind::Play => decode(bytes).map(Self::Play),
            BesideKind::Custody => decode(bytes).map(Self::Custody),
            BesideKind::Move => decode(bytes).map(Self::Move),
        }
    }
}
