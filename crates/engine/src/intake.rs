//! Intake: from a line of input to an event that can be folded, or to the reason why not.

use std::sync::Arc;

use makegood_charter::builtin;
use makegood_charter::decode::{DecodeError, Envelope, key_kind};
use makegood_charter::value::{Moment, Shape};
use makegood_core::{Event, Form, Happening, Ident, Rulebook, custody};
use makegood_store::{Body, EventRow, PartId, QuarantineRow, slot_of};
use sha2::{Digest, Sha256};

use crate::limits;

/// The source of the clock's own events.
pub const CLOCK_SOURCE: &str = "urn:makegood:clock";
/// The type of the clock's own events.
pub const CLOCK_REACHED: &str = "clock.reached";

/// The source of what people did with charter versions: see [`crate::decide`].
pub const CHARTER_SOURCE: &str = "urn:makegood:charter";

/// An event that was read and checked, with the bytes it came in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The event.
    pub event: Event,
    /// The event's bytes, as they go into the log.
    pub body: Box<[u8]>,
    /// Where it came from, for messages.
    pub origin: Origin,
    /// The row of the quarantine that it leaves, when it is taken after all.
    pub freed: Option<PartId>,
}

/// Where a line came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file or endpoint.
    pub name: Arc<str>,
    /// The line, from 1.
    pub line: u64,
}

/// Why a line was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub help: String,
}

impl Reject {
    /// A reason to set something aside.
    pub fn new(code: &'static str, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), help: help.into() }
    }

    /// The row that keeps a line that was not taken.
    pub fn row(&self, origin: &Origin, bytes: &[u8], now: Moment) -> QuarantineRow {
        // All of it, so that it can be tried again: a line that is too long comes here cut already.
        let kept = bytes.get(..bytes.len().min(limits::LINE_BYTES)).unwrap_or_default();
        let mut hasher = Sha256::new();
        hasher.update(origin.name.as_bytes());
        hasher.update(origin.line.to_be_bytes());
        hasher.update(kept);
        let mut id = PartId::default();
        for (place, byte) in id.iter_mut().zip(hasher.finalize()) {
            *place = byte;
        }
        QuarantineRow {
            slot: slot_of(&origin.name),
            id,
            origin: (&*origin.name).into(),
            line: origin.line,
            code: self.code.into(),
            reason: format!("{}: {}", self.reason, self.help).into(),
            bytes: kept.into(),
            recorded: now.0,
        }
    }
}

impl From<DecodeError> for Reject {
    fn from(error: DecodeError) -> Self {
        Self { code: error.code(), reason: error.to_string(), help: error.help().to_string() }
    }
}

/// Reads and checks one line. `now` bounds how far ahead an event's time may be.
pub fn read(book: &Rulebook, line: &[u8], origin: Origin, now: Moment) -> Result<Incoming, Reject> {
    let envelope = Envelope::parse(line)?;
    if envelope.kind == CLOCK_REACHED || envelope.source == CLOCK_SOURCE {
        return Err(Reject::new(
            "reserved-type",
            format!("`{CLOCK_REACHED}` is said by the clock alone"),
            "leave it out: the clock moves by itself",
        ));
    }
    if envelope.kind == builtin::STAGE_MOVED {
        return Err(Reject::new(
            "reserved-type",
            format!("`{}` is said where a party's stage is worked out, and by nobody", builtin::STAGE_MOVED),
            "send what shows the stage, as the charter's `stages:` names it",
        ));
    }
    if builtin::of_charters(&envelope.kind) || envelope.source == CHARTER_SOURCE {
        return Err(Reject::new(
            "reserved-type",
            format!("`{}` is said by `makegood charter put-in-force` alone", cut(&envelope.kind)),
            "a charter version is put in force by two persons, each with this command",
        ));
    }
    if envelope.time > now.plus(limits::FUTURE_SKEW) {
        return Err(Reject::new(
            "from-the-future",
            format!("the event happens at {}, but it is {now} now", envelope.time),
            "set the sending system's clock, or send the event when it has happened",
        ));
    }
    let event = event(book, &envelope)?;
    is_to_somebody(book, &event)?;
    if let Some(refusal) = makegood_core::refusal(book, &event) {
        return Err(Reject::new(refusal.code, refusal.message, refusal.help));
    }
    if let Some((code, reason, help)) = custody::fault(book, &event) {
        return Err(Reject::new(code, reason, help));
    }
    is_judged(book, &event)?;
    fits_what_is_in_force(book, &envelope, &event)?;
    Ok(Incoming { event, body: line.into(), origin, freed: None })
}

/// Refuses a built-in event whose subject is no party where it is said of one, or a party where it is said of a thing.
fn is_to_somebody(book: &Rulebook, event: &Event) -> Result<(), Reject> {
    let kind = key_kind(&event.subject).unwrap_or_default();
    if !builtin::is_builtin(&event.kind) {
        return Ok(());
    }
    if builtin::is_about_thing(&event.kind) {
        if !book.is_party(kind) {
            return Ok(());
        }
        return Err(Reject::new(
            "not-a-thing",
            format!("`{}` is said of a thing, and `{}` is a party", event.kind, cut(&event.subject)),
            "send it with the thing it concerns as subject: `order:7`",
        ));
    }
    if book.is_party(kind) {
        return Ok(());
    }
    Err(Reject::new(
        "not-a-party",
        format!("`{}` is said of a party, and `{}` is none", event.kind, cut(&event.subject)),
        "send it with the party it concerns as subject: `customer:42`",
    ))
}

