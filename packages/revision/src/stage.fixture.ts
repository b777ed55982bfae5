import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createImagePool} from '@broadside/images/pool'
import {openMirror, type Mirror} from '@broadside/git'
import {ensureSite, openEnd, openLedger, type Ledger} from '@broadside/ledger'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import {createRepo, type GitRepo} from '@broadside/testkit'
import {test as base} from 'vitest'
import {acceptRevision, renderRevision, type AcceptedRevision, type AcceptOptions} from './index.ts'

/** One for all stages of a process: a start costs more than all that most tests render. Idle, it keeps nothing alive. */
const sharedPool = createRenderPool({size: 1, budgetMs: 20_000})

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})

export type Changes = Record<string, string | Uint8Array | undefined>

/** A post as the ledger has it now: `status address`. */
export type Standing = Record<string, string>

export type Stage = {
  repo: GitRepo
  ledger: Ledger
  mirror: Mirror
  /** Instant of the next acceptance, ms; it moves on by a minute with each. */
  now: number
  /** Writes (undefined removes) and commits, without publishing. */
  commit: (changes: Changes) => Promise<string>
  /** Commits what is given, pushes the head by force and accepts it. */
  push: (changes?: Changes, options?: Partial<AcceptOptions>) => Promise<AcceptedRevision>
  accept: (options?: Partial<AcceptOptions>) => Promise<AcceptedRevision | undefined>
  /** Accepts what time has changed. */
  tick: () => Promise<AcceptedRevision | undefined>
  render: (revision: number, pool?: RenderPool) => Promise<void>
  /** Present versions of posts by path: `live /posts/a/`. */
  posts: () => Promise<Standing>
  /** The same of pages. */
  pages: () => Promise<Standing>
  /** Ids of present posts by path. */
  ids: () => Promise<Record<string, string>>
  /** Events of a revision: `post.published /posts/a/`. */
  events: (revision: number) => Promise<string[]>
  /** Diagnostics of a revision: `error post.slug posts/a.md:3:7`. */
  told: (revision: number) => Promise<string[]>
}

export const siteName = 'notes'

export async function addSite(ledger: Ledger): Promise<void> {
  const row = {name: siteName, remote: '/r', branch: 'main', site_url: 'https://notes.example/'}
  await ensureSite(ledger.db, {...row, audience_url: 'https://mail.example/'}, {id: 'site-id', now: 0})
}

/** A post with this front matter and text. */
export function post(frontMatter = '', text = 'Text.'): string {
  return `---\ntitle: A post\n${frontMatter}\n---\n\n${text}\n`
}

export const test = base.extend<{stage: Stage}>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern to learn what a fixture needs
  stage: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), 'broadside-revision-'))
    const repo = await createRepo(root)
    const ledger = await openLedger('sqlite::memory:')
    await addSite(ledger)
    const mirror = await openMirror({dir: join(root, 'mirror.git'), remoteUrl: repo.remote, branch: 'main'})
    await use(createStage(repo, ledger, mirror))
    await mirror.close()
    await ledger.close()
    await rm(root, {recursive: true, force: true})
  },
})

function createStage(repo: GitRepo, ledger: Ledger, mirror: Mirror): Stage {
  let head = ''
  const open = (table: 'post_versions' | 'page_versions') =>
    ledger.db
      .selectFrom(table as 'post_versions')
      .where('site', '=', siteName)
      .where('to_revision', '=', openEnd)

  const stage: Stage = {
    repo,
    ledger,
    mirror,
    now: Date.parse('2026-11-03T12:00:00Z'),
    async commit(changes) {
      const written = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== undefined)
      await repo.write(Object.fromEntries(written))
      await repo.remove(...Object.keys(changes).filter((path) => changes[path] === undefined))
      return repo.commit()
    },
    async push(changes, options) {
      if (changes !== undefined) await stage.commit(changes)
      await repo.push({force: true})
      head = (await mirror.fetch()).head!
      const accepted = await stage.accept(options)
      if (accepted === undefined) throw new Error('there was nothing to accept')
      return accepted
    },
    async accept(options) {
      stage.now += 60_000
      return acceptRevision({
        ledger,
        mirror,
        site: siteName,
        commit: head,
        cause: 'push',
        asOf: stage.now,
        now: () => stage.now,
        keepBinary: async () => {},
        images,
        source: 'intake',
        ...options,
      })
    },
    tick: () => stage.accept({cause: 'clock'}),
    async render(revision, pool = sharedPool) {
      const options = {ledger, pool, source: 'renderer', now: () => stage.now}
      await renderRevision(options, {site: siteName, revision, of: 'all'})
    },
    async posts() {
      const rows = await open('post_versions').select(['path', 'status', 'address']).orderBy('path').execute()
      return Object.fromEntries(rows.map(({path, status, address}) => [path, `${status} ${address}`]))
    },
    async pages() {
      const rows = await open('page_versions').select(['path', 'address']).orderBy('path').execute()
      return Object.fromEntries(rows.map(({path, address}) => [path, address]))
    },
    async ids() {
      const rows = await ledger.db
        .selectFrom('posts')
        .select(['path', 'id'])
        .where('path', 'is not', null)
        .orderBy('path')
        .execute()
      return Object.fromEntries(rows.map(({path, id}) => [path!, id]))
    },
    async events(revision) {
      const rows = await ledger.db.selectFrom('outbox').select('body').orderBy('id').execute()
      type Told = {type: string; data: {revision: number; address?: string}}
      return rows
        .map(({body}) => JSON.parse(body) as Told)
        .filter(({data}) => data.revision === revision)
        .map(({type, data}) => [type.replace('broadside.v1.', ''), data.address].filter(Boolean).join(' '))
    },
    async told(revision) {
      const rows = await ledger.db.selectFrom('diagnostics').selectAll().where('revision', '=', revision).execute()
      return rows.map(({severity, code, file, line, column_number}) =>
        [`${severity} ${code} ${file}`, line, column_number].filter((part) => part !== null).join(':'),
      )
    },
  }
  return stage
}
