-- Schema 13 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE vectors (
	session_id  text NOT NULL,
	n           bigint NOT NULL,
	model       text COLLATE "C" NOT NULL,
	fingerprint text COLLATE "C" NOT NULL,
	vector      bytea NOT NULL,
	PRIMARY KEY (session_id, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT*/;

CREATE INDEX vectors_text ON vectors (session_id, fingerprint);

-- rows

INSERT INTO vectors (session_id, n, model, fingerprint, vector) VALUES
	('ws164', 2, 'a-model', 'arzkb9przn2i2ruc', cast('abcdefgh' AS bytea ));

UPDATE askahead_meta SET value = '13' WHERE name = 'schema';
