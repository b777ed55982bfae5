-- Where the author of a push may be written to when it fails, for as long as that may happen; and of a letter that is
-- not to a subscriber, the revision that it is about.

create table push_authors (
  site text not null,
  revision integer not null,
  address text not null,
  primary key (site, revision)
);

alter table letters add column revision integer;

insert into sqlite_stat1 (tbl, idx, stat) values
  ('push_authors', 'sqlite_autoindex_push_authors_1', '100 50 1');

analyze sqlite_schema;
