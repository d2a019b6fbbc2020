-- To whom an edition was handed. A recipient is a keyed hash of the address, as askers are.
CREATE TABLE deliveries (
	session_id text NOT NULL,
	name       text COLLATE "C" NOT NULL, -- of the edition
	number     bigint NOT NULL,
	recipient  text COLLATE "C" NOT NULL,
	state      text NOT NULL, -- store.DeliveryState
	tries      bigint NOT NULL,
	tried      bigint NOT NULL, -- when it was last tried
	retry      bigint NOT NULL, -- not before then
	error      text NOT NULL,   -- of the last try, without an address
	PRIMARY KEY (session_id, name, number, recipient),
	FOREIGN KEY (session_id, name, number) REFERENCES editions (session_id, name, number) ON DELETE CASCADE
) /*sqlite STRICT, WITHOUT ROWID*/;
