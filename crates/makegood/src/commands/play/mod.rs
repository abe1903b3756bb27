//! `makegood play`: what runs by a playbook, how it came out, and who does it.

mod assign;
mod done;
mod figures;
mod gather;
mod list;
mod review;

use makegood_core::Name;
use makegood_core::id::Kind;

use crate::arguments::{Explain, PlayCommand};
use crate::{Failure, open, story};

/// Carries out a command about plays.
pub fn run(command: &PlayCommand) -> Result<bool, Failure> {
    match command {
        PlayCommand::List(arguments) => list::run(arguments),
        PlayCommand::Show { play, database, spoken } => {
            let name = parsed(play)?.to_string();
            let database = crate::arguments::Database { db: database.db.clone() };
            story::run(&Explain { subject: name, database, language: spoken.language.clone() })
        }
        PlayCommand::Figures { playbook, database, by, spoken } => {
            figures::run(&open::database(&database.db)?, playbook, by.as_deref(), spoken.language())
        }
        PlayCommand::Review { database, at, spoken } => {
            review::run(&open::database(&database.db)?, super::moment(at)?, spoken.language())
        }
        PlayCommand::Assign { play, by, database, at, spoken } => {
            let (opened, at) = (open::database(&database.db)?, super::moment(at)?);
            assign::run(&opened, play.as_deref(), by, at, spoken.language())
        }
        PlayCommand::Done { play, step, by, note, database, at, spoken } => {
            let said = done::Said { step, by, note: note.as_deref(), at: super::moment(at)? };
            done::run(&open::database(&database.db)?, play, &said, spoken.language())
        }
    }
}

/// The name of a play, or the failure that it is none.
fn parsed(text: &str) -> Result<Name, Failure> {
    Name::parse(text).filter(|name| name.kind == Kind::Play).ok_or_else(|| unknown(text))
}

fn unknown(play: &str) -> Failure {
    Failure::new("M023", format!("there is no play `{play}`"), "`makegood play list` names those there are")
}
