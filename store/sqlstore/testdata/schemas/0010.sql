-- Schema 10 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE contacts (
	session_id text NOT NULL,
	item_id    text COLLATE "C" NOT NULL,
	source     text NOT NULL,
	collected  bigint NOT NULL,
	expires    bigint NOT NULL,
	sealed     bytea NOT NULL,
	PRIMARY KEY (session_id, item_id)
) /*sqlite STRICT*/;

-- rows

INSERT INTO contacts (session_id, item_id, source, collected, expires, sealed) VALUES
	('ws164', '3wnkfeg3x2gbk99f', 'list', 1541000000000000, 1549000000000000, cast('not a seal' AS bytea ));

UPDATE askahead_meta SET value = '10' WHERE name = 'schema';
