//! A change of what is in force is made by two persons: one proposes it, another approves it. Both acts stand in the log of the
//! thing `charter:NAME`, so that the log says who put what in force, and when.

use std::sync::Arc;

use makegood_charter::book::BookError;
use makegood_charter::clock::parse_rfc3339;
use makegood_charter::decode::Envelope;
use makegood_charter::{Charter, Moment, builtin};
use makegood_core::id::hex;
use makegood_store::{Body, CharterRow, Commit, CommitError, EventRow, HeadRow, Reader, Store, chain, ident, slot_of};
use serde::{Deserialize, Serialize};

use super::{CharterError, kept, may_count, put};
use crate::intake::CHARTER_SOURCE;
use crate::limits;

/// How often an act is judged again because another process wrote first.
const ATTEMPTS: u32 = 20;

/// What a person did with a charter version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActKind {
    /// Proposed it.
    Proposed,
    /// Approved it: from then on it is in force.
    Approved,
    /// Took a proposal back.
    Withdrawn,
}

impl ActKind {
    const ALL: [Self; 3] = [Self::Proposed, Self::Approved, Self::Withdrawn];

    /// The event's type.
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Proposed => builtin::CHARTER_PROPOSED,
            Self::Approved => builtin::CHARTER_APPROVED,
            Self::Withdrawn => builtin::CHARTER_WITHDRAWN,
        }
    }
}

/// A line of a charter's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What was done …
    pub kind: ActKind,
    /// … by whom …
    pub person: Box<str>,
    /// … and when.
    pub at: Moment,
    /// With which version.
    pub version: Box<str>,
    /// The digest of its text, in hexadecimal.
    pub digest: Box<str>,
    /// From when it is to count.
    pub from: Moment,
}

/// What came of a person's wish to put a version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is proposed now, and another person must approve it.
    Proposed,
    /// It is approved, and in force.
    Approved {
        /// Who proposed it.
        proposed_by: Box<str>,
    },
    /// It was in force already; nothing has changed.
    InForce,
}

/// What an act's event says beside its envelope.
#[derive(Serialize, Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    version: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    digest: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    from: std::borrow::Cow<'a, str>,
}

/// A charter's log as far as it has come.
struct Log {
    key: String,
    head: Option<HeadRow>,
    acts: Vec<Act>,
}

/// What people did with the versions of a charter, in order.
pub fn charter_log(reader: &mut dyn Reader, name: &str) -> Result<Vec<Act>, CharterError> {
    Ok(Log::read(reader, name)?.acts)
}

/// Proposes a version, or approves it if another person proposed these very bytes before. The approval and the version are durable
/// together.
///
/// # Errors
/// What is against it; nothing has changed then.
pub fn decide(store: &dyn Store, charter: &Arc<Charter>, person: &str, now: Moment) -> Result<Decided, CharterError> {
    let person = named(person)?;
    for _ in 0..ATTEMPTS {
        match decide_once(store, charter, person, now) {
            Err(CharterError::Overtook) => {}
            other => return other,
        }
    }
    Err(CharterError::Overtook)
}

fn decide_once(store: &dyn Store, charter: &Arc<Charter>, person: &str, now: Moment) -> Result<Decided, CharterError> {
    // Opened before anything is read that its commit will rest on.
    let mut writer = store.writer()?;
    let mut reader = store.reader()?;
    let log = Log::read(&mut *reader, &charter.name)?;
    let (name, version) = (|| charter.name.clone(), || charter.version.clone());
    let versions = reader.charters()?;
    let same = |row: &&CharterRow| row.name == charter.name && row.version == charter.version;
    if let Some(row) = versions.iter().find(same) {
        let two = BookError::TwoTexts { name: row.name.to_string(), version: row.version.to_string() };
        return if row.text == charter.source_text { Ok(Decided::InForce) } else { Err(two.into()) };
    }
    let digest = hex(&charter.digest);
    let act = |kind| Act {
        kind,
        person: person.into(),
        at: now,
        version: version(),
        digest: digest.as_str().into(),
        from: charter.from,
    };
    let of_version = log.acts.iter().filter(|act| act.version == charter.version);
    match of_version.clone().next_back().filter(|last| last.kind == ActKind::Proposed) {
        Some(open) if *open.digest != *digest => {
            Err(CharterError::OtherText { name: name(), version: version(), by: open.person.clone() })
        }
        Some(open) if is_same(&open.person, person) => {
            Err(CharterError::SamePerson { name: name(), version: version(), person: open.person.clone() })
        }
        Some(open) if open.at < open.from && open.from <= now => {
            Err(CharterError::DatePassed { name: name(), version: version(), from: open.from, at: open.at })
        }
        Some(open) => {
            let with = log.with(&act(ActKind::Approved));
            drop((writer, reader));
            put(store, std::slice::from_ref(charter), &with, now, &|_| Ok(()))?;
            Ok(Decided::Approved { proposed_by: open.person.clone() })
        }
        None => {
            let withdrawn = |act: &&Act| act.kind == ActKind::Withdrawn && *act.digest == *digest;
            if let Some(Act { person: by, at, .. }) = of_version.clone().rfind(withdrawn).cloned() {
                return Err(CharterError::WasWithdrawn { name: name(), version: version(), by, at });
            }
            let kept = kept(&mut *reader)?;
            may_count(&mut *reader, &kept, std::slice::from_ref(charter))?;
            write(&mut *writer, &log.with(&act(ActKind::Proposed)))?;
            Ok(Decided::Proposed)
        }
    }
}

