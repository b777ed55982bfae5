-- Whose a letter is: one site's are not shown for another. Null where what was given up names none.
alter table dead_letters add column site text;
update dead_letters set site = json_extract(body, '$.data.site')
  where json_valid(body) and json_type(body, '$.data.site') = 'text';
create index dead_letters_of_site on dead_letters (site, id) where replayed_at is null;
insert into sqlite_stat1 (tbl, idx, stat) values ('dead_letters', 'dead_letters_of_site', '10 5 1');
analyze sqlite_schema;
