//! A file on its way to be a database: it stands under another name until it is whole, and leaves nothing behind when it does not
//! become so.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// What SQLite may keep beside a file, and the file itself.
const ENDINGS: [&str; 4] = ["", "-journal", "-wal", "-shm"];

/// A file that is not whole yet. Dropped before [`Part::finish`], it is removed with everything that stands beside it.
#[derive(Debug)]
pub struct Part {
    to: PathBuf,
    part: PathBuf,
    finished: bool,
}

impl Part {
    /// Makes room for `FILE.part`, which becomes `FILE` in the end: what an earlier attempt left of it is removed.
    pub fn begin(to: &Path) -> Result<Part, StoreError> {
        let part = Part { to: to.to_owned(), part: with_ending(to, ".part"), finished: false };
        part.remove().map_err(|error| failed(&part.part, "making room for the file", error))?;
        Ok(part)
    }

    /// Where it stands until it is whole.
    pub fn path(&self) -> &Path {
        &self.part
    }

    /// Gives it its name. Nobody has it open any more.
    pub fn finish(mut self) -> Result<(), StoreError> {
        let naming = |error| failed(&self.to, "giving the file its name", error);
        fs::rename(&self.part, &self.to).map_err(naming)?;
        self.finished = true;
        // The name, too, survives a sudden death of the machine.
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(naming)
    }

    fn remove(&self) -> io::Result<()> {
        for ending in ENDINGS {
            match fs::remove_file(with_ending(&self.part, ending)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed is replaced by the next attempt.
            let _ = self.remove();
        }
    }
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

fn failed(file: &Path, doing: &'static str, error: io::Error) -> StoreError {
    StoreError::Database { url: format!("sqlite:{}", file.display()), doing, source: Box::new(error) }
}
