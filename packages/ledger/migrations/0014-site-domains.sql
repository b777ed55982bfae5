-- Domains that one site alone writes from, separated by commas; null where the installation's serve.
alter table sites add column from_domains text;
