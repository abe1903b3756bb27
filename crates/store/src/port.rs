use std::collections::BTreeMap;
use std::ops::Range;

use crate::Slot;
use crate::rows::*;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum StoreError {
    /// The URL names no database this build knows.
    #[error("`{url}` is not a database address: use `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
    BadUrl { url: String },
    /// The URL names a server, and cannot be read.
    #[error("`{url}` is not a database address: {why}: write `postgres://USER@HOST:PORT/DATABASE`")]
    BadServerUrl { url: String, why: String },
    /// The server does not answer, or lets nobody in.
    #[error("`{url}` cannot be reached: {why}")]
    Unreachable { url: String, why: String },
    /// The server is older than what is used of it.
    #[error("`{url}` is PostgreSQL {found}: version 15 or newer is needed")]
    TooOld { url: String, found: String },
    /// The user may not do what has to be done.
    #[error("`{url}` does not allow it: {why}: let the user own the schema that the tables are in")]
    Forbidden { url: String, why: String },
    /// A file that can be read, where SQLite may not write what it needs beside it.
    #[error(
        "`{url}` can be read and not opened: SQLite keeps `-wal` and `-shm` beside a file that is open, and this user may not make them there"
    )]
    NothingBeside { url: String },
    /// The database belongs to another program.
    #[error("`{url}` holds another program's data: name a new database, or one that makegood made")]
    NotOurs { url: String },
    /// The database was written by a newer release.
    #[error("`{url}` has schema {found}, this release knows {known}: a newer makegood wrote it")]
    Newer { url: String, found: u32, known: u32 },
    /// The database is not whole yet: it is being filled with a copy of another one.
    #[error("`{url}` is being filled with a copy of `{source_url}`, which has not come to its end")]
    Filling { url: String, source_url: String },
    /// What should be filled holds something already.
    #[error("`{url}` is not empty: name a new database")]
    NotEmpty { url: String },
    /// The two that were copied differ although nothing failed.
    #[error("the copy differs from what was copied in {slots} slots: somebody writes to one of the two")]
    Differs { slots: usize },
    /// A copy met somebody who writes to what is being filled, or lost its connection within a commit.
    #[error("the copy broke off: {why}")]
    BrokenOff { why: String },
    /// What was read does not have the form that was written.
    #[error("a row of `{table}` cannot be read: {what}")]
    Damaged { table: &'static str, what: String },
    /// No table of that name is counted.
    #[error("`{table}` is not a table: see the list at `Reader::count`")]
    NoTable { table: String },
    /// The database itself failed.
    #[error("`{url}` failed while {doing}")]
    Database { url: String, doing: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

impl StoreError {
    /// What to do about it, where the database's own error says so.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            StoreError::Database { source, .. } => crate::sqlite::advice(&**source),
            _ => None,
        }
    }
}

/// Why a commit was not made. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum CommitError {
    /// Somebody else has written since: forget what was read, read again and fold again.
    #[error("another process wrote to `{key}` first")]
    Stale { key: Box<str> },
    /// A charter version was put in force since the commit's work was judged.
    #[error("there are {found} charter versions, and what was to be written was judged by {judged_by}")]
    Charters { found: u32, judged_by: u32 },
    /// The caller found, while nobody else could write, that the charter version may not be put in force.
    #[error("the charter version was not admitted")]
    NotAdmitted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A database.
pub trait Store: Send + Sync {
    /// A connection that reads. Each thread has its own.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;
    /// A connection that writes. Each thread has its own. It is opened before anything is read that its commits will rest on: a
    /// store that is not shared answers [`CommitError::Stale`] for what another connection, of this process too, wrote since then.
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError>;
    /// A connection that reads everything as it is at this moment, whatever is committed later.
    fn snapshot(&self) -> Result<Box<dyn Reader>, StoreError>;
    /// True when other processes may write between a read and the commit that rests on it, so that fan-out must go through the
    /// inbox and may not be shortened within one commit. False when the writer would answer [`CommitError::Stale`] instead.
    fn shared(&self) -> bool;
    /// Spreads the tables over machines by their slot, where the server offers it. `progress` is told of each table.
    fn distribute(&self, progress: &mut dyn FnMut(&str)) -> Result<Distributed, StoreError> {
        let _ = progress;
        Ok(Distributed::NotOffered)
    }
    /// What an operator wants to know at a glance.
    fn health(&self) -> Result<Health, StoreError>;
    /// Reads the whole database and tells what in it is broken or unsafe, and what to do, at most `limit` findings. Empty when it is whole.
    fn damage(&self, limit: usize) -> Result<Vec<String>, StoreError>;
}

