-- The record of what was accepted and done. Times are milliseconds since the epoch; hashes are lower-case hex;
-- a version of something holds from `from_revision` up to, not including, `to_revision` (9007199254740991: until now).

create table sites (
  name text primary key,
  id text not null,
  remote text not null,
  branch text not null,
  site_url text not null,
  audience_url text not null,
  state text not null,
  first_revision integer,
  created_at integer not null
);

create table hints (
  id integer primary key,
  site text not null,
  source text not null,
  delivery text not null,
  received_at integer not null,
  closed_at integer,
  unique (site, source, delivery)
);
create index hints_open on hints (closed_at, site) where closed_at is null;

create table texts (
  hash text primary key,
  body text not null
);

create table fragments (
  key text primary key,
  body text not null
);

create table revisions (
  site text not null,
  number integer not null,
  commit_id text not null,
  as_of integer not null,
  cause text not null,
  state text not null,
  settings_hash text not null,
  theme_hash text not null,
  urls text not null,
  summary text not null,
  accepted_at integer not null,
  rendered_at integer,
  primary key (site, number)
);
create index revisions_by_state on revisions (state, site, number);
create index revisions_by_commit on revisions (site, commit_id);

create table changes (
  site text not null,
  revision integer not null,
  kind text not null,
  subject text not null,
  change text not null,
  primary key (site, revision, kind, subject)
);

create table diagnostics (
  site text not null,
  revision integer not null,
  file text not null,
  severity text not null,
  code text not null,
  line integer,
  column_number integer,
  message text not null,
  cure text
);
create index diagnostics_by_revision on diagnostics (site, revision);
create index diagnostics_by_file on diagnostics (site, file, revision);

create table posts (
  site text not null,
  id text not null,
  birth_path text not null,
  birth_number integer not null,
  path text,
  last_path text not null,
  born_at integer not null,
  text_hash text,
  text_changed_at integer,
  source_hash text,
  first_live_revision integer,
  blocked_by text,
  primary key (site, id)
);
create unique index posts_by_path on posts (site, path) where path is not null;
create index posts_by_birth on posts (site, birth_path, birth_number);
create index posts_by_last_path on posts (site, last_path);
create index posts_by_source on posts (site, source_hash);
create index posts_by_first_live on posts (site, first_live_revision);
create index posts_blocked on posts (site, blocked_by) where blocked_by is not null;

create table post_addresses (
  site text not null,
  post text not null,
  address text not null,
  since_revision integer not null,
  primary key (site, post, address)
);
create index post_addresses_by_address on post_addresses (site, address);

create table post_versions (
  site text not null,
  id text not null,
  from_revision integer not null,
  to_revision integer not null,
  status text not null,
  path text not null,
  address text not null,
  source_hash text not null,
  fragment_key text not null,
  meta text not null,
  date integer not null,
  updated integer,
  day text not null,
  expires integer,
  excerpt text not null,
  words integer not null,
  primary key (site, id, from_revision)
);
create index post_versions_by_date on post_versions (site, status, date, id);
create index post_versions_by_day on post_versions (site, status, day);
create index post_versions_by_path on post_versions (site, path);
create index post_versions_by_address on post_versions (site, address);
create index post_versions_by_change on post_versions (site, from_revision);
create index post_versions_by_end on post_versions (site, to_revision);

create table post_terms (
  site text not null,
  kind text not null,
  key text not null,
  label text not null,
  post text not null,
  date integer not null,
  day text not null,
  from_revision integer not null,
  to_revision integer not null,
  primary key (site, kind, key, date, post, from_revision)
) without rowid;
create index post_terms_by_post on post_terms (site, post, from_revision);

create table page_versions (
  site text not null,
  path text not null,
  from_revision integer not null,
  to_revision integer not null,
  address text not null,
  source_hash text not null,
  fragment_key text not null,
  meta text not null,
  updated integer,
  primary key (site, path, from_revision)
);
create index page_versions_by_address on page_versions (site, address);
create index page_versions_by_change on page_versions (site, from_revision);

create table aliases (
  site text not null,
  address text not null,
  kind text not null,
  owner text not null,
  from_revision integer not null,
  to_revision integer not null,
  primary key (site, address, kind, owner, from_revision)
) without rowid;
create index aliases_by_owner on aliases (site, kind, owner, from_revision);

create table links (
  site text not null,
  target text not null,
  kind text not null,
  owner text not null,
  from_revision integer not null,
  to_revision integer not null,
  primary key (site, target, kind, owner, from_revision)
) without rowid;
create index links_by_owner on links (site, kind, owner, from_revision);

create table asset_versions (
  site text not null,
  path text not null,
  from_revision integer not null,
  to_revision integer not null,
  hash text not null,
  size integer not null,
  primary key (site, path, from_revision)
);
create index asset_versions_by_hash on asset_versions (site, hash);
create index asset_versions_by_change on asset_versions (site, from_revision);

