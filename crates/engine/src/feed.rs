//! Feeding: lines are read and checked on one thread, folded on another, and made durable on a third.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use makegood_charter::Moment;
use makegood_core::Rulebook;

use crate::lines::{Line, Lines};
use crate::{EngineError, Origin, Reject, Session, Work, intake, limits};

/// Lines that travel together between threads.
const PORTION: usize = 512;
/// How long a group of events is held open for more before it is made durable.
const GROUP_COMMIT: Duration = Duration::from_millis(20);

/// How far a feed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fed {
    /// Lines read.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why a feed ended before its input did. What was read before is taken.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The input broke off.
    #[error("`{name}` could not be read on after line {line}")]
    Input {
        /// The input.
        name: String,
        /// The last line that was read.
        line: u64,
        /// What happened.
        source: io::Error,
    },
    /// The engine stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

enum Portion {
    Work(Vec<Work>, Fed),
    Broken(u64, io::Error),
}

/// Takes every line of `input`, all at the session's time of learning. Lines that cannot be taken are set aside. When this returns,
/// everything taken is durable.
pub fn feed(
    session: &mut Session,
    book: &Arc<Rulebook>,
    name: &str,
    input: impl Read + Send,
    progress: &mut dyn FnMut(Fed),
) -> Result<Fed, FeedError> {
    let now = session.now();
    feed_by(&|| now, session, book, name, input, progress)
}

/// The same for an input that may go on for days: each line is learnt of when `clock` says, as it comes.
pub fn feed_by(
    clock: &(dyn Fn() -> Moment + Sync),
    session: &mut Session,
    book: &Arc<Rulebook>,
    name: &str,
    input: impl Read + Send,
    progress: &mut dyn FnMut(Fed),
) -> Result<Fed, FeedError> {
    let (portions, received) = sync_channel(limits::READ_AHEAD / PORTION);
    // Moved in, so that the reading thread finds nobody to send to, and ends, when this one gives up.
    std::thread::scope(move |scope| {
        scope.spawn(move || read_all(book, name, Lines::new(input), clock, &portions));
        let mut fed = Fed::default();
        let mut broken = None;
        loop {
            if let Some((line, source)) = broken {
                session.flush()?;
                return Err(FeedError::Input { name: name.to_owned(), line, source });
            }
            match received.recv_timeout(GROUP_COMMIT) {
                Ok(Portion::Work(mut work, until)) => {
                    fed = until;
                    // Where each question travels, many are asked together: what has been read by now is taken at once, and where
                    // there is much, what follows.
                    while session.reads_ahead() && work.len() < limits::READ_AHEAD {
                        let much = work.len() >= PORTION;
                        match received.recv_timeout(if much { GROUP_COMMIT } else { Duration::ZERO }) {
                            Ok(Portion::Work(more, until)) => {
                                work.extend(more);
                                fed = until;
                            }
                            Ok(Portion::Broken(line, source)) => broken = Some((line, source)),
                            Err(_) => break,
                        }
                    }
                    session.set_now(clock());
                    session.work(work)?;
                    progress(fed);
                }
                Ok(Portion::Broken(line, source)) => broken = Some((line, source)),
                Err(RecvTimeoutError::Timeout) => session.pause()?,
                Err(RecvTimeoutError::Disconnected) => {
                    session.flush()?;
                    return Ok(fed);
                }
            }
        }
    })
}

fn read_all(
    book: &Rulebook,
    name: &str,
    mut lines: Lines<impl Read>,
    clock: &dyn Fn() -> Moment,
    portions: &SyncSender<Portion>,
) {
    let name: Arc<str> = name.into();
    let mut work = Vec::with_capacity(PORTION);
    let mut fed = Fed::default();
    loop {
        match lines.read() {
            Ok(Some((number, line))) => {
                fed = Fed { lines: number, bytes: lines.bytes() };
                work.push(read_line(book, &name, number, &line, clock()));
            }
            Ok(None) => break,
            Err(error) => {
                let _ = portions.send(Portion::Work(work, fed));
                let _ = portions.send(Portion::Broken(fed.lines, error));
                return;
            }
        }
        if work.len() >= PORTION || lines.would_wait() {
            let full = std::mem::replace(&mut work, Vec::with_capacity(PORTION));
            if portions.send(Portion::Work(full, fed)).is_err() {
                return;
            }
        }
    }
    let _ = portions.send(Portion::Work(work, fed));
}

fn read_line(book: &Rulebook, name: &Arc<str>, number: u64, line: &Line, now: Moment) -> Work {
    let origin = Origin { name: name.clone(), line: number };
    match line {
        Line::Whole(bytes) => match intake::read(book, bytes, origin.clone(), now) {
            Ok(incoming) => Work::Event(Box::new(incoming)),
            Err(reject) => Work::SetAside(reject.row(&origin, bytes, now)),
        },
        Line::TooLong { start, length } => {
            let reject = Reject::new(
                "line-too-long",
                format!("the line has {length} bytes, more than {}", limits::LINE_BYTES),
                "send one event a line, and large documents as a hash and an address",
            );
            Work::SetAside(reject.row(&origin, start, now))
        }
    }
}
