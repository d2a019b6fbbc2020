-- What silence is told by, and what was told about it.

-- How many items of a source were published in an hour: its rhythm. Nothing of them but the count.
CREATE TABLE arrivals (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	hour       bigint NOT NULL, -- when it begins
	items      bigint NOT NULL,
	PRIMARY KEY (session_id, source, hour)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- What needs somebody's attention, from when until when, and whether that somebody was told.
CREATE TABLE incidents (
	session_id text NOT NULL,
	subject    text COLLATE "C" NOT NULL, -- "source/NAME", "digest"
	kind       text COLLATE "C" NOT NULL,
	opened     bigint NOT NULL,
	closed     bigint NOT NULL, -- 0 while it lasts
	told       bigint NOT NULL, -- 0 until somebody was
	cleared    bigint NOT NULL, -- when they were told that it is over; 0 until then
	body       text NOT NULL,   -- what is wrong and what to do
	PRIMARY KEY (session_id, subject, kind, opened)
) /*sqlite STRICT, WITHOUT ROWID*/;