/// Work that waits in a slot for whichever process is free. One process at a time works a slot's queue of a kind: see
/// [`Writer::claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Parties whose `wake_at` has come.
    Timers,
    /// Things' events on their way: fan-outs, interests that have not heard, inboxes.
    Deliveries,
    /// What must leave.
    Messages,
    /// Not work, but the seats of those who take in much at once and have things' events on their way that are nobody else's business:
    /// one of the first few slots each.
    Feeding,
}

impl Queue {
    /// Its number in the database.
    pub(crate) fn number(self) -> u8 {
        match self {
            Queue::Timers => 0,
            Queue::Deliveries => 1,
            Queue::Messages => 2,
            Queue::Feeding => 3,
        }
    }
}

/// What came of [`Store::distribute`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distributed {
    /// The server is one machine and knows of no other.
    NotOffered,
    /// So many tables are distributed now that were not before.
    Done(u32),
}

/// The state of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// The number of the newest migration that was applied.
    pub schema: u32,
    /// Bytes of the database.
    pub bytes: u64,
    /// Bytes of the write-ahead log beside it.
    pub log_bytes: u64,
}

/// An account, a commodity, its decimals, and the sum in minor units.
pub type Balance = (Box<str>, Box<str>, u8, i128);

/// The answers of slots, one after another.
fn in_each<T>(slots: &[Slot], mut ask: impl FnMut(Slot) -> Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    for slot in slots {
        all.extend(ask(*slot)?);
    }
    Ok(all)
}

