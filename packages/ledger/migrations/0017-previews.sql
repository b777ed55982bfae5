-- A preview is a site of its own below the address of another one, from a branch that matches that one's pattern; its
-- name and address come from the branch and the key, so that nobody guesses them.
alter table sites add column preview_pattern text;
alter table sites add column preview_key text;
alter table sites add column preview_of text;
