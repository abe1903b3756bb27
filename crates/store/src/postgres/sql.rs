//! Every statement of the PostgreSQL side. Each one reaches one slot, `$1`, so that a database that is itself spread over machines by
//! the slot answers it on one of them; `tests/postgres` looks at every one of them.

use crate::PartKind;

pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";
/// What is lost with the server itself and harms nobody need not wait for the disk.
pub(super) const NO_WAIT: &str = "SET LOCAL synchronous_commit = off";
/// The newest migration; there is one copy of this small table, not one a slot.
pub(super) const SCHEMA: &str = "SELECT max(number) FROM makegood_migration";

pub(super) const HEADS: &str =
    "SELECT slot, key, seq, hash, wake_at, state FROM head WHERE slot = $1 AND key = ANY ($2::text[])";
pub(super) const HEADS_OF_SLOT: &str =
    "SELECT slot, key, seq, hash, wake_at, state FROM head WHERE slot = $1 AND key > $2 ORDER BY key LIMIT $3";
pub(super) const HEAD_NEW: &str = "INSERT INTO head (slot, key, seq, hash, wake_at, state)
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[])";
pub(super) const HEAD_NEXT: &str =
    "UPDATE head SET seq = new.seq, hash = new.hash, wake_at = new.wake_at, state = new.state
    FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bigint[])
        AS new (key, seq, hash, wake_at, state, expected)
    WHERE head.slot = $1 AND head.key = new.key AND head.seq = new.expected RETURNING head.key";
pub(super) const DUE: &str = "SELECT key, wake_at FROM head WHERE slot = $1 AND wake_at IS NOT NULL AND wake_at <= $2 ORDER BY wake_at, key LIMIT $3";
pub(super) const EARLIEST_WAKE: &str =
    "SELECT wake_at FROM head WHERE slot = $1 AND wake_at IS NOT NULL ORDER BY wake_at LIMIT 1";

pub(super) const EVENT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = $1 AND key = $2 AND ident = $3";
/// Places, from 1, of those that the log holds.
/// Places in the log, with the place of each question, from 1.
pub(super) const PLACES: &str =
    "SELECT event.seq, asked.place FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS asked (key, ident, place)
    JOIN event ON event.slot = $1 AND event.key = asked.key AND event.ident = asked.ident";
/// Places, from 1, of those whose place or ident is taken.
pub(super) const TAKEN: &str =
    "SELECT asked.place FROM unnest($2::text[], $3::bytea[], $4::bigint[]) WITH ORDINALITY AS asked (key, ident, seq, place)
    JOIN event ON event.slot = $1 AND event.key = asked.key AND (event.ident = asked.ident OR event.seq = asked.seq)
    ORDER BY asked.place LIMIT 1";
pub(super) const LOG: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = $1 AND key = $2 AND seq > $3 ORDER BY seq LIMIT $4";
pub(super) const OWN_ABOUT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = $1 AND key = $2 AND thing = $3 AND kind = 0 AND thing IS NOT NULL ORDER BY seq";
pub(super) const HAPPENED_SINCE: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = $1 AND (key, seq) > ($3, $4) AND time >= $2 AND kind = 0 ORDER BY key, seq LIMIT $5";
/// Of many logs at once, with the place of each question, from 1.
pub(super) const LOGS: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash, asked.place
    FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS asked (of, after, place)
    CROSS JOIN LATERAL (SELECT * FROM event WHERE slot = $1 AND key = asked.of AND seq > asked.after ORDER BY seq LIMIT $4) AS line";
pub(super) const OWN_ABOUT_EACH: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash, asked.place
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (of, about, place)
    CROSS JOIN LATERAL (SELECT * FROM event WHERE slot = $1 AND key = asked.of AND thing = asked.about AND kind = 0
        AND thing IS NOT NULL ORDER BY seq) AS line";
pub(super) const LINES_OF_SLOT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = $1 AND (key, seq) > ($2, $3) ORDER BY key, seq LIMIT $4";
pub(super) const EVENT_NEW: &str =
    "INSERT INTO event (slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash)
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[], $7::smallint[], $8::smallint[],
        $9::bytea[], $10::text[], $11::bigint[], $12::bytea[])";

