-- The label that a question has at its source, while tlp is a looser one by that source's permission; 0 if it is not.
ALTER TABLE questions ADD COLUMN labelled bigint NOT NULL DEFAULT 0;
