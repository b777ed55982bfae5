import {createLogger} from '@broadside/runtime'
import {until} from '@broadside/testkit'
import {expect, onTestFinished, test} from 'vitest'
import {createPoller} from './create-poller.ts'

const log = createLogger({service: 'test', level: 'silent', pretty: false})

/** Counts the looks at each site, which `look` does. */
function startPoller(sites: string[], look: (site: string) => Promise<void>) {
  const looks = new Map<string, number>()
  const poller = createPoller({
    sites: async () => sites,
    poll(site) {
      looks.set(site, (looks.get(site) ?? 0) + 1)
      return look(site)
    },
    everyMs: 20,
    log,
  })
  poller.start()
  const count = (site: string): number => looks.get(site) ?? 0
  return {poller, count, reaches: (site: string, times: number) => until(site, () => count(site) >= times)}
}

test('every site is looked at from the start on, and one that is added later too', async () => {
  const sites = ['one', 'two']
  const {poller, reaches} = startPoller(sites, async () => {})
  onTestFinished(poller.stop)
  await reaches('one', 3)
  await reaches('two', 3)
  sites.push('three')
  await reaches('three', 1)
})

test('a remote that hangs holds up no other, and the end waits for it', async () => {
  const gate = Promise.withResolvers<void>()
  const {poller, count, reaches} = startPoller(['hangs', 'other'], (site) =>
    site === 'hangs' ? gate.promise : Promise.resolve(),
  )
  await reaches('other', 5)
  expect(count('hangs')).toBe(1)
  let isStopped = false
  const stopped = poller.stop().then(() => (isStopped = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isStopped).toBe(false)
  gate.resolve()
  await stopped
})

test('a remote that fails is asked less and less often, and again as before when it is back', async () => {
  let isAway = true
  const askedAt: number[] = []
  const {poller, count, reaches} = startPoller(['fails', 'other'], async (site) => {
    if (site === 'fails') askedAt.push(performance.now())
    if (site === 'fails' && isAway) throw new Error('the remote is away')
  })
  onTestFinished(poller.stop)
  await reaches('fails', 7)
  const waits = askedAt.slice(1).map((at, n) => at - askedAt[n]!)
  // Half of twice the time before, by lot, up to ten times the usual one; a busy machine makes all of them longer.
  for (const [n, least] of [15, 20, 40, 80, 100, 100].entries()) expect(waits[n]).toBeGreaterThan(least - 2)
  isAway = false
  const before = count('fails')
  await reaches('fails', before + 5)
})
