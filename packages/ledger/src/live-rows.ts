import type {LiveMeta, LivePage, LivePost} from '@broadside/site'
import type {PageVersionsTable, PostVersionsTable} from './tables.ts'

/** A row of `post_versions` and its aliases as the site's builders know it. */
export function toLivePost(row: PostVersionsTable, aliases: string[]): LivePost {
  return {
    id: row.id,
    path: row.path,
    address: row.address,
    aliases,
    meta: JSON.parse(row.meta) as LiveMeta,
    date: row.date,
    updated: row.updated ?? undefined,
    day: row.day,
    fragmentKey: row.fragment_key,
    excerpt: row.excerpt,
    words: row.words,
  }
}

export function toLivePage(row: PageVersionsTable, aliases: string[]): LivePage {
  return {
    path: row.path,
    address: row.address,
    aliases,
    meta: JSON.parse(row.meta) as LivePage['meta'],
    updated: row.updated ?? undefined,
    fragmentKey: row.fragment_key,
  }
}
