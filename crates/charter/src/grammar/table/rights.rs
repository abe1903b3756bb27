//! The keys of a right, and of how rights combine.

use crate::grammar::{Is, Leaf, Record, may, need};

use super::{AMOUNT, CONDITION, DATE, DURATION, EVENT, MONEY_EXPRESSION, SUM};

pub(super) static RIGHT: Record = Record {
    name: "right",
    doc: "The clause that says what is owed when something goes wrong.",
    keys: &[
        need("says", Is::Texts, "The clause as the customer reads it. Slots: `{thing}`, `{due}`, `{worth}`, `{paid}`, `{made.FIELD}`, `{data.FIELD}`.", "{en: If we are late we credit you}"),
        may("promise", Is::Leaf(Leaf::Reference("a promise")), "The promise it stands behind. May be left out when the charter has only one.", "departure"),
        need("on", Is::Leaf(Leaf::Reference("an event, or `overdue`")), "What makes it apply: an event about the promise's thing, or `overdue`, silence.", "flight.departed"),
        may("if", CONDITION, "Only if this holds; reads `data`, `made` and `promise`.", "made.channel == 'direct'"),
        may("unless", Is::OneOrMany(&Is::Record(&EXCEPTION)), "What takes it away again.", "{shown_by: weather.observed, if: evidence.wind_knots >= 50}"),
        may("on_request", Is::Record(&ON_REQUEST), "Only owed when the party asks for it. Without it, what is owed is owed by itself.", "{by: claim.made, within: 28 days}"),
        may("decided_at", Is::Leaf(Leaf::Expression("a time")), "When it is decided, if that is later than the event. What applies until then is gathered, and the highest of it counts; the time to pay runs from then.", "made.released"),
        may("limited", Is::Record(&LIMITED), "How much, or how often, one party gets in a year.", "{within: year, at_most: 2500 USD}"),
        may("not_enforced", Is::OneOrMany(&Is::Record(&NOT_ENFORCED)), "Times in which an authority does not enforce it: a note for the reader, which changes nothing of what is owed.", "{from: 2025-10-01, until: 2026-07-01, says: {en: The authority does not enforce this}}"),
        may("restitution", Is::Any(&[SUM, Is::Record(&AWARD)]), "Gives back what was paid.", "{share: 100%, of: promise.worth, to: original tenders}"),
        may("compensation", Is::Any(&[SUM, Is::Record(&AWARD)]), "Is for the harm.", "{bands: late_departure, by: data.late, in: travel_credit}"),
        may("pay_within", Is::Any(&[Is::Leaf(Leaf::Clock), Is::OneOrMany(&Is::Record(&PAY_TERM))]), "How soon it is paid: a promise to the party. Without it no promise to pay is made.", "7 days"),
        may("if_late", Is::Record(&IF_LATE), "What more is owed when the payment itself is late.", "{compensation: 40 USD}"),
        may("tells", Is::Texts, "Said to the customer when it is owed. Slots: `{thing}`, `{due}`, `{amount}`, `{pay_by}`, `{because}`, `{worth}`, `{paid}`, `{made.FIELD}`, `{data.FIELD}`. Without it, a built-in message.", "{en: \"{thing} was late: we owe you {amount}\"}"),
    ],
};

static ON_REQUEST: Record = Record {
    name: "on_request",
    doc: "What is owed only to a party who asks. What applied is kept, so that a request made in time counts however late it is learnt of.",
    keys: &[
        may("if", CONDITION, "Only these parties must ask; reads `data`, `made` and `promise`.", "made.channel == 'agent'"),
        need("by", EVENT, "The event by which the party asks, about the same thing.", "claim.made"),
        need("within", Is::Leaf(Leaf::Clock), "How long after the event they may ask.", "28 days"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "england"),
        may("says", Is::Texts, "Said to the customer when it applies: that they can ask, and how. Slots as in `tells`, without `{amount}` and `{because}`; `{ask_by}` is until when.", "{en: \"{thing} was late. You can claim until {ask_by}.\"}"),
    ],
};

static LIMITED: Record = Record {
    name: "limited",
    doc: "A bound on one right, for one party: over time, or over the promises that one event concerns. What was granted is never taken back. In a calendar year, what is learnt later gets what is left. A length of time looks back from each event: what happened earlier and is learnt later is held to what was given up to it alone, so that late evidence never costs the party what it would have had in time.",
    keys: &[
        need("within", Is::Leaf(Leaf::Duration), "The time: `year` for the calendar year, or a length of time up to the event. `event`: what one event makes owed, once per account over several lines.", "year"),
        may("at_most", AMOUNT, "No more than this altogether.", "2500 USD"),
        may("times", Is::Leaf(Leaf::Whole), "No more often than this.", "2"),
    ],
};

static NOT_ENFORCED: Record = Record {
    name: "not_enforced",
    doc: "A time in which an authority does not enforce a right.",
    keys: &[
        may("from", DATE, "From when, if that is known.", "2025-10-01"),
        may("until", DATE, "Until when, if that is known.", "2026-07-01"),
        need("says", Is::Texts, "What is not enforced, and by whom.", "{en: The authority does not enforce this}"),
    ],
};

static REDUCTION: Record = Record {
    name: "reduction",
    doc: "A case in which an amount is lessened. With `shown_by` the burden of proof is the company's.",
    keys: &[
        may("if", CONDITION, "Only if this holds; reads `data`, `made`, `promise`, and with `shown_by` also `evidence`.", "evidence.late <= duration('2h')"),
        may("shown_by", EVENT, "The event that proves it, about the same thing.", "passenger.rerouted"),
        need("to", Is::Leaf(Leaf::Share), "What is left of the amount.", "50%"),
        may("says", Is::Texts, "Why, in the customer's words.", "{en: We brought you there nearly in time}"),
    ],
};

