-- Sessions that were wiped. The row of the session stays and says so, so that nothing is taken for it any more; wipes
-- has the signed statement of what went.
ALTER TABLE sessions ADD COLUMN wiped bigint NOT NULL DEFAULT 0; -- when; 0 if it was not

CREATE TABLE wipes (
	session_id text NOT NULL,
	at         bigint NOT NULL,
	statement  text NOT NULL,
	PRIMARY KEY (session_id)
) /*sqlite STRICT, WITHOUT ROWID*/;
