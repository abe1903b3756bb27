//! Lines of input, each at most [`limits::LINE_BYTES`] long: a longer one is passed over without being held.

use std::io::{self, BufRead, BufReader, Read};

use crate::limits;

/// Bytes read ahead.
const BUFFER: usize = 256 * 1024;

/// What some programs put before the first line of a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Its bytes, without the line end.
    Whole(Vec<u8>),
    /// It is too long: its first bytes, and its length.
    TooLong {
        /// As much of it as is kept.
        start: Vec<u8>,
        /// How long it is, in bytes.
        length: u64,
    },
}

/// Reads lines one by one and numbers them from 1. Empty lines are counted and passed over.
pub struct Lines<R> {
    input: BufReader<R>,
    number: u64,
    bytes: u64,
}

impl<R: Read> Lines<R> {
    /// Lines of `input`.
    pub fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(BUFFER, input), number: 0, bytes: 0 }
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True when the next line is not at hand and reading it may wait.
    pub fn would_wait(&self) -> bool {
        self.input.buffer().is_empty()
    }

    /// The next line with its number, or `None` at the end.
    pub fn read(&mut self) -> io::Result<Option<(u64, Line)>> {
        loop {
            let mut held = Vec::new();
            let mut length = 0_u64;
            let ended = loop {
                let chunk = self.input.fill_buf()?;
                if chunk.is_empty() {
                    break false;
                }
                let end = chunk.iter().position(|byte| *byte == b'\n');
                let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
                let room = limits::LINE_BYTES.saturating_add(1).saturating_sub(held.len());
                held.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
                length = length.saturating_add(part.len() as u64);
                let used = part.len().saturating_add(usize::from(end.is_some()));
                self.input.consume(used);
                self.bytes = self.bytes.saturating_add(used as u64);
                if end.is_some() {
                    break true;
                }
            };
            if !ended && length == 0 {
                return Ok(None);
            }
            self.number = self.number.saturating_add(1);
            if length == held.len() as u64 && held.last() == Some(&b'\r') {
                held.pop();
                length = length.saturating_sub(1);
            }
            if self.number == 1 && held.starts_with(BYTE_ORDER_MARK) {
                held.drain(..BYTE_ORDER_MARK.len());
            }
            if length > limits::LINE_BYTES as u64 {
                held.truncate(limits::QUARANTINED_BYTES);
                return Ok(Some((self.number, Line::TooLong { start: held, length })));
            }
            if !held.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((self.number, Line::Whole(held))));
            }
        }
    }
}
