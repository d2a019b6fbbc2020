-- Schema 3 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE arrivals (
	session_id text NOT NULL,
	source     text COLLATE "C" NOT NULL,
	hour       bigint NOT NULL,
	items      bigint NOT NULL,
	PRIMARY KEY (session_id, source, hour)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE incidents (
	session_id text NOT NULL,
	subject    text COLLATE "C" NOT NULL,
	kind       text COLLATE "C" NOT NULL,
	opened     bigint NOT NULL,
	since      bigint NOT NULL,
	closed     bigint NOT NULL,
	telling    text NOT NULL,
	told       bigint NOT NULL,
	clearing   text NOT NULL,
	cleared    bigint NOT NULL,
	body       text NOT NULL,
	ending     text NOT NULL,
	PRIMARY KEY (session_id, subject, kind, opened)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO arrivals (session_id, source, hour, items) VALUES
	('ws164', 'list', 1538384400000000, 5),
	('ws164', 'list', 1538388000000000, 1);

INSERT INTO incidents (session_id, subject, kind, opened, since, closed, telling, told, clearing, cleared, body, ending) VALUES
	('ws164', 'source/list', 'failing', 1539075602000000, 1539054002000000, 0, 'a2k9', 1539075603000000, '', 0, 'The server does not answer. Look whether it runs.', '');

UPDATE askahead_meta SET value = '3' WHERE name = 'schema';
