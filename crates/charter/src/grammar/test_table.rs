//! The keys of a file of tests.

use super::{Is, Leaf, Record, may, need};

/// The file itself.
pub(crate) static TESTS: Record = Record {
    name: "file of tests",
    doc: "Tests that stand beside a charter: what happens, and what must follow.",
    keys: &[
        may("background", Is::Map(Leaf::Name, &Is::List(&Is::Record(&STEP))), "Events that several tests begin with, by name.", "{booked: [{event: booking.made, …}]}"),
        need("tests", Is::List(&Is::Record(&TEST)), "The tests.", "[{name: …, given: […], then: {nothing: true}}]"),
    ],
};

static TEST: Record = Record {
    name: "test",
    doc: "One test: a story and its end.",
    keys: &[
        need("name", Is::Leaf(Leaf::Text), "What it shows, as a sentence.", "three hours late owes fifty dollars"),
        need("given", Is::List(&Is::Any(&[Is::Leaf(Leaf::Reference("a background")), Is::Record(&STEP)])), "What happens, in the order in which it is learnt. A word stands for the events of that background.", "[booked, {event: flight.departed, …}]"),
        need("then", Is::Record(&THEN), "What must follow.", "{owes: [{right: late-departure, compensation: 50 travel_credit}]}"),
    ],
};

static STEP: Record = Record {
    name: "step",
    doc: "An event, or the passing of time.",
    keys: &[
        may("event", Is::Leaf(Leaf::EventType), "The type of the event.", "flight.departed"),
        may("time", Is::Leaf(Leaf::Date), "When it happened.", "2025-05-01T15:00:00-04:00"),
        may("party", Is::Leaf(Leaf::Key), "Whom it is about.", "customer:ann"),
        may("about", Is::Leaf(Leaf::Key), "What it is about.", "flight:B6-1"),
        may("actor", Is::Leaf(Leaf::Text), "Whose word it is, where that matters: `tester` unless said.", "anna"),
        may("data", Is::Data, "Its data, by the shape of the event. Where a person says something of a promise, `promise` is the name of its clause, or `delegated`: the newest of them that the party has.", "{late: 3h}"),
        may("clock", Is::Leaf(Leaf::Date), "Instead of an event: nothing more is heard until this time.", "2025-05-10T00:00:00-04:00"),
    ],
};

static THEN: Record = Record {
    name: "then",
    doc: "What must follow when all is told. What is not named is not judged.",
    keys: &[
        may("nothing", Is::Leaf(Leaf::Bool), "`true`: nobody is owed anything.", "true"),
        may("owes", Is::List(&Is::Record(&OWED)), "What is owed: all of it, and nothing else.", "[{right: late-departure, compensation: 50 travel_credit}]"),
        may("notices", Is::Leaf(Leaf::Whole), "How many messages tell a party that something is owed, or can be asked for.", "0"),
        may("stage", Is::Any(&[Is::Leaf(Leaf::Word(&STAGES)), Is::Map(Leaf::Key, &Is::Leaf(Leaf::Word(&STAGES)))]), "The stage that the story's parties are in: one word for all of them, or a word for each by its key.", "client"),
        may("promises", Is::Map(Leaf::Name, &Is::Any(&[Is::Leaf(Leaf::Word(&STATES)), Is::List(&Is::Record(&STATE))])), "How promises stand, by name: a state for all of that name, or a list of states by party and thing.", "{departure: kept_late}"),
        may("plays", Is::Map(Leaf::Name, &Is::OneOrMany(&Is::Record(&PLAY))), "How plays stand, by playbook: one, or a list by party and thing.", "{complaint: {state: done, steps: {answered: kept}}}"),
        may("refused", Is::List(&Is::Leaf(Leaf::Text)), "Events that were not taken, by the code of the reason: all of them. None unless said.", "[same-person]"),
    ],
};

/// The states of a promise.
pub(crate) static STATES: [&str; 8] =
    ["open", "at_risk", "overdue", "kept", "kept_late", "broken", "released", "renegotiated"];

/// The stages of a relationship, and that there is none yet.
pub(crate) static STAGES: [&str; 8] =
    ["none", "suspect", "prospect", "first-time", "repeat", "client", "advocate", "lost"];

static OWED: Record = Record {
    name: "owed",
    doc: "A remedy: what one party is owed under one right. Restitution, compensation and penalty are each an entry of their own.",
    keys: &[
        need("right", Is::Leaf(Leaf::Reference("a right")), "The right.", "late-departure"),
        may("restitution", Is::OneOrMany(&Is::Leaf(Leaf::Amount)), "So much is given back, tender by tender.", "[5.60 USD, 5000 points]"),
        may("compensation", Is::OneOrMany(&Is::Leaf(Leaf::Amount)), "So much is paid for the harm.", "50 travel_credit"),
        may("penalty", Is::OneOrMany(&Is::Leaf(Leaf::Amount)), "So much more, because the payment was late.", "40 USD"),
        may("party", Is::Leaf(Leaf::Key), "To whom. May be left out when the story has one party.", "customer:ann"),
        may("about", Is::Leaf(Leaf::Key), "About which thing.", "flight:B6-1"),
        may("pay_by", Is::Leaf(Leaf::Date), "When it must be paid.", "2025-05-08T15:00:00-04:00"),
        may("held", Is::Leaf(Leaf::Bool), "Whether it is held for approval.", "true"),
    ],
};

static STATE: Record = Record {
    name: "state",
    doc: "How one promise stands.",
    keys: &[
        may("party", Is::Leaf(Leaf::Key), "To whom it was made.", "customer:ann"),
        may("about", Is::Leaf(Leaf::Key), "About which thing.", "flight:B6-1"),
        need("state", Is::Leaf(Leaf::Word(&STATES)), "The state.", "kept"),
    ],
};

/// The states of a play.
pub(crate) static PLAY_STATES: [&str; 4] = ["running", "done", "ended", "left_alone"];

/// How a step stands: as its promise does, or not entered.
pub(crate) static STEP_STATES: [&str; 10] = [
    "waiting",
    "passed",
    "open",
    "at_risk",
    "overdue",
    "kept",
    "kept_late",
    "broken",
    "released",
    "renegotiated",
];

static PLAY: Record = Record {
    name: "play",
    doc: "How one play stands.",
    keys: &[
        may("party", Is::Leaf(Leaf::Key), "Whose it is.", "customer:ann"),
        may("about", Is::Leaf(Leaf::Key), "About which thing.", "complaint:1"),
        need("state", Is::Leaf(Leaf::Word(&PLAY_STATES)), "The state. `done`: every step came to its end; `ended`: one of the endings came first.", "ended"),
        may("ending", Is::Leaf(Leaf::Reference("an ending")), "Which ending came.", "withdrawn"),
        may("steps", Is::Map(Leaf::Name, &Is::Leaf(Leaf::Word(&STEP_STATES))), "How its steps stand, by name. `waiting`: its turn has not come; `passed`: its condition did not hold.", "{acknowledged: kept, approved: passed}"),
    ],
};
