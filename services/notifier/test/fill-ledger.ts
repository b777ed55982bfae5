import {createHash} from 'node:crypto'
import {defaultSettings} from '@broadside/content'
import {createEvent} from '@broadside/contracts'
import type {RevisionSummary} from '@broadside/revision'
import {appendEvents, keepPushAuthor, markInDoubt, recordPuts, type Db, type Ledger} from '@broadside/ledger'

export const site = 'field-notes'
const usualSite = site
export const siteUrl = 'https://notes.example/blog/'

export const commitOf = (revision: number): string => String(revision).padStart(40, '0')

type Revision = {
  /** The site, where it is not the usual one. */
  of?: string
  hub?: string | string[]
  /** What is wrong in it: `posts/x.md:3:7` and the message. */
  errors?: {file: string; line: number; column: number; message: string}[]
  cause?: 'push' | 'clock'
  /** Where its author may be written to. */
  author?: string
}

/** Writes a revision as intake does, with one new post and the event that it was accepted. */
export async function acceptRevision(ledger: Ledger, number: number, revision: Revision = {}): Promise<void> {
  const {hub, errors = [], cause = 'push', author, of: site = usualSite} = revision
  const now = Date.now()
  const commit = commitOf(number)
  const posts = {published: 1, updated: 0, removed: 0, broken: errors.length}
  await ledger.transaction(async (db) => {
    await writeRevision(db, number, {site, commit, hub, cause, posts, now})
    if (author !== undefined) await keepPushAuthor(db, site, number, author)
    for (const {file, line, column, message} of errors) {
      const place = {file, line, column_number: column, message, cure: null}
      await db
        .insertInto('diagnostics')
        .values({site, revision: number, severity: 'error', code: 'front-matter.syntax', ...place})
        .execute()
    }
    const changed = {pages: [], assets: [], settings: false, theme: false, redirects: false}
    const event = createEvent('revision.accepted', {site, revision: number, commit, cause, posts, ...changed}, now)
    await appendEvents(db, 'publisher', [event], now)
  })
}

type Release = {
  of?: string
  /** The older revision that it shows, after a rollback. */
  shows?: number
  /** The revision that it makes live, if that is there already; else it comes with one of its own number. */
  revision?: number
  /** Addresses of the feeds whose bytes it changed. */
  feeds?: string[]
  hub?: string | string[]
  /** A release that broke off is not live. */
  isLive?: boolean
  /** What it fails at, and since when it does, ms ago. */
  trouble?: {why: string; sinceMs: number}
}

/** Writes a release of a revision of the same number as publisher does, with the event that it is live. */
export async function writeRelease(ledger: Ledger, number: number, release: Release): Promise<void> {
  const {feeds = [], hub, trouble, revision = number, of: site = usualSite} = release
  const isLive = (release.isLive ?? true) && trouble === undefined
  const now = Date.now()
  const commit = commitOf(revision)
  const posts = {published: 1, updated: 0, removed: 0, broken: 0}
  await ledger.transaction(async (db) => {
    if (release.revision === undefined) await writeRevision(db, number, {site, commit, hub, cause: 'push', posts, now})
    const live = isLive ? now : null
    await db
      .insertInto('releases')
      .values({
        site,
        number,
        revision,
        shows: release.shows ?? null,
        state: isLive ? 'done' : trouble === undefined ? 'superseded' : 'putting',
        wave: 4,
        attempt: 1,
        planned: feeds.length,
        uploaded: feeds.length,
        removed: 0,
        unchanged: 0,
        proof: isLive ? 'objects' : null,
        trouble: trouble?.why ?? null,
        opened_at: now - (trouble?.sinceMs ?? 0),
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
    const event = createEvent('release.live', {site, release: number, revision, commit, proof: 'objects'}, now)
    await appendEvents(db, 'publisher', [event], now)
  })
}

async function writeRevision(
  db: Db,
  number: number,
  {
    site,
    commit,
    hub,
    cause,
    posts,
    now,
  }: {
    site: string
    commit: string
    hub: string | string[] | undefined
    cause: string
    posts: RevisionSummary['counts']
    now: number
  },
): Promise<void> {
  const summary: RevisionSummary = {counts: posts, drafts: 0, scheduled: [], problems: [], mail: undefined}
  const settings = defaultSettings(site)
  if (hub !== undefined) settings.feeds.hubs = [hub].flat()
  await db
    .insertInto('revisions')
    .values({
      site,
      number,
      commit_id: commit,
      as_of: now,
      cause,
      state: 'rendered',
      settings_hash: await text(db, JSON.stringify(settings)),
      theme_hash: await text(db, '{}'),
      urls: '[]',
      summary: JSON.stringify(summary),
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
