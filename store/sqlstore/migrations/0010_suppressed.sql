-- Who asked not to be read any more, as domain.Keys.Asker; under the session '*', for it holds for all. The list says
-- who is not to be collected, so nothing gives it out, and it outlives every session.
CREATE TABLE suppressed (
	session_id text NOT NULL,
	asker      text COLLATE "C" NOT NULL,
	since      bigint NOT NULL,
	PRIMARY KEY (session_id, asker)
) /*sqlite STRICT, WITHOUT ROWID*/;
