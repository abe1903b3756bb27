use super::moment;
use crate::arguments::Tick;
use crate::output::put_line;
use crate::output::{counter, grouped};
use crate::{Failure, open};

/// `makegood tick`: moves the clock.
pub fn run(arguments: &Tick) -> Result<bool, Failure> {
    let until = moment(&arguments.until)?;
    let mut session = open::database(&arguments.database.db)?.session()?;
    let progress = counter("moving the clock");
    let woken = session.advance(until, &mut |parties| progress.set_position(parties))?;
    progress.finish_and_clear();
    put_line!("the clock stands at {until}; {} moments had come", grouped(woken));
    Ok(true)
}
