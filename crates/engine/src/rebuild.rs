//! Rebuild: the log is folded again, and what comes out is compared with what is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood_charter::Moment;
use makegood_core::Rulebook;
use makegood_store::{Body, EventRow, HeadRow, PartId, PartKind, PartRow, PostingRow, Reader, SLOTS, Slot, Store};
use sha2::{Digest, Sha256};

use crate::folder::context_of;
use crate::intake::{Logged, reread};
use crate::pages::{Heard, SlotPages};
use crate::replay::Replay;
use crate::slots::each;
use crate::{EngineError, limits, rows};

/// What a rebuild found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Parties folded again.
    pub parties: u64,
    /// Events folded again.
    pub events: u64,
    /// The digest of every state, promise, remedy and posting as they are kept.
    pub kept: [u8; 32],
    /// The digest of the same, folded again.
    pub folded: [u8; 32],
    /// Parties whose states differ: the first few, with what differs.
    pub differ: Vec<String>,
}

impl Rebuilt {
    /// True when everything that is kept came out again.
    pub fn is_same(&self) -> bool {
        self.kept == self.folded && self.differ.is_empty()
    }
}

/// How many differing parties are named.
const NAMED: usize = 10;

/// Folds the log of every party again, a map over slots on `threads` threads, and compares digests. `progress` is told of each slot
/// that is done.
pub fn rebuild(
    store: &dyn Store,
    book: &Arc<Rulebook>,
    threads: usize,
    progress: &(dyn Fn() + Sync),
) -> Result<Rebuilt, EngineError> {
    let slots: Vec<Slot> = (0..SLOTS).map(Slot).collect();
    // What things said is heard in many slots: each thread keeps it from one to the next.
    let open = || Ok((store.reader()?, Heard::default()));
    let by_slot = each(
        &slots,
        threads,
        &open,
        &|(reader, heard), slot| rebuild_slot(&mut **reader, heard, book, *slot),
        progress,
    )?;
    let (mut kept, mut folded, mut whole) = (Sha256::new(), Sha256::new(), Rebuilt::default());
    for slot in by_slot {
        kept.update(slot.kept);
        folded.update(slot.folded);
        whole.parties = whole.parties.saturating_add(slot.parties);
        whole.events = whole.events.saturating_add(slot.events);
        whole.differ.extend(slot.differ);
    }
    whole.differ.truncate(NAMED);
    whole.kept = kept.finalize().into();
    whole.folded = folded.finalize().into();
    Ok(whole)
}

fn rebuild_slot(
    reader: &mut dyn Reader,
    heard: &mut Heard,
    book: &Rulebook,
    slot: Slot,
) -> Result<Rebuilt, EngineError> {
    let (mut kept, mut folded) = (Sha256::new(), Sha256::new());
    let mut done = Rebuilt::default();
    let mut pages = SlotPages::new(slot);
    let mut after = String::new();
    loop {
        let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
        let Some(last) = heads.last() else { break };
        after = last.key.to_string();
        let ended = heads.len() < limits::SLOT_ROWS;
        for head in heads.iter().filter(|head| !head.state.is_empty()) {
            let stored = Everything::kept(reader, &mut pages, head)?;
            let again = fold_again(reader, &mut pages, heard, book, head)?;
            done.parties = done.parties.saturating_add(1);
            done.events = done.events.saturating_add(head.seq);
            let (stored_digest, again_digest) = (stored.digest(), again.digest());
            let differs = stored_digest != again_digest || stored.messages != again.messages;
            if differs && done.differ.len() < NAMED {
                done.differ.push(format!("`{}`: {}", head.key, stored.difference(&again)));
            }
            kept.update(stored_digest);
            folded.update(again_digest);
        }
        if ended {
            break;
        }
    }
    done.kept = kept.finalize().into();
    done.folded = folded.finalize().into();
    Ok(done)
}

/// All that is kept of a party beside its log.
#[derive(Debug)]
struct Everything {
    head: HeadRow,
    parts: Vec<PartRow>,
    postings: Vec<PostingRow>,
    /// What left or must leave: topic and body, whatever became of it.
    messages: BTreeMap<PartId, (Box<str>, Box<[u8]>)>,
}

impl Everything {
    fn kept(reader: &mut dyn Reader, pages: &mut SlotPages, head: &HeadRow) -> Result<Self, EngineError> {
        let mut parts = Vec::new();
        for kind in PartKind::ALL {
            parts.extend(pages.parts(reader, kind, &head.key)?);
        }
        let postings = pages.postings(reader, &head.key)?;
        let sent = pages.messages(reader, &head.key)?;
        let messages = sent.into_iter().map(|row| (row.id, (row.topic, row.body))).collect();
        let mut everything = Self { head: head.clone(), parts, postings, messages };
        everything.sort();
        Ok(everything)
    }

