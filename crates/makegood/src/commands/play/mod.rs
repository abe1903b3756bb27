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
        PlayCommand::Show { play, database, language } => {
            let name = parsed(play)?.to_string();
            let database = crate::arguments::Database { db: database.db.clone() };
            story::run(&Explain { subject: name, database, language: language.clone() })
        }
        PlayCommand::Figures { playbook, database, by } => {
            figures::run(&open::database(&database.db)?, playbook, by.as_deref())
        }
        PlayCommand::Review { database, at } => review::run(&open::database(&database.db)?, super::moment(at)?),
        PlayCommand::Assign { play, by, database, at } => {
            assign::run(&open::database(&database.db)?, play.as_deref(), by, super::moment(at)?)
        }
        PlayCommand::Done { play, step, by, note, database, at } => {
            done::run(&open::database(&database.db)?, play, step, (by, note.as_deref()), super::moment(at)?)
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
