-- Addresses that pages have had stand among those of posts, under a post without a name: a page that is taken away
-- leaves the same answer at its address.
insert or ignore into post_addresses (site, post, address, since_revision)
  select site, '', address, min(from_revision) from page_versions group by site, address;
