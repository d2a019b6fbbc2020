-- What a daemon needs to go on after it was down, and to run nothing twice at once.

-- Who is doing something that only one may do at a time. The row stays when it is given up: its epoch only grows,
-- so that who was too slow to renew finds out.
CREATE TABLE leases (
	session_id text NOT NULL,
	name       text COLLATE "C" NOT NULL,
	holder     text NOT NULL, -- of which process; empty when nobody has it
	epoch      bigint NOT NULL,
	expires    bigint NOT NULL,
	PRIMARY KEY (session_id, name)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- How the last run of a job went, and up to which time of the calendar it has been dealt with.
CREATE TABLE runs (
	session_id text NOT NULL,
	job        text COLLATE "C" NOT NULL,
	slot       bigint NOT NULL, -- the last time on the calendar that was dealt with
	started    bigint NOT NULL,
	ended      bigint NOT NULL,
	good       bigint NOT NULL, -- when it last ended well
	failures   bigint NOT NULL, -- in a row
	retry      bigint NOT NULL, -- not before then
	cause      text NOT NULL,   -- who must act: store.Cause; empty if it went well
	error      text NOT NULL,
	backlog    bigint NOT NULL, -- what it left to be read, as far as is known
	PRIMARY KEY (session_id, job)
) /*sqlite STRICT, WITHOUT ROWID*/;
