-- The search index of a site, and the files of it that may lie in the objects. `segments` is what the entry names, by
-- period; `fence` goes up with each claim, and who claimed it before may not write any more.

create table search_indexes (
  site text primary key,
  revision integer not null,
  version integer not null,
  segments text not null,
  tidy_at integer,
  fence integer not null,
  lease_until integer not null
);

create table search_files (
  site text not null,
  name text not null,
  state text not null,
  primary key (site, name)
) without rowid;
