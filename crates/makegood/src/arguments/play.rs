use std::num::NonZeroUsize;

use clap::{Args, Subcommand, ValueEnum};

use super::{Database, Spoken};

#[derive(Debug, Subcommand)]
pub(crate) enum PlayCommand {
    /// List plays, the one whose next step is due soonest first
    List(PlayList),
    /// Tell one play: its steps, and every fact about the same thing in one place
    Show {
        /// The play: `c-…`
        play: String,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        spoken: Spoken,
    },
    /// How the plays of a playbook came out, each share with how sure one may be of it
    Figures {
        /// The playbook: `complaint`
        playbook: String,
        #[command(flatten)]
        database: Database,
        /// Split them by this field of the event that began them: `mode`
        #[arg(long, value_name = "FIELD")]
        by: Option<String>,
        #[command(flatten)]
        spoken: Spoken,
    },
    /// The agenda of the weekly review: what ended in the last seven days or is overdue, by the cause in the process
    Review {
        #[command(flatten)]
        database: Database,
        /// The end of the week: `now`, a date or a time
        #[arg(long, value_name = "TIME", default_value = "now")]
        at: String,
        #[command(flatten)]
        spoken: Spoken,
    },
    /// Find who does the steps of running plays: whoever has the role for the party, a deputy while they are away, or of those who
    /// have it for the house the one with the fewest open steps
    Assign {
        /// Only this play: `c-…`
        play: Option<String>,
        /// On whose word
        #[arg(long = "by", value_name = "NAME")]
        by: String,
        #[command(flatten)]
        database: Database,
        /// When: `now`, a date or a time
        #[arg(long, value_name = "TIME", default_value = "now")]
        at: String,
        #[command(flatten)]
        spoken: Spoken,
    },
    /// Note that a step of a play is done
    Done {
        /// The play: `c-…`
        play: String,
        /// The step, by its name in the playbook or as a promise: `told`, `p-…`
        step: String,
        /// Who did it
        #[arg(long = "by", value_name = "NAME")]
        by: String,
        /// What there is to say of it
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        database: Database,
        /// When: `now`, a date or a time
        #[arg(long, value_name = "TIME", default_value = "now")]
        at: String,
        #[command(flatten)]
        spoken: Spoken,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PlayList {
    #[command(flatten)]
    pub database: Database,
    /// Only those in this state
    #[arg(long, value_enum)]
    pub state: Option<PlayFilter>,
    /// Only of this playbook: `complaint`
    #[arg(long, value_name = "NAME")]
    pub playbook: Option<String>,
    /// Only those with a step that is due by then: `now`, a date or a time
    #[arg(long, value_name = "TIME")]
    pub due_by: Option<String>,
    /// At most this many
    #[arg(long, default_value = "50")]
    pub limit: NonZeroUsize,
    #[command(flatten)]
    pub spoken: Spoken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlayFilter {
    /// Steps are open
    Running,
    /// Every step came to its end
    Done,
    /// One of the playbook's endings came first
    Ended,
    /// Left alone on purpose, to compare with
    LeftAlone,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// What went wrong: `delivery:17`
    pub thing: String,
    /// How much everyone gets: `300 NOK`
    #[arg(long, value_name = "AMOUNT")]
    pub amount: String,
    /// Who asked for it
    #[arg(long = "asked-by", value_name = "NAME")]
    pub asked_by: String,
    /// Who approves it: somebody else
    #[arg(long = "as", value_name = "NAME")]
    pub approved_by: String,
    /// Why, as everyone reads it, in English
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The same in Chinese; the English words unless said
    #[arg(long = "reason-zh", value_name = "TEXT")]
    pub reason_zh: Option<String>,
    /// The same in Norwegian; the English words unless said
    #[arg(long = "reason-nb", value_name = "TEXT")]
    pub reason_nb: Option<String>,
    #[command(flatten)]
    pub database: Database,
    /// When it was decided: `now`, a date or a time. Whoever came to the thing later was not hit
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub at: String,
    #[command(flatten)]
    pub spoken: Spoken,
}
