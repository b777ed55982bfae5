-- What a release put, so that it can be told later, when another one has put something else there.
alter table release_outputs add column hash text;
