-- What people ask askahead itself. Both tables stand under the session '*', for they hold for all.

-- Who asked not to be read any more, as domain.Keys.Asker. The list says who is not to be collected, so nothing gives it
-- out, and it outlives every session.
CREATE TABLE suppressed (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	since      bigint NOT NULL,
	PRIMARY KEY (session_id, asker)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- Requests that came by mail, until they are answered and some time after.
CREATE TABLE requests (
	session_id text NOT NULL,
	request_id text COLLATE "C" NOT NULL, -- of the mail, as an item's
	verb       text NOT NULL,   -- store.RequestVerb
	state      text NOT NULL,   -- store.RequestState
	asker      text NOT NULL,   -- domain.Keys.Asker of the address
	sealed     bytea NOT NULL,  -- the address, by domain.Keys.Seal; emptied when it is needed no more
	answer     text NOT NULL,   -- a receipt that waits to be sent; it names nobody
	came       bigint NOT NULL,
	expires    bigint NOT NULL, -- then the row goes
	PRIMARY KEY (session_id, request_id)
) /*sqlite STRICT*/;