static OR_IN: Record = Record {
    name: "or_in",
    doc: "Another tender, for a party who agrees to it before it is decided; `decided_at` gives time for that. Without agreement it is paid as the award says.",
    keys: &[
        need("tender", Is::Leaf(Leaf::Reference("a tender")), "The tender.", "voucher"),
        may("worth", Is::Leaf(Leaf::Share), "What it must be worth, against the amount. The whole, unless said.", "125%"),
        need("agreed", EVENT, "The event by which the party agrees, such as a signature.", "voucher.agreed"),
    ],
};

static EXCEPTION: Record = Record {
    name: "exception",
    doc: "Takes a right away. With `shown_by` the burden of proof is the company's: nothing is taken away unless such an event was heard.",
    keys: &[
        may("if", CONDITION, "Only if this holds; reads `data`, `made`, `promise`, and with `shown_by` also `evidence`.", "evidence.visibility_miles < 0.5"),
        may("shown_by", EVENT, "The event that proves it, about the same thing.", "weather.observed"),
        may("within", DURATION, "How long after the trigger the proof may still come; the right is decided only then. Without it the proof must have been heard before.", "1h"),
        may("says", Is::Texts, "Why, in the customer's words.", "{en: Storms are nobody's fault}"),
    ],
};

static AWARD: Record = Record {
    name: "award",
    doc: "One amount owed. Say how much in one of four ways: `amount`, `bands` with `by`, `share` with `of`, or `each` with `count`.",
    keys: &[
        may("amount", SUM, "Outright.", "40 USD"),
        may("bands", Is::Leaf(Leaf::Reference("a dated value of bands")), "By the band in which a measure falls …", "late_departure"),
        may("by", Is::Leaf(Leaf::Expression("what is measured")), "… and the measure.", "data.late"),
        may("share", Is::Leaf(Leaf::Share), "A share …", "100%"),
        may("of", MONEY_EXPRESSION, "… of an amount.", "promise.worth"),
        may("each", SUM, "So much for each …", "10.34 GBP"),
        may("count", Is::Leaf(Leaf::Expression("a number")), "… of a count.", "data.days"),
        may("dated_by", Is::Leaf(Leaf::Expression("a time")), "The time whose dated values count. The event's, unless said.", "promise.made"),
        may("reduced", Is::OneOrMany(&Is::Record(&REDUCTION)), "Lessened in certain cases: the first that holds counts.", "{if: data.late < duration('4h'), to: 50%}"),
        may("times", Is::Leaf(Leaf::Expression("a whole number")), "So many times: for each person, line or item.", "made.passengers"),
        may("at_most", SUM, "Never more than this; with `times`, for each.", "2150 USD"),
        may("at_least", SUM, "Never less than this, once anything is owed; with `times`, for each.", "25 USD"),
        may("least_payable", AMOUNT, "Less than this is not paid at all.", "1 USD"),
        may("round_to", AMOUNT, "Rounded to a multiple of so much; to the smallest unit without it.", "25 USD"),
        may("rounding", Is::Leaf(Leaf::Word(&["up", "down", "nearest"])), "Which way. Up, in the party's favour, unless said.", "nearest"),
        may("in", Is::Leaf(Leaf::Reference("a tender")), "In which tender it is paid, at its worth. Without it, in the commodity it is reckoned in.", "travel_credit"),
        may("or_in", Is::Record(&OR_IN), "In what else the party may choose to have it.", "{tender: voucher, worth: 125%, agreed: voucher.agreed}"),
        may("to", Is::Leaf(Leaf::Word(&["original tenders"])), "In what was paid with, from every tender alike. For restitution only.", "original tenders"),
    ],
};

static PAY_TERM: Record = Record {
    name: "pay term",
    doc: "How soon, and for whom. The first term whose condition holds counts.",
    keys: &[
        may("if", CONDITION, "For whom this term counts; without it, for everyone. Reads `data`, `made` and `promise`.", "made.payment_method == 'card'"),
        need("within", Is::Leaf(Leaf::Clock), "How long, from the event that made it owed, or from the asking where it must be asked for.", "7 business days"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "us-federal"),
    ],
};

static IF_LATE: Record = Record {
    name: "if_late",
    doc: "What a late payment owes on top.",
    keys: &[
        need("compensation", Is::Any(&[SUM, Is::Record(&AWARD)]), "How much: an amount or a dated value. It reads no event, for none has happened.", "40 USD"),
    ],
};

pub(super) static STACK: Record = Record {
    name: "stack",
    doc: "How rights combine: those behind one promise and, by the names of their charters, those of other charters for the same thing. A right waits for those of other charters that still wait for proof.",
    keys: &[
        need("rights", Is::List(&Is::Leaf(Leaf::Reference("a right"))), "The rights, at least two; one of another charter as `charter/right`.", "[late-departure, eu261/long-delay]"),
        need("rule", Is::Leaf(Leaf::Word(&["highest", "sum", "offset", "first"])), "`highest`: only the highest is owed. `sum`: all are. `offset`: what one gave is taken off another, so that the sum is the same whichever comes first. `first`: one excludes the others, whatever their amounts; where one event makes several owed, the first named.", "highest"),
    ],
};
