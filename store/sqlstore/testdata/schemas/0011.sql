-- Schema 11 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE suppressed (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	since      bigint NOT NULL,
	PRIMARY KEY (session_id, asker)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE requests (
	session_id text NOT NULL,
	request_id text COLLATE "C" NOT NULL,
	verb       text NOT NULL,
	state      text NOT NULL,
	asker      text NOT NULL,
	sealed     bytea NOT NULL,
	answer     text NOT NULL,
	came       bigint NOT NULL,
	expires    bigint NOT NULL,
	PRIMARY KEY (session_id, request_id)
) /*sqlite STRICT*/;

-- rows

INSERT INTO suppressed (session_id, asker, since) VALUES ('*', 'abcdefghijkmnpqr', 1541000000000000);
INSERT INTO requests (session_id, request_id, verb, state, asker, sealed, answer, came, expires)
	VALUES ('*', 'stuvwxyz23456789', 'forget', 'asked', 'bbbdefghijkmnpqr', cast('sealed' AS bytea ), '', 1541000000000000, 1541600000000000);

UPDATE askahead_meta SET value = '11' WHERE name = 'schema';
