//! Custody: who handed what to whom, and whether each hand-off met the charter's duty.

use makegood_charter::builtin::{HANDED_OVER, MEASURED};
use makegood_charter::expr::{Scope, Unmet};
use makegood_charter::model::{Charter, Duty, PromiseId};
use makegood_charter::value::{Moment, Type, Value};
use serde::{Deserialize, Serialize};

use crate::fold::Folding;
use crate::id::part_id;
use crate::promise::holds;
use crate::{Beside, BesideKind, Event, Form, Ident, PartId, Promise, Rulebook, Rules, limits, message};

/// The chain of custody of one thing, as one party who was promised something of it may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// Its identity within the party.
    pub id: PartId,
    /// The thing.
    pub thing: Box<str>,
    /// The hand-offs and what was learnt of them later, in the order in which they happened.
    pub hands: Vec<Hand>,
}

/// A hand-off, or how much it turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// When it happened.
    pub at: Moment,
    /// The event.
    pub ident: Ident,
    /// True of a quantity that was learnt or confirmed later; giver and taker are empty then.
    pub measured: bool,
    /// Who gave it.
    pub giver: Box<str>,
    /// Who took it.
    pub taker: Box<str>,
    /// For whom, where somebody else took it.
    pub on_behalf_of: Box<str>,
    /// The business step, in the words of GS1's Core Business Vocabulary: `accepting`.
    pub step: Box<str>,
    /// How the thing stands, in the words of the same vocabulary: `in_progress`, `damaged`.
    pub disposition: Box<str>,
    /// How much was handed over, in millionths of the unit.
    pub quantity: Option<i64>,
    /// How much of it the taker accepted.
    pub accepted: Option<i64>,
    /// The unit.
    pub unit: Box<str>,
    /// Where.
    pub place: Box<str>,
    /// Content hashes of the evidence: signature, photo, document; empty where there is none.
    pub evidence: [Box<str>; 3],
    /// In words.
    pub note: Box<str>,
    /// Who entered it, where a person or program did.
    pub entered_by: Box<str>,
    /// What it did not meet: 1 evidence is missing, 2 another took it, 4 the quantity is out of tolerance.
    pub unmet: u8,
    /// By how much it is off what was promised, in millionths of that.
    pub difference: Option<i64>,
}

impl Hand {
    /// A quantity of it in words, with its unit.
    pub fn amount(&self, quantity: i64, language: &str) -> String {
        let kind = Type::Number { unit: Some(self.unit.clone()) };
        makegood_charter::words::show(&Value::Number(quantity), &kind, &jiff::tz::TimeZone::UTC, language)
    }
}

impl Custody {
    /// What any of its hand-offs did not meet, as in [`Hand::unmet`].
    pub fn unmet(&self) -> u8 {
        self.hands.iter().fold(0, |unmet, hand| unmet | hand.unmet)
    }

    /// Who holds the thing now, as far as is known.
    pub fn holder(&self) -> Option<&Hand> {
        self.hands.iter().rev().find(|hand| !hand.measured)
    }
}

/// True for the type of an event of custody.
pub(crate) fn is_custody(kind: &str) -> bool {
    kind == HANDED_OVER || kind == MEASURED
}

/// What is wrong with an event of custody before anybody folds it: a code, what, and what to do.
pub fn fault(book: &Rulebook, event: &Event) -> Option<(&'static str, String, &'static str)> {
    if !is_custody(&event.kind) {
        return None;
    }
    let text = |field: &str| event.text(book, field).unwrap_or_default();
    for field in ["signature", "photo", "document"] {
        let hash = text(field);
        let digits = hash.strip_prefix("sha256:").unwrap_or_default();
        let sound =
            digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !hash.is_empty() && !sound {
            let message =
                format!("`{field}` is `{}`, and not the hash of a content", hash.chars().take(80).collect::<String>());
            return Some((
                "not-a-hash",
                message,
                "write `sha256:` and the 64 lower-case digits of the content's SHA-256",
            ));
        }
    }
    for (field, words) in [("step", STEPS), ("disposition", DISPOSITIONS)] {
        let word = text(field);
        if !word.is_empty() && !words.contains(&word) {
            let message = format!("`{word}` is no {field} of the Core Business Vocabulary");
            return Some(("unknown-cbv-word", message, "write one of the words that docs/reference/custody.md lists"));
        }
    }
    let unit = text("unit");
    let given = ["quantity", "accepted"].iter().any(|field| matches!(event.field(book, field), Some(Value::Number(_))));
    if given && unit.is_empty() {
        return Some(("no-unit", "a quantity was given without its unit".to_owned(), "send `unit`, such as `L`"));
    }
    let kind = event.subject.split_once(':').map_or("", |(kind, _)| kind);
    let units: Vec<&str> =
        duties_of(book, kind, event.time).filter_map(|duty| Some(&*duty.quantity.as_ref()?.unit)).collect();
    if given && !units.is_empty() && !units.contains(&unit) {
        let message = format!("the quantity is in `{unit}`, and was promised in `{}`", units.join("`, `"));
        return Some(("other-unit", message, "send the quantity in the unit in which it was promised"));
    }
    None
}

