-- What nobody needs any more is collected. `collected` is the oldest revision of a site whose versions are still whole;
-- files that nothing named when they were looked at go when nothing has named them for a while.
alter table sites add column collected integer;

create table loose_binaries (
  site text not null,
  hash text not null,
  since integer not null,
  primary key (site, hash)
) without rowid;

create index manifest_kept on manifest (site, release) where state = 'kept';
create index post_versions_by_source on post_versions (source_hash);
create index post_versions_by_fragment on post_versions (fragment_key);
create index page_versions_by_source on page_versions (source_hash);
create index page_versions_by_fragment on page_versions (fragment_key);
create index revisions_by_settings on revisions (settings_hash, number);
create index revisions_by_theme on revisions (theme_hash, number);
create index consents_by_text on consents (text_hash) where text_hash is not null;
create index editions_by_message on editions (message_hash) where message_hash is not null;

insert into sqlite_stat1 (tbl, idx, stat) values
  ('loose_binaries', 'loose_binaries', '1000 500 1'),
  ('manifest', 'manifest_kept', '1000 500 50'),
  ('post_versions', 'post_versions_by_source', '300000 2'),
  ('post_versions', 'post_versions_by_fragment', '300000 2'),
  ('page_versions', 'page_versions_by_source', '3000 2'),
  ('page_versions', 'page_versions_by_fragment', '3000 2'),
  ('revisions', 'revisions_by_settings', '10000 1000 1'),
  ('revisions', 'revisions_by_theme', '10000 1000 1'),
  ('consents', 'consents_by_text', '200000 20000'),
  ('editions', 'editions_by_message', '10000 1');

analyze sqlite_schema;
