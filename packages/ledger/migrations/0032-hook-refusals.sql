-- When a webhook of a site was refused for its signature the last time: what forges show, operators seldom see.
create table hook_refusals (
  site text primary key,
  refused_at integer not null
) without rowid;
