-- Schema 1 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE askahead_meta (
	name  text COLLATE "C" NOT NULL,
	value text NOT NULL,
	PRIMARY KEY (name)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE sessions (
	session_id text NOT NULL,
	saved      bigint NOT NULL,
	numbered   bigint NOT NULL,
	PRIMARY KEY (session_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE progress (
	session_id text NOT NULL,
	stream     text COLLATE "C" NOT NULL,
	source     text COLLATE "C" NOT NULL,
	read_to    text NOT NULL,
	last_run   bigint NOT NULL,
	last_new   bigint NOT NULL,
	PRIMARY KEY (session_id, stream)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE items (
	session_id text NOT NULL,
	item_id    text COLLATE "C" NOT NULL,
	outcome    text NOT NULL,
	content    text NOT NULL,
	PRIMARY KEY (session_id, item_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE sightings (
	session_id  text NOT NULL,
	stream      text COLLATE "C" NOT NULL,
	external_id text COLLATE "C" NOT NULL,
	item_id     text COLLATE "C" NOT NULL,
	expires     bigint NOT NULL,
	PRIMARY KEY (session_id, stream, external_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX sightings_item ON sightings (session_id, item_id);

CREATE TABLE questions (
	session_id  text NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	n           bigint NOT NULL,
	item_id     text COLLATE "C" NOT NULL,
	topic       bigint NOT NULL,
	kind        text NOT NULL,
	tlp         bigint NOT NULL,
	published   bigint NOT NULL,
	collected   bigint NOT NULL,
	source      text NOT NULL,
	language    text NOT NULL,
	asker       text NOT NULL,
	fingerprint text NOT NULL,
	no_name     bigint NOT NULL,
	url         text NOT NULL,
	why         text NOT NULL,
	context     text NOT NULL,
	text        text NOT NULL,
	PRIMARY KEY (session_id, question_id),
	UNIQUE (session_id, n),
	FOREIGN KEY (session_id, item_id) REFERENCES items (session_id, item_id)
) /*sqlite STRICT*/;

CREATE INDEX questions_item ON questions (session_id, item_id);
CREATE INDEX questions_topic ON questions (session_id, topic, published);
CREATE INDEX questions_published ON questions (session_id, published, question_id);

CREATE TABLE tags (
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

CREATE TABLE terms (
	session_id text NOT NULL,
	term       text COLLATE "C" NOT NULL,
	n          bigint NOT NULL,
	PRIMARY KEY (session_id, term, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX terms_question ON terms (session_id, n);

CREATE TABLE topics (
	session_id text NOT NULL,
	n          bigint NOT NULL,
	topic_id   text COLLATE "C" NOT NULL,
	leader     bigint NOT NULL,
	indexed    bigint NOT NULL,
	PRIMARY KEY (session_id, n),
	UNIQUE (session_id, topic_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX topics_unindexed ON topics (session_id, n) WHERE indexed = 0;

CREATE TABLE bands (
	session_id text NOT NULL,
	band       bigint NOT NULL,
	topic      bigint NOT NULL,
	PRIMARY KEY (session_id, band, topic),
	FOREIGN KEY (session_id, topic) REFERENCES topics (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX bands_topic ON bands (session_id, topic);

CREATE TABLE counts (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	what       text COLLATE "C" NOT NULL,
	subject    text COLLATE "C" NOT NULL,
	happened   bigint NOT NULL,
	PRIMARY KEY (session_id, source, what, subject)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE quarantine (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	id         text COLLATE "C" NOT NULL,
	type       text NOT NULL,
	reason     text NOT NULL,
	collected  bigint NOT NULL,
	expires    bigint NOT NULL,
	raw        bytea NOT NULL,
	PRIMARY KEY (session_id, source, id)
) /*sqlite STRICT*/;

CREATE INDEX quarantine_collected ON quarantine (session_id, collected, source, id);

CREATE TABLE editions (
	session_id text NOT NULL,
	name       text COLLATE "C" NOT NULL,
	number     bigint NOT NULL,
	audience   bigint NOT NULL,
	created    bigint NOT NULL,
	since      bigint NOT NULL,
	until      bigint NOT NULL,
	PRIMARY KEY (session_id, name, number)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE edition_questions (
	session_id  text NOT NULL,
	name        text COLLATE "C" NOT NULL,
	number      bigint NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (session_id, name, number, question_id),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE edition_recalls (
	session_id  text NOT NULL,
	name        text COLLATE "C" NOT NULL,
	number      bigint NOT NULL,
	quoted_in   bigint NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (session_id, name, quoted_in, question_id),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO askahead_meta (name, value) VALUES
	('key', '4bph5t638gftjnkr'),
	('schema', '1'),
	('version', '0.1.0');

INSERT INTO sessions (session_id, saved, numbered) VALUES
	('*', 1538384400000000, 0),
	('ws164', 1538989200000000, 5);

INSERT INTO progress (session_id, stream, source, read_to, last_run, last_new) VALUES
	('*', 'everybody', 'everybody', 's1', 1538384400000000, -62135596800000000),
	('ws164', 'list', 'list', 'c2', 1539075600000000, 1538384400000000);

INSERT INTO items (session_id, item_id, outcome, content) VALUES
	('ws164', '22bwk6yhugghysma', 'kept', 'pywxqz74hrdmx848'),
	('ws164', 'atzykpxxwzcysfm8', 'kept', 'vsaqmwm5i9r72yzz'),
	('ws164', 'mwt3n65esw4yvi3v', 'opted-out', '7qqk92b7yg54nthm'),
	('ws164', 'r2952xhb65h8yj4y', 'no-question', 'u62cwqprvpdjsd3k'),
	('ws164', 'x2xpm6mhciu5crbj', 'kept', 'yjjp3me3674uv2va'),
	('ws164', 'ypp57scq5ghkv9k7', 'gone', '');

INSERT INTO sightings (session_id, stream, external_id, item_id, expires) VALUES
	('ws164', 'list', 'm1', 'x2xpm6mhciu5crbj', 253383811200000000),
	('ws164', 'list', 'm2', 'atzykpxxwzcysfm8', 253383811200000000),
	('ws164', 'list', 'm3', 'r2952xhb65h8yj4y', 253383811200000000),
	('ws164', 'list', 'm4', '22bwk6yhugghysma', 253383811200000000),
	('ws164', 'list', 'm6', 'mwt3n65esw4yvi3v', 253383811200000000);

INSERT INTO questions (session_id, question_id, n, item_id, topic, kind, tlp, published, collected, source, language, asker, fingerprint, no_name, url, why, context, text) VALUES
	('ws164', 'x2xpm6mhciu5crbj.1', 1, 'x2xpm6mhciu5crbj', 1, 'panel', 20, 1538384400000000, 1538384400000000, 'list', 'fr', 'c5yat9j76m59ixqv', 'cqr67qu2uxsb7enj', 1, 'https://lists.example/m1', 'mark', 'We keep them for a year.', 'Who pays for the deletion of logs?'),
	('ws164', 'x2xpm6mhciu5crbj.2', 2, 'x2xpm6mhciu5crbj', 2, 'panel', 20, 1538384400000000, 1538384400000000, 'list', 'fr', 'c5yat9j76m59ixqv', 'arzkb9przn2i2ruc', 1, 'https://lists.example/m1', 'mark', 'We keep them for a year.', 'Will the WHOIS stay public?'),
	('ws164', 'atzykpxxwzcysfm8.1', 3, 'atzykpxxwzcysfm8', 0, 'logistics', 90, 1538384400000000, 1538384400000000, 'list', 'en', '94hhche9pisdqjxe', 'gzare8uts7hb2v2g', 0, '', 'mark', '', 'Where is the room?'),
	('ws164', '22bwk6yhugghysma.1', 4, '22bwk6yhugghysma', 2, 'panel', 20, 1538384400000000, 1538384400000000, 'list', 'en', 'm6c9afzcvmavuan5', 'arzkb9przn2i2ruc', 0, '', 'mark', '', 'Will the WHOIS stay public?');

INSERT INTO tags (session_id, n, number, kind, value, rule, evidence, strength) VALUES
	('ws164', 1, 1, 'community', 'technical', 'config rule 1', 'list', 3),
	('ws164', 1, 2, 'community', 'academia', 'config rule 1', 'list', 3),
	('ws164', 1, 3, 'region', 'weog', 'self-declared', 'I write from Paris', 5),
	('ws164', 2, 1, 'community', 'technical', 'config rule 1', 'list', 3),
	('ws164', 2, 2, 'community', 'academia', 'config rule 1', 'list', 3),
	('ws164', 2, 3, 'region', 'weog', 'self-declared', 'I write from Paris', 5),
	('ws164', 4, 1, 'community', 'civil-society', 'config rule 1', 'list', 3);

INSERT INTO terms (session_id, term, n) VALUES
	('ws164', 'deletion', 1),
	('ws164', 'for', 1),
	('ws164', 'logs?', 1),
	('ws164', 'of', 1),
	('ws164', 'pays', 1),
	('ws164', 'the', 1),
	('ws164', 'who', 1),
	('ws164', 'public?', 2),
	('ws164', 'stay', 2),
	('ws164', 'the', 2),
	('ws164', 'whois', 2),
	('ws164', 'will', 2),
	('ws164', 'public?', 4),
	('ws164', 'stay', 4),
	('ws164', 'the', 4),
	('ws164', 'whois', 4),
	('ws164', 'will', 4);

INSERT INTO topics (session_id, n, topic_id, leader, indexed) VALUES
	('ws164', 1, 'x2xpm6mhciu5crbj.1', 1, 1),
	('ws164', 2, 'x2xpm6mhciu5crbj.2', 2, 1);

INSERT INTO bands (session_id, band, topic) VALUES
	('ws164', -3600674436158837722, 1),
	('ws164', -1280591240291634145, 1),
	('ws164', 261248420595358446, 1),
	('ws164', -6478134535885504627, 2),
	('ws164', -5837424771736416800, 2),
	('ws164', -2260015878310789101, 2),
	('ws164', -813144485913470112, 2);

INSERT INTO counts (session_id, source, what, subject, happened) VALUES
	('ws164', 'list', 'no-question', 'domain example.org', 1),
	('ws164', 'list', 'not-taken', '', 7);

INSERT INTO quarantine (session_id, source, id, type, reason, collected, expires, raw) VALUES
	('ws164', 'list', 'x1', 'message/rfc822', 'no header', 1538384400000000, 253383811200000000, cast('Subject no colon' AS bytea ));

INSERT INTO editions (session_id, name, number, audience, created, since, until) VALUES
	('ws164', 'panelists', 1, 20, 1538989200000000, 1538384400000000, 1538989200000000),
	('ws164', 'panelists', 2, 20, 1538989200000000, 1538384400000000, 1538989200000000);

INSERT INTO edition_questions (session_id, name, number, question_id) VALUES
	('ws164', 'panelists', 1, 'x2xpm6mhciu5crbj.1'),
	('ws164', 'panelists', 1, 'ypp57scq5ghkv9k7.1'),
	('ws164', 'panelists', 2, '22bwk6yhugghysma.1');

INSERT INTO edition_recalls (session_id, name, number, quoted_in, question_id) VALUES
	('ws164', 'panelists', 2, 1, 'ypp57scq5ghkv9k7.1');
