import {once} from 'node:events'
import {createServer, type AddressInfo, type Server} from 'node:net'
import {expect, onTestFinished, test, vi} from 'vitest'
import {readRunFile} from './start-child.ts'
import {siteRepo} from './site-repo.ts'
import {start, temporaryFolder, temporaryHome, tryStart} from './temporary-home.ts'

// A start takes two seconds, and several on a busy machine.
vi.setConfig({testTimeout: 90_000})

const portOf = (url: string): number => Number(new URL(url).port)

/** Takes a port for the rest of the test; the port may be somebody else's already, which does as well. */
async function occupy(port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch(() => undefined)
  onTestFinished(() => void server.close())
  return server
}

test('two at once have ports of their own, and each keeps its own', async () => {
  await occupy(4000)
  const {remote: site} = await siteRepo()
  const [one, other] = [await temporaryFolder(), await temporaryFolder()]
  const first = await start({home: one, site})
  const second = await start({home: other, site})
  const ports = [first, second].flatMap(({run}) =>
    [run.siteUrl, run.audienceUrl, run.consoleUrl, run.mailUrl, run.intakeUrl, run.natsUrl, run.redisUrl].map(portOf),
  )
  expect(ports).not.toContain(4000)
  expect(new Set(ports).size).toBe(14)

  await first.stop()
  const again = await start({home: one, site})
  const {pid: _, ...addresses} = again.run
  expect(addresses).toEqual({...first.run, pid: undefined})
  expect((await fetch(new URL('/posts/first/', second.run.siteUrl))).status).toBe(200)
})

test('a second start on the same home is refused while the first runs', async () => {
  const {remote: site} = await siteRepo()
  const home = await temporaryHome()
  const first = await start({home, site})
  const second = tryStart({home, site})
  expect(await second.exited).toEqual({code: 2, signal: null})
  expect(second.output()).toContain(`Broadside (pid ${first.pid}) runs in ${home} already`)
  expect(readRunFile(home).pid).toBe(first.pid)
})

test('a port that was kept and is taken now stops the start and is named, until new ones are asked for', async () => {
  const {remote: site} = await siteRepo()
  const home = await temporaryHome()
  const first = await start({home, site})
  const taken = portOf(first.run.siteUrl)
  await first.stop()
  const holder = await occupy(taken)
  expect((holder.address() as AddressInfo).port).toBe(taken)

  const refused = tryStart({home, site})
  expect(await refused.exited).toEqual({code: 2, signal: null})
  expect(refused.output()).toMatch(new RegExp(`port ${taken} \\(site\\) is taken by .*\\b${process.pid}\\b`))
  expect(refused.output()).toContain('--new-ports')

  const moved = await start({home, site, args: ['--new-ports']})
  expect(portOf(moved.run.siteUrl)).not.toBe(taken)
  expect((await fetch(new URL('/posts/first/', moved.run.siteUrl))).status).toBe(200)
})

test('a kept port of a server is named in the same way', async () => {
  const {remote: site} = await siteRepo()
  const home = await temporaryHome()
  const first = await start({home, site})
  await first.stop()
  await occupy(portOf(first.run.natsUrl))
  const refused = tryStart({home, site})
  expect(await refused.exited).toEqual({code: 2, signal: null})
  expect(refused.output()).toMatch(new RegExp(`\\(nats\\) is taken by .*\\b${process.pid}\\b`))
})
