//! The keys of a promise.

use crate::grammar::{Is, Leaf, Record, may, need};

use super::{CONDITION, DURATION, EVENT, MONEY_EXPRESSION, TEXT};

pub(super) static PROMISE: Record = Record {
    name: "promise",
    doc: "A commitment to one party: what, about which thing, due when, worth what, and which events show how it stands.",
    keys: &[
        need("made", Is::Record(&MADE), "The event that makes it, and what that event says of it.", "{on: booking.made, due: data.departs}"),
        need("says", Is::Texts, "The promise in the customer's words. Slots: `{thing}`, `{due}`, `{worth}`, `{paid}`, `{made.FIELD}`.", "{en: \"{thing} leaves at {due}\"}"),
        may("owner", TEXT, "Who is accountable, by role or name. What `promise.made` says comes first.", "operations"),
        may("doer", TEXT, "Who does it, by role or name; the owner, unless said. What `promise.made` says comes first.", "workshop"),
        may("acknowledged", Is::Record(&ACKNOWLEDGED), "The promisee is asked to acknowledge in writing what was promised (`promise.acknowledged`). Silence reminds the owner.", "{within: 2 days}"),
        may("confirmed", Is::Record(&CONFIRMED), "Once it is shown kept, the promisee is asked for their own verdict (`promise.confirmed`), and asked again later.", "{again: 3 weeks}"),
        may("repeats", Is::Record(&REPEATS), "The next one is made when this one is settled or due, whichever is first, until one is released.", "{every: 1 month}"),
        may("kept", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it was kept in time. For each event the outcomes are tried in the order kept, late, broken, released, at risk; the first whose condition holds counts.", "{on: flight.departed, if: data.late < duration('15m')}"),
        may("late", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it was kept, but late.", "{on: flight.departed}"),
        may("broken", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it will not be kept.", "{on: flight.cancelled}"),
        may("released", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that the party let it go.", "{on: booking.cancelled}"),
        may("at_risk", Is::OneOrMany(&Is::Record(&AT_RISK)), "What shows that it is in danger.", "{before: 2h}"),
        may("silent", Is::Record(&SILENT), "When silence makes it overdue. At once when due, unless said.", "{after: 24h, then: ask owner}"),
        may("escalates", Is::List(&Is::Record(&RUNG)), "Who is told when it stays overdue, the soonest first.", "[{after: 4h, to: shift manager}, {after: 1d, to: general manager}]"),
    ],
};

pub(super) static RUNG: Record = Record {
    name: "rung",
    doc: "One rung of a ladder of escalation.",
    keys: &[
        need("after", DURATION, "How long after the promise was due.", "4h"),
        need("to", TEXT, "Who is told, by role or name.", "shift manager"),
    ],
};

pub(super) static ACKNOWLEDGED: Record = Record {
    name: "acknowledged",
    doc: "The promisee's own written word that this is what was promised.",
    keys: &[
        need("within", Is::Leaf(Leaf::Clock), "How long it is awaited before the owner is reminded.", "2 days"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "norway"),
    ],
};

pub(super) static CONFIRMED: Record = Record {
    name: "confirmed",
    doc: "The promisee's own verdict on a promise that was kept. `not_kept` never makes it worse than it was shown: it is recorded, warns the owner, counts as not kept in the rates, and opens a new promise of the same clause to put it right.",
    keys: &[
        need("again", Is::Leaf(Leaf::Clock), "How long after it was shown kept they are asked once more, whether it is really so.", "3 weeks"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "norway"),
    ],
};

static REPEATS: Record = Record {
    name: "repeats",
    doc: "A promise that comes back. Each is a promise of its own; releasing the one that is open ends them.",
    keys: &[
        need("every", Is::Leaf(Leaf::Clock), "How long after one the next is due, at the same time of day. An hour at least.", "1 month"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "norway"),
    ],
};

static MADE: Record = Record {
    name: "made",
    doc: "How a promise comes to be. The expressions read `data`, the data of the event; where the promise follows another one also `made`, what made that one, and `promise`.",
    keys: &[
        need("on", EVENT, "The event: a declared one about a party, or `promise.made`, by which a person makes a promise.", "booking.made"),
        may("follows", Is::Leaf(Leaf::Reference("a promise")), "The promise it follows from: it is made when the event is heard about that one's thing, to the same party. A duty to care, to answer or to tell is such a promise.", "departure"),
        may("if", CONDITION, "Only if this holds.", "data.channel == 'direct'"),
        need("due", Is::Leaf(Leaf::Expression("a time")), "When it is due.", "data.departs"),
        may("worth", MONEY_EXPRESSION, "What it is worth.", "data.fare"),
        may("paid", Is::Leaf(Leaf::Expression("tenders")), "What was paid for it, tender by tender.", "data.paid"),
    ],
};

pub(super) static OUTCOME: Record = Record {
    name: "outcome",
    doc: "An event that shows how a promise stands. The condition reads `data` (the event's), `made` (the data of the event that made the promise) and `promise`.",
    keys: &[
        need("on", EVENT, "The event, about the promise's thing.", "flight.departed"),
        may("if", CONDITION, "Only if this holds.", "data.late < duration('15m')"),
    ],
};

pub(super) static AT_RISK: Record = Record {
    name: "at_risk",
    doc: "An event that puts a promise in danger, or silence shortly before it is due.",
    keys: &[
        may("before", DURATION, "At risk when so long before it is due nothing has been heard.", "2h"),
        may("on", EVENT, "The event.", "flight.delayed"),
        may("if", CONDITION, "Only if this holds.", "data.expected > duration('1h')"),
    ],
};

static SILENT: Record = Record {
    name: "silent",
    doc: "What silence means.",
    keys: &[
        need("after", DURATION, "So long after it was due, without evidence, the promise is overdue.", "24h"),
        may("then", TEXT, "Whom silence asks: `ask owner`, or `ask` and a role.", "ask owner"),
    ],
};
