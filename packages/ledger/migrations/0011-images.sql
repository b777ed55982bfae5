-- What is known of images by their bytes, whoever shows them, and what was made of them for a site.

create table images (
  hash text primary key,
  facts text,
  problem text,
  removed text not null,
  failed integer
);

create table image_files (
  site text not null,
  source text not null,
  recipe text not null,
  hash text not null,
  primary key (site, source, recipe)
);

insert into sqlite_stat1 (tbl, idx, stat) values
  ('images', 'sqlite_autoindex_images_1', '100000 1'),
  ('image_files', 'sqlite_autoindex_image_files_1', '900000 450000 9 1');

analyze sqlite_schema;
