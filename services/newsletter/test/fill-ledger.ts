import {createHash} from 'node:crypto'
import {defaultSettings, type SiteSettings} from '@broadside/content'
import {recordByAddress, type Db, type Ledger} from '@broadside/ledger'
import {renderFragment} from '@broadside/markdown'
import {parseAddress} from '@broadside/subscribers'

export const site = 'field-notes'
export const tokenKeys = [{id: 'test', secret: new Uint8Array(32).fill(7)}]

const until = Number.MAX_SAFE_INTEGER

type Post = {
  id: string
  title?: string
  daysOld?: number
  newsletter?: {send?: boolean; subject?: string}
  body?: string
}

/** Writes a release that is live, of a revision that brings or changes `posts` and takes `gone` away. */
export async function goLive(
  ledger: Ledger,
  revision: number,
  {
    posts = [],
    gone = [],
    proof = 'objects',
    newsletter = {},
  }: {posts?: Post[]; gone?: string[]; proof?: string; newsletter?: Partial<SiteSettings['newsletter']>},
): Promise<void> {
  const now = Date.now()
  const base = defaultSettings(site)
  const settings = {...base, title: 'Field notes', newsletter: {...base.newsletter, enabled: true, ...newsletter}}
  await ledger.transaction(async (db) => {
    const common = {site, number: revision, cause: 'push', summary: '{}', commit_id: String(revision).padStart(40, '0')}
    await db
      .insertInto('revisions')
      .values({
        ...common,
        as_of: now,
        state: 'rendered',
        settings_hash: await text(db, JSON.stringify(settings)),
        theme_hash: await text(db, '{}'),
        urls: '[]',
        accepted_at: now,
        rendered_at: now,
      })
      .execute()
    if (revision === 1) await db.updateTable('sites').set({first_revision: 1}).where('name', '=', site).execute()
    for (const post of posts) await writePost(db, revision, post, now)
    await db
      .updateTable('post_versions')
      .set({to_revision: revision})
      .where('id', 'in', ['', ...gone])
      .execute()
    await db
      .insertInto('releases')
      .values({
        site,
        number: revision,
        revision,
        state: 'done',
        wave: 4,
        attempt: 1,
        planned: 0,
        uploaded: 0,
        removed: 0,
        unchanged: 0,
        proof,
        trouble: null,
        opened_at: now,
        progress_at: now,
        proving_at: now,
        live_at: now,
        done_at: now,
      })
      .execute()
  })
}

async function writePost(db: Db, revision: number, post: Post, now: number): Promise<void> {
  const {id, title = `About ${id}`, daysOld = 0, newsletter = {}} = post
  const {body = `Something **worth** a mail: [more](https://example.org/${id}).`} = post
  const path = `posts/${id}.md`
  const date = now - daysOld * 86_400_000
  const fragment = renderFragment(body, {file: path})
  const fragmentKey = `fragment-${id}-${revision}`
  await db
    .insertInto('fragments')
    .values({key: fragmentKey, body: JSON.stringify(fragment)})
    .execute()
  await db
    .insertInto('posts')
    .values({
      site,
      id,
      birth_path: path,
      birth_number: 0,
      path,
      last_path: path,
      born_at: now,
      text_hash: null,
      text_changed_at: null,
      source_hash: null,
      first_live_revision: revision,
      blocked_by: null,
    })
    .onConflict((c) => c.doNothing())
    .execute()
  await db
    .updateTable('post_versions')
    .set({to_revision: revision})
    .where('id', '=', id)
    .where('to_revision', '=', until)
    .execute()
  await db
    .insertInto('post_versions')
    .values({
      site,
      id,
      from_revision: revision,
      to_revision: until,
      status: 'live',
      path,
      address: `/posts/${id}/`,
      source_hash: id,
      fragment_key: fragmentKey,
      meta: JSON.stringify({title, tags: [], authors: [], newsletter}),
      date,
      updated: null,
      day: new Date(date).toISOString().slice(0, 10),
      expires: null,
      excerpt: fragment.excerpt,
      words: fragment.words,
    })
    .execute()
  await db
    .insertInto('post_addresses')
    .values({site, post: id, address: `/posts/${id}/`, since_revision: revision})
    .onConflict((c) => c.doNothing())
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

/** `person-1@readers.example` and so on, all active; gives their addresses. */
export async function subscribe(ledger: Ledger, people: number): Promise<string[]> {
  const addresses = Array.from({length: people}, (_, index) => addressOf(index + 1))
  await ledger.transaction(async (tx) => {
    for (const [index, address] of addresses.entries()) {
      const told = {event: 'vouched', cause: 'test', now: Date.now()} as const
      await recordByAddress(tx, site, {address: parseAddress(address), newId: idOf(index + 1), ...told})
    }
  })
  return addresses
}

export function addressOf(person: number): string {
  return `person-${person}@readers.example`
}

export function idOf(person: number): string {
  return `s${String(person).padStart(6, '0')}`
}
