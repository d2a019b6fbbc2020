-- What moderators decided about questions: what applies now stands in questions, what was decided by whom in decisions.
ALTER TABLE questions ADD COLUMN state bigint NOT NULL DEFAULT 0; -- 0 open, 1 approved, 2 dismissed
ALTER TABLE questions ADD COLUMN answered bigint NOT NULL DEFAULT 0; -- when it was answered; 0 if it was not

-- Every decision in its order; none is ever changed. The question may be gone: it may come back.
CREATE TABLE decisions (
	session_id  text NOT NULL,
	question_id text COLLATE "C" NOT NULL,
	number      bigint NOT NULL, -- from 1
	verb        text NOT NULL,   -- approve, dismiss, edit, retag, answered, reopen
	by_whom     text NOT NULL,
	decided     bigint NOT NULL,
	reason      text NOT NULL,
	body        text NOT NULL,   -- edit: the new text; retag: the tags, one a line
	terms       text NOT NULL,   -- edit: what the new text is found by, one a line
	fingerprint text NOT NULL,   -- of the source's text at that time
	PRIMARY KEY (session_id, question_id, number)
) /*sqlite STRICT*/;
