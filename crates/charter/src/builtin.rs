//! Events that every charter knows: the clock, and what people decide about remedies and promises.

use crate::value::{Field, Shape, Type};

/// The party of a built-in event may be of any kind: its shape names none, and the subject says it.
pub const ANY_PARTY: &str = "party";

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
    ("promise.kept", true, &[("promise", Type::Text, false), ("note", Type::Text, true)]),
    ("goodwill.given", true, &[("amount", Type::Money, false), ("reason", Type::Text, false)]),
    ("goodwill.approved", true, &[("remedy", Type::Text, false), ("note", Type::Text, true)]),
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

/// The kind of thing that a charter is: `charter:air`. What people did with its versions stands in its log.
pub const CHARTER: &str = "charter";
/// A person proposed a charter version.
pub const CHARTER_PROPOSED: &str = "charter.proposed";
/// Another person approved it: it is in force.
pub const CHARTER_APPROVED: &str = "charter.approved";
/// A proposal was taken back.
pub const CHARTER_WITHDRAWN: &str = "charter.withdrawn";

/// True for the types of what people do with charter versions. They judge nothing, so no charter reads them.
pub fn of_charters(event_type: &str) -> bool {
    [CHARTER_PROPOSED, CHARTER_APPROVED, CHARTER_WITHDRAWN].contains(&event_type)
}

/// The kinds of key that are parties under any charter.
pub const PARTIES: [&str; 4] = ["customer", "employee", "supplier", "partner"];

/// True for the type of a built-in event.
pub fn is_builtin(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, ..)| *name == event_type)
}
