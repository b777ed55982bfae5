-- What is known of somebody's consent: when and where it was given, from which network address where the operator keeps
-- that, and the hash of the text that was agreed to. It goes when the person is erased.
create table consents (
  site text not null,
  subscriber text not null,
  at integer not null,
  step text not null,
  source text not null,
  ip text,
  text_hash text,
  primary key (site, subscriber, at, step)
) without rowid;

-- Each answer to one recipient that was no yes; the delivery's row has the last one only.
create table delivery_refusals (
  edition text not null,
  subscriber text not null,
  at integer not null,
  state text not null,
  reply text not null,
  primary key (edition, subscriber, at)
) without rowid;

insert into sqlite_stat1 (tbl, idx, stat) values
  ('consents', 'consents', '200000 100000 2 1 1'),
  ('delivery_refusals', 'delivery_refusals', '1000000 1000 3 1');

analyze sqlite_schema;
