//! The keys of a charter.

use crate::model::Evidence;

use super::{Is, Leaf, Record, may, need};

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

static PROMISE: Record = Record {
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

static RUNG: Record = Record {
    name: "rung",
    doc: "One rung of a ladder of escalation.",
    keys: &[
        need("after", DURATION, "How long after the promise was due.", "4h"),
        need("to", TEXT, "Who is told, by role or name.", "shift manager"),
    ],
};

static PLAYBOOK: Record = Record {
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

static DUTY: Record = Record {
    name: "duty",
    doc: "What a hand-off (`custody.handed_over`) of the thing that a promise is about must carry. Promises and playbooks that follow the promise on a hand-off may read `duty.missing`, `duty.by_proxy`, `duty.differs` (true or false) and `duty.difference` (a share of what was promised). Of several duties the first that applies counts.",
    keys: &[
        need("promise", Is::Leaf(Leaf::Reference("a promise")), "The promise whose thing is handed over.", "delivery"),
        may("if", CONDITION, "Only for these hand-offs; reads `data`, `made` and `promise`.", "data.step == 'accepting'"),
        may("carries", Is::List(&Is::Leaf(Leaf::Word(&Evidence::NAMES))), "Which evidence it must carry.", "[quantity, signature]"),
        may("quantity", Is::Record(&QUANTITY), "How much was promised.", "{promised: made.ordered, tolerance: 1%}"),
        may("missing", Is::Record(&CONSEQUENCE), "What follows at once when evidence is missing.", "{asks: account manager}"),
        may("by_proxy", Is::Record(&CONSEQUENCE), "What follows at once when somebody else took it on the customer's behalf.", "{tells: {en: \"{data.taker} took {thing} for you\"}}"),
        may("differs", Is::Record(&CONSEQUENCE), "What follows at once when the quantity is out of tolerance; so it does when it is learnt later (`custody.measured`).", "{asks: account manager}"),
    ],
};

static QUANTITY: Record = Record {
    name: "quantity",
    doc: "How much was promised, and how far off a hand-off may be.",
    keys: &[
        need("promised", Is::Leaf(Leaf::Expression("a number with a unit")), "How much; reads `made`.", "made.ordered"),
        may("tolerance", Is::Leaf(Leaf::Share), "How far off it may be, either way. Nothing unless said.", "1%"),
    ],
};

static CONSEQUENCE: Record = Record {
    name: "consequence",
    doc: "What follows at once from a hand-off that did not meet its duty.",
    keys: &[
        may("tells", Is::Texts, "Said to the customer. Slots: `{thing}`, `{made.FIELD}`, `{data.FIELD}`.", "{en: \"{data.taker} took {thing} for you\"}"),
        may("asks", TEXT, "Who in the company is asked, by role.", "account manager"),
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

static ACKNOWLEDGED: Record = Record {
    name: "acknowledged",
    doc: "The promisee's own written word that this is what was promised.",
    keys: &[
        need("within", Is::Leaf(Leaf::Clock), "How long it is awaited before the owner is reminded.", "2 days"),
        may("calendar", Is::Leaf(Leaf::Reference("a calendar")), "The calendar that working and business days are counted by. May be left out when the charter has only one.", "norway"),
    ],
};

static CONFIRMED: Record = Record {
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

static OUTCOME: Record = Record {
    name: "outcome",
    doc: "An event that shows how a promise stands. The condition reads `data` (the event's), `made` (the data of the event that made the promise) and `promise`.",
    keys: &[
        need("on", EVENT, "The event, about the promise's thing.", "flight.departed"),
        may("if", CONDITION, "Only if this holds.", "data.late < duration('15m')"),
    ],
};

static AT_RISK: Record = Record {
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

static STEP_SILENT: Record = Record {
    name: "silent of a step",
    doc: "What silence means.",
    keys: &[
        need("after", DURATION, "So long after it was due, without evidence, the step is overdue.", "24h"),
        may("then", TEXT, "Whom silence asks: `ask owner`, or `ask` and a role. `go on` where somebody outside was asked: the step is let go and the play goes on without it.", "go on"),
    ],
};

static RIGHT: Record = Record {
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

static STACK: Record = Record {
    name: "stack",
    doc: "How rights combine: those behind one promise and, by the names of their charters, those of other charters for the same thing. A right waits for those of other charters that still wait for proof.",
    keys: &[
        need("rights", Is::List(&Is::Leaf(Leaf::Reference("a right"))), "The rights, at least two; one of another charter as `charter/right`.", "[late-departure, eu261/long-delay]"),
        need("rule", Is::Leaf(Leaf::Word(&["highest", "sum", "offset", "first"])), "`highest`: only the highest is owed. `sum`: all are. `offset`: what one gave is taken off another, so that the sum is the same whichever comes first. `first`: one excludes the others, whatever their amounts; where one event makes several owed, the first named.", "highest"),
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

static VALUATION: Record = Record {
    name: "valuation",
    doc: "How customers are valued: which events are purchases, and on which terms their future is reckoned. Expressions read `data`. Nothing here changes what anyone is owed. Amounts in another currency than the charter's are left out and counted.",
    keys: &[
        need("purchases", Is::OneOrMany(&Is::Record(&PURCHASE)), "Which events are purchases. The first whose condition holds counts. Purchases of one day in the charter's zone are one occasion.", "{on: booking.made, amount: data.fare}"),
        may("refunds", Is::OneOrMany(&Is::Record(&REFUND)), "Which events give money back for what was bought. They lower spend and are no purchases. Remedies are not named here: they stand in the books.", "{on: order.returned, amount: data.refund}"),
        may("cost_to_serve", Is::OneOrMany(&Is::Record(&SERVICE)), "Which events cost something beyond the margin.", "{on: ticket.closed, amount: data.cost}"),
        may("left", Is::OneOrMany(&Is::Record(&LEFT)), "Which events show that a party has left, and why. A later purchase shows that it came back.", "{on: account.closed, because: data.reason}"),
        need("discount", Is::Leaf(Leaf::YearlyRate), "The yearly rate by which the future is discounted.", "12% a year"),
        may("horizon", Is::Leaf(Leaf::Years), "How far ahead value is reckoned. All of the future unless said.", "5 years"),
        may("time_unit", Is::Leaf(Leaf::Word(&["day", "week", "month"])), "The unit of time in which models are fitted and shown. The week unless said.", "week"),
        may("lost_below", Is::Leaf(Leaf::Share), "A party whose chance of still being a customer is below this counts as lost. One fifth unless said.", "20%"),
    ],
};

static PURCHASE: Record = Record {
    name: "purchase",
    doc: "An event that is a purchase.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "booking.made"),
        may("if", CONDITION, "Only if this holds.", "data.channel == 'direct'"),
        need("amount", MONEY_EXPRESSION, "What was paid.", "data.fare"),
        may("margin", Is::Any(&[Is::Leaf(Leaf::Share), MONEY_EXPRESSION]), "The margin: a share of the amount, or an expression for it. The whole amount unless said.", "30%"),
        may("segment", Is::Leaf(Leaf::Expression("one of a list of words")), "The party's segment from this purchase on.", "data.cabin"),
    ],
};

static REFUND: Record = Record {
    name: "refund",
    doc: "An event that gives money back for what was bought.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "order.returned"),
        may("if", CONDITION, "Only if this holds.", "data.reason == 'unwanted'"),
        need("amount", MONEY_EXPRESSION, "What was given back, as an amount above zero.", "data.refund"),
        may("margin", Is::Any(&[Is::Leaf(Leaf::Share), MONEY_EXPRESSION]), "The margin given up: a share of the amount, or an expression for it. The whole amount unless said.", "30%"),
    ],
};

static SERVICE: Record = Record {
    name: "service",
    doc: "An event that costs something beyond the margin.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "ticket.closed"),
        may("if", CONDITION, "Only if this holds.", "data.minutes > 0"),
        need("amount", MONEY_EXPRESSION, "What it cost.", "data.cost"),
    ],
};

static LEFT: Record = Record {
    name: "departure",
    doc: "An event that shows that a party has left.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "account.closed"),
        may("if", CONDITION, "Only if this holds.", "data.final"),
        may("because", Is::Leaf(Leaf::Expression("one of a list of words")), "Why. The words `price` and `competitor` have lines of their own in the equity statement.", "data.reason"),
    ],
};

static STAGES: Record = Record {
    name: "stages",
    doc: "The stages of a relationship. A party is in the furthest stage that its evidence shows, and moves back when that does not hold any more. Nobody is in a stage that is left out. Nothing that is owed depends on a stage.",
    keys: &[
        may("purchases", Is::OneOrMany(&Is::Record(&SIGN)), "Which events are purchases, unless those of `value` are meant. Purchases of one day in the charter's zone are one occasion.", "{on: order.placed}"),
        may("suspect", Is::Record(&SUSPECT_STAGE), "Might need what is sold. To gain.", "{shown_by: {on: lead.noted}, strategy: {en: Make ourselves known}, next: {en: Send the price list}}"),
        may("prospect", Is::Record(&PROSPECT_STAGE), "Has asked for it. To gain. After `within` without a further sign, a suspect again.", "{shown_by: {on: quote.asked}, within: 90d, strategy: {en: Answer at once}, next: {en: Follow up the quote}}"),
        need("first-time", Is::Record(&BOUGHT_STAGE), "Has bought on one occasion. To keep.", "{strategy: {en: A first order without a fault}, next: {en: Ask how it went}}"),
        need("repeat", Is::Record(&BOUGHT_STAGE), "Has bought on two occasions or more. To keep.", "{strategy: {en: Become a habit}, next: {en: Offer a regular order}}"),
        may("client", Is::Record(&CLIENT_STAGE), "Buys regularly: on so many occasions within a time, or by what shows it. To keep.", "{purchases: 4, within: 365d, strategy: {en: Know their year}, next: {en: Plan the season}}"),
        may("advocate", Is::Record(&ADVOCATE_STAGE), "Buys, and brings others. To keep.", "{shown_by: {on: referral.made}, within: 730d, strategy: {en: Thank them}, next: {en: Say what became of it}}"),
        need("lost", Is::Record(&LOST_STAGE), "Bought, and buys no more: by what ended it, by silence against its own rhythm, or by a judgement from outside. A later purchase brings it back. To regain.", "{silence: {times: 3, at_least: 60d}, strategy: {en: Win back}, next: {en: Ask why}}"),
        may("disqualified", Is::Record(&DISQUALIFIED), "What disqualifies a party. It is no stage: it stands beside it.", "{shown_by: {on: credit.refused}, says: {en: Pays in advance only}}"),
    ],
};

static SIGN: Record = Record {
    name: "sign",
    doc: "An event that is evidence.",
    keys: &[
        need("on", EVENT, "The event, about a party.", "quote.asked"),
        may("if", CONDITION, "Only if this holds; may read `data`.", "data.litres > 1000"),
        may("because", Is::Leaf(Leaf::Expression("one of a list of words")), "Why. Of what ends a relationship, the words `price` and `competitor` have lines of their own in the equity statement.", "data.reason"),
    ],
};

static SUSPECT_STAGE: Record = Record {
    name: "suspect",
    doc: "Who might need what is sold.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it.", "{on: lead.noted}"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Make ourselves known}"),
        need("next", Is::Texts, "What is done next.", "{en: Send the price list}"),
    ],
};

static PROSPECT_STAGE: Record = Record {
    name: "prospect",
    doc: "Who has asked for it.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it.", "{on: quote.asked}"),
        may("within", DURATION, "How long such an event counts. For ever unless said.", "90d"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Answer at once}"),
        need("next", Is::Texts, "What is done next.", "{en: Follow up the quote}"),
    ],
};

static BOUGHT_STAGE: Record = Record {
    name: "stage by purchases",
    doc: "A stage that purchases show.",
    keys: &[
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: A first order without a fault}"),
        need("next", Is::Texts, "What is done next.", "{en: Ask how it went}"),
    ],
};

