CREATE TABLE fit (
  charter   TEXT    NOT NULL,
  currency  TEXT    NOT NULL,
  day       INTEGER NOT NULL,
  model     TEXT    NOT NULL,
  converged INTEGER NOT NULL,
  body      BLOB    NOT NULL,
  recorded  INTEGER NOT NULL,
  PRIMARY KEY (charter, currency, day, model)
) STRICT, WITHOUT ROWID;
