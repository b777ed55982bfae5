import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createImagePool} from '@broadside/images/pool'
import {openMirror} from '@broadside/git'
import {changesBetween, ensureSite, openLedger, openSiteView, type Ledger} from '@broadside/ledger'
import {createRenderPool} from '@broadside/markdown/pool'
import {acceptRevision, renderRevision, sha256, type AcceptedRevision} from '@broadside/revision'
import {
  affectedOutputs,
  allOutputs,
  buildOutput,
  buildSearchIndex,
  keyOf,
  themeOf,
  type BuiltOutput,
  type OutputSpec,
} from '@broadside/site'
import {createRepo, type GitRepo} from '@broadside/testkit'
import type {SubscriberState} from '@broadside/subscribers'

/** Starts no process before it sees an image. */
const images = createImagePool({size: 1})

export const siteName = 'notes'
const urls = {site_url: 'https://notes.example/blog/', audience_url: 'https://mail.notes.example/'}

/** A site as it is installed: a ledger on disk, a repository, and what an incremental publisher has put so far. */
export type TestInstallation = {
  home: string
  env: Record<string, string>
  ledger: Ledger
  repo: GitRepo
  /** Key of each live file, and the SHA-256 of its bytes. */
  live: Map<string, string>
  /** Commits `files` (undefined removes one), and publishes what that changes, as the services do. */
  push: (files: Record<string, string | Uint8Array | undefined>, options?: PushOptions) => Promise<AcceptedRevision>
  /** Pushes what is committed, and publishes it. */
  publishHead: (asOf: number) => Promise<AcceptedRevision>
  close: () => Promise<void>
}

type PushOptions = {asOf?: number; move?: [string, string]}

export async function createInstallation(): Promise<TestInstallation> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-cli-'))
  const repo = await createRepo(join(home, 'author'))
  const ledger = await openLedger(`sqlite://${join(home, 'ledger.db')}`)
  const row = {name: siteName, remote: repo.remote, branch: 'main', ...urls}
  await ensureSite(ledger.db, row, {id: 'site', now: 0})
  const mirror = await openMirror({dir: join(home, 'mirror.git'), remoteUrl: repo.remote, branch: 'main'})
  const pool = createRenderPool({size: 1})
  const live = new Map<string, string>()
  const binaries = new Map<string, Uint8Array>()
  let last = 0

  async function publish(asOf: number): Promise<AcceptedRevision> {
    const {head} = await mirror.fetch()
    const accepted = await acceptRevision({
      ledger,
      mirror,
      site: siteName,
      commit: head!,
      cause: 'push',
      asOf,
      now: () => asOf,
      keepBinary: async (hash, bytes) => void binaries.set(hash, bytes),
      images,
      source: 'intake',
    })
    const {number} = accepted!
    await renderRevision(
      {ledger, pool, source: 'renderer', now: () => asOf},
      {site: siteName, revision: number, of: 'all'},
    )
    await put(number)
    last = number
    return accepted!
  }

  /** The first publish is whole; each later one does what its changes reach, and no more. */
  async function put(revision: number): Promise<void> {
    const view = await openSiteView(ledger.db, siteName, revision)
    const specs: OutputSpec[] = []
    if (last === 0) for await (const spec of allOutputs(view)) specs.push(spec)
    else {
      const before = await openSiteView(ledger.db, siteName, last)
      const changes = await changesBetween(ledger.db, siteName, last, revision)
      specs.push(...(await affectedOutputs({before, after: view, changes})))
    }
    for (const spec of specs) {
      const output = await buildOutput(spec, view, themeOf(view))
      if (output === undefined) live.delete(keyOf(spec.address))
      else live.set(output.key, await hashOf(output))
    }
    for (const key of [...live.keys()].filter((key) => /^search\/.*\.json$/.test(key))) live.delete(key)
    for await (const {key, body} of buildSearchIndex(view)) live.set(key, sha256(body))
  }

  async function hashOf(output: BuiltOutput): Promise<string> {
    if ('body' in output) return sha256(output.body)
    if ('blob' in output) return output.blob
    const order = output.make
    const made =
      'card' in order
        ? await images.card(order.card)
        : await images.make(order.format, order.recipe, binaries.get(order.source)!)
    if (!made.ok) throw new Error(made.reason)
    return sha256(made.bytes)
  }

  async function publishHead(asOf: number): Promise<AcceptedRevision> {
    await repo.push({force: true})
    return publish(asOf)
  }

  return {
    home,
    env: {BROADSIDE_HOME: home},
    ledger,
    repo,
    live,
    async push(files, {asOf = Date.parse('2026-11-20T12:00:00Z'), move} = {}) {
      if (move !== undefined) await repo.move(...move)
      for (const [path, content] of Object.entries(files)) {
        if (content === undefined) await repo.remove(path)
        else await repo.write({[path]: content})
      }
      await repo.commit()
      return publishHead(asOf)
    },
    publishHead,
    async close() {
      await pool.close()
      await mirror.close()
      await ledger.close()
      await rm(home, {recursive: true, force: true})
    },
  }
}

/** A post as an author writes it. */
export function post(title: string, {date = '2026-11-01', text = `About ${title}.`, more = ''} = {}): string {
  return `---\ntitle: ${JSON.stringify(title)}\ndate: ${date}\n${more}---\n\n${text}\n`
}

/** Subscribers `0@example.org` and so on, one for each state. */
export async function addSubscribers({ledger}: TestInstallation, states: SubscriberState[]): Promise<void> {
  const people = states.map((state, n) => ({
    site: siteName,
    id: `s${n}`,
    address: `${n}@example.org`,
    key: String(n),
    name: null,
    state,
    created_at: 0,
    changed_at: 0,
  }))
  await ledger.db.insertInto('subscribers').values(people).execute()
}
