//! Putting a charter version in force: from its day on it judges, and what was judged before stays as it is.

mod approval;

use std::sync::Arc;

use makegood_charter::book::BookError;
use makegood_charter::decode::Envelope;
use makegood_charter::{Book, Charter, Moment, builtin};
use makegood_core::Rulebook;
use makegood_store::{Body, CharterRow, Commit, CommitError, EventRow, Reader, SLOTS, Slot, Store, StoreError};

pub use approval::{Act, ActKind, Decided, charter_log, decide, withdraw};

use crate::limits;

/// Why a charter version cannot be put in force. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum CharterError {
    /// It does not go together with the versions that are there.
    #[error(transparent)]
    Book(#[from] BookError),
    /// Something that it would judge was judged already without it.
    #[error("version {version} of `{name}` counts from {from}, but `{kind}` of `{key}` at {at} was judged without it")]
    Overtaken { name: Box<str>, version: Box<str>, from: Moment, kind: Box<str>, key: Box<str>, at: Moment },
    /// One charter's party would be another's thing.
    #[error("`{kind}` would be a party under one charter and a thing under another")]
    KindOfBoth { kind: Box<str> },
    /// A charter that is kept cannot be read by this release.
    #[error("version {version} of `{name}` is kept, and cannot be read by this release")]
    Unreadable { name: Box<str>, version: Box<str> },
    /// Another version of the charter is in force, and the new one would change what is promised.
    #[error("version {version} of `{name}` would change what is in force since version {in_force}")]
    NeedsTwo { name: Box<str>, version: Box<str>, in_force: Box<str> },
    /// A person cannot be named so.
    #[error("`{person}` names no person")]
    NoPerson { person: Box<str> },
    /// Whoever proposed it cannot approve it.
    #[error("version {version} of `{name}` was proposed by {person}, and whoever proposes does not approve")]
    SamePerson { name: Box<str>, version: Box<str>, person: Box<str> },
    /// Another text waits for approval under the same version.
    #[error("{by} proposed another text as version {version} of `{name}`, and it waits for approval")]
    OtherText { name: Box<str>, version: Box<str>, by: Box<str> },
    /// This very text was withdrawn.
    #[error("this text of version {version} of `{name}` was withdrawn by {by} at {at}")]
    WasWithdrawn { name: Box<str>, version: Box<str>, by: Box<str>, at: Moment },
    /// What lay ahead when it was proposed does not any more.
    #[error("version {version} of `{name}` was to count from {from}, which has passed since it was proposed at {at}")]
    DatePassed { name: Box<str>, version: Box<str>, from: Moment, at: Moment },
    /// Nothing waits for approval.
    #[error("no proposal of version {version} of `{name}` waits for approval")]
    NothingProposed { name: Box<str>, version: Box<str> },
    /// A line of the charter's log does not say what such lines say.
    #[error("line {seq} of the log of `{key}` cannot be read")]
    BadLine { key: Box<str>, seq: u64 },
    /// Another process was faster, again and again.
    #[error("another process wrote first")]
    Overtook,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CharterError {
    fn overtaken(charter: &Charter, row: &EventRow, kind: Box<str>) -> Self {
        let (name, version) = (charter.name.clone(), charter.version.clone());
        Self::Overtaken { name, version, from: charter.from, kind, key: row.key.clone(), at: Moment(row.time) }
    }

    fn needs_two(charter: &Charter, other: &Charter) -> Self {
        let (name, version) = (charter.name.clone(), charter.version.clone());
        Self::NeedsTwo { name, version, in_force: other.version.clone() }
    }
}

/// Puts a charter version in force; one that is there already stays as it is. For callers that answer for it themselves: what people
/// put in force goes through [`begin`] and [`decide`].
///
/// What was judged is never judged anew, so that folding the log again gives what was given: a version that counts from a moment
/// before something it would have judged is refused.
pub fn put_in_force(store: &dyn Store, charter: &Arc<Charter>, now: Moment) -> Result<(), CharterError> {
    put(store, std::slice::from_ref(charter), &Commit::default(), now, &|_| Ok(()))
}

/// Puts the first versions of charters in force, all of them or none: of a charter of which nothing is in force there is nothing that
/// could be changed. Versions that are there already stay as they are; a further version of a charter in force needs two persons.
pub fn begin(store: &dyn Store, charters: &[Arc<Charter>], now: Moment) -> Result<(), CharterError> {
    if charters.is_empty() {
        return Ok(());
    }
    put(store, charters, &Commit::default(), now, &|kept| {
        let is_kept =
            |charter: &Charter| kept.iter().any(|other| other.name == charter.name && other.version == charter.version);
        let further = charters.iter().filter(|charter| !is_kept(charter));
        let further =
            further.filter_map(|charter| Some((charter, kept.iter().find(|other| other.name == charter.name)?)));
        further.map(|(charter, other)| Err(CharterError::needs_two(charter, other))).next().unwrap_or(Ok(()))
    })
}

/// Finds what is against new versions among those that are kept.
type May<'m> = dyn Fn(&[Arc<Charter>]) -> Result<(), CharterError> + 'm;

/// Records versions together with `with`, if `may` finds nothing against it among the versions that are kept, and if they may count.
fn put(
    store: &dyn Store,
    charters: &[Arc<Charter>],
    with: &Commit,
    now: Moment,
    may: &May,
) -> Result<(), CharterError> {
    let rows: Vec<CharterRow> = charters
        .iter()
        .map(|charter| CharterRow {
            name: charter.name.clone(),
            version: charter.version.clone(),
            digest: charter.digest,
            text: charter.source_text.clone(),
            recorded: now.0,
        })
        .collect();
    let mut writer = store.writer()?;
    let mut reader = store.reader()?;
    let mut verdict = Ok(());
    let answer = writer.put_charters(&rows, with, &mut || {
        let may = |kept: Vec<Arc<Charter>>| may(&kept).map(|()| kept);
        verdict = kept(&mut *reader).and_then(may).and_then(|kept| may_count(&mut *reader, &kept, charters));
        verdict.is_ok()
    });
    verdict?;
    match answer {
        Ok(()) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.into()),
        Err(CommitError::Stale { key }) if with.heads.iter().any(|(head, _)| head.key == key) => {
            Err(CharterError::Overtook)
        }
        // Only another text under the same name and version is left.
        Err(CommitError::Stale { key }) => {
            let of_key = |row: &&CharterRow| *key == *format!("{} {}", row.name, row.version);
            let Some(row) = rows.iter().find(of_key) else { return Err(CharterError::Overtook) };
            Err(BookError::TwoTexts { name: row.name.to_string(), version: row.version.to_string() }.into())
        }
        Err(CommitError::Charters { .. } | CommitError::NotAdmitted) => Err(CharterError::Overtook),
    }
}

