-- What operators did, as a chain: each row is sealed with the one before it, under the instance's key. Rows are only
-- ever added; no source, no retention and no wipe removes one. The chain is of the whole instance, so it stands under
-- the session "*". Row 0 is no act: its seal says how many there are, so that rows cut off the end are missed.
CREATE TABLE audit (
	session_id text NOT NULL, -- "*"
	number     bigint NOT NULL, -- from 1
	at         bigint NOT NULL,
	concerns   text NOT NULL, -- the session that it is about; empty for all
	by_whom    text NOT NULL,
	done       text NOT NULL,
	subject    text NOT NULL,
	detail     text NOT NULL,
	generation bigint NOT NULL, -- of the key that sealed it
	seal       text NOT NULL,
	PRIMARY KEY (session_id, number)
) /*sqlite STRICT, WITHOUT ROWID*/;
