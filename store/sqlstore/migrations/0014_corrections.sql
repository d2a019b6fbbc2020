-- What moderators said of an asker: the community and the region of all that somebody asks in a session. A retag says
-- it, unless it is for one question alone; those that were recorded before this were.
ALTER TABLE decisions ADD COLUMN alone bigint NOT NULL DEFAULT 1; -- retag, untag: of the question, not of its asker

CREATE TABLE corrections (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	kind       text COLLATE "C" NOT NULL, -- of the tags
	said       text NOT NULL,   -- their values, one a line; "unknown" is none, empty is what was found
	by_whom    text NOT NULL,
	decided    bigint NOT NULL,
	PRIMARY KEY (session_id, asker, kind)
) /*sqlite STRICT, WITHOUT ROWID*/;
