use makegood_core::id::hex;
use makegood_store::SLOTS;

use crate::arguments::Database;
use crate::output::put_line;
use crate::output::{bar, grouped};
use crate::{Failure, open};

/// `makegood rebuild`: folds the log again and compares digests.
pub fn run(arguments: &Database) -> Result<bool, Failure> {
    let opened = open::database(&arguments.db)?;
    let progress = bar(u64::from(SLOTS), "folding the log again");
    let threads = open::threads();
    let rebuilt = makegood_engine::rebuild(&*opened.store, &opened.book, threads, &|| progress.inc(1))?;
    progress.finish_and_clear();
    put_line!("{} events of {} parties folded again", grouped(rebuilt.events), grouped(rebuilt.parties));
    put_line!("kept    {}", hex(&rebuilt.kept));
    put_line!("folded  {}", hex(&rebuilt.folded));
    for difference in &rebuilt.differ {
        put_line!("differs: {difference}");
    }
    let same = rebuilt.is_same();
    let (number, name) = makegood_core::invariant::REPLAY;
    if same {
        put_line!("they are the same, byte for byte");
    } else {
        put_line!("THEY DIFFER: invariant {number} is broken ({name})");
    }
    Ok(same)
}
