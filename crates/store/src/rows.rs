//! The rows of the port. Times are milliseconds since 1970-01-01T00:00:00Z.

use crate::Slot;

/// What tells an event apart within one log: the first 16 bytes of SHA-256 over source, a zero byte, id.
pub type Ident = [u8; 16];
/// The identity of a promise, a remedy or another part of a party: 4 bytes that all parts about one thing share, then 8 of its own.
pub type PartId = [u8; 12];
/// A link of a log's hash chain.
pub type Hash = [u8; 32];

/// How far the log of a party or thing has come, and for a party its folded state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// The slot of `key`.
    pub slot: Slot,
    /// The party or thing.
    pub key: Box<str>,
    /// Events in its log so far. Also its version: a commit must find the one it folded from.
    pub seq: u64,
    /// The hash of the last of them; zeros before the first.
    pub hash: Hash,
    /// When it must next be looked at.
    pub wake_at: Option<i64>,
    /// Its state, without its parts. Empty for a thing.
    pub state: Box<[u8]>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The slot of `key`.
    pub slot: Slot,
    /// The party or thing whose log this is.
    pub key: Box<str>,
    /// Its place in the log, from 1 without gaps.
    pub seq: u64,
    /// Unique in the log.
    pub ident: Ident,
    /// When it happened.
    pub time: i64,
    /// When it was recorded.
    pub recorded: i64,
    /// What was decided outside the fold and the fold must see again on replay (bits; the engine gives them meaning).
    pub context: u8,
    /// The event itself, or where it stands in the log of the thing it is about.
    pub body: Body,
    /// For an event of its own that must be found again by the thing it is about: the thing. It stands in the event as well.
    pub about: Option<Box<str>>,
    /// The chained hash: see [`crate::chain`].
    pub hash: Hash,
}

/// What a line of a log holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The event's bytes as they were received.
    Own(Box<[u8]>),
    /// A thing's event, delivered to this party; or one of its own, told again.
    Heard {
        /// The thing, or the party itself …
        thing: Box<str>,
        /// … and the event's place in its log.
        seq: u64,
    },
    /// The words were erased; their SHA-256 keeps the chain whole.
    Erased(Hash),
}

/// Which table a part of a party stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// Promises.
    Promise,
    /// Remedies.
    Remedy,
    /// Running and ended playbooks.
    Play,
    /// What was handed over of a thing.
    Custody,
    /// Moves from one stage to another.
    Stage,
}

impl PartKind {
    /// Every kind, in order.
    pub const ALL: [Self; 5] = [Self::Promise, Self::Remedy, Self::Play, Self::Custody, Self::Stage];
}

/// A part of a party's state that is loaded only when needed, and is the view of it at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Its table.
    pub kind: PartKind,
    /// The slot of `party`.
    pub slot: Slot,
    /// Whose it is.
    pub party: Box<str>,
    /// Its identity.
    pub id: PartId,
    /// The thing it is about; empty when none.
    pub thing: Box<str>,
    /// The clause of the charter: `departure`, `late-departure`.
    pub clause: Box<str>,
    /// Its state, by number.
    pub state: u8,
    /// When it is or was due.
    pub due: Option<i64>,
    /// When it must next be looked at; `None` once nothing more can happen by silence.
    pub wake_at: Option<i64>,
    /// When it was made or owed.
    pub since: i64,
    /// The whole of it.
    pub body: Box<[u8]>,
}

/// That a party must hear what is said about a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterestRow {
    /// The slot of `thing`.
    pub slot: Slot,
    /// The thing.
    pub thing: Box<str>,
    /// Who must hear of it.
    pub party: Box<str>,
    /// False while what was said before the interest was known has still to be delivered.
    pub heard: bool,
}

/// A thing's event on its way to one party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxRow {
    /// The slot of `party`.
    pub slot: Slot,
    /// Who must hear it.
    pub party: Box<str>,
    /// The thing …
    pub thing: Box<str>,
    /// … and the event's place in its log.
    pub seq: u64,
}

/// A thing's event that has not reached everyone yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FanoutRow {
    /// The slot of `thing`.
    pub slot: Slot,
    /// The thing.
    pub thing: Box<str>,
    /// The event's place in its log.
    pub seq: u64,
    /// The last party (in the order of keys) it was sent to; empty at the start.
    pub after: Box<str>,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRow {
    /// The slot of `party`.
    pub slot: Slot,
    /// Whose account moved.
    pub party: Box<str>,
    /// The movement: unique for the party.
    pub movement: PartId,
    /// The line of the movement, from 0.
    pub line: u8,
    /// When it happened.
    pub time: i64,
    /// The remedy it is about.
    pub remedy: PartId,
    /// The account: `Liabilities:Owed:Compensation`.
    pub account: Box<str>,
    /// The commodity's code …
    pub commodity: Box<str>,
    /// … and number of decimals.
    pub decimals: u8,
    /// In minor units; debits above zero.
    pub amount: i64,
}

