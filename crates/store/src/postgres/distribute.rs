//! Spreading the tables over machines, where the server offers it.

use super::connection::Connection;
use crate::{Distributed, StoreError};

/// The tables whose rows belong to a slot. The first is spread, the others lie beside it.
pub(super) const BY_SLOT: [&str; 16] = [
    "event",
    "head",
    "promise",
    "remedy",
    "play",
    "custody",
    "stage",
    "interest",
    "inbox",
    "fanout",
    "posting",
    "outbox",
    "tally",
    "quarantine",
    "claim",
    "filling",
];
/// The small tables that every machine holds a copy of.
pub(super) const EVERYWHERE: [&str; 3] = ["charter", "fit", "makegood_migration"];

const DOING: &str = "distributing the tables";
/// True when the server knows how.
const OFFERED: &str = "SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'create_distributed_table')";
/// What is spread already.
const SPREAD: &str = "SELECT relname::text FROM pg_class WHERE oid IN (SELECT logicalrelid FROM pg_dist_partition)
    AND relnamespace = current_schema()::regnamespace";
const FIRST: &str = "SELECT create_distributed_table($1::text::regclass, 'slot', colocate_with => 'none')::text";
const BESIDE: &str = "SELECT create_distributed_table($1::text::regclass, 'slot', colocate_with => 'event')::text";
const COPY: &str = "SELECT create_reference_table($1::text::regclass)::text";

/// True when the tables are spread over machines.
pub(super) fn is_distributed(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(offered(connection)? && spread(connection)?.iter().any(|name| name == "event"))
}

fn offered(connection: &mut Connection) -> Result<bool, StoreError> {
    let rows = connection.ask_one(DOING, OFFERED, vec![])?;
    Ok(rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or(false))
}

fn spread(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let rows = connection.ask_one(DOING, SPREAD, vec![])?;
    Ok(rows.iter().filter_map(|row| row.try_get(0).ok()).collect())
}

/// Distributes every table that is not distributed yet, each by itself, so that what was interrupted goes on. `progress` is told of each.
pub(super) fn distribute(
    connection: &mut Connection,
    progress: &mut dyn FnMut(&str),
) -> Result<Distributed, StoreError> {
    if !offered(connection)? {
        return Ok(Distributed::NotOffered);
    }
    let spread = spread(connection)?;
    let mut done = 0_u32;
    let how = BY_SLOT.iter().map(|table| (table, if *table == "event" { FIRST } else { BESIDE }));
    for (table, sql) in how.chain(EVERYWHERE.iter().map(|table| (table, COPY))) {
        if !spread.iter().any(|name| name == table) {
            connection.ask_one(DOING, sql, vec![table])?;
            done = done.saturating_add(1);
            progress(table);
        }
    }
    Ok(Distributed::Done(done))
}
