-- Rendered revisions whose links are still to be looked at: off the way of publishing, told when it is done.

create table unchecked_links (
  site text not null,
  revision integer not null,
  primary key (site, revision)
);

insert into sqlite_stat1 (tbl, idx, stat) values
  ('unchecked_links', 'sqlite_autoindex_unchecked_links_1', '10 5 1');

analyze sqlite_schema;
