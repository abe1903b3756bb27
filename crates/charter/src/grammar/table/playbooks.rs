//! The keys of a playbook and its steps.

use crate::grammar::{Is, Leaf, Record, may, need};

use super::{CONDITION, DURATION, EVENT, TEXT};
use super::promises::{ACKNOWLEDGED, AT_RISK, CONFIRMED, OUTCOME, RUNG};

pub(super) static PLAYBOOK: Record = Record {
    name: "playbook",
    doc: "What is done, by whom and by when, once something has happened. A running playbook is a play; each of its steps becomes a promise to the party when it is entered.",
    keys: &[
        need("begins", Is::OneOrMany(&Is::Record(&BEGINS)), "What begins it: one event, or any of several. What the event is about, the play is about; while one runs about a thing, a further event begins no second one. `made` is the data of the first that is named; begun by another, it has what the two have in common, and the rest is absent.", "{on: complaint.made}"),
        need("says", Is::Texts, "What it is, in the customer's words. Slots: `{thing}`, `{made.FIELD}`.", "{en: Your complaint}"),
        may("published", Is::Leaf(Leaf::Bool), "True when its steps stand on the page that customers read. False unless said.", "true"),
        may("speaks_for_them", TEXT, "Who in the company speaks for the party, by role.", "customer advocate"),
        may("control", Is::Leaf(Leaf::Share), "The share of plays that are left alone on purpose, so that what the playbook brings can be told from what would have come by itself. Needs `aim`.", "10%"),
        may("aim", Is::Record(&AIM), "What it is for: by this those left alone are compared with all others, however their plays ended.", "{shown_by: {on: customer.returned}, within: 365d}"),
        need("steps", Is::Map(Leaf::Name, &Is::Record(&STEP)), "The steps. One that comes after others stands below them.", "{answered: {says: {en: You have our answer by {due}}, within: 5 days, kept: {on: complaint.answered}}}"),
        may("ends", Is::Map(Leaf::Name, &Is::Record(&ENDING)), "What else ends it: what is still open is let go then. The first whose condition holds counts.", "{withdrawn: {on: complaint.withdrawn, says: {en: You took it back}}}"),
    ],
};

static BEGINS: Record = Record {
    name: "begins",
    doc: "The event that begins a play.",
    keys: &[
        need("on", EVENT, "The event, about a party; with `follows`, about the promise's thing.", "complaint.made"),
        may("follows", Is::Leaf(Leaf::Reference("a promise")), "The promise it follows from: it begins for those who hold this promise about the thing, and keeps what made it.", "delivery"),
        may("if", CONDITION, "Only if this holds; reads `data`, and with `follows` also `made`, `promise` and, of a hand-off, `duty`.", "data.grave"),
    ],
};

static AIM: Record = Record {
    name: "aim",
    doc: "What a playbook is for. It counts whatever became of the play: also where a step was broken, nothing could be offered, or the play had ended.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&AIM_SIGN)), "What shows that it came about.", "{on: customer.returned}"),
        need("within", DURATION, "How long after the play began it counts.", "365d"),
    ],
};

static AIM_SIGN: Record = Record {
    name: "sign of the aim",
    doc: "An event that shows that what a playbook is for came about.",
    keys: &[
        need("on", EVENT, "The event, about what the play is about.", "customer.returned"),
        may("if", CONDITION, "Only if this holds; reads `data`.", "data.from == 'lost'"),
    ],
};

static STEP: Record = Record {
    name: "step",
    doc: "A step of a playbook: a promise that the play makes. Conditions read `made`, the data of what began the play, and `step`: `step.NAME.done` is true of a step that was done, `step.NAME.FIELD` is what the event that showed it says (`_` for `-` in the name). They also read `promised`, what people promised the party by `promise.made` about the same thing while the play ran: `promised.count` of them that were not let go, `promised.handed_over` of these that were kept already or delegated to somebody who has not given them back, `promised.accepted` of these that were kept already or that everybody to whom they were delegated accepted by name.",
    keys: &[
        need("says", Is::Texts, "The step in the customer's words. Slots as in a promise.", "{en: \"You have our answer by {due}\"}"),
        may("owner", TEXT, "Who is accountable, by role or name.", "complaints desk"),
        may("doer", TEXT, "Who does it, by role or name; the owner, unless said.", "workshop"),
        may("acknowledged", Is::Record(&ACKNOWLEDGED), "The promisee is asked to acknowledge in writing what was promised. Silence reminds the owner.", "{within: 2 days}"),
        may("confirmed", Is::Record(&CONFIRMED), "Once it is shown kept, the promisee is asked for their own verdict, and asked again later.", "{again: 3 weeks}"),
        may("after", Is::OneOrMany(&Is::Leaf(Leaf::Reference("a step"))), "The steps above it that it comes after: it is entered once all of them have come to their end, unless all were passed by. Without it, at the beginning.", "acknowledged"),
        may("if", CONDITION, "Only if this holds then; passed by otherwise. Reads `made` and `step`.", "step.weighed.worth_it"),
        may("within", Is::Leaf(Leaf::Clock), "When it is due: so long after it is entered …", "2 working days"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "… by this calendar, where the charter has several …", "norway"),
        may("due", Is::Leaf(Leaf::Expression("a time")), "… or at this time; reads `made` and `step`.", "step.offered.until"),
        may("not_by", Is::OneOrMany(&Is::Leaf(Leaf::Reference("a step"))), "Steps that another person must have done: an approval by who asked for it is refused.", "planned"),
        may("once", CONDITION, "Kept as soon as this holds, whatever made it so; reads `made`, `step` and `promised`.", "promised.accepted == promised.count"),
        may("kept", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it was done in time: its evidence.", "{on: complaint.answered}"),
        may("late", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it was done, but late.", "{on: complaint.answered}"),
        may("broken", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that it will not be done.", "{on: answer.refused}"),
        may("released", Is::OneOrMany(&Is::Record(&OUTCOME)), "What shows that the party let it go.", "{on: complaint.withdrawn}"),
        may("at_risk", Is::OneOrMany(&Is::Record(&AT_RISK)), "What shows that it is in danger.", "{before: 2h}"),
        may("silent", Is::Record(&STEP_SILENT), "When silence makes it overdue. At once when due, unless said.", "{after: 24h, then: ask owner}"),
        may("escalates", Is::List(&Is::Record(&RUNG)), "Who is told when it stays overdue, the soonest first.", "[{after: 4h, to: shift manager}]"),
    ],
};

static ENDING: Record = Record {
    name: "ending",
    doc: "What ends a play before its last step.",
    keys: &[
        need("on", EVENT, "The event, about what the play is about.", "complaint.withdrawn"),
        may("if", CONDITION, "Only if this holds; reads `data`, `made` and `step`.", "!data.worth_it"),
        need("says", Is::Texts, "What is said of it, in the customer's words. Slots: `{thing}`, `{made.FIELD}`, `{data.FIELD}`.", "{en: You took your complaint back}"),
    ],
};

static STEP_SILENT: Record = Record {
    name: "silent of a step",
    doc: "What silence means.",
    keys: &[
        need("after", DURATION, "So long after it was due, without evidence, the step is overdue.", "24h"),
        may("then", TEXT, "Whom silence asks: `ask owner`, or `ask` and a role. `go on` where somebody outside was asked: the step is let go and the play goes on without it.", "go on"),
    ],
};
