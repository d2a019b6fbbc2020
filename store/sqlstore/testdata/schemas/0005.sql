-- Schema 5 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE deliveries (
	session_id text NOT NULL,
	name       text COLLATE "C" NOT NULL,
	number     bigint NOT NULL,
	recipient  text COLLATE "C" NOT NULL,
	state      text NOT NULL,
	tries      bigint NOT NULL,
	tried      bigint NOT NULL,
	retry      bigint NOT NULL,
	error      text NOT NULL,
	PRIMARY KEY (session_id, name, number, recipient),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO deliveries (session_id, name, number, recipient, state, tries, tried, retry, error) VALUES
	('ws164', 'panelists', 1, 'q3v9d5hh6m8xk2zt', 'sent', 1, 1538989260000000, 0, ''),
	('ws164', 'panelists', 2, 'q3v9d5hh6m8xk2zt', 'waiting', 2, 1538989320000000, 1538990220000000, 'the server asks to come back later');

UPDATE askahead_meta SET value = '5' WHERE name = 'schema';
