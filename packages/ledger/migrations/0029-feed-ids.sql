-- The id that a post brought from the feed of another tool, so that a push finds who else has it.
alter table post_versions add column feed_id text;
update post_versions set feed_id = json_extract(meta, '$.feedId');
create index post_versions_by_feed_id on post_versions (site, feed_id) where feed_id is not null;
insert into sqlite_stat1 (tbl, idx, stat) values ('post_versions', 'post_versions_by_feed_id', '100000 50000 2');
analyze sqlite_schema;
