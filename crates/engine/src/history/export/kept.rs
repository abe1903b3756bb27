//! What an export keeps beside its files while it is at work, so that one that was interrupted goes on: how far each log had come when
//! it began, and which files are whole.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use makegood_core::id::hex;
use makegood_history::{HistoryError, MANIFEST, Manifest, SLOTS_A_FILE};
use makegood_store::{Reader, SLOTS, Slot};
use serde::{Deserialize, Serialize};

use super::{ExportError, slots_of};
use crate::limits;

/// Which files are whole.
const KEPT: &str = "export.json";

/// How far the log of one party or thing had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub slot: u16,
    pub key: Box<str>,
    pub party: bool,
    pub seq: u64,
    /// The chained hash of the last line, by which the log is known again.
    pub hash: String,
}

/// An export at work.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What was exported so far: every file that is named is whole.
    pub manifest: Manifest,
    /// The first slot of which nothing was written for good.
    pub next: u16,
}

impl Kept {
    /// What an interrupted export of the same left in `part`, where it is one of this database; `None` where there is nothing to go on
    /// with.
    pub fn find(part: &Path, manifest: &Manifest, reader: &mut dyn Reader) -> Result<Option<Self>, ExportError> {
        let Ok(text) = std::fs::read(part.join(KEPT)) else { return Ok(None) };
        let Ok(kept) = serde_json::from_slice::<Self>(&text) else { return Ok(None) };
        // What was not said yet when it began is said otherwise now.
        let begun = Manifest { clock: kept.manifest.clock, ..manifest.clone() };
        let then = Manifest { rows: 0, files: Vec::new(), up_to: None, ..kept.manifest.clone() };
        if begun != then || !kept.manifest.files.iter().all(|file| part.join(&file.file).is_file()) {
            return Ok(None);
        }
        for first in (0..kept.next).step_by(usize::from(SLOTS_A_FILE)) {
            if let Some(head) = heads(part, first)?.next().transpose()?
                && !head.is_of(reader)?
            {
                return Ok(None);
            }
        }
        Ok(Some(kept))
    }

    /// Notes what is whole, durably.
    pub fn write(&self, part: &Path) -> Result<(), ExportError> {
        let (path, new) = (part.join(KEPT), part.join(format!("{KEPT}.new")));
        let text = serde_json::to_vec(self).map_err(|source| HistoryError::Manifest { path: path.clone(), source })?;
        let written = File::create(&new).and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
        Ok(written.and_then(|()| std::fs::rename(&new, &path)).map_err(io(&path))?)
    }

    /// Removes what is not noted as whole.
    pub fn remove_the_rest(&self, part: &Path) -> Result<(), ExportError> {
        for name in names(part)? {
            if name.ends_with(".parquet") && !self.manifest.files.iter().any(|file| file.file == name) {
                let path = part.join(name);
                std::fs::remove_file(&path).map_err(io(&path))?;
            }
        }
        Ok(())
    }
}

impl Head {
    /// True where the database holds the line that was the last one.
    fn is_of(&self, reader: &mut dyn Reader) -> Result<bool, ExportError> {
        let line = reader.log(Slot(self.slot), &self.key, self.seq.saturating_sub(1), 1)?;
        Ok(line.first().is_some_and(|line| line.seq == self.seq && hex(&line.hash) == self.hash))
    }
}

/// Notes how far every log has come. `progress` is told of each slot that is done.
pub(super) fn note_heads(reader: &mut dyn Reader, part: &Path, progress: &mut dyn FnMut()) -> Result<(), ExportError> {
    for first in (0..SLOTS).step_by(usize::from(SLOTS_A_FILE)) {
        let path = heads_file(part, first);
        let mut file = BufWriter::new(File::create(&path).map_err(io(&path))?);
        for slot in slots_of(first).map(Slot) {
            let mut after = String::new();
            loop {
                let heads = reader.heads_of_slot(slot, &after, limits::SLOT_ROWS)?;
                let Some(end) = heads.last() else { break };
                after = end.key.to_string();
                for head in heads.iter().filter(|head| head.seq > 0) {
                    let (party, hash) = (!head.state.is_empty(), hex(&head.hash));
                    let head = Head { slot: slot.0, key: head.key.clone(), party, seq: head.seq, hash };
                    let line = serde_json::to_string(&head);
                    let line = line.map_err(|source| HistoryError::Manifest { path: path.clone(), source })?;
                    writeln!(file, "{line}").map_err(io(&path))?;
                }
            }
            progress();
        }
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(io(&path))?;
    }
    Ok(())
}

/// The logs of a range of slots, in order, as far as they had come.
pub(super) fn heads(
    part: &Path,
    first: u16,
) -> Result<impl Iterator<Item = Result<Head, ExportError>> + use<>, ExportError> {
    let path = heads_file(part, first);
    let file = File::open(&path).map_err(io(&path))?;
    let read = move |line: std::io::Result<String>| {
        let head = serde_json::from_str(&line.map_err(io(&path))?);
        Ok(head.map_err(|source| HistoryError::Manifest { path: path.clone(), source })?)
    };
    Ok(BufReader::new(file).lines().map(read))
}

/// Removes what only an export at work needs.
pub(super) fn clear_up(part: &Path) -> Result<(), ExportError> {
    for name in names(part)?.into_iter().filter(|name| is_heads(name) || name.starts_with(KEPT)) {
        let path = part.join(name);
        std::fs::remove_file(&path).map_err(io(&path))?;
    }
    Ok(())
}

/// Removes what an interrupted export left that cannot be gone on with.
pub(super) fn clear(part: &Path) -> Result<(), ExportError> {
    if !part.exists() {
        return Ok(());
    }
    for name in names(part)? {
        let history = name == MANIFEST || name.ends_with(".parquet") || name.starts_with("charter-");
        if !(history || is_heads(&name) || name.starts_with(KEPT)) {
            return Err(ExportError::NotOurs { folder: part.to_owned() });
        }
    }
    Ok(std::fs::remove_dir_all(part).map_err(io(part))?)
}

fn names(part: &Path) -> Result<Vec<String>, ExportError> {
    let entries = std::fs::read_dir(part).map_err(io(part))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    Ok(names.collect::<std::io::Result<_>>().map_err(io(part))?)
}

fn heads_file(part: &Path, first: u16) -> PathBuf {
    part.join(format!("heads-{first:04}.jsonl"))
}

fn is_heads(name: &str) -> bool {
    name.starts_with("heads-") && name.ends_with(".jsonl")
}

pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> HistoryError + use<> {
    let path = path.to_owned();
    move |source| HistoryError::Io { path, source }
}
