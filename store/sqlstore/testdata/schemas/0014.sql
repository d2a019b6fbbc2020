-- Schema 14 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE decisions ADD COLUMN alone bigint NOT NULL DEFAULT 1;

CREATE TABLE corrections (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	kind       text COLLATE "C" NOT NULL,
	said       text NOT NULL,
	by_whom    text NOT NULL,
	decided    bigint NOT NULL,
	PRIMARY KEY (session_id, asker, kind)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO decisions (session_id, item_id, line, number, question_id, fingerprint, verb, by_whom, decided, reason, body, terms, alone) VALUES
	('ws164', 'ma7mzpm4sqz3tshx', 1, 3, 'ma7mzpm4sqz3tshx.1', 'x2rwdb94ud5cz8fb', 'retag', 'moderator', 1538558000000000, '', 'community civil-society', '', 0);

INSERT INTO corrections (session_id, asker, kind, said, by_whom, decided) VALUES
	('ws164', 'm6c9afzcvmavuan5', 'community', 'civil-society', 'moderator', 1538558000000000);

INSERT INTO tags (session_id, n, number, kind, value, rule, evidence, strength) VALUES
	('ws164', 6, 1, 'community', 'civil-society', 'moderator', '', 1000);

UPDATE askahead_meta SET value = '14' WHERE name = 'schema';
