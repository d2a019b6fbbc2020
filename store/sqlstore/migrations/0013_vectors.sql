-- Where a language model places what questions say, where the configuration names one. It says nearly as much as the
-- text itself, and goes with the question.
CREATE TABLE vectors (
	session_id  text NOT NULL,
	n           bigint NOT NULL,          -- questions.n
	model       text COLLATE "C" NOT NULL,
	fingerprint text COLLATE "C" NOT NULL, -- keyed hash of the text
	vector      bytea NOT NULL,           -- 32-bit floats, the low byte first
	PRIMARY KEY (session_id, n),
	FOREIGN KEY (session_id, n) REFERENCES questions (session_id, n) ON DELETE CASCADE
) /*sqlite STRICT*/;

-- A text that comes again is not sent again.
CREATE INDEX vectors_text ON vectors (session_id, fingerprint);
