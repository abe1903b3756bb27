use makegood_charter::Moment;
use makegood_charter::model::ShapeId;
use makegood_charter::value::{Fields, Value};

use crate::id::Name;
use crate::{Ident, PartId, Rulebook};

/// The field in which an event names a remedy.
const REMEDY: &str = "remedy";

/// What a party is folded with.
#[derive(Debug, Clone)]
pub enum Happening<'a> {
    /// An event about the party, or about a thing it holds an interest in.
    Event(&'a Event),
    /// The clock has reached a moment at which the party asked to be looked at.
    Clock {
        /// The moment.
        at: Moment,
        /// The identity of the `clock.reached` event that records it.
        ident: Ident,
    },
}

/// An event, read by the charter versions that know its type.
#[derive(Debug, Clone)]
pub struct Event {
    /// Derived from source and id.
    pub ident: Ident,
    /// The event type: `flight.departed`.
    pub kind: Box<str>,
    /// The party or thing it is about.
    pub subject: Box<str>,
    /// Beside a party as subject: the thing concerned.
    pub about: Option<Box<str>>,
    /// When it happened.
    pub time: Moment,
    /// Who did it, where a person or program did.
    pub actor: Option<Box<str>>,
    /// Its data as each version of the charter reads it, by position in the [`crate::Rulebook`]; `None` where a version does not
    /// know the type.
    pub forms: Vec<Option<Form>>,
}

/// An event's data as one charter version reads it.
#[derive(Debug, Clone)]
pub struct Form {
    /// The shape.
    pub shape: ShapeId,
    /// Its values, in the shape's order.
    pub data: Fields,
}

impl Event {
    /// The thing it is about, if any: its subject, or beside a party what `about` names.
    pub fn thing(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// The remedy that it names, where it says what a person or a payment did with one.
    pub fn remedy(&self, book: &Rulebook) -> Option<PartId> {
        if !crate::fold::NAMES_A_REMEDY.contains(&&*self.kind) {
            return None;
        }
        self.text(book, REMEDY).and_then(Name::parse).map(|name| name.id)
    }

    /// The same event, naming another remedy.
    #[must_use]
    pub fn of_remedy(&self, book: &Rulebook, name: &str) -> Self {
        let mut event = self.clone();
        for (form, rules) in event.forms.iter_mut().zip(book.versions()) {
            let Some(form) = form else { continue };
            let shape = rules.charter.shapes.get(form.shape);
            if let Some(place) = shape.and_then(|shape| form.data.get_mut(*shape.positions.get(REMEDY)?)) {
                *place = Value::Text(name.into());
            }
        }
        event
    }

    /// The event's data as version `version` of the rulebook reads it.
    pub fn form(&self, version: usize) -> Option<&Form> {
        self.forms.get(version).and_then(Option::as_ref)
    }
}
