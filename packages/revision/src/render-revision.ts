import {bodyBelow, parsePage, parsePost, type SiteSettings} from '@broadside/content'
import {stateIs, type Db, type Ledger, type RendersTable} from '@broadside/ledger'
import type {Fragment} from '@broadside/markdown'
import type {RenderPool} from '@broadside/markdown/pool'
import {BroadsideError} from '@broadside/runtime'
import {markdownOptions} from './markdown-options.ts'
import {inChunks} from './in-chunks.ts'
import {settleRenders, type Outcome} from './settle-renders.ts'

export type RenderOptions = {
  ledger: Ledger
  pool: RenderPool
  /** Who relays the events that are written. */
  source: string
  now: () => number
}

/** Which pending renders of a revision: of these posts, of what no post event tells of, or all. */
export type RenderKey = {site: string; revision: number; of: {posts: string[]} | 'untold' | 'all'}

/** Documents that one transaction settles, and how many such groups the pool has in hand: those of another site wait for them. */
const rowsTogether = 32
const groupsAtOnce = 3
const rowsAtOnce = 256

/**
 * Renders what is pending under the key and settles it; a repeat, or a race with another renderer, finds nothing
 * pending and changes nothing. A document that cannot be rendered leaves its last good version in place. The settling
 * that leaves nothing pending marks the revision rendered.
 *
 * @returns how many documents were found pending.
 */
export async function renderRevision(options: RenderOptions, key: RenderKey): Promise<number> {
  let found = 0
  for (;;) {
    const rows = await pendingRenders(options.ledger.db, key)
    const [first] = rows
    if (first === undefined) {
      // A revision that changed no text has nothing pending, and is rendered all the same.
      await options.ledger.transaction((db) => settleRenders(db, options, key.site, []))
      return found
    }
    const settings = await settingsAt(options.ledger.db, first)
    // The pool goes on with the next groups while one is settled; one that fails ends the row of them for all.
    const groups = inChunks(rows, rowsTogether)
    const lane = async () => {
      for (const group of groups) await renderGroup(options, group, settings)
    }
    const settled = await Promise.allSettled(Array.from({length: groupsAtOnce}, lane))
    const failed = settled.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    found += rows.length
    if (rows.length < rowsAtOnce) return found
  }
}

/** All of them are of one revision of one site. */
async function renderGroup(options: RenderOptions, rows: RendersTable[], settings: SiteSettings): Promise<void> {
  const {db} = options.ledger
  const keys = rows.map((row) => row.fragment_key)
  const fragments = await db.selectFrom('fragments').select(['key', 'body']).where('key', 'in', keys).execute()
  const known = new Map(fragments.map(({key, body}) => [key, body]))
  const unknown = rows.filter((row) => !known.has(row.fragment_key)).map((row) => row.source_hash)
  const texts = await db.selectFrom('texts').select(['hash', 'body']).where('hash', 'in', unknown).execute()
  const sources = new Map(texts.map(({hash, body}) => [hash, body]))
  const outcomes = await Promise.all(
    rows.map(async (row): Promise<Outcome> => {
      const json = known.get(row.fragment_key)
      if (json !== undefined) return {row, fragment: JSON.parse(json) as Fragment, json}
      return renderOne(options.pool, row, sources.get(row.source_hash), settings)
    }),
  )
  await options.ledger.transaction((to) => settleRenders(to, options, rows[0]!.site, outcomes))
}

async function pendingRenders(db: Db, {site, revision, of}: RenderKey): Promise<RendersTable[]> {
  let query = db
    .selectFrom('renders')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where(stateIs('pending'))
  if (of === 'untold') query = query.where('told', '=', 0)
  else if (of !== 'all') query = query.where('kind', '=', 'post').where('subject', 'in', of.posts)
  return query.limit(rowsAtOnce).execute()
}

async function renderOne(
  pool: RenderPool,
  row: RendersTable,
  text: string | undefined,
  settings: SiteSettings,
): Promise<Outcome> {
  if (text === undefined) {
    throw new BroadsideError('bug', 'ledger.text-missing', `the ledger lacks the text of ${row.file}`)
  }
  const parse = row.kind === 'post' ? parsePost : parsePage
  const below = bodyBelow(text)
  const parsed = below === undefined ? parse({file: row.file, bytes: Buffer.from(text), settings}).post : undefined
  const post = below ?? parsed
  const rendered = await pool.render({
    source: post?.body ?? '',
    file: row.file,
    bodyLine: post?.bodyLine ?? 1,
    markdown: markdownOptions(settings, parsed?.meta.language),
  })
  return rendered.ok ? {row, ...rendered} : {row, diagnostic: rendered.diagnostic}
}

/** The settings that the revision was accepted with: the fragment's key holds their Markdown options. */
async function settingsAt(db: Db, {site, revision}: RendersTable): Promise<SiteSettings> {
  const {body} = await db
    .selectFrom('revisions')
    .innerJoin('texts', 'texts.hash', 'revisions.settings_hash')
    .select('texts.body')
    .where('revisions.site', '=', site)
    .where('revisions.number', '=', revision)
    .executeTakeFirstOrThrow()
  return JSON.parse(body) as SiteSettings
}
