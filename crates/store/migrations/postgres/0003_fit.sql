CREATE TABLE fit (
  charter   text    COLLATE "C" NOT NULL,
  currency  text    COLLATE "C" NOT NULL,
  day       integer NOT NULL,
  model     text    COLLATE "C" NOT NULL,
  converged boolean NOT NULL,
  body      bytea   NOT NULL,
  recorded  bigint  NOT NULL,
  PRIMARY KEY (charter, currency, day, model)
);
