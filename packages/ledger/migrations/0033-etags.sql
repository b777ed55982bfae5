-- What the objects called the bytes that were put last, so that the next put can name them as those that it replaces.
alter table manifest add column etag text;
