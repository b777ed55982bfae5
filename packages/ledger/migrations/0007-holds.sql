-- Revisions that are released only once somebody has said yes, with the reason.
create table holds (
  site text not null,
  revision integer not null,
  reason text not null,
  held_at integer not null,
  approved_at integer,
  primary key (site, revision)
);
create index holds_open on holds (site, revision) where approved_at is null;
