import type {PostMeta} from '@broadside/content'
import type {Redirect} from '@broadside/site'
import type {Db} from './open-ledger.ts'
import {holdsAt} from './version-range.ts'

const chunk = 500

/**
 * What a revision remembers of posts that were live once and are not now. Addresses that pages have had stand among
 * theirs under no post, and whoever asks looks whether something is there.
 */
export type LeftPosts = {
  wasLiveAt: (address: string) => Promise<boolean>
  addressesOf: (post: string) => Promise<string[]>
  /** Where their front matter sends readers. */
  redirects: (from?: string) => Promise<Redirect[]>
  /** Every address of theirs, each once. */
  addresses: () => AsyncIterable<string>
}

export function leftPosts(db: Db, site: string, revision: number): LeftPosts {
  const left = () =>
    db
      .selectFrom('post_addresses as h')
      .select('h.address')
      .distinct()
      .where('h.site', '=', site)
      .where('h.since_revision', '<=', revision)
      .where(({not, exists, selectFrom}) =>
        not(
          exists(
            selectFrom('post_versions as p')
              .select('p.id')
              .where('p.site', '=', site)
              .whereRef('p.id', '=', 'h.post')
              .where('p.status', '=', 'live')
              .where(holdsAt('p', revision)),
          ),
        ),
      )

  return {
    async wasLiveAt(address) {
      return (await left().where('h.address', '=', address).executeTakeFirst()) !== undefined
    },
    async addressesOf(post) {
      const rows = await left().where('h.post', '=', post).orderBy('h.address').execute()
      return rows.map(({address}) => address)
    },
    async redirects(from) {
      const query = db
        .selectFrom('post_versions as v')
        .innerJoin('post_addresses as h', (join) => join.onRef('h.site', '=', 'v.site').onRef('h.post', '=', 'v.id'))
        .select(['h.address', 'v.meta', 'v.path'])
        .where('v.site', '=', site)
        .where('v.status', 'in', ['draft', 'scheduled', 'expired'])
        .where(holdsAt('v', revision))
        .where('v.meta', 'like', '%"redirectTo":%')
        .where('h.since_revision', '<=', revision)
        .orderBy('v.id', 'desc')
      const rows = await (from === undefined ? query : query.where('h.address', '=', from)).execute()
      // Of several at one address the last row, which is the smallest id, counts.
      const byAddress = new Map<string, Redirect>()
      for (const {address, meta, path} of rows) {
        const {redirectTo} = JSON.parse(meta) as PostMeta
        if (redirectTo !== undefined) byAddress.set(address, {from: address, to: redirectTo, file: path})
      }
      return [...byAddress.values()]
    },
    async *addresses() {
      for (let last = ''; ;) {
        const rows = await left().where('h.address', '>', last).orderBy('h.address').limit(chunk).execute()
        for (const {address} of rows) yield address
        if (rows.length < chunk) return
        last = rows.at(-1)!.address
      }
    },
  }
}
