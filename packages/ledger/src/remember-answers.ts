import {LRUCache} from 'lru-cache'
import type {Db} from './open-ledger.ts'

/** What is held for each open ledger: counts and short lists, about 1 MB when full. */
const most = 10_000

const answers = new WeakMap<Db, LRUCache<string, object>>()

/**
 * Gives what `ask` answered before under the same key, for questions whose answer never changes, such as how many posts
 * a revision has. One that fails is asked again.
 */
export async function rememberAnswer<Answer extends object>(
  db: Db,
  key: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const known = answers.get(db) ?? new LRUCache<string, object>({max: most})
  answers.set(db, known)
  const found = known.get(key) as Answer | undefined
  if (found !== undefined) return found
  const answer = await ask()
  known.set(key, answer)
  return answer
}
