//! Events that every charter knows: the clock, and what people decide about remedies and promises.

use crate::value::{Field, Shape, Type};

/// The party of a built-in event may be of any kind: its shape names none, and the subject says it.
pub const ANY_PARTY: &str = "party";

/// The thing of a built-in event may be of any kind that is not a party's: the subject says it.
pub const ANY_THING: &str = "thing";

/// What a built-in event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// The house: the clock.
    House,
    /// A party of any kind.
    Party,
    /// A thing of any kind.
    Thing,
}
use About::{House, Party, Thing};

/// A built-in event: its type, what it is about, and the fields of its data (name, type, may be left out).
type BuiltIn = (&'static str, About, &'static [(&'static str, Type, bool)]);

/// A thing was handed over: by whom, to whom, on whose behalf, how much, with which evidence.
pub const HANDED_OVER: &str = "custody.handed_over";
/// How much was handed over, learnt or confirmed later: the slip is found, the tank is gauged.
pub const MEASURED: &str = "custody.measured";

const EVENTS: &[BuiltIn] = &[
    ("clock.reached", House, &[]),
    ("remedy.approved", Party, &[("remedy", Type::Text, false), ("note", Type::Text, true)]),
    ("remedy.paid", Party, &[("remedy", Type::Text, false), ("reference", Type::Text, true)]),
    ("remedy.failed", Party, &[("remedy", Type::Text, false), ("reason", Type::Text, false)]),
    ("remedy.waived", Party, &[("remedy", Type::Text, false), ("consent", Type::Text, false)]),
    (
        "remedy.corrected",
        Party,
        &[("remedy", Type::Text, false), ("amount", Type::Money, false), ("reason", Type::Text, false)],
    ),
    (
        "promise.released",
        Party,
        &[("promise", Type::Text, false), ("consent", Type::Text, false), ("reason", Type::Text, true)],
    ),
    (
        "promise.renegotiated",
        Party,
        &[("promise", Type::Text, false), ("due", Type::Time, false), ("consent", Type::Text, false)],
    ),
    ("promise.kept", Party, &[("promise", Type::Text, false), ("note", Type::Text, true)]),
    (
        HANDED_OVER,
        Thing,
        &[
            ("giver", Type::Text, false),
            ("taker", Type::Text, false),
            ("on_behalf_of", Type::Text, true),
            ("step", Type::Text, true),
            ("disposition", Type::Text, true),
            ("quantity", Type::Number { unit: None }, true),
            ("accepted", Type::Number { unit: None }, true),
            ("unit", Type::Text, true),
            ("place", Type::Text, true),
            ("signature", Type::Text, true),
            ("photo", Type::Text, true),
            ("document", Type::Text, true),
            ("note", Type::Text, true),
        ],
    ),
    (
        MEASURED,
        Thing,
        &[
            ("quantity", Type::Number { unit: None }, false),
            ("unit", Type::Text, false),
            ("document", Type::Text, true),
            ("note", Type::Text, true),
        ],
    ),
    ("goodwill.given", Party, &[("amount", Type::Money, false), ("reason", Type::Text, false)]),
    ("goodwill.approved", Party, &[("remedy", Type::Text, false), ("note", Type::Text, true)]),
];

/// The shapes of the built-in events, in the order in which they follow the declared ones. Those about a party take one of
/// any kind, which their shape writes as `party`.
pub fn shapes() -> Vec<Shape> {
    let field = |(name, kind, optional): &(&str, Type, bool)| Field {
        name: (*name).into(),
        kind: kind.clone(),
        optional: *optional,
    };
    EVENTS
        .iter()
        .map(|(name, about, fields)| {
            let party = (*about == Party).then_some(ANY_PARTY);
            let thing = (*about == Thing).then_some(ANY_THING);
            Shape::new(name, party, thing, fields.iter().map(field).collect())
        })
        .collect()
}

/// The kinds of key that are parties under any charter.
pub const PARTIES: [&str; 4] = ["customer", "employee", "supplier", "partner"];

/// True for the type of a built-in event about a thing.
pub fn is_about_thing(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, about, _)| *name == event_type && *about == Thing)
}

/// True for the type of a built-in event.
pub fn is_builtin(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, ..)| *name == event_type)
}
