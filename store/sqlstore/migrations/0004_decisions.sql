-- What moderators decided about questions. What applies now stands in questions, terms and tags, so that whatever reads
-- them obeys; how it came to be so in decisions; and what a decision covers up in original_texts and original_tags.
ALTER TABLE questions ADD COLUMN state bigint NOT NULL DEFAULT 0;    -- domain.State
ALTER TABLE questions ADD COLUMN edited bigint NOT NULL DEFAULT 0;   -- 1: text is a moderator's
ALTER TABLE questions ADD COLUMN answered bigint NOT NULL DEFAULT 0; -- when it was answered; 0 if it was not
ALTER TABLE questions ADD COLUMN answer text NOT NULL DEFAULT '';    -- where
ALTER TABLE questions ADD COLUMN line bigint NOT NULL DEFAULT 0;     -- of decisions; 0 if nothing was decided

-- Every decision in its order, in one line for each question of an item. The question may be gone: it may come back.
-- Then its line finds it by its text or its id. Of a question that is not there, the words are emptied; of an item
-- that will not come back, the rows go.
CREATE TABLE decisions (
	session_id  text NOT NULL,
	item_id     text COLLATE "C" NOT NULL,
	line        bigint NOT NULL, -- from 1
	number      bigint NOT NULL, -- from 1
	question_id text COLLATE "C" NOT NULL, -- as it was called at that time
	fingerprint text NOT NULL,   -- of the source's text at that time
	verb        text NOT NULL,   -- store.Verb
	by_whom     text NOT NULL,
	decided     bigint NOT NULL,
	reason      text NOT NULL,
	body        text NOT NULL,   -- edit: the new text; retag: the tags, one a line
	terms       text NOT NULL,   -- edit: what the new text is found by, one a line
	PRIMARY KEY (session_id, item_id, line, number)
) /*sqlite STRICT*/;

-- The asker's words, and what they are found by, while a moderator's stand in their place.
CREATE TABLE original_texts (
	session_id text NOT NULL,
	n          bigint NOT NULL, -- questions.n
	text       text NOT NULL,
	context    text NOT NULL,
	terms      text NOT NULL,   -- one a line
	PRIMARY KEY (session_id, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT*/;

-- All tags that were found, while a moderator's stand in the place of some.
CREATE TABLE original_tags (
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
