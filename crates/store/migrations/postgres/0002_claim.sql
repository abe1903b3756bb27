-- Claims: which process works a slot's timers, deliveries or messages just now, and until when, by the database's own clock. A process
-- that dies leaves a claim that runs out.

CREATE TABLE claim (
  slot   smallint NOT NULL,
  what   smallint NOT NULL,            -- 0 timers, 1 deliveries, 2 messages
  holder bytea    NOT NULL,
  until  bigint   NOT NULL,
  PRIMARY KEY (slot, what)
) WITH (fillfactor = 70);
