-- What came back about mails that left, each once: from mail servers, mailbox providers and readers. It `waits` while
-- the mail that it tells of is under way, so that one that ends uncertain is settled by it.
create table mail_reports (
  id integer primary key autoincrement,
  source text not null,
  event text not null,
  kind text not null,
  fault text,
  site text not null,
  mail_kind text not null,
  mail text not null,
  subscriber text not null,
  status text,
  reply text not null,
  at integer not null,
  received_at integer not null,
  waits integer not null,
  unique (source, event)
);
create index mail_reports_by_subscriber on mail_reports (site, subscriber, kind, at);
create index mail_reports_by_mail on mail_reports (mail, kind);
create index mail_reports_waiting on mail_reports (id) where waits = 1;

insert into sqlite_stat1 (tbl, idx, stat) values
  ('mail_reports', 'sqlite_autoindex_mail_reports_1', '100000 20000 1'),
  ('mail_reports', 'mail_reports_by_subscriber', '100000 50000 3 2 1'),
  ('mail_reports', 'mail_reports_by_mail', '100000 500 200'),
  ('mail_reports', 'mail_reports_waiting', '100 1');

analyze sqlite_schema;
