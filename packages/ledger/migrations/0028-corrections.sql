-- The edition that is put right by this one, and what its author says about it; null for all others.
alter table editions add column corrects text;
alter table editions add column note text;