/// Takes back the proposal of a version that waits for approval. Whoever takes part may: two must agree for a change, one is enough
/// against it. Gives the proposal.
pub fn withdraw(store: &dyn Store, name: &str, version: &str, person: &str, now: Moment) -> Result<Act, CharterError> {
    let person = named(person)?;
    for _ in 0..ATTEMPTS {
        let mut writer = store.writer()?;
        let log = Log::read(&mut *store.reader()?, name)?;
        let last = log.acts.iter().rfind(|act| &*act.version == version);
        let Some(open) = last.filter(|act| act.kind == ActKind::Proposed) else {
            return Err(CharterError::NothingProposed { name: name.into(), version: version.into() });
        };
        let act = Act { kind: ActKind::Withdrawn, person: person.into(), at: now, ..open.clone() };
        match write(&mut *writer, &log.with(&act)) {
            Err(CharterError::Overtook) => {}
            other => return other.map(|()| open.clone()),
        }
    }
    Err(CharterError::Overtook)
}

fn write(writer: &mut dyn makegood_store::Writer, commit: &Commit) -> Result<(), CharterError> {
    match writer.commit(commit) {
        Ok(()) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.into()),
        Err(CommitError::Stale { .. } | CommitError::Charters { .. } | CommitError::NotAdmitted) => {
            Err(CharterError::Overtook)
        }
    }
}

/// The name of a person, as it is kept.
fn named(person: &str) -> Result<&str, CharterError> {
    let name = person.trim();
    let fits = !name.is_empty() && name.len() <= makegood_charter::limits::KEY_BYTES;
    if fits && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(CharterError::NoPerson { person: person.into() })
    }
}

/// True of two spellings of one name.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Log {
    fn read(reader: &mut dyn Reader, name: &str) -> Result<Self, CharterError> {
        let key = format!("{}:{name}", builtin::CHARTER);
        let slot = slot_of(&key);
        let head = reader.heads(&[(slot, &key)])?.into_iter().next().flatten();
        let (mut acts, mut after) = (Vec::new(), 0);
        loop {
            let lines = reader.log(slot, &key, after, limits::SLOT_ROWS)?;
            let Some(last) = lines.last() else { break };
            after = last.seq;
            for line in &lines {
                // What is added while this is read is not the head's: the commit that rests on it will be refused.
                if head.as_ref().is_some_and(|head| line.seq <= head.seq) {
                    let act = act(line).ok_or_else(|| CharterError::BadLine { key: key.clone().into(), seq: line.seq });
                    acts.push(act?);
                }
            }
        }
        Ok(Self { key, head, acts })
    }

    /// The commit that adds an act.
    fn with(&self, act: &Act) -> Commit {
        let slot = slot_of(&self.key);
        let (seq, hash) = self.head.as_ref().map_or((0, [0; 32]), |head| (head.seq, head.hash));
        let kind = act.kind.event_type();
        let next = seq.saturating_add(1);
        let id = format!("{kind}/{}/{next}", act.version);
        let data =
            Data { version: (&*act.version).into(), digest: (&*act.digest).into(), from: act.from.to_string().into() };
        let body = serde_json::json!({
            "specversion": "1.0", "id": id, "source": CHARTER_SOURCE, "type": kind, "subject": self.key,
            "time": act.at.to_string(), "actor": act.person, "data": data,
        });
        let mut line = EventRow {
            slot,
            key: self.key.as_str().into(),
            seq: next,
            ident: ident(CHARTER_SOURCE, &id),
            time: act.at.0,
            recorded: act.at.0,
            context: 0,
            body: Body::Own(body.to_string().into_bytes().into()),
            about: None,
            hash: [0; 32],
        };
        line.hash = chain(&hash, &line);
        let head =
            HeadRow { slot, key: line.key.clone(), seq: next, hash: line.hash, wake_at: None, state: Box::default() };
        Commit { heads: vec![(head, seq)], events: vec![line], ..Commit::default() }
    }
}

/// What a line says.
fn act(line: &EventRow) -> Option<Act> {
    let Body::Own(bytes) = &line.body else { return None };
    let envelope = Envelope::parse(bytes).ok()?;
    let kind = ActKind::ALL.into_iter().find(|kind| kind.event_type() == envelope.kind)?;
    let data: Data = serde_json::from_str(envelope.data?.get()).ok()?;
    Some(Act {
        kind,
        person: envelope.actor?.into(),
        at: Moment(line.recorded),
        version: data.version.into(),
        digest: data.digest.into(),
        from: parse_rfc3339(&data.from).ok()?,
    })
}
