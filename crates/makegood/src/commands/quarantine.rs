use makegood_core::id::hex;
use makegood_engine::{Origin, Work, read};
use makegood_store::{QuarantineRow, Slot};

use crate::arguments::Quarantine;
use crate::output::grouped;
use crate::output::put_line;
use crate::{Failure, clock, open};

/// Inputs tried again at once.
const PORTION: usize = 100_000;

/// The identity by which a row is called: its slot, then its own.
fn name(row: &QuarantineRow) -> String {
    format!("q-{:03x}-{}", row.slot.0, hex(&row.id))
}

/// `makegood quarantine`: lists what was set aside, tries it again, drops it.
pub fn run(arguments: &Quarantine) -> Result<bool, Failure> {
    match arguments {
        Quarantine::List { database, limit } => {
            let mut reader = open::database(&database.db)?.store.reader()?;
            let rows = reader.quarantine(*limit)?;
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
            let rows = session.reader().quarantine(PORTION)?;
            let tried = rows.len();
            let mut work = Vec::new();
            for row in rows {
                let origin = Origin { name: (&*row.origin).into(), line: row.line };
                if let Ok(mut incoming) = read(&opened.book, &row.bytes, origin, clock::now()) {
                    incoming.freed = Some(row.id);
                    work.push(Work::Event(Box::new(incoming)));
                }
            }
            session.work(work)?;
            session.flush()?;
            let left = session.reader().count("quarantine")?;
            put_line!("{} tried, {} are still set aside", grouped(tried as u64), grouped(left));
            Ok(left == 0)
        }
        Quarantine::Drop { id, database } => {
            let opened = open::database(&database.db)?;
            let mut session = opened.session()?;
            let rows = session.reader().quarantine(PORTION)?;
            let Some(row) = rows.iter().find(|row| name(row) == *id) else {
                return Err(Failure::new(
                    "M020",
                    format!("nothing is set aside as `{id}`"),
                    "`makegood quarantine list` names what is",
                ));
            };
            let slot: Slot = row.slot;
            session.drop_quarantined(slot, row.id)?;
            put_line!("dropped");
            Ok(true)
        }
    }
}
