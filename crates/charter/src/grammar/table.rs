//! The keys of a charter.

mod customers;
mod duties;
mod playbooks;
mod promises;
mod rights;

use super::{Is, Leaf, Record, may, need};
use customers::{STAGES, VALUATION};
use duties::DUTY;
use playbooks::PLAYBOOK;
use promises::PROMISE;
use rights::{RIGHT, STACK};

/// Keys of the language that are read from a later version on, with what they will hold.
pub(crate) const LATER: &[(&str, &str)] = &[
    ("guards", "warnings before a party acts against their own interest"),
    ("surveys", "what is asked, and when"),
    ("care", "care for loyal parties"),
];

const NAME: Is = Is::Leaf(Leaf::Name);
const TEXT: Is = Is::Leaf(Leaf::Text);
const DATE: Is = Is::Leaf(Leaf::Date);
const AMOUNT: Is = Is::Leaf(Leaf::Amount);
const SUM: Is = Is::Leaf(Leaf::Sum);
const DURATION: Is = Is::Leaf(Leaf::Duration);
const CONDITION: Is = Is::Leaf(Leaf::Condition);
const MONEY_EXPRESSION: Is = Is::Leaf(Leaf::Expression("money"));
const EVENT: Is = Is::Leaf(Leaf::Reference("an event"));

/// The file itself.
pub(crate) static CHARTER: Record = Record {
    name: "charter",
    doc: "One version of a charter: what is promised, what is owed when a promise fails, and in which words.",
    keys: &[
        need("charter", NAME, "The charter's name. Its versions share it.", "jetblue"),
        need("version", TEXT, "The version. Two texts never share name and version.", "\"2025-01\""),
        need("in_force", Is::Record(&IN_FORCE), "When this version judges.", "{from: 2025-01-01}"),
        need("title", Is::Texts, "The title of the page a customer reads. Its languages are those of every text.", "{en: Our promise to you, nb: Vårt løfte til deg}"),
        need("source", Is::Record(&SOURCE), "Where the rules were read, and how sure that is.", "{what: Customer service plan, as_of: 2025-06-01}"),
        may("draft", Is::Leaf(Leaf::Bool), "True for a draft: it is read, tested and published as such, and judges nothing.", "true"),
        need("time_zone", Is::Leaf(Leaf::Zone), "The zone in which days begin and end.", "America/New_York"),
        need("money", Is::Leaf(Leaf::Currency), "The currency the charter reckons in.", "USD"),
        may("tenders", Is::Map(Leaf::Name, &Is::Record(&TENDER)), "Tenders of the charter's own: points, credits. The name is the code that amounts are written with.", "{points: {name: {en: Points}, worth: 0.01 USD}}"),
        may("calendars", Is::Map(Leaf::Name, &Is::Record(&CALENDAR)), "Calendars by which working and business days are counted.", "{us-federal: {holidays: [12-25 or nearest weekday]}}"),
        may("value", Is::Record(&VALUATION), "How customers are valued. It never changes what anyone is owed.", "{purchases: {on: booking.made, amount: data.fare}, discount: 12% a year}"),
        may("places", Is::Record(&PLACES), "Where places lie, for `distance(…)`.", "{source: OurAirports, points: {OSL: 60.1939 11.1004}}"),
        may("indices", Is::Map(Leaf::Name, &Is::Record(&INDEX)), "Series of figures that amounts follow.", "{cpi: {source: Statistics Norway, points: {2024: 133.6}}}"),
        may("terms", Is::Map(Leaf::FieldName, &Is::Record(&TERM)), "What is defined once: expressions name it as `term.NAME`.", "{poor: {is: data.stalls >= 3, says: {en: poor playback}}}"),
        may("values", Is::Map(Leaf::Name, &Is::List(&Is::Record(&VALUE))), "Amounts and bands that change with time, each with its entries, earliest first.", "{late_fee: [{from: 2020-01-01, amount: 40 USD}]}"),
        need("events", Is::Map(Leaf::EventType, &Is::Record(&SHAPE)), "The events that clauses speak of, with the shape of their data.", "{flight.departed: {about: flight, data: {late: duration}}}"),
        may("counts", Is::Map(Leaf::FieldName, &Is::Record(&COUNT)), "How often something happened to a party, read in rights as `party.NAME`.", "{flown: {on: flight.departed, within: 365d}}"),
        may("promises", Is::Map(Leaf::Name, &Is::Record(&PROMISE)), "What is promised. May be left out where there are playbooks.", "{departure: {made: {on: booking.made, due: data.departs}, says: {en: \"{thing} leaves at {due}\"}, kept: {on: flight.departed}}}"),
        may("duties", Is::Map(Leaf::Name, &Is::Record(&DUTY)), "What a hand-off must carry, and what follows when it does not.", "{receipt: {promise: delivery, carries: [quantity, signature], by_proxy: {tells: {en: Somebody took it for you}}}}"),
        may("playbooks", Is::Map(Leaf::Name, &Is::Record(&PLAYBOOK)), "What is done once something has happened: steps, each of which becomes a promise.", "{complaint: {begins: {on: complaint.made}, says: {en: Your complaint}, steps: {answered: {says: {en: You have our answer by {due}}, within: 5 days, kept: {on: complaint.answered}}}}}"),
        may("rights", Is::Map(Leaf::Name, &Is::Record(&RIGHT)), "What is owed when a promise fails.", "{late: {on: flight.departed, says: {en: Late is paid for}, compensation: 50 USD}}"),
        may("stacking", Is::List(&Is::Record(&STACK)), "How several rights combine. Two rights that owe the same kind of thing for the same event must be named here.", "[{rights: [late, very-late], rule: highest}]"),
        may("stages", Is::Record(&STAGES), "The stages of a relationship, each with the evidence that leads there, its strategy and its next action. No right can read them.", "{lost: {silence: {times: 3, at_least: 60d}, strategy: {en: Win back}, next: {en: Ask why}}}"),
        may("limits", Is::Record(&LIMITS), "Bounds on what leaves without a person.", "{notify_from: 1 USD}"),
    ],
};

