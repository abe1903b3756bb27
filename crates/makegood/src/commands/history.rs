use std::path::Path;

use jiff::tz::TimeZone;
use makegood_engine::{EXPORT_STEPS, EngineError, ExportError, Exported, History, Range, export};

use crate::arguments::{HistoryCommand, HistoryExport};
use crate::output::{bar, grouped, put_line};
use crate::{Failure, open};

/// `makegood history`: the log as files.
pub fn run(arguments: &HistoryCommand) -> Result<bool, Failure> {
    match arguments {
        HistoryCommand::Export(arguments) => write(arguments),
    }
}

fn write(arguments: &HistoryExport) -> Result<bool, Failure> {
    let moment = |text: &Option<String>| -> Result<Option<i64>, Failure> {
        text.as_deref().map(|text| Ok(super::moment_in(text, &TimeZone::UTC)?.0)).transpose()
    };
    let range = Range { from: moment(&arguments.from)?, to: moment(&arguments.to)? };
    let opened = open::database(&arguments.database.db)?;
    let progress = bar(EXPORT_STEPS, "exporting history");
    let written = export(&*opened.store, &opened.book, &arguments.folder, range, &mut || progress.inc(1));
    progress.finish_and_clear();
    let Exported { manifest, kept } = written.map_err(not_written)?;
    if kept > 0 {
        put_line!("{} files of an export that was interrupted were whole, and are kept", grouped(kept as u64));
    }
    let keys: u64 = manifest.files.iter().map(|file| file.keys).sum();
    put_line!(
        "{}: {} lines of {} parties and things in {} files",
        arguments.folder.display(),
        grouped(manifest.rows),
        grouped(keys),
        grouped(manifest.files.len() as u64),
    );
    Ok(true)
}

fn not_written(error: ExportError) -> Failure {
    match error {
        ExportError::There { .. } => {
            Failure::from_error("M074", &error, "name a new folder: nothing is ever written over")
        }
        ExportError::NotOurs { .. } => {
            Failure::from_error("M074", &error, "move it away: the history is written there until it is whole")
        }
        ExportError::Otherwise { .. } => Failure::from_error(
            "M074",
            &error,
            "remove that folder and export again: the database is another one, or was set back in between",
        ),
        ExportError::Engine(EngineError::History(error)) => Failure::from_error(
            "M075",
            &error,
            "see that there is room and that the folder may be written; the same command then goes on where this one stopped",
        ),
        ExportError::Engine(error) => error.into(),
    }
}

/// Opens a history that holds everything from the beginning on.
pub fn whole(folder: &Path) -> Result<History, Failure> {
    let history = History::open(folder)?;
    if history.manifest().from.is_some() {
        return Err(Failure::new(
            "M076",
            format!("`{}` begins in the middle of what happened", folder.display()),
            "export it again without `--from`: what is judged depends on what was promised before",
        ));
    }
    Ok(history)
}
