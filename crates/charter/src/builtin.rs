//! Events that every charter knows: the clock, and what people decide about remedies and promises.

use crate::value::{Field, Shape, Type};

/// The party of a built-in event may be of any kind: its shape names none, and the subject says it.
pub const ANY_PARTY: &str = "party";

/// The event by which a person makes a promise. Clauses may be made on it; it may be about any thing, or about none.
pub const PROMISE_MADE: &str = "promise.made";

/// How a promisee finds that a promise was kept.
pub const VERDICTS: [&str; 3] = ["kept", "not_kept", "partly"];

/// What a field of a built-in event holds.
enum Holds {
    Plain(Type),
    OneOf(&'static [&'static str]),
}

const TEXT: Holds = Holds::Plain(Type::Text);
const MONEY: Holds = Holds::Plain(Type::Money);
const TIME: Holds = Holds::Plain(Type::Time);

/// A built-in event: its type, whether it is about a party, and the fields of its data (name, type, may be left out).
type BuiltIn = (&'static str, bool, &'static [(&'static str, Holds, bool)]);

const EVENTS: &[BuiltIn] = &[
    ("clock.reached", false, &[]),
    ("remedy.approved", true, &[("remedy", TEXT, false), ("note", TEXT, true)]),
    ("remedy.paid", true, &[("remedy", TEXT, false), ("reference", TEXT, true)]),
    ("remedy.failed", true, &[("remedy", TEXT, false), ("reason", TEXT, false)]),
    ("remedy.waived", true, &[("remedy", TEXT, false), ("consent", TEXT, false)]),
    ("remedy.corrected", true, &[("remedy", TEXT, false), ("amount", MONEY, false), ("reason", TEXT, false)]),
    (
        PROMISE_MADE,
        true,
        &[
            ("kind", TEXT, false),
            ("what", TEXT, false),
            ("due", TIME, false),
            ("owner", TEXT, true),
            ("doer", TEXT, true),
            ("worth", MONEY, true),
        ],
    ),
    (
        "promise.delegated",
        true,
        &[("promise", TEXT, false), ("to", TEXT, false), ("what", TEXT, true), ("due", TIME, true)],
    ),
    ("promise.accepted", true, &[("promise", TEXT, false)]),
    ("promise.refused", true, &[("promise", TEXT, false), ("because", TEXT, false)]),
    ("promise.acknowledged", true, &[("promise", TEXT, false), ("text", TEXT, false)]),
    (
        "promise.confirmed",
        true,
        &[("promise", TEXT, false), ("verdict", Holds::OneOf(&VERDICTS), false), ("words", TEXT, true)],
    ),
    ("promise.released", true, &[("promise", TEXT, false), ("consent", TEXT, false), ("reason", TEXT, true)]),
    ("promise.renegotiated", true, &[("promise", TEXT, false), ("due", TIME, false), ("consent", TEXT, false)]),
    ("promise.kept", true, &[("promise", TEXT, false), ("note", TEXT, true)]),
    ("promise.broken", true, &[("promise", TEXT, false), ("because", TEXT, false)]),
    ("text.heard", true, &[("text", TEXT, false), ("language", TEXT, true), ("by", TEXT, true)]),
    ("goodwill.given", true, &[("amount", MONEY, false), ("reason", TEXT, false)]),
    ("goodwill.approved", true, &[("remedy", TEXT, false), ("note", TEXT, true)]),
];

/// The shapes of the built-in events, in the order in which they follow the declared ones. Those about a party take one of
/// any kind, which their shape writes as `party`.
pub fn shapes() -> Vec<Shape> {
    let field = |(name, holds, optional): &(&str, Holds, bool)| {
        let kind = match holds {
            Holds::Plain(kind) => kind.clone(),
            Holds::OneOf(words) => Type::Choice(words.iter().map(|word| (*word).into()).collect()),
        };
        Field { name: (*name).into(), kind, optional: *optional }
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
