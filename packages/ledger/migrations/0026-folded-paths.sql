-- The one spelling that files share whose names differ in case or accents alone. It is kept, as SQLite itself lowers
-- the letters of ASCII only.
alter table asset_versions add column folded_path text not null default '';
update asset_versions set folded_path = case_folded(path);
drop index asset_versions_by_case;
create index asset_versions_by_case on asset_versions (site, folded_path);
insert into sqlite_stat1 (tbl, idx, stat) values ('asset_versions', 'asset_versions_by_case', '200000 100000 2');
analyze sqlite_schema;
