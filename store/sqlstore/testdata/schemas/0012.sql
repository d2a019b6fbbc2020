-- Schema 12 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

ALTER TABLE questions ADD COLUMN labelled bigint NOT NULL DEFAULT 0;

-- rows

UPDATE questions SET labelled = 30 WHERE session_id = 'ws164' AND n = 1;

UPDATE askahead_meta SET value = '12' WHERE name = 'schema';