/// The statements of a table of parts.
pub(super) struct Parts {
    pub(super) table: &'static str,
    /// For parties that had nothing before: costs the server half of what `put` costs it.
    pub(super) new: &'static str,
    pub(super) put: &'static str,
    pub(super) one: &'static str,
    pub(super) about: &'static str,
    pub(super) due: &'static str,
    pub(super) next_wake: &'static str,
    pub(super) by_id: &'static str,
    pub(super) of_slot: &'static str,
    pub(super) of_party: &'static str,
    pub(super) of_each: &'static str,
    pub(super) standings: &'static str,
    pub(super) count: &'static str,
}

macro_rules! parts {
    ($table:literal) => {
        Parts {
            table: $table,
            new: parts!(insert $table),
            put: concat!(
                parts!(insert $table), "
                ON CONFLICT (slot, party, id) DO UPDATE SET thing = excluded.thing, clause = excluded.clause, state = excluded.state,
                    due = excluded.due, wake_at = excluded.wake_at, since = excluded.since, body = excluded.body"
            ),
            one: concat!(parts!(select $table), " AND party = $2 AND id = $3"),
            about: concat!(parts!(select $table), " AND party = $2 AND id BETWEEN $3 AND $4 ORDER BY id"),
            due: concat!(parts!(select $table), " AND party = $2 AND wake_at IS NOT NULL AND wake_at <= $3 ORDER BY wake_at, id"),
            next_wake: concat!(
                "SELECT wake_at FROM ", $table,
                " WHERE slot = $1 AND party = $2 AND wake_at IS NOT NULL AND id <> ALL ($3::bytea[]) ORDER BY wake_at LIMIT 1"
            ),
            by_id: concat!(parts!(select $table), " AND id = $2 ORDER BY party"),
            of_slot: concat!(parts!(select $table), " AND (party, id) > ($2, $3) ORDER BY party, id LIMIT $4"),
            of_party: concat!(parts!(select $table), " AND party = $2 ORDER BY id"),
            of_each: concat!(
                "SELECT slot, party, id, thing, clause, state, due, wake_at, since, body, asked.place
                FROM unnest($2::text[]) WITH ORDINALITY AS asked (of, place)
                CROSS JOIN LATERAL (SELECT * FROM ", $table, " WHERE slot = $1 AND party = asked.of ORDER BY id LIMIT $3) AS part"
            ),
            standings: concat!("SELECT clause, state, count(*) FROM ", $table, " WHERE slot = $1 GROUP BY clause, state"),
            count: concat!("SELECT count(*) FROM ", $table, " WHERE slot = $1"),
        }
    };
    (insert $table:literal) => {
        concat!(
            "INSERT INTO ", $table, " (slot, party, id, thing, clause, state, due, wake_at, since, body)
            SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::text[], $5::text[], $6::smallint[], $7::bigint[], $8::bigint[],
                $9::bigint[], $10::bytea[])"
        )
    };
    (select $table:literal) => {
        concat!("SELECT slot, party, id, thing, clause, state, due, wake_at, since, body FROM ", $table, " WHERE slot = $1")
    };
}

static PROMISE: Parts = parts!("promise");
static REMEDY: Parts = parts!("remedy");
static PLAY: Parts = parts!("play");
static CUSTODY: Parts = parts!("custody");
static STAGE: Parts = parts!("stage");

pub(super) fn parts(kind: PartKind) -> &'static Parts {
    match kind {
        PartKind::Promise => &PROMISE,
        PartKind::Remedy => &REMEDY,
        PartKind::Play => &PLAY,
        PartKind::Custody => &CUSTODY,
        PartKind::Stage => &STAGE,
    }
}

/// For parties that had nothing before.
pub(super) const INTEREST_NEW: &str = "INSERT INTO interest (slot, thing, party, heard)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::boolean[])";
/// What inserts rows that must be new, each table's before the next one's.
pub(super) fn new_rows() -> [&'static str; 11] {
    [
        HEAD_NEW,
        EVENT_NEW,
        PROMISE.new,
        REMEDY.new,
        PLAY.new,
        CUSTODY.new,
        STAGE.new,
        INTEREST_NEW,
        FANOUT_NEW,
        POSTING_NEW,
        OUTBOX_NEW,
    ]
}

