import {newestOfBranch, type Db, type Ledger} from '@broadside/ledger'

export type Delivery = {site: string; forge: string; delivery: string; bodyHash: string; commit: string; now: number}

/**
 * `new` is to be followed, `done` tells of what is accepted already; `known` is a repeat, and `other` says something else
 * under an id that was there before.
 */
export type Kept = 'new' | 'done' | 'known' | 'other'

type Waiting = {delivery: Delivery; resolve: (kept: Kept) => void; reject: (error: unknown) => void}

/** What one transaction takes, so that others who wait for the ledger do not wait long. */
const maxBatch = 200

/**
 * Keeps webhooks' deliveries. One is on disk when its call resolves, and stays open until its site has been looked at,
 * unless it tells of the newest revision.
 * Those that come while others are being written share a transaction: a burst costs a few syncs of the disk and not one
 * each.
 */
export function createDeliveryKeeper(ledger: Ledger): (delivery: Delivery) => Promise<Kept> {
  const queue: Waiting[] = []
  let isWriting = false

  async function write(): Promise<void> {
    isWriting = true
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch)
      try {
        const kept = await ledger.transaction(async (db) => {
          const all: Kept[] = []
          for (const {delivery} of batch) all.push(await keep(db, delivery))
          return all
        })
        for (const [index, {resolve}] of batch.entries()) resolve(kept[index] as Kept)
      } catch (error) {
        for (const {reject} of batch) reject(error)
      }
    }
    isWriting = false
  }

  return (delivery) =>
    new Promise((resolve, reject) => {
      queue.push({delivery, resolve, reject})
      if (!isWriting) void write()
    })
}

async function keep(db: Db, {site, forge, delivery, bodyHash, commit, now}: Delivery): Promise<Kept> {
  const isAccepted = (await newestOfBranch(db, site))?.commit_id === commit
  const closedAt = isAccepted ? now : null
  const row = await db
    .insertInto('hints')
    .values({
      site,
      source: forge,
      delivery,
      received_at: now,
      closed_at: closedAt,
      body_hash: bodyHash,
      commit_id: commit,
    })
    .onConflict((c) => c.columns(['site', 'source', 'delivery']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined) return isAccepted ? 'done' : 'new'
  const known = await db
    .selectFrom('hints')
    .select('body_hash')
    .where('site', '=', site)
    .where('source', '=', forge)
    .where('delivery', '=', delivery)
    .executeTakeFirst()
  return known?.body_hash === bodyHash ? 'known' : 'other'
}
