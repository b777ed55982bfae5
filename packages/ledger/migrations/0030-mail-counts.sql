-- How often mails of an edition were opened ('open') and each of their links followed ('click'), of sites that ask for it.
-- A number each, for the kinds of reader that can be told apart, and nothing of anybody.
create table mail_counts (
  edition text not null,
  kind text not null,
  url text not null,
  reader text not null,
  count integer not null,
  primary key (edition, kind, url, reader)
) without rowid;
