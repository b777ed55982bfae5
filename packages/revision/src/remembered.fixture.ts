import {openEnd, type Ledger} from '@broadside/ledger'

/**
 * All that a site remembers, save the numbers of revisions: its posts and pages with their last good versions, who waits
 * for which address, and for each address who had it, first come first.
 */
export async function remembered({db}: Ledger): Promise<unknown> {
  const current = async (table: 'post_versions' | 'page_versions') => {
    const rows = await db
      .selectFrom(table as 'post_versions')
      .selectAll()
      .where('to_revision', '=', openEnd)
      .orderBy('path')
      .execute()
    // What only rendering shows is told of the revisions that were rendered.
    const versions = rows.map(({from_revision: _revision, excerpt: _excerpt, words: _words, ...version}) => version)
    // A broken post has the path of its last good version, where another may be by now.
    return versions.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  const posts = await db.selectFrom('posts').selectAll().orderBy('id').execute()
  const had = db.selectFrom('post_addresses').selectAll().orderBy('address').orderBy('since_revision').orderBy('nth')
  return {
    posts: posts.map(({first_live_revision: _revision, ...post}) => post),
    versions: await current('post_versions'),
    pages: await current('page_versions'),
    waitingPages: await db.selectFrom('waiting_pages').selectAll().orderBy('path').execute(),
    had: (await had.orderBy('post').execute()).map(({address, post}) => `${address} ${post}`),
  }
}
