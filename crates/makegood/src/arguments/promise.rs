//! The arguments of `makegood promise`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use makegood_core::Finding;

use super::{Database, Format, Spoken};

#[derive(Debug, Subcommand)]
pub(crate) enum PromiseCommand {
    /// Make a promise to a party, as it was made on the phone or in a mail
    Make(Make),
    /// Hand a promise on: whoever takes it promises it to whoever delegates, who stays bound
    Delegate {
        #[command(flatten)]
        answer: Answer,
        /// To whom: a name, or a team of which somebody takes it
        #[arg(long, value_name = "NAME")]
        to: String,
        /// What they are to do; what was promised unless said
        #[arg(long, value_name = "TEXT")]
        what: Option<String>,
        /// By when; when it was promised for unless said
        #[arg(long, value_name = "TIME")]
        due: Option<String>,
    },
    /// Take on what was delegated to you
    Accept(Answer),
    /// Give back what was delegated to you
    Refuse {
        #[command(flatten)]
        answer: Answer,
        /// Why
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
    /// Say that a promise was kept
    Kept {
        #[command(flatten)]
        answer: Answer,
        /// What shows it
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Say that a promise was not kept, or will not be
    Broken {
        #[command(flatten)]
        answer: Answer,
        /// Why
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
    /// Agree another time with whom it was promised to, before it is due
    Renegotiate {
        #[command(flatten)]
        answer: Answer,
        /// The new due time
        #[arg(long, value_name = "TIME")]
        due: String,
        /// Who agreed, when and how
        #[arg(long, value_name = "TEXT")]
        consent: String,
    },
    /// Note that whom it was promised to lets it go
    Release {
        #[command(flatten)]
        answer: Answer,
        /// Who agreed, when and how
        #[arg(long, value_name = "TEXT")]
        consent: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Note that the promisee acknowledged in writing what was promised
    Acknowledge {
        #[command(flatten)]
        answer: Answer,
        /// What they wrote
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Give the promisee's own verdict: by the party, or a contact of it written `customer:42/anna`
    Confirm {
        #[command(flatten)]
        answer: Answer,
        /// Whether it was kept
        #[arg(long, value_enum)]
        verdict: VerdictWord,
        /// In their own words
        #[arg(long, value_name = "TEXT")]
        words: Option<String>,
    },
    /// What is due: at risk first, then overdue, then open; in each the soonest
    List(PromiseList),
    /// How many promises were kept in time, by whom: the range the rate lies in, and the count behind it
    Rates(RatesOf),
    /// Look for promises in a text; a person confirms what is one
    Suggest(Suggest),
    /// Make the promise that was found in a text
    ConfirmSuggestion(ConfirmSuggestion),
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// To whom: `customer:42`, `employee:7`, `supplier:3`, `partner:1`
    #[arg(long, value_name = "PARTY")]
    pub party: String,
    /// What kind of promise, as a clause of the charter takes it: `call-back`
    #[arg(long, value_name = "KIND")]
    pub kind: String,
    /// What is promised, in the words in which it was
    #[arg(long, value_name = "TEXT")]
    pub what: String,
    /// By when
    #[arg(long, value_name = "TIME")]
    pub due: String,
    /// The thing it is about, if there is one: `order:7`
    #[arg(long, value_name = "THING")]
    pub about: Option<String>,
    /// Who is accountable; whom the charter names, or whoever promises, unless said
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Who does it; the owner unless said
    #[arg(long, value_name = "NAME")]
    pub doer: Option<String>,
    /// What it is worth: `120.50 USD`
    #[arg(long, value_name = "AMOUNT")]
    pub worth: Option<String>,
    /// Who promised
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// When it was promised
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub at: String,
    #[command(flatten)]
    pub database: Database,
}

/// What a person says of a promise.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The promise: `p-…`
    pub promise: String,
    /// Whose word it is
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// When it was said
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub at: String,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerdictWord {
    /// It was kept
    Kept,
    /// It was not
    NotKept,
    /// In part
    Partly,
}

impl VerdictWord {
    /// The word in the event.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => Finding::Kept,
            Self::NotKept => Finding::NotKept,
            Self::Partly => Finding::Partly,
        }
        .word()
    }
}

#[derive(Debug, Args)]
pub(crate) struct PromiseList {
    #[command(flatten)]
    pub database: Database,
    /// Only what is due by this moment
    #[arg(long, value_name = "TIME")]
    pub due_by: Option<String>,
    /// Only those this person, or somebody of this team, is accountable for
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Only those this person, or somebody of this team, does
    #[arg(long, value_name = "NAME")]
    pub doer: Option<String>,
    /// Only those that stand so; those that are not settled, unless said
    #[arg(long, value_enum)]
    pub state: Option<Standing>,
    /// At most this many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    #[command(flatten)]
    pub spoken: Spoken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Standing {
    /// Made, not yet due
    Open,
    /// In danger
    AtRisk,
    /// Due, and nothing heard
    Overdue,
    /// Kept in time
    Kept,
    /// Kept after it was due
    KeptLate,
    /// Not kept
    Broken,
    /// Let go by whom it was promised to
    Released,
    /// Replaced by a new promise
    Renegotiated,
}

#[derive(Debug, Args)]
pub(crate) struct RatesOf {
    #[command(flatten)]
    pub database: Database,
    /// Counted for whom, or for what
    #[arg(long, value_enum)]
    pub by: RatesBy,
    /// Only promises that came to their end by this moment
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub until: String,
    /// How the rates are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[command(flatten)]
    pub spoken: Spoken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RatesBy {
    /// Whoever is accountable; of what was delegated, whoever took it on
    Person,
    /// The same by teams: names are written `team/person`
    Team,
    /// The clause of the charter
    Kind,
}

#[derive(Debug, Args)]
pub(crate) struct Suggest {
    #[command(flatten)]
    pub database: Database,
    /// The text
    #[arg(long, value_name = "TEXT", required_unless_present = "file", conflicts_with = "file")]
    pub text: Option<String>,
    /// A file that holds it, such as the notes of a call
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Whom it was said to
    #[arg(long, value_name = "PARTY")]
    pub party: String,
    /// The thing it is about, if there is one
    #[arg(long, value_name = "THING")]
    pub about: Option<String>,
    /// Its language, in which the command answers too: en, zh or nb; each is tried unless said
    #[arg(long, value_parser = ["en", "zh", "nb"])]
    pub language: Option<String>,
    /// Who hands in the text
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who said it, where that is somebody else
    #[arg(long, value_name = "NAME")]
    pub said_by: Option<String>,
    /// When it was said: "tomorrow" is counted from then
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub at: String,
}

#[derive(Debug, Args)]
pub(crate) struct ConfirmSuggestion {
    /// The suggestion: `s-…`
    pub suggestion: String,
    /// Who confirms that it is a promise
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Another kind than was guessed
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Other words than were found
    #[arg(long, value_name = "TEXT")]
    pub what: Option<String>,
    /// Another time than was understood
    #[arg(long, value_name = "TIME")]
    pub due: Option<String>,
    /// Another owner than whoever said it
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    #[command(flatten)]
    pub database: Database,
}
