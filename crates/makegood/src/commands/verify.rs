use makegood_store::SLOTS;

use crate::arguments::Database;
use crate::output::put_line;
use crate::output::{bar, grouped};
use crate::{Failure, open};

/// `makegood verify`: checks chains, books and views.
pub fn run(arguments: &Database) -> Result<bool, Failure> {
    let opened = open::database(&arguments.db)?;
    let progress = bar(u64::from(SLOTS), "verifying");
    let verified = makegood_engine::verify(&*opened.store, &opened.book, open::threads(), &|| progress.inc(1))?;
    progress.finish_and_clear();
    put_line!(
        "{} lines of {} logs follow their chains, {} movements were summed, {} promises, remedies and other parts compared",
        grouped(verified.lines),
        grouped(verified.logs),
        grouped(verified.movements),
        grouped(verified.parts),
    );
    for fault in &verified.faults {
        put_line!("fault: {fault}");
    }
    put_line!("{}", if verified.faults.is_empty() { "nothing is wrong" } else { "SOMETHING IS WRONG" });
    Ok(verified.faults.is_empty())
}
