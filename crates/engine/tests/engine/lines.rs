//! Lines of input: their limits, their ends, and lines that are longer than memory should hold.

use std::io::{self, Read};

use makegood_engine::limits::{LINE_BYTES, QUARANTINED_BYTES};
use makegood_engine::{Line, Lines};

use makegood_store::slot_of;

use crate::desk::{Desk, booking, departure, now};

fn whole(lines: &[(u64, &str)]) -> Vec<(u64, Line)> {
    lines.iter().map(|(number, text)| (*number, Line::Whole(text.as_bytes().to_vec()))).collect()
}

fn read_all(input: impl Read) -> Vec<(u64, Line)> {
    let mut lines = Lines::new(input);
    std::iter::from_fn(|| lines.read().unwrap()).collect()
}

#[test]
fn lines_end_as_files_of_any_system_end_them() {
    for (input, lines) in [
        ("", whole(&[])),
        ("\n", whole(&[])),
        ("a", whole(&[(1, "a")])),
        ("a\n", whole(&[(1, "a")])),
        ("a\nb", whole(&[(1, "a"), (2, "b")])),
        ("a\r\nb\r\n", whole(&[(1, "a"), (2, "b")])),
        ("a\n\n \t\r\n\nb\n", whole(&[(1, "a"), (5, "b")])),
        ("a\rb\n", whole(&[(1, "a\rb")])),
    ] {
        assert_eq!(read_all(input.as_bytes()), lines, "{input:?}");
    }
}

#[test]
fn the_limit_counts_the_line_without_its_end() {
    for end in ["", "\n", "\r\n"] {
        for (length, kept) in [(LINE_BYTES - 1, true), (LINE_BYTES, true), (LINE_BYTES + 1, false)] {
            let input = format!("{}{end}", "x".repeat(length));
            let found = read_all(input.as_bytes());
            match &found[0].1 {
                Line::Whole(bytes) => assert!(kept && bytes.len() == length, "{length} {end:?}"),
                Line::TooLong { start, length: told } => {
                    assert!(!kept && start.len() == QUARANTINED_BYTES && *told >= length as u64, "{told} {end:?}")
                }
            }
        }
    }
}

/// A line of a hundred million bytes between two events, made as it is read.
struct Huge {
    before: io::Cursor<Vec<u8>>,
    left: u64,
    after: io::Cursor<Vec<u8>>,
    largest_read: usize,
}

impl Read for Huge {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.largest_read = self.largest_read.max(into.len());
        let read = self.before.read(into)?;
        if read > 0 {
            return Ok(read);
        }
        if self.left > 0 {
            let size = into.len().min(usize::try_from(self.left).unwrap());
            into[..size].fill(b'x');
            self.left -= size as u64;
            return Ok(size);
        }
        self.after.read(into)
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_passed_over() {
    let huge = || Huge {
        before: io::Cursor::new(format!("{}\n", booking(1, "flight:1")).into_bytes()),
        left: 100_000_000,
        after: io::Cursor::new(format!("\n{}\n", departure("d", "flight:1", "4h")).into_bytes()),
        largest_read: 0,
    };
    let mut input = huge();
    let lines = {
        let mut lines = Lines::new(&mut input);
        std::iter::from_fn(|| lines.read().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(lines[1], (2, Line::TooLong { start: vec![b'x'; QUARANTINED_BYTES], length: 100_000_000 }));
    assert!(input.largest_read <= 1 << 20, "it was read in portions");
    let mut desk = Desk::new();
    makegood_engine::feed(&mut desk.session, &desk.book, "input", huge(), &mut |_| {}).unwrap();
    assert_eq!(desk.set_aside(), ["2: line-too-long"]);
    assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
}

/// Gives one line at a time, as a feed that goes on for days does.
struct Slow(Vec<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(line) = self.0.pop() else { return Ok(0) };
        into[..line.len()].copy_from_slice(&line);
        Ok(line.len())
    }
}

#[test]
fn each_line_of_a_long_feed_is_learnt_of_when_it_comes() {
    let mut desk = Desk::new();
    let lines = (1..=3).rev().map(|customer| format!("{}\n", booking(customer, "flight:1")).into_bytes()).collect();
    let hours = std::sync::atomic::AtomicI64::new(0);
    let clock = || now().plus(hours.fetch_add(1, std::sync::atomic::Ordering::SeqCst) * 3_600_000);
    makegood_engine::feed_by(&clock, &mut desk.session, &desk.book, "input", Slow(lines), &mut |_| {}).unwrap();
    let mut recorded: Vec<i64> = Vec::new();
    for customer in 1..=3 {
        let key = format!("customer:{customer}");
        recorded.extend(desk.session.reader().log(slot_of(&key), &key, 0, 1).unwrap().iter().map(|row| row.recorded));
    }
    assert!(now().0 < recorded[0] && recorded[0] < recorded[2], "{recorded:?}");
}

/// Breaks off after its content.
struct Broken(io::Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends too early")),
            read => Ok(read),
        }
    }
}

#[test]
fn an_input_that_breaks_off_keeps_what_was_read_before() {
    let lines = [booking(1, "flight:1"), departure("d", "flight:1", "4h"), "{\"half\": ".to_owned()];
    let mut desk = Desk::new();
    let input = Broken(io::Cursor::new(lines.join("\n").into_bytes()));
    let error = makegood_engine::feed(&mut desk.session, &desk.book, "input.gz", input, &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "`input.gz` could not be read on after line 2");
    assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
    assert_eq!(desk.set_aside(), Vec::<String>::new(), "half a line is not a line");
    desk.check();
}

#[test]
fn a_byte_order_mark_at_the_start_is_not_part_of_the_first_event() {
    let mut desk = Desk::new();
    desk.feed(format!("\u{feff}{}\n", booking(1, "flight:1")).as_bytes());
    assert_eq!((desk.states(1), desk.set_aside()), (vec!["open"], Vec::new()));
}
