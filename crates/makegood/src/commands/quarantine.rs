use makegood_core::Rulebook;
use makegood_core::id::hex;
use makegood_engine::{Incoming, Origin, Work, read};
use makegood_store::{PartId, QuarantineRow, Reader, Slot};

use crate::arguments::Quarantine;
use crate::output::{bar, grouped, put_line};
use crate::{Failure, clock, open};

/// Inputs read at once.
const PORTION: usize = 1_000;

/// The identity by which a row is called: its slot, then its own.
fn name(row: &QuarantineRow) -> String {
    format!("q-{:03x}-{}", row.slot.0, hex(&row.id))
}

/// `makegood quarantine`: lists what was set aside, tries it again, drops it.
pub fn run(arguments: &Quarantine) -> Result<bool, Failure> {
    match arguments {
        Quarantine::List { database, limit } => {
            let mut reader = open::database(&database.db)?.store.reader()?;
            let rows = reader.quarantine(None, *limit)?;
            for row in &rows {
                put_line!("{}  {}:{}  [{}]", name(row), row.origin, row.line, row.code);
                put_line!("    {}", row.reason);
                put_line!("    {}", String::from_utf8_lossy(&row.bytes).chars().take(160).collect::<String>());
            }
            put_line!("{} of {} shown", grouped(rows.len() as u64), grouped(reader.count("quarantine")?));
            Ok(true)
        }
        Quarantine::Retry(database) => {
            let opened = open::database(&database.db)?;
            let mut session = opened.session()?;
            let progress = bar(session.reader().count("quarantine")?, "what was set aside");
            let (mut tried, mut after) = (0_u64, None);
            loop {
                let rows = session.reader().quarantine(after, PORTION)?;
                let Some(last) = rows.last() else { break };
                after = Some((last.slot, last.id));
                tried = tried.saturating_add(rows.len() as u64);
                session.work(rows.into_iter().map(|row| again(&opened.book, row)).collect())?;
                progress.set_position(tried);
            }
            session.flush()?;
            progress.finish_and_clear();
            let left = session.reader().count("quarantine")?;
            put_line!("{} tried, {} are still set aside", grouped(tried), grouped(left));
            Ok(left == 0)
        }
        Quarantine::Drop { id, database } => {
            let opened = open::database(&database.db)?;
            let mut session = opened.session()?;
            let Some((slot, row)) = find(session.reader(), id)? else {
                return Err(Failure::new(
                    "M020",
                    format!("nothing is set aside as `{id}`"),
                    "`makegood quarantine list` names what is",
                ));
            };
            session.drop_quarantined(slot, row)?;
            put_line!("dropped");
            Ok(true)
        }
    }
}

/// The work of trying an input again. What still cannot be read stands there with the reason of today.
fn again(book: &Rulebook, row: QuarantineRow) -> Work {
    let origin = Origin { name: (&*row.origin).into(), line: row.line };
    match read(book, &row.bytes, origin.clone(), clock::now()) {
        Ok(incoming) => Work::Event(Box::new(Incoming { freed: Some(row.id), ..incoming })),
        Err(reject) => Work::SetAside(reject.row(&origin, &row.bytes, clock::now())),
    }
}

/// What is set aside under this identity.
fn find(reader: &mut dyn Reader, id: &str) -> Result<Option<(Slot, PartId)>, Failure> {
    let mut after = None;
    loop {
        let rows = reader.quarantine(after, PORTION)?;
        let Some(last) = rows.last() else { return Ok(None) };
        after = Some((last.slot, last.id));
        if let Some(row) = rows.iter().find(|row| name(row) == id) {
            return Ok(Some((row.slot, row.id)));
        }
    }
}
