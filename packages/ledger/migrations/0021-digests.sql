-- One round of digests: to those who read them with one cadence in one time zone, due at a moment. `cursor` is the last
-- subscriber whose posts were put together. Whoever waits for the same posts gets the same edition, which names its
-- round in `digest` and its posts, as a JSON list, in `posts`; both are null for an edition of one post.
create table digests (
  site text not null,
  cadence text not null,
  timezone text not null,
  due integer not null,
  state text not null,
  cursor text not null,
  primary key (site, cadence, timezone, due)
);
create index digests_open on digests (state) where state = 'freezing';

alter table editions add column digest text;
alter table editions add column posts text;
