-- Files whose names differ in case alone are found by the one spelling that they share.
create index asset_versions_by_case on asset_versions (site, lower(path));
insert into sqlite_stat1 (tbl, idx, stat) values ('asset_versions', 'asset_versions_by_case', '200000 100000 2');
analyze sqlite_schema;