create table redirect_versions (
  site text not null,
  from_address text not null,
  to_address text not null,
  status integer not null,
  from_revision integer not null,
  to_revision integer not null,
  primary key (site, from_address, from_revision)
);

create table renders (
  site text not null,
  revision integer not null,
  kind text not null,
  subject text not null,
  fragment_key text not null,
  source_hash text not null,
  file text not null,
  told integer not null,
  state text not null,
  primary key (site, revision, kind, subject)
);
create index renders_pending on renders (state, site, revision) where state = 'pending';

create table timers (
  site text not null,
  key text not null,
  owner text not null,
  due integer not null,
  primary key (site, owner, key)
);
create index timers_due on timers (owner, due);

create table outbox (
  id integer primary key autoincrement,
  event_id text not null unique,
  source text not null,
  subject text not null,
  body text not null,
  created_at integer not null,
  published_at integer
);
create index outbox_waiting on outbox (source, id) where published_at is null;

create table dead_letters (
  id integer primary key autoincrement,
  source text not null,
  name text not null,
  body text not null,
  reason text not null,
  code text not null,
  at integer not null,
  replay_asked_at integer,
  replayed_at integer
);
create index dead_letters_to_replay on dead_letters (source, id) where replay_asked_at is not null and replayed_at is null;

create table requests (
  id integer primary key autoincrement,
  service text not null,
  kind text not null,
  payload text not null,
  state text not null,
  result text,
  created_at integer not null,
  settled_at integer
);
create index requests_open on requests (service, id) where state = 'open';

create table releases (
  site text not null,
  number integer not null,
  revision integer not null,
  state text not null,
  wave integer not null,
  attempt integer not null,
  planned integer not null,
  uploaded integer not null,
  removed integer not null,
  unchanged integer not null,
  proof text,
  trouble text,
  opened_at integer not null,
  progress_at integer not null,
  proving_at integer,
  live_at integer,
  done_at integer,
  primary key (site, number)
);
create index releases_under_way on releases (state, site) where state not in ('done', 'superseded');
create index releases_by_live on releases (site, live_at) where live_at is not null;

create table release_outputs (
  site text not null,
  release integer not null,
  wave integer not null,
  part integer not null,
  address text not null,
  kind text not null,
  state text not null,
  primary key (site, release, address)
);
create index release_outputs_by_part on release_outputs (site, release, wave, part);
create index release_outputs_open on release_outputs (site, release, wave) where state = 'planned';

create table manifest (
  site text not null,
  key text not null,
  address text not null,
  hash text not null,
  headers text not null,
  state text not null,
  release integer not null,
  primary key (site, key)
) without rowid;
create index manifest_in_doubt on manifest (site, state) where state = 'doubt';

create table subscribers (
  site text not null,
  id text not null,
  address text,
  key text not null,
  name text,
  state text not null,
  created_at integer not null,
  changed_at integer not null,
  primary key (site, id)
);
create unique index subscribers_by_key on subscribers (site, key);
create index subscribers_by_state on subscribers (site, state, id);

create table audience_journal (
  seq integer primary key autoincrement,
  site text not null,
  subscriber text not null,
  event text not null,
  state text not null,
  cause text not null,
  at integer not null
);
create index audience_journal_by_subscriber on audience_journal (site, subscriber, seq);

create table letters (
  site text not null,
  id text not null,
  kind text not null,
  subscriber text not null,
  state text not null,
  attempt integer not null,
  next_at integer not null,
  lease_until integer,
  worker text,
  reply text,
  created_at integer not null,
  primary key (site, id)
);
create index letters_open on letters (state, next_at);
create index letters_by_subscriber on letters (site, subscriber, created_at);

create table editions (
  id text primary key,
  site text not null,
  post text not null,
  revision integer not null,
  release integer not null,
  state text not null,
  reason text,
  subject text not null,
  message_hash text,
  boundary integer,
  freeze_cursor text,
  audience integer,
  audience_hash text,
  attempt integer not null,
  progress_at integer not null,
  created_at integer not null,
  frozen_at integer,
  completed_at integer,
  unique (site, post)
);
create index editions_by_state on editions (state, site);

create table deliveries (
  edition text not null,
  subscriber text not null,
  state text not null,
  worker text,
  lease_until integer,
  attempt integer not null,
  next_at integer not null,
  reply text,
  changed_at integer not null,
  primary key (edition, subscriber)
) without rowid;
create index deliveries_by_state on deliveries (edition, state, next_at);
create index deliveries_leased on deliveries (lease_until) where lease_until is not null;

create table facts (
  name text primary key,
  value text not null
);
