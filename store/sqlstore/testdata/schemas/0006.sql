INSERT INTO quarantine (session_id, source, id, type, reason, collected, expires, raw, stream, cut) VALUES
	('ws165', 'list', 'm9', 'message/rfc822', 'it has no header', 1538470800000000, 1539680400000000, '', 'list < 7kqz', 1);

UPDATE askahead_meta SET value = '6' WHERE name = 'schema';
