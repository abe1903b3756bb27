//! Every statement of the SQLite side. Each one that is on the live path names its slot.

use crate::PartKind;

pub(super) const DATA_VERSION: &str = "PRAGMA data_version";

pub(super) const HEAD: &str = "SELECT slot, key, seq, hash, wake_at, state FROM head WHERE slot = ?1 AND key = ?2";
pub(super) const HEADS_OF_SLOT: &str =
    "SELECT slot, key, seq, hash, wake_at, state FROM head WHERE slot = ?1 AND key > ?2 ORDER BY key LIMIT ?3";
pub(super) const HEAD_NEW: &str =
    "INSERT INTO head (slot, key, seq, hash, wake_at, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (slot, key) DO NOTHING";
pub(super) const HEAD_NEXT: &str =
    "UPDATE head SET seq = ?3, hash = ?4, wake_at = ?5, state = ?6 WHERE slot = ?1 AND key = ?2 AND seq = ?7";
pub(super) const DUE: &str = "SELECT key, wake_at FROM head WHERE slot = ?1 AND wake_at IS NOT NULL AND wake_at <= ?2 ORDER BY wake_at, key LIMIT ?3";
/// One probe for each slot: a plain `min` would read the whole index.
pub(super) const EARLIEST_WAKE: &str = "WITH RECURSIVE each(slot) AS (VALUES (0) UNION ALL SELECT slot + 1 FROM each WHERE slot < 1023)
    SELECT min((SELECT wake_at FROM head WHERE head.slot = each.slot AND wake_at IS NOT NULL ORDER BY wake_at LIMIT 1)) FROM each";

pub(super) const EVENT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = ?1 AND key = ?2 AND ident = ?3";
pub(super) const PLACE: &str = "SELECT seq FROM event WHERE slot = ?1 AND key = ?2 AND ident = ?3";
pub(super) const LOG: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = ?1 AND key = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4";
pub(super) const OWN_ABOUT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event INDEXED BY event_about
    WHERE slot = ?1 AND key = ?2 AND thing = ?3 AND kind = 0 AND thing IS NOT NULL ORDER BY seq";
pub(super) const HAPPENED_SINCE: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = ?1 AND (key, seq) > (?3, ?4) AND time >= ?2 AND kind = 0 ORDER BY key, seq LIMIT ?5";
pub(super) const LINES_OF_SLOT: &str =
    "SELECT slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash FROM event
    WHERE slot = ?1 AND (key, seq) > (?2, ?3) ORDER BY key, seq LIMIT ?4";
pub(super) const EVENT_NEW: &str =
    "INSERT INTO event (slot, key, seq, ident, time, recorded, context, kind, body, thing, thing_seq, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// The statements of a table of parts.
pub(super) struct Parts {
    pub(super) table: &'static str,
    pub(super) put: &'static str,
    pub(super) one: &'static str,
    pub(super) about: &'static str,
    pub(super) due: &'static str,
    pub(super) wakes: &'static str,
    pub(super) by_id: &'static str,
    pub(super) of_slot: &'static str,
    pub(super) of_party: &'static str,
    pub(super) standings: &'static str,
}

