-- What is told to the outside: one row per effect and target. `version` orders what is told of one subject at one
-- target; only the newest is worth telling. `revision` is the push it belongs to. A cursor says up to which release or
-- revision of a site the effects are written down.

create table effects (
  id integer primary key autoincrement,
  site text not null,
  kind text not null,
  target text not null,
  subject text not null,
  version integer not null,
  revision integer not null,
  payload text not null,
  state text not null,
  attempt integer not null,
  due integer not null,
  worker text,
  lease_until integer,
  answer text,
  created_at integer not null,
  settled_at integer,
  unique (site, kind, target, subject, version)
);
create index effects_by_state on effects (state, site, kind, target, due);
create index effects_leased on effects (lease_until) where lease_until is not null;
create index effects_by_revision on effects (site, revision, kind);

create table effect_cursors (
  site text not null,
  fact text not null,
  seen integer not null,
  primary key (site, fact)
);

insert into sqlite_stat1 (tbl, idx, stat) values
  ('effects', 'sqlite_autoindex_effects_1', '100000 50000 25000 20000 2 1'),
  ('effects', 'effects_by_state', '100000 30000 15000 8000 5000 1'),
  ('effects', 'effects_leased', '10 1'),
  ('effects', 'effects_by_revision', '100000 50000 10 5'),
  ('effect_cursors', 'sqlite_autoindex_effect_cursors_1', '1000 2 1');

analyze sqlite_schema;
