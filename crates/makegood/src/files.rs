//! Files of events: plain, gzip or zstd, or standard input.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use crate::Failure;

/// A file of events, opened.
pub struct EventFile {
    /// What it is called in messages.
    pub name: String,
    /// How many bytes it has on disk, if that is known.
    pub bytes: Option<u64>,
    /// Its lines, decompressed.
    pub content: Box<dyn Read + Send>,
}

/// Opens a file of events; `-` is standard input. How it is compressed is read from its first bytes.
pub fn open(path: &Path) -> Result<EventFile, Failure> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let unreadable = |error: io::Error| {
        Failure::from_error(
            "M010",
            &error,
            format!("`{name}` cannot be opened: name a file of JSON lines, or - for standard input"),
        )
    };
    let (raw, bytes): (Box<dyn Read + Send>, _) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?;
        if bytes.is_dir() {
            return Err(Failure::new("M010", format!("`{name}` is a folder"), "name the files in it"));
        }
        (Box::new(file), Some(bytes.len()))
    };
    let content = decompressed(raw).map_err(unreadable)?;
    Ok(EventFile { name, bytes, content })
}

fn decompressed(mut raw: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut start = [0; 4];
    let mut held = 0;
    while held < start.len() {
        match raw.read(start.get_mut(held..).unwrap_or_default())? {
            0 => break,
            more => held = held.saturating_add(more),
        }
    }
    let whole = Cursor::new(start.get(..held).unwrap_or_default().to_vec()).chain(raw);
    Ok(match start {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::Decoder::new(whole)?),
        _ => Box::new(whole),
    })
}
