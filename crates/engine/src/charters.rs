//! Putting a charter version in force: from its day on it judges, and what was judged before stays as it is.

use std::sync::Arc;

use makegood_charter::book::BookError;
use makegood_charter::decode::Envelope;
use makegood_charter::{Book, Charter, Moment, builtin};
use makegood_core::Rulebook;
use makegood_store::{Body, CharterRow, CommitError, EventRow, Reader, SLOTS, Slot, Store, StoreError};

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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a charter version in force; one that is there already stays as it is.
///
/// What was judged is never judged anew, so that folding the log again gives what was given: a version that counts from a moment
/// before something it would have judged is refused.
pub fn put_in_force(store: &dyn Store, charter: &Arc<Charter>, now: Moment) -> Result<(), CharterError> {
    let row = CharterRow {
        name: charter.name.clone(),
        version: charter.version.clone(),
        digest: charter.digest,
        text: charter.source_text.clone(),
        recorded: now.0,
    };
    let mut writer = store.writer()?;
    let mut reader = store.reader()?;
    let mut verdict = Ok(());
    let answer = writer.put_charter(&row, &mut || {
        verdict = may_count(&mut *reader, charter);
        verdict.is_ok()
    });
    verdict?;
    match answer {
        Ok(()) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.into()),
        // Only another text under the same name and version is left.
        Err(CommitError::Stale { .. } | CommitError::Charters { .. } | CommitError::NotAdmitted) => {
            Err(BookError::TwoTexts { name: charter.name.to_string(), version: charter.version.to_string() }.into())
        }
    }
}

fn may_count(reader: &mut dyn Reader, charter: &Arc<Charter>) -> Result<(), CharterError> {
    let mut all = Vec::new();
    for row in reader.charters()? {
        let read = Charter::read(&row.name, &row.text).charter.map(Arc::new);
        all.push(read.ok_or(CharterError::Unreadable { name: row.name, version: row.version })?);
    }
    all.push(charter.clone());
    let book = Book::new(all.iter().filter(|other| other.name == charter.name).cloned())?;
    if let Some(kind) = Rulebook::new(all).kind_of_both() {
        return Err(CharterError::KindOfBoth { kind: kind.into() });
    }
    for slot in (0..SLOTS).map(Slot) {
        let mut after = (Box::from(""), 0);
        loop {
            let rows = reader.happened_since(slot, charter.from.0, (&after.0, after.1), limits::SLOT_ROWS)?;
            let Some(last) = rows.last() else { break };
            after = (last.key.clone(), last.seq);
            if let Some((row, kind)) = rows.iter().find_map(|row| Some((row, judged(&book, charter, row)?))) {
                return Err(CharterError::Overtaken {
                    name: charter.name.clone(),
                    version: charter.version.clone(),
                    from: charter.from,
                    kind,
                    key: row.key.clone(),
                    at: Moment(row.time),
                });
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
        "goodwill.given" => true,
        kind if builtin::is_about_thing(kind) => !charter.duties.is_empty() || book.versions().len() > 1,
        kind if builtin::is_builtin(kind) => book.versions().len() > 1,
        kind => book.versions().iter().any(|version| version.shape_ids.contains_key(kind)),
    };
    (matters && row.time >= charter.from.0).then(|| kind.into())
}
