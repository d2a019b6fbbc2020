-- Schema 10 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE suppressed (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	since      bigint NOT NULL,
	PRIMARY KEY (session_id, asker)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO suppressed (session_id, asker, since) VALUES ('*', 'abcdefghijkmnpqr', 1541000000000000);

UPDATE askahead_meta SET value = '10' WHERE name = 'schema';