/// Something that must leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The slot of `party`.
    pub slot: Slot,
    /// Whom it concerns.
    pub party: Box<str>,
    /// Its identity, by which a receiver drops repeats.
    pub id: PartId,
    /// What it is: `payout`, `notice`.
    pub topic: Box<str>,
    /// What leaves: JSON.
    pub body: Box<[u8]>,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Not before this moment; `None` once it has left or was given up.
    pub next_try: Option<i64>,
    /// When it was taken by a receiver.
    pub delivered: Option<i64>,
    /// Why the last attempt failed; empty if none did.
    pub trouble: Box<str>,
}

/// An addition to a sum that every process may add to, kept by slot so that no row is hot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TallyRow {
    /// The slot of the party that caused it.
    pub slot: Slot,
    /// Which sum: `budget`.
    pub name: Box<str>,
    /// The day, counted from 1970-01-01 in the charter's zone.
    pub day: i32,
    /// The commodity's code.
    pub commodity: Box<str>,
    /// What is added, in minor units.
    pub amount: i64,
}

/// An input that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// The slot of `origin`.
    pub slot: Slot,
    /// Derived from origin, line and bytes: the same bad line read again is the same row.
    pub id: PartId,
    /// The file or endpoint it came from.
    pub origin: Box<str>,
    /// Its line there, from 1.
    pub line: u64,
    /// The stable code of the reason.
    pub code: Box<str>,
    /// The reason and what to do.
    pub reason: Box<str>,
    /// What was received, cut at the limit for lines.
    pub bytes: Box<[u8]>,
    /// When it was set aside.
    pub recorded: i64,
}

/// A charter version that is or was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterRow {
    /// Its name.
    pub name: Box<str>,
    /// Its version.
    pub version: Box<str>,
    /// SHA-256 of the text.
    pub digest: Hash,
    /// The file as it was put in force.
    pub text: Box<str>,
    /// When it was recorded.
    pub recorded: i64,
}

/// A model of value that was fitted: a view of the past, which nothing that is owed reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitRow {
    /// The charter, by name, under which the parties dealt.
    pub charter: Box<str>,
    /// The currency of the amounts.
    pub currency: Box<str>,
    /// What was known at the end of this day was fitted on; days since 1970-01-01.
    pub day: i32,
    /// Which model.
    pub model: Box<str>,
    /// False when there was no best fit: kept to be told of, never to be used.
    pub converged: bool,
    /// Parameters, standard errors, likelihood and terms, or why there are none: JSON.
    pub body: Box<[u8]>,
    /// When it was recorded.
    pub recorded: i64,
}

/// Everything one transaction changes. Empty lists change nothing.
///
/// Nothing in it is correct only because a transaction spans several slots (invariant 8). Written slot by slot in this order, and broken
/// off anywhere, it loses nothing: interests, deliveries to be made, and that newcomers have to be looked after; then what things' logs
/// say, with that everyone must hear it; then each party's log and all that is kept of it; then what was delivered, and how far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// The number of charter versions that judged it; `None` where no charter did.
    pub charters: Option<u32>,
    /// Heads, each with the version it was folded from (0: it did not exist).
    pub heads: Vec<(HeadRow, u64)>,
    /// New lines of logs.
    pub events: Vec<EventRow>,
    /// Parts as they now are: written over what stood there.
    pub parts: Vec<PartRow>,
    /// Interests; one that stands already stays, and becomes heard if either is.
    pub interests: Vec<InterestRow>,
    /// Deliveries to be made; one that stands already stays.
    pub inbox_add: Vec<InboxRow>,
    /// Deliveries that were made.
    pub inbox_done: Vec<InboxRow>,
    /// Events to be fanned out, or how far that has come. One whose `after` is empty begins, and was never written before.
    pub fanouts: Vec<FanoutRow>,
    /// Events that have reached everyone (`after` is not looked at).
    pub fanouts_done: Vec<FanoutRow>,
    /// New lines of the ledger.
    pub postings: Vec<PostingRow>,
    /// What must leave, or how its sending went. A row written over one that stands there never takes back an attempt: a message
    /// that the fold gives a second time stays as it is.
    pub outbox: Vec<OutboxRow>,
    /// Messages that need not leave any more: those that have not left stay, and are tried no more.
    pub outbox_withdrawn: Vec<(Slot, Box<str>, PartId)>,
    /// Additions to sums.
    pub tallies: Vec<TallyRow>,
    /// Inputs set aside; one that stands already keeps its time and takes the new reason.
    pub quarantine: Vec<QuarantineRow>,
    /// Inputs that were taken after all, or given up.
    pub quarantine_done: Vec<(Slot, PartId)>,
}
