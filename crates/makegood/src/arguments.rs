mod custody;
mod play;
mod promise;
mod stage;
mod value;

pub(crate) use custody::CustodyCommand;
pub(crate) use play::{PlayCommand, PlayFilter, PlayList, Repair};
pub(crate) use promise::{
    Answer, ConfirmSuggestion, Make, PromiseCommand, PromiseList, RatesBy, RatesOf, Standing, Suggest,
};
pub(crate) use stage::{Known, Scope, StageCommand};
pub(crate) use value::{
    Base, By, ContractRows, CovariateRows, DrillLine, EquityCommand, Model, ModelName, OpportunityRows, Output,
    ReportFormat, Unit, ValueCommand, Worth,
};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Keeps the promises a company makes to its customers, and makes good by itself when one is broken.
#[derive(Debug, Parser)]
#[command(name = "makegood", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the product at work on a real airline's year, with generated passengers
    Demo(Demo),
    /// Take events under a charter: what is promised, kept, broken and owed
    Run(Run),
    /// Tell the whole story of one remedy, promise or party
    Explain(Explain),
    /// The books: balances, register, export to accounting programs
    #[command(subcommand)]
    Ledger(Ledger),
    /// Check, test, explain, publish, format and compare charters
    #[command(subcommand)]
    Charter(CharterCommand),
    /// List remedies, approve those that are held, or note what became of them
    #[command(subcommand)]
    Remedy(RemedyCommand),
    /// Who handed what to whom: chains of custody, EPCIS import and export
    #[command(subcommand)]
    Custody(CustodyCommand),
    /// Promises that people make: make, delegate, accept, keep, renegotiate, confirm; what is due; kept-rates
    #[command(subcommand)]
    Promise(PromiseCommand),
    /// Plays: running playbooks. List, show, figures, the weekly review, who does what
    #[command(subcommand)]
    Play(PlayCommand),
    /// Make good what went wrong with a thing for everyone it hit, whether they complained or not
    Repair(Repair),
    /// What customers are worth: fit, predict, calibrate, explain, concentration
    #[command(subcommand)]
    Value(ValueCommand),
    /// The statement of customer equity
    #[command(subcommand)]
    Equity(EquityCommand),
    /// Where parties stand: suspect to advocate, and lost
    #[command(subcommand)]
    Stage(StageCommand),
    /// Move the clock: what has become due or overdue by now
    Tick(Tick),
    /// Send what waits to leave: payouts, notices, questions, approvals
    Dispatch(Dispatch),
    /// What was set aside: list it, try it again, drop it
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Fold the whole log again and compare it with what is kept
    Rebuild(Database),
    /// Check the hash chains, the books, and the views against the states
    Verify(Database),
    /// Look at a database: schema, size, damage, what waits
    Doctor(Database),
    /// Copy a database into a new file, while it is in use
    Backup {
        #[command(flatten)]
        database: Database,
        /// The new file; it holds everything, and is itself a database: `sqlite:FILE`
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Fill a new database with what a backup holds
    Restore {
        /// The backup
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        database: Database,
        /// As it stood at this moment, such as 2026-01-31T12:00:00Z: what its log recorded up to then, folded again (into a file)
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Copy a database into another one, between SQLite and PostgreSQL or not; run again, it goes on where it was interrupted
    Migrate {
        /// The database that is copied; it is not changed
        #[arg(long, value_name = "URL")]
        from: String,
        /// The new database
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// The log as files for other programs, and for `charter simulate`
    #[command(subcommand)]
    History(HistoryCommand),
    /// How a database is laid out
    #[command(subcommand)]
    Db(DbCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Write the log of every party and thing into a new folder of Parquet files
    Export(HistoryExport),
}

#[derive(Debug, Args)]
pub(crate) struct HistoryExport {
    /// The new folder; an export into it that was interrupted goes on
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// Only what was recorded from this date or time on; `charter simulate` needs the beginning
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Only what was recorded before this date or time
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Spread the tables of a PostgreSQL database over its machines by slot, where the server offers it (Citus and its like)
    Distribute(Database),
}

/// The database a command works on.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database: `sqlite:FILE`, or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "URL", default_value = "sqlite:makegood.db", env = "MAKEGOOD_DB")]
    pub db: String,
}

/// The language in which a command answers.
#[derive(Debug, Args)]
pub(crate) struct Spoken {
    /// The language: en, zh or nb
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "nb"])]
    pub language: String,
}

