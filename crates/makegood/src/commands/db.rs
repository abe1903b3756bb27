use makegood_store::Distributed;

use crate::arguments::DbCommand;
use crate::output::{counter, grouped, put_line};
use crate::{Failure, open};

/// `makegood db`: how a database is laid out.
pub fn run(command: &DbCommand) -> Result<bool, Failure> {
    let DbCommand::Distribute(database) = command;
    let opened = open::database(&database.db)?;
    let progress = counter("distributing the tables");
    let done = opened.store.distribute(&mut |table| {
        progress.set_message(format!("distributed {table}"));
        progress.inc(1);
    })?;
    progress.finish_and_clear();
    match done {
        Distributed::NotOffered => {
            put_line!(
                "nothing has changed: a database is spread by a server that offers `create_distributed_table` (Citus and its like), and this is none"
            );
        }
        Distributed::Done(0) => put_line!("nothing has changed: every table is distributed already"),
        Distributed::Done(tables) => {
            put_line!("{} tables are distributed now, those with a slot by it", grouped(tables))
        }
    }
    Ok(true)
}
