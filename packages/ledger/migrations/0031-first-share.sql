-- Of an edition that goes to a share of its audience first: who is of that share, whatever becomes of when they are due.
alter table deliveries add column first_share integer not null default 0;
create index deliveries_first on deliveries (edition, state, next_at) where first_share = 1;

update deliveries set first_share = 1
where next_at = 0 and edition in (select id from editions where canary > 0 and coalesce(canary_at, 1) <> 0);

insert into sqlite_stat1 (tbl, idx, stat) values ('deliveries', 'deliveries_first', '1000 500 200 10');
analyze sqlite_schema;
