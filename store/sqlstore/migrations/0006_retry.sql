-- What another try at something unreadable needs to know: by which stream it came (an imported file is not the source
-- to ask about it; empty is the source's own), and whether raw is only its beginning.
ALTER TABLE quarantine ADD COLUMN stream text NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN cut bigint NOT NULL DEFAULT 0;