/// The duties in force at `at` for hand-offs of things of this kind.
fn duties_of<'b>(book: &'b Rulebook, kind: &'b str, at: Moment) -> impl Iterator<Item = &'b Duty> {
    let of_kind = move |charter: &'b Charter, duty: &Duty| {
        let made = charter.promises.get(duty.promise).and_then(|promise| charter.shapes.get(promise.on));
        made.is_some_and(|shape| shape.about.as_deref() == Some(kind))
    };
    book.in_force(at).flat_map(move |(_, rules)| {
        let charter = &*rules.charter;
        charter.duties.iter().filter(move |duty| of_kind(charter, duty))
    })
}

/// Judges a hand-off by the duty that the charter lays on the thing of this promise. `None` where it lays none; where it lays one
/// on other hand-offs than this, nothing is unmet.
pub(crate) fn judge(promise: &Promise, rules: &Rules, clause: PromiseId, event: &Event, form: &Form) -> Option<Unmet> {
    if !is_custody(&event.kind) {
        return None;
    }
    let scope = promise.scope(&form.data, event.time);
    let Some(duty) = duty(rules, clause, &scope, &event.kind) else {
        return rules.charter.duties.iter().any(|duty| duty.promise == clause).then(Unmet::default);
    };
    let read = Read { rules, form };
    let measured = &*event.kind == MEASURED;
    let missing = !measured && duty.carries.iter().any(|evidence| read.value(evidence.field()).is_none());
    let by_proxy = !measured && !read.text("on_behalf_of").is_empty();
    let mut unmet = Unmet { missing, by_proxy, ..Unmet::default() };
    let counted = read.number("accepted").or_else(|| read.number("quantity"));
    if let (Some(quantity), Some(counted)) = (&duty.quantity, counted)
        && read.text("unit") == &*quantity.unit
        && let Ok(promised) = quantity.promised.number(&scope)
    {
        let off = i128::from(counted).saturating_sub(i128::from(promised)).saturating_abs();
        let share = off.saturating_mul(1_000_000).checked_div(i128::from(promised));
        unmet.difference = share.and_then(|share| i64::try_from(share).ok());
        let (numerator, denominator) = (quantity.tolerance.numerator(), quantity.tolerance.denominator());
        let bound = i128::from(promised).saturating_mul(i128::from(numerator));
        unmet.differs = off.saturating_mul(i128::from(denominator)) > bound;
    }
    Some(unmet)
}

/// The duty that applies: of a quantity learnt later, the first that says how much was promised.
fn duty<'r>(rules: &'r Rules, clause: PromiseId, scope: &Scope, kind: &str) -> Option<&'r Duty> {
    let mut duties = rules.charter.duties.iter().filter(|duty| duty.promise == clause);
    if kind == MEASURED {
        return duties.find(|duty| duty.quantity.is_some());
    }
    duties.find(|duty| holds(duty.when.as_ref(), scope))
}

