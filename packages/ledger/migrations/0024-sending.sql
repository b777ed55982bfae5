-- How fast mail goes which way, as it was learned, and what an edition waits for before it leaves.

create table lanes (
  site text not null,
  name text not null,
  learned_ms real not null,
  next_at real not null,
  epoch integer not null,
  changed_at integer not null,
  primary key (site, name)
);

-- Mails that a site sent today, and since when it warms up.
create table sending_days (
  site text primary key,
  day integer not null,
  sent integer not null,
  first_day integer not null
);

-- When the first try began, and the epoch of the lane that gave out `next_at`.
alter table deliveries add column first_at integer;
alter table deliveries add column slot integer;

-- Held until then, and gone by itself after; who said that it may go; how many get it first, and when that is judged.
alter table editions add column go_at integer;
alter table editions add column approved_at integer;
alter table editions add column canary integer;
alter table editions add column canary_at integer;
create index editions_to_go on editions (go_at) where go_at is not null;
