import {join} from 'node:path'
import {createImagePool} from '@broadside/images/pool'
import {openMirror} from '@broadside/git'
import {ensureSite, openEnd, openLedger} from '@broadside/ledger'
import type {Fragment} from '@broadside/markdown'
import {createRenderPool} from '@broadside/markdown/pool'
import {createRepo} from '@broadside/testkit'
import {onTestFinished, test, expect} from 'vitest'
import {acceptRevision, renderRevision} from './index.ts'

const post = '---\ntitle: A\ndate: 2026-01-01\n---\n"So" $x$ [^1]\n\n[^1]: b'
const site = 'notes'

/** A repository and ledgers that follow it, each from the commit on at which it first looks. */
async function openSite() {
  const repo = await createRepo()
  const pool = createRenderPool({size: 1})
  const mirror = await openMirror({dir: join(repo.dir, '..', 'mirror.git'), remoteUrl: repo.remote, branch: 'main'})
  const closing: (() => Promise<void>)[] = [() => pool.close(), () => mirror.close(), () => repo.destroy()]
  onTestFinished(async () => {
    for (const close of closing) await close()
  })

  async function follow() {
    const ledger = await openLedger('sqlite::memory:')
    closing.unshift(() => ledger.close())
    const row = {name: site, remote: repo.remote, branch: 'main', site_url: 'https://n.example/', audience_url: ''}
    await ensureSite(ledger.db, row, {id: 'site', now: 0})
    return async (): Promise<Record<string, string>> => {
      const {head} = await mirror.fetch()
      const times = {asOf: Date.parse('2026-06-01'), now: () => 0}
      const rest = {keepBinary: async () => {}, images: createImagePool({size: 1}), source: 'test'}
      const accepted = await acceptRevision({ledger, mirror, site, commit: head!, cause: 'push', ...times, ...rest})
      await renderRevision({ledger, pool, source: 'test', now: () => 0}, {site, revision: accepted!.number, of: 'all'})
      const shown: Record<string, string> = {}
      for (const table of ['post_versions', 'page_versions'] as const) {
        const rows = await ledger.db
          .selectFrom(table as 'post_versions')
          .innerJoin('fragments', 'fragments.key', `${table as 'post_versions'}.fragment_key`)
          .select(['path', 'body'])
          .where('to_revision', '=', openEnd)
          .execute()
        for (const {path, body} of rows) shown[path] = (JSON.parse(body) as Fragment).parts.join('')
      }
      return shown
    }
  }

  return {
    follow,
    async push(files: Record<string, string>) {
      await repo.write(files)
      await repo.commit()
      await repo.push()
    },
  }
}

test('another Markdown option renders every post and page anew, as a fresh publish would', async () => {
  const {follow, push} = await openSite()
  const incremental = await follow()
  await push({'posts/a.md': post, 'posts/b.md': post.replace('title: A', 'title: B\nlang: de'), 'pages/c.md': post})
  const before = await incremental()
  expect(before['posts/a.md']).toContain('<p>"So" $x$ ')
  expect(before['posts/a.md']).toContain('>Footnotes</h2>')
  expect(before['posts/b.md']).toContain('>Fußnoten</h2>')

  await push({'broadside.yaml': 'markdown: {smartPunctuation: true, math: true}'})
  const after = await incremental()
  expect(after['posts/a.md']).toContain('<p>“So” <math>')
  expect(after['posts/b.md']).toContain('<p>„So“ <math>')
  expect(after['pages/c.md']).toContain('<p>“So” <math>')
  expect(await (await follow())()).toEqual(after)
})

test("the site's language is an option too, and other settings are none", async () => {
  const {follow, push} = await openSite()
  const publish = await follow()
  await push({'posts/a.md': post, 'broadside.yaml': 'title: One'})
  const before = await publish()
  await push({'broadside.yaml': 'title: Two'})
  expect(await publish()).toEqual(before)
  await push({'broadside.yaml': 'title: Two\nlanguage: de'})
  expect((await publish())['posts/a.md']).toContain('>Fußnoten</h2>')
})
