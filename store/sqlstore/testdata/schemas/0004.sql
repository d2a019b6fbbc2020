-- Schema 4 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE questions ADD COLUMN state bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN edited bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN answered bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN answer text NOT NULL DEFAULT '';
ALTER TABLE questions ADD COLUMN line bigint NOT NULL DEFAULT 0;

CREATE TABLE decisions (
	session_id  text NOT NULL,
	item_id     text COLLATE "C" NOT NULL,
	line        bigint NOT NULL,
	number      bigint NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	fingerprint text NOT NULL,
	verb        text NOT NULL,
	by_whom     text NOT NULL,
	decided     bigint NOT NULL,
	reason      text NOT NULL,
	body        text NOT NULL,
	terms       text NOT NULL,
	PRIMARY KEY (session_id, item_id, line, number)
) /*sqlite STRICT*/;

CREATE TABLE original_texts (
	session_id text NOT NULL,
	n          bigint NOT NULL,
	text       text NOT NULL,
	context    text NOT NULL,
	terms      text NOT NULL,
	PRIMARY KEY (session_id, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT*/;

CREATE TABLE original_tags (
	session_id text NOT NULL,
	n          bigint NOT NULL,
	number     bigint NOT NULL,
	kind       text NOT NULL,
	value      text NOT NULL,
	rule       text NOT NULL,
	evidence   text NOT NULL,
	strength   bigint NOT NULL,
	PRIMARY KEY (session_id, n, number),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO items (session_id, item_id, outcome, content) VALUES
	('ws164', 'ma7mzpm4sqz3tshx', 'kept', 'wz9vd6btkjm5cwtb');

INSERT INTO sightings (session_id, stream, external_id, item_id, expires) VALUES
	('ws164', 'list', 'm7', 'ma7mzpm4sqz3tshx', 253383811200000000);

UPDATE sessions SET numbered = 6 WHERE session_id = 'ws164';

INSERT INTO questions (session_id, question_id, n, item_id, topic, kind, tlp, published, collected, source, language, asker, fingerprint, no_name, url, why, context, text, state, answered, line) VALUES
	('ws164', 'ma7mzpm4sqz3tshx.1', 6, 'ma7mzpm4sqz3tshx', 0, 'rhetorical', 20, 1538470800000000, 1538470800000000, 'list', 'en', 'm6c9afzcvmavuan5', 'x2rwdb94ud5cz8fb', 0, '', 'mark', '', 'Who would have thought it?', 2, 1538557200000000, 1);

INSERT INTO decisions (session_id, item_id, line, number, question_id, fingerprint, verb, by_whom, decided, reason, body, terms) VALUES
	('ws164', 'ma7mzpm4sqz3tshx', 1, 1, 'ma7mzpm4sqz3tshx.1', 'x2rwdb94ud5cz8fb', 'dismiss', 'moderator', 1538553600000000, 'not for the panel', '', ''),
	('ws164', 'ma7mzpm4sqz3tshx', 1, 2, 'ma7mzpm4sqz3tshx.1', 'x2rwdb94ud5cz8fb', 'answered', 'moderator', 1538557200000000, 'in the session', '', ''),
	('ws164', 'x2xpm6mhciu5crbj', 1, 1, 'x2xpm6mhciu5crbj.1', 'cqr67qu2uxsb7enj', 'edit', 'moderator', 1538553600000000, 'shorter', 'Who pays for deleting logs?', 'deleting
logs?
pays
who'),
	('ws164', 'x2xpm6mhciu5crbj', 2, 1, 'x2xpm6mhciu5crbj.2', 'arzkb9przn2i2ruc', 'retag', 'moderator', 1538553700000000, '', 'community technical', '');

UPDATE questions SET text = 'Who pays for deleting logs?', edited = 1, line = 1 WHERE session_id = 'ws164' AND n = 1;
UPDATE questions SET line = 2 WHERE session_id = 'ws164' AND n = 2;

INSERT INTO original_texts (session_id, n, text, context, terms) VALUES
	('ws164', 1, 'Who pays for the deletion of logs?', 'We keep them for a year.', 'deletion
logs?
pays
who');

INSERT INTO original_tags (session_id, n, number, kind, value, rule, evidence, strength) VALUES
	('ws164', 2, 1, 'community', 'civil-society', 'config rule 1', 'list', 3);

UPDATE askahead_meta SET value = '4' WHERE name = 'schema';