static CLIENT_STAGE: Record = Record {
    name: "client",
    doc: "Who buys regularly.",
    keys: &[
        may("purchases", Is::Leaf(Leaf::Whole), "On so many occasions within the time.", "4"),
        may("within", DURATION, "The time; without `purchases`, how long an event that shows it counts.", "365d"),
        may("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "Events that show it too.", "{on: contract.signed}"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Know their year}"),
        need("next", Is::Texts, "What is done next.", "{en: Plan the season}"),
    ],
};

static ADVOCATE_STAGE: Record = Record {
    name: "advocate",
    doc: "Who buys, and brings others.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that show it: a referral, a praise.", "{on: referral.made}"),
        may("within", DURATION, "How long such an event counts. For ever unless said.", "730d"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Thank them}"),
        need("next", Is::Texts, "What is done next.", "{en: Say what became of it}"),
    ],
};

static LOST_STAGE: Record = Record {
    name: "lost",
    doc: "Who bought, and buys no more.",
    keys: &[
        may("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "Events that end the relationship, and why.", "{on: account.closed, because: data.reason}"),
        may("silence", Is::Record(&SILENCE), "When silence means lost, by the party's own rhythm of buying.", "{times: 3, at_least: 60d, once: 365d}"),
        may("judged", Is::Leaf(Leaf::Bool), "`true`: a judgement from outside counts too (`rhythm.judged`, which `makegood stage review` sends for those whose chance of being a customer is below `lost_below`).", "true"),
        need("strategy", Is::Texts, "How those in it are dealt with.", "{en: Win back}"),
        need("next", Is::Texts, "What is done next.", "{en: Ask why}"),
    ],
};

static SILENCE: Record = Record {
    name: "silence",
    doc: "When silence means lost.",
    keys: &[
        need("times", Is::Leaf(Leaf::Number), "Longer than so many times the party's own mean time between purchases.", "3"),
        need("at_least", DURATION, "Never before this long.", "60d"),
        may("once", DURATION, "A party that bought once has no rhythm: lost after this long. Never unless said.", "365d"),
    ],
};

static DISQUALIFIED: Record = Record {
    name: "disqualified",
    doc: "What disqualifies a party: an attribute beside its stage.",
    keys: &[
        need("shown_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that disqualify it.", "{on: credit.refused}"),
        may("lifted_by", Is::OneOrMany(&Is::Record(&SIGN)), "The events that lift it.", "{on: credit.granted}"),
        need("says", Is::Texts, "What that means for the work with it.", "{en: Pays in advance only}"),
    ],
};
