-- The ground: the log, the heads, the parts of a party, deliveries, the ledger and what must leave.
--
-- Every key begins with the slot, so that each statement of the live path stays in one slot and the tables can be distributed by it.
-- No sequence, no trigger, no foreign key. Keys compare by their bytes (collation C). Rows that are written over again and again leave
-- room in their pages (fillfactor), so that most updates touch no index. Times are milliseconds since 1970-01-01T00:00:00Z; idents,
-- identities and hashes are raw bytes.

CREATE TABLE event (
  slot      smallint NOT NULL,
  key       text     COLLATE "C" NOT NULL,
  seq       bigint   NOT NULL,
  ident     bytea    NOT NULL,
  time      bigint   NOT NULL,
  recorded  bigint   NOT NULL,
  context   smallint NOT NULL,
  kind      smallint NOT NULL,         -- 0 own, 1 heard, 2 erased
  body      bytea,                     -- own: the bytes; erased: their SHA-256
  thing     text     COLLATE "C",      -- own: what it must be found by, if anything; heard: whose log …
  thing_seq bigint,                    -- … and where in it
  hash      bytea    NOT NULL,
  PRIMARY KEY (slot, key, seq)
);
CREATE UNIQUE INDEX event_ident ON event (slot, key, ident);
CREATE INDEX event_about ON event (slot, key, thing, seq) WHERE kind = 0 AND thing IS NOT NULL;

CREATE TABLE head (
  slot    smallint NOT NULL,
  key     text     COLLATE "C" NOT NULL,
  seq     bigint   NOT NULL,           -- also the version a commit must find
  hash    bytea    NOT NULL,
  wake_at bigint,
  state   bytea    NOT NULL,
  PRIMARY KEY (slot, key)
) WITH (fillfactor = 70);
CREATE INDEX head_wake ON head (slot, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE promise (
  slot    smallint NOT NULL,
  party   text     COLLATE "C" NOT NULL,
  id      bytea    NOT NULL,
  thing   text     COLLATE "C" NOT NULL,
  clause  text     COLLATE "C" NOT NULL,
  state   smallint NOT NULL,
  due     bigint,
  wake_at bigint,
  since   bigint   NOT NULL,
  body    bytea    NOT NULL,
  PRIMARY KEY (slot, party, id)
) WITH (fillfactor = 70);
CREATE INDEX promise_wake ON promise (slot, party, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE remedy (
  slot    smallint NOT NULL,
  party   text     COLLATE "C" NOT NULL,
  id      bytea    NOT NULL,
  thing   text     COLLATE "C" NOT NULL,
  clause  text     COLLATE "C" NOT NULL,
  state   smallint NOT NULL,
  due     bigint,
  wake_at bigint,
  since   bigint   NOT NULL,
  body    bytea    NOT NULL,
  PRIMARY KEY (slot, party, id)
) WITH (fillfactor = 70);
CREATE INDEX remedy_wake ON remedy (slot, party, wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE interest (
  slot  smallint NOT NULL,
  thing text     COLLATE "C" NOT NULL,
  party text     COLLATE "C" NOT NULL,
  heard boolean  NOT NULL,
  PRIMARY KEY (slot, thing, party)
) WITH (fillfactor = 70);
CREATE INDEX interest_unheard ON interest (slot, thing, party) WHERE NOT heard;

CREATE TABLE inbox (
  slot  smallint NOT NULL,
  party text     COLLATE "C" NOT NULL,
  thing text     COLLATE "C" NOT NULL,
  seq   bigint   NOT NULL,
  PRIMARY KEY (slot, party, thing, seq)
);

CREATE TABLE fanout (
  slot  smallint NOT NULL,
  thing text     COLLATE "C" NOT NULL,
  seq   bigint   NOT NULL,
  after text     COLLATE "C" NOT NULL,
  PRIMARY KEY (slot, thing, seq)
);

CREATE TABLE posting (
  slot      smallint NOT NULL,
  party     text     COLLATE "C" NOT NULL,
  movement  bytea    NOT NULL,
  line      smallint NOT NULL,
  time      bigint   NOT NULL,
  remedy    bytea    NOT NULL,
  account   text     COLLATE "C" NOT NULL,
  commodity text     COLLATE "C" NOT NULL,
  decimals  smallint NOT NULL,
  amount    bigint   NOT NULL,         -- minor units, debits above zero
  PRIMARY KEY (slot, party, movement, line)
);

CREATE TABLE outbox (
  slot      smallint NOT NULL,
  party     text     COLLATE "C" NOT NULL,
  id        bytea    NOT NULL,
  topic     text     COLLATE "C" NOT NULL,
  body      bytea    NOT NULL,
  attempts  bigint   NOT NULL,
  next_try  bigint,
  delivered bigint,
  trouble   text     NOT NULL,
  PRIMARY KEY (slot, party, id)
) WITH (fillfactor = 70);
CREATE INDEX outbox_next ON outbox (slot, next_try) WHERE next_try IS NOT NULL;

CREATE TABLE tally (
  slot      smallint NOT NULL,
  name      text     COLLATE "C" NOT NULL,
  day       integer  NOT NULL,
  commodity text     COLLATE "C" NOT NULL,
  amount    bigint   NOT NULL,
  PRIMARY KEY (slot, name, day, commodity)
) WITH (fillfactor = 70);

CREATE TABLE quarantine (
  slot     smallint NOT NULL,
  id       bytea    NOT NULL,
  origin   text     NOT NULL,
  line     bigint   NOT NULL,
  code     text     NOT NULL,
  reason   text     NOT NULL,
  bytes    bytea    NOT NULL,
  recorded bigint   NOT NULL,
  PRIMARY KEY (slot, id)
);

CREATE TABLE charter (
  name     text   COLLATE "C" NOT NULL,
  version  text   COLLATE "C" NOT NULL,
  digest   bytea  NOT NULL,
  text     text   NOT NULL,
  recorded bigint NOT NULL,
  PRIMARY KEY (name, version)
);
