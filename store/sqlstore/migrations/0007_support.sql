-- How many people reacted with approval to the item that a question stands in; not who.
ALTER TABLE questions ADD COLUMN support bigint NOT NULL DEFAULT 0;