/// Every version that is kept.
fn kept(reader: &mut dyn Reader) -> Result<Vec<Arc<Charter>>, CharterError> {
    let read = |row: CharterRow| {
        let read = Charter::read(&row.name, &row.text).charter.map(Arc::new);
        read.ok_or(CharterError::Unreadable { name: row.name, version: row.version })
    };
    reader.charters()?.into_iter().map(read).collect()
}

/// Whether new versions may count beside those that are kept.
fn may_count(reader: &mut dyn Reader, kept: &[Arc<Charter>], new: &[Arc<Charter>]) -> Result<(), CharterError> {
    let all: Vec<Arc<Charter>> = kept.iter().chain(new).cloned().collect();
    let mut judging = Vec::new();
    for charter in new {
        let book = Book::new(all.iter().filter(|other| other.name == charter.name).cloned())?;
        let is_new = !kept.iter().any(|other| other.name == charter.name && other.version == charter.version);
        judging.extend(is_new.then_some((charter, book)));
    }
    if let Some(kind) = Rulebook::new(all).kind_of_both() {
        return Err(CharterError::KindOfBoth { kind: kind.into() });
    }
    let Some(from) = judging.iter().map(|(charter, _)| charter.from).min() else { return Ok(()) };
    for slot in (0..SLOTS).map(Slot) {
        let mut after = (Box::from(""), 0);
        loop {
            let rows = reader.happened_since(slot, from.0, (&after.0, after.1), limits::SLOT_ROWS)?;
            let Some(last) = rows.last() else { break };
            after = (last.key.clone(), last.seq);
            for (charter, book) in &judging {
                if let Some((row, kind)) = rows.iter().find_map(|row| Some((row, judged(book, charter, row)?))) {
                    return Err(CharterError::overtaken(charter, row, kind));
                }
            }
        }
    }
    Ok(())
}

/// The type of an event in the log, if the new version would have had a say in what it meant: it knows the type itself, or another
/// version of the same charter, whose promises it may better, judged the event.
fn judged(book: &Book, charter: &Charter, row: &EventRow) -> Option<Box<str>> {
    let Body::Own(bytes) = &row.body else { return None };
    let kind = Envelope::parse(bytes).ok()?.kind;
    let matters = match &*kind {
        "goodwill.given" | builtin::REPAIR_DECIDED => true,
        kind if builtin::is_about_thing(kind) => !charter.duties.is_empty() || book.versions().len() > 1,
        kind if builtin::is_builtin(kind) => book.versions().len() > 1,
        kind => book.versions().iter().any(|version| version.shape_ids.contains_key(kind)),
    };
    (matters && row.time >= charter.from.0).then(|| kind.into())
}
