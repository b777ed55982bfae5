import {readdir, readFile} from 'node:fs/promises'
import {createFaultySmtp, until} from '@broadside/testkit'
import {isFullRun} from '@broadside/testkit/test-size'
import {expect, onTestFinished, test} from 'vitest'
import {freshSite, publishedSite} from '../published-site.ts'
import {post, siteRepo} from '../starts/site-repo.ts'
import {mailsOf, settled, withLedger} from '../starts/start-child.ts'
import {start, temporaryHome} from '../starts/temporary-home.ts'
import {subscribe} from './subscribe.ts'

const settings = 'title: Test site\ntimezone: UTC\nnewsletter:\n  from: Notes <notes@test.example>\n'
const readers = Array.from({length: 200}, (_, index) => `reader-${index}@readers.example`)

const posts = (edition: string): Record<string, string> =>
  Object.fromEntries(
    Array.from({length: 80}, (_, index) => [
      `posts/note-${index}.md`,
      post(`Note ${index}`, `The ${edition} edition.`),
    ]),
  )

/** Processes that descend from this one. */
async function descendants(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = await Promise.all(
    all.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
      // The name of the program, which may hold spaces, stands in brackets before state and parent.
      return {pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])}
    }),
  )
  const children = parents.filter(({parent}) => parent === pid).map((child) => child.pid)
  return [...children, ...(await Promise.all(children.map(descendants))).flat()]
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test.each([
  {moment: 'while files go out', table: 'release_outputs', state: 'put'},
  {moment: 'while mails go out', table: 'deliveries', state: 'accepted'},
] as const)(
  'SIGTERM $moment drains within 30 s, leaves nothing in doubt and no process, and the next start ends the work',
  async ({table, state}) => {
    const home = await temporaryHome()
    const repo = await siteRepo({'broadside.yaml': settings, ...posts('first')})
    const first = await start({home, site: repo.remote})
    await settled(home)
    await subscribe(home, first.run.site, readers)
    await repo.write({...posts('second'), 'posts/news.md': post('News')})
    await repo.commit('second', {date: Date.now()})
    await repo.push()
    void fetch(`${first.run.intakeUrl}/push/${first.run.site}`, {method: 'POST', body: '{}'}).catch(() => undefined)
    await withLedger(home, ({db}) =>
      until('it is in the middle of the work', () =>
        table === 'deliveries'
          ? db.selectFrom('deliveries').select('state').where('state', '=', state).executeTakeFirst()
          : db
              .selectFrom('release_outputs')
              .select('state')
              .where('release', '=', 2)
              .where('state', '=', state)
              .executeTakeFirst(),
      ),
    )

    const children = await descendants(first.pid)
    expect(children.length).toBeGreaterThanOrEqual(2)
    const toldAt = performance.now()
    expect(await first.stop()).toEqual({code: 0, signal: null})
    expect(performance.now() - toldAt).toBeLessThan(30_000)
    expect(first.output()).not.toContain('drain.cut')
    expect(children.filter(isAlive)).toEqual([])
    await withLedger(home, async ({db}) => {
      const inDoubt = db.selectFrom('deliveries').select('state').where('state', 'in', ['submitting', 'uncertain'])
      expect(await inDoubt.execute()).toEqual([])
    })

    const second = await start({home, site: repo.remote})
    await settled(home, {revisions: 2, editions: 1})
    const {run} = second
    await withLedger(home, async (ledger) => {
      expect(await publishedSite({ledger, run})).toEqual(await freshSite({ledger, run}))
    })
    expect((await mailsOf(run)).flatMap(({to}) => to).toSorted()).toEqual(readers.toSorted())
  },
  120_000,
)

// The time that a drain has is waited for in the full run alone; a second signal cuts it at once.
test('a mail server that never answers does not keep SIGTERM from ending: that one mail is in doubt, the other is not', async () => {
  const home = await temporaryHome()
  const smtp = await createFaultySmtp()
  onTestFinished(() => smtp.close())
  const repo = await siteRepo({'broadside.yaml': settings, 'posts/old.md': post('Old')})
  const child = await start({home, site: repo.remote, env: {SMTP_URL: smtp.url}})
  await settled(home)
  await subscribe(home, child.run.site, readers.slice(0, 2))
  smtp.fault({at: 'dot', answer: 'stall'})
  await repo.write({'posts/news.md': post('News')})
  await repo.commit('news', {date: Date.now()})
  await repo.push()
  await until('the server has both', () => smtp.messages.length === 2)
  const toldAt = performance.now()
  child.signal('SIGTERM')
  await child.says('service.draining')
  if (!isFullRun) child.signal('SIGTERM')
  expect(await child.exited).toEqual({code: 0, signal: null})
  expect(performance.now() - toldAt).toBeLessThan(30_000)
  expect(child.output()).toContain('drain.cut')
  await withLedger(home, async ({db}) => {
    const rows = await db.selectFrom('deliveries').select('state').orderBy('state').execute()
    expect(rows.map(({state}) => state)).toEqual(['accepted', 'uncertain'])
  })
}, 120_000)
