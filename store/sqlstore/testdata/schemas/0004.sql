-- Schema 4 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE questions ADD COLUMN state bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN answered bigint NOT NULL DEFAULT 0;

CREATE TABLE decisions (
	session_id  text NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	number      bigint NOT NULL,
	verb        text NOT NULL,
	by_whom     text NOT NULL,
	decided     bigint NOT NULL,
	reason      text NOT NULL,
	body        text NOT NULL,
	terms       text NOT NULL,
	fingerprint text NOT NULL,
	PRIMARY KEY (session_id, question_id, number)
) /*sqlite STRICT*/;

-- rows

INSERT INTO items (session_id, item_id, outcome, content) VALUES
	('ws164', 'ma7mzpm4sqz3tshx', 'kept', 'wz9vd6btkjm5cwtb');

INSERT INTO sightings (session_id, stream, external_id, item_id, expires) VALUES
	('ws164', 'list', 'm7', 'ma7mzpm4sqz3tshx', 253383811200000000);

UPDATE sessions SET numbered = 6 WHERE session_id = 'ws164';

INSERT INTO questions (session_id, question_id, n, item_id, topic, kind, tlp, published, collected, source, language, asker, fingerprint, no_name, url, why, context, text, state, answered) VALUES
	('ws164', 'ma7mzpm4sqz3tshx.1', 6, 'ma7mzpm4sqz3tshx', 0, 'rhetorical', 20, 1538470800000000, 1538470800000000, 'list', 'en', 'm6c9afzcvmavuan5', 'x2rwdb94ud5cz8fb', 0, '', 'mark', '', 'Who would have thought it?', 2, 1538557200000000);

INSERT INTO decisions (session_id, question_id, number, verb, by_whom, decided, reason, body, terms, fingerprint) VALUES
	('ws164', 'ma7mzpm4sqz3tshx.1', 1, 'dismiss', 'moderator', 1538553600000000, 'not for the panel', '', '', 'x2rwdb94ud5cz8fb'),
	('ws164', 'x2xpm6mhciu5crbj.1', 1, 'edit', 'moderator', 1538553600000000, 'shorter', 'Who pays for deleting logs?', 'deleting
logs?
pays
who', 'cqr67qu2uxsb7enj');

UPDATE askahead_meta SET value = '4' WHERE name = 'schema';
