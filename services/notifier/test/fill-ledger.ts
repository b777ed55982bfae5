import {createHash} from 'node:crypto'
import {defaultSettings} from '@broadside/content'
import {createEvent} from '@broadside/contracts'
import {appendEvents, markInDoubt, recordPuts, type Db, type Ledger} from '@broadside/ledger'

export const site = 'field-notes'
export const siteUrl = 'https://notes.example/blog/'

type Release = {
  /** Addresses of the feeds whose bytes it changed. */
  feeds?: string[]
  hub?: string
  /** A release that broke off is not live. */
  isLive?: boolean
}

/** Writes a release of a revision of the same number as publisher does, with the event that it is live. */
export async function writeRelease(ledger: Ledger, number: number, release: Release): Promise<void> {
  const {feeds = [], hub, isLive = true} = release
  const now = Date.now()
  const commit = String(number).padStart(40, '0')
  await ledger.transaction(async (db) => {
    await writeRevision(db, number, {commit, hub, now})
    const live = isLive ? now : null
    await db
      .insertInto('releases')
      .values({
        site,
        number,
        revision: number,
        state: isLive ? 'done' : 'superseded',
        wave: 4,
        attempt: 1,
        planned: feeds.length,
        uploaded: feeds.length,
        removed: 0,
        unchanged: 0,
        proof: isLive ? 'objects' : null,
        trouble: null,
        opened_at: now,
        progress_at: now,
        proving_at: live,
        live_at: live,
        done_at: now,
      })
      .execute()
    for (const address of feeds) {
      const key = address.slice(1)
      const row = {site, release: number, wave: 4, part: 0, address, kind: 'feed', state: 'put'}
      await db.insertInto('release_outputs').values(row).execute()
      const entry = {site, key, address, hash: String(number), headers: '{}', release: number}
      await markInDoubt(db, [entry])
      await recordPuts(db, [entry])
    }
    if (!isLive) return
    const event = createEvent('release.live', {site, release: number, revision: number, commit, proof: 'objects'}, now)
    await appendEvents(db, 'publisher', [event], now)
  })
}

async function writeRevision(
  db: Db,
  number: number,
  {commit, hub, now}: {commit: string; hub: string | undefined; now: number},
): Promise<void> {
  const settings = defaultSettings(site)
  if (hub !== undefined) settings.feeds.hub = hub
  await db
    .insertInto('revisions')
    .values({
      site,
      number,
      commit_id: commit,
      as_of: now,
      cause: 'push',
      state: 'rendered',
      settings_hash: await text(db, JSON.stringify(settings)),
      theme_hash: await text(db, '{}'),
      urls: '[]',
      summary: '{}',
      accepted_at: now,
      rendered_at: now,
    })
    .execute()
}

async function text(db: Db, body: string): Promise<string> {
  const hash = createHash('sha256').update(body).digest('hex')
  await db
    .insertInto('texts')
    .values({hash, body})
    .onConflict((c) => c.doNothing())
    .execute()
  return hash
}
