-- A part of one insert is a few files instead of some for each column: making hundreds of files can cost more than
-- all the rest of an insert. Merges write wide parts again, column by column.
ALTER TABLE records MODIFY SETTING min_bytes_for_wide_part = 67108864
