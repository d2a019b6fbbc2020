-- Where somebody can be reached who asked for an answer, sealed under the instance's key: the database alone tells
-- nothing of it. It stands with the item, and goes with its questions at the latest.
CREATE TABLE contacts (
	session_id text NOT NULL,
	item_id    text COLLATE "C" NOT NULL,
	source     text NOT NULL,
	collected  bigint NOT NULL,
	expires    bigint NOT NULL,
	sealed     bytea NOT NULL,
	PRIMARY KEY (session_id, item_id)
) /*sqlite STRICT*/;
