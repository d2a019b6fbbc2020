-- Schema 9 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE sessions ADD COLUMN wiped bigint NOT NULL DEFAULT 0;

CREATE TABLE wipes (
	session_id text NOT NULL,
	at         bigint NOT NULL,
	statement  text NOT NULL,
	PRIMARY KEY (session_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO wipes (session_id, at, statement) VALUES ('ws101', 1541000000000000, 'session: ws101');

UPDATE askahead_meta SET value = '9' WHERE name = 'schema';