pub(super) const INTEREST_ADD: &str = "INSERT INTO interest (slot, thing, party, heard)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::boolean[])
    ON CONFLICT (slot, thing, party) DO UPDATE SET heard = true WHERE NOT interest.heard AND excluded.heard";
pub(super) const INTERESTED: &str =
    "SELECT party FROM interest WHERE slot = $1 AND thing = $2 AND party > $3 ORDER BY party LIMIT $4";
/// Of many things at once, with the place of each question, from 1.
pub(super) const INTERESTED_IN: &str = "SELECT party, asked.place
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (of, after, place)
    CROSS JOIN LATERAL (SELECT party FROM interest WHERE slot = $1 AND thing = asked.of AND party > asked.after
        ORDER BY party LIMIT $4) AS listener";
pub(super) const IS_INTERESTED: &str = "SELECT 1 FROM interest WHERE slot = $1 AND thing = $2 AND party = $3";
/// Places, from 1, of those that do.
pub(super) const ARE_INTERESTED: &str =
    "SELECT asked.place FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (of, who, place)
    JOIN interest ON interest.slot = $1 AND interest.thing = asked.of AND interest.party = asked.who";
pub(super) const UNHEARD: &str =
    "SELECT slot, thing, party, heard FROM interest WHERE slot = $1 AND NOT heard ORDER BY thing, party LIMIT $2";
pub(super) const INTERESTS_OF_SLOT: &str = "SELECT slot, thing, party, heard FROM interest
    WHERE slot = $1 AND (thing, party) > ($2, $3) ORDER BY thing, party LIMIT $4";

pub(super) const INBOX: &str =
    "SELECT slot, party, thing, seq FROM inbox WHERE slot = $1 ORDER BY party, thing, seq LIMIT $2";
pub(super) const INBOX_ADD: &str = "INSERT INTO inbox (slot, party, thing, seq)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING";
pub(super) const INBOX_DONE: &str =
    "DELETE FROM inbox USING unnest($2::text[], $3::text[], $4::bigint[]) AS done (party, thing, seq)
    WHERE inbox.slot = $1 AND inbox.party = done.party AND inbox.thing = done.thing AND inbox.seq = done.seq";

pub(super) const FANOUTS: &str =
    "SELECT slot, thing, seq, after FROM fanout WHERE slot = $1 ORDER BY thing, seq LIMIT $2";
/// Those that begin.
pub(super) const FANOUT_NEW: &str = "INSERT INTO fanout (slot, thing, seq, after)
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[])";
pub(super) const FANOUT_PUT: &str = "INSERT INTO fanout (slot, thing, seq, after)
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[])
    ON CONFLICT (slot, thing, seq) DO UPDATE SET after = excluded.after";
pub(super) const FANOUT_DONE: &str = "DELETE FROM fanout USING unnest($2::text[], $3::bigint[]) AS done (thing, seq)
    WHERE fanout.slot = $1 AND fanout.thing = done.thing AND fanout.seq = done.seq";

pub(super) const POSTING_NEW: &str =
    "INSERT INTO posting (slot, party, movement, line, time, remedy, account, commodity, decimals, amount)
    SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::smallint[], $5::bigint[], $6::bytea[], $7::text[], $8::text[],
        $9::smallint[], $10::bigint[])";
pub(super) const POSTINGS_OF_SLOT: &str =
    "SELECT slot, party, movement, line, time, remedy, account, commodity, decimals, amount FROM posting
    WHERE slot = $1 AND (party, movement, line) > ($2, $3, $4) ORDER BY party, movement, line LIMIT $5";
pub(super) const POSTINGS_OF: &str =
    "SELECT slot, party, movement, line, time, remedy, account, commodity, decimals, amount FROM posting
    WHERE slot = $1 AND party = $2 ORDER BY movement, line";
/// The sum may be larger than any integer of the database, so it comes as text.
pub(super) const BALANCES: &str = "SELECT account, commodity, decimals, sum(amount)::text FROM posting
    WHERE slot = $1 GROUP BY account, commodity, decimals";

/// For parties that had nothing before.
pub(super) const OUTBOX_NEW: &str =
    "INSERT INTO outbox (slot, party, id, topic, body, attempts, next_try, delivered, trouble)
    SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])";
