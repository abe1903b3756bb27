use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use makegood_charter::Moment;
use makegood_store::OutboxRow;
use serde_json::value::RawValue;

use crate::dispatch::idempotency_key;
use crate::{Sink, SinkError};

/// Appends messages to a file as JSON lines. A message is taken once the file is synchronised to disk; after a sudden death a
/// message may stand there twice, under the same `id`.
pub struct FileSink {
    file: File,
}

#[derive(serde::Serialize)]
struct Line<'m> {
    id: String,
    topic: &'m str,
    time: String,
    data: &'m RawValue,
}

impl FileSink {
    /// Opens the file, or makes it. Half a line that a sudden death left at its end stays a line of its own.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut last = [b'\n'];
        if file.metadata()?.len() > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        if last != [b'\n'] {
            file.write_all(b"\n")?;
        }
        Ok(Self { file })
    }

    fn write(&mut self, messages: &[OutboxRow], now: Moment) -> io::Result<()> {
        let mut out = BufWriter::new(&self.file);
        for message in messages {
            let data: &RawValue = serde_json::from_slice(&message.body)?;
            let line = Line { id: idempotency_key(message), topic: &message.topic, time: now.to_string(), data };
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        drop(out);
        self.file.sync_data()
    }
}

impl Sink for FileSink {
    fn deliver(&mut self, messages: &[OutboxRow], now: Moment) -> Vec<Result<(), SinkError>> {
        let outcome =
            self.write(messages, now).map_err(|error| SinkError(format!("the file could not be written: {error}")));
        messages.iter().map(|_| outcome.clone()).collect()
    }
}
