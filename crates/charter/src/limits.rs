//! What a charter may weigh. Every bound of this crate stands here, with the diagnostic that reaching it gives.

/// A charter's or a test file's length in bytes (C002).
pub const FILE_BYTES: usize = 1 << 20;
/// How deep maps and lists may stand inside each other (C002).
pub const DEPTH: usize = 32;
/// How many keys, values, maps and lists a file may hold (C002).
pub const NODES: usize = 100_000;
/// How many faults are reported before the rest is only counted.
pub const DIAGNOSTICS: usize = 200;
/// The length of a name, in bytes (C024).
pub const NAME_BYTES: usize = 64;
/// How many languages a text may be given in (C028).
pub const LANGUAGES: usize = 40;
/// The length of one text in one language, in bytes (C032).
pub const TEXT_BYTES: usize = 4_000;
/// The length of one expression, in bytes (C050).
pub const EXPRESSION_BYTES: usize = 2_000;
/// The length of one expression with its terms written out, in bytes (C050).
pub const EXPANDED_BYTES: usize = 8_000;
/// How many bands a table may hold (C066).
pub const BANDS: usize = 100;
/// How many entries a dated value may hold (C063).
pub const ENTRIES: usize = 200;
/// The most that `times` of a bound over time may say (C019).
pub const TIMES: u32 = 1_000;
/// How many clauses (promises, rights, events, values …) one section may hold (C002).
pub const CLAUSES: usize = 1_000;

/// How many steps a playbook may have (C002): each is a bit where conditions read which were done.
pub const STEPS: usize = 60;
/// How many rungs a ladder of escalation may have (C002).
pub const RUNGS: usize = 8;

/// How many words, signs and literals one expression may hold (C050).
pub const EXPRESSION_TOKENS: usize = 400;
/// How deep brackets and `? :` may stand inside each other in an expression (C050).
pub const EXPRESSION_DEPTH: usize = 24;

/// The longest deadline, in days; hours, weeks and months are held to the same length.
pub const CLOCK_DAYS: i64 = 3_660;
/// How many days are looked at to find a working day before the calendar is called empty.
pub const CLOCK_SEARCH_DAYS: i64 = 10_000;
/// The longest length of time that may be written, in milliseconds: a hundred years of 365.25 days.
pub const DURATION_MILLISECONDS: i64 = 36_525 * 86_400_000;
/// How many holiday rules one calendar may hold.
pub const HOLIDAYS: usize = 200;
/// The first year of any moment.
pub const FIRST_YEAR: i16 = 1970;
/// The last year of any moment.
pub const LAST_YEAR: i16 = 2200;

/// The length of one event as a line of JSON, in bytes (E002).
pub const EVENT_BYTES: usize = 1 << 20;
/// The length of an event's `id`, in bytes (E007).
pub const EVENT_ID_BYTES: usize = 200;
/// The length of an event's `source`, in bytes (E007).
pub const EVENT_SOURCE_BYTES: usize = 500;
/// The length of an event's `type`, in bytes (E007).
pub const EVENT_TYPE_BYTES: usize = 100;
/// The length of the key of a party or a thing, in bytes (E007, E019).
pub const KEY_BYTES: usize = 200;
/// The length of free text in a field of an event, in bytes (E018).
pub const FIELD_TEXT_BYTES: usize = 10_000;
/// How many amounts one payment may be made of (E018).
pub const TENDERS: usize = 16;
/// The last moment that anything may happen or be due, in milliseconds since 1970: the end of [`LAST_YEAR`] in UTC. The
/// first is zero.
pub const LAST_MOMENT: i64 = 7_289_654_399_999;
