//! Events that every charter knows: the clock, and what people decide about remedies and promises.

use crate::value::{Field, Shape, Type};

/// The party of a built-in event may be of any kind: its shape names none, and the subject says it.
pub const ANY_PARTY: &str = "party";

/// A person was found for a role in a play. A step may be kept by it: it is about what the play is about.
pub const PLAY_ASSIGNED: &str = "play.assigned";

/// What happened with a thing is made good for everyone it hit. The one built-in event that is about a thing.
pub const REPAIR_DECIDED: &str = "repair.decided";

/// A built-in event: its type, whether it is about a party, and the fields of its data (name, type, may be left out).
type BuiltIn = (&'static str, bool, &'static [(&'static str, Type, bool)]);

const EVENTS: &[BuiltIn] = &[
    ("clock.reached", false, &[]),
    ("remedy.approved", true, &[("remedy", Type::Text, false), ("note", Type::Text, true)]),
    ("remedy.paid", true, &[("remedy", Type::Text, false), ("reference", Type::Text, true)]),
    ("remedy.failed", true, &[("remedy", Type::Text, false), ("reason", Type::Text, false)]),
    ("remedy.waived", true, &[("remedy", Type::Text, false), ("consent", Type::Text, false)]),
    (
        "remedy.corrected",
        true,
        &[("remedy", Type::Text, false), ("amount", Type::Money, false), ("reason", Type::Text, false)],
    ),
    (
        "promise.released",
        true,
        &[("promise", Type::Text, false), ("consent", Type::Text, false), ("reason", Type::Text, true)],
    ),
    (
        "promise.renegotiated",
        true,
        &[("promise", Type::Text, false), ("due", Type::Time, false), ("consent", Type::Text, false)],
    ),
    ("promise.kept", true, &[("promise", Type::Text, false), ("play", Type::Text, true), ("note", Type::Text, true)]),
    ("goodwill.given", true, &[("amount", Type::Money, false), ("reason", Type::Text, false)]),
    ("goodwill.approved", true, &[("remedy", Type::Text, false), ("note", Type::Text, true)]),
    ("role.given", true, &[("role", Type::Text, false), ("to", Type::Text, true), ("until", Type::Time, true)]),
    ("absence.noted", true, &[("from", Type::Time, false), ("until", Type::Time, false), ("deputy", Type::Text, true)]),
    (
        PLAY_ASSIGNED,
        true,
        &[
            ("role", Type::Text, false),
            ("to", Type::Text, false),
            ("play", Type::Text, true),
            ("why", Type::Text, true),
        ],
    ),
    (
        REPAIR_DECIDED,
        false,
        &[
            ("amount", Type::Money, false),
            ("asked_by", Type::Text, false),
            ("reason", Type::Text, false),
            ("reason_zh", Type::Text, true),
            ("reason_nb", Type::Text, true),
        ],
    ),
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
        .map(|(name, on_party, fields)| {
            Shape::new(name, on_party.then_some(ANY_PARTY), None, fields.iter().map(field).collect())
        })
        .collect()
}

/// The kinds of key that are parties under any charter.
pub const PARTIES: [&str; 4] = ["customer", "employee", "supplier", "partner"];

/// True for the type of a built-in event.
pub fn is_builtin(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, ..)| *name == event_type)
}
