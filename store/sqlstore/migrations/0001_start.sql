-- What the first askahead stores.
--
-- The text is PostgreSQL's; what SQLite needs besides stands in comments that begin with "sqlite", and its
-- names of types are put in when it is read (dialect.go). The rules that every migration keeps:
--
--   * A table of a session's data has session_id first, in its primary key, its unique constraints and indexes
--     and its foreign keys, so that the same schema can be sharded by session.
--   * Ids are text made in Go. Text in a key has COLLATE "C" (bytes), so that both databases order alike.
--   * Times are BIGINT UTC microseconds. No triggers, no arrays, no JSON.
--
-- Questions and topics also have a number n, given in the order of saving, which other tables point with: rows
-- that belong to new questions are appended, instead of being scattered over the whole table by a hash.

-- Settings of the database itself; the one table without a session.
CREATE TABLE askahead_meta (
	name  text COLLATE "C" NOT NULL,
	value text NOT NULL,
	PRIMARY KEY (name)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- One row for each session. Whoever writes to a session writes its row first: that is the lock.
CREATE TABLE sessions (
	session_id text NOT NULL,
	saved      bigint NOT NULL, -- when a batch was saved last
	numbered   bigint NOT NULL, -- the last n that was given out
	PRIMARY KEY (session_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- How far a stream of a source was read.
CREATE TABLE progress (
	session_id text NOT NULL,
	stream     text COLLATE "C" NOT NULL,
	source     text COLLATE "C" NOT NULL,
	read_to    text NOT NULL, -- the cursor
	last_run   bigint NOT NULL,
	last_new   bigint NOT NULL,
	PRIMARY KEY (session_id, stream)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What became of an item. A row stays for good, so that nothing is taken twice.
CREATE TABLE items (
	session_id text NOT NULL,
	item_id    text COLLATE "C" NOT NULL,
	outcome    text NOT NULL,
	content    text NOT NULL, -- keyed hash; empty when the item is gone
	PRIMARY KEY (session_id, item_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- Which stream holds an item, under which id, and until when it may be kept from there.
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
	topic       bigint NOT NULL, -- topics.n; 0 unless a panel question
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

-- The communities, regions and themes of a question, in their order.
CREATE TABLE tags (
	session_id text NOT NULL,
	n          bigint NOT NULL, -- questions.n
	number     bigint NOT NULL, -- from 1
	kind       text NOT NULL,
	value      text NOT NULL,
	rule       text NOT NULL,
	evidence   text NOT NULL,
	strength   bigint NOT NULL,
	PRIMARY KEY (session_id, n, number),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What a question is found by when people search.
CREATE TABLE terms (
	session_id text NOT NULL,
	term       text COLLATE "C" NOT NULL,
	n          bigint NOT NULL, -- questions.n
	PRIMARY KEY (session_id, term, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX terms_question ON terms (session_id, n);

CREATE TABLE topics (
	session_id text NOT NULL,
	n          bigint NOT NULL, -- of the question that opened it
	topic_id   text COLLATE "C" NOT NULL,
	leader     bigint NOT NULL, -- questions.n
	indexed    bigint NOT NULL, -- 0 while bands has no keys of the leader
	PRIMARY KEY (session_id, n),
	UNIQUE (session_id, topic_id)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- A leader may change while nobody is there who knows its keys; they follow with the next batch.
CREATE INDEX topics_unindexed ON topics (session_id, n) WHERE indexed = 0;

-- The keys of each topic's leader: how topics that may fit a new question are found.
CREATE TABLE bands (
	session_id text NOT NULL,
	band       bigint NOT NULL,
	topic      bigint NOT NULL, -- topics.n
	PRIMARY KEY (session_id, band, topic),
	FOREIGN KEY (session_id, topic) REFERENCES topics (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE INDEX bands_topic ON bands (session_id, topic);

-- How often something happened that leaves nothing else behind.
CREATE TABLE counts (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	what       text COLLATE "C" NOT NULL,
	subject    text COLLATE "C" NOT NULL, -- Count.Key
	happened   bigint NOT NULL,
	PRIMARY KEY (session_id, source, what, subject)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What no parser could read. raw stands last, so that the rest is read without it.
CREATE TABLE quarantine (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	id         text COLLATE "C" NOT NULL,
	type       text NOT NULL,
	reason     text NOT NULL,
	collected  bigint NOT NULL,
	expires    bigint NOT NULL,
	raw        bytea NOT NULL, -- emptied when it expires
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

-- What an edition quoted. The question may be gone; its id is kept, so that readers can be told.
CREATE TABLE edition_questions (
	session_id  text NOT NULL,
	name        text COLLATE "C" NOT NULL,
	number      bigint NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (session_id, name, number, question_id),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What an edition recalled of what an earlier one, quoted_in, had quoted.
CREATE TABLE edition_recalls (
	session_id  text NOT NULL,
	name        text COLLATE "C" NOT NULL,
	number      bigint NOT NULL,
	quoted_in   bigint NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	PRIMARY KEY (session_id, name, quoted_in, question_id),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;
