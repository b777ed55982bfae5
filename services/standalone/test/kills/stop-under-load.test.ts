import {randomUUID} from 'node:crypto'
import {readdir, readFile} from 'node:fs/promises'
import {recordByAddress} from '@broadside/ledger'
import {parseAddress} from '@broadside/subscribers'
import {until} from '@broadside/testkit'
import {expect, test} from 'vitest'
import {freshSite, publishedSite} from '../published-site.ts'
import {post, siteRepo} from '../starts/site-repo.ts'
import {mailsOf, settled, withLedger} from '../starts/start-child.ts'
import {start, temporaryHome} from '../starts/temporary-home.ts'

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
    await withLedger(home, (ledger) =>
      ledger.transaction(async (db) => {
        for (const reader of readers) {
          const address = parseAddress(reader)
          if (!('address' in address)) throw new Error(`${reader} is no address`)
          const told = {event: 'vouched', cause: 'test', now: Date.now()} as const
          await recordByAddress(db, first.run.site, {address, newId: randomUUID(), ...told})
        }
      }),
    )
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
    await settled(home, {revisions: 2, editions: 1, withinMs: 40_000})
    const {run} = second
    await withLedger(home, async (ledger) => {
      expect(await publishedSite({ledger, run})).toEqual(await freshSite({ledger, run}))
    })
    expect((await mailsOf(run)).flatMap(({to}) => to).toSorted()).toEqual(readers.toSorted())
  },
  120_000,
)
