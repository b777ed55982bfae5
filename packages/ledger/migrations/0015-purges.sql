-- What a release has told the CDN: null not all of it yet (or there is none), 'done', or 'failed' when it was given up.

alter table releases add column purge text;
alter table releases add column purging_at integer;
