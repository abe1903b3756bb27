//! Events that every charter knows: the clock, and what people decide about remedies and promises.

use crate::value::{Field, Shape, Type};

/// The party of a built-in event may be of any kind: its shape names none, and the subject says it.
pub const ANY_PARTY: &str = "party";

/// A person was found for a role in a play. A step may be kept by it: it is about what the play is about.
pub const PLAY_ASSIGNED: &str = "play.assigned";

/// What happened with a thing is made good for everyone it hit.
pub const REPAIR_DECIDED: &str = "repair.decided";

/// The event by which a person makes a promise. Clauses may be made on it; it may be about any thing, or about none.
pub const PROMISE_MADE: &str = "promise.made";

/// How a promisee finds that a promise was kept.
pub const VERDICTS: [&str; 3] = ["kept", "not_kept", "partly"];

/// Says of a party how likely it still is a customer, by a model from outside. It moves a stage and nothing else: no clause can
/// name it, so that what a customer is worth never changes what it is owed.
pub const JUDGED: &str = "rhythm.judged";

/// A party moved from one stage to another. Nobody sends it: the fold says it when it writes the move down, and playbooks alone
/// hear it, so that nothing that is owed depends on a stage.
pub const STAGE_MOVED: &str = "stage.moved";

/// The words of the stages, in their order.
const STAGES: [&str; 7] = ["suspect", "prospect", "first-time", "repeat", "client", "advocate", "lost"];

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

/// What a field of a built-in event holds.
enum Holds {
    Plain(Type),
    OneOf(&'static [&'static str]),
}

const TEXT: Holds = Holds::Plain(Type::Text);
const MONEY: Holds = Holds::Plain(Type::Money);
const TIME: Holds = Holds::Plain(Type::Time);
const NUMBER: Holds = Holds::Plain(Type::Number { unit: None });

/// A built-in event: its type, what it is about, and the fields of its data (name, type, may be left out).
type BuiltIn = (&'static str, About, &'static [(&'static str, Holds, bool)]);

/// A thing was handed over: by whom, to whom, on whose behalf, how much, with which evidence.
pub const HANDED_OVER: &str = "custody.handed_over";
/// How much was handed over, learnt or confirmed later: the slip is found, the tank is gauged.
pub const MEASURED: &str = "custody.measured";

const EVENTS: &[BuiltIn] = &[
    ("clock.reached", House, &[]),
    ("remedy.approved", Party, &[("remedy", TEXT, false), ("note", TEXT, true)]),
    ("remedy.paid", Party, &[("remedy", TEXT, false), ("reference", TEXT, true)]),
    ("remedy.failed", Party, &[("remedy", TEXT, false), ("reason", TEXT, false)]),
    ("remedy.waived", Party, &[("remedy", TEXT, false), ("consent", TEXT, false)]),
    ("remedy.corrected", Party, &[("remedy", TEXT, false), ("amount", MONEY, false), ("reason", TEXT, false)]),
    (
        PROMISE_MADE,
        Party,
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
        Party,
        &[("promise", TEXT, false), ("to", TEXT, false), ("what", TEXT, true), ("due", TIME, true)],
    ),
    ("promise.accepted", Party, &[("promise", TEXT, false)]),
    ("promise.refused", Party, &[("promise", TEXT, false), ("because", TEXT, false)]),
    ("promise.acknowledged", Party, &[("promise", TEXT, false), ("text", TEXT, false)]),
    (
        "promise.confirmed",
        Party,
        &[("promise", TEXT, false), ("verdict", Holds::OneOf(&VERDICTS), false), ("words", TEXT, true)],
    ),
    ("promise.released", Party, &[("promise", TEXT, false), ("consent", TEXT, false), ("reason", TEXT, true)]),
    ("promise.renegotiated", Party, &[("promise", TEXT, false), ("due", TIME, false), ("consent", TEXT, false)]),
    ("promise.kept", Party, &[("promise", TEXT, false), ("play", TEXT, true), ("note", TEXT, true)]),
    ("promise.broken", Party, &[("promise", TEXT, false), ("because", TEXT, false)]),
    ("text.heard", Party, &[("text", TEXT, false), ("language", TEXT, true), ("by", TEXT, true)]),
    (
        HANDED_OVER,
        Thing,
        &[
            ("giver", TEXT, false),
            ("taker", TEXT, false),
            ("on_behalf_of", TEXT, true),
            ("step", TEXT, true),
            ("disposition", TEXT, true),
            ("quantity", NUMBER, true),
            ("accepted", NUMBER, true),
            ("unit", TEXT, true),
            ("place", TEXT, true),
            ("signature", TEXT, true),
            ("photo", TEXT, true),
            ("document", TEXT, true),
            ("note", TEXT, true),
        ],
    ),
    (
        MEASURED,
        Thing,
        &[("quantity", NUMBER, false), ("unit", TEXT, false), ("document", TEXT, true), ("note", TEXT, true)],
    ),
    ("goodwill.given", Party, &[("amount", MONEY, false), ("reason", TEXT, false)]),
    (
        JUDGED,
        Party,
        &[
            ("charter", TEXT, false),
            ("chance", NUMBER, false),
            ("below", NUMBER, false),
            ("as_of", TIME, false),
            ("model", TEXT, true),
        ],
    ),
    (
        STAGE_MOVED,
        Party,
        &[
            ("charter", TEXT, false),
            ("from", Holds::OneOf(&STAGES), true),
            ("to", Holds::OneOf(&STAGES), false),
            ("why", TEXT, true),
        ],
    ),
    ("goodwill.approved", Party, &[("remedy", TEXT, false), ("note", TEXT, true)]),
    ("role.given", Party, &[("role", TEXT, false), ("to", TEXT, true), ("until", TIME, true)]),
    ("absence.noted", Party, &[("from", TIME, false), ("until", TIME, false), ("deputy", TEXT, true)]),
    (PLAY_ASSIGNED, Party, &[("role", TEXT, false), ("to", TEXT, false), ("play", TEXT, true), ("why", TEXT, true)]),
    (
        REPAIR_DECIDED,
        Thing,
        &[
            ("amount", MONEY, false),
            ("asked_by", TEXT, false),
            ("reason", TEXT, false),
            ("reason_zh", TEXT, true),
            ("reason_nb", TEXT, true),
        ],
    ),
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
        .map(|(name, about, fields)| {
            let party = (*about == Party).then_some(ANY_PARTY);
            let thing = (*about == Thing).then_some(ANY_THING);
            Shape::new(name, party, thing, fields.iter().map(field).collect())
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

/// True for the type of a built-in event about a thing.
pub fn is_about_thing(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, about, _)| *name == event_type && *about == Thing)
}

/// True for the type of a built-in event.
pub fn is_builtin(event_type: &str) -> bool {
    EVENTS.iter().any(|(name, ..)| *name == event_type)
}