static IN_FORCE: Record = Record {
    name: "in_force",
    doc: "The time in which a version judges the promises that are made.",
    keys: &[
        need("from", DATE, "From the start of this day in the charter's zone, or from this moment.", "2025-01-01"),
        may("until", DATE, "Until the start of this day, or until this moment. Without it, until a later version is in force.", "2026-01-01"),
    ],
};

static SOURCE: Record = Record {
    name: "source",
    doc: "Where the rules were read.",
    keys: &[
        need("what", TEXT, "The page or law, by title.", "Customer service plan"),
        need("as_of", TEXT, "The day on which it was read.", "2025-06-01"),
        may("verified", Is::Leaf(Leaf::Bool), "True when the official text itself was read. False unless said.", "false"),
        may("note", TEXT, "What the reader must know.", "example only, not legal advice"),
    ],
};

static TENDER: Record = Record {
    name: "tender",
    doc: "A tender of the charter's own.",
    keys: &[
        need("name", Is::Texts, "Its name in words.", "{en: points, nb: poeng}"),
        need("worth", AMOUNT, "What one unit is worth, in the charter's currency.", "0.01 USD"),
        may("expires", Is::Leaf(Leaf::Clock), "How long it is good for: `never`, or a length of time from the day it is given.", "never"),
        may("decimals", Is::Leaf(Leaf::Whole), "How many decimals its amounts have, 0 to 9. None unless said.", "2"),
    ],
};

static CALENDAR: Record = Record {
    name: "calendar",
    doc: "Which days are not working days.",
    keys: &[
        may("weekend", Is::List(&Is::Leaf(Leaf::Word(&WEEKDAYS))), "The days of the week without work. Saturday and Sunday unless said.", "[friday, saturday]"),
        may("holidays", Is::List(&Is::Leaf(Leaf::Holiday)), "The holidays: one date, a day of every year, a weekday of a month, or a distance from Easter Sunday. `or next weekday` and `or nearest weekday` say where one goes that falls on a Saturday or Sunday.", "[12-25 or nearest weekday, 3rd monday of january, easter+1, 2025-01-09]"),
    ],
};

pub(crate) static WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

static VALUE: Record = Record {
    name: "value",
    doc: "What a dated value holds from a time on: an amount or bands.",
    keys: &[
        need("from", DATE, "From when it counts.", "2020-01-01"),
        may("amount", AMOUNT, "An amount.", "40 USD"),
        may("index", Is::Record(&INDEXED), "Carries the amount forward by an index.", "{of: cpi, from: 2018-10, to: 2023-10, round_to: 25 USD}"),
        may("bands", Is::List(&Is::Record(&BAND)), "Bands, lowest first. An empty list gives nothing.", "[{at: 3h, give: 50 USD}, {at: 4h, give: 100 USD}]"),
        may("note", TEXT, "Where the figures were read.", "company page, read on a copy"),
    ],
};

static BAND: Record = Record {
    name: "band",
    doc: "What is given from an edge on, up to the next band. Below the first band nothing is given.",
    keys: &[
        may("at", Is::Leaf(Leaf::Edge), "The lower edge, when it belongs to the band …", "3h"),
        may("above", Is::Leaf(Leaf::Edge), "… and when it does not.", "1500 km"),
        may("below", Is::Leaf(Leaf::Edge), "The upper edge, when it does not belong to the band. The next band must begin `at` it; after the last band nothing is given.", "4h"),
        may("up_to", Is::Leaf(Leaf::Edge), "The upper edge, when it belongs to the band. The next band must begin `above` it.", "3500 km"),
        need("give", Is::Any(&[AMOUNT, Is::Record(&SHARE_OF)]), "An amount, or a share of one.", "50 USD"),
    ],
};

static PLACES: Record = Record {
    name: "places",
    doc: "Where places lie. The distance between two is the great circle's on a sphere of the Earth's mean radius, to the metre.",
    keys: &[
        need("source", TEXT, "Where the coordinates were read.", "OurAirports"),
        need("points", Is::Map(Leaf::Code, &Is::Leaf(Leaf::Point)), "Each place by its code: its latitude and longitude in degrees, north and east above zero.", "{OSL: 60.1939 11.1004, JFK: 40.6398 -73.7789}"),
    ],
};