pub(super) const OUTBOX_PUT: &str =
    "INSERT INTO outbox (slot, party, id, topic, body, attempts, next_try, delivered, trouble)
    SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
    ON CONFLICT (slot, party, id) DO UPDATE SET topic = excluded.topic, body = excluded.body, attempts = excluded.attempts,
        next_try = excluded.next_try, delivered = excluded.delivered, trouble = excluded.trouble
    WHERE outbox.delivered IS NULL AND (excluded.delivered IS NOT NULL
        OR (excluded.attempts > outbox.attempts AND outbox.trouble <> 'withdrawn'))";
pub(super) const OUTBOX_WITHDRAW: &str = "UPDATE outbox SET next_try = NULL, trouble = 'withdrawn'
    FROM unnest($2::text[], $3::bytea[]) AS gone (party, id)
    WHERE outbox.slot = $1 AND outbox.party = gone.party AND outbox.id = gone.id AND outbox.delivered IS NULL";
pub(super) const OUTBOX_DUE: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = $1 AND next_try IS NOT NULL AND next_try <= $2 AND topic = ANY ($3::text[])
    ORDER BY next_try, party, id LIMIT $4";
pub(super) const OUTBOX_OF: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = $1 AND party = $2 ORDER BY id";
pub(super) const OUTBOX_OF_SLOT: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = $1 AND (party, id) > ($2, $3) ORDER BY party, id LIMIT $4";

pub(super) const TALLY_ADD: &str = "INSERT INTO tally (slot, name, day, commodity, amount)
    SELECT $1, name, day, commodity, sum(amount)::bigint
    FROM unnest($2::text[], $3::integer[], $4::text[], $5::bigint[]) AS new (name, day, commodity, amount)
    GROUP BY name, day, commodity ORDER BY name, day, commodity
    ON CONFLICT (slot, name, day, commodity) DO UPDATE SET amount = tally.amount + excluded.amount";
pub(super) const TALLIES: &str =
    "SELECT day, commodity, amount FROM tally WHERE slot = $1 AND name = $2 AND day >= $3 AND day < $4";
pub(super) const TALLIES_OF_SLOT: &str =
    "SELECT slot, name, day, commodity, amount FROM tally WHERE slot = $1 ORDER BY name, day, commodity";

pub(super) const QUARANTINE: &str = "SELECT slot, id, origin, line, code, reason, bytes, recorded FROM quarantine
    WHERE slot = $1 AND id > $2 ORDER BY id LIMIT $3";
pub(super) const QUARANTINE_ADD: &str = "INSERT INTO quarantine (slot, id, origin, line, code, reason, bytes, recorded)
    SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bytea[], $8::bigint[])
    ON CONFLICT (slot, id) DO UPDATE SET code = excluded.code, reason = excluded.reason";
pub(super) const QUARANTINE_DONE: &str = "DELETE FROM quarantine WHERE slot = $1 AND id = ANY ($2::bytea[])";

/// Charters are few and everyone's: there is one copy of the table, not one a slot.
pub(super) const CHARTERS: &str =
    "SELECT name, version, digest, text, recorded FROM charter ORDER BY recorded, name, version";
pub(super) const CHARTER_COUNT: &str = "SELECT count(*) FROM charter";
/// Those who commit what charters judged do not hold each other up, only whoever puts a version in force, and that one all of them.
pub(super) const JUDGING: &str = "LOCK TABLE charter IN ROW SHARE MODE";
pub(super) const ENACTING: &str = "LOCK TABLE charter IN EXCLUSIVE MODE";
/// What is asked before a version is put in force may take long.
pub(super) const PATIENCE: &str = "SET LOCAL idle_in_transaction_session_timeout = 0";
pub(super) const CHARTER_ADD: &str =
    "INSERT INTO charter (name, version, digest, text, recorded) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING name";
/// Fitted models are few and lie beside the charters, not in slots.
pub(super) const FITS: &str =
    "SELECT charter, currency, day, model, converged, body, recorded FROM fit ORDER BY charter, currency, day, model";
pub(super) const FIT_COUNT: &str = "SELECT count(*) FROM fit";
pub(super) const FIT_PUT: &str =
    "INSERT INTO fit (charter, currency, day, model, converged, body, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (charter, currency, day, model) DO UPDATE SET converged = $5, body = $6, recorded = $7";
pub(super) const CHARTER_SAME: &str =
    "SELECT 1 FROM charter WHERE name = $1 AND version = $2 AND digest = $3 AND text = $4";

