-- Schema 2 as it was released, and rows as its askahead wrote them. Loaded behind those before it.

CREATE TABLE leases (
	session_id text NOT NULL,
	name       text COLLATE "C" NOT NULL,
	holder     text NOT NULL,
	epoch      bigint NOT NULL,
	expires    bigint NOT NULL,
	PRIMARY KEY (session_id, name)
) /*sqlite STRICT, WITHOUT ROWID*/;

CREATE TABLE runs (
	session_id text NOT NULL,
	job        text COLLATE "C" NOT NULL,
	slot       bigint NOT NULL,
	started    bigint NOT NULL,
	ended      bigint NOT NULL,
	good       bigint NOT NULL,
	failures   bigint NOT NULL,
	retry      bigint NOT NULL,
	cause      text NOT NULL,
	error      text NOT NULL,
	backlog    bigint NOT NULL,
	PRIMARY KEY (session_id, job)
) /*sqlite STRICT, WITHOUT ROWID*/;

-- rows

INSERT INTO leases (session_id, name, holder, epoch, expires) VALUES
	('*', 'collect/everybody', '', 4, 0),
	('ws164', 'collect/list', 'host-a 4711', 17, 1539075660000000);

INSERT INTO runs (session_id, job, slot, started, ended, good, failures, retry, cause, error, backlog) VALUES
	('ws164', 'collect/list', 1539075600000000, 1539075601000000, 1539075602000000, 1539072002000000, 1, 1539075900000000, 'unavailable', 'collect list: the server does not answer', 1204),
	('ws164', 'digest', 1538989200000000, 1538989201000000, 1538989202000000, 1538989202000000, 0, 0, '', '', 0);

UPDATE askahead_meta SET value = '2' WHERE name = 'schema';