static TERM: Record = Record {
    name: "term",
    doc: "A term: what an expression is called. It is written out wherever it is named, and reads what may be read there. It may name terms that stand before it.",
    keys: &[
        need("is", Is::Leaf(Leaf::Expression("anything")), "The expression.", "data.stalls >= 3"),
        may("says", Is::Texts, "What it is called, in the customer's words.", "{en: poor playback}"),
    ],
};

static INDEX: Record = Record {
    name: "index",
    doc: "A series of figures, such as a consumer price index.",
    keys: &[
        need("source", TEXT, "Where they were read.", "Statistics Norway, table 08981"),
        need("points", Is::Map(Leaf::Code, &Is::Leaf(Leaf::Number)), "The figure of each period.", "{2018-10: 106.7, 2023-10: 130.2}"),
    ],
};

static INDEXED: Record = Record {
    name: "indexed",
    doc: "How an amount follows an index: it is multiplied by the figure of one period and divided by that of another.",
    keys: &[
        need("of", Is::Leaf(Leaf::Reference("an index")), "The index.", "cpi"),
        need("from", Is::Leaf(Leaf::Code), "The period in which the amount was set.", "2018-10"),
        need("to", Is::Leaf(Leaf::Code), "The period to which it is carried.", "2023-10"),
        may("round_to", AMOUNT, "Rounded to a multiple of so much; to the smallest unit without it.", "25 USD"),
        may("rounding", Is::Leaf(Leaf::Word(&["up", "down", "nearest"])), "Which way. To the nearest, unless said.", "up"),
    ],
};

static COUNT: Record = Record {
    name: "count",
    doc: "How often something happened to a party in the time up to an event, that event included. What is learnt later changes nothing that was decided.",
    keys: &[
        need("on", EVENT, "The event that is counted.", "flight.departed"),
        may("if", CONDITION, "Only if this holds; reads `data`.", "data.cause != 'unknown'"),
        need("within", DURATION, "The time looked back.", "365d"),
    ],
};

static SHARE_OF: Record = Record {
    name: "share",
    doc: "A share of an amount.",
    keys: &[
        need("share", Is::Leaf(Leaf::Share), "The share. It may be above the whole.", "200%"),
        need("of", MONEY_EXPRESSION, "Of what.", "made.fare_before_tax"),
    ],
};

static SHAPE: Record = Record {
    name: "event",
    doc: "The shape of one type of event. It is about a party, about a thing, or about both.",
    keys: &[
        may("party", Is::Leaf(Leaf::Name), "The kind of party it is about.", "customer"),
        may("about", Is::Leaf(Leaf::Name), "The kind of thing it is about.", "flight"),
        may("data", Is::Map(Leaf::FieldName, &Is::Any(&[Is::Leaf(Leaf::FieldType), Is::List(&NAME), Is::Record(&FIELD)])), "The fields of its data: `bool`, `int`, `number`, `number UNIT`, `money`, `duration`, `time`, `text`, `tenders`, `key KIND`, or a list of words to choose from. A `?` after the type lets an event leave the field out.", "{late: duration, cause: [carrier, weather], note: text?}"),
    ],
};

static FIELD: Record = Record {
    name: "field",
    doc: "A choice of words that an event may leave out.",
    keys: &[
        need("one_of", Is::List(&NAME), "The words.", "[carrier, weather]"),
        may("optional", Is::Leaf(Leaf::Bool), "True when an event may leave it out.", "true"),
    ],
};

static LIMITS: Record = Record {
    name: "limits",
    doc: "Bounds on what leaves without a person.",
    keys: &[
        may("notify_from", AMOUNT, "Below this no message is sent. The credit itself is made.", "1 USD"),
        may("per_day", Is::Record(&PER_DAY), "A budget for one day. Once it is spent, what is owed is held for approval; so is what alone is more than all of it, or of which it is not known what it is worth.", "{budget: 250000 USD, then: hold for approval}"),
        may("notices_per_day", Is::Leaf(Leaf::Whole), "A party gets no more notices than this for what happens on one day; a further one waits for the next day. What one event makes owed is told in one notice.", "2"),
        may("approve_over", Is::Record(&APPROVE), "Who approves a large remedy.", "{amount: 2000 USD, by: finance}"),
    ],
};

static PER_DAY: Record = Record {
    name: "per_day",
    doc: "A budget for one day.",
    keys: &[
        need("budget", AMOUNT, "So much a day leaves without a person.", "250000 USD"),
        need("then", Is::Leaf(Leaf::Word(&["hold for approval"])), "What is done with the rest. It is owed all the same.", "hold for approval"),
    ],
};

static APPROVE: Record = Record {
    name: "approve_over",
    doc: "Who approves a large remedy.",
    keys: &[
        need("amount", AMOUNT, "A single remedy above this is held.", "2000 USD"),
        need("by", TEXT, "The role that approves it.", "finance"),
    ],
};
