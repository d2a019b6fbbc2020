-- Schema 8 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE audit (
	session_id text NOT NULL,
	number     bigint NOT NULL,
	at         bigint NOT NULL,
	concerns   text NOT NULL,
	by_whom    text NOT NULL,
	done       text NOT NULL,
	subject    text NOT NULL,
	detail     text NOT NULL,
	generation bigint NOT NULL,
	seal       text NOT NULL,
	PRIMARY KEY (session_id, number)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO audit (session_id, number, at, concerns, by_whom, done, subject, detail, generation, seal) VALUES
	('*', 0, 0, '', '', '', '', '', 1, '5be9'),
	('*', 1, 1541000000000000, 'ws164', 'moderator-1', 'dismiss', '3wnkfeg3x2gbk99f.1', '', 1, '77aa');

UPDATE askahead_meta SET value = '8' WHERE name = 'schema';