/// Reads what is committed.
pub trait Reader: Send {
    /// The heads of these keys, in their order.
    fn heads(&mut self, keys: &[(Slot, &str)]) -> Result<Vec<Option<HeadRow>>, StoreError>;
    /// The line with this ident in the log of `key`.
    fn event(&mut self, slot: Slot, key: &str, ident: &Ident) -> Result<Option<EventRow>, StoreError>;
    /// For each, the place of the line with this ident in the log of the key, if the log holds it: many questions at once.
    fn places(&mut self, events: &[(Slot, &str, Ident)]) -> Result<Vec<Option<u64>>, StoreError>;
    /// The log of `key` after `after`, in order, at most `limit` lines.
    fn log(&mut self, slot: Slot, key: &str, after: u64, limit: usize) -> Result<Vec<EventRow>, StoreError>;
    /// Lines of a slot that hold an event's own bytes and happened at `from` or later, after (key, seq), in that order, at most
    /// `limit`. Reads the whole slot: for looking over history, not for the live path.
    fn happened_since(
        &mut self,
        slot: Slot,
        from: i64,
        after: (&str, u64),
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError>;
    /// Events of a key's own that are kept to be found by this thing ([`EventRow::about`]), in the order of its log.
    fn own_about(&mut self, slot: Slot, key: &str, thing: &str) -> Result<Vec<EventRow>, StoreError>;
    /// For each log, its lines after a place, in order, at most `limit` of each: many questions at once.
    fn logs(&mut self, asked: &[(Slot, &str, u64)], limit: usize) -> Result<Vec<Vec<EventRow>>, StoreError> {
        asked.iter().map(|(slot, key, after)| self.log(*slot, key, *after, limit)).collect()
    }
    /// For each key and thing, what [`Reader::own_about`] says: many questions at once.
    fn own_about_each(&mut self, asked: &[(Slot, &str, &str)]) -> Result<Vec<Vec<EventRow>>, StoreError> {
        asked.iter().map(|(slot, key, thing)| self.own_about(*slot, key, thing)).collect()
    }
    /// Lines of a slot after (key, seq), in that order, at most `limit`.
    fn lines_of_slot(&mut self, slot: Slot, after: (&str, u64), limit: usize) -> Result<Vec<EventRow>, StoreError>;
    /// Parts of a party whose id begins with these four bytes.
    fn parts_about(
        &mut self,
        slot: Slot,
        party: &str,
        kind: PartKind,
        about: [u8; 4],
    ) -> Result<Vec<PartRow>, StoreError>;
    /// Parts of a party whose `wake_at` is at or before `until`.
    fn parts_due(&mut self, slot: Slot, party: &str, kind: PartKind, until: i64) -> Result<Vec<PartRow>, StoreError>;
    /// The earliest `wake_at` among a party's parts, leaving out `except`, which is in order.
    fn next_wake(
        &mut self,
        slot: Slot,
        party: &str,
        kind: PartKind,
        except: &[PartId],
    ) -> Result<Option<i64>, StoreError>;
    /// One part of a party.
    fn part(&mut self, slot: Slot, party: &str, kind: PartKind, id: &PartId) -> Result<Option<PartRow>, StoreError>;
    /// The parts in a slot with this id, whosever they are (for looking up an id that a person typed).
    fn parts_by_id(&mut self, slot: Slot, kind: PartKind, id: &PartId) -> Result<Vec<PartRow>, StoreError>;
    /// All parts of a slot after (party, id), in that order, at most `limit`.
    fn parts_of_slot(
        &mut self,
        slot: Slot,
        kind: PartKind,
        after: Option<(&str, &PartId)>,
        limit: usize,
    ) -> Result<Vec<PartRow>, StoreError>;
    /// The first parts of each of these slots, as [`Reader::parts_of_slot`] gives them: many questions at once.
    fn parts_in(&mut self, slots: &[Slot], kind: PartKind, limit: usize) -> Result<Vec<PartRow>, StoreError> {
        in_each(slots, |slot| self.parts_of_slot(slot, kind, None, limit))
    }
    /// All parts of a party, by id.
    fn parts_of(&mut self, slot: Slot, party: &str, kind: PartKind) -> Result<Vec<PartRow>, StoreError>;
    /// The first parts of each of these parties, by id, at most `limit` of each: many questions at once.
    fn parts_of_each(
        &mut self,
        kind: PartKind,
        parties: &[(Slot, &str)],
        limit: usize,
    ) -> Result<Vec<Vec<PartRow>>, StoreError> {
        let first: PartId = [0; 12];
        let mut of = |slot: Slot, party: &str| {
            let mut parts: Vec<PartRow> = self.part(slot, party, kind, &first)?.into_iter().collect();
            parts.extend(self.parts_of_slot(slot, kind, Some((party, &first)), limit)?);
            let of_party = parts.iter().take_while(|part| &*part.party == party).count();
            parts.truncate(of_party.min(limit));
            Ok(parts)
        };
        parties.iter().map(|(slot, party)| of(*slot, party)).collect()
    }
    /// Heads of a slot after `after`, in the order of keys, at most `limit`.
    fn heads_of_slot(&mut self, slot: Slot, after: &str, limit: usize) -> Result<Vec<HeadRow>, StoreError>;
    /// Who must hear of a thing, after `after` in the order of keys, at most `limit`.
    fn interested(&mut self, slot: Slot, thing: &str, after: &str, limit: usize) -> Result<Vec<Box<str>>, StoreError>;
    /// For each thing, who must hear of it after a key, in the order of keys, at most `limit`: many questions at once.
    fn interested_in(&mut self, things: &[(Slot, &str, &str)], limit: usize) -> Result<Vec<Vec<Box<str>>>, StoreError> {
        things.iter().map(|(slot, thing, after)| self.interested(*slot, thing, after, limit)).collect()
    }
    /// True when a party holds an interest in a thing.
    fn is_interested(&mut self, slot: Slot, thing: &str, party: &str) -> Result<bool, StoreError>;
    /// For each thing and party, whether it holds an interest: many questions at once.
    fn are_interested(&mut self, asked: &[(Slot, &str, &str)]) -> Result<Vec<bool>, StoreError> {
        asked.iter().map(|(slot, thing, party)| self.is_interested(*slot, thing, party)).collect()
    }
    /// Interests of a slot that have not heard what was said before, at most `limit`.
    fn unheard(&mut self, slot: Slot, limit: usize) -> Result<Vec<InterestRow>, StoreError>;
    /// Deliveries of a slot that wait, at most `limit`.
    fn inbox(&mut self, slot: Slot, limit: usize) -> Result<Vec<InboxRow>, StoreError>;
    /// Fan-outs of a slot that are not finished, at most `limit`.
    fn fanouts(&mut self, slot: Slot, limit: usize) -> Result<Vec<FanoutRow>, StoreError>;
    /// Keys of a slot whose `wake_at` is at or before `until`, earliest first, at most `limit`.
    fn due(&mut self, slot: Slot, until: i64, limit: usize) -> Result<Vec<(Box<str>, i64)>, StoreError>;
    /// What [`Reader::due`] says of each of these slots: many questions at once.
    fn due_in(&mut self, slots: &[Slot], until: i64, limit: usize) -> Result<Vec<(Box<str>, i64)>, StoreError> {
        in_each(slots, |slot| self.due(slot, until, limit))
    }
    /// What [`Reader::inbox`] says of each of these slots: many questions at once.
    fn inbox_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<InboxRow>, StoreError> {
        in_each(slots, |slot| self.inbox(slot, limit))
    }
    /// What [`Reader::fanouts`] says of each of these slots: many questions at once.
    fn fanouts_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<FanoutRow>, StoreError> {
        in_each(slots, |slot| self.fanouts(slot, limit))
    }
    /// What [`Reader::unheard`] says of each of these slots: many questions at once.
    fn unheard_in(&mut self, slots: &[Slot], limit: usize) -> Result<Vec<InterestRow>, StoreError> {
        in_each(slots, |slot| self.unheard(slot, limit))
    }
    /// The earliest `wake_at` of all.
    fn earliest_wake(&mut self) -> Result<Option<i64>, StoreError>;
    /// What must leave from a slot at or before `until` under one of these topics, oldest try first, at most `limit`.
    fn outbox_due(
        &mut self,
        slot: Slot,
        topics: &[&str],
        until: i64,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError>;
    /// What has left or must leave for a party.
    fn outbox_of(&mut self, slot: Slot, party: &str) -> Result<Vec<OutboxRow>, StoreError>;
    /// Those of these slots in which something of the queue waits; for timers and messages, at or before `until`.
    fn waiting(&mut self, queue: Queue, until: i64, slots: &[Slot]) -> Result<Vec<Slot>, StoreError>;
    /// Those of these slots whose queue somebody holds: see [`Writer::claim`]. To look takes nothing from anybody.
    fn claimed(&mut self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, StoreError>;
    /// What the last claim of a slot's queue can be told by: another number whenever it was claimed, renewed or given back since. `None`:
    /// nobody ever claimed it.
    fn claim_stamp(&mut self, queue: Queue, slot: Slot) -> Result<Option<i64>, StoreError>;
    /// All interests of a slot after (thing, party), in that order, at most `limit`.
    fn interests_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<InterestRow>, StoreError>;
    /// All messages of a slot after (party, id), in that order, at most `limit`.
    fn outbox_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId)>,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError>;
    /// All tallies of a slot.
    fn tallies_of_slot(&mut self, slot: Slot) -> Result<Vec<TallyRow>, StoreError>;
    /// All inputs of a slot that were set aside, by id.
    fn quarantine_of_slot(&mut self, slot: Slot) -> Result<Vec<QuarantineRow>, StoreError>;
    /// How many parts there are of each clause and state, in that order.
    fn standings(&mut self, kind: PartKind) -> Result<Vec<(Box<str>, u8, u64)>, StoreError>;
    /// Lines of the ledger of one slot after (party, movement, line), in that order, at most `limit`.
    fn postings_of_slot(
        &mut self,
        slot: Slot,
        after: Option<(&str, &PartId, u8)>,
        limit: usize,
    ) -> Result<Vec<PostingRow>, StoreError>;
    /// Lines of the ledger of one party.
    fn postings_of(&mut self, slot: Slot, party: &str) -> Result<Vec<PostingRow>, StoreError>;
    /// Every account's sum: (account, commodity, decimals, minor units), in that order.
    fn balances(&mut self) -> Result<Vec<Balance>, StoreError>;
    /// The sums of a tally over all slots, for these days, by day and commodity. A day on which nothing was added is left out.
    fn tallies(&mut self, name: &str, days: Range<i32>) -> Result<BTreeMap<(i32, Box<str>), i64>, StoreError>;
    /// Inputs set aside, after (slot, id), in that order, at most `limit`.
    fn quarantine(&mut self, after: Option<(Slot, PartId)>, limit: usize) -> Result<Vec<QuarantineRow>, StoreError>;
    /// Of what the database is being filled with a copy, if it is.
    fn filling(&mut self) -> Result<Option<Box<str>>, StoreError>;
    /// How many rows a table holds: `event`, `head`, `promise`, `remedy`, `play`, `custody`, `stage`, `posting`, `outbox`, `inbox`, `fanout`, `interest`, `quarantine`, `fit`.
    fn count(&mut self, table: &str) -> Result<u64, StoreError>;
    /// Every charter version, in the order it was recorded.
    fn charters(&mut self) -> Result<Vec<CharterRow>, StoreError>;
    /// Every fitted model of value, by charter, currency, day and model.
    fn fits(&mut self) -> Result<Vec<FitRow>, StoreError>;
}

/// Writes.
pub trait Writer: Send {
    /// Makes all of `commit` durable, or nothing of it. When it returns, a sudden death loses nothing of it.
    ///
    /// A head whose version is not the expected one, or a line of a log whose place or ident is taken, is [`CommitError::Stale`]
    /// with that key. A ledger line that stands already is a failure of the store: it is never written over. Of rows with the same
    /// key the last one stays, and what is both added and done is done. A commit that was judged by another number of charter
    /// versions than there are is [`CommitError::Charters`].
    fn commit(&mut self, commit: &Commit) -> Result<(), CommitError>;
    /// From here on others may write between a read and the commit that rests on it: only the version of each head is compared, as in a
    /// store that is [shared](Store::shared). For one who was told too often that somebody else wrote something else.
    fn share(&mut self) {}
    /// Claims the queue of these slots for this writer, for so many milliseconds by the database's clock, and gives those it got: the
    /// ones that nobody held, whose claim ran out, or that it held itself. Claims are short: one that lasts more than a day stems from
    /// before the clock was set back, and has run out. Nothing is correct only because of a claim: it keeps two
    /// processes from doing the same work at once.
    fn claim(&mut self, queue: Queue, slots: &[Slot], milliseconds: u32) -> Result<Vec<Slot>, StoreError>;
    /// Gives back what this writer claimed.
    fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), StoreError>;
    /// Notes that the database is being filled with a copy of `source`, and gives the slots that are done. It must be empty, or have
    /// been begun with the same source.
    fn begin_filling(&mut self, source: &str) -> Result<Vec<Slot>, StoreError>;
    /// Notes that slots are done.
    fn filled(&mut self, slots: &[Slot]) -> Result<(), StoreError>;
    /// Notes that everything is done.
    fn end_filling(&mut self) -> Result<(), StoreError>;
    /// Empties slots of a database that is being filled.
    fn empty(&mut self, slots: &[Slot]) -> Result<(), StoreError>;
    /// Records charter versions and makes `with` durable, all of it or nothing. Recording the same text again changes nothing;
    /// another text under the same name and version is refused as [`CommitError::Stale`]. If any version is new, all are recorded
    /// only if `admit`, which is asked while nobody can commit and may read what is committed, answers true; otherwise it is
    /// [`CommitError::NotAdmitted`].
    fn put_charters(
        &mut self,
        charters: &[CharterRow],
        with: &Commit,
        admit: &mut dyn FnMut() -> bool,
    ) -> Result<(), CommitError>;
    /// Records fitted models, all or none of them; one of the same charter, currency, day and model is written over.
    fn put_fits(&mut self, fits: &[FitRow]) -> Result<(), CommitError>;
}