/// Notes a hand-off in the chain of its thing and lets follow at once what the duty says. Heard again, it is noted once.
pub(crate) fn note(
    folding: &mut Folding,
    promise: &Promise,
    (rules, clause): (&Rules, PromiseId),
    (event, form): (&Event, &Form),
    unmet: Unmet,
) {
    let mut chain = chain(folding, &promise.thing);
    if chain.hands.iter().any(|hand| hand.ident == event.ident) {
        return;
    }
    if chain.hands.len() >= limits::HANDS {
        message::ask_about_duty(
            folding,
            promise,
            rules,
            "custody",
            "as many hand-offs were heard of as are remembered",
        );
        return;
    }
    let read = Read { rules, form };
    let hand = Hand {
        at: event.time,
        ident: event.ident,
        measured: &*event.kind == MEASURED,
        giver: read.text("giver").into(),
        taker: read.text("taker").into(),
        on_behalf_of: read.text("on_behalf_of").into(),
        step: read.text("step").into(),
        disposition: read.text("disposition").into(),
        quantity: read.number("quantity"),
        accepted: read.number("accepted"),
        unit: read.text("unit").into(),
        place: read.text("place").into(),
        evidence: ["signature", "photo", "document"].map(|field| read.text(field).into()),
        note: read.text("note").into(),
        entered_by: event.actor.clone().unwrap_or_default(),
        unmet: u8::from(unmet.missing) | u8::from(unmet.by_proxy) << 1 | u8::from(unmet.differs) << 2,
        difference: unmet.difference,
    };
    let place = chain.hands.partition_point(|known| (known.at, known.ident) < (hand.at, hand.ident));
    chain.hands.insert(place, hand);
    folding.put_beside(Beside::Custody(chain.clone()));
    let scope = promise.scope(&form.data, event.time);
    let Some(duty) = duty(rules, clause, &scope, &event.kind) else { return };
    let found = [(unmet.missing, &duty.missing), (unmet.by_proxy, &duty.by_proxy), (unmet.differs, &duty.differs)];
    for ((found, consequence), what) in found.into_iter().zip(["missing", "by_proxy", "differs"]) {
        if let (true, Some(consequence)) = (found, consequence) {
            message::handed_over(folding, promise, rules, (duty, what, consequence), &chain, &|field| {
                read.words(field)
            });
        }
    }
}

/// The chain of a thing in hand, or a new one.
fn chain(folding: &Folding, thing: &str) -> Custody {
    let known = folding.beside(BesideKind::Custody).find_map(|part| match part {
        Beside::Custody(chain) if *chain.thing == *thing => Some(chain.clone()),
        _ => None,
    });
    known.unwrap_or_else(|| Custody {
        id: part_id(folding.key, thing, &Ident::default(), "custody", 0),
        thing: thing.into(),
        hands: Vec::new(),
    })
}

/// The fields of an event of custody, by name.
struct Read<'r> {
    rules: &'r Rules,
    form: &'r Form,
}

impl Read<'_> {
    fn value(&self, field: &str) -> Option<&Value> {
        let shape = self.rules.charter.shapes.get(self.form.shape)?;
        self.form.data.get(*shape.positions.get(field)?).filter(|value| **value != Value::Absent)
    }

    fn text(&self, field: &str) -> &str {
        match self.value(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    fn number(&self, field: &str) -> Option<i64> {
        match self.value(field) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The value and its type, for words.
    fn words(&self, field: &str) -> Option<(Value, Type)> {
        let shape = self.rules.charter.shapes.get(self.form.shape)?;
        let position = *shape.positions.get(field)?;
        Some((self.form.data.get(position)?.clone(), shape.fields.get(position)?.kind.clone()))
    }
}

/// Business steps of the Core Business Vocabulary 2.0 (GS1), without their prefix.
pub const STEPS: &[&str] = &[
    "accepting",
    "arriving",
    "assembling",
    "collecting",
    "commissioning",
    "consigning",
    "creating_class_instance",
    "cycle_counting",
    "decommissioning",
    "departing",
    "destroying",
    "disassembling",
    "dispensing",
    "encoding",
    "entering_exiting",
    "holding",
    "inspecting",
    "installing",
    "killing",
    "loading",
    "other",
    "packing",
    "picking",
    "receiving",
    "removing",
    "repackaging",
    "repairing",
    "replacing",
    "reserving",
    "retail_selling",
    "sampling",
    "sensor_reporting",
    "shipping",
    "staging_outbound",
    "stock_taking",
    "stocking",
    "storing",
    "transporting",
    "unloading",
    "unpacking",
    "void_shipping",
];

/// Dispositions of the Core Business Vocabulary 2.0 (GS1), without their prefix.
pub const DISPOSITIONS: &[&str] = &[
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
];