    fn sort(&mut self) {
        self.parts.sort_by_key(|part| (part.kind, part.id));
        self.postings.sort_by_key(|posting| (posting.movement, posting.line));
    }

    /// Of everything but the log's own length and hash, which `verify` follows, and the messages, whose keys may depend on how many
    /// lines the log had when the clock moved.
    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut field = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        };
        let moment = |at: Option<i64>| at.unwrap_or(i64::MIN).to_be_bytes();
        field(self.head.key.as_bytes());
        field(&self.head.state);
        field(&moment(self.head.wake_at));
        for part in &self.parts {
            field(&part.id);
            field(part.thing.as_bytes());
            field(part.clause.as_bytes());
            field(&[part.state]);
            field(&moment(part.due));
            field(&moment(part.wake_at));
            field(&part.since.to_be_bytes());
            field(&part.body);
        }
        for posting in &self.postings {
            field(&posting.movement);
            field(&[posting.line, posting.decimals]);
            field(&posting.time.to_be_bytes());
            field(&posting.remedy);
            field(posting.account.as_bytes());
            field(posting.commodity.as_bytes());
            field(&posting.amount.to_be_bytes());
        }
        digest.finalize().into()
    }

    fn difference(&self, again: &Self) -> &'static str {
        if self.parts != again.parts {
            "its promises or remedies differ"
        } else if self.postings != again.postings {
            "its ledger lines differ"
        } else if self.messages != again.messages {
            "what it was sent differs"
        } else {
            "its state differs"
        }
    }
}

fn fold_again(
    reader: &mut dyn Reader,
    pages: &mut SlotPages,
    heard: &mut Heard,
    book: &Rulebook,
    head: &HeadRow,
) -> Result<Everything, EngineError> {
    let mut replay = Replay::default();
    let (mut postings, mut messages) = (Vec::new(), BTreeMap::new());
    let (mut seq, mut hash) = (0, [0; 32]);
    loop {
        let lines = pages.lines(reader, &head.key)?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            seq = line.seq;
            hash = line.hash;
            let logged = heard.read(reader, book, &line, pages.coming())?;
            let folded = replay
                .take(book, &head.key, &logged.happening_in(&line), context_of(line.context))
                .map_err(|error| EngineError::Fold { key: head.key.clone(), error: Box::new(error) })?;
            for message in &folded.messages {
                let row = rows::outbox_row(&head.key, message, Moment(line.recorded));
                messages.entry(row.id).or_insert((row.topic, row.body));
            }
            postings.extend(folded.entries.iter().flat_map(|entry| rows::posting_rows(&head.key, entry)));
        }
    }
    let wake_at = replay.wake_at().map(|moment| moment.0);
    let state = makegood_core::encode(&replay.party)?.into();
    let mut parts = Vec::new();
    for promise in replay.promises.values() {
        let rules = book.by_tag(promise.charter).map(|(_, rules)| rules);
        parts.push(rows::promise_row(head.slot, &head.key, promise, rules)?);
    }
    for remedy in replay.remedies.values() {
        parts.push(rows::remedy_row(head.slot, &head.key, remedy)?);
    }
    for part in replay.beside.values() {
        parts.push(rows::beside_row(head.slot, &head.key, part, book)?);
    }
    let head = HeadRow { slot: head.slot, key: head.key.clone(), seq, hash, wake_at, state };
    let mut everything = Everything { head, parts, postings, messages };
    everything.sort();
    Ok(everything)
}

/// What a line of a party's log says: the event itself, or the thing's event it heard, for the first time or again.
pub fn read_line(reader: &mut dyn Reader, book: &Rulebook, line: &EventRow) -> Result<Logged, EngineError> {
    Ok(read_said(reader, book, line)?.heard_in(line))
}

/// The event that a line of a party's log holds or points to.
pub(crate) fn read_said(reader: &mut dyn Reader, book: &Rulebook, line: &EventRow) -> Result<Logged, EngineError> {
    let unreadable = |reason: String| EngineError::Unreadable { key: line.key.clone(), seq: line.seq, reason };
    match &line.body {
        Body::Own(bytes) => reread(book, bytes).map_err(|reject| unreadable(reject.reason)),
        Body::Erased(_) => Err(unreadable("its words were erased".to_owned())),
        Body::Heard { thing, seq } => {
            let heard = reader.log(makegood_store::slot_of(thing), thing, seq.saturating_sub(1), 1)?;
            match heard.first().map(|row| (&row.body, row.seq)) {
                Some((Body::Own(bytes), found)) if found == *seq => {
                    reread(book, bytes).map_err(|reject| unreadable(reject.reason))
                }
                _ => Err(unreadable(format!("event {seq} of `{thing}` is missing"))),
            }
        }
    }
}
