-- A rollback is a revision that shows what an older one was: `shows` is the number of that one, null for a revision of
-- its own. A release shows what its revision does. While a site is pinned, this revision of it is released and no other.

alter table revisions add column shows integer;
alter table releases add column shows integer;
alter table sites add column pinned integer;