macro_rules! parts {
    ($table:literal) => {
        Parts {
            table: $table,
            put: concat!(
                "INSERT INTO ", $table, " (slot, party, id, thing, clause, state, due, wake_at, since, body)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT (slot, party, id) DO UPDATE SET thing = ?4, clause = ?5, state = ?6, due = ?7, wake_at = ?8, since = ?9, body = ?10"
            ),
            one: concat!(parts!(select $table), " AND party = ?2 AND id = ?3"),
            about: concat!(parts!(select $table), " AND party = ?2 AND id BETWEEN ?3 AND ?4 ORDER BY id"),
            due: concat!(parts!(select $table), " AND party = ?2 AND wake_at IS NOT NULL AND wake_at <= ?3 ORDER BY wake_at, id"),
            wakes: concat!(
                "SELECT wake_at, id FROM ", $table, " WHERE slot = ?1 AND party = ?2 AND wake_at IS NOT NULL ORDER BY wake_at, id"
            ),
            by_id: concat!(parts!(select $table), " AND id = ?2 ORDER BY party"),
            of_slot: concat!(parts!(select $table), " AND (party, id) > (?2, ?3) ORDER BY party, id LIMIT ?4"),
            of_party: concat!(parts!(select $table), " AND party = ?2 ORDER BY id"),
            standings: concat!("SELECT clause, state, count(*) FROM ", $table, " GROUP BY clause, state ORDER BY clause, state"),
        }
    };
    (select $table:literal) => {
        concat!("SELECT slot, party, id, thing, clause, state, due, wake_at, since, body FROM ", $table, " WHERE slot = ?1")
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

pub(super) const INTEREST_ADD: &str = "INSERT INTO interest (slot, thing, party, heard) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (slot, thing, party) DO UPDATE SET heard = 1 WHERE heard = 0 AND excluded.heard = 1";
pub(super) const INTERESTED: &str =
    "SELECT party FROM interest WHERE slot = ?1 AND thing = ?2 AND party > ?3 ORDER BY party LIMIT ?4";
pub(super) const IS_INTERESTED: &str = "SELECT 1 FROM interest WHERE slot = ?1 AND thing = ?2 AND party = ?3";
pub(super) const UNHEARD: &str =
    "SELECT slot, thing, party, heard FROM interest WHERE slot = ?1 AND heard = 0 ORDER BY thing, party LIMIT ?2";

pub(super) const INTERESTS_OF_SLOT: &str = "SELECT slot, thing, party, heard FROM interest
    WHERE slot = ?1 AND (thing, party) > (?2, ?3) ORDER BY thing, party LIMIT ?4";

pub(super) const INBOX: &str =
    "SELECT slot, party, thing, seq FROM inbox WHERE slot = ?1 ORDER BY party, thing, seq LIMIT ?2";
pub(super) const INBOX_ADD: &str =
    "INSERT INTO inbox (slot, party, thing, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
pub(super) const INBOX_DONE: &str = "DELETE FROM inbox WHERE slot = ?1 AND party = ?2 AND thing = ?3 AND seq = ?4";

pub(super) const FANOUTS: &str =
    "SELECT slot, thing, seq, after FROM fanout WHERE slot = ?1 ORDER BY thing, seq LIMIT ?2";
pub(super) const FANOUT_PUT: &str = "INSERT INTO fanout (slot, thing, seq, after) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (slot, thing, seq) DO UPDATE SET after = ?4";
pub(super) const FANOUT_DONE: &str = "DELETE FROM fanout WHERE slot = ?1 AND thing = ?2 AND seq = ?3";

pub(super) const POSTING_NEW: &str =
    "INSERT INTO posting (slot, party, movement, line, time, remedy, account, commodity, decimals, amount)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
pub(super) const POSTINGS_OF_SLOT: &str =
    "SELECT slot, party, movement, line, time, remedy, account, commodity, decimals, amount FROM posting
    WHERE slot = ?1 AND (party, movement, line) > (?2, ?3, ?4) ORDER BY party, movement, line LIMIT ?5";
pub(super) const POSTINGS_OF: &str =
    "SELECT slot, party, movement, line, time, remedy, account, commodity, decimals, amount FROM posting
    WHERE slot = ?1 AND party = ?2 ORDER BY movement, line";
/// Sums the upper and the lower half of the amounts by themselves, because the whole may be larger than SQLite's integers.
pub(super) const BALANCES: &str =
    "SELECT account, commodity, decimals, sum(amount >> 32), sum(amount & 4294967295) FROM posting
    WHERE slot = ?1 GROUP BY account, commodity, decimals";

pub(super) const OUTBOX_PUT: &str =
    "INSERT INTO outbox (slot, party, id, topic, body, attempts, next_try, delivered, trouble) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (slot, party, id) DO UPDATE SET topic = ?4, body = ?5, attempts = ?6, next_try = ?7, delivered = ?8, trouble = ?9
    WHERE delivered IS NULL AND (?8 IS NOT NULL OR (?6 > attempts AND trouble <> 'withdrawn'))";
pub(super) const OUTBOX_WITHDRAW: &str = "UPDATE outbox SET next_try = NULL, trouble = 'withdrawn'
    WHERE slot = ?1 AND party = ?2 AND id = ?3 AND delivered IS NULL";
pub(super) const OUTBOX_DUE: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = ?1 AND next_try IS NOT NULL AND next_try <= ?2 AND instr(?4, char(10) || topic || char(10)) > 0
    ORDER BY next_try, party, id LIMIT ?3";
pub(super) const OUTBOX_OF: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = ?1 AND party = ?2 ORDER BY id";

pub(super) const OUTBOX_OF_SLOT: &str =
    "SELECT slot, party, id, topic, body, attempts, next_try, delivered, trouble FROM outbox
    WHERE slot = ?1 AND (party, id) > (?2, ?3) ORDER BY party, id LIMIT ?4";

pub(super) const TALLY_ADD: &str = "INSERT INTO tally (slot, name, day, commodity, amount) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (slot, name, day, commodity) DO UPDATE SET amount = amount + excluded.amount";
/// One probe for each slot: without it the whole table would be read.
pub(super) const TALLIES: &str =
    "WITH RECURSIVE each(slot) AS (VALUES (0) UNION ALL SELECT slot + 1 FROM each WHERE slot < 1023)
    SELECT day, commodity, amount FROM each CROSS JOIN tally USING (slot) WHERE name = ?1 AND day >= ?2 AND day < ?3";
pub(super) const TALLIES_OF_SLOT: &str =
    "SELECT slot, name, day, commodity, amount FROM tally WHERE slot = ?1 ORDER BY name, day, commodity";

pub(super) const QUARANTINE: &str = "SELECT slot, id, origin, line, code, reason, bytes, recorded FROM quarantine
    WHERE (slot, id) > (?1, ?2) ORDER BY slot, id LIMIT ?3";
pub(super) const QUARANTINE_OF_SLOT: &str =
    "SELECT slot, id, origin, line, code, reason, bytes, recorded FROM quarantine WHERE slot = ?1 ORDER BY id";
pub(super) const QUARANTINE_ADD: &str = "INSERT INTO quarantine (slot, id, origin, line, code, reason, bytes, recorded)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (slot, id) DO UPDATE SET code = ?5, reason = ?6";
pub(super) const QUARANTINE_DONE: &str = "DELETE FROM quarantine WHERE slot = ?1 AND id = ?2";

pub(super) const CHARTERS: &str =
    "SELECT name, version, digest, text, recorded FROM charter ORDER BY recorded, name, version";
pub(super) const CHARTER_COUNT: &str = "SELECT count(*) FROM charter";
pub(super) const CHARTER_ADD: &str =
    "INSERT INTO charter (name, version, digest, text, recorded) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT DO NOTHING";
pub(super) const CHARTER_SAME: &str =
    "SELECT 1 FROM charter WHERE name = ?1 AND version = ?2 AND digest = ?3 AND text = ?4";

pub(super) const FITS: &str =
    "SELECT charter, currency, day, model, converged, body, recorded FROM fit ORDER BY charter, currency, day, model";
pub(super) const FIT_PUT: &str =
    "INSERT INTO fit (charter, currency, day, model, converged, body, recorded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (charter, currency, day, model) DO UPDATE SET converged = ?5, body = ?6, recorded = ?7";
/// Takes or keeps a claim that is free, ours or run out, by the machine's clock; one that lasts far longer than any was made before that
/// clock was set back.
pub(super) const CLAIM: &str = "INSERT INTO claim (slot, what, holder, until)
    VALUES (?1, ?2, ?3, CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) + ?4)
    ON CONFLICT (slot, what) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE claim.holder = excluded.holder OR claim.until <= CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)
        OR claim.until > CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) + 86400000";
