-- What silence is told by, and what was told about it.

-- How many items of a source were published in an hour: its rhythm. Nothing of them but the count.
CREATE TABLE arrivals (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	hour       bigint NOT NULL, -- when it begins
	items      bigint NOT NULL, -- 0: the source gave a sign of life then, and nothing of that hour
	PRIMARY KEY (session_id, source, hour)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What needs somebody's attention, from when until when, and whether that somebody was told. A mail's id is recorded
-- before it is sent and the time after it, so that who was stopped in between sends the same mail again.
CREATE TABLE incidents (
	session_id text NOT NULL,
	subject    text COLLATE "C" NOT NULL, -- "source/NAME", "digest"
	kind       text COLLATE "C" NOT NULL,
	opened     bigint NOT NULL,
	since      bigint NOT NULL, -- when things were last as they should be
	closed     bigint NOT NULL, -- 0 while it lasts
	telling    text NOT NULL,   -- the mail that tells of it; empty until there is one
	told       bigint NOT NULL, -- when it was sent; 0 until then
	clearing   text NOT NULL,   -- the mail that tells that it is over
	cleared    bigint NOT NULL, -- when that was sent, or when it was left unsaid; 0 until then
	body       text NOT NULL,   -- what is wrong and what to do
	ending     text NOT NULL,   -- how it ended
	PRIMARY KEY (session_id, subject, kind, opened)
) /*sqlite STRICT, WITHOUT ROWID*/;
