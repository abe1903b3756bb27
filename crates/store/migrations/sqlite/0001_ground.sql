-- The ground: the log, the heads, the parts of a party, deliveries, the ledger and what must leave.
--
-- Every key begins with the slot, so that each statement of the live path stays in one slot. Tables are their own primary key
-- (WITHOUT ROWID): one b-tree per table and one per index, and rows of one party lie beside each other. Times are milliseconds since
-- 1970-01-01T00:00:00Z; idents, identities and hashes are raw bytes.

CREATE TABLE event (
  slot      INTEGER NOT NULL,
  key       TEXT    NOT NULL,
  seq       INTEGER NOT NULL,
  ident     BLOB    NOT NULL,
  time      INTEGER NOT NULL,
  recorded  INTEGER NOT NULL,
  context   INTEGER NOT NULL,
  kind      INTEGER NOT NULL,          -- 0 own, 1 heard, 2 erased
  body      BLOB,                      -- own: the bytes; erased: their SHA-256
  thing     TEXT,                      -- own: what it must be found by, if anything; heard: whose log …
  thing_seq INTEGER,                   -- … and where in it
  hash      BLOB    NOT NULL,
  PRIMARY KEY (slot, key, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX event_ident ON event (slot, key, ident);
CREATE INDEX event_about ON event (slot, key, thing, seq) WHERE kind = 0 AND thing IS NOT NULL;

CREATE TABLE head (
  slot    INTEGER NOT NULL,
  key     TEXT    NOT NULL,
  seq     INTEGER NOT NULL,            -- also the version a commit must find
  hash    BLOB    NOT NULL,
  wake_at INTEGER,
  state   BLOB    NOT NULL,
  PRIMARY KEY (slot, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX head_wake ON head (slot, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE promise (
  slot    INTEGER NOT NULL,
  party   TEXT    NOT NULL,
  id      BLOB    NOT NULL,
  thing   TEXT    NOT NULL,
  clause  TEXT    NOT NULL,
  state   INTEGER NOT NULL,
  due     INTEGER,
  wake_at INTEGER,
  since   INTEGER NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (slot, party, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX promise_wake ON promise (slot, party, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE remedy (
  slot    INTEGER NOT NULL,
  party   TEXT    NOT NULL,
  id      BLOB    NOT NULL,
  thing   TEXT    NOT NULL,
  clause  TEXT    NOT NULL,
  state   INTEGER NOT NULL,
  due     INTEGER,
  wake_at INTEGER,
  since   INTEGER NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (slot, party, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remedy_wake ON remedy (slot, party, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE interest (
  slot  INTEGER NOT NULL,
  thing TEXT    NOT NULL,
  party TEXT    NOT NULL,
  heard INTEGER NOT NULL,
  PRIMARY KEY (slot, thing, party)
) STRICT, WITHOUT ROWID;
CREATE INDEX interest_unheard ON interest (slot) WHERE heard = 0;

CREATE TABLE inbox (
  slot  INTEGER NOT NULL,
  party TEXT    NOT NULL,
  thing TEXT    NOT NULL,
  seq   INTEGER NOT NULL,
  PRIMARY KEY (slot, party, thing, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE fanout (
  slot  INTEGER NOT NULL,
  thing TEXT    NOT NULL,
  seq   INTEGER NOT NULL,
  after TEXT    NOT NULL,
  PRIMARY KEY (slot, thing, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
  slot      INTEGER NOT NULL,
  party     TEXT    NOT NULL,
  movement  BLOB    NOT NULL,
  line      INTEGER NOT NULL,
  time      INTEGER NOT NULL,
  remedy    BLOB    NOT NULL,
  account   TEXT    NOT NULL,
  commodity TEXT    NOT NULL,
  decimals  INTEGER NOT NULL,
  amount    INTEGER NOT NULL,          -- minor units, debits above zero
  PRIMARY KEY (slot, party, movement, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  slot      INTEGER NOT NULL,
  party     TEXT    NOT NULL,
  id        BLOB    NOT NULL,
  topic     TEXT    NOT NULL,
  body      BLOB    NOT NULL,
  attempts  INTEGER NOT NULL,
  next_try  INTEGER,
  delivered INTEGER,
  trouble   TEXT    NOT NULL,
  PRIMARY KEY (slot, party, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_next ON outbox (slot, next_try) WHERE next_try IS NOT NULL;

CREATE TABLE tally (
  slot      INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  day       INTEGER NOT NULL,
  commodity TEXT    NOT NULL,
  amount    INTEGER NOT NULL,
  PRIMARY KEY (slot, name, day, commodity)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  slot     INTEGER NOT NULL,
  id       BLOB    NOT NULL,
  origin   TEXT    NOT NULL,
  line     INTEGER NOT NULL,
  code     TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  bytes    BLOB    NOT NULL,
  recorded INTEGER NOT NULL,
  PRIMARY KEY (slot, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE charter (
  name     TEXT    NOT NULL,
  version  TEXT    NOT NULL,
  digest   BLOB    NOT NULL,
  text     TEXT    NOT NULL,
  recorded INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
