import {LRUCache} from 'lru-cache'
import type {Db} from './open-ledger.ts'
import {readShelfDelta} from './read-shelf-delta.ts'
import {notKnown, type ShelfDelta} from './shelf-delta.ts'

/** Whose revision is asked about; one that is not rendered yet may still change. */
export type AskedRevision = {site: string; id: string; revision: number; isRendered: boolean}

export type Question<Answer> = {
  name: string
  ask: () => Promise<Answer>
  /** The answer at a later revision, by what differs between the two. */
  after: (answer: Answer, delta: ShelfDelta) => Answer | typeof notKnown
}

type Known = {revision: number; answer: unknown}
type Memory = {
  answers: LRUCache<string, Known[]>
  deltas: LRUCache<string, Promise<ShelfDelta | undefined>>
}

/** What is held for each open ledger: counts and lists of terms, 1 to 5 MB when full. */
const mostRows = 50_000
/** Of a question, what readers see and what they will see. */
const mostKnown = 2
const mostDeltas = 8

const memories = new WeakMap<Db, Memory>()

/**
 * Answers about a revision that cost as much as the site is large: counts of posts. One that was given for an earlier
 * revision is carried on by what changed since, so that what a push asks follows the push and not the site.
 */
export async function rememberAnswer<Answer>(
  db: Db,
  at: AskedRevision,
  {name, ask, after}: Question<Answer>,
): Promise<Answer> {
  const memory = memoryOf(db)
  const key = JSON.stringify([at.site, at.id, name])
  const known = memory.answers.get(key) ?? []
  const same = known.find(({revision}) => revision === at.revision)
  if (same !== undefined) return same.answer as Answer
  const before = known.filter(({revision}) => revision < at.revision).toSorted((a, b) => b.revision - a.revision)[0]
  const delta = before && (await deltaOf(db, memory, at, before.revision))
  const followed = before && delta ? after(before.answer as Answer, delta) : notKnown
  const answer = followed === notKnown ? await ask() : followed
  if (at.isRendered) {
    const others = (memory.answers.get(key) ?? []).filter(({revision}) => revision !== at.revision)
    memory.answers.set(key, [{revision: at.revision, answer}, ...others].slice(0, mostKnown))
  }
  return answer
}

function memoryOf(db: Db): Memory {
  const memory = memories.get(db) ?? {
    answers: new LRUCache({
      maxSize: mostRows,
      sizeCalculation: (known: Known[]) =>
        known.reduce((rows, {answer}) => rows + (Array.isArray(answer) ? answer.length : 0), 1),
    }),
    deltas: new LRUCache({max: mostDeltas}),
  }
  memories.set(db, memory)
  return memory
}

async function deltaOf(
  db: Db,
  {deltas}: Memory,
  {site, id, revision, isRendered}: AskedRevision,
  from: number,
): Promise<ShelfDelta | undefined> {
  const read = () => readShelfDelta(db, site, {from, to: revision})
  if (!isRendered) return read()
  const key = JSON.stringify([site, id, from, revision])
  const delta = deltas.get(key) ?? read()
  deltas.set(key, delta)
  delta.catch(() => deltas.delete(key))
  return delta
}
