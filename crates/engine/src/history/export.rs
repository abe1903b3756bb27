//! Export: the log of every party and thing, as it is at one moment, into a folder of Parquet files.

mod kept;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use makegood_charter::builtin;
use makegood_charter::decode::Envelope;
use makegood_charter::value::{Fields, Shape};
use makegood_core::id::hex;
use makegood_core::{Ident, Rulebook};
use makegood_history::{Charter, FileWriter, HistoryError, Kind, Layout, MANIFEST, Manifest, SLOTS_A_FILE, Said, UpTo};
use makegood_store::{Body, EventRow, Reader, SLOTS, Slot, Store, slot_of};
use rustc_hash::FxHashMap;

use crate::EngineError;
use crate::intake::{CLOCK_REACHED, told};
use crate::pages::SlotPages;
use kept::{Head, Kept, io};

/// Events of things kept at hand for the next party that heard them.
const HEARD: usize = 20_000;

/// Why a history was not written. The folder is not there.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message names its fields")]
pub enum ExportError {
    /// Something stands there already.
    #[error("`{folder}` is there already")]
    There { folder: PathBuf },
    /// What an interrupted export left holds something else too.
    #[error("`{folder}` holds something that is not part of a history")]
    NotOurs { folder: PathBuf },
    /// The log is not what it was when the interrupted export began.
    #[error("the log of `{key}` is not what it was when the export into `{folder}` began")]
    Otherwise { key: Box<str>, folder: PathBuf },
    /// The database could not be read, or the files not written.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<HistoryError> for ExportError {
    fn from(error: HistoryError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<makegood_store::StoreError> for ExportError {
    fn from(error: makegood_store::StoreError) -> Self {
        Self::Engine(error.into())
    }
}

/// What is exported: what was recorded from one moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// From this moment on; from the beginning without one.
    pub from: Option<i64>,
    /// Before this moment; to the end without one.
    pub to: Option<i64>,
}

impl Range {
    fn holds(self, line: &EventRow) -> bool {
        self.from.is_none_or(|from| from <= line.recorded) && self.to.is_none_or(|to| line.recorded < to)
    }
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// What is in the folder.
    pub manifest: Manifest,
    /// How many of its files an interrupted export had written before.
    pub kept: usize,
}

/// How often `progress` is told that a slot is done: once when it is noted how far its logs have come, once when they are written.
pub const EXPORT_STEPS: u64 = 2 * SLOTS as u64;

/// Writes the history of a database, as it is at this moment, into a folder that is not there yet. The same log always gives the same
/// bytes. The folder appears once everything in it is durable.
///
/// One that was interrupted goes on: what it wrote whole is kept, the rest is done, and every log goes as far as it had come when the
/// export first began. Where it was of something else, it begins anew.
pub fn export(
    store: &dyn Store,
    book: &Rulebook,
    folder: &Path,
    range: Range,
    progress: &mut dyn FnMut(),
) -> Result<Exported, ExportError> {
    if folder.exists() {
        return Err(ExportError::There { folder: folder.to_owned() });
    }
    let part = beside(folder);
    let mut reader = store.snapshot()?;
    let mut exporter = Exporter::new(&mut *reader, book, &part, range)?;
    let mut next = 0;
    match Kept::find(&part, &exporter.manifest, exporter.reader)? {
        Some(kept) => {
            kept.remove_the_rest(&part)?;
            (exporter.manifest, next) = (kept.manifest, kept.next);
            (0..u64::from(SLOTS).saturating_add(u64::from(next))).for_each(|_| progress());
        }
        None => exporter.begin(progress)?,
    }
    let kept = exporter.manifest.files.len();
    for first in (next..SLOTS).step_by(usize::from(SLOTS_A_FILE)) {
        exporter.slots(first, progress)?;
        let next = first.saturating_add(SLOTS_A_FILE);
        Kept { manifest: exporter.manifest.clone(), next }.write(&part)?;
    }
    let manifest = exporter.manifest;
    manifest.write(&part)?;
    kept::clear_up(&part)?;
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    sync(&part.join(MANIFEST)).map_err(io(&part))?;
    sync(&part).map_err(io(&part))?;
    std::fs::rename(&part, folder).map_err(io(folder))?;
    Ok(Exported { manifest, kept })
}

/// Where the files are written until they are whole.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    folder.with_file_name(name)
}

/// The slots whose logs stand in the files that begin with this one.
fn slots_of(first: u16) -> std::ops::Range<u16> {
    first..first.saturating_add(SLOTS_A_FILE).min(SLOTS)
}

/// An event, as the version of its charter reads it that was in force.
struct Known {
    ident: Ident,
    kind: Box<str>,
    subject: Box<str>,
    about: Option<Box<str>>,
    origin: (Box<str>, Box<str>),
    actor: Option<Box<str>>,
    /// The version, the shape, the data.
    data: Option<(usize, usize, Fields)>,
}

struct Exporter<'e> {
    reader: &'e mut dyn Reader,
    book: &'e Rulebook,
    folder: &'e Path,
    range: Range,
    layout: Arc<Layout>,
    types: FxHashMap<Box<str>, i32>,
    heard: FxHashMap<(Box<str>, u64), Arc<Known>>,
    manifest: Manifest,
}

