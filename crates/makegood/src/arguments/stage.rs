//! The arguments of `makegood stage`.

use clap::{Args, Subcommand, ValueEnum};
use makegood_charter::model::{Phase, Stage};

use super::{Base, Database, Model, Output, Spoken};

#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
#[derive(Debug, Subcommand)]
pub(crate) enum StageCommand {
    /// Where one party stands: the stage with its evidence, the strategy, the next action, and every move so far
    Show {
        /// The party, such as `customer:42`
        #[arg(value_name = "PARTY")]
        party: String,
        #[command(flatten)]
        database: Database,
        /// As of this moment, by all that is known now: a date (its end) or a time
        #[arg(long, value_name = "WHEN")]
        at: Option<String>,
        /// The language: en, zh or nb
        #[arg(long, default_value = "en", value_parser = ["en", "zh", "nb"])]
        language: String,
    },
    /// Who is in which stage, with the next action
    List {
        #[command(flatten)]
        scope: Scope,
        /// Only those in this stage
        #[arg(long, value_enum)]
        stage: Option<StageName>,
        /// Only those in this phase
        #[arg(long, value_enum)]
        phase: Option<PhaseName>,
        /// As of this moment, by all that is known now: a date (its end) or a time. As it stands recorded unless said
        #[arg(long, value_name = "WHEN")]
        at: Option<String>,
        /// The language: en, zh or nb; of another language of the charter the next action alone
        #[arg(long, default_value = "en")]
        language: String,
        /// How many are shown to people, the latest to come into their stage first; CSV and JSON name all
        #[arg(long, default_value_t = 20)]
        top: usize,
        #[command(flatten)]
        output: Output,
    },
    /// Who moved from where to where between two dates
    Matrix {
        #[command(flatten)]
        scope: Scope,
        /// The opening date (its end) or time
        #[arg(long, value_name = "WHEN")]
        from: String,
        /// The closing date (its end) or time
        #[arg(long, value_name = "WHEN")]
        to: String,
        /// By all that is known now of those dates, or as it stood written then
        #[arg(long, value_enum, default_value_t)]
        known: Known,
        #[command(flatten)]
        spoken: Spoken,
        #[command(flatten)]
        output: Output,
    },
    /// Judge by the fitted model who is lost, and write it down: those whose chance of being a customer is below `lost_below`
    Review {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// Who judges
        #[arg(long = "by", value_name = "NAME")]
        by: String,
        /// Only say who would be judged, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// How many are shown to people; CSV and JSON name all
        #[arg(long, default_value_t = 20)]
        top: usize,
        #[command(flatten)]
        output: Output,
    },
}

/// Of which charter.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    #[command(flatten)]
    pub database: Database,
    /// The charter, by name, whose stages count; needed when several have them
    #[arg(long, value_name = "NAME")]
    pub charter: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Known {
    /// By all that is known now
    #[default]
    Now,
    /// As it stood written then: what was recorded later does not count
    Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageName {
    /// Might need what is sold
    Suspect,
    /// Has asked for it
    Prospect,
    /// Has bought once
    FirstTime,
    /// Has bought again
    Repeat,
    /// Buys regularly
    Client,
    /// Buys, and brings others
    Advocate,
    /// Bought, and buys no more
    Lost,
}

impl StageName {
    /// The stage.
    pub(crate) fn stage(self) -> Stage {
        match self {
            Self::Suspect => Stage::Suspect,
            Self::Prospect => Stage::Prospect,
            Self::FirstTime => Stage::FirstTime,
            Self::Repeat => Stage::Repeat,
            Self::Client => Stage::Client,
            Self::Advocate => Stage::Advocate,
            Self::Lost => Stage::Lost,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PhaseName {
    /// To win a party: until its first purchase
    Gain,
    /// To keep it
    Keep,
    /// To win it back
    Regain,
}

impl PhaseName {
    /// The phase.
    pub(crate) fn phase(self) -> Phase {
        match self {
            Self::Gain => Phase::Gain,
            Self::Keep => Phase::Keep,
            Self::Regain => Phase::Regain,
        }
    }
}