/// True while a claim is held, by the same clock.
pub(super) const CLAIMED: &str = "SELECT EXISTS (SELECT 1 FROM claim WHERE slot = ?1 AND what = ?2
    AND until > CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)
    AND until <= CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER) + 86400000)";
pub(super) const CLAIM_STAMP: &str = "SELECT until FROM claim WHERE slot = ?1 AND what = ?2";
/// What was given back ended long ago, however the clock is set; when that was can still be seen.
pub(super) const RELEASE: &str = "UPDATE claim SET until = -CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)
    WHERE slot = ?1 AND what = ?2 AND holder = ?3";

pub(super) const DELIVERIES_WAIT: &str = "SELECT EXISTS (SELECT 1 FROM inbox WHERE slot = ?1)
    OR EXISTS (SELECT 1 FROM fanout WHERE slot = ?1) OR EXISTS (SELECT 1 FROM interest WHERE slot = ?1 AND heard = 0)";
pub(super) const TIMERS_WAIT: &str =
    "SELECT EXISTS (SELECT 1 FROM head WHERE slot = ?1 AND wake_at IS NOT NULL AND wake_at <= ?2)";
pub(super) const MESSAGES_WAIT: &str =
    "SELECT EXISTS (SELECT 1 FROM outbox WHERE slot = ?1 AND next_try IS NOT NULL AND next_try <= ?2)";

