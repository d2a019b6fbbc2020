-- Schema 6 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE quarantine ADD COLUMN stream text NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN cut bigint NOT NULL DEFAULT 0;

-- rows

INSERT INTO quarantine (session_id, source, id, type, reason, collected, expires, raw, stream, cut) VALUES
	('ws165', 'list', 'm9', 'message/rfc822', 'it has no header', 1538470800000000, 1539680400000000, cast('' AS bytea ), 'list < 7kqz', 1);

UPDATE askahead_meta SET value = '6' WHERE name = 'schema';
