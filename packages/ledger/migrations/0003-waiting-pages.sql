-- Pages that are in the branch and not on the site, because their address belongs to another file: judged again when it
-- becomes free. `oid` is git's name of the newest file.

create table waiting_pages (
  site text not null,
  path text not null,
  address text not null,
  oid text not null,
  primary key (site, path)
);
create index waiting_pages_by_address on waiting_pages (site, address);

insert into sqlite_stat1 (tbl, idx, stat) values
  ('waiting_pages', 'sqlite_autoindex_waiting_pages_1', '100 50 1'),
  ('waiting_pages', 'waiting_pages_by_address', '100 50 2');

analyze sqlite_schema;
