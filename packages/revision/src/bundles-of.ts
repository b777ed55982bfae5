import type {Db, PostVersionsTable} from '@broadside/ledger'
import type {PostMemory} from './post-memory.ts'
import {currentPosts} from './standing.ts'

/**
 * Live posts that are a folder with `index.md` in which one of the files lies: for a reader the post changed when its
 * images did. Of folders inside each other it is the innermost.
 */
export async function bundlesOf(
  db: Db,
  site: string,
  memory: PostMemory,
  files: Iterable<string>,
): Promise<PostVersionsTable[]> {
  const above = [...files].filter((path) => path.startsWith('posts/')).map(indexesAbove)
  await memory.load({paths: above.flat()})
  const ids = above.flatMap((indexes) => indexes.map(memory.at).find((record) => record !== undefined)?.id ?? [])
  const current = await currentPosts(db, site, [...new Set(ids)])
  return [...current.values()].filter(({status}) => status === 'live')
}

/** `posts/x/img/a.png` may belong to `posts/x/img/index.md`, then to `posts/x/index.md`. */
function indexesAbove(path: string): string[] {
  const folders = path.split('/').slice(0, -1)
  const indexes: string[] = []
  for (let depth = folders.length; depth > 1; depth -= 1) {
    const folder = folders.slice(0, depth).join('/')
    indexes.push(`${folder}/index.md`, `${folder}/index.markdown`)
  }
  return indexes
}
