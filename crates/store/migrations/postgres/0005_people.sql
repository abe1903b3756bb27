-- People: plays, chains of custody and moves of stage. They are parts of a party as promises and remedies are, and none of them
-- waits for the clock: what must be done by a time is a promise.

CREATE TABLE play (
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

CREATE TABLE custody (
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

CREATE TABLE stage (
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
