//! Reading a history's files, party by party.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::Rulebook;
use makegood_history::{File, FileReader, HistoryError, Kind, Layout, Manifest, lines_of};
use makegood_store::EventRow;
use rustc_hash::FxHashMap;

use crate::EngineError;
use crate::slots::each;

/// A history that was exported.
pub struct History {
    folder: PathBuf,
    manifest: Manifest,
    layout: Layout,
    book: Rulebook,
}

/// The logs of things, by key. Looked up by key only, so that a hash map is safe here.
pub(crate) type ThingLogs = FxHashMap<Box<str>, Vec<EventRow>>;

impl History {
    /// Opens the history in a folder, with the charters that were in force.
    pub fn open(folder: &Path) -> Result<Self, EngineError> {
        let manifest = Manifest::read(folder)?;
        let mut charters = Vec::new();
        for version in &manifest.charters {
            let path = folder.join(&version.file);
            let text = std::fs::read_to_string(&path);
            let text = text.map_err(|source| HistoryError::Io { path: path.clone(), source })?;
            let charter = Charter::read(&version.file, &text).charter.map(Arc::new);
            let what = "it is no charter that this release can read";
            charters.push(charter.ok_or(HistoryError::BadRow { path, row: 0, what })?);
        }
        let (folder, layout) = (folder.to_owned(), manifest.layout());
        Ok(Self { folder, manifest, layout, book: Rulebook::new(charters) })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The columns of its files.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Every charter version that was in force.
    pub fn book(&self) -> &Rulebook {
        &self.book
    }

    /// How far the clock had come.
    pub fn clock(&self) -> Moment {
        Moment(self.manifest.clock)
    }

    /// The files of parties.
    pub fn parties(&self) -> Vec<&File> {
        self.manifest.files.iter().filter(|file| file.kind == Kind::Parties).collect()
    }

    /// Opens a file.
    pub fn file(&self, file: &File) -> Result<FileReader, HistoryError> {
        FileReader::open(&self.folder.join(&file.file))
    }

    /// Gives the whole log of each key of a file to `each`, in the order of the file.
    pub(crate) fn logs(
        &self,
        file: &File,
        each: &mut dyn FnMut(Vec<EventRow>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let reader = self.file(file)?;
        let mut log: Vec<EventRow> = Vec::new();
        for group in 0..reader.groups() {
            for line in lines_of(&reader, &self.layout, group)? {
                if log.first().is_some_and(|first| first.key != line.key) {
                    each(std::mem::take(&mut log))?;
                }
                log.push(line);
            }
        }
        if log.is_empty() { Ok(()) } else { each(log) }
    }

    /// The logs of all things, in memory.
    pub(crate) fn things(&self, threads: usize) -> Result<ThingLogs, EngineError> {
        let files: Vec<&File> = self.manifest.files.iter().filter(|file| file.kind == Kind::Things).collect();
        let read = |_: &mut (), file: &&File| {
            let mut logs = Vec::new();
            self.logs(file, &mut |log| {
                logs.push(log);
                Ok(())
            })?;
            Ok(logs)
        };
        let logs = each(&files, threads, &|| Ok(()), &read, &|| {})?;
        let keyed = |log: Vec<EventRow>| Some((log.first()?.key.clone(), log));
        Ok(logs.into_iter().flatten().filter_map(keyed).collect())
    }
}