/// Takes or keeps a claim that is free, ours or run out, by the server's clock; one that lasts far longer than any was made before that
/// clock was set back.
pub(super) const CLAIM: &str = "INSERT INTO claim (slot, what, holder, until)
    VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + $4)
    ON CONFLICT (slot, what) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE claim.holder = excluded.holder OR claim.until <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        OR claim.until > (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 86400000
    RETURNING slot";
/// True while a claim is held, by the same clock.
pub(super) const CLAIMED: &str = "SELECT EXISTS (SELECT FROM claim WHERE slot = $1 AND what = $2
    AND until > (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    AND until <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 86400000)";
pub(super) const CLAIM_STAMP: &str = "SELECT until FROM claim WHERE slot = $1 AND what = $2";
/// What was given back ended long ago, however the clock is set; when that was can still be seen.
pub(super) const RELEASE: &str = "UPDATE claim SET until = -(extract(epoch FROM clock_timestamp()) * 1000)::bigint
    WHERE slot = $1 AND what = $2 AND holder = $3";

pub(super) const DELIVERIES_WAIT: &str = "SELECT EXISTS (SELECT FROM inbox WHERE slot = $1)
    OR EXISTS (SELECT FROM fanout WHERE slot = $1) OR EXISTS (SELECT FROM interest WHERE slot = $1 AND NOT heard)";
pub(super) const TIMERS_WAIT: &str =
    "SELECT EXISTS (SELECT FROM head WHERE slot = $1 AND wake_at IS NOT NULL AND wake_at <= $2)";
pub(super) const MESSAGES_WAIT: &str =
    "SELECT EXISTS (SELECT FROM outbox WHERE slot = $1 AND next_try IS NOT NULL AND next_try <= $2)";

/// How many rows a table holds in a slot; `None` for a name that is not a table of the port.
pub(super) fn count(table: &str) -> Option<&'static str> {
    Some(match table {
        "event" => "SELECT count(*) FROM event WHERE slot = $1",
        "head" => "SELECT count(*) FROM head WHERE slot = $1",
        "promise" => PROMISE.count,
        "remedy" => REMEDY.count,
        "play" => PLAY.count,
        "custody" => CUSTODY.count,
        "stage" => STAGE.count,
        "posting" => "SELECT count(*) FROM posting WHERE slot = $1",
        "outbox" => "SELECT count(*) FROM outbox WHERE slot = $1",
        "inbox" => "SELECT count(*) FROM inbox WHERE slot = $1",
        "fanout" => "SELECT count(*) FROM fanout WHERE slot = $1",
        "interest" => "SELECT count(*) FROM interest WHERE slot = $1",
        "quarantine" => "SELECT count(*) FROM quarantine WHERE slot = $1",
        _ => return None,
    })
}

pub(super) const FILLING: &str = "SELECT source FROM filling WHERE slot = $1";
pub(super) const FILLING_ADD: &str = "INSERT INTO filling (slot, source) VALUES ($1, $2) ON CONFLICT DO NOTHING";
pub(super) const FILLING_DONE: &str = "DELETE FROM filling WHERE slot = $1";
pub(super) const ANYTHING: &str = "SELECT EXISTS (SELECT FROM event WHERE slot = $1)
    OR EXISTS (SELECT FROM head WHERE slot = $1) OR EXISTS (SELECT FROM quarantine WHERE slot = $1)";
/// Empties a slot, a table each.
pub(super) const EMPTY: [&str; 14] = [
    "DELETE FROM event WHERE slot = $1",
    "DELETE FROM head WHERE slot = $1",
    "DELETE FROM promise WHERE slot = $1",
    "DELETE FROM remedy WHERE slot = $1",
    "DELETE FROM play WHERE slot = $1",
    "DELETE FROM custody WHERE slot = $1",
    "DELETE FROM stage WHERE slot = $1",
    "DELETE FROM interest WHERE slot = $1",
    "DELETE FROM inbox WHERE slot = $1",
    "DELETE FROM fanout WHERE slot = $1",
    "DELETE FROM posting WHERE slot = $1",
    "DELETE FROM outbox WHERE slot = $1",
    "DELETE FROM tally WHERE slot = $1",
    "DELETE FROM quarantine WHERE slot = $1",
];
