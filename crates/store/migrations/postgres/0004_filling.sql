-- Filling: while a database is being filled with a copy of another one, who is copied and which slots are done. Empty otherwise.

CREATE TABLE filling (
  slot   smallint NOT NULL,            -- 1024 for the whole: that filling has begun
  source text     NOT NULL,
  PRIMARY KEY (slot)
);
