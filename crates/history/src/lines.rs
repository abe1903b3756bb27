//! Lines of logs as rows of files, there and back.

use makegood_charter::value::{Field, Type, Value};
use makegood_store::{Body, EventRow, Slot};

use crate::write::RowWriter;
use crate::{FileReader, FileWriter, HistoryError, Layout, Part, fixed};

/// What a line says, beside how the log holds it.
#[derive(Debug, Clone, Copy)]
pub struct Said<'s> {
    /// The event's type, and its place among the manifest's types.
    pub kind: (&'s str, i32),
    /// The event's subject.
    pub subject: &'s str,
    /// The thing it is about, beside a party.
    pub about: Option<&'s str>,
    /// Where it came from, and what names it there.
    pub source: Option<(&'s str, &'s str)>,
    /// Who did it.
    pub actor: Option<&'s str>,
    /// Its data, as the version reads it that was in force.
    pub data: Option<(&'s [Field], &'s [Value])>,
    /// The thing, by when the log first spoke of it.
    pub thing_nr: Option<i32>,
    /// True of an event that was told before.
    pub again: bool,
}

impl FileWriter {
    /// Adds a line of a log.
    pub fn line(&mut self, layout: &Layout, line: &EventRow, said: Option<&Said>) -> Result<(), HistoryError> {
        self.row(|row| {
            row.small(fixed::SLOT, i32::from(line.slot.0));
            row.bytes(fixed::KEY, line.key.as_bytes());
            row.whole(fixed::SEQ, i64::try_from(line.seq).unwrap_or(i64::MAX));
            row.ident(fixed::IDENT, &line.ident);
            row.whole(fixed::TIME, line.time);
            row.whole(fixed::RECORDED, line.recorded);
            row.small(fixed::CONTEXT, i32::from(line.context));
            let kind = match &line.body {
                Body::Own(bytes) => {
                    row.bytes(fixed::PAYLOAD, bytes.to_vec());
                    OWN
                }
                Body::Erased(digest) => {
                    row.bytes(fixed::PAYLOAD, digest.to_vec());
                    ERASED
                }
                Body::Heard { thing, seq } => {
                    row.bytes(fixed::HEARD_FROM, thing.as_bytes());
                    row.whole(fixed::HEARD_SEQ, i64::try_from(*seq).unwrap_or(i64::MAX));
                    if said.is_some_and(|said| said.again) { AGAIN } else { HEARD }
                }
            };
            row.small(fixed::KIND, kind);
            if let Some(said) = said {
                put(row, layout, said);
            }
        })
    }
}

/// An event of the key's own.
pub(crate) const OWN: i32 = 0;
/// One that it heard.
pub(crate) const HEARD: i32 = 1;
/// One whose words were erased.
pub(crate) const ERASED: i32 = 2;
/// One that it was told again.
pub(crate) const AGAIN: i32 = 3;

fn put(row: &mut RowWriter, layout: &Layout, said: &Said) {
    row.bytes(fixed::TYPE, said.kind.0);
    row.small(fixed::TYPE_NR, said.kind.1);
    row.bytes(fixed::SUBJECT, said.subject);
    if let Some(about) = said.about {
        row.bytes(fixed::ABOUT, about);
    }
    if let Some(number) = said.thing_nr {
        row.small(fixed::THING_NR, number);
    }
    if let Some((source, id)) = said.source {
        row.bytes(fixed::SOURCE, source);
        row.bytes(fixed::ID, id);
    }
    if let Some(actor) = said.actor {
        row.bytes(fixed::ACTOR, actor);
    }
    let Some((fields, values)) = said.data else { return };
    for (field, value) in fields.iter().zip(values) {
        let place = |part| layout.place(said.kind.0, &field.name, part).unwrap_or(usize::MAX);
        match value {
            Value::Absent => {}
            Value::Bool(value) => row.truth(place(Part::Truth), *value),
            Value::Int(value) => row.whole(place(Part::Whole), *value),
            Value::Number(value) => row.whole(place(Part::Decimal), *value),
            Value::Duration(value) => row.whole(place(Part::Milliseconds), *value),
            Value::Time(value) => row.whole(place(Part::Moment), value.0),
            Value::Text(value) | Value::Key(value) => row.bytes(place(Part::Text), value.as_bytes()),
            Value::Choice(choice) => {
                let words = if let Type::Choice(words) = &field.kind { Some(words) } else { None };
                if let Some(word) = words.and_then(|words| words.get(usize::from(*choice))) {
                    row.bytes(place(Part::Text), word.as_bytes());
                }
            }
            Value::Money(value) => {
                row.whole(place(Part::Minor), value.minor);
                row.bytes(place(Part::Currency), value.commodity.code());
            }
            Value::Tenders(value) => row.bytes(place(Part::Tenders), value.to_string()),
        }
    }
}

/// The columns that a line of a log is made of again.
const LINE: [usize; 11] = [
    fixed::SLOT,
    fixed::KEY,
    fixed::SEQ,
    fixed::IDENT,
    fixed::KIND,
    fixed::TIME,
    fixed::RECORDED,
    fixed::CONTEXT,
    fixed::HEARD_FROM,
    fixed::HEARD_SEQ,
    fixed::PAYLOAD,
];

/// The lines of one row group, in order, as the log holds them; their chained hashes are not kept in files.
pub fn lines_of(reader: &FileReader, layout: &Layout, group: usize) -> Result<Vec<EventRow>, HistoryError> {
    let batch = reader.group(group, &reader.places(layout, &LINE)?)?;
    let mut cursors: Vec<_> = batch.columns.iter().map(crate::Data::cursor).collect();
    let [slot, key, seq, ident, kind, time, recorded, context, from, heard, payload] = cursors.as_mut_slice() else {
        return Ok(Vec::new());
    };
    let mut lines = Vec::with_capacity(batch.rows);
    for row in 0..batch.rows {
        let mut next = || {
            let kind = kind.small()?;
            let (from, heard, payload) = (from.text(), heard.whole(), payload.bytes());
            let body = match kind {
                OWN => Body::Own(payload?.into()),
                ERASED => Body::Erased(payload?.try_into().ok()?),
                HEARD | AGAIN => Body::Heard { thing: from?.into(), seq: u64::try_from(heard?).ok()? },
                _ => return None,
            };
            Some(EventRow {
                slot: Slot(u16::try_from(slot.small()?).ok()?),
                key: key.text()?.into(),
                seq: u64::try_from(seq.whole()?).ok()?,
                ident: ident.ident()?,
                time: time.whole()?,
                recorded: recorded.whole()?,
                context: u8::try_from(context.small()?).ok()?,
                body,
                about: None,
                hash: [0; 32],
            })
        };
        let bad =
            || HistoryError::BadRow { path: reader.path().to_owned(), row: row as u64, what: "it is no line of a log" };
        lines.push(next().ok_or_else(bad)?);
    }
    Ok(lines)
}