/// How many rows a table holds; `None` for a name that is not a table of the port.
pub(super) fn count(table: &str) -> Option<&'static str> {
    Some(match table {
        "event" => "SELECT count(*) FROM event",
        "head" => "SELECT count(*) FROM head",
        "promise" => "SELECT count(*) FROM promise",
        "remedy" => "SELECT count(*) FROM remedy",
        "play" => "SELECT count(*) FROM play",
        "custody" => "SELECT count(*) FROM custody",
        "stage" => "SELECT count(*) FROM stage",
        "posting" => "SELECT count(*) FROM posting",
        "outbox" => "SELECT count(*) FROM outbox",
        "inbox" => "SELECT count(*) FROM inbox",
        "fanout" => "SELECT count(*) FROM fanout",
        "interest" => "SELECT count(*) FROM interest",
        "quarantine" => "SELECT count(*) FROM quarantine",
        "fit" => "SELECT count(*) FROM fit",
        _ => return None,
    })
}

pub(super) const FILLING: &str = "SELECT source FROM filling WHERE slot = 1024";
pub(super) const FILLED: &str = "SELECT slot FROM filling WHERE slot < 1024 ORDER BY slot";
pub(super) const FILLING_ADD: &str = "INSERT INTO filling (slot, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
pub(super) const FILLING_END: &str = "DELETE FROM filling";
pub(super) const ANYTHING: &str =
    "SELECT EXISTS (SELECT 1 FROM event) OR EXISTS (SELECT 1 FROM head) OR EXISTS (SELECT 1 FROM charter)
    OR EXISTS (SELECT 1 FROM quarantine)";
/// Empties a slot, a table each.
pub(super) const EMPTY: [&str; 14] = [
    "DELETE FROM event WHERE slot = ?1",
    "DELETE FROM head WHERE slot = ?1",
    "DELETE FROM promise WHERE slot = ?1",
    "DELETE FROM remedy WHERE slot = ?1",
    "DELETE FROM play WHERE slot = ?1",
    "DELETE FROM custody WHERE slot = ?1",
    "DELETE FROM stage WHERE slot = ?1",
    "DELETE FROM interest WHERE slot = ?1",
    "DELETE FROM inbox WHERE slot = ?1",
    "DELETE FROM fanout WHERE slot = ?1",
    "DELETE FROM posting WHERE slot = ?1",
    "DELETE FROM outbox WHERE slot = ?1",
    "DELETE FROM tally WHERE slot = ?1",
    "DELETE FROM quarantine WHERE slot = ?1",
];
