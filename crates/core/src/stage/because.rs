//! Why a party is in a stage.

use makegood_charter::model::Stage;
use makegood_charter::value::Moment;
use serde::{Deserialize, Serialize};

use super::{Judged, Seen, ShortIdent, Shows};

/// Why a move was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveReason {
    /// What shows the stage it leads to.
    pub grounds: Grounds,
    /// Why the stage it leaves does not hold any more, where that is not the same.
    pub ended: Option<Ended>,
    /// True when it was learnt of after later things had been heard.
    pub late: bool,
}

/// The evidence that shows a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grounds {
    /// This was heard.
    Seen(Seen),
    /// So many purchases, each on a day of its own.
    Bought {
        /// How many.
        times: u32,
        /// The last of them.
        last: Moment,
        /// The event.
        event: ShortIdent,
    },
    /// So many purchases within a time.
    Regular {
        /// How many.
        times: u32,
        /// How many the charter asks for …
        least: u32,
        /// … within so many milliseconds.
        within: i64,
        /// The last of them.
        last: Moment,
        /// The event.
        event: ShortIdent,
    },
    /// Silence, longer than the party's own rhythm allows.
    Silent {
        /// The last purchase.
        last: Moment,
        /// Its event.
        event: ShortIdent,
        /// How many purchases there were.
        purchases: u32,
        /// The mean time between them in milliseconds; zero after one purchase.
        usual: i64,
        /// So many times the usual may be silent, in millionths; zero after one purchase.
        times: i64,
        /// Longer than so many milliseconds is lost.
        limit: i64,
    },
    /// Somebody outside judges so.
    Judged(Judged),
    /// Nothing further was heard, so that what was heard earlier does not count any more.
    Faded {
        /// What was heard last.
        last: Seen,
        /// How long that counts, in milliseconds.
        within: i64,
    },
}

/// Why a stage does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Fewer purchases than it needs.
    Fewer {
        /// How many there are …
        times: u32,
        /// … of so many …
        least: u32,
        /// … within so many milliseconds.
        within: i64,
    },
    /// What showed it lies too far back.
    Faded {
        /// What was heard last.
        last: Seen,
        /// How long that counts, in milliseconds.
        within: i64,
    },
    /// It bought again.
    Returned(Moment),
    /// Another judgement came.
    Rejudged(Judged),
    /// What is known by now shows that it never was so.
    Corrected,
}

impl MoveReason {
    /// True when it can show this stage.
    pub(super) fn shows(&self, stage: Stage) -> bool {
        match &self.grounds {
            Grounds::Seen(seen) => seen.shows == Shows::Stage(stage),
            Grounds::Bought { times, .. } => {
                (stage == Stage::FirstTime && *times == 1) || (stage == Stage::Repeat && *times > 1)
            }
            Grounds::Regular { times, least, .. } => stage == Stage::Client && times >= least,
            Grounds::Silent { .. } => stage == Stage::Lost,
            Grounds::Judged(judged) => stage == Stage::Lost && judged.chance < judged.below,
            Grounds::Faded { .. } => stage == Stage::Suspect,
        }
    }
}
