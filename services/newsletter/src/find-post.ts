import {holdsAt, lastLiveRelease, shownBy, type Db} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'

/**
 * The id of the post that a person means, among those that readers see now: its path, its address or its slug.
 * @throws BroadsideError `post.unknown`, `post.ambiguous` (invalid).
 */
export async function findPost(db: Db, site: string, name: string): Promise<string> {
  const live = await lastLiveRelease(db, site)
  const slug = name.replace(/^\/+|\/+$/g, '')
  const found =
    live === undefined
      ? []
      : await db
          .selectFrom('post_versions as p')
          .select('p.id')
          .where('p.site', '=', site)
          .where('p.status', '=', 'live')
          .where(holdsAt('p', shownBy(live)))
          .where((where) =>
            where.or([where('p.path', '=', name), where('p.address', 'in', [name, `/${slug}/`, `/posts/${slug}/`])]),
          )
          .limit(2)
          .execute()
  const [post, other] = found
  if (post === undefined) {
    throw new BroadsideError('invalid', 'post.unknown', `no post ${JSON.stringify(name)} is live on ${site}`, {
      hint: 'Name it by its slug, or by its path in the repository',
    })
  }
  if (other === undefined) return post.id
  throw new BroadsideError('invalid', 'post.ambiguous', `${JSON.stringify(name)} means more than one post`, {
    hint: 'Name it by its path in the repository',
  })
}
