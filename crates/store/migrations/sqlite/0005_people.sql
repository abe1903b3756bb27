-- People: plays, chains of custody and moves of stage. They are parts of a party as promises and remedies are, and none of them
-- waits for the clock: what must be done by a time is a promise.

CREATE TABLE play (
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

CREATE TABLE custody (
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

CREATE TABLE stage (
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
