//! A file of which whole columns are read at once: the reader of Parquet asks for every page and its heading one by one.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::buf::Reader;
use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

/// A file, and the pieces of it that are in memory.
#[derive(Clone)]
pub(crate) struct Pieces(Arc<Shared>);

struct Shared {
    length: u64,
    held: Mutex<Held>,
}

struct Held {
    file: File,
    /// Where each piece begins, and what it holds.
    pieces: Vec<(u64, Bytes)>,
}

impl Pieces {
    pub fn of(file: File) -> std::io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self(Arc::new(Shared { length, held: Mutex::new(Held { file, pieces: Vec::new() }) })))
    }

    /// Reads these pieces (where each begins, and its length), in place of those that were read before.
    pub fn read(&self, pieces: impl Iterator<Item = (u64, u64)>) -> ParquetResult<()> {
        self.with(|held| {
            held.pieces.clear();
            for (start, length) in pieces {
                let piece = held.file_at(start, length)?;
                held.pieces.push((start, piece));
            }
            Ok(())
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Held) -> ParquetResult<T>) -> ParquetResult<T> {
        // Nothing is half done when a reader stops: the pieces are what the file holds.
        work(&mut self.0.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held {
    fn file_at(&mut self, start: u64, length: u64) -> ParquetResult<Bytes> {
        let size = usize::try_from(length).map_err(|_| ends(start))?;
        let mut bytes = Vec::with_capacity(size);
        self.file.seek(SeekFrom::Start(start))?;
        self.file.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() == size { Ok(bytes.into()) } else { Err(ends(start)) }
    }

    /// What a piece holds from `start` on.
    fn piece(&self, start: u64) -> Option<Bytes> {
        self.pieces.iter().find_map(|(begin, piece)| {
            let offset = usize::try_from(start.checked_sub(*begin)?).ok()?;
            (offset < piece.len()).then(|| piece.slice(offset..))
        })
    }
}

fn ends(start: u64) -> ParquetError {
    ParquetError::EOF(format!("the file ends within what begins at {start}"))
}

impl Length for Pieces {
    fn len(&self) -> u64 {
        self.0.length
    }
}

impl ChunkReader for Pieces {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let rest = self.0.length.saturating_sub(start);
        self.with(|held| held.piece(start).map_or_else(|| held.file_at(start, rest), Ok)).map(Buf::reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.with(|held| match held.piece(start).filter(|piece| piece.len() >= length) {
            Some(piece) => Ok(piece.slice(..length)),
            None => held.file_at(start, u64::try_from(length).map_err(|_| ends(start))?),
        })
    }
}
