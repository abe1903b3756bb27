-- Claims: which process works a slot's timers, deliveries or messages just now, and until when, by the machine's clock. A process that
-- dies leaves a claim that runs out.

CREATE TABLE claim (
  slot   INTEGER NOT NULL,
  what   INTEGER NOT NULL,             -- 0 timers, 1 deliveries, 2 messages
  holder BLOB    NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (slot, what)
) STRICT, WITHOUT ROWID;
