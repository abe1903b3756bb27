//! The arguments of `makegood value` and `makegood equity`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Database;

#[derive(Debug, Subcommand)]
pub(crate) enum ValueCommand {
    /// Fit the models: how often customers buy, when they leave, what they spend
    Fit {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// Also fit the other models of repeat buying, and compare them
        #[arg(long)]
        compare: bool,
        #[command(flatten)]
        covariates: CovariateRows,
        #[command(flatten)]
        output: Output,
    },
    /// Buying at discrete opportunities (yearly donations, fairs, seasons): fit BG/BB to a file of histories
    Opportunities {
        #[command(flatten)]
        rows: OpportunityRows,
        /// The weight of a prior, for customers too few or too even for plain maximum likelihood
        #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
        prior: f64,
        #[command(flatten)]
        output: Output,
    },
    /// Contracts that are renewed or not: fit sBG to a file of cohorts
    Contracts {
        #[command(flatten)]
        rows: ContractRows,
        /// The weight of a prior, for customers too few or too even for plain maximum likelihood
        #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
        prior: f64,
        #[command(flatten)]
        output: Output,
    },
    /// What each customer is expected to buy, and is worth
    Predict {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// How many customers are shown to people, the most valuable first; CSV and JSON name all
        #[arg(long, default_value_t = 20)]
        top: usize,
        #[command(flatten)]
        output: Output,
    },
    /// Fit on one part of the past, and show how the forecast of the rest turned out
    Calibrate {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// The last day to fit on; unless said, half of the time there is
        #[arg(long, value_name = "DATE")]
        fit_until: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// One customer: what is known, the rhythm, the chance of being there, and how the value comes about
    Explain {
        /// The party, such as `customer:42`, or the customer's name in the file
        #[arg(value_name = "PARTY")]
        party: String,
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        #[command(flatten)]
        output: Output,
    },
    /// On how few customers it rests: the top fifth, the Pareto curve, the whale curve with cost to serve
    Concentration {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// Of what
        #[arg(long, value_enum, default_value_t)]
        of: Worth,
        /// How many of the top fifth are shown to people; CSV and JSON name all
        #[arg(long, default_value_t = 20)]
        top: usize,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EquityCommand {
    /// The statement of customer equity between two dates: it reconciles exactly
    Statement {
        #[command(flatten)]
        base: Base,
        #[command(flatten)]
        model: Model,
        /// The opening date: what was known at the end of this day
        #[arg(long, value_name = "DATE")]
        from: String,
        /// The closing date
        #[arg(long, value_name = "DATE")]
        to: String,
        /// Also a statement of each segment
        #[arg(long, value_enum)]
        by: Option<By>,
        /// The parties behind a line, the largest amounts first, instead of the statement
        #[arg(long, value_enum, value_name = "LINE")]
        parties: Option<DrillLine>,
        /// How many of them are shown to people; CSV and JSON name all
        #[arg(long, default_value_t = 20)]
        top: usize,
        #[command(flatten)]
        output: Output,
    },
}

/// Facts of each customer that do not change, as a CSV.
#[derive(Debug, Args)]
pub(crate) struct CovariateRows {
    /// Also fit with facts of each customer that do not change: a CSV file whose every column but the customer's is a number
    #[arg(long, value_name = "FILE")]
    pub covariates: Option<PathBuf>,
    /// The column of that file that says who it is
    #[arg(long, value_name = "COLUMN", default_value = "customer", requires = "covariates")]
    pub covariates_of: String,
}

/// Histories over discrete opportunities, as a CSV.
#[derive(Debug, Args)]
pub(crate) struct OpportunityRows {
    /// A CSV file with a header, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// The column of how many opportunities were taken after the first purchase
    #[arg(long, value_name = "COLUMN", default_value = "repeats")]
    pub repeats: String,
    /// The column of the number of the last one taken, counted from 1; 0 where none was
    #[arg(long, value_name = "COLUMN", default_value = "last")]
    pub last: String,
    /// The column of how many opportunities there were
    #[arg(long, value_name = "COLUMN", default_value = "opportunities")]
    pub opportunities: String,
    /// The column of how many customers have this history; one each unless said
    #[arg(long, value_name = "COLUMN")]
    pub customers: Option<String>,
    /// How many opportunities ahead purchases are expected
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub ahead: u32,
    /// The discount from one opportunity to the next, as a number: 0.1
    #[arg(long, value_name = "RATE")]
    pub discount: Option<f64>,
}

/// Cohorts of contracts, as a CSV.
#[derive(Debug, Args)]
pub(crate) struct ContractRows {
    /// A CSV file with a header, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// The column of the period; 0 is when they signed
    #[arg(long, value_name = "COLUMN", default_value = "period")]
    pub period: String,
    /// The column of how many were there in it
    #[arg(long, value_name = "COLUMN", default_value = "customers")]
    pub customers: String,
    /// The column that says when they signed, where there are several cohorts
    #[arg(long, value_name = "COLUMN")]
    pub cohort: Option<String>,
    /// How many periods beyond those observed are shown
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub ahead: u32,
    /// The discount from one period to the next, as a number: 0.1
    #[arg(long, value_name = "RATE")]
    pub discount: Option<f64>,
}

/// What is valued: the parties of a database, or the customers of a file of transactions.
#[derive(Debug, Args)]
pub(crate) struct Base {
    #[command(flatten)]
    pub database: Database,
    /// The charter, by name, whose `value` section counts; needed when several have one
    #[arg(long, value_name = "NAME", conflicts_with = "transactions")]
    pub charter: Option<String>,
    /// Instead of a database: a CSV file of transactions with a header, plain, gzip or zstd; `-` is standard input
    #[arg(long, value_name = "FILE", requires_all = ["customer", "date", "amount"])]
    pub transactions: Option<PathBuf>,
    /// The column that says who bought
    #[arg(long, value_name = "COLUMN", requires = "transactions")]
    pub customer: Option<String>,
    /// The column of the day: 2026-01-31, 20260131, or a time that begins so
    #[arg(long, value_name = "COLUMN", requires = "transactions")]
    pub date: Option<String>,
    /// The column of the amount paid; below zero it is a refund
    #[arg(long, value_name = "COLUMN", requires = "transactions")]
    pub amount: Option<String>,
    /// The currency, such as USD, or the column that holds it
    #[arg(long, value_name = "CODE|COLUMN", requires = "transactions")]
    pub currency: Option<String>,
    /// The margin: a share of the amount such as 30%, or a column; all of the amount unless said
    #[arg(long, allow_hyphen_values = true, value_name = "SHARE|COLUMN", requires = "transactions")]
    pub margin: Option<String>,
    /// The column of what serving cost beyond the margin
    #[arg(long, value_name = "COLUMN", requires = "transactions")]
    pub cost: Option<String>,
    /// The column of the customer's segment
    #[arg(long, value_name = "COLUMN", requires = "transactions")]
    pub segment: Option<String>,
    /// The discount for a year; 10% unless said. In a database the charter says it
    #[arg(long, allow_hyphen_values = true, value_name = "SHARE", requires = "transactions")]
    pub discount: Option<String>,
    /// How many years ahead value is reckoned; all of the future unless said
    #[arg(long, value_name = "YEARS", requires = "transactions")]
    pub horizon: Option<f64>,
    /// The unit of time of the models; the week unless said
    #[arg(long, value_enum, requires = "transactions")]
    pub unit: Option<Unit>,
    /// A customer whose chance of being there is below this counts as lost; 20% unless said
    #[arg(long, allow_hyphen_values = true, value_name = "SHARE", requires = "transactions")]
    pub lost_below: Option<String>,
    /// As of the end of this day; the last day of the data unless said
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Model {
    /// The model of repeat buying, where none is recorded. Under BG/NBD nobody who bought once is ever lost by silence
    #[arg(long, value_enum, default_value_t)]
    pub model: ModelName,
    /// The weight of a prior, for customers too few or too even for plain maximum likelihood: 0.1 hardly moves what the data know
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    pub prior: f64,
}

#[expect(clippy::enum_variant_names, reason = "the names of the literature")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelName {
    /// Pareto/NBD: a customer may leave at any moment
    #[default]
    ParetoNbd,
    /// BG/NBD: a customer may leave after any repeat purchase
    BgNbd,
    /// Modified BG/NBD: a customer may leave after any purchase, the first one too
    MbgNbd,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// A day
    Day,
    /// Seven days
    #[default]
    Week,
    /// The twelfth part of a year
    Month,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Worth {
    /// The margin received so far
    #[default]
    Margin,
    /// The value of what is still expected
    Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// By segment
    Segment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DrillLine {
    /// Opening
    Opening,
    /// Moved between segments
    Moved,
    /// New parties
    New,
    /// Unwinding of discount
    Unwinding,
    /// Margin received
    Margin,
    /// Behaviour better or worse than expected
    Behaviour,
    /// Written down: lost, by every cause
    Lost,
    /// Regained
    Regained,
    /// Goodwill and remedies spent
    Goodwill,
    /// Change of model
    Model,
    /// Closing
    Closing,
}

/// How the answer is written, and where to.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// To this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the pictures, as SVG, into this folder
    #[arg(long, value_name = "FOLDER")]
    pub plots: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// For spreadsheets: the first table
    Csv,
    /// One page that needs nothing beside it, with the pictures
    Html,
    /// For programs
    Json,
}
