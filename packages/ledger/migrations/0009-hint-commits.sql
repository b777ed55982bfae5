-- The commit that a hint tells of, null where it tells of none.
alter table hints add column commit_id text;
