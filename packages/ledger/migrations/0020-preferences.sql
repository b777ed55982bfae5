-- What somebody chose: each post or a digest, in which time zone (null: the site's, as long as it is each post), and which
-- topics as a JSON list of `tag:key` and `author:key` (null: all).
alter table subscribers add column cadence text not null default 'each';
alter table subscribers add column timezone text;
alter table subscribers add column topics text;
create index subscribers_by_digest on subscribers (site, cadence, timezone, id) where cadence <> 'each';

insert into sqlite_stat1 (tbl, idx, stat) values ('subscribers', 'subscribers_by_digest', '20000 10000 5000 500 1');
analyze sqlite_schema;