impl<'e> Exporter<'e> {
    fn new(
        reader: &'e mut dyn Reader,
        book: &'e Rulebook,
        folder: &'e Path,
        range: Range,
    ) -> Result<Self, ExportError> {
        let shapes = || book.versions().iter().flat_map(|rules| &rules.charter.shapes);
        let declared = shapes().filter(|shape| !builtin::is_builtin(&shape.name));
        let layout = Arc::new(Layout::of(declared));
        let own = [builtin::CHARTER_PROPOSED, builtin::CHARTER_APPROVED, builtin::CHARTER_WITHDRAWN, CLOCK_REACHED];
        let mut names: Vec<String> = shapes().map(|shape| shape.name.to_string()).collect();
        names.extend(own.map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        let types = names.iter().zip(0_i32..).map(|(name, number)| (name.as_str().into(), number)).collect();
        // The clock has come to everything before the first moment that is still waited for.
        let clock = reader.earliest_wake()?.map_or(i64::MAX, |wake_at| wake_at.saturating_sub(1));
        let clock = range.to.map_or(clock, |to| clock.min(to.saturating_sub(1)));
        let mut manifest = Manifest::new(&layout, (range.from, range.to), clock, names);
        let (found, known) = (reader.charters()?.len(), book.versions().len());
        if found != 0 && found != known {
            let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
            return Err(EngineError::Charters { found: count(found), judged_by: count(known) }.into());
        }
        for (number, rules) in (1_u32..).zip(book.versions()) {
            let (name, version) = ((&*rules.charter.name).into(), (&*rules.charter.version).into());
            manifest.charters.push(Charter { name, version, file: format!("charter-{number:04}.yaml") });
        }
        Ok(Self { reader, book, folder, range, layout, types, heard: FxHashMap::default(), manifest })
    }

    /// Makes the folder, and notes how far every log has come.
    fn begin(&mut self, progress: &mut dyn FnMut()) -> Result<(), ExportError> {
        kept::clear(self.folder)?;
        std::fs::create_dir_all(self.folder).map_err(io(self.folder))?;
        for (rules, charter) in self.book.versions().iter().zip(&self.manifest.charters) {
            let path = self.folder.join(&charter.file);
            std::fs::write(&path, rules.charter.source_text.as_bytes()).map_err(io(&path))?;
        }
        kept::note_heads(self.reader, self.folder, progress)?;
        Kept { manifest: self.manifest.clone(), next: 0 }.write(self.folder)
    }

    /// Writes the files of a range of slots.
    fn slots(&mut self, first: u16, progress: &mut dyn FnMut()) -> Result<(), ExportError> {
        let slots = slots_of(first);
        let last = slots.end.saturating_sub(1);
        let mut files = [OneFile::new(Kind::Parties, first, last), OneFile::new(Kind::Things, first, last)];
        let mut pages = SlotPages::new(Slot(first));
        let mut at = first;
        for head in kept::heads(self.folder, first)? {
            let head = head?;
            while at < head.slot {
                at = at.saturating_add(1);
                pages = SlotPages::new(Slot(at));
                progress();
            }
            let [parties, things] = &mut files;
            self.log(&mut pages, &head, if head.party { parties } else { things })?;
        }
        (at..slots.end).for_each(|_| progress());
        for OneFile { mut file, writer } in files {
            let Some(writer) = writer else { continue };
            file.rows = writer.finish()?;
            self.manifest.rows = self.manifest.rows.saturating_add(file.rows);
            self.manifest.files.push(file);
        }
        Ok(())
    }

    /// Writes the log of a party or thing, as far as it had come.
    fn log(&mut self, pages: &mut SlotPages, head: &Head, file: &mut OneFile) -> Result<(), ExportError> {
        let mut things: FxHashMap<Box<str>, i32> = FxHashMap::default();
        let (mut any, mut seq) = (false, 0);
        while seq < head.seq {
            let lines = pages.lines(self.reader, &head.key)?;
            if lines.is_empty() {
                break;
            }
            for line in lines.into_iter().take_while(|line| line.seq <= head.seq) {
                seq = line.seq;
                if seq == head.seq && hex(&line.hash) != head.hash {
                    return Err(self.otherwise(head));
                }
                let known = self.known(&line)?;
                // Numbered from the beginning of the log, whatever part of it is exported.
                let about = known.as_ref().and_then(|known| known.about.clone());
                let count = i32::try_from(things.len()).unwrap_or(i32::MAX);
                let thing_nr = about.map(|about| *things.entry(about).or_insert(count));
                if !self.range.holds(&line) {
                    continue;
                }
                let said = known.as_deref().map(|known| self.said(known, &line, thing_nr));
                let writer = file.open(self.folder, &self.layout)?;
                writer.line(&self.layout, &line, said.as_ref())?;
                self.note_last(line);
                any = true;
            }
        }
        if seq < head.seq {
            return Err(self.otherwise(head));
        }
        file.file.keys = file.file.keys.saturating_add(u64::from(any));
        Ok(())
    }

    /// Keeps which line was recorded last.
    fn note_last(&mut self, line: EventRow) {
        if self.manifest.up_to.as_ref().is_none_or(|last| last.recorded < line.recorded) {
            self.manifest.up_to = Some(UpTo { recorded: line.recorded, key: line.key.into(), seq: line.seq });
        }
    }

    fn otherwise(&self, head: &Head) -> ExportError {
        ExportError::Otherwise { key: head.key.clone(), folder: self.folder.to_owned() }
    }

    fn said<'k>(&'k self, known: &'k Known, line: &EventRow, thing_nr: Option<i32>) -> Said<'k> {
        let own = matches!(line.body, Body::Own(_));
        let again = matches!(&line.body, Body::Heard { thing, .. } if told(&known.ident, thing) != line.ident);
        let shape = |version: usize, shape: usize| self.book.versions().get(version)?.charter.shapes.get(shape);
        let data = known.data.as_ref();
        Said {
            kind: (&known.kind, self.types.get(&known.kind).copied().unwrap_or(-1)),
            subject: &known.subject,
            about: known.about.as_deref(),
            source: own.then_some((&*known.origin.0, &*known.origin.1)),
            actor: known.actor.as_deref(),
            data: data.and_then(|(version, id, data)| Some((shape(*version, *id)?.fields.as_slice(), data.as_slice()))),
            thing_nr,
            again,
        }
    }

    /// The event that a line holds or points to; `None` where its words were erased.
    fn known(&mut self, line: &EventRow) -> Result<Option<Arc<Known>>, EngineError> {
        let unreadable = |reason: String| EngineError::Unreadable { key: line.key.clone(), seq: line.seq, reason };
        let (thing, seq) = match &line.body {
            Body::Own(bytes) => return read(self.book, bytes).map(|known| Some(Arc::new(known))).map_err(unreadable),
            Body::Erased(_) => return Ok(None),
            Body::Heard { thing, seq } => (thing, *seq),
        };
        if let Some(known) = self.heard.get(&(thing.clone(), seq)) {
            return Ok(Some(known.clone()));
        }
        let rows = self.reader.log(slot_of(thing), thing, seq.saturating_sub(1), 1)?;
        let bytes = match rows.first().map(|row| (&row.body, row.seq)) {
            Some((Body::Own(bytes), found)) if found == seq => bytes,
            Some((Body::Erased(_), _)) => return Ok(None),
            _ => return Err(unreadable(format!("event {seq} of `{thing}` is missing"))),
        };
        let known = Arc::new(read(self.book, bytes).map_err(unreadable)?);
        if self.heard.len() >= HEARD {
            self.heard.clear();
        }
        self.heard.insert((thing.clone(), seq), known.clone());
        Ok(Some(known))
    }
}

/// Reads an event's bytes.
fn read(book: &Rulebook, bytes: &[u8]) -> Result<Known, String> {
    let envelope = Envelope::parse(bytes).map_err(|error| error.to_string())?;
    let shape = |version: usize| -> Option<(usize, &Shape)> {
        let charter = &book.versions().get(version)?.charter;
        let id = *charter.shape_ids.get(&*envelope.kind)?;
        Some((id, charter.shapes.get(id)?))
    };
    let in_force = book.in_force(envelope.time).map(|(version, _)| version);
    let versions = in_force.chain((0..book.versions().len()).rev());
    let mut about = envelope.about.as_deref();
    let mut data = None;
    for (version, (id, shape)) in versions.filter_map(|version| Some((version, shape(version)?))) {
        about = shape.subjects(&envelope).ok().and_then(|subjects| subjects.thing).or(about);
        let commodities = book.versions().get(version).map(|rules| &rules.charter.commodities);
        if let Some(Ok(fields)) = commodities.map(|commodities| shape.decode(envelope.data, commodities)) {
            data = Some((version, id, fields));
            break;
        }
    }
    Ok(Known {
        ident: makegood_store::ident(&envelope.source, &envelope.id),
        kind: (&*envelope.kind).into(),
        subject: (&*envelope.subject).into(),
        about: about.map(Into::into),
        origin: ((&*envelope.source).into(), (&*envelope.id).into()),
        actor: envelope.actor.as_deref().map(Into::into),
        data,
    })
}

/// A file that is made when its first row comes.
struct OneFile {
    file: makegood_history::File,
    writer: Option<FileWriter>,
}

impl OneFile {
    fn new(kind: Kind, first: u16, last: u16) -> Self {
        let whose = match kind {
            Kind::Parties => "parties",
            Kind::Things => "things",
        };
        let name = format!("{whose}-{first:04}-{last:04}.parquet");
        Self { file: makegood_history::File { file: name, kind, first, last, rows: 0, keys: 0 }, writer: None }
    }

    fn open(&mut self, folder: &Path, layout: &Arc<Layout>) -> Result<&mut FileWriter, HistoryError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => FileWriter::create(&folder.join(&self.file.file), layout)?,
        };
        Ok(self.writer.insert(writer))
    }
}