/// Refuses an event from before the time of every charter version that knows its type: nothing would follow from it.
fn is_judged(book: &Rulebook, event: &Event) -> Result<(), Reject> {
    match book.known_from(&event.kind) {
        Some(from) if event.time < from => Err(Reject::new(
            "before-in-force",
            format!(
                "the event happened at {}, and no charter that knows `{}` counts before {from}",
                event.time, event.kind
            ),
            "put a version in force that counts from before it, or leave the event out",
        )),
        _ => Ok(()),
    }
}

/// Refuses an event that an older version of a charter reads, but not the one in force when it happened: it would be taken, and
/// nothing would follow from it.
fn fits_what_is_in_force(book: &Rulebook, envelope: &Envelope, event: &Event) -> Result<(), Reject> {
    if event.forms.iter().all(Option::is_some) {
        return Ok(());
    }
    for (position, rules) in book.in_force(envelope.time) {
        let charter = &rules.charter;
        let shape = charter.shape_ids.get(&*envelope.kind).and_then(|id| charter.shapes.get(*id));
        if let (None, Some(shape)) = (event.form(position), shape) {
            shape.decode(envelope.data, &charter.commodities)?;
        }
    }
    Ok(())
}

/// Reads an event of the log again.
pub fn reread(book: &Rulebook, body: &[u8]) -> Result<Logged, Reject> {
    let envelope = Envelope::parse(body)?;
    if envelope.kind == CLOCK_REACHED {
        return Ok(Logged::Clock { at: envelope.time, ident: makegood_store::ident(&envelope.source, &envelope.id) });
    }
    event(book, &envelope).map(|event| Logged::Event(Box::new(event)))
}

/// The identity under which a party hears a thing's event. Senders that count anew for each thing are understood: one id of one
/// source may be said of several.
pub(crate) fn told(event: &Ident, thing: &str) -> Ident {
    makegood_store::ident(&makegood_core::id::hex(event), thing)
}

fn is_told_again(event: &Event, line: &EventRow) -> bool {
    matches!(&line.body, Body::Heard { thing, .. } if told(&event.ident, thing) != line.ident)
}

/// What a line of the log holds.
#[derive(Debug, Clone)]
pub enum Logged {
    /// An event.
    Event(Box<Event>),
    /// An event of the party's own, told again.
    Again(Box<Event>),
    /// The clock came to a moment.
    Clock {
        /// The moment.
        at: Moment,
        /// Its identity.
        ident: Ident,
    },
}

impl Logged {
    /// The same, as the line of a party's log has it: an event heard under any but the usual identity was told again.
    pub(crate) fn heard_in(self, line: &EventRow) -> Self {
        match self {
            Self::Event(event) if is_told_again(&event, line) => Self::Again(event),
            other => other,
        }
    }

    /// What the fold is given for a line that says this.
    pub(crate) fn happening_in(&self, line: &EventRow) -> Happening<'_> {
        match self {
            Self::Event(event) if is_told_again(event, line) => Happening::Again(event),
            _ => self.happening(),
        }
    }

    /// What the fold is given.
    pub fn happening(&self) -> Happening<'_> {
        match self {
            Self::Event(event) => Happening::Event(event),
            Self::Again(event) => Happening::Again(event),
            Self::Clock { at, ident } => Happening::Clock { at: *at, ident: *ident },
        }
    }
}

fn event(book: &Rulebook, envelope: &Envelope) -> Result<Event, Reject> {
    let mut forms = Vec::with_capacity(book.versions().len());
    let mut shape: Option<&Shape> = None;
    let mut trouble = None;
    for (version, rules) in book.versions().iter().enumerate() {
        let charter = &rules.charter;
        let id = charter.shape_ids.get(&*envelope.kind).copied();
        let form = match id.and_then(|id| charter.shapes.get(id).map(|shape| (id, shape))) {
            None => None,
            Some((id, known)) => {
                shape = Some(known);
                match known.decode(envelope.data, &charter.commodities) {
                    Ok(data) => Some(Form { shape: id, data }),
                    // An older or later version may read it otherwise; those in force must be able to.
                    Err(error) if book.in_force(envelope.time).any(|(position, _)| position == version) => {
                        return Err(error.into());
                    }
                    Err(error) => {
                        trouble = Some(error);
                        None
                    }
                }
            }
        };
        forms.push(form);
    }
    let Some(shape) = shape else {
        return Err(unknown_type(book, &envelope.kind));
    };
    if forms.iter().all(Option::is_none)
        && let Some(error) = trouble
    {
        return Err(error.into());
    }
    let subjects = shape.subjects(envelope)?;
    let about = subjects.thing.or(envelope.about.as_deref()).map(Into::into);
    Ok(Event {
        ident: makegood_store::ident(&envelope.source, &envelope.id),
        kind: envelope.kind.as_ref().into(),
        subject: envelope.subject.as_ref().into(),
        about,
        time: envelope.time,
        actor: envelope.actor.as_deref().map(Into::into),
        forms,
    })
}

fn unknown_type(book: &Rulebook, kind: &str) -> Reject {
    let mut known: Vec<&str> =
        book.versions().iter().flat_map(|rules| rules.charter.shapes.iter().map(|shape| &*shape.name)).collect();
    known.sort_unstable();
    known.dedup();
    Reject::new(
        "unknown-type",
        format!("no charter knows the event type `{}`", cut(kind)),
        format!("declare it under `events`, or send one of: {}", known.join(", ")),
    )
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}
