//! The books for other people's accounting programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use makegood_charter::Moment;
use makegood_core::id::{Kind, Name};
use makegood_money::{Commodity, Money};
use makegood_store::{PartId, PostingRow, Reader, SLOTS, Slot, slot_of};

use crate::Failure;
use crate::arguments::BooksFormat;

/// Lines read at once.
const LINES: usize = 5_000;

/// A movement: its lines, of one party.
pub struct Movement<'l> {
    /// Whose books moved.
    pub party: &'l str,
    /// The lines, in order.
    pub lines: &'l [PostingRow],
}

impl Movement<'_> {
    /// The day on which it happened, in UTC.
    pub fn date(&self) -> String {
        let time = self.lines.first().map_or(0, |line| line.time);
        Moment(time).to_string().chars().take(10).collect()
    }

    /// The name of the remedy it is about.
    pub fn remedy_name(&self) -> String {
        let remedy = self.lines.first().map(|line| line.remedy).unwrap_or_default();
        Name::new(Kind::Remedy, self.party, remedy).to_string()
    }

    fn id(&self) -> String {
        let movement = self.lines.first().map(|line| line.movement).unwrap_or_default();
        makegood_core::id::hex(&movement)
    }
}

/// Hands every movement (of one party, or of all) to `take`, party by party.
pub fn for_each(
    reader: &mut dyn Reader,
    party: Option<&str>,
    take: &mut dyn FnMut(&Movement) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut give = |lines: &[PostingRow]| {
        for lines in lines.chunk_by(|a, b| a.movement == b.movement && a.party == b.party) {
            if let Some(first) = lines.first() {
                take(&Movement { party: &first.party, lines })?;
            }
        }
        Ok::<(), io::Error>(())
    };
    if let Some(party) = party {
        give(&reader.postings_of(slot_of(party), party)?)?;
        return Ok(());
    }
    for slot in (0..SLOTS).map(Slot) {
        let mut held: Vec<PostingRow> = Vec::new();
        let mut after: Option<(Box<str>, PartId, u8)> = None;
        loop {
            let from = after.as_ref().map(|(party, id, line)| (&**party, id, *line));
            let lines = reader.postings_of_slot(slot, from, LINES)?;
            let Some(last) = lines.last() else { break };
            after = Some((last.party.clone(), last.movement, last.line));
            held.extend(lines);
            // The last movement may go on in the next portion.
            let open = held.last().map(|last| (last.party.clone(), last.movement));
            let whole = held.partition_point(|line| Some((line.party.clone(), line.movement)) != open);
            give(held.get(..whole).unwrap_or_default())?;
            held.drain(..whole);
        }
        give(&held)?;
    }
    Ok(())
}

/// Writes the books in a format that another program reads.
pub fn export(reader: &mut dyn Reader, format: BooksFormat, out: &mut dyn Write) -> Result<(), Failure> {
    match format {
        BooksFormat::Beancount => beancount(reader, out),
        BooksFormat::Hledger => hledger(reader, out),
        BooksFormat::Csv => csv(reader, out),
    }
}

fn number(line: &PostingRow) -> String {
    Commodity::new(&line.commodity, line.decimals)
        .map_or_else(|_| line.amount.to_string(), |unit| Money::new(line.amount, unit).number())
}

fn beancount(reader: &mut dyn Reader, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "option \"title\" \"Makegood\"\n")?;
    let mut accounts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (account, code, ..) in reader.balances()? {
        accounts.entry(beancount_account(&account)).or_default().push(code.to_ascii_uppercase());
    }
    for (account, codes) in accounts {
        writeln!(out, "1970-01-01 open {account} {}", codes.join(","))?;
    }
    for_each(reader, None, &mut |movement| {
        writeln!(
            out,
            "\n{} * \"{}\" \"{}\"",
            movement.date(),
            movement.party.replace('"', "'"),
            movement.remedy_name()
        )?;
        writeln!(out, "  movement: \"{}\"", movement.id())?;
        for line in movement.lines {
            writeln!(
                out,
                "  {}  {} {}",
                beancount_account(&line.account),
                number(line),
                line.commodity.to_ascii_uppercase()
            )?;
        }
        Ok(())
    })
}

/// Beancount's accounts are made of letters, digits and dashes.
fn beancount_account(account: &str) -> String {
    let allowed = |letter: char| if letter.is_alphanumeric() || letter == ':' { letter } else { '-' };
    let parts: Vec<String> = account
        .split(':')
        .map(|part| {
            let mut letters = part.chars().map(allowed);
            letters
                .next()
                .map(|first| first.to_uppercase().collect::<String>() + &letters.collect::<String>())
                .unwrap_or_default()
        })
        .collect();
    parts.join(":")
}

fn hledger(reader: &mut dyn Reader, out: &mut dyn Write) -> Result<(), Failure> {
    for_each(reader, None, &mut |movement| {
        writeln!(
            out,
            "{} * {} | {}  ; movement:{}",
            movement.date(),
            movement.party.replace('|', "/"),
            movement.remedy_name(),
            movement.id()
        )?;
        for line in movement.lines {
            writeln!(out, "    {}  {} \"{}\"", line.account, number(line), line.commodity)?;
        }
        writeln!(out)
    })
}

fn csv(reader: &mut dyn Reader, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "date,party,remedy,movement,line,account,commodity,amount")?;
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for_each(reader, None, &mut |movement| {
        for line in movement.lines {
            writeln!(
                out,
                "{},{},{},{},{},{},{},{}",
                movement.date(),
                quoted(movement.party),
                movement.remedy_name(),
                movement.id(),
                line.line,
                quoted(&line.account),
                line.commodity,
                number(line)
            )?;
        }
        Ok(())
    })
}
