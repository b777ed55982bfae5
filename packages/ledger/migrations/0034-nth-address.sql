-- The commits of one push give addresses one after the other: who had one first is known within a revision, too.
alter table post_addresses add column nth integer not null default 0;
