use makegood_engine::{Counts, FeedError, feed_by};

use super::moment;
use crate::arguments::{Format, Run};
use crate::output::{bar, counter, grouped};
use crate::output::{put, put_line};
use crate::statement::Statement;
use crate::{Failure, clock, files, open};

/// `makegood run`: takes events under a charter.
pub fn run(arguments: &Run) -> Result<bool, Failure> {
    let until = moment(&arguments.until)?;
    let charters: Result<Vec<_>, Failure> = arguments.charter.iter().map(|path| open::charter_file(path)).collect();
    let opened = open::with_charters(&arguments.database.db, &charters?)?;
    if opened.book.versions().is_empty() {
        return Err(Failure::new(
            "M016",
            format!("`{}` holds no charter", makegood_store::shown(&arguments.database.db)),
            "name one with `--charter FILE`: without a charter nothing is promised",
        ));
    }
    let mut session = opened.session()?;
    let mut broken: Option<Failure> = None;
    for path in &arguments.events {
        // One file that is missing or broken holds up no other; of several, the last is told by the exit.
        let mut trouble = |failure: Failure| {
            if let Some(earlier) = broken.replace(failure) {
                eprint!("{earlier}");
            }
        };
        let file = match files::open(path) {
            Ok(file) => file,
            Err(failure) => {
                trouble(failure);
                continue;
            }
        };
        let progress = match file.bytes {
            Some(bytes) if path.extension().is_none_or(|ending| ending != "gz" && ending != "zst") => {
                bar(bytes, &file.name)
            }
            _ => counter(&file.name),
        };
        let known_length = progress.length().is_some();
        let fed = feed_by(&clock::now, &mut session, &opened.book, &file.name, file.content, &mut |fed| {
            progress.set_position(if known_length { fed.bytes } else { fed.lines });
        });
        progress.finish_and_clear();
        match fed {
            Ok(_) => {}
            Err(FeedError::Engine(error)) => return Err(error.into()),
            Err(input) => trouble(input.into()),
        }
    }
    if broken.is_none() {
        // With part of the input missing, silence would prove nothing.
        let progress = counter("moving the clock");
        session.set_now(clock::now());
        session.advance(until, &mut |parties| progress.set_position(parties))?;
        progress.finish_and_clear();
    }
    let statement = Statement::draw_up(session.reader(), &opened.book)?;
    match arguments.format {
        Format::Text => put!("{}\n{}", taken(&session.counts()), statement.text()),
        Format::Json => {
            put_line!("{}", serde_json::json!({ "counts": counts(&session.counts()), "statement": statement }))
        }
    }
    match broken {
        Some(failure) => Err(failure),
        None => Ok(session.counts().set_aside == 0 && statement.balances()),
    }
}

fn counts(counts: &Counts) -> serde_json::Value {
    serde_json::json!({
        "events": counts.events, "known": counts.known, "set_aside": counts.set_aside,
        "delivered": counts.delivered, "clock": counts.clock,
    })
}

/// What a run took, in words.
pub fn taken(counts: &Counts) -> String {
    format!(
        "{} events taken, {} known already, {} set aside; {} deliveries to parties, {} moments of the clock\n",
        grouped(counts.events),
        grouped(counts.known),
        grouped(counts.set_aside),
        grouped(counts.delivered),
        grouped(counts.clock),
    )
}
