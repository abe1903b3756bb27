//! The arguments of `makegood custody`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Database, Spoken};

#[derive(Debug, Subcommand)]
pub(crate) enum CustodyCommand {
    /// The chain of custody of a thing: each hand-off, and what it did not meet of its duty
    Show {
        /// The thing: `order:7`
        thing: String,
        #[command(flatten)]
        spoken: Spoken,
        #[command(flatten)]
        database: Database,
    },
    /// Write hand-offs as a document of GS1's EPCIS 2.0 (JSON)
    Export {
        /// The file, or `-` for standard output
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Only of these things; without one, of all
        things: Vec<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Take hand-offs from a document of GS1's EPCIS 2.0 (JSON)
    Import {
        /// The document
        file: PathBuf,
        /// What other people's identifiers become: `KIND:IDENTIFIER`
        #[arg(long, default_value = "epc", value_name = "KIND")]
        kind: String,
        /// Write the lines of events to standard output, and take nothing
        #[arg(long)]
        lines: bool,
        #[command(flatten)]
        database: Option<Database>,
    },
}
