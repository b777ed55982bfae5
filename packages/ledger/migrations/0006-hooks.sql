-- What a delivery said, as a hash, so that another body under the same id is known for what it is.
alter table hints add column body_hash text;
