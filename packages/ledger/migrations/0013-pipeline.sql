-- The version of Broadside's pipeline that a revision was accepted under: fragments of another one are made anew.

alter table revisions add column pipeline integer not null default 0;