impl Spoken {
    /// The language itself.
    pub(crate) fn language(&self) -> crate::language::Language<'_> {
        crate::language::Language(&self.language)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Every seat of every flight: about seven million bookings
    #[arg(long, conflicts_with = "share")]
    pub full: bool,
    /// How many passengers in a thousand are carried into the demonstration
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub share: Option<u16>,
    /// Only the flights of this many days from 1 January 2013
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=365))]
    pub days: Option<u16>,
    /// The seed from which passengers are generated
    #[arg(long, default_value_t = crate::demo::events::DEFAULT_SEED)]
    pub seed: u64,
    /// The folder for the database, payouts and notices; an earlier demonstration in it is replaced
    #[arg(long, value_name = "FOLDER", default_value = "makegood-demo")]
    pub folder: PathBuf,
    /// Also write every event to this file, as it is fed
    #[arg(long, value_name = "FILE")]
    pub events_out: Option<PathBuf>,
    /// How the statement is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A charter whose first version to put in force; without one, those in the database judge
    #[arg(long, value_name = "FILE")]
    pub charter: Vec<PathBuf>,
    /// Files of CloudEvents as JSON lines, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "charter", num_args = 1..)]
    pub events: Vec<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Move the clock to this moment afterwards; `now`, or a time such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub until: String,
    /// How the statement is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A remedy (`r-…`), a promise (`p-…`), a play (`c-…`), a party (`customer:42`), a thing (`flight:7`) or a charter (`charter:air`)
    #[arg(value_name = "REMEDY|PROMISE|PLAY|PARTY|THING")]
    pub subject: String,
    #[command(flatten)]
    pub database: Database,
    /// The language: en, zh or nb
    #[arg(long, default_value = "en", value_parser = ["en", "zh", "nb"])]
    pub language: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Every account's balance, and that they sum to zero
    Balance(Database),
    /// Every movement, by party
    Register {
        #[command(flatten)]
        database: Database,
        /// Only this party's
        #[arg(long, value_name = "PARTY")]
        party: Option<String>,
    },
    /// The books for an accounting program
    Export {
        #[command(flatten)]
        database: Database,
        /// For which program
        #[arg(long, value_enum)]
        format: BooksFormat,
        /// To this file instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BooksFormat {
    /// Beancount
    Beancount,
    /// hledger, ledger
    Hledger,
    /// One line a posting
    Csv,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CharterCommand {
    /// Look for faults: file, line, column, and what to do
    Check {
        /// Charter files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Run the tests that stand beside a charter
    Test {
        /// Charter files; their tests stand in `tests.yaml` in the same folder
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Say a charter in plain words
    Explain {
        /// The charter file
        file: PathBuf,
        /// The language
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Write the page a customer reads
    Publish {
        /// The charter file
        file: PathBuf,
        /// A language of the charter; may be given several times. All of them unless said
        #[arg(long = "language", value_name = "LANGUAGE")]
        languages: Vec<String>,
        /// In what the page is written
        #[arg(long, value_enum, default_value_t)]
        format: PageFormat,
        /// Write `NAME.LANGUAGE.html` into this folder for each language, instead of one page to standard output
        #[arg(long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Lay out charter files and their tests evenly, in place; comments and order are kept
    Fmt {
        /// Charter or test files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Only name the files that are not laid out so; fails when there are any
        #[arg(long)]
        check: bool,
    },
    /// Say what changed between two charters, and for whom: better or worse for the customer
    Diff {
        /// The charter as it was
        old: PathBuf,
        /// The charter as it is to be
        new: PathBuf,
        /// The language: en, zh or nb
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Judge the recorded history under a draft, beside what was in force: what it would have cost, and whom it would have helped
    Simulate(Simulate),
    /// Reckon in seconds what the rights of a draft would have given that depend on their party's own events alone
    Estimate(EstimateArguments),
    /// Put a version in force: one person proposes it, another one approves it with the very same file
    PutInForce(PutInForce),
    /// Tell who put which version of a charter in force, and when
    History(CharterHistory),
    /// The JSON Schema of charters, for editors
    Schema {
        /// Of the tests beside a charter instead
        #[arg(long)]
        tests: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PutInForce {
    /// The charter file; it counts from its own `in_force: {from: …}`
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// Who proposes or approves
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// A check: refuse it unless it counts from this date or time
    #[arg(long, value_name = "WHEN", conflicts_with = "withdraw")]
    pub from: Option<String>,
    /// Take back the proposal of this version instead
    #[arg(long)]
    pub withdraw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EstimateArguments {
    /// The draft: a charter file
    pub draft: PathBuf,
    /// The folder that `history export` wrote
    #[arg(long, value_name = "FOLDER")]
    pub history: PathBuf,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct CharterHistory {
    /// The charter's name, as its file says it
    pub name: String,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The draft: a charter file
    pub draft: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// Read the history that `history export` wrote into this folder, instead of the database
    #[arg(long, value_name = "FOLDER")]
    pub history: Option<PathBuf>,
    /// From when on the draft is taken to be in force, and figures are compared: a date or a time. When it says itself, unless said
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Until when: `now`, a date or a time
    #[arg(long, value_name = "WHEN", default_value = "now")]
    pub to: String,
    /// Split the figures by this field of the event that makes the promise: `channel`
    #[arg(long, value_name = "FIELD")]
    pub segment: Option<String>,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// One HTML file that needs nothing beside it
    #[default]
    Html,
    /// Markdown
    Markdown,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RemedyCommand {
    /// List remedies, the soonest to be paid first
    List {
        #[command(flatten)]
        database: Database,
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<StateFilter>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Approve one that is held
    Approve(Decision),
    /// Note that one was paid
    Paid(Decision),
    /// Note that the payment of one did not go through
    Failed(Decision),
    /// Note that the customer let one go
    Waived(Decision),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateFilter {
    /// Waits for approval
    Held,
    /// On its way to be paid
    Approved,
    /// Paid
    Paid,
    /// The payment did not go through
    Failed,
    /// Let go by the customer
    Waived,
}

#[derive(Debug, Args)]
pub(crate) struct Decision {
    /// The remedy: `r-…`
    pub remedy: String,
    /// Who decides or tells
    #[arg(long = "by", value_name = "NAME")]
    pub by: String,
    /// The payment's reference, the reason, or of a waiver how the party agreed
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub(crate) struct Tick {
    #[command(flatten)]
    pub database: Database,
    /// To this moment: `now`, or a time such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub until: String,
}

#[derive(Debug, Args)]
pub(crate) struct Dispatch {
    #[command(flatten)]
    pub database: Database,
    /// Where a topic goes: `payout=FILE` or `payout=https://…`; topics are payout, notice, approval, question, task, delegation, warning, confirmation, suggestion
    #[arg(long = "to", value_name = "TOPIC=WHERE", required = true)]
    pub routes: Vec<String>,
    /// Allow receivers in the company's own network
    #[arg(long)]
    pub allow_private: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// What was set aside and why
    List {
        #[command(flatten)]
        database: Database,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Try everything again, under the charters as they are now
    Retry(Database),
    /// Drop one for good
    Drop {
        /// Its identity, as `list` shows it
        id: String,
        #[command(flatten)]
        database: Database,
    },
}
