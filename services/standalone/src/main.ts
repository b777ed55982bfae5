import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {createLogger, runMain, runUntilSignal} from '@broadside/runtime'
import {endSurvivors, provideServers} from '@broadside/servers'
import {awaitFirstRelease} from './await-first-release.ts'
import {choosePorts, takeHome, writeRunFile} from './home.ts'
import {openExampleRemote, openForeignRemote} from './local-remote.ts'
import {readOptions, usage} from './options.ts'
import {formatReady} from './ready-message.ts'
import {wireStandalone} from './start-standalone.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** What goes without saying while all is well: a push is told in a line for each of accepted, live and mailed. */
const quietEvents = new Set(['bus.connected', 'bus.stream.made', 'queue.connected', 'edition.opened', 'edition.frozen'])
const say = (line: string): void => void process.stdout.write(`${line}\n`)

await runMain(async () => {
  const options = readOptions(process.argv.slice(2), process.env, process.cwd())
  if (options.help) return say(usage)
  mkdirSync(options.home, {recursive: true, mode: 0o700})
  const releaseHome = takeHome(options.home)
  const stopped = new AbortController()
  // From here on there are children to stop, also when the signal comes before the services run.
  const asked = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => asked.abort())
  try {
    const given = [
      options.natsUrl === undefined ? [] : ['nats' as const],
      options.redisUrl === undefined ? [] : ['redis' as const],
    ]
    // A kill leaves them behind, on the ports that are asked for next.
    await endSurvivors(options.home)
    const ports = await choosePorts(options.home, {anew: options.newPorts, skip: given.flat()})
    const servers = await provideServers({
      home: options.home,
      cacheDir: join(root, '.tools', 'servers'),
      natsUrl: options.natsUrl,
      redisUrl: options.redisUrl,
      ports: {nats: ports.nats, redis: ports.redis},
      onProgress: (line) => say(`  ${line}`),
    })
    const repository =
      options.site === undefined
        ? await openExampleRemote(options.home, join(root, 'examples', 'field-notes'))
        : await openForeignRemote(options.site, process.env['INIT_CWD'] ?? process.cwd())
    const log = createLogger({service: 'standalone', level: options.logLevel, mute: quietEvents})
    const urls = {nats: servers.urls.nats!, redis: servers.urls.redis!}
    const {run, ledger, services, close} = await wireStandalone({options, ports, urls, repository, log})
    const removeRunFile = writeRunFile(options.home, run)
    try {
      const announce = {
        name: 'announce',
        async start() {
          const firstRelease = {ledger, site: run.site, signal: stopped.signal, say: (line: string) => say(`  ${line}`)}
          void awaitFirstRelease(firstRelease).then((live) => live && say(formatReady(run, options, repository)))
        },
        async stop() {
          stopped.abort()
        },
      }
      if (!asked.signal.aborted) await runUntilSignal([...services, announce], {log, drainMs: 25_000})
    } finally {
      removeRunFile()
      await close()
      await servers.stop()
    }
  } finally {
    releaseHome()
  }
})
