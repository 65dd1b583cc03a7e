-- Findings repeat with their verdicts, so they are numbers of a dictionary: on the wire a row is half as long.
ALTER TABLE records MODIFY COLUMN findings LowCardinality(String) COMMENT 'JSON of the committed findings; empty = not judged'
